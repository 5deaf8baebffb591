"""A session with people who do not exist, whose mail servers behave as their address says."""

from django.db import transaction
from django.utils.translation import gettext as _

from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN
from bienrecu.store.models import Contact, Organisation, TrainingSession, User
from bienrecu.submission.people import contacts, sessions
from bienrecu.submission.people.archive import archive

_REFERENCE = "repetition"
# One for each thing that is worth having seen once, by the name of its behaviour.
_PEOPLE = [
    ("Alice", "Reçoit", "accepte"),
    ("Boris", "Confirme", "confirme"),
    ("Chloé", "Plus-Tard", "liste-grise"),
    ("David", "Boîte-Pleine", "boite-pleine"),
    ("Emma", "Inconnue", "adresse-inconnue"),
    ("Félix", "Retour-Tardif", "retour-tardif"),
]


def prepare(organisation: Organisation, *, by: User) -> TrainingSession:
    """The same session however often it is asked for; what was put away comes back."""
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        kept = TrainingSession.objects.filter(organisation=organisation, reference=_REFERENCE).first()
        if kept is None:
            return _make(organisation, by)
        archive(kept, by=by, restored=True)
    return kept


def _make(organisation: Organisation, by: User) -> TrainingSession:
    session = TrainingSession(organisation=organisation, reference=_REFERENCE, title=_("Rehearsal"), owner=by)
    sessions.create(session, by=by)
    for first, last, behaviour in _PEOPLE:
        address = f"{first.lower().replace('é', 'e')}@{behaviour}.{SIMULATOR_DOMAIN}"
        contact = Contact(organisation=organisation, first_name=first, last_name=last, email=address)
        contacts.create(contact, by=by, session=session)
    return session
