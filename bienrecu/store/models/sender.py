"""In whose name an organisation sends: its domains and their keys, addresses that somebody has proven to read."""

from typing import ClassVar

from django.db import models

from bienrecu.domain.relay_account import Security
from bienrecu.domain.sending_domain import DomainState, Purpose
from bienrecu.store.models.organisation import Organisation, User
from bienrecu.store.models.people import TrainingSession


class SendingDomain(models.Model):
    """`findings` are what the last look at the DNS found, by the purpose of each record."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sending_domains")
    name = models.CharField(max_length=253)  # in its ASCII form, lower case
    state = models.CharField(
        max_length=20, choices=[(state.value, state.value) for state in DomainState], default=DomainState.TO_SET_UP
    )
    state_since = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=dict)
    # All that the DNS was asked about it when somebody wanted to know (`advice/dns_answers.py`).
    answers = models.JSONField(default=list)
    answered_at = models.DateTimeField(null=True)
    returns_ready = models.BooleanField(default=False)  # reports come back through its own subdomain
    # Since when it is warmed up (`domain/warm_up.py`); null: not yet, or not any more.
    warming_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_row_per_sending_domain")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_send(self) -> bool:
        return DomainState(self.state).may_send


class DomainKey(models.Model):
    """A DKIM key, sealed (`store/sealed.py`). One signs; the next one is published already, so that the change from
    one to the other leaves no gap; a former one stays published until what it signed has been verified."""

    domain = models.ForeignKey(SendingDomain, on_delete=models.CASCADE, related_name="keys")
    selector = models.CharField(max_length=63)
    record = models.TextField()  # what is to be published
    sealed = models.BinaryField()
    signs = models.BooleanField(default=False)
    signs_since = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    @property
    def purpose(self) -> Purpose:
        if self.signs:
            return Purpose.KEY
        return Purpose.FORMER_KEY if self.retired_at else Purpose.NEXT_KEY

    def __str__(self) -> str:
        return f"{self.selector} of {self.domain_id}"


class RelayAccount(models.Model):
    """A mail account of the organisation's own: all its e-mails leave through it, in the name of its `address`.

    `sealed` is its password. `trouble` and `said`, the server's words, are what the last try met; `trouble_since` when
    it was met first, `told_at` when the administrators were told so for the last time. `returns_to_us`:
    the server takes e-mails that have our return address, so that reports of failure reach us."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="relay_account")
    address = models.EmailField()
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Security])
    user = models.CharField(max_length=254)
    sealed = models.BinaryField()
    returns_to_us = models.BooleanField(default=True)
    tried_at = models.DateTimeField()
    trouble = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=500, blank=True)
    trouble_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} at {self.host}:{self.port}"


class SenderProof(models.Model):
    """A link sent to an address that is to become a sending address: who opens it, reads its mail."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sender_proofs")
    address = models.EmailField()
    token = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    for_all = models.BooleanField(default=True)  # else for an exception
    created_at = models.DateTimeField(auto_now_add=True)
    proven_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address


class SenderException(models.Model):
    """Other addresses for one session, or else for one type of e-mails. An empty one is the organisation's."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sender_exceptions")
    session = models.ForeignKey(TrainingSession, null=True, on_delete=models.CASCADE)
    type = models.CharField(max_length=20, blank=True)
    sender_address = models.EmailField(blank=True)
    reply_address = models.EmailField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "type"], condition=models.Q(session=None), name="one_exception_per_type"
            ),
            models.UniqueConstraint(fields=["session"], name="one_exception_per_session"),
        ]

    def __str__(self) -> str:
        return f"{self.session or self.type}: {self.sender_address or self.reply_address}"


class SendingDay(models.Model):
    """What left in the name of a domain for one operator (`domain/large_operator.py`) in one day of UTC, and what came
    of it (`domain/reputation.py`). Sums of events, of which nobody is named. `let_go` is what the warm-up let begin."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    domain = models.CharField(max_length=253)
    operator = models.CharField(max_length=20)
    day = models.DateField()
    let_go = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    bad_addresses = models.PositiveIntegerField(default=0)
    unauthenticated = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    deferred = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "domain", "day", "operator"], name="one_row_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.domain} to {self.operator} on {self.day}"


class HostedDomain(models.Model):
    """A recipients' domain whose mail a large operator takes (`domain/large_operator.py`), as the last delivery to it
    showed: about servers, not about any organisation."""

    domain = models.CharField(max_length=255, primary_key=True)
    operator = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.domain} at {self.operator}"


class Tally(models.Model):
    """How far events have been counted into SendingDay: one row."""

    last_event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"counted to event {self.last_event}"


class StsPolicy(models.Model):
    """What a recipients' domain insists on (MTA-STS, RFC 8461), as an engine learned it: about servers, not about any
    organisation."""

    domain = models.CharField(max_length=253, unique=True)
    policy_id = models.CharField(max_length=32)
    mode = models.CharField(max_length=10)
    max_age = models.PositiveIntegerField()
    mx = models.JSONField(default=list)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.domain}: {self.mode}"
