"""A real rspamd with the rules it is installed with, which asks nobody else: its resolver is a closed port or a test's
name server."""

import json
import shutil
from pathlib import Path
from urllib.request import Request, urlopen

from tests.acceptance.foreign import Foreign
from tests.acceptance.ports import free_port

_OFFLINE = ("rbl", "surbl", "fuzzy_check", "asn", "mx_check", "url_redirector", "rspamd_update")
_NEEDS_NAMES = ("dkim", "dmarc", "spf", "arc")
_NEEDS_REDIS = ("greylist", "ratelimit", "replies", "reputation", "history_redis", "neural")


def is_installed() -> bool:
    return shutil.which("rspamd", path="/usr/bin:/usr/sbin:/usr/local/bin") is not None


class RspamdAsInstalled(Foreign):
    """`names` is the port of a name server of the test; without it, nothing of the DNS is looked at. With a port for a
    `milter`, a mail server that asks there has what fails SPF, DKIM or the sender's policy refused."""

    def __init__(self, names: int = 0, milter: int = 0) -> None:
        super().__init__("rspamd")
        self.port, self.names, self.milter = free_port(), names, milter
        self.url = f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        self.home.chmod(0o777)
        command = _configured(self.home, self.port, self.names)
        if self.milter:
            _enforce(self.home / "override.d", self.milter)
        self.run(command, self.port)

    def symbols(self, message: bytes, **envelope: str) -> dict[str, float]:
        """What it finds in `message`, and what each counts for. `envelope`: From, Rcpt, IP, Helo."""
        kind = {"Content-Type": "message/rfc822"}
        asked = Request(f"{self.url}/checkv2", data=message, headers=kind | envelope)
        with urlopen(asked, timeout=20) as answer:
            found = json.load(answer)["symbols"]
        return {name: symbol["score"] for name, symbol in found.items()}


def _configured(folder: Path, port: int, names: int) -> list[str]:
    own = folder / "override.d"
    own.mkdir()
    asked, patience = (names, 2) if names else (free_port(), 0.1)
    (own / "options.inc").write_text(
        f'dns {{ nameserver = ["127.0.0.1:{asked}"]; timeout = {patience}s; retransmits = 1; }}\n'
        "local_addrs = [];\ncontrol_socket = false;\n"
    )
    (own / "worker-normal.inc").write_text(f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\n')
    for worker in ("controller", "proxy", "fuzzy"):
        (own / f"worker-{worker}.inc").write_text("enabled = false;\ncount = 0;\n")
    (own / "logging.inc").write_text(f'type = "file";\nfilename = "{folder}/log";\nlevel = "error";\n')
    for module in (*_OFFLINE, *_NEEDS_REDIS, *(() if names else _NEEDS_NAMES)):
        (own / f"{module}.conf").write_text("enabled = false;\n")
    variables = [f"--var={name}={folder}" for name in ("LOCAL_CONFDIR", "RUNDIR", "DBDIR", "LOGDIR")]
    return ["rspamd", "--no-fork", "--insecure", "-c", "/etc/rspamd/rspamd.conf", *variables]


def _enforce(own: Path, port: int) -> None:
    (own / "worker-proxy.inc").write_text(
        f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\nmilter = yes;\ntimeout = 20s;\n'
        'upstream "local" { default = yes; self_scan = yes; }\n'
    )
    # Everything comes from this machine here.
    for module in ("spf", "dkim", "dmarc"):
        (own / f"{module}.conf").write_text("check_local = true;\ncheck_authed = true;\n")
    rules = [
        ("POLICY", "DMARC_POLICY_REJECT | DMARC_POLICY_QUARANTINE", "5.7.1 Email rejected per DMARC policy"),
        ("FORGED", "R_SPF_FAIL | R_DKIM_REJECT", "5.7.1 SPF or DKIM check failed"),
    ]
    written = [f'{n} {{ action = "reject"; expression = "{e}"; message = "{m}"; }}' for n, e, m in rules]
    (own / "force_actions.conf").write_text(f"rules {{ {' '.join(written)} }}\n")
    (own / "milter_headers.conf").write_text('use = ["authentication-results"];\nskip_local = false;\n')
    # What these tests are not about must not refuse for other reasons.
    (own / "actions.conf").write_text("reject = 1000;\nadd_header = 900;\ngreylist = 800;\n")
