"""Which addresses belong to the Internet that everybody shares."""

import ipaddress


def is_public(address: str) -> bool:
    """Whether `address` is a host of the public Internet, in whatever clothes it comes: a stranger's DNS must not
    make us talk to machines inside our own network."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _translated(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or ip in _V4_COMPATIBLE:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SET_ASIDE)


# Special by the registries of IANA, and not, or not all of it, to Python 3.11: protocol assignments, where a provider
# keeps the secrets of its machines (192.0.0.192), relays of old, translation inside a network, documentation, segments.
_SET_ASIDE = [
    ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16")
]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
