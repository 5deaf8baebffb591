"""`make demo`: the main job, on the embedded defaults, with people to write to. Nothing leaves this machine."""

import os
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import click

_MOST_WAIT = 60.0  # seconds until the pages must answer


def run(*, set_up: Callable[[str], None]) -> None:
    """Runs until Ctrl-C. `set_up` reads the settings, which are made here first."""
    port = _port()
    os.environ |= _environment(port)
    set_up("demo")
    # The settings are read on import: these can only come after they were made.
    from bienrecu.processes import database, demo_world, serve

    _refuse_taken(port)
    database.bring_up_to_date()
    fresh = demo_world.populate()
    stop = threading.Event()
    threading.Thread(target=_welcome, args=(port, fresh, stop), daemon=True).start()
    serve.run(stop)
    click.echo("\nStopped. The data is kept: make demo again to go on.")


def _port() -> int:
    raw = os.environ.get("DEMO_PORT", "8025")
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        click.echo(f"bienrecu: DEMO_PORT={raw!r} cannot be used: use a port number, for example 8025.", err=True)
        sys.exit(2)
    return int(raw)


def _environment(port: int) -> dict[str, str]:
    folder = Path(os.environ.get("DEMO_DIR") or ".demo").expanduser().absolute()
    returns, simulator = _free_ports(2)
    return {
        "BIENRECU_DATA_DIR": str(folder),
        "BIENRECU_DATABASE_URL": f"sqlite:///{folder}/bienrecu.sqlite3",
        "BIENRECU_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BIENRECU_LISTEN": f"127.0.0.1:{port}",
        "BIENRECU_RETURNS_LISTEN": f"127.0.0.1:{returns}",
        "BIENRECU_SIMULATOR_LISTEN": f"127.0.0.1:{simulator}",
        "BIENRECU_HOSTNAME": "demo.bienrecu.invalid",
        # Short, so that a greylisted convocation arrives while one looks.
        "BIENRECU_RETRY_FIRST_WAIT": "20",
        "BIENRECU_LOG_LEVEL": os.environ.get("BIENRECU_LOG_LEVEL", "error"),
    }


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _refuse_taken(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        click.echo(
            f"Port {port} is in use: is another demonstration running?\n"
            f"Choose another one, for example: DEMO_PORT={port + 1} DEMO_DIR=.demo2 make demo",
            err=True,
        )
        sys.exit(1)


def _welcome(port: int, fresh: bool, stop: threading.Event) -> None:
    """Once the pages answer: sends the convocation if it was never sent, and says where to look."""
    if not _answers(port):
        click.echo("The pages did not start within a minute; the lines above should say why.", err=True)
        stop.set()
        return
    from bienrecu.processes import demo_world

    session = demo_world.convoke()
    again = "" if fresh else " (the data of the last time is kept)"
    click.echo(f"""
  Bien Reçu is running{again}. Nothing leaves this machine.

    Open      http://127.0.0.1:{port}/o/formation-exemple/sessions/{session.pk}/suivi/emails/historique
    Log in    {demo_world.EMAIL}
    Password  {demo_world.PASSWORD}

  A convocation is on its way to {session.participants.count()} people of a simulated world: within a
  minute, all six statuses are there. Ctrl-C stops everything.
""")


def _answers(port: int) -> bool:
    end = time.monotonic() + _MOST_WAIT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return True
        except OSError:
            time.sleep(0.2)
    return False
