"""What anybody connects to while a test runs: nobody gets through, but to the name server of the test."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings

_connect = socket.socket.connect


@contextmanager
def watched() -> Iterator[list[Any]]:
    """The addresses that are tried meanwhile."""
    tried: list[Any] = []

    def connect(one: socket.socket, address: Any) -> None:
        if address[:2] in settings.BIENRECU.dns_servers:
            return _connect(one, address)
        tried.append(address)
        raise OSError("no connection leaves this test")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, connect)
        yield tried
