import re
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.wording.card import Card, card
from bienrecu.wording.facts import CardFacts
from bienrecu.wording.row import row_note

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 1, 8, 12, 0, tzinfo=PARIS)
CASE: dict[str, Any] = {
    "now": NOW,
    "since": datetime(2027, 1, 8, 9, 14, tzinfo=PARIS),
    "name": "Hugo Petit",
    "address": "hugo.petit@gmial.com",
    "system": "Orange",
    "sender": "contact@formation.example",
    "attempts": 11,
    "first_attempt_at": datetime(2027, 1, 5, 9, 14, tzinfo=PARIS),
    "next_attempt_at": datetime(2027, 1, 8, 12, 29, tzinfo=PARIS),
    "gives_up_at": datetime(2027, 1, 10, 9, 14, tzinfo=PARIS),
    "attachment_bytes": 4_200_000,
    "suggestion": "gmail.com",
    "list_name": "Spamhaus",
}
NO_FLAG = Flag.NONE


def told(
    status: Status, reason: Reason | None = None, flags: Flag = NO_FLAG, language: str = "fr", **facts: Any
) -> Card:
    """The card with ordinary spaces, as a test is easier to read."""
    with override(language):
        said = card(status, reason, flags, CardFacts(**{**CASE, **facts}))
    return Card(*(text.replace("\xa0", " ") for text in astuple(said)))


def noted(
    status: Status, reason: Reason | None = None, flags: Flag = NO_FLAG, language: str = "fr", **facts: Any
) -> str:
    with override(language):
        return row_note(status, reason, flags, CardFacts(**{**CASE, **facts})).replace("\xa0", " ")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", Status, ids=lambda status: status.code)
def test_with_every_reason_and_flag_a_status_tells_a_whole_story(status: Status, language: str) -> None:
    known = [CardFacts(**CASE), CardFacts(**CASE, relay="smtp.relay.example"), CardFacts(now=NOW)]
    known += [CardFacts(**CASE, certainty="guess"), CardFacts(**CASE, certainty="sure", unproven=True)]
    with override(language):
        for reason, flags, facts in product([None, *Reason], [NO_FLAG, ~NO_FLAG], known):
            said = card(status, reason, flags, facts)
            note = row_note(status, reason, flags, facts)
            assert all((said.title, said.know, said.dont_know, said.can_do, note))
            for text in (*astuple(said), *re.split(" ?; ", note)):
                assert_reads_well(text)


def assert_reads_well(text: str) -> None:
    assert not re.search(r"[{}]|None|  | [.,]|\.\.|\(\)|\b(de|à) le destinataire", text), text
    for sentence in re.split(r"(?<=[.!?]) ", text):
        assert len([word for word in sentence.split() if re.search(r"\w", word)]) <= 20, sentence


def test_a_server_that_does_not_prove_to_be_theirs_is_told_as_such_not_as_a_connection_that_failed() -> None:
    given_up = told(Status.RECEPTION_IMPOSSIBLE, Reason.TLS_REQUIRED, unproven=True)
    assert given_up.title == "Le serveur de messagerie d'Hugo Petit n'a pas pu être reconnu"
    assert "Rien ne lui a été envoyé." in given_up.know
    assert "liaison chiffrée" not in given_up.know
    assert given_up.who == "votre destinataire"
    waits = told(Status.REQUESTED, Reason.TLS_REQUIRED, unproven=True, language="en")
    assert waits.title == "Hugo Petit's mail server could not be recognised"
    assert "Your recipient's IT department can deal with the cause already." in waits.can_do
    assert "liaison chiffrée" in told(Status.REQUESTED, Reason.TLS_REQUIRED).know


