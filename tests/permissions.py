"""Who may look at which page and do what there. tests/site/test_permissions.py tries every cell on the real views;
docs/permissions.md is made from it by tools/permissions_doc.py."""

from dataclasses import dataclass
from enum import Enum


class Who(Enum):
    ANONYMOUS = "not logged in"
    STRANGER = "of another organisation"
    READER = "reader"
    SENDER = "sender"
    ADMINISTRATOR = "administrator"


class May(Enum):
    """Who may: each also those below. `NOBODY`: there is nothing to do that way."""

    NOBODY = "—"
    EVERYBODY = "everybody"
    ACCOUNT = "whoever is logged in"
    READER = "reader"
    SENDER = "sender"
    ADMINISTRATOR = "administrator"


class Outcome(Enum):
    ALLOWED = "allowed"
    LOGIN = "to the login page"
    FORBIDDEN = "refused (403)"
    HIDDEN = "as if it were not there (404)"
    NOTHING = "nothing to do that way (405)"


_RANK = {Who.READER: 0, Who.SENDER: 1, Who.ADMINISTRATOR: 2}
_NEEDED = {May.READER: 0, May.SENDER: 1, May.ADMINISTRATOR: 2}


def expected(may: May, who: Who) -> Outcome:
    if may is May.EVERYBODY or (may is May.ACCOUNT and who is not Who.ANONYMOUS):
        return Outcome.ALLOWED
    if may is May.NOBODY:
        return Outcome.NOTHING
    if who is Who.ANONYMOUS:
        return Outcome.LOGIN
    if who is Who.STRANGER:
        return Outcome.HIDDEN
    return Outcome.ALLOWED if _RANK[who] >= _NEEDED[may] else Outcome.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Page:
    """`name` is that of its address. `look` is GET, `act` is POST. `does` says what acting does."""

    name: str
    title: str
    look: May
    act: May = May.NOBODY
    does: str = ""


def _looks(may: May, *named: tuple[str, str]) -> list[Page]:
    return [Page(name, title, may) for name, title in named]


def _acts(may: May, *named: tuple[str, str]) -> list[Page]:
    return [Page(name, does, May.NOBODY, may, does) for name, does in named]


def _both(may: May, *named: tuple[str, str, str]) -> list[Page]:
    return [Page(name, title, may, may, does) for name, title, does in named]


EVERYBODY, ACCOUNT, READER, SENDER, ADMINISTRATOR = (
    May.EVERYBODY,
    May.ACCOUNT,
    May.READER,
    May.SENDER,
    May.ADMINISTRATOR,
)

AROUND = [
    *_looks(
        EVERYBODY,
        ("statuses", "Understanding the statuses"),
        ("account_inactive", "An account that is closed"),
        ("account_reset_password_done", "A link to choose another password was sent"),
        ("account_reset_password_from_key_done", "Another password was chosen"),
        ("healthz", "Whether the machine is well"),
        ("metrics", "Figures for monitoring, from the machines that the settings allow"),
    ),
    *_acts(
        EVERYBODY,
        ("language", "Choose the language of the pages"),
        ("api_advice", "Advice for a program, with a key of its organisation (docs/api.md)"),
    ),
    *_both(
        EVERYBODY,
        ("account_login", "Log in", "Log in"),
        ("account_logout", "Log out", "Log out"),
        ("account_reset_password", "Password forgotten", "Ask for a link"),
        ("account_reset_password_from_key", "Choose another password, with a link", "Choose it"),
        ("invitation", "An invitation, with its link", "Join"),
        ("sender_proof", "Is this sending address yours, with its link", "Confirm it"),
        ("confirm", "Confirm receipt, with the link of an e-mail", "Confirm"),
        ("unsubscribe", "No more e-mails of a type, with the link of an e-mail", "Ask for none, or for them again"),
        ("download", "Files sent as a link, with the link of an e-mail", "Download one"),
        ("consent", "Following of opening, with the link of an e-mail", "Agree or withdraw"),
    ),
    *_looks(EVERYBODY, ("image", "The image of an e-mail whose opening is followed")),
    *_looks(ACCOUNT, ("home", "To the organisation chosen last")),
    *_both(
        ACCOUNT,
        ("explain", "Understand a refusal; everybody, where the installation opens it", "Have a text explained"),
        ("my_account", "My account", "Change name, language, time zone"),
        ("account_change_password", "Change my password", "Change it"),
        ("account_set_password", "Choose a password, for an account without one", "Choose it"),
        ("account_reauthenticate", "Give the password again", "Give it"),
        ("mfa_reauthenticate", "Give the second step again", "Give it"),
        ("mfa_reauthenticate_webauthn", "Give the passkey again", "Give it"),
        ("mfa_authenticate", "Second step, while logging in", "Give it"),
        ("mfa_login_webauthn", "Log in with a passkey, while logging in", "Log in"),
        ("mfa_activate_totp", "Set up an application for the second step", "Set it up"),
        ("mfa_deactivate_totp", "Stop the second step", "Stop it"),
        ("mfa_generate_recovery_codes", "Make new recovery codes", "Make them"),
        ("mfa_add_webauthn", "Add a passkey", "Add it"),
        ("mfa_remove_webauthn", "Remove one of one's own passkeys", "Remove it"),
        ("mfa_edit_webauthn", "Rename one of one's own passkeys", "Rename it"),
        ("mfa_download_recovery_codes", "Recovery codes as a file", "Give the password first"),
    ),
    *_looks(
        ACCOUNT,
        ("mfa_index", "Second step and passkeys"),
        ("mfa_view_recovery_codes", "Recovery codes"),
        ("mfa_list_webauthn", "Passkeys"),
    ),
]

