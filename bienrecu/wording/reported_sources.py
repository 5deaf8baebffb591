"""Who sends in a domain's name, and what to do about it, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.reported_source import Sender, Sort, Step
from bienrecu.wording.domain_report import FAILURES
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class SenderWords:
    """`proofs`: what was proven by what, in a few words."""

    label: str
    meaning: str
    remedy: str
    proofs: str


def sender(one: Sender, domain: str) -> SenderWords:
    label, meaning, remedy = _SORTS[one.sort]
    told = {"domain": domain, "name": one.proves_as, "failed": one.failed, "count": one.count}
    return SenderWords(
        _(label), _(meaning).format(**told), _(remedy).format(**told) if remedy else "", " · ".join(_proofs(one))
    )


_SORTS = {
    Sort.OURS: (N_("Sent by Bien Reçu"), N_("Your e-mails sent by this service: signed in the name of {domain}."), ""),
    Sort.PROVEN: (N_("Proven to be yours"), N_("A service that is set up to send in the name of {domain}."), ""),
    Sort.PARTLY: (
        N_("Partly proven"),
        N_("{failed} of {count} e-mails were not proven to be yours. Most often somebody forwarded them."),
        N_("Nothing to do if most are proven. Else look whether this service signs all that it sends."),
    ),
    Sort.OTHER_NAME: (
        N_("Under another name"),
        N_("These e-mails show an address of {domain}, but prove that they come from {name}."),
        N_(
            "If you use this service: in its settings, look for “domain authentication” and have it sign (DKIM) in the "
            "name of {domain}. If you do not know it, there is nothing to set up: a stricter policy stops such e-mails."
        ),
    ),
    Sort.UNPROVEN: (
        N_("Not proven"),
        N_("Nothing proves that these e-mails are yours."),
        N_(
            "It is a service of yours that is not set up (a website, an invoicing tool, a copier), a forwarding, "
            "or somebody who pretends to be you. Ask those around you which services send e-mails for {domain}."
        ),
    ),
}


def _proofs(one: Sender) -> list[str]:
    return [_share(one.signed, one.count, *_SIGNED), _share(one.sent, one.count, *_SENT)]


_SIGNED = (N_("signature (DKIM): all"), N_("signature (DKIM): none"), N_("signature (DKIM): {n} of {count}"))
_SENT = (
    N_("authorised server (SPF): all"),
    N_("authorised server (SPF): none"),
    N_("authorised server (SPF): {n} of {count}"),
)


def _share(n: int, count: int, every: str, none: str, some: str) -> str:
    return _(every if n == count else some if n else none).format(n=n, count=count)


def step(found: Step) -> str:
    """What to do next with the policy of the domain."""
    return _(_STEPS[found])


_STEPS = {
    Step.WAIT: N_(
        "All that was reported is proven to be yours. Wait until two weeks of reports are here before you make the "
        "policy stricter."
    ),
    Step.LOOK: N_(
        "Some e-mails in your name were not proven to be yours: look below where they come from, before you make the "
        "policy stricter."
    ),
    Step.TIGHTEN: N_(
        "All that was reported is proven to be yours. You can ask recipients to set others aside: replace “p=none” by "
        "“p=quarantine” in your DMARC record."
    ),
    Step.GOOD: N_("All that was reported is proven to be yours, and recipients set others aside or refuse them."),
}


def policy(published: str) -> str:
    return _(_POLICIES[published]) if published in _POLICIES else ""


_POLICIES = {
    "none": N_("Your policy asks recipients for nothing yet (p=none)."),
    "quarantine": N_("Your policy asks recipients to set aside what is not proven (p=quarantine)."),
    "reject": N_("Your policy asks recipients to refuse what is not proven (p=reject)."),
}


@dataclass(frozen=True, slots=True)
class FailureWords:
    count: int
    label: str
    remedy: str


def failures(found: Sequence[tuple[str, int]]) -> list[FailureWords]:
    return [
        FailureWords(count, _(FAILURES[kind]) if kind in FAILURES else kind, _(_REMEDIES.get(kind, _ASK)))
        for kind, count in found
    ]


_CERTIFICATE = N_(
    "Have the certificate of the server that receives your e-mails renewed, for the name in your MX record."
)
_POLICY_SITE = N_("Look at the address https://mta-sts.… of your domain: its file and its certificate.")
_ASK = N_("Send these words to whoever hosts your mailboxes.")
_REMEDIES = {
    "starttls-not-supported": N_("Ask whoever hosts your mailboxes to offer encryption."),
    "certificate-host-mismatch": _CERTIFICATE,
    "certificate-expired": _CERTIFICATE,
    "certificate-not-trusted": _CERTIFICATE,
    "sts-policy-fetch-error": _POLICY_SITE,
    "sts-policy-invalid": _POLICY_SITE,
    "sts-webpki-invalid": _POLICY_SITE,
}


def upload_result(new: int, known: int, untimely: int, too_many: int, others: Sequence[str]) -> list[str]:
    """What became of the reports of a file."""
    told = []
    if new:
        told.append(ngettext("%d report was added.", "%d reports were added.", new) % new)
    if known:
        told.append(ngettext("%d report was here already.", "%d reports were here already.", known) % known)
    if untimely:
        text = ngettext(
            "%d report is older than what is kept, or its dates make no sense.",
            "%d reports are older than what is kept, or their dates make no sense.",
            untimely,
        )
        told.append(text % untimely)
    if too_many:
        told.append(_("Too many reports in one day: add the others tomorrow."))
    if others:
        names = ", ".join(dict.fromkeys(name[:100] for name in others[:5]))
        told.append(_("Reports about another domain were left out: %s.") % names)
    return told
