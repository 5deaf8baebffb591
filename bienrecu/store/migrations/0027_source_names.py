"""Names of the addresses that reports about domains tell of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0026_hosted_domains")]
    operations = [
        migrations.CreateModel(
            "SourceName",
            [
                ("ip", models.CharField(max_length=45, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=253)),
                ("confirmed", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            "SourceName",
            models.Index(fields=["due_at"], name="names_to_look_up", condition=models.Q(due_at__isnull=False)),
        ),
    ]
