"""Who belongs to an organisation, and what they may do there. One administrator always stays."""

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Membership, Organisation, Role, User


class LastAdministrator(Exception):
    """Nobody could change the settings any more."""


def change_role(membership: Membership, role: Role, *, by: User) -> None:
    """Raises LastAdministrator."""
    with transaction.atomic():
        before = _locked(membership)
        if before == role:
            return
        membership.role = role
        membership.save(update_fields=["role"])
        note(membership.organisation, by, Action.ROLE_CHANGED, membership.user, before=before, after=role)


def remove(membership: Membership, *, by: User) -> None:
    """They keep their account, and their place in other organisations. Raises LastAdministrator."""
    with transaction.atomic():
        _locked(membership)
        note(membership.organisation, by, Action.USER_REMOVED, membership.user, address=membership.user.email)
        membership.delete()


def join(organisation: Organisation, user: User, role: Role) -> None:
    """A member already keeps the role that they have."""
    with transaction.atomic():
        _, new = Membership.objects.get_or_create(organisation=organisation, user=user, defaults={"role": role})
        if new:
            note(organisation, user, Action.USER_JOINED, user, role=role)


def _locked(membership: Membership) -> Role:
    """Its role as it is now. Raises LastAdministrator when it is the only administrator's.

    All administrators' rows are locked, in one order: of two who remove each other at once, one comes too late."""
    others = Membership.objects.select_for_update().filter(organisation=membership.organisation_id).order_by("id")
    roles = {one.pk: Role(one.role) for one in others if one.pk == membership.pk or one.role == Role.ADMINISTRATOR}
    role = roles.pop(membership.pk)
    if role is Role.ADMINISTRATOR and not roles:
        raise LastAdministrator
    return role
