"""What somebody can do about one e-mail, as buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from bienrecu.domain.spelling import suggestion
from bienrecu.domain.status import Status
from bienrecu.store.models import Recipient, Role
from bienrecu.store.queries import follow_up
from bienrecu.submission.resend import Cause, Verdict, address_now, key_of, verdicts
from bienrecu.web.access import MemberRequest
from bienrecu.web.roles import may
from bienrecu.wording import statuses

_OF_THE_ADDRESS = frozenset({Cause.ADDRESS, Cause.SUPPRESSED, Cause.DOMAIN})
_REACHED = frozenset({Status.SENT, Status.RECEIVED, Status.OPENED})


@dataclass(frozen=True, slots=True)
class Remedy:
    """`key` makes two presses of a button one. `address` is where a resend goes; `meant`, if not empty, is what was
    probably meant. `wants_address`: nothing but another address helps."""

    recipient: Recipient
    verdict: Verdict
    key: str
    address: str
    meant: str

    @property
    def wants_address(self) -> bool:
        return self.verdict.cause in _OF_THE_ADDRESS

    @property
    def is_held_back(self) -> bool:
        return self.verdict.cause is Cause.SUPPRESSED

    @property
    def is_changed(self) -> bool:
        """Whether the person's record has another address than the one that this e-mail went to."""
        return self.address.lower() != self.recipient.address.lower()

    @property
    def can_remind(self) -> bool:
        return self.recipient.status in _REACHED


@dataclass(frozen=True, slots=True)
class Link:
    """The e-mail that this one resends, or that resends it."""

    href: str
    at: datetime
    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Remedies:
    """Of one e-mail, with its relations; `back` is where who pressed a button wants to be."""

    remedy: Remedy
    resend_of: Link | None
    resends: list[Link]
    back: str


def of_many(recipients: Sequence[Recipient]) -> list[Remedy]:
    """Of failures that nobody has dealt with: none was sent again yet."""
    found = verdicts(recipients)
    return [_remedy(row, found[row.id], times=0) for row in recipients]


def of_one(recipient: Recipient, *, times: int) -> Remedy:
    """`times`: how often it was sent again."""
    return _remedy(recipient, verdicts([recipient])[recipient.id], times)


def _remedy(row: Recipient, verdict: Verdict, times: int) -> Remedy:
    address = address_now(row)
    return Remedy(row, verdict, key_of({row.id: times}), address, meant(address))


def meant(address: str) -> str:
    """The address with its domain spelt as it was probably meant; empty when nothing looks wrong."""
    local, at, domain = address.rpartition("@")
    better = suggestion(domain) if at else None
    return f"{local}@{better}" if better else ""


def remedies(request: MemberRequest, recipient: Recipient) -> Remedies:
    resends = follow_up.resends(recipient)
    first = recipient.resend_of
    return Remedies(
        of_one(recipient, times=len(resends)),
        _link(request, first) if first else None,
        [_link(request, row) for row in resends],
        back=_page_of(request),
    )


def _link(request: MemberRequest, row: Recipient) -> Link:
    href = reverse("email", args=[request.organisation.slug, row.id])
    return Link(href, row.requested_at, row.address, statuses.label(Status(row.status)))


def _page_of(request: MemberRequest) -> str:
    """The page that a part of it is for."""
    return (request.htmx.current_url_abs_path or request.path) if request.htmx else request.path


def back(request: MemberRequest, otherwise: str) -> str:
    """Where to go after: the page that the form was on, if it is one of ours."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else otherwise


def may_send(request: MemberRequest) -> bool:
    return may(request, Role.SENDER)
