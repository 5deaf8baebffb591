"""The language in which an e-mail was written: pages that it leads to speak it too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0027_source_names")]
    operations = [
        migrations.AddField("message", "language", models.CharField(blank=True, db_default="", default="", max_length=5)),
    ]
