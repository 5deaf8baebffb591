"""How sure the reason of an event is. Of older events it is not known, until `bienrecu reclassify` reads them again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0023_api_keys")]
    operations = [
        migrations.AddField("event", "certainty", models.CharField(blank=True, db_default="", default="", max_length=10)),
    ]
