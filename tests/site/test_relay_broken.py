"""An organisation's own mail account that works no more: its administrators are told, and told when it works again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.relay_account import Security, destination_of
from bienrecu.domain.sending_domain import DomainState
from bienrecu.store import queue
from bienrecu.store.models import Attempt, Organisation, Recipient, RelayAccount, Role, SendingDomain
from bienrecu.store.sealed import seal
from bienrecu.submission.relay import account
from tests.builders import a_user, an_organisation
from tests.site.mail_account import ADDRESS, HOST, PASSWORD, USER, MailServer
from tests.site.mails import text as written
from tests.site.pages import text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def organisation() -> Organisation:
    return an_organisation(name="Formation Exemple", slug="of", language="fr", time_zone="Europe/Paris")


@pytest.fixture
def row(mail_server: MailServer, organisation: Organisation) -> RelayAccount:
    """With two administrators and somebody who only sends."""
    for role in (Role.ADMINISTRATOR, Role.ADMINISTRATOR, Role.SENDER):
        a_user(role, organisation, language="fr")
    return RelayAccount.objects.create(
        organisation=organisation,
        address=ADDRESS,
        host=HOST,
        port=mail_server.port,
        security=Security.STARTTLS,
        user=USER,
        sealed=seal(PASSWORD.encode()),
        tried_at=NOW,
    )


def told() -> list[str]:
    return list(Recipient.objects.filter(message__confidential=True).order_by("id").values_list("subject", flat=True))


def change(row: RelayAccount, **fields: Any) -> None:
    RelayAccount.objects.filter(pk=row.pk).update(**fields)


def wrong_password(row: RelayAccount) -> None:
    change(row, sealed=seal(b"faux"))


def after(**span: int) -> datetime:
    return NOW + timedelta(**span)


BROKEN = f"{ADDRESS}\xa0: le compte ne fonctionne plus"
MENDED = f"{ADDRESS}\xa0: le compte fonctionne de nouveau"


def test_a_refused_login_is_told_at_once_to_each_administrator_in_words(row: RelayAccount) -> None:
    wrong_password(row)
    assert account.try_due(after(days=1)) == 1
    assert told() == [BROKEN, BROKEN]
    said = written(Recipient.objects.filter(message__confidential=True)[0])
    for words in (
        "Nous l'avons constaté",
        "refuse le nom d'utilisateur",
        "Réponse du serveur\xa0: 535",
        "/reglages/expediteur/compte",
    ):
        assert words in said.replace("\u2019", "'"), said


def test_the_mail_does_not_wait_for_the_account_that_it_is_about(row: RelayAccount) -> None:
    wrong_password(row)
    account.try_due(after(days=1))
    mails = Recipient.objects.filter(message__confidential=True)
    assert {mail.destination for mail in mails} == {mail.address.rpartition("@")[2] for mail in mails}
    assert not mails.filter(message__author_address=ADDRESS).exists()


def test_while_it_lasts_it_is_tried_every_hour_and_told_once_a_day(row: RelayAccount) -> None:
    wrong_password(row)
    tried = [account.try_due(after(days=1, minutes=20 * number)) for number in range(3 * 30)]
    assert sum(tried) == 30
    assert told() == [BROKEN] * 4


def test_that_it_works_again_is_told_once_and_only_to_who_was_told_that_it_did_not(row: RelayAccount) -> None:
    wrong_password(row)
    account.try_due(after(days=1))
    change(row, sealed=seal(PASSWORD.encode()))
    account.try_due(after(days=1, hours=1))
    account.try_due(after(days=3))
    assert told() == [BROKEN, BROKEN, MENDED, MENDED]
    row.refresh_from_db()
    assert (row.trouble, row.trouble_since) == ("", None)


def test_what_breaks_again_within_the_day_is_told_the_next_day(row: RelayAccount) -> None:
    wrong_password(row)
    account.try_due(after(days=1))
    change(row, sealed=seal(PASSWORD.encode()))
    account.try_due(after(days=1, hours=1))
    wrong_password(row)
    for hours in (25, 26, 27):
        account.try_due(after(days=1, hours=hours - 23))
    assert told().count(BROKEN) == 2
    account.try_due(after(days=2, hours=1))
    assert told().count(BROKEN) == 4


def test_a_server_that_is_away_for_an_hour_is_nobody_s_business(row: RelayAccount, mail_server: MailServer) -> None:
    kept = mail_server.names.zones.pop(HOST)
    account.try_due(after(days=1))
    account.try_due(after(days=1, hours=1))
    mail_server.names.zones[HOST] = kept
    account.try_due(after(days=1, hours=2))
    assert told() == []


def test_a_server_that_stays_away_is_told_after_two_hours(row: RelayAccount, mail_server: MailServer) -> None:
    mail_server.names.zones.pop(HOST)
    for hours in (0, 1, 2):
        assert told() == []
        account.try_due(after(days=1, hours=hours))
    assert told() == [BROKEN, BROKEN]


def failed_once(mail: Recipient) -> None:
    queue.claim("e1", [mail.destination], 1, timezone.now())
    attempt = Attempt(recipient=mail, started_at=NOW, ended_at=NOW, stage="auth", reply="535 5.7.8 No")
    queue.write("e1", [queue.Result(mail.pk, Kind.DEFERRED, Reason.SUBMISSION_REFUSED, attempt, after(hours=1))], [])


def test_e_mails_that_do_not_leave_have_it_tried_without_waiting_for_its_day(row: RelayAccount) -> None:
    [mail] = posted("awa@exemple.fr", organisation=Organisation.objects.get())
    assert mail.destination == destination_of(row.pk)
    assert account.try_due(after(minutes=16)) == 0
    failed_once(mail)
    assert account.try_due(after(minutes=14)) == 0
    wrong_password(row)
    assert account.try_due(after(minutes=16)) == 1
    assert told() == [BROKEN, BROKEN]
    assert "1 e-mail attend" in written(Recipient.objects.filter(message__confidential=True)[0])


def page(client: Client, organisation: Organisation, role: Role, language: str = "fr", name: str = "sessions") -> str:
    client.force_login(a_user(role, organisation, language=language))
    return text(client.get(reverse(name, args=[organisation.slug])))


@pytest.mark.parametrize(
    ("role", "language", "words"),
    [
        (Role.ADMINISTRATOR, "fr", "ne fonctionne plus : vos e-mails attendent"),
        (Role.ADMINISTRATOR, "en", "does not work: your e-mails wait"),
        (Role.READER, "fr", "Un administrateur de votre organisme peut y remédier."),
    ],
)
def test_every_page_says_it_until_it_works_again(
    client: Client, row: RelayAccount, organisation: Organisation, role: Role, language: str, words: str
) -> None:
    assert words not in page(client, organisation, role, language)
    wrong_password(row)
    account.try_due(after(days=1))
    shown = page(client, organisation, role, language)
    assert words in shown
    assert ("Y remédier" in shown or "Mend it" in shown) is (role == Role.ADMINISTRATOR)
    change(row, sealed=seal(PASSWORD.encode()))
    account.try_due(after(days=2))
    assert words not in page(client, organisation, role, language)


def test_others_see_nothing_of_it(client: Client, row: RelayAccount) -> None:
    wrong_password(row)
    account.try_due(after(days=1))
    assert ADDRESS not in page(client, an_organisation(), Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DomainState.BROKEN, "Un enregistrement DNS de of-exemple.fr manque"),
        (DomainState.FALLEN_BACK, "partent de l'adresse partagée"),
        (DomainState.WAITING, ""),
        (DomainState.VERIFIED, ""),
    ],
)
def test_every_page_says_that_a_domain_is_broken(
    client: Client, organisation: Organisation, state: DomainState, words: str
) -> None:
    SendingDomain.objects.create(organisation=organisation, name="of-exemple.fr", state=state, state_since=NOW)
    shown = page(client, organisation, Role.ADMINISTRATOR)
    assert (words in shown) if words else ("of-exemple.fr" not in shown)
