"""What somebody is writing: drafts that keep themselves, and the texts that an organisation starts from."""

from typing import ClassVar

from django.db import models

from bienrecu.store.models.mail import EmailType, Message
from bienrecu.store.models.organisation import Organisation, User
from bienrecu.store.models.people import Contact, TrainingSession


class Draft(models.Model):
    """An e-mail being written. `key` becomes the message's: however often it is sent, it leaves once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="drafts")
    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="drafts")
    key = models.CharField(max_length=32, unique=True)
    type = models.CharField(max_length=20, choices=EmailType.choices, default=EmailType.FREE_MESSAGE)
    language = models.CharField(max_length=5, blank=True)  # empty: the organisation's
    subject = models.CharField(max_length=998, blank=True)
    html = models.TextField(blank=True)
    reply_address = models.CharField(max_length=320, blank=True)
    # Empty: everybody of the session; else those who have this role; else, with "picked", those of `contacts`.
    audience = models.CharField(max_length=20, blank=True)
    contacts = models.ManyToManyField(Contact, blank=True, related_name="+")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    # What it became when it was sent.
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="drafts")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.type}: {self.subject}"


class DraftAttachment(models.Model):
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # octets
    content = models.BinaryField()
    linked = models.BooleanField(default=False)  # to be sent as a link

    def __str__(self) -> str:
        return self.name


class TextModel(models.Model):
    """A text to start from, for a type of e-mail and a language. The product's own ones are in `submission/texts`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="texts")
    type = models.CharField(max_length=20, choices=EmailType.choices)
    language = models.CharField(max_length=5, default="fr")
    name = models.CharField(max_length=200)
    subject = models.CharField(max_length=998, blank=True)
    html = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "type", "language", "name"], name="one_text_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
