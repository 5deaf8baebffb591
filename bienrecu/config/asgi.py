"""The web application, as `bienrecu web` serves it."""

import os
import warnings

# WhiteNoise hands Django small files to read at once: nothing to be warned of at the first page of every start.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
