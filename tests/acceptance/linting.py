"""`bienrecu lint` as a program runs it, with content filters that the settings name."""

import json
import os
import subprocess
import sys
from pathlib import Path

TEXT = "Vous êtes inscrite à la formation Sauveteur secouriste du travail, le 12 janvier à Lyon, à partir de 9 heures. "
HEADER = (
    "From: Formation Exemple <contact@of.example>\r\nTo: Jeanne <jeanne@client.example>\r\n"
    "Date: Mon, 4 Jan 2027 09:00:00 +0100\r\nMessage-ID: <a@of.example>\r\nMIME-Version: 1.0\r\n"
)


def mail(subject: str = "Votre convocation", html: str = "", text: str = TEXT * 3, more: str = "") -> bytes:
    parts = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n" if text else ""
    parts += (
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{html}</body></html>\r\n" if html else ""
    )
    return (
        f'{HEADER}Subject: {subject}\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}{more}--b--\r\n'
    ).encode()


def lint(raw: bytes, folder: Path, **settings: str) -> dict[str, dict[str, str]]:
    """What it says of `raw`, by rule."""
    file = folder / "mail.eml"
    file.write_bytes(raw)
    command = [sys.executable, "-m", "bienrecu", "lint", "--json", str(file)]
    environment = os.environ | {"BIENRECU_DATA_DIR": str(folder)} | settings
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {one["rule"]: one for one in json.loads(done.stdout)}
