"""`make demo`, as somebody meets the product: from nothing to six statuses, stopped, started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.acceptance.ports import free_port

ALL = {"requested", "sent", "received", "opened", "reception_impossible", "send_error"}


@contextmanager
def demo(folder: Path, port: int) -> Iterator[str]:
    """What the demonstration prints once it is ready. Stopped with Ctrl-C, after which nothing of it may live."""
    environment = os.environ | {"DEMO_DIR": str(folder), "DEMO_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bienrecu", "demo"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield _printed(process)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
        assert _of_ours(folder) == []


def _printed(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    text = ""
    while "Ctrl-C" not in text:
        line = process.stdout.readline()
        assert line, f"the demonstration ended: {text}"
        text += line
    return text


def _of_ours(folder: Path) -> list[str]:
    """Processes whose environment names `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"BIENRECU_DATA_DIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def statuses(folder: Path) -> list[dict[str, str]]:
    environment = os.environ | {"BIENRECU_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "bienrecu", "status", "--json"]
    found: list[dict[str, str]] = json.loads(
        subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    )
    return found


def test_within_a_minute_all_six_statuses_are_there_and_the_next_start_keeps_them(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", free_port()
    with demo(folder, port) as printed:
        address = re.search(r"http://\S+", printed)
        assert address and "Password" in printed
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        end = time.monotonic() + 60
        while {row["status"] for row in statuses(folder)} != ALL and time.monotonic() < end:
            time.sleep(2)
        found = statuses(folder)
        assert {row["status"] for row in found} == ALL
        assert len(found) >= 27
    before = {row["recipient"] for row in statuses(folder)}
    with demo(folder, port) as printed:
        assert "kept" in printed
        assert {row["recipient"] for row in statuses(folder)} == before
        assert len(statuses(folder)) == len(found)


def test_two_demonstrations_run_side_by_side(tmp_path: Path) -> None:
    with demo(tmp_path / "one", free_port()) as one, demo(tmp_path / "two", free_port()) as two:
        assert one != two


def test_a_port_in_use_is_said_with_the_way_out(tmp_path: Path) -> None:
    with demo(tmp_path / "one", port := free_port()):
        environment = os.environ | {"DEMO_DIR": str(tmp_path / "two"), "DEMO_PORT": str(port)}
        second = subprocess.run(
            [sys.executable, "-m", "bienrecu", "demo"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert second.returncode == 1
    assert f"Port {port} is in use" in second.stderr
    assert "DEMO_PORT=" in second.stderr
