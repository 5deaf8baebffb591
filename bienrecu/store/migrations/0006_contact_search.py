"""Contacts are searched and listed without case or accents, and found by their address without case."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Lower

from bienrecu.domain.searchable import searchable


def fill(apps: Any, schema_editor: Any) -> None:
    contacts = apps.get_model("store", "Contact").objects
    while part := list(contacts.filter(search="")[:2000]):
        for one in part:
            name = f"{one.last_name} {one.first_name}".strip()
            one.search = searchable(name or one.email, one.email, one.company)
        contacts.bulk_update(part, ["search"], batch_size=400)


class Migration(migrations.Migration):
    dependencies = [("store", "0005_confidential")]
    operations = [
        migrations.AddField("contact", "search", models.TextField(db_default="", default="", editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("contact", "contact_email"),
        migrations.AddIndex("contact", models.Index("organisation", Lower("email"), name="contact_address")),
        migrations.AddIndex(
            "contact",
            models.Index(
                "organisation",
                models.Func(
                    models.F("search"), template="SUBSTR(%(expressions)s, 1, 60)", output_field=models.CharField()
                ),
                "id",
                name="contact_by_name",
            ),
        ),
    ]
