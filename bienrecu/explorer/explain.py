"""From pasted text to an explanation in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.diagnosis.blocklist import page_of
from bienrecu.diagnosis.size_limit import size_limit_in
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Failure, facts
from bienrecu.domain.status import Status
from bienrecu.returns.interpret import Interpretation, Reported, ReturnKind, interpret
from bienrecu.wording import certainty, events, particulars, reasons, statuses
from bienrecu.wording.facts import CardFacts
from bienrecu.wording.facts import text as text_of
from bienrecu.wording.mark import N_

MOST = 200_000
"""Bytes that are read."""
_MOST_RECIPIENTS = 20

_FIELD = re.compile(
    r"(?:From \S+|[A-Za-z][A-Za-z0-9-]{1,40}:)[^\n]*\n(?:[ \t][^\n]*\n|[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n)+"
)
_STATUS = {Failure.SEND_ERROR: Status.SEND_ERROR, Failure.RECEPTION_IMPOSSIBLE: Status.RECEPTION_IMPOSSIBLE}

_NO_FAILURE = {
    ReturnKind.AUTO_REPLY: N_(
        "This is an automatic reply. It proves that the mail service has the e-mail; it is no failure."
    ),
    ReturnKind.CHALLENGE: N_(
        "This mail service asks for proof that a person wrote: open its mail and follow its instructions."
    ),
    ReturnKind.COMPLAINT: N_("The recipient marked an e-mail as junk. It arrived; do not write again without asking."),
    ReturnKind.READ_RECEIPT: N_("This is a read receipt, sent by the recipient's mail program."),
    ReturnKind.ORDINARY: N_("This looks like an ordinary e-mail, not like a failure."),
    ReturnKind.NOT_UNDERSTOOD: N_("Something came back, but it does not say clearly what became of the e-mail."),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """In the active language. `status` is None where nothing failed; `words` and `evidence` are the server's own."""

    title: str
    cause: str = ""
    limit: str = ""
    advice: str = ""
    who: str = ""
    address: str = ""
    status: Status | None = None
    temporary: bool = False
    reason: str = ""
    sure: str = ""
    evidence: str = ""
    blocklist: str = ""
    page: str = ""  # that of the blocklist
    operator_code: str = ""
    words: str = ""


def explain(raw: bytes) -> list[Explanation]:
    """At least one, for a reply or a mail as it came. Anything is answered: what nothing explains is said to be
    unknown."""
    raw = raw[:MOST].lstrip()
    text = raw.decode("utf-8", "replace")
    if _FIELD.match(text.replace("\r\n", "\n")):
        return list(_of_mail(interpret(raw)))
    return [_of(diagnose(text.rstrip(), None, None, ""), text.rstrip())]


def _of_mail(found: Interpretation) -> Iterator[Explanation]:
    if found.kind is not ReturnKind.REPORT:
        yield Explanation(_(_NO_FAILURE[found.kind]))
        return
    yield from map(_of_reported, found.reported[:_MOST_RECIPIENTS])


def _of_reported(part: Reported) -> Explanation:
    address = next(iter(part.addresses), "")
    if part.diagnosis is None:
        return Explanation(events.line(part.kind), address=address, words=part.words)
    return _of(part.diagnosis, part.words, address, delayed=part.kind is Kind.DELAYED)


def _of(diagnosis: Diagnosis, words: str, address: str = "", *, delayed: bool = False) -> Explanation:
    known = CardFacts(
        now=datetime.now(UTC),
        list_name=diagnosis.blocklist,
        list_page=page_of(diagnosis.blocklist),
        size_limit=size_limit_in(words),
    )
    said = reasons.words(diagnosis.reason, known)
    temporary = delayed or not diagnosis.permanent
    return Explanation(
        title=said.title,
        cause=text_of(said.cause, particulars.limit(diagnosis.reason, known)),
        limit=said.limit,
        advice=said.advice,
        who=reasons.who(diagnosis.reason),
        address=address,
        status=Status.REQUESTED if temporary else _STATUS[facts(diagnosis.reason).failure],
        temporary=temporary,
        reason=diagnosis.reason,
        sure=certainty.words(diagnosis.reason, diagnosis.certainty),
        evidence=diagnosis.evidence,
        blocklist=diagnosis.blocklist,
        page=known.list_page,
        operator_code=diagnosis.operator_code,
        words=words,
    )


def status_label(explanation: Explanation) -> str:
    return statuses.label(explanation.status) if explanation.status else ""
