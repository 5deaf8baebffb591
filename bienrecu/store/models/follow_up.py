"""What became of it: events (evidence, only ever added), attempts, reports that came back, and what follows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from bienrecu.store.models.mail import EmailType, Recipient
from bienrecu.store.models.organisation import Organisation, User
from bienrecu.store.models.people import TrainingSession


class Attempt(models.Model):
    """One try to hand a message over, with both sides of the conversation word for word."""

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    host = models.CharField(max_length=255, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    tls = models.CharField(max_length=100, blank=True)
    stage = models.CharField(max_length=10, blank=True)
    reply = models.TextField(blank=True)
    transcript = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"attempt for recipient {self.recipient_id} at {self.started_at}"


BY_REFERENCE = "reference"
"""A report's recipient was found by the message that it says it is about (`returns/reference.py`)."""


BY_HAND = "hand"
"""Somebody said which e-mail a report is about."""


class Report(models.Model):
    """A mail that came back, byte for byte. `recipient` is null when its return address names nobody."""

    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="reports")
    recipient = models.ForeignKey(Recipient, null=True, on_delete=models.CASCADE, related_name="reports")
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=320, blank=True)  # its reverse path
    kind = models.CharField(max_length=20, blank=True)  # what it was found to be; empty: not read yet
    matched_by = models.CharField(max_length=20, blank=True)  # how its recipient was found; empty: by the return path
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "digest"], name="a_report_counts_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="reports_to_read", condition=Q(kind=""))]

    @property
    def is_less_certain(self) -> bool:
        """Whether its recipient was found by what it says or by a person, not by its signed return address."""
        return self.matched_by in (BY_REFERENCE, BY_HAND)

    def __str__(self) -> str:
        return f"report {self.pk} ({self.kind or 'not read yet'})"


class Event(models.Model):
    """One thing that happened to a recipient's message (`domain/event.py`). `key` makes a repeated report the same
    event. `words` is what decided, word for word, and `certainty` how sure the reason is that was found in them
    (`domain/certainty.py`; empty: nothing was judged); `by` the person, for what a person did."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="events", db_index=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=30, blank=True)
    words = models.TextField(blank=True)
    certainty = models.CharField(max_length=10, blank=True, default="", db_default="")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.CASCADE)
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recipient", "key"], name="an_event_happens_once")]
        # Signals of opening, which have a clock of their own: few, so the index costs the others nothing.
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "at"],
                name="openings_by_date",
                condition=Q(kind__in=["opened", "machine_load"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Rereading(models.Model):
    """That a better classifier found another reason in the words of an event (`bienrecu reclassify`): the event says
    the new one, this row what it said before. The words stay as they came."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rereadings")
    at = models.DateTimeField()
    reason_before = models.CharField(max_length=30, blank=True)
    reason_after = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.reason_before or 'nothing'} read again as {self.reason_after or 'nothing'}"


class Suppression(models.Model):
    """An address not written to any more, because of `event`; until somebody lifts it, or until `expires_at`, for
    causes that pass. Who lifted it is nobody then."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="suppressions")
    address = models.CharField(max_length=320)
    reason = models.CharField(max_length=30)
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "address"],
                name="suppressed_once",
                condition=Q(lifted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.reason}"


class Unsubscription(models.Model):
    """Somebody asked for no more e-mails of a type from an organisation. Only they can take it back, on the same page.

    `recipient` is the e-mail whose link they used; `ended_at` when they took it back."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="unsubscriptions")
    address = models.CharField(max_length=320)  # in lower case
    type = models.CharField(max_length=20, choices=EmailType.choices)
    recipient = models.ForeignKey(Recipient, null=True, on_delete=models.SET_NULL, related_name="unsubscriptions")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "address", "type"],
                name="unsubscribed_once",
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: no {self.type}"


class SessionCount(models.Model):
    """How many recipients of a session stand at each status: kept with each change, because counting a million rows
    for every look at History takes longer than the look may."""

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="counts")
    status = models.PositiveSmallIntegerField()
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "status"], name="one_count_per_status")]

    def __str__(self) -> str:
        return f"{self.count} at {self.status}"


class Engine(models.Model):
    """A delivery engine that lives, or died without giving back what it had claimed."""

    id = models.CharField(max_length=16, primary_key=True)
    host = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id} on {self.host}"


class Export(models.Model):
    """A proof to be made in the background, then downloaded and, later, verified.

    `question` is the filtered History it is of, as the query string of its page; `format` csv, xlsx or pdf."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="exports")
    session = models.ForeignKey(TrainingSession, null=True, on_delete=models.SET_NULL)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    format = models.CharField(max_length=4)
    language = models.CharField(max_length=5, default="fr")
    question = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    # A worker that died leaves it claimed: after a while another one takes it.
    claimed_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.format} of {self.asked_at}"


class Digest(models.Model):
    """The last mail about failures to the owner of a session: at most one an hour."""

    session = models.OneToOneField(TrainingSession, on_delete=models.CASCADE, primary_key=True)
    sent_at = models.DateTimeField()
    last_event = models.BigIntegerField(default=0)  # events up to this one were told

    def __str__(self) -> str:
        return f"digest of {self.session_id}"
