"""What a content filter that is asked before sending says of a message."""

import re
from dataclasses import dataclass

# They judge the server that delivers, its signatures and its name: there is none yet.
_OF_THE_WAY = re.compile(
    r"(R_|ARC_|DKIM|SPF_|DMARC|BIMI|RCVD_|RECEIVED_|HFILTER_(HOSTNAME|HELO|FROM|RCPT|MID)|ASN|IP_|RBL|DBL_|RDNS|HELO|NO_REL"
    r"|NO_RECEIVED|ONCE_RECEIVED|FORGED_SENDER|FROM_NEQ_ENVFROM|ENVFROM|DIRECT_TO_MX|URIBL_BLOCKED|ALL_TRUSTED|TVD_RCVD)"
)
# Of those, the ones that are about the text all the same.
_OF_THE_TEXT = re.compile(
    r"R_(PARTS_DIFFER|WHITE_ON_WHITE|SUSPICIOUS|EMPTY_IMAGE|MIXED_CHARSET|BAD_CTE|MISSING_CHARSET)"
)


@dataclass(frozen=True, slots=True)
class FilterRule:
    """A rule that applies, what it counts for, and what the filter says about it, in English."""

    name: str
    points: float
    said: str = ""

    @property
    def is_of_the_way(self) -> bool:
        """Whether it judges how a message came, which cannot be said before it leaves."""
        return bool(_OF_THE_WAY.match(self.name)) and not _OF_THE_TEXT.match(self.name)


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """`limit` is the number of points from which the filter acts for good."""

    filter: str
    limit: float
    rules: tuple[FilterRule, ...]

    @property
    def held_against(self) -> list[FilterRule]:
        """The weightiest first."""
        found = [rule for rule in self.rules if rule.points >= 0.1 and not rule.is_of_the_way]
        return sorted(found, key=lambda rule: (-rule.points, rule.name))

    @property
    def points(self) -> float:
        """Of the message itself."""
        return round(sum(rule.points for rule in self.rules if not rule.is_of_the_way), 1)


@dataclass(frozen=True, slots=True)
class FilterSilent:
    """A filter that did not answer, or not so that it is understood. `why` is for whoever runs it."""

    filter: str
    why: str
