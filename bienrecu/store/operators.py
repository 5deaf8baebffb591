"""Who judges what is sent to recipients' domains: by their names, and by the servers that take their mail."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bienrecu.domain.large_operator import OTHERS, operator_of, operator_of_host
from bienrecu.store.models import HostedDomain

_AT_ONCE = 5000


def of_domains(domains: Iterable[str]) -> dict[str, str]:
    """The code of the operator of each of `domains`, in lower case."""
    found = {domain: operator_of(domain) for domain in domains}
    return found | _hosted([domain for domain, code in found.items() if code == OTHERS])


def learn(servers: Mapping[str, str]) -> None:
    """That servers of these names have just taken mail for these domains as their own. One caller at a time."""
    told = {domain: operator_of_host(host) for domain, host in servers.items() if operator_of(domain) == OTHERS}
    known = _hosted(list(told))
    news = [
        HostedDomain(domain=domain, operator=code) for domain, code in told.items() if code != known.get(domain, OTHERS)
    ]
    large = [one for one in news if one.operator != OTHERS]
    HostedDomain.objects.bulk_create(
        large, _AT_ONCE, update_conflicts=True, unique_fields=["domain"], update_fields=["operator"]
    )
    for part in _parts([one.domain for one in news if one.operator == OTHERS]):
        HostedDomain.objects.filter(domain__in=part).delete()


def _hosted(domains: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _parts(domains):
        found.update(HostedDomain.objects.filter(domain__in=part).values_list("domain", "operator"))
    return found


def _parts(domains: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(domains), _AT_ONCE):
        yield domains[start : start + _AT_ONCE]
