from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bienrecu.web"
    label = "web"
