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

WHAT_FOR = {
    "convocation": N_("Dates, place and how to come"),
    "evaluation": N_("What people think of the course, or what they have learnt"),
    "attendance_sheet": N_("To be signed for each half day"),
    "certificate": N_("Proves that the course took place, once it is over"),
    "agreement": N_("To be signed by the company before the course"),
    "programme": N_("Aims, contents and how the course unfolds"),
    "free_message": N_("Anything else"),
}

CONTACT_ROLES = {"participant": N_("Participant"), "trainer": N_("Trainer"), "company": N_("Company")}

USER_ROLES = {"administrator": N_("Administrator"), "sender": N_("Sender"), "reader": N_("Reader")}


def email_type(code: str) -> str:
    return _(EMAIL_TYPES[code])


def what_for(code: str) -> str:
    return _(WHAT_FOR[code])


def contact_role(code: str) -> str:
    return _(CONTACT_ROLES[code])


def user_role(code: str) -> str:
    return _(USER_ROLES[code])
