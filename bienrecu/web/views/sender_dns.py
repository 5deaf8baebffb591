"""*All that the DNS answers* about a domain: asked with a button, shown with what each answer means."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bienrecu.store.models import Role
from bienrecu.submission.domains.answers import ask_all
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_domain
from bienrecu.web.roles import needs
from bienrecu.wording import dns_answers as words

_NOT_AGAIN_WITHIN = timedelta(seconds=5)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def answers(request: MemberRequest, id: int) -> HttpResponse:
    domain = the_domain(request, id)
    if request.method == "POST":
        now = timezone.now()
        if domain.answered_at is None or domain.answered_at < now - _NOT_AGAIN_WITHIN:
            ask_all(domain, now)
        return redirect("domain_answers", slug=request.organisation.slug, id=domain.pk)
    context = {"domain": domain, "topics": _topics(domain.answers)}
    return render(request, "web/settings/domain_answers.html", context)


def _topics(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ordered = sorted(kept, key=lambda one: words.TOPICS.index(one["topic"]))
    return [
        {"words": words.topic(topic), "answers": [one | {"sentence": words.sentence(one)} for one in answers]}
        for topic, answers in groupby(ordered, key=lambda one: one["topic"])
    ]
