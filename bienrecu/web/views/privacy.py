"""Whether opening is followed, and how long each kind of data is kept."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bienrecu.store import retention
from bienrecu.store.models import Organisation, Role
from bienrecu.store.queries.consents import answers
from bienrecu.submission.consent import TEXT_VERSION
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.roles import needs
from bienrecu.web.settings_forms import RetentionForm, TrackingForm
from bienrecu.web.views.settings import save


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def tracking(request: MemberRequest) -> HttpResponse:
    kept = Organisation.objects.get(pk=request.organisation.pk)
    form = TrackingForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        save(request, form)
        return redirect("privacy", slug=request.organisation.slug)
    context = {
        "form": form,
        "on": request.organisation.open_tracking,
        "answers": answers(request.organisation),
        "version": TEXT_VERSION,
        "sender": request.organisation,
        "months": request.organisation.keep_openings_months,
    }
    return render(request, "web/settings/privacy.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def keeping(request: MemberRequest) -> HttpResponse:
    """Shows what a change would delete before it is made: what is deleted does not come back."""
    kept = Organisation.objects.get(pk=request.organisation.pk)
    form = RetentionForm(request.POST or None, instance=kept)
    would_go = None
    if request.method == "POST" and form.is_valid():
        would_go = retention.due(kept, timezone.now())
        if "confirmed" in request.POST or not would_go:
            save(request, form)
            return redirect("keeping", slug=request.organisation.slug)
    context = {"form": form, "would_go": would_go, "due": retention.due(request.organisation, timezone.now())}
    return render(request, "web/settings/keeping.html", context, status=422 if form.errors else 200)