def test_a_full_mailbox_is_told_as_to_a_colleague() -> None:
    assert told(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL) == Card(
        title="La boîte d'Hugo Petit est pleine",
        know="Sa messagerie (Orange) a refusé l'e-mail le 8 janvier à 09:14, après 11 essais en 3 jours. "
        "La boîte n'a plus de place.",
        dont_know="Si Hugo Petit consulte encore cette boîte.",
        can_do="Prévenez Hugo Petit autrement, puis renvoyez une fois la place faite. "
        "Un lien prend moins de place qu'une pièce jointe de 4 Mo.",
        who="votre destinataire",
    )
    assert told(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL, language="en").title == "Hugo Petit's mailbox is full"


def test_someone_without_a_name_goes_by_their_address() -> None:
    assert "d'ines@exemple.net" in told(Status.RECEIVED, name="", address="ines@exemple.net").title


def test_a_misspelt_domain_is_met_with_the_likely_one() -> None:
    said = told(Status.SEND_ERROR, Reason.DOMAIN_UNKNOWN)
    assert said.can_do.startswith("Vouliez-vous écrire « gmail.com » ?")
    assert "(gmial.com)" in said.know
    assert noted(Status.SEND_ERROR, Reason.DOMAIN_UNKNOWN) == "ce domaine n'existe pas : « gmail.com » ?"


def test_a_blocklist_is_named_when_the_reply_names_it() -> None:
    assert "la liste Spamhaus" in told(Status.RECEPTION_IMPOSSIBLE, Reason.IP_BLOCKLISTED).know
    assert "une liste de blocage" in told(Status.RECEPTION_IMPOSSIBLE, Reason.IP_BLOCKLISTED, list_name="").know


SPAMHAUS = {"list_page": "https://check.spamhaus.org/"}


@pytest.mark.parametrize("reason", [Reason.IP_BLOCKLISTED, Reason.DOMAIN_BLOCKLISTED, Reason.LINK_BLOCKLISTED])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_of_a_blocklist_is_at_hand(reason: Reason, language: str) -> None:
    for status in (Status.RECEPTION_IMPOSSIBLE, Status.REQUESTED):
        said = told(status, reason, language=language, **SPAMHAUS)
        assert "Spamhaus" in said.know
        assert (said.page, said.page_of) == ("https://check.spamhaus.org/", "Spamhaus")


def test_a_blocklist_without_a_page_and_a_cause_without_a_list_lead_nowhere() -> None:
    assert told(Status.RECEPTION_IMPOSSIBLE, Reason.IP_BLOCKLISTED).page == ""
    assert told(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL, **SPAMHAUS).page == ""


@pytest.mark.parametrize(
    ("reason", "octets", "french", "english"),
    [
        (Reason.MAILBOX_FULL, 1_500_000_000, "une limite de 1,5 Go", "Its limit is 1.5 GB"),
        (Reason.MAILBOX_FULL, 512_000, "une limite de 512 Ko", "Its limit is 512 KB"),
        (Reason.MESSAGE_TOO_LARGE, 10_485_760, "accepte au plus 10 Mo", "takes 10 MB at most"),
    ],
)
def test_the_limit_that_a_server_names_is_told(reason: Reason, octets: int, french: str, english: str) -> None:
    assert french in told(Status.RECEPTION_IMPOSSIBLE, reason, size_limit=octets).know
    assert english in told(Status.RECEPTION_IMPOSSIBLE, reason, language="en", size_limit=octets).know
    assert french in told(Status.REQUESTED, reason, size_limit=octets).know


def test_a_limit_is_told_only_where_it_explains_something() -> None:
    with_one = told(Status.RECEPTION_IMPOSSIBLE, Reason.SPAM_CONTENT, size_limit=10_000_000)
    assert with_one == told(Status.RECEPTION_IMPOSSIBLE, Reason.SPAM_CONTENT)


