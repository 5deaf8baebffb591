"""/metrics, in Prometheus' format: what the processes of this machine count, and what the database knows."""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bienrecu.store.models import Engine, Recipient, Report


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponseForbidden("Set BIENRECU_METRICS_TOKEN and send it: Authorization: Bearer …\n")
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    content = generate_latest(registry) + generate_latest(_of_the_store())
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if token := settings.BIENRECU.metrics_token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")


def _of_the_store() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Store())
    return registry


class _Store(Collector):
    """Read when asked for; every question here touches due or unread rows only, never history."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        due = Recipient.objects.filter(due_at__isnull=False).aggregate(waiting=Count("id"), oldest=Min("due_at"))
        late = max(0.0, (now - due["oldest"]).total_seconds()) if due["oldest"] else 0.0
        yield GaugeMetricFamily("bienrecu_queue_messages", "Messages waiting, for now or for later", due["waiting"])
        yield GaugeMetricFamily("bienrecu_queue_late_seconds", "Seconds that the most overdue message has waited", late)
        yield GaugeMetricFamily("bienrecu_engines", "Delivery engines that live", Engine.objects.count())
        unread = Report.objects.filter(kind="").count()
        yield GaugeMetricFamily("bienrecu_unread_returns", "Returns kept and not read yet", unread)
