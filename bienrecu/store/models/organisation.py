"""Organisations (tenants), and the people who work in them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Organisation(models.Model):
    """A tenant. Nothing of one is ever seen by another."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    # Empty: the platform's shared address with the organisation's tag.
    sender_address = models.EmailField(blank=True)
    reply_address = models.EmailField(blank=True)
    open_tracking = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")
    time_zone = models.CharField(max_length=50, default="Europe/Paris")
    # Where people who need help are led: an address, a page or a chat.
    help_contact = models.CharField(max_length=500, blank=True)
    # Months that each kind of data is kept; opening has a much shorter clock of its own.
    keep_emails_months = models.PositiveSmallIntegerField(default=36)
    keep_openings_months = models.PositiveSmallIntegerField(default=6)
    keep_audit_months = models.PositiveSmallIntegerField(default=36)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who logs in, with their address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    is_active = models.BooleanField(default=True)
    organisations = models.ManyToManyField(Organisation, through="Membership", related_name="users")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a user may do in one organisation; each may also do what the next one may."""

    ADMINISTRATOR = "administrator"
    SENDER = "sender"
    READER = "reader"


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.READER)
    # They have put the list of the first steps away.
    hides_first_steps = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_role_per_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organisation}: {self.role}"


class Invitation(models.Model):
    """Somebody asked to join an organisation. `token` stands in the link that they get."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.READER)
    token = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"


class ApiKey(models.Model):
    """By which a program acts for an organisation. Of the secret, which is shown once, only its SHA-256 is kept: it has
    160 random bits, so that nobody finds it from there. `begins` is how people tell keys apart."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    begins = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="one_key_of_a_name", condition=models.Q(revoked_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what. `action` is a word of `domain/audit.py`, `target` what it was done to, as it was called then."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="audit")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-at"], name="audit_by_date")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class HelpAnswer(models.Model):
    """Whether a help text answered somebody's question, as they said last. `topic` is its anchor."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="help_answers")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    topic = models.CharField(max_length=60)
    helped = models.BooleanField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "by", "topic"], name="one_answer_per_help_text")
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {'helped' if self.helped else 'did not help'}"
