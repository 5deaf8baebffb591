"""Which servers may receive a domain's mail, over verified TLS only (MTA-STS, RFC 8461)."""

from bienrecu.protocol.mta_sts.policy import Mode, Policy, policy_id, read_policy

__all__ = ("Mode", "Policy", "policy_id", "read_policy")
