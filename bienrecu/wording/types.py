"""The names of e-mail types and of roles."""

from django.utils.translation import gettext as _

from bienrecu.wording.mark import N_

EMAIL_TYPES = {
    "convocation": N_("Invitation to attend"),
    "evaluation": N_("Evaluation"),
    "attendance_sheet": N_("Attendance sheet"),
    "certificate": N_("Completion certificate"),
    "agreement": N_("Training agreement"),
    "programme": N_("Course programme"),
    "free_message": N_("Free message"),
}

CONTACT_ROLES = {"participant": N_("Participant"), "trainer": N_("Trainer"), "company": N_("Company")}

USER_ROLES = {"administrator": N_("Administrator"), "sender": N_("Sender"), "reader": N_("Reader")}


def email_type(code: str) -> str:
    return _(EMAIL_TYPES[code])


def contact_role(code: str) -> str:
    return _(CONTACT_ROLES[code])


def user_role(code: str) -> str:
    return _(USER_ROLES[code])
