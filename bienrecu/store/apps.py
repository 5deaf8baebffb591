from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StoreConfig(AppConfig):
    name = "bienrecu.store"
    label = "store"

    def ready(self) -> None:
        post_migrate.connect(_keep_search_index, sender=self)


def _keep_search_index(**_: Any) -> None:
    from bienrecu.store import search_index  # noqa: PLC0415  it needs the models, which are not there yet

    search_index.install()
