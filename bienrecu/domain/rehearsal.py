"""Mail that is only rehearsed: its domain is reserved (RFC 2606), and nothing of it ever leaves the machine."""

SIMULATOR_DOMAIN = "simulator.invalid"


def is_rehearsed(domain: str) -> bool:
    return domain == SIMULATOR_DOMAIN or domain.endswith(f".{SIMULATOR_DOMAIN}")
