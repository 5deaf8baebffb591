"""Since when an organisation's own mail account has not worked, and when its administrators were told so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0024_certainty")]
    operations = [
        migrations.AddField("relayaccount", "trouble_since", models.DateTimeField(null=True)),
        migrations.AddField("relayaccount", "told_at", models.DateTimeField(null=True)),
    ]
