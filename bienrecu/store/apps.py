from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "bienrecu.store"
    label = "store"
