"""*Who sends in your name*: what receivers report about a sending domain."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from bienrecu.domain.reported_source import Sender, next_step
from bienrecu.domain.sending_domain import RETURNS_LABEL
from bienrecu.protocol.domain_report import read_reports
from bienrecu.protocol.domain_report.unpack import MOST_OCTETS
from bienrecu.store import domain_reports
from bienrecu.store.models import ReportKind, Role, SendingDomain
from bienrecu.store.queries import domain_reports as queries
from bienrecu.store.source_names import names
from bienrecu.submission.domains.setup import reports_address
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_domain
from bienrecu.web.roles import needs
from bienrecu.wording import reported_sources as words

_PERIODS = (30, 90, 365)


class ReportForm(forms.Form):
    file = forms.FileField(
        label=_("A report that you received"),
        help_text=_("The file attached to the e-mail (.xml, .gz, .zip, .json), or the e-mail itself (.eml)."),
        max_length=255,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_OCTETS:
            raise ValidationError(_("This file is too large: 10 MB at most."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def index(request: MemberRequest, id: int) -> HttpResponse:
    domain = the_domain(request, id)
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _keep(request, domain, form):
        return redirect("domain_reports", slug=request.organisation.slug, id=domain.pk)
    context = _page(domain, _days(request.GET.get("days", "")), timezone.now()) | {"form": form}
    return render(request, "web/settings/domain_reports.html", context, status=422 if form.errors else 200)


def _keep(request: MemberRequest, domain: SendingDomain, form: ReportForm) -> bool:
    """False when the file holds no report: the form says so."""
    reports = read_reports(form.cleaned_data["file"].read(MOST_OCTETS + 1))
    if not reports:
        form.add_error("file", _("This is no report about a domain, or it is damaged."))
        return False
    kept = domain_reports.keep(domain, reports, timezone.now())
    say = messages.success if kept.new or kept.known else messages.warning
    say(request, " ".join(words.upload_result(kept.new, kept.known, kept.untimely, kept.too_many, kept.others)))
    return True


def _days(chosen: str) -> int:
    return int(chosen) if chosen in map(str, _PERIODS) else _PERIODS[0]


def _page(domain: SendingDomain, days: int, now: datetime) -> dict[str, Any]:
    since = now - timedelta(days=days)
    mail = queries.overview(domain, ReportKind.DMARC, since)
    covered = (mail.end - mail.begin).days if mail.begin and mail.end else 0
    senders, address = queries.senders(domain, since), reports_address(domain)
    return {
        "domain": domain,
        "days": days,
        "periods": _PERIODS,
        "mail": mail,
        "proven": mail.total - mail.failed,
        "policy": words.policy(mail.policy),
        "step": words.step(next_step(mail.policy, mail.total, mail.failed, covered)),
        "senders": _said(senders, domain),
        "is_cut": len(senders) == queries.MOST_SENDERS,
        "tls": queries.overview(domain, ReportKind.TLS, since),
        "failures": words.failures(queries.failures(domain, since)),
        "complaints": queries.complaints(domain, since),
        "reports": queries.latest(domain),
        "address": address,
        "lacks_returns": address.endswith(f"@{RETURNS_LABEL}.{domain.name}") and not domain.returns_ready,
    }


def _said(senders: Sequence[Sender], domain: SendingDomain) -> list[dict[str, Any]]:
    named = names(one.ip for one in senders)
    return [{"sender": one, "words": words.sender(one, domain.name), "named": named.get(one.ip)} for one in senders]
