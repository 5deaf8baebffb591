import re
import socket
from pathlib import Path

import pytest

from tests.conftest import OutsideWorldError


@pytest.mark.parametrize("address", [("192.0.2.1", 25), ("2001:db8::1", 25)])
def test_a_test_that_reaches_beyond_the_machine_is_stopped(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as line, pytest.raises(OutsideWorldError):
        line.connect(address)
    with socket.socket(family, socket.SOCK_DGRAM) as line, pytest.raises(OutsideWorldError):
        line.sendto(b"?", address)


def test_a_name_is_never_looked_up_outside() -> None:
    with pytest.raises(OutsideWorldError):
        socket.getaddrinfo("mx.example.org", 25)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_what_two_files_of_tests_share_stands_in_neither() -> None:
    """Else changing one test changes another, and a fixture is shared by importing it."""
    folder = Path(__file__).parents[1]
    taken = re.compile(r"^\s*(?:from|import) tests\.\w+\.test_", re.MULTILINE)
    files = list(folder.rglob("*.py"))
    assert len(files) > 100
    assert [str(file.relative_to(folder)) for file in files if taken.search(file.read_text("utf-8"))] == []
