"""The Debian packages that acceptance tests speak to, and what to do about those that are missing."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

COMMANDS = {
    "postfix": "postfix",
    "dovecot-imapd": "dovecot",
    "dovecot-lmtpd": "lmtp",
    "dovecot-sieve": "sievec",
    "chromium": "chromium",
    "rspamd": "rspamd",
    "nsd": "nsd",
    "unbound": "unbound",
    "spamd": "spamd",
    "redis-server": "redis-server",
    "postfix-policyd-spf-python": "policyd-spf",  # brings pyspf, which judges SPF beside ours
    # Debian lets only one mail server be installed: this one is unpacked beside the other.
    "exim4-daemon-light": "exim4",
}
NEED_ROOT = {"spamd", "postfix", "dovecot-imapd", "dovecot-lmtpd", "exim4-daemon-light"}
UNPACKED = {"exim4-daemon-light": Path(__file__).parent.parent.parent / ".acceptance/exim"}
LIBRARIES = {"exim4-daemon-light": ("libidn12",)}
USERS = {"exim4-daemon-light": "Debian-exim"}  # whom the program runs as

POLICY = Path("/usr/sbin/policy-rc.d")
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
# Without this answer, Postfix is set up as this machine's own mail server.
ANSWERS = "postfix postfix/main_mailer_type select No configuration\n"


def missing() -> list[str]:
    return [package for package, command in COMMANDS.items() if _command(command) is None]


def needs(package: str) -> pytest.MarkDecorator:
    """Skips a test, saying why, where it cannot have the package."""
    reason = ""
    if _command(COMMANDS[package]) is None:
        reason = f"{package} is not installed (apt-get install {package})"
    elif package in NEED_ROOT and os.geteuid() != 0:
        reason = f"only root can run {package}"
    return pytest.mark.skipif(bool(reason), reason=reason)


def install(packages: Iterable[str], attempts: int = 3) -> bool:
    """Installs `packages` without starting any of their services. False when one could not be had."""
    complete = True
    with _no_service_starts():
        subprocess.run(["debconf-set-selections"], input=ANSWERS, text=True, env=ENVIRONMENT, check=False)
        for package in packages:
            if package in UNPACKED:
                complete &= all(_install(library, attempts) for library in LIBRARIES[package]) and _unpack(package)
            else:
                complete &= _install(package, attempts)
    return complete


def _unpack(package: str) -> bool:
    """Puts a package's files into a folder of ours, and makes the user it wants."""
    folder = UNPACKED[package]
    folder.mkdir(parents=True, exist_ok=True)
    commands = [["apt-get", "download", package], ["sh", "-c", 'for file in *.deb; do dpkg -x "$file" .; done']]
    if subprocess.run(["id", USERS[package]], capture_output=True, check=False).returncode:
        commands.append(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USERS[package]])
    for command in commands:
        made = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if made.returncode:
            print(f"{package} could not be unpacked: {made.stderr.strip()[-500:]}")
            return False
    return True


def _install(package: str, attempts: int) -> bool:
    print(f"Installing {package} ...", flush=True)
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    said = ""
    for attempt in range(attempts):
        time.sleep(5 * attempt)
        subprocess.run(["apt-get", "update", *options], env=ENVIRONMENT, capture_output=True, check=False)
        command = ["apt-get", "install", "-y", "--no-install-recommends", *options, package]
        made = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if made.returncode == 0:
            return True
        said = made.stderr.strip()
    print(f"{package} could not be installed: {said[-500:]}")
    return False


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian starts what it installs, unless this file says no (invoke-rc.d(8))."""
    if POLICY.exists():  # a container: it has its own opinion
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _command(name: str) -> str | None:
    unpacked = ":".join(f"{folder}/usr/sbin" for folder in UNPACKED.values())
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/usr/lib/dovecot:{unpacked}")
