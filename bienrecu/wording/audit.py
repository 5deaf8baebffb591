"""What people did, as the audit log tells it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bienrecu.domain.audit import Action
from bienrecu.wording.mark import N_
from bienrecu.wording.types import user_role

_ACTIONS = {
    Action.CONTACT_CREATED: N_("Contact created"),
    Action.CONTACT_CHANGED: N_("Contact changed"),
    Action.CONTACT_ARCHIVED: N_("Contact archived"),
    Action.CONTACT_ERASED: N_("Person's data erased"),
    Action.CONTACT_EXPORTED: N_("Person's data exported"),
    Action.CONSENT_NOTED: N_("Answer about opening noted"),
    Action.SESSION_CREATED: N_("Session created"),
    Action.SESSION_CHANGED: N_("Session changed"),
    Action.SESSION_ARCHIVED: N_("Session archived"),
    Action.PARTICIPANTS_CHANGED: N_("Participants changed"),
    Action.PEOPLE_IMPORTED: N_("People imported"),
    Action.IMPORT_UNDONE: N_("Import undone"),
    Action.EMAIL_SENT: N_("E-mail sent"),
    Action.EMAIL_CANCELLED: N_("E-mail cancelled"),
    Action.EMAIL_RESCHEDULED: N_("E-mail rescheduled"),
    Action.EMAIL_RESENT: N_("E-mail sent again"),
    Action.EMAIL_REMINDED: N_("Reminder sent"),
    Action.HANDED_OVER_OTHERWISE: N_("Noted as handed over another way"),
    Action.SUPPRESSION_LIFTED: N_("Address written to again"),
    Action.RETURN_ATTACHED: N_("Return put with an e-mail"),
    Action.RETURN_DISMISSED: N_("Return put away"),
    Action.TEXT_CHANGED: N_("Text changed"),
    Action.PROOF_EXPORTED: N_("Record exported"),
    Action.DOMAIN_ADDED: N_("Sending domain added"),
    Action.DOMAIN_REMOVED: N_("Sending domain removed"),
    Action.KEY_CHANGED: N_("Signature of a domain changed"),
    Action.RELAY_ACCOUNT_SET: N_("Own mail account set"),
    Action.RELAY_ACCOUNT_REMOVED: N_("Own mail account removed"),
    Action.SENDER_EXCEPTION_SET: N_("Exception to the sender set"),
    Action.SENDER_EXCEPTION_REMOVED: N_("Exception to the sender removed"),
    Action.WARM_UP_ENDED: N_("Warm-up of a domain ended"),
    Action.SENDER_PROVEN: N_("Sending address confirmed"),
    Action.SETTINGS_CHANGED: N_("Settings changed"),
    Action.USER_INVITED: N_("User invited"),
    Action.INVITATION_CANCELLED: N_("Invitation cancelled"),
    Action.USER_JOINED: N_("User joined"),
    Action.ROLE_CHANGED: N_("Role changed"),
    Action.USER_REMOVED: N_("User removed"),
    Action.API_KEY_MADE: N_("API key made"),
    Action.API_KEY_REVOKED: N_("API key revoked"),
    Action.DATA_PURGED: N_("Old data deleted"),
}


def action(code: str) -> str:
    """A code that a later version wrote is shown as it stands."""
    return _(_ACTIONS[Action(code)]) if code in _ACTIONS else code


def detail(code: str, kept: Mapping[str, Any]) -> str:
    """Of an entry whose detail is `kept`, what else is worth a word: "Reader → Sender", the fields that changed."""
    if code == Action.ROLE_CHANGED:
        return f"{user_role(kept['before'])} → {user_role(kept['after'])}"
    if "role" in kept:
        return user_role(kept["role"])
    if code == Action.SETTINGS_CHANGED:
        return ", ".join(_(_FIELDS[name]) for name in kept.get("fields", ()) if name in _FIELDS)
    return ""


_FIELDS = {
    "name": N_("Name"),
    "sender_address": N_("Sending address"),
    "reply_address": N_("Reply address"),
    "help_contact": N_("Help contact"),
    "language": N_("Language"),
    "time_zone": N_("Time zone"),
    "open_tracking": N_("Following of opening"),
    "keep_emails_months": N_("How long e-mails are kept"),
    "keep_openings_months": N_("How long signals of opening are kept"),
    "keep_audit_months": N_("How long the audit log is kept"),
}
