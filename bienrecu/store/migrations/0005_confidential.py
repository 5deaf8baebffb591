from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0004_what_is_to_do")]
    operations = [
        migrations.AddField("message", "confidential", models.BooleanField(default=False)),
    ]