def test_who_made_us_wait_until_we_gave_up_is_not_said_to_ask_for_patience_still() -> None:
    said = told(Status.RECEPTION_IMPOSSIBLE, Reason.GREYLISTED, Flag.EXPIRED)
    assert said.title == "La messagerie d'Hugo Petit nous a fait attendre en vain"
    assert noted(Status.RECEPTION_IMPOSSIBLE, Reason.GREYLISTED) == "sa messagerie nous a fait attendre en vain"


def test_what_was_held_back_was_not_refused_by_anybody() -> None:
    assert told(Status.SEND_ERROR, Reason.ADDRESS_SUPPRESSED, attempts=0).know.startswith(
        "Par précaution, nous n'avons pas envoyé l'e-mail le 8 janvier à 09:14."
    )


def test_while_we_try_again_there_is_nothing_to_do_but_know_until_when() -> None:
    said = told(Status.REQUESTED, Reason.GREYLISTED)
    assert said.know.endswith("Le prochain essai est prévu le 8 janvier à 12:29.")
    assert said.can_do.startswith("Rien pour l'instant : nous réessayons jusqu'au 10 janvier.")
    assert said.who == "nous"
    assert noted(Status.REQUESTED, Reason.GREYLISTED) == "sa messagerie demande d'attendre ; nouvel essai à 12:29"


def test_what_waiting_will_not_mend_says_who_can() -> None:
    assert "Votre informatique" in told(Status.REQUESTED, Reason.AUTH_FAILED).can_do
    assert "Votre informatique" not in told(Status.REQUESTED, Reason.MAILBOX_FULL).can_do


def test_a_scheduled_email_says_when_it_leaves() -> None:
    at = datetime(2027, 1, 12, 8, tzinfo=PARIS)
    assert told(Status.REQUESTED, scheduled_at=at).title == "L'e-mail partira le 12 janvier à 08:00"
    assert noted(Status.REQUESTED, scheduled_at=at) == "partira le 12 janv. à 08:00"


def test_a_silent_relay_is_said_to_be_silent_and_since_when() -> None:
    relay = {"relay": "smtp.relay.example", "since": NOW - timedelta(days=2)}
    assert told(Status.SENT, **relay).dont_know == "S'il est arrivé : votre relais ne nous transmet pas la suite."
    assert noted(Status.SENT, **relay) == "sans nouvelles du relais depuis 2 jours"


def test_a_relay_that_reports_a_delay_is_not_called_silent() -> None:
    assert "ne nous transmet pas" not in told(Status.SENT, flags=Flag.DELAYED, relay="smtp.relay.example").dont_know


def test_a_relays_refusal_is_not_laid_on_the_recipients_mail_service() -> None:
    said = told(Status.RECEPTION_IMPOSSIBLE, Reason.POLICY, relay="smtp.relay.example")
    assert said.know.startswith("L'e-mail a été refusé le 8 janvier")


def test_a_lost_answer_claims_neither_arrival_nor_loss() -> None:
    said = told(Status.SENT, next_attempt_at=None)
    assert said.title == "La réponse s'est perdue en route"
    assert said.can_do == "Demandez à Hugo Petit s'il est arrivé, avant de le renvoyer."


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({}, "suivi d'ouverture désactivé"),
        ({"organisation_tracks": True}, "ouverture non suivie, sans accord"),
        ({"organisation_tracks": True, "tracked": True}, "ouverture inconnue"),
    ],
)
def test_a_missing_image_never_reads_not_opened(facts: dict[str, bool], note: str) -> None:
    assert noted(Status.RECEIVED, **facts) == note
    for language in ("fr", "en"):
        said = " ".join(astuple(told(Status.RECEIVED, language=language, **facts)))
        assert not re.search(
            r"(pas|non|jamais) (été )?(ouvert|lu)\b|\b(not|never|un)[ -]?(been )?(opened|read)\b", said
        )


def test_a_machines_load_leaves_the_opening_unknown() -> None:
    assert (
        noted(Status.RECEIVED, flags=Flag.MACHINE_LOAD, tracked=True)
        == "images chargées automatiquement : ouverture inconnue"
    )
    assert "une machine a chargé ses images" in told(Status.RECEIVED, flags=Flag.MACHINE_LOAD, tracked=True).dont_know


