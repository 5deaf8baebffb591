"""The check-up of an e-mail that failed, in words: each question, and its answer."""

from django.utils.translation import gettext as _

from bienrecu.domain.check_up import Answer, Finding, Question
from bienrecu.wording.mark import N_


def question(asked: Question) -> str:
    return _(_QUESTIONS[asked])


def finding(found: Finding) -> str:
    return _(_FINDINGS[found])


def answer(given: Answer) -> str:
    """Empty when the reason of the refusal, in its own words, says all."""
    sentence = _ANSWERS[given.question][given.case]
    return _(sentence).format_map(given.known) if sentence else ""


_QUESTIONS = {
    Question.ADDRESS: N_("Is the address right?"),
    Question.SENDER: N_("Is the sender one that recipients trust?"),
    Question.FILTER: N_("Does the recipient's mail service refuse us?"),
    Question.FORM: N_("Does the e-mail itself look suspicious?"),
    Question.REPUTATION: N_("Do other e-mails to the same place arrive?"),
    Question.SERVER: N_("Is our sending server in order?"),
}

_FINDINGS = {
    Finding.LIKELY: N_("Likely cause"),
    Finding.FINE: N_("Fine"),
    Finding.UNKNOWN: N_("Cannot be known for sure"),
}

_ANSWERS = {
    Question.ADDRESS: {
        "mistyped": N_("{address} looks mistyped: {meant} is probably meant. Correct it and resend."),
        "named": "",
        "worked": N_("An earlier e-mail arrived at {address}."),
        "untried": N_("{address} is well written, and no e-mail has arrived there yet."),
    },
    Question.SENDER: {
        "shared": N_(
            "It left from the shared address {address}, which others use too and some refuse. Use your own domain."
        ),
        "not_verified": N_("The records of {domain} are not all in place: complete them under Sender and domain."),
        "named": N_("It left from {address}."),
        "verified": N_("The domain {domain} is verified."),
        "not_ours": N_("{domain} was set up by whoever runs this service: they know whether it is complete."),
    },
    Question.FILTER: {
        "named": N_("It answered: “{words}”."),
        "named_in_silence": "",
        "words_only": N_("It answered: “{words}”."),
        "nothing": N_("It has not answered in words."),
    },
    Question.FORM: {
        "named_and_seen": N_("In this e-mail, this can be improved:"),
        "named": N_("We see nothing wrong with its form: a link or a file in it may be known to the filter."),
        "heavy": N_("The refusal does not speak of it, but filters may hold this against it:"),
        "light": N_("The refusal does not speak of it; this could still be better:"),
        "fine": N_("Nothing that filters usually hold against an e-mail."),
    },
    Question.REPUTATION: {
        "named": N_("In the two weeks before, {failed} of {n} e-mails to {domain} failed."),
        "few": N_("Too few e-mails to {domain} in the two weeks before to tell."),
        "many": N_(
            "{failed} of {n} e-mails to {domain} failed in the two weeks before: clean the addresses, slow down."
        ),
        "fine": N_("{n} e-mails to {domain} in the two weeks before, {failed} failed."),
    },
    Question.SERVER: {
        "named": "",
        "others_arrived": N_("Other e-mails of this session left the same way, and arrived."),
        "alone": N_("No other e-mail of this session has arrived yet."),
    },
}
