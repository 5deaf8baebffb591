"""What a record tells, beside what is on record now."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct, field, structs

from bienrecu.domain.event import Kind
from bienrecu.proof.facts import EmailFacts, EventFacts, Line
from bienrecu.proof.gather import CHUNK, of_some
from bienrecu.store.content import unpack
from bienrecu.store.models import MessageContent, Recipient, RecipientContent

# Openings have a shorter clock than the rest: that they are gone says nothing.
_FORGOTTEN_SOONER = frozenset({Kind.OPENED, Kind.MACHINE_LOAD})


class Moved(Struct, frozen=True):
    """An e-mail that has come to another status since."""

    id: int
    then: str
    now: str


class Different(Struct, frozen=True):
    """An e-mail of which the record tells something else than is on record now: "version", "bytes", "event 12",
    or the name of a field."""

    id: int
    what: list[str]


class Comparison(Struct):
    """How many e-mails: told of; gone from here since; of people since erased at their wish; whose exact bytes were
    hashed again; whose bytes are not kept (any more)."""

    emails: int = 0
    gone: int = 0
    erased: int = 0
    hashed: int = 0
    unhashed: int = 0
    moved: list[Moved] = field(default_factory=list)
    different: list[Different] = field(default_factory=list)


def compare(lines: Iterable[Line], organisation_slug: str) -> Comparison:
    found = Comparison()
    told = (line for line in lines if isinstance(line, EmailFacts))
    contents = _Contents()
    while some := list(islice(told, CHUNK)):
        _compare(found, some, organisation_slug, contents)
    return found


def _compare(found: Comparison, some: list[EmailFacts], slug: str, contents: "_Contents") -> None:
    here = Recipient.objects.filter(id__in=[one.id for one in some], organisation__slug=slug)
    erased = dict(here.values_list("id", "contact__erased_at"))
    now = {email.id: email for _message, email in of_some(list(erased))}
    hashes = dict(contents.hashes([id for id, at in erased.items() if at is None]))
    for then in some:
        found.emails += 1
        if then.id not in now:
            found.gone += 1
        elif erased[then.id] is not None:
            found.erased += 1
        else:
            _one(found, then, now[then.id], hashes.get(then.id, ""))


def _one(found: Comparison, then: EmailFacts, now: EmailFacts, hashed: str) -> None:
    version = _version(then, now)
    what = list(_differences(then, now))
    if version and hashed:
        found.hashed += 1
        what += ["bytes"] if hashed != version else []
    elif version:
        found.unhashed += 1
    if what:
        found.different.append(Different(then.id, what))
    if then.status != now.status:
        found.moved.append(Moved(then.id, then.status, now.status))


def _differences(then: EmailFacts, now: EmailFacts) -> Iterator[str]:
    for name in ("message", "type", "role", "name", "address", "subject", "requested_at", "resend_of"):
        if getattr(then, name) != getattr(now, name):
            yield name
    if _version(then, now) != now.sha256:
        yield "version"
    known = {event.id: event for event in now.events}
    for event in then.events:
        if event.kind in _FORGOTTEN_SOONER and event.id not in known:
            continue
        if not _is_same(event, known.get(event.id)):
            yield f"event {event.id}"


def _version(then: EmailFacts, now: EmailFacts) -> str:
    """That of the record; but what was sent again since, signed anew, is another version."""
    told = {event.id for event in then.events}
    happened = any(event.id not in told for event in now.events) or now.more_events > then.more_events
    return now.sha256 if happened or not then.sha256 else then.sha256


def _is_same(then: EventFacts, now: EventFacts | None) -> bool:
    # People change their names, and leave.
    return now is not None and structs.replace(then, by="") == structs.replace(now, by="")


class _Contents:
    """Exact bytes, hashed again. What a message's recipients share is kept while they follow each other."""

    def __init__(self) -> None:
        self._message: int | None = None
        self._shared: tuple[bytes, bytes] | None = None

    def hashes(self, ids: list[int]) -> Iterator[tuple[int, str]]:
        """Of those whose bytes are kept."""
        kept = RecipientContent.objects.filter(recipient__in=ids).exclude(head=b"")
        rows = kept.order_by("recipient__message_id", "recipient_id")
        for id, message, head, signatures in rows.values_list(
            "recipient_id", "recipient__message_id", "head", "signatures"
        ):
            if shared := self._of(message):
                dictionary, tail = shared
                whole = hashlib.sha256(bytes(signatures))
                whole.update(unpack(bytes(head), dictionary))
                whole.update(tail)
                yield id, whole.hexdigest()

    def _of(self, message: int) -> tuple[bytes, bytes] | None:
        if message != self._message:
            row = MessageContent.objects.filter(message=message).values_list("dictionary", "tail").first()
            self._message, self._shared = message, (bytes(row[0]), bytes(row[1])) if row else None
        return self._shared
