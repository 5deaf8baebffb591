"""What is sent: a message once, and one row for each of its recipients.

The row of a recipient is also its place in the queue: `due_at` says when it may be taken (null: nothing left to
do) and `claimed_by` who has taken it. The indexes of the queue hold due rows only, so its cost does not grow with
history (docs/decisions/0002-the-queue-is-the-recipients-row.md)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from bienrecu.domain.status import Status
from bienrecu.store.models.organisation import Organisation, User
from bienrecu.store.models.people import Contact, TrainingSession
from bienrecu.store.models.sender import SendingDomain

# How recipients are sorted by name: É beside E. The numbers stand in the SQL, not in its parameters, because SQLite
# recognises the expression of an index only by its text; and they bound the size of the index.
SORT_NAME = Func(F("search"), template="SUBSTR(%(expressions)s, 1, 60)", output_field=models.CharField())


class EmailType(models.TextChoices):
    CONVOCATION = "convocation"
    EVALUATION = "evaluation"
    ATTENDANCE_SHEET = "attendance_sheet"
    CERTIFICATE = "certificate"
    AGREEMENT = "agreement"
    PROGRAMME = "programme"
    FREE_MESSAGE = "free_message"


class Message(models.Model):
    """One request to send. `key` makes a repeated request the same one; `fingerprint` tells whether it is."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="messages")
    session = models.ForeignKey(
        TrainingSession, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    type = models.CharField(max_length=20, choices=EmailType.choices)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    author_name = models.CharField(max_length=200)
    author_address = models.CharField(max_length=320)
    reply_address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=998)  # as written, with its variables
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    scheduled_at = models.DateTimeField(null=True, blank=True)
    # Cancelled before it left: nothing happened to anybody, so its recipients' rows go and this one stays to tell.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recipient_count = models.PositiveIntegerField(default=0)
    # About somebody's account: it carries a link that opens it, so no page, export or resend may show its content.
    confidential = models.BooleanField(default=False)
    language = models.CharField(max_length=5, blank=True, default="", db_default="")  # empty: the organisation's

    @property
    def written_in(self) -> str:
        return self.language or self.organisation.language

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="a_request_is_sent_once")]

    def __str__(self) -> str:
        return f"{self.type}: {self.subject}"


class MessageContent(models.Model):
    """What all recipients of a message share: the encoded attachments and the end of the MIME structure (`tail`),
    and the text against which each recipient's own part is packed (`dictionary`, see `store/content.py`)."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="content")
    dictionary = models.BinaryField()
    tail = models.BinaryField()

    def __str__(self) -> str:
        return f"content of message {self.message_id}"


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # octets, before encoding
    sha256 = models.CharField(max_length=64)
    linked = models.BooleanField(default=False)  # not in the e-mail, which has a link to it instead

    def __str__(self) -> str:
        return self.name


class LinkedFile(models.Model):
    """What an attachment sent as a link holds, until the link expires: then this goes, and the attachment's row stays
    to tell what there was."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True, related_name="file")
    expires_at = models.DateTimeField(db_index=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of attachment {self.attachment_id}"


class Recipient(models.Model):
    """One message for one person: the row that History shows."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    session = models.ForeignKey(TrainingSession, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="received")
    resend_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="resends")
    type = models.CharField(max_length=20, choices=EmailType.choices)
    role = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    attachment_count = models.PositiveSmallIntegerField(default=0)
    # Name, address and subject in lower case without accents, a line each, to be searched; History sorts by its start.
    search = models.TextField()
    # Stands in the return address and the links of this e-mail.
    token = models.CharField(max_length=16, unique=True)
    msg_id = models.CharField(max_length=250)  # RFC 5322 §3.6.4, without its angle brackets
    tracked = models.BooleanField(default=False)  # the image is in it: the organisation and the person agreed

    status = models.PositiveSmallIntegerField(choices=[(status.value, status.code) for status in Status])
    since = models.DateTimeField()
    reason = models.CharField(max_length=30, blank=True)
    flags = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # when a server first accepted it
    host = models.CharField(max_length=255, blank=True)  # the server that answered last
    # Since when it waits for somebody to deal with its failure (`domain/status.py`); null: nothing to do. A column, so
    # that what is to do is found without looking at all that is done.
    unsettled_since = models.DateTimeField(null=True)

    destination = models.CharField(max_length=255)
    due_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=16, null=True)  # noqa: DJ001  null: nobody, and out of the index
    transmitting = models.BooleanField(default=False)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    lost_answers = models.PositiveSmallIntegerField(default=0)
    # The new domain that lets so many go a day, until this one is let go (`store/warm_up.py`).
    warm_up = models.ForeignKey(SendingDomain, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["destination", "due_at"],
                name="queue",
                condition=Q(due_at__isnull=False, claimed_by__isnull=True),
            ),
            models.Index(fields=["warm_up", "due_at"], name="held_by_warm_up", condition=Q(warm_up__isnull=False)),
            models.Index(fields=["claimed_by"], name="claims", condition=Q(claimed_by__isnull=False)),
            # How many of a message still wait: `store/queries/sending.py`, at every look at its History.
            models.Index(fields=["message"], name="waiting", condition=Q(status=Status.REQUESTED)),
            models.Index(fields=["session", "-requested_at", "-id"], name="history_by_date"),
            models.Index(fields=["session", "status", "-requested_at", "-id"], name="history_by_status"),
            models.Index("session", SORT_NAME, "id", name="history_by_name"),
            models.Index(fields=["organisation", "address"], name="history_of_address"),
            models.Index(
                fields=["organisation", "-unsettled_since"],
                name="unsettled",
                condition=Q(unsettled_since__isnull=False),
            ),
            models.Index(
                fields=["organisation", "-requested_at"], name="resends", condition=Q(resend_of__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.address}"


class RecipientContent(models.Model):
    """What differs in one recipient's copy: `head`, packed (see `store/content.py`); and of the bytes that went out,
    the signature fields put before it and the SHA-256 of the whole. Only the latter stays once the content is not kept
    any more: `head` is empty then."""

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, primary_key=True, related_name="content")
    head = models.BinaryField()
    signatures = models.BinaryField(default=b"")
    sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"content for recipient {self.recipient_id}"
