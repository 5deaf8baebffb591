"""*Sender and domain*: the addresses an organisation writes from, how its domains are set up, proof of an address."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.address import Address
from bienrecu.domain.audit import Action
from bienrecu.domain.sending_domain import DomainState, Purpose, Verdict
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Role, SenderException, SendingDomain
from bienrecu.store.queries.warm_up import stages
from bienrecu.submission import sender_exceptions, sender_proof
from bienrecu.submission.domains import rotation, setup
from bienrecu.submission.domains.look import look
from bienrecu.submission.request import Refused
from bienrecu.submission.sender import author_of, has_fallen_back, is_ready, own_account, reply_to, sender_problems
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404, the_domain
from bienrecu.web.roles import needs
from bienrecu.web.sender_forms import DomainForm, ExceptionForm, SenderForm
from bienrecu.web.warm_up import present
from bienrecu.wording import sending_domain as words
from bienrecu.wording.registrars import REGISTRARS
from bienrecu.wording.types import email_type

_NOT_AGAIN_WITHIN = timedelta(seconds=5)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def sender(request: MemberRequest) -> HttpResponse:
    form = SenderForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid() and _save(request, form):
        return redirect("sender", slug=request.organisation.slug)
    return _page(request, form)


def _page(
    request: MemberRequest,
    form: SenderForm,
    domain_form: DomainForm | None = None,
    exception_form: ExceptionForm | None = None,
) -> HttpResponse:
    domain_form = domain_form or DomainForm()
    exception_form = exception_form or ExceptionForm(organisation=request.organisation)
    organisation = Organisation.objects.get(pk=request.organisation.pk)
    problems = sender_problems(organisation)
    context: dict[str, Any] = {
        "form": form,
        "domain_form": domain_form,
        "exception_form": exception_form,
        "exceptions": [_exception(one) for one in _exceptions(organisation)],
        "problems": problems,
        "author": None if problems else author_of(organisation),
        "replies": None if problems else reply_to(organisation),
        "account": own_account(organisation),
        "fallen_back": has_fallen_back(organisation),
        "waiting": sender_proof.waiting(organisation, timezone.now()),
        "domains": [_standing(domain) for domain in organisation.sending_domains.order_by("name")],
    }
    wrong = form.errors or domain_form.errors or exception_form.errors
    return render(request, "web/settings/sender.html", context, status=422 if wrong else 200)


def _exceptions(organisation: Organisation) -> QuerySet[SenderException]:
    return organisation.sender_exceptions.select_related("session").order_by("session", "type")


def _exception(one: SenderException) -> dict[str, Any]:
    awaited = bool(one.sender_address) and not is_ready(one.organisation, one.sender_address)
    return {"exception": one, "about": str(one.session or email_type(one.type)), "awaited": awaited}


def _standing(domain: SendingDomain) -> dict[str, Any]:
    state = DomainState(domain.state)
    return {"domain": domain, "state": state, "label": words.label(state), "meaning": words.meaning(state)}


def _save(request: MemberRequest, form: SenderForm) -> bool:
    """False when the link could not be sent: the form says why."""
    organisation, given = Organisation.objects.get(pk=request.organisation.pk), form.cleaned_data
    address = given["sender_address"]
    if address and address != organisation.sender_address:
        try:
            sender_proof.ask(organisation, Address.parse(address), request.user)
        except Refused as refused:
            form.add_error("sender_address", " ".join(problem.sentence for problem in refused.problems))
            return False
        messages.success(request, _("A link is on its way to %s: the address is used once it was opened.") % address)
    elif not address:
        organisation.sender_address = ""
    organisation.reply_address = given["reply_address"]
    organisation.save(update_fields=["sender_address", "reply_address"])
    if form.changed_data:
        note(organisation, request.user, Action.SETTINGS_CHANGED, fields=form.changed_data)
    _say(request, form)
    return True


def _say(request: MemberRequest, form: SenderForm) -> None:
    messages.success(request, _("Saved."))
    if form.doubtful_reply:
        text = _("Replies go to an address of a public mail service: some filters are wary of that.")
        messages.warning(request, text)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def add_domain(request: MemberRequest) -> HttpResponse:
    form = DomainForm(request.POST)
    if form.is_valid():
        try:
            domain = setup.add(request.organisation, form.cleaned_data["name"], request.user)
        except setup.DomainRefused as refused:
            form.add_error("name", refused.sentence)
        else:
            return redirect("domain", slug=request.organisation.slug, id=domain.pk)
    return _page(request, SenderForm(organisation=request.organisation), form)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def add_exception(request: MemberRequest) -> HttpResponse:
    form = ExceptionForm(request.POST, organisation=request.organisation)
    if form.is_valid():
        given = form.cleaned_data
        organisation = Organisation.objects.get(pk=request.organisation.pk)
        try:
            sender_exceptions.keep(
                organisation, form.chosen, given["sender_address"], given["reply_address"], request.user
            )
        except Refused as refused:
            form.add_error("sender_address", " ".join(problem.sentence for problem in refused.problems))
        else:
            messages.success(request, _("Saved."))
            return redirect("sender", slug=request.organisation.slug)
    return _page(request, SenderForm(organisation=request.organisation), exception_form=form)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def remove_exception(request: MemberRequest, id: int) -> HttpResponse:
    kept = or_404(request.organisation.sender_exceptions.filter(pk=id).first())
    sender_exceptions.remove(kept, request.user)
    messages.success(request, _("Removed: the addresses of the organisation are used again."))
    return redirect("sender", slug=request.organisation.slug)


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def domain(request: MemberRequest, id: int) -> HttpResponse:
    found = the_domain(request, id)
    context = _shown(found) | {"registrars": REGISTRARS, "warm_up": present(stages(found, timezone.now()))}
    return render(request, "web/settings/domain.html", context)


def _shown(domain: SendingDomain) -> dict[str, Any]:
    records = [_record(domain, record) for record in setup.records_of(domain)]
    following = domain.findings.get(Purpose.NEXT_KEY, {}).get("verdict")
    return _standing(domain) | {
        "signing": domain.keys.filter(signs=True).first(),
        "may_change_key": domain.may_send and following == Verdict.FINE,
        "records": records,
        "to_publish": [one for one in records if one["value"]],
        "asks_again": DomainState(domain.state) in (DomainState.WAITING, DomainState.BROKEN, DomainState.FALLEN_BACK),
    }


def _record(domain: SendingDomain, record: setup.Record) -> dict[str, Any]:
    found = domain.findings.get(record.purpose, {})
    verdict = Verdict(found["verdict"]) if found else None
    return {
        "words": words.record(record.purpose),
        "kind": record.kind,
        "name": record.name,
        "label": record.name.removesuffix(f".{domain.name}"),
        "value": record.value,
        "needed": record.needed,
        "verdict": verdict or "",
        "said": words.verdict(record.purpose, verdict, found["found"]) if verdict else "",
        "found": [] if record.purpose == Purpose.MAILBOX or verdict == Verdict.FINE else found.get("found", []),
    }


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def check_domain(request: MemberRequest, id: int) -> HttpResponse:
    """Asked for with a button, and again and again by a page that is left open."""
    found = the_domain(request, id)
    now = timezone.now()
    if found.checked_at is None or found.checked_at < now - _NOT_AGAIN_WITHIN:
        look(found, now)
    if request.htmx:
        return render(request, "web/settings/_domain.html", _shown(found))
    return redirect("domain", slug=request.organisation.slug, id=found.pk)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def change_key(request: MemberRequest, id: int) -> HttpResponse:
    found = the_domain(request, id)
    now = timezone.now()
    look(found, now)
    if rotation.change_key(found, now, request.user):
        messages.success(request, _("The next signature signs from now on. Leave the former one where it is."))
    else:
        text = _("The signature was not changed: the DNS does not show the next one yet.")
        messages.warning(request, text)
    return redirect("domain", slug=request.organisation.slug, id=found.pk)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def remove_domain(request: MemberRequest, id: int) -> HttpResponse:
    found = the_domain(request, id)
    setup.remove(found, request.user)
    messages.success(request, _("%s is removed. You can delete its records from the DNS.") % found.name)
    return redirect("sender", slug=request.organisation.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def proof(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever reads the mail of the address says yes: a page, then a press of its button."""
    found = sender_proof.find(token)
    done = found is not None and request.method == "POST" and sender_proof.give(found)
    context = {"proof": found, "done": done}
    return render(request, "web/settings/sender_proof.html", context, status=200 if found else 404)
