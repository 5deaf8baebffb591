"""Mails that ask the sender to prove that they are a person (Mailinblack, Boxbe and the like).

The message waits: nobody reads it until somebody answers. Some call themselves reports of failure."""

import re

from bienrecu.protocol.message.parse import Part, decode_words
from bienrecu.returns.auto_reply import is_automatic
from bienrecu.returns.notice_text import notice_text

_MAX_READ = 6000  # characters
_SERVICES = re.compile(r"boxbe|mailinblack|spam-?arrest|challenge@|mailwasher", re.IGNORECASE)
# Words that nothing else would say.
_SURE = re.compile(
    r"sender not pre-?approved|has been waitlisted|challenge[- ]response|"
    r"(?:prove|confirm|verify) (?:that )?you(?:'re| are) (?:a (?:real )?(?:person|human)|human|"
    r"not a (?:robot|machine|spammer))|"
    r"(?:prouve[rz]?|confirme[rz]?|vérifi\w+) que vous (?:êtes|n.êtes pas) (?:bien )?(?:une? )?(?:vraie? )?"
    r"(?:personne|humain|robot|machine)|"
    r"(?:demande|lien) d.authentification",
    re.IGNORECASE,
)
# Words that a machine's letter says about itself; a person's may have them too.
_LIKELY = re.compile(
    r"(?:click|follow|visit|reply).{0,120}to (?:confirm|verify|authenticate|be added|have your)|"
    r"(?:cliquez|cliquer|rendez-vous|répondez).{0,120}pour (?:confirmer|vérifier|vous authentifier|valider|que votre)|"
    r"authentifi\w+ .{0,60}(?:expéditeur|première fois)|"
    r"your (?:message|e-?mail) is (?:being held|on hold|waiting) .{0,80}(?:confirm|verif|approv)",
    re.IGNORECASE | re.DOTALL,
)


def is_challenge(message: Part) -> bool:
    """Whether it asks its reader to prove that they are a person, before the e-mail is let through."""
    said = _said(message)
    if _SERVICES.search(message.get("From")[:320]):
        return True
    return _SURE.search(said) is not None or (is_automatic(message) and _LIKELY.search(said) is not None)


def asks_for_person(diagnostic: str) -> bool:
    """Whether the reason that a report gives is such a question."""
    return _SURE.search(diagnostic[:500]) is not None


def _said(message: Part) -> str:
    header = f"{message.get('From')[:200]}\n{decode_words(message.get('Subject')[:300])}\n"
    return header + notice_text(message)[:_MAX_READ]
