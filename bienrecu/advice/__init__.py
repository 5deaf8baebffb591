"""Advice before sending: what filters and readers would hold against the form of a message, and what the DNS says of
a sender's domain.

The thresholds follow the rules of SpamAssassin and rspamd, and what Gmail, Outlook and the French providers say of
themselves. It is advice, never a promise: each provider has a model of its own."""

from bienrecu.advice.advise import advise
from bienrecu.advice.letter import File, Letter, read_letter

__all__ = ("File", "Letter", "advise", "read_letter")