PEOPLE = [
    *_looks(
        READER,
        ("sessions", "Sessions"),
        ("sessions_archived", "Archived sessions"),
        ("participants", "Participants of a session"),
        ("contacts", "Contacts"),
        ("contact", "A contact: e-mails, sessions, consent"),
    ),
    *_both(
        SENDER,
        ("session_new", "New session", "Create it"),
        ("session_edit", "Change a session", "Save"),
        ("participants_add", "Add contacts to a session", "Add them"),
        ("participant_new", "New participant", "Add"),
        ("contact_new", "New contact", "Add"),
        ("contact_edit", "Change a contact", "Save"),
        ("import_participants", "Import participants", "Have the file checked"),
        ("import_people", "Import contacts", "Have the file checked"),
    ),
    *_looks(SENDER, ("import", "An import, line by line")),
    *_acts(
        SENDER,
        ("session_archive", "Archive a session, or bring it back"),
        ("participant_remove", "Remove a participant"),
        ("contact_archive", "Archive a contact, or bring them back"),
        ("contact_consent", "Note an answer about opening"),
        ("import_columns", "Say what each column holds"),
        ("import_decide", "Correct or keep doubtful addresses"),
        ("import_apply", "Import"),
        ("import_undo", "Undo an import"),
        ("import_discard", "Forget a file"),
        ("rehearse", "Prepare a rehearsal"),
        ("first_steps_hide", "Put the first steps away, or show them again"),
    ),
]

WRITING = [
    *_both(
        SENDER,
        ("new_email", "New e-mail", "Begin a draft"),
        ("draft", "A draft", "Save"),
        ("draft_check", "The last page before sending", "Send"),
        ("text_of_draft", "Keep a draft as a text of the organisation", "Keep it"),
        ("text_new", "New text", "Save"),
        ("text", "A text of the organisation", "Save"),
    ),
    *_looks(
        SENDER,
        ("draft_preview", "Preview, person by person"),
        ("draft_filters", "What the content filters of the installation say"),
        ("draft_message", "Preview: the e-mail itself"),
        ("texts", "Texts of the organisation"),
    ),
    *_acts(
        SENDER,
        ("draft_files", "Attach files"),
        ("draft_file_remove", "Remove an attachment"),
        ("draft_file_way", "Send a file as a link, or attached"),
        ("draft_test", "Send a test to oneself"),
        ("draft_mend", "Apply an advice"),
        ("draft_leave_out", "Leave recipients out"),
        ("draft_copy", "Copy a draft"),
        ("draft_delete", "Delete a draft"),
        ("text_delete", "Delete a text"),
    ),
    *_looks(READER, ("sending", "How far a sending has come")),
]

