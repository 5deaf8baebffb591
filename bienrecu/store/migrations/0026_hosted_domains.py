"""Recipients' domains whose mail a large operator takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0025_broken_accounts")]
    operations = [
        migrations.CreateModel(
            "HostedDomain",
            [
                ("domain", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("operator", models.CharField(max_length=20)),
            ],
        ),
    ]
