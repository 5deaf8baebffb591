"""What the engine does, as log lines (docs/log-lines.md) and metrics."""

from datetime import datetime

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bienrecu.delivery.observer import Observer
from bienrecu.delivery.ports import Share

log = structlog.get_logger()

ATTEMPTS = Counter("bienrecu_attempts_total", "Attempts to hand a message over, by what they came to", ["outcome"])
SECONDS = Histogram("bienrecu_attempt_seconds", "Seconds that accepted attempts took",
                    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300))  # fmt: skip
OPENED = Counter("bienrecu_connections_opened_total", "Connections opened to mail servers", ["tls"])
FAILED = Counter("bienrecu_connections_failed_total", "Connections to mail servers that could not be opened")
CONNECTIONS = Gauge("bienrecu_connections", "Connections to mail servers now", multiprocess_mode="livesum")
CLAIMED = Gauge("bienrecu_claimed_messages", "Messages claimed by engines now", multiprocess_mode="livesum")


class LogObserver(Observer):
    """One log line each. Accepted messages are told at level debug: they are the many."""

    def started(self, share: Share) -> None:
        log.info("engine started", index=share.index, engines=share.count)

    def share_changed(self, share: Share) -> None:
        log.info("engines changed", index=share.index, engines=share.count)

    def stopping(self) -> None:
        log.info("engine stopping")

    def stopped(self) -> None:
        log.info("engine stopped")

    def delivered(self, recipient: int, host: str, seconds: float) -> None:
        self._accepted("delivered", recipient, host, seconds)

    def handed_over(self, recipient: int, host: str, seconds: float) -> None:
        self._accepted("handed over", recipient, host, seconds)

    def _accepted(self, outcome: str, recipient: int, host: str, seconds: float) -> None:
        ATTEMPTS.labels(outcome.replace(" ", "_")).inc()
        SECONDS.observe(seconds)
        log.debug(outcome, recipient=recipient, host=host, seconds=round(seconds, 3))

    def deferred(
        self, recipient: int, host: str, stage: str, code: str, reason: str, next_attempt_at: datetime | None
    ) -> None:
        ATTEMPTS.labels("deferred").inc()
        at = next_attempt_at and next_attempt_at.isoformat(timespec="seconds")
        log.info("deferred", recipient=recipient, host=host, stage=stage, code=code, reason=reason, next=at)

    def line_lost(self, recipient: int, host: str, next_attempt_at: datetime | None) -> None:
        ATTEMPTS.labels("line_lost").inc()
        at = next_attempt_at and next_attempt_at.isoformat(timespec="seconds")
        log.warning("line lost", recipient=recipient, host=host, next=at)

    def refused(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None:
        self._failed("refused", recipient, host, stage, code, reason)

    def expired(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None:
        self._failed("expired", recipient, host, stage, code, reason)

    def unsendable(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None:
        self._failed("unsendable", recipient, host, stage, code, reason)

    def _failed(self, outcome: str, recipient: int, host: str, stage: str, code: str, reason: str) -> None:
        ATTEMPTS.labels(outcome).inc()
        log.info(outcome, recipient=recipient, host=host, stage=stage, code=code, reason=reason)

    def claim_lost(self, recipient: int) -> None:
        log.warning("claim lost", recipient=recipient)

    def connection_opened(self, host: str, ip: str, tls: str) -> None:
        OPENED.labels("yes" if tls else "no").inc()
        log.debug("connection opened", host=host, ip=ip, tls=tls)

    def connection_failed(self, host: str, ip: str, stage: str, code: str) -> None:
        FAILED.inc()
        log.info("connection failed", host=host, ip=ip, stage=stage, code=code)

    def connection_closed(self, host: str, ip: str, messages: int) -> None:
        log.debug("connection closed", host=host, ip=ip, messages=messages)

    def slowed_down(self, provider: str, host: str, seconds: float, connections: int) -> None:
        log.warning("slowed down", provider=provider, host=host, seconds=round(seconds, 1), connections=connections)

    def no_route(self, destination: str, reason: str, permanent: bool) -> None:
        log.info("no route", destination=destination, reason=reason, permanent=permanent)

    def released(self, messages: int) -> None:
        log.info("released", messages=messages)

    def queue_failed(self, doing: str, error: str, seconds: float) -> None:
        log.error("queue failed", doing=doing, error=error, again_in=round(seconds, 1))

    def fault(self, recipient: int | None, error: BaseException) -> None:
        ATTEMPTS.labels("crashed").inc()
        log.error("fault", recipient=recipient, exc_info=error)

    def gauges(self, connections: int, claimed: int, destinations: int) -> None:
        CONNECTIONS.set(connections)
        CLAIMED.set(claimed)
