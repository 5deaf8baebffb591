"""A private Postfix: own configuration, queue, log and port, beside whatever the machine runs. Needs root.

It answers on loopback only and speaks to nobody but the ports of this machine that its transport map names."""

import os
import pwd
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.foreign import answers
from tests.acceptance.installation import wait_for
from tests.acceptance.ports import free_port
from tests.private import Private

MASTER = """
{listen}  inet  n - n - -    smtpd
cleanup   unix  n - n - 0    cleanup
qmgr      unix  n - n 300 1  qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - -    trivial-rewrite
bounce    unix  - - n - 0    bounce
defer     unix  - - n - 0    bounce
trace     unix  - - n - 0    bounce
verify    unix  - - n - 1    verify
proxymap  unix  - - n - -    proxymap
smtp      unix  - - n - -    smtp
lmtp      unix  - - n - -    lmtp
error     unix  - - n - -    error
retry     unix  - - n - -    error
discard   unix  - - n - -    discard
virtual   unix  - n n - -    virtual
showq     unix  n - n - -    showq
scache    unix  - - n - 1    scache
anvil     unix  - - n - 1    anvil
postlog   unix-dgram n - n - 1 postlogd
"""

DELIVERED = re.compile(
    r"postfix/\w+\[\d+\]: (?P<queue_id>\w+): to=<(?P<to>[^>]*)>, (?:orig_to=<(?P<original>[^>]*)>, )?"
    r".*?dsn=(?P<code>[\d.]+), status=(?P<status>\w+) \((?P<text>.*)\)$"
)
REFUSED = re.compile(
    r"postfix/smtpd\[\d+\]: NOQUEUE: reject: RCPT from \S+: (?P<text>\d{3} (?P<code>\d\.\d+\.\d+) .*);"
    r" from=<[^>]*> to=<(?P<to>[^>]*)>"
)
HELD = re.compile(r"NOQUEUE: hold: RCPT from \S+: (?P<text>.*); from=<[^>]*> to=<(?P<to>[^>]*)>")
REFUSED_CONTENT = re.compile(
    r"postfix/cleanup\[\d+\]: \w+: reject: .* to=<(?P<to>[^>]*)> proto=\S+ helo=\S+: "
    r"(?P<code>\d\.\d+\.\d+) (?P<text>.*)$"
)


class PostfixError(Exception):
    """Postfix did not start or stop; the text is what it said."""


class Fate(NamedTuple):
    """What Postfix wrote about a recipient. `status` is sent, bounced, deferred, expired; refused (to its
    client, for good or for now) or held (kept without a word)."""

    status: str
    code: str
    text: str


