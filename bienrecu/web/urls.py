"""Every address of the pages. What belongs to an organisation stands under /o/<slug>/, so that links can be shared."""

from allauth.account import views as account
from django.urls import include, path, re_path

from bienrecu.web.views import (
    emails,
    help,
    history,
    home,
    person,
    privacy,
    proof,
    recipient_consent,
    recipients,
    sessions,
    settings,
    users,
)

# Names are django-allauth's, which finds its own pages by them; nobody signs up by themselves.
_account = [
    path("", person.account, name="my_account"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("password/change", account.password_change, name="account_change_password"),
    path("password/reset", account.password_reset, name="account_reset_password"),
    path("password/reset/sent", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

_organisation = [
    path("", sessions.index, name="sessions"),
    path("switch", home.switch, name="switch"),
    path("sessions/<int:session_id>/suivi/emails/historique", history.history, name="history"),
    path("sessions/<int:session_id>/suivi/emails/releves", proof.records, name="records"),
    path("sessions/<int:session_id>/suivi/emails/releves/demander", proof.ask_for, name="record_ask"),
    path("releves/<int:id>", proof.record, name="record"),
    path("releves/<int:id>/fichier", proof.file, name="record_file"),
    path("emails/<int:id>", emails.email, name="email"),
    path("emails/<int:id>/message", emails.message, name="email_message"),
    path("emails/<int:id>/original.eml", emails.original, name="email_original"),
    path("reglages/", settings.organisation, name="settings"),
    path("reglages/utilisateurs/", users.index, name="users"),
    path("reglages/utilisateurs/<int:id>/role", users.change_role, name="user_role"),
    path("reglages/utilisateurs/<int:id>/retirer", users.remove, name="user_remove"),
    path("reglages/utilisateurs/inviter", users.invite, name="user_invite"),
    path("reglages/invitations/<int:id>/renvoyer", users.invite_again, name="invitation_again"),
    path("reglages/invitations/<int:id>/annuler", users.cancel_invitation, name="invitation_cancel"),
    path("reglages/suivi-ouverture", privacy.tracking, name="privacy"),
    path("reglages/journal", settings.audit_log, name="audit"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("account/", include(_account)),
    path("language", home.language, name="language"),
    path("statuses", help.understand_statuses, name="statuses"),
    path("o/<slug:slug>/", include(_organisation)),
    path("invitation/<str:token>", person.invitation, name="invitation"),
    path("c/<str:signed>", recipients.confirm, name="confirm"),
    path("p/<str:signed>", recipient_consent.choices, name="consent"),
    path("i/<str:signed>.gif", recipients.image, name="image"),
    path("healthz", home.healthz, name="healthz"),
]
