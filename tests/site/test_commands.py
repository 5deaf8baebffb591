"""The commands, as an administrator types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.utils import translation

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.processes.commands import commands
from bienrecu.store import record
from bienrecu.store.models import Contact, Membership, Message, Recipient
from tests.site.parties import an_organisation, posted

pytestmark = pytest.mark.django_db
Run = Callable[..., Result]


@pytest.fixture
def run(in_this_process: None) -> Run:
    def typed(*arguments: object) -> Result:
        with translation.override("fr"):  # commands choose their language: it must not outlive the test
            return CliRunner().invoke(commands, [str(argument) for argument in arguments])

    return typed


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A message and a list of two recipients."""
    html, people = tmp_path / "convocation.html", tmp_path / "participants.csv"
    html.write_text("<title>Votre convocation</title><p>Bonjour {{ prenom }}</p>")
    people.write_text("Prénom;E-mail\nAwa;awa@exemple.fr\nNoé;noe@exemple.fr\n")
    return html, people


def test_an_organisation_a_session_and_a_message_in_three_commands(run: Run, files: tuple[Path, Path]) -> None:
    html, people = files
    assert run("add-organisation", "of", "Formation Exemple").exit_code == 0
    assert run("add-session", "SST-1", "Secourisme", "--starts-on", "2027-01-12").exit_code == 0
    sent = run("send", "--session", "SST-1", "--type", "convocation", "--html", html, "--recipients", people)
    assert "Requested for 2 recipient(s)" in sent.output
    assert Message.objects.get().subject == "Votre convocation"


def test_the_same_command_given_twice_sends_once(run: Run, files: tuple[Path, Path]) -> None:
    posted()
    command = ("send", "--session", "SST-1", "--html", files[0], "--recipients", files[1])
    run(*command)
    assert "nothing was sent twice" in run(*command).output
    assert Message.objects.count() == 2
    run(*command, "--again")
    assert Message.objects.count() == 3


def test_what_is_refused_names_each_recipient_and_leaves_no_contact_behind(run: Run, files: tuple[Path, Path]) -> None:
    posted()
    html, people = files
    people.write_text("email,prenom\nfoo,Jean\nnoe@exemple.fr,\n")
    refused = run("send", "--session", "SST-1", "--html", html, "--recipients", people)
    assert refused.exit_code == 1
    assert "Nothing was sent:" in refused.output
    assert "  foo: " in refused.output
    assert "  noe@exemple.fr: " in refused.output
    assert not Contact.objects.exists()


def test_status_prints_an_array_that_programs_can_read(run: Run) -> None:
    [row] = posted()
    record.add([record.NewEvent(row.id, Kind.REFUSED, row.requested_at, "a", Reason.MAILBOX_FULL)])
    [found] = json.loads(run("status", "--json").output)
    assert list(found) == ["session", "recipient", "type", "status", "since", "reason"]
    assert (found["session"], found["recipient"], found["type"]) == ("SST-1", "awa@exemple.fr", "convocation")
    assert (found["status"], found["reason"]) == ("reception_impossible", "mailbox_full")


def test_status_without_an_email_says_what_to_do_and_is_an_empty_array(run: Run) -> None:
    assert "bienrecu send" in run("status").output
    assert json.loads(run("status", "--json").output) == []


def test_a_session_that_does_not_exist_is_answered_with_those_that_do(run: Run) -> None:
    posted()
    wrong = run("status", "--session", "SST-2")
    assert wrong.exit_code == 1
    assert "SST-1" in wrong.output


def test_status_of_one_organisation_shows_nothing_of_another(run: Run) -> None:
    posted()
    an_organisation("autre")
    assert json.loads(run("status", "--organisation", "autre", "--json").output) == []
    assert Recipient.objects.count() == 1


def test_somebody_who_logs_in_gets_a_role_and_a_weak_password_is_refused(run: Run) -> None:
    an_organisation()
    assert run("add-user", "a@of.fr", "--password", "court").exit_code == 1
    assert run("add-user", "a@of.fr", "--role", "sender", "--password", "assez-long-pour-nous").exit_code == 0
    assert Membership.objects.get().role == "sender"


def test_an_organisation_may_not_send_from_a_mailbox_provider(run: Run) -> None:
    refused = run("add-organisation", "of", "OF", "--sender", "of@orange.fr")
    assert refused.exit_code == 1
    assert "orange.fr" in refused.output


def test_check_names_each_problem_with_its_remedy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.BIENRECU, "relay_url", "smtp://127.0.0.1:9")
    found = json.loads(run("check", "--json").output)
    problems = {finding["what"]: finding["remedy"] for finding in found if finding["level"] == "problem"}
    assert any("only this machine can open" in what for what in problems)
    assert any("127.0.0.1:9" in what for what in problems)
    assert all(problems.values())


def test_every_command_has_help_worth_reading(run: Run) -> None:
    for name, command in commands.commands.items():
        assert len(command.help or "") > 40, name
        assert run(name, "--help").exit_code == 0