FOLLOWING = [
    *_looks(
        READER,
        ("history", "E-mail history"),
        ("email", "An e-mail: status, cause, timeline"),
        ("email_message", "An e-mail as it was sent"),
        ("check_up", "The check-up of an e-mail that failed"),
        ("check_up_session", "The check-up of all that failed in a session"),
        ("email_original", "The exact bytes of an e-mail"),
        ("to_handle", "To handle"),
        ("scheduled", "Scheduled e-mails"),
        ("grid", "Who received what"),
        ("records", "Records for an audit"),
        ("record", "How far a record is"),
        ("record_file", "A record as a file"),
        ("returns", "What came back and nothing explains"),
        ("return", "One mail that came back"),
        ("suppressions", "Addresses set aside"),
    ),
    *_looks(SENDER, ("reputation", "How mail services received what was sent")),
    *_acts(READER, ("record_ask", "Have a record made"), ("switch", "Choose this organisation")),
    *_both(
        SENDER,
        ("resend", "Resend an e-mail", "Resend"),
        ("handed_over", "Handed over another way", "Note it"),
        ("resend_failed", "Resend the failures of a session", "Resend them"),
        ("remind", "Remind those who have not confirmed", "Remind them"),
        ("reschedule", "Change the time of a scheduled e-mail", "Change it"),
        ("cancel_scheduled", "Cancel a scheduled e-mail", "Cancel it"),
        ("suppression_lift", "Write to an address that was set aside again", "Reactivate it"),
    ),
    *_acts(
        SENDER,
        ("correct", "Correct an address and resend"),
        ("reactivate", "Write to an address again"),
        ("resend_many", "Resend those of one cause"),
        ("return_attach", "Put a mail that came back with an e-mail"),
        ("return_dismiss", "Put a mail that came back away"),
    ),
]

HELP = [
    *_acts(READER, ("help_answer", "Say whether a help text helped")),
    *_both(
        READER,
        ("help_answered", "One's own answer to a help text", "Add words"),
        ("help_ask", "Ask for help", "Send the question"),
        ("email_help", "Ask for help about an e-mail", "Send the question"),
    ),
]

SETTINGS = [
    *_both(
        ADMINISTRATOR,
        ("settings", "Organisation", "Save"),
        ("sender", "Sender and domain", "Save"),
        ("domain_reports", "Who sends in the name of a domain", "Add a report"),
        ("domain_answers", "All that the DNS answers about a domain", "Ask the DNS"),
        ("relay", "The organisation's own mail account", "Try it and use it"),
        ("privacy", "Following of opening", "Switch it"),
        ("keeping", "How long data is kept", "Save"),
        ("api_keys", "Keys for programs", "Make a key"),
        ("warm_up_end", "Whether to end the warm-up of a domain", "End it"),
    ),
    *_looks(
        ADMINISTRATOR,
        ("domain", "A domain and its records"),
        ("users", "Users"),
        ("contact_data", "The data of one person"),
        ("help_answers", "What users say of the help texts"),
        ("reasons", "Every reason, word for word"),
        ("audit", "Audit log"),
    ),
    *_acts(
        ADMINISTRATOR,
        ("sender_exception_add", "Choose other addresses for a session or a type of e-mail"),
        ("sender_exception_remove", "Remove such an exception"),
        ("relay_try", "Try the organisation's mail account again"),
        ("relay_remove", "Remove the organisation's mail account"),
        ("domain_add", "Add a domain"),
        ("domain_check", "Have a domain checked"),
        ("domain_key", "Let the next signature of a domain take over"),
        ("domain_remove", "Remove a domain"),
        ("user_role", "Change a role"),
        ("user_remove", "Remove a user"),
        ("user_invite", "Invite somebody"),
        ("invitation_again", "Send an invitation again"),
        ("invitation_cancel", "Cancel an invitation"),
        ("api_key_revoke", "Revoke a key for programs"),
        ("contact_export", "Hand one person's data over"),
        ("contact_erase", "Erase one person's data"),
    ),
]

TABLE = {
    "Around": AROUND,
    "People and sessions": PEOPLE,
    "Writing": WRITING,
    "Following up": FOLLOWING,
    "Help": HELP,
    "Settings": SETTINGS,
}
PAGES = {page.name: page for pages in TABLE.values() for page in pages}
