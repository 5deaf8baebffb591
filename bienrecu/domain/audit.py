"""What people do that is kept in the audit log."""

from enum import StrEnum


class Action(StrEnum):
    """The values are stored: they never change meaning."""

    CONTACT_CREATED = "contact_created"
    CONTACT_CHANGED = "contact_changed"
    CONTACT_ARCHIVED = "contact_archived"
    CONTACT_ERASED = "contact_erased"
    CONTACT_EXPORTED = "contact_exported"
    CONSENT_NOTED = "consent_noted"
    SESSION_CREATED = "session_created"
    SESSION_CHANGED = "session_changed"
    SESSION_ARCHIVED = "session_archived"
    PARTICIPANTS_CHANGED = "participants_changed"
    PEOPLE_IMPORTED = "people_imported"
    IMPORT_UNDONE = "import_undone"
    EMAIL_SENT = "email_sent"
    EMAIL_CANCELLED = "email_cancelled"
    EMAIL_RESENT = "email_resent"
    HANDED_OVER_OTHERWISE = "handed_over_otherwise"
    SUPPRESSION_LIFTED = "suppression_lifted"
    TEXT_CHANGED = "text_changed"
    PROOF_EXPORTED = "proof_exported"
    SETTINGS_CHANGED = "settings_changed"
    USER_INVITED = "user_invited"
    INVITATION_CANCELLED = "invitation_cancelled"
    USER_JOINED = "user_joined"
    ROLE_CHANGED = "role_changed"
    USER_REMOVED = "user_removed"
    DATA_PURGED = "data_purged"
