"""What receivers report about a sending domain: who sends in its name (DMARC), encryption on the way to it (TLS).

Reports come from strangers, and anybody can write one: they are shown, and nothing is concluded from them."""

from typing import ClassVar

from django.db import models

from bienrecu.store.models.organisation import Organisation
from bienrecu.store.models.sender import SendingDomain


class ReportKind(models.TextChoices):
    DMARC = "dmarc"
    TLS = "tls"


class DomainReport(models.Model):
    """`total` and `failed` are e-mails of a DMARC report, connections of a TLS report. `about` is the domain as
    reported: the sending domain, or one above or below it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    domain = models.ForeignKey(SendingDomain, on_delete=models.CASCADE, related_name="reports", db_index=False)
    kind = models.CharField(max_length=5, choices=ReportKind.choices)
    reporter = models.CharField(max_length=200)
    report_id = models.CharField(max_length=200)
    about = models.CharField(max_length=253)
    policy = models.CharField(max_length=20, blank=True)
    begin = models.DateTimeField()
    end = models.DateTimeField()
    received_at = models.DateTimeField()
    total = models.BigIntegerField()
    failed = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["domain", "kind", "reporter", "report_id"], name="a_report_is_counted_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["domain", "end"], name="reports_of_a_domain"),
            models.Index(fields=["organisation", "end"], name="reports_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} report {self.report_id} of {self.reporter}"


class ReportedSource(models.Model):
    """E-mails of one sort from one address. `ip` is empty for those that a very long report has beyond our bound.
    `dkim` and `spf`: passed and aligned with the From field. `signed_by` and `envelope` are the domains for which
    DKIM and SPF passed, aligned or not. `ours`: signed with a key that we keep."""

    report = models.ForeignKey(DomainReport, on_delete=models.CASCADE, related_name="sources")
    ip = models.CharField(max_length=45, blank=True)
    count = models.BigIntegerField()
    disposition = models.CharField(max_length=20, blank=True)
    dkim = models.BooleanField()
    spf = models.BooleanField()
    ours = models.BooleanField()
    header_from = models.CharField(max_length=253, blank=True)
    signed_by = models.CharField(max_length=253, blank=True)
    envelope = models.CharField(max_length=253, blank=True)

    def __str__(self) -> str:
        return f"{self.count} from {self.ip}"


class SourceName(models.Model):
    """The name of such an address (`advice/source_name.py`), and when it is to be looked up: about servers, not about
    any organisation. `looked_at` is null until somebody has answered."""

    ip = models.CharField(max_length=45, primary_key=True)
    name = models.CharField(max_length=253, blank=True)
    confirmed = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="names_to_look_up", condition=models.Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.ip}: {self.name or 'no name known'}"


class ReportedFailure(models.Model):
    """Why connections could not be encrypted (`kind`: RFC 8460 §4.3)."""

    report = models.ForeignKey(DomainReport, on_delete=models.CASCADE, related_name="failures")
    kind = models.CharField(max_length=60)
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.count} × {self.kind}"
