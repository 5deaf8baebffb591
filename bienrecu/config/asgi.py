"""The web application, as `bienrecu web` serves it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
