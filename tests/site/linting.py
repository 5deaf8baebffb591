"""`bienrecu lint` over a text, and a text against which there is nothing to say."""

from pathlib import Path

from click.testing import CliRunner, Result

from bienrecu.processes.commands import commands

FINE = (
    "From: Formation Exemple <contact@of.example>\r\nTo: Paul <paul@client.example>\r\nSubject: Votre convocation\r\n"
    "Date: Mon, 4 Jan 2027 09:00:00 +0100\r\nMessage-ID: <a@of.example>\r\n\r\n"
    "Bonjour Paul,\r\n\r\nVous trouverez le programme de votre formation en ligne.\r\n"
)


def lint(tmp_path: Path, text: str, *options: str) -> Result:
    file = tmp_path / "mail.eml"
    file.write_bytes(text.encode())
    return CliRunner().invoke(commands, ["lint", str(file), *options])
