"""Every command, what it takes, and help worth reading. They are listed in the order of these imports."""

from bienrecu.processes.commands import parts, emails, reading, administration  # isort: skip
from bienrecu.processes.commands.group import commands

__all__ = ["administration", "commands", "emails", "parts", "reading"]