@dataclass
class Postfix(Private):
    """One instance.

    `mailboxes` are kept in maildirs; the rest of `mailbox_domains` is unknown here. `at_the_door` maps an address to
    what is answered to RCPT ("450 4.2.2 …", "HOLD"), `after_acceptance` an address or a domain to where its mail is
    taken next ("smtp:[127.0.0.1]:2525", "error:5.2.2 Mailbox full"), `aliases` an address to another. It listens on
    `host`, on a free port if `port` is 0."""

    name: str
    mailboxes: tuple[str, ...] = ()
    mailbox_domains: tuple[str, ...] = ()
    at_the_door: Mapping[str, str] = field(default_factory=dict)
    after_acceptance: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    refused_content: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        super().__init__("postfix")
        self.home.chmod(0o755)
        self.port = self.port or free_port()

    def begin(self) -> None:
        self._write()
        self._command("start")
        wait_for(lambda: answers(self.port, b"220", self.host), f"Postfix {self.name} answers")

    def stop(self) -> None:
        with suppress(PostfixError):
            self._command("stop")

    def change(self, **differences: Mapping[str, str]) -> None:
        """Replaces whole maps, by the names they have above; the next connection sees it."""
        for name, value in differences.items():
            setattr(self, name, value)
        self._write_maps()
        self._command("reload")

    def fate_of(self, address: str) -> list[Fate]:
        """What the log says of `address`, oldest first; of an alias, what became of it further on."""
        return [fate for line in self.log().splitlines() for fate in _fates(line, address)]

    def mail_of(self, address: str) -> list[EmailMessage]:
        """The messages in a mailbox, oldest first."""
        files = sorted((self.maildir(address) / "new").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def maildir(self, address: str) -> Path:
        return self.home / "mail" / address

    def log(self) -> str:
        """All of it: nothing that became of an e-mail may be missing."""
        log = self.home / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _command(self, *words: str) -> None:
        told = subprocess.run(["postfix", "-c", self.home / "etc", *words], capture_output=True, text=True, check=False)
        if told.returncode:
            raise PostfixError(f"postfix {' '.join(words)}: {told.stderr}{told.stdout}{self.log()}")

    def _write(self) -> None:
        owner = pwd.getpwnam("postfix")
        for folder in ("etc", "queue", "data", "mail"):
            (self.home / folder).mkdir()
        for folder in (self.home / "data", self.home / "mail"):
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        for folder in (
            self.maildir(address) / part for address in self.mailboxes for part in ("", "new", "cur", "tmp")
        ):
            folder.mkdir(mode=0o700)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        (self.home / "etc/master.cf").write_text(MASTER.format(listen=f"{self.host}:{self.port}"))
        lines = [f"{name} = {value}\n" for name, value in (self._main(owner) | dict(self.settings)).items()]
        (self.home / "etc/main.cf").write_text("".join(lines))
        self._write_maps()

    def _write_maps(self) -> None:
        maildirs = {address: f"{address}/" for address in self.mailboxes}
        maps = {
            "mailboxes": maildirs,
            "at_the_door": self.at_the_door,
            "transport": self.after_acceptance,
            "aliases": self.aliases,
            "header_checks": {f"/^To:.*{re.escape(a)}/": f"REJECT {text}" for a, text in self.refused_content.items()},
        }
        for name, entries in maps.items():
            (self.home / "etc" / name).write_text("".join(f"{key} {value}\n" for key, value in entries.items()))

    def _main(self, owner: pwd.struct_passwd) -> dict[str, str]:
        maps = f"texthash:{self.home}/etc"
        return {
            "compatibility_level": "3.6",
            "config_directory": f"{self.home}/etc",
            "queue_directory": f"{self.home}/queue",
            "data_directory": f"{self.home}/data",
            "maillog_file": f"{self.home}/log",
            "maillog_file_prefixes": str(self.home),
            "myhostname": self.name,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8",
            "mydestination": "",
            "alias_maps": "",
            "local_recipient_maps": "",
            "virtual_mailbox_domains": " ".join(self.mailbox_domains),
            "virtual_mailbox_maps": f"{maps}/mailboxes",
            "virtual_mailbox_base": f"{self.home}/mail",
            "virtual_uid_maps": f"static:{owner.pw_uid}",
            "virtual_gid_maps": f"static:{owner.pw_gid}",
            "virtual_alias_domains": "",
            "virtual_alias_maps": f"{maps}/aliases",
            "transport_maps": f"{maps}/transport",
            "header_checks": f"regexp:{self.home}/etc/header_checks",
            "smtpd_recipient_restrictions": f"check_recipient_access {maps}/at_the_door, "
            "permit_mynetworks, reject_unauth_destination",
            "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
            "default_transport": "error:5.4.4 This server speaks to its own machine only",
            "relay_transport": "error:5.4.4 This server speaks to its own machine only",
            "smtp_dns_support_level": "disabled",
            "smtp_host_lookup": "native",
            "smtpd_peername_lookup": "no",
            "append_dot_mydomain": "no",
            "notify_classes": "",
            "minimal_backoff_time": "2s",
            "maximal_backoff_time": "5s",
            "queue_run_delay": "2s",
            "bounce_queue_lifetime": "1h",
            "smtpd_client_connection_count_limit": "0",
            "smtpd_client_connection_rate_limit": "0",
        }


def _fates(line: str, address: str) -> list[Fate]:
    if (found := DELIVERED.search(line)) and address in (found["to"], found["original"]):
        return [Fate(found["status"], found["code"], found["text"])]
    found = REFUSED.search(line) or REFUSED_CONTENT.search(line)
    if found and found["to"] == address:
        return [Fate("refused", found["code"], found["text"])]
    if (found := HELD.search(line)) and found["to"] == address:
        return [Fate("held", "", found["text"])]
    return []