def test_a_confirmation_says_more_than_an_image_and_keeps_its_own_time() -> None:
    opened_only = {"act": Kind.OPENED, "acted_at": NOW - timedelta(hours=2)}
    assert noted(Status.OPENED, **opened_only) == "ouverture probable à 10:00"
    # Confirmed at a time that nobody gave us: none is made up.
    assert noted(Status.OPENED, flags=Flag.CONFIRMED, **opened_only) == "a confirmé la réception"
    confirmed = {"act": Kind.CONFIRMED, "acted_at": NOW - timedelta(days=3)}
    assert noted(Status.OPENED, flags=Flag.CONFIRMED, **confirmed) == "a confirmé la réception le 5 janv. à 12:00"
    assert told(Status.OPENED, flags=Flag.CONFIRMED, **confirmed).title == "Hugo Petit a confirmé la réception"


def test_a_reply_after_a_return_shows_both_facts() -> None:
    flags = Flag.CONTRADICTORY | Flag.LATE_RETURN
    said = told(Status.OPENED, flags=flags, act=Kind.REPLIED, acted_at=NOW)
    assert "L'e-mail a pourtant aussi été refusé ou renvoyé." in said.know
    assert said.can_do == "Vérifiez auprès d'Hugo Petit."
    assert noted(Status.OPENED, flags=flags, act=Kind.REPLIED) == "a répondu ; signaux contradictoires"


def test_a_return_after_acceptance_keeps_both_facts() -> None:
    said = told(Status.RECEPTION_IMPOSSIBLE, Reason.SPAM_CONTENT, Flag.LATE_RETURN)
    assert said.know.startswith("Sa messagerie (Orange) a d'abord accepté l'e-mail, puis l'a renvoyé le 8 janvier")
    assert (
        noted(Status.RECEPTION_IMPOSSIBLE, Reason.SPAM_CONTENT, Flag.LATE_RETURN)
        == "pris pour un indésirable ; renvoyé après acceptation"
    )


def test_giving_up_is_said_to_be_ours_and_its_last_cause_kept() -> None:
    said = told(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL, Flag.EXPIRED)
    assert said.know.startswith("Nous avons renoncé le 8 janvier à 09:14, après 11 essais en 3 jours.")
    assert noted(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL, Flag.EXPIRED) == "boîte pleine"


@pytest.mark.parametrize(
    ("status", "reason", "facts"),
    [
        (Status.SEND_ERROR, Reason.UNDETERMINED, {}),
        (Status.SEND_ERROR, Reason.DOMAIN_UNKNOWN, {}),
        (Status.SEND_ERROR, Reason.ADDRESS_SUPPRESSED, {}),
        (Status.SEND_ERROR, Reason.MESSAGE_MALFORMED, {"attempts": 0}),
        (Status.RECEPTION_IMPOSSIBLE, Reason.CONNECTION_FAILED, {}),
    ],
)
def test_nobody_is_said_to_have_refused_what_nobody_was_offered(
    status: Status, reason: Reason, facts: dict[str, int]
) -> None:
    assert "refusé" not in told(status, reason, **facts).know


def test_a_table_shows_the_weightiest_flag_and_leaves_the_rest_to_the_card() -> None:
    flags = Flag.COMPLAINT | Flag.AUTO_REPLY | Flag.NOTED
    assert noted(Status.RECEIVED, flags=flags) == "suivi d'ouverture désactivé ; signalé comme indésirable"
    assert "remis autrement" in told(Status.RECEIVED, flags=flags).know


def test_a_name_is_only_ever_a_name() -> None:
    said = told(Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL, name="{now} %(x)s <b>")
    assert said.title == "La boîte de {now} %(x)s <b> est pleine"
