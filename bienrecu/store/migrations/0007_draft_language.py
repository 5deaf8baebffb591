from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_contact_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='language',
            field=models.CharField(blank=True, max_length=5),
        ),
    ]
