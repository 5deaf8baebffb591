"""Whom an organisation writes to, and about which training session."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Lower

from bienrecu.domain.searchable import searchable
from bienrecu.store.models.organisation import Organisation, User

# How contacts are sorted: by last name, É beside E. In the SQL itself, for the reason told in `mail.py`.
CONTACT_ORDER = Func(F("search"), template="SUBSTR(%(expressions)s, 1, 60)", output_field=models.CharField())


class ContactRole(models.TextChoices):
    PARTICIPANT = "participant"
    TRAINER = "trainer"
    COMPANY = "company"


class SearchedField(models.TextField):
    """Made from the contact's other fields whenever it is inserted or saved; bulk updates have to name it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        assert isinstance(model_instance, Contact)
        model_instance.search = model_instance.searched()
        return model_instance.search

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs  # contacts of a migration know nothing of this class


class Contact(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=20, choices=ContactRole.choices, default=ContactRole.PARTICIPANT)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254)
    company = models.CharField(max_length=200, blank=True)
    # Consent to measure opening: absent until the person says yes; withdrawing sets it back, at once and for
    # e-mails already sent.
    tracking_consent_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # the evidence stays, under a pseudonym
    created_at = models.DateTimeField(auto_now_add=True)
    # Last name and first name (else the address), address, company: in lower case without accents, a line each.
    search = SearchedField(default="", db_default="", editable=False)

    SEARCHED: ClassVar = frozenset({"first_name", "last_name", "email", "company"})

    class Meta:
        indexes: ClassVar = [
            models.Index("organisation", Lower("email"), name="contact_address"),
            models.Index("organisation", CONTACT_ORDER, "id", name="contact_by_name"),
        ]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def searched(self) -> str:
        name = f"{self.last_name} {self.first_name}".strip()
        return searchable(name or self.email, self.email, self.company)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and self.SEARCHED & set(update_fields):
            update_fields = {*update_fields, "search"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def __str__(self) -> str:
        return self.name or self.email


class TrainingSession(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sessions")
    # What the organisation calls it; commands and the API name a session by it.
    reference = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)
    participants = models.ManyToManyField(Contact, through="Enrolment", related_name="sessions")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="session_reference_is_unique")
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "contact"], name="enrolled_once")]

    def __str__(self) -> str:
        return f"{self.contact} in {self.session}"


class Consent(models.Model):
    """One answer of a person about measuring opening: the proof that they agreed, or that they withdrew.

    `source` says how it came: "page" (the person, on the page linked in each e-mail), "user" (noted by `by`), "import".
    `text_version` is which wording they were shown."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    granted = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=20)
    text_version = models.CharField(max_length=20)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return f"{self.contact} {'agreed' if self.granted else 'did not agree'} at {self.at}"


class PeopleImport(models.Model):
    """A file of people: read, shown, applied when asked, and undone if wanted.

    `rows` is what was read, each with its problems and doubts; `made` the ids of what applying it made."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="imports")
    session = models.ForeignKey(TrainingSession, null=True, blank=True, on_delete=models.CASCADE)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    file_name = models.CharField(max_length=255)
    columns = models.JSONField(default=list)  # as named in the file
    mapping = models.JSONField(default=dict)  # field -> column number
    rows = models.JSONField(default=list)
    made = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
