"""Settings fail at start, loudly; and the pages about them are current."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bienrecu.config.option import SettingError, read_all
from bienrecu.config.options import OPTIONS
from bienrecu.config.parsers import database, dkim_key

ROOT = Path(__file__).parents[2]


def read(**environ: str) -> dict[str, Any]:
    return read_all(OPTIONS, {f"BIENRECU_{name.upper()}": value for name, value in environ.items()})


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("retry_max_age", "many", "use a whole number from 1 to 240"),
        ("retry_max_age", "0", "use a whole number from 1 to 240"),
        ("listen", "8025", "use host:port"),
        ("simulator", "maybe", "use yes or no"),
        ("public_url", "emails.of.fr", "use an address that begins with http:// or https://"),
        ("relay_url", "mail.of.fr", "use an address that begins with smtp:// or smtps://"),
        ("return_path", "retours@of.fr", "put {token} once, before the @"),
        ("platform_address", "nobody", "use an e-mail address"),
        ("time_zone", "Paris", "use a time zone such as Europe/Paris"),
        ("dkim_keys", "of.fr:file.pem", "use domain:selector:file"),
        ("log_level", "loud", "use one of debug, info, warning, error"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_what_would_be_right(name: str, value: str, right: str) -> None:
    with pytest.raises(SettingError, match=re.escape(right)) as error:
        read(**{name: value})
    assert f"BIENRECU_{name.upper()}=" in str(error.value)


def test_a_secret_is_not_shown_when_it_is_refused() -> None:
    with pytest.raises(SettingError) as error:
        read(relay_url="ftp://user:hunter2@relay")
    assert "hunter2" not in str(error.value)


def test_a_name_that_is_no_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="BIENRECU_RETRY_MAXAGE is no setting"):
        read(retry_maxage="48")


def test_a_file_says_the_same_as_the_environment_which_wins(tmp_path: Path) -> None:
    file = tmp_path / "bienrecu.toml"
    file.write_text('retry_max_age = 48\nsimulator = false\ndns_servers = ["127.0.0.1:53", "[::1]:5353"]\n')
    found = read(config=str(file), retry_max_age="24")
    assert (found["retry_max_age"], found["simulator"]) == (24, False)
    assert found["dns_servers"] == (("127.0.0.1", 53), ("::1", 5353))


def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(SettingError, match=r"BIENRECU_CONFIG='/nowhere\.toml' cannot be read"):
        read(config="/nowhere.toml")


def test_every_default_is_a_value_that_can_be_used() -> None:
    assert read()["retry_max_age"] == 72


def test_a_database_is_named_by_its_address() -> None:
    found = database("postgresql://sec%40ret:p%2Fw@db.example:5433/mails?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("sec@ret", "p/w", "db.example", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert database("sqlite:////var/lib/mails.sqlite3")["NAME"] == "/var/lib/mails.sqlite3"
    with pytest.raises(ValueError, match="postgresql://"):
        database("mysql://db/mails")


def test_a_key_is_named_by_domain_selector_and_file() -> None:
    found = dkim_key("OF.fr:br1:/etc/key.pem")
    assert (found.domain, found.selector, str(found.file)) == ("of.fr", "br1", "/etc/key.pem")


@pytest.mark.parametrize("tool", ["settings_doc", "simulator_doc"])
def test_a_page_made_from_the_program_is_current(tool: str) -> None:
    assert subprocess.run([sys.executable, ROOT / f"tools/{tool}.py", "--check"], check=False).returncode == 0


def test_every_log_line_is_explained() -> None:
    written = set()
    for file in (ROOT / "bienrecu").rglob("*.py"):
        written |= set(re.findall(r"\blog\.(?:debug|info|warning|error|exception)\(\s*\"([^\"]+)\"", file.read_text()))
    explained = set(re.findall(r"`([a-z ]+)`", (ROOT / "docs/log-lines.md").read_text()))
    assert written, "no log line found: the pattern no longer fits the code"
    assert written - explained == set()
