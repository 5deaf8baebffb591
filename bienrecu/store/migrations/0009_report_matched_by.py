from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_openings_by_date"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="matched_by",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
    ]
