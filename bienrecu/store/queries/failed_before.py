"""Addresses that the last e-mail did not reach."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from bienrecu.domain.status import FAILURES, Status
from bienrecu.store.models import Organisation, Recipient


def failed_before(organisation: Organisation, addresses: Collection[str]) -> set[str]:
    """Those of `addresses` where nothing has arrived since an e-mail failed."""
    own = Recipient.objects.filter(organisation=organisation)
    arrived = own.filter(
        address=OuterRef("address"),
        requested_at__gt=OuterRef("requested_at"),
        status__in=[Status.RECEIVED, Status.OPENED],
    )
    failures = own.filter(~Exists(arrived), address__in=addresses, status__in=FAILURES)
    return set(failures.values_list("address", flat=True))
