"""The pages."""

import uvicorn
from django.conf import settings


def run() -> None:
    host, port = settings.BIENRECU.listen
    uvicorn.run(
        "bienrecu.config.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.BIENRECU.trusted_proxies),
        timeout_graceful_shutdown=10,
    )
