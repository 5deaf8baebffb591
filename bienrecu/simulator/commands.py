"""Reading an SMTP client's MAIL and RCPT, and writing replies (RFC 5321 §4.1, §4.2)."""

import re
from dataclasses import dataclass
from typing import Self

LONGEST_ADDRESS = 320  # 64 + "@" + 255 octets
_MAIL_PARAMETERS = frozenset({"SIZE", "BODY", "SMTPUTF8", "RET", "ENVID"})
_RCPT_PARAMETERS = frozenset({"NOTIFY", "ORCPT"})


_XTEXT = re.compile(r"\+([0-9A-F]{2})")


class Refusal(Exception):
    """The command is answered with this reply, and the conversation goes on."""


@dataclass(frozen=True, slots=True)
class Path:
    """The address of a MAIL or RCPT command, without its brackets, and its parameters, names in capitals."""

    address: str
    parameters: dict[str, str]

    @classmethod
    def sender(cls, argument: str) -> Self:
        """From what follows MAIL; the address may be empty. Raises Refusal."""
        return cls(*_path(argument, "FROM:", _MAIL_PARAMETERS))

    @classmethod
    def recipient(cls, argument: str) -> Self:
        """From what follows RCPT. Raises Refusal."""
        address, parameters = _path(argument, "TO:", _RCPT_PARAMETERS)
        if not address:
            raise Refusal("501 5.1.3 Empty recipient address")
        return cls(address, parameters)

    @property
    def size(self) -> int:
        """The declared size in octets, 0 when none was (RFC 1870)."""
        return int(self.parameters.get("SIZE", "0"))

    def decoded(self, name: str) -> str:
        """A parameter that travels as xtext, in plain (RFC 3461 §4); empty without."""
        return _XTEXT.sub(lambda found: chr(int(found[1], 16)), self.parameters.get(name, ""))


def _path(argument: str, keyword: str, known: frozenset[str]) -> tuple[str, dict[str, str]]:
    if not argument.upper().startswith(keyword):
        raise Refusal(f"501 5.5.4 Syntax: {keyword}<address>")
    bracketed = argument[len(keyword) :].lstrip()
    address, closing, rest = bracketed.removeprefix("<").partition(">")
    if not bracketed.startswith("<") or not closing or not address.isprintable() or set(address) & set(" <"):
        raise Refusal(f"501 5.5.4 Syntax: {keyword}<address>")
    if len(address) > LONGEST_ADDRESS or (address and not address.rpartition("@")[0]):
        raise Refusal("501 5.1.3 Bad address syntax")
    return address, _parameters(rest, known)


def _parameters(text: str, known: frozenset[str]) -> dict[str, str]:
    found = {}
    for word in text.split():
        name, _, value = word.partition("=")
        if name.upper() not in known:
            raise Refusal("555 5.5.4 Parameter not recognized")
        found[name.upper()] = value
    size = found.get("SIZE", "0")
    if not (size.isascii() and size.isdigit() and len(size) <= 20):
        raise Refusal("501 5.5.4 Bad SIZE")
    return found


def reply_lines(reply: str) -> bytes:
    """`reply` on the wire: "550 5.1.1 one\\ntwo" becomes two lines, each with its codes (RFC 5321 §4.2.1)."""
    first, *more = reply.split("\n")
    code = first[:3]
    prefix = first[4:].partition(" ")[0]
    enhanced = f"{prefix} " if prefix.count(".") == 2 and prefix.replace(".", "").isdigit() else ""
    texts = [first[4:], *(enhanced + line for line in more)]
    lines = [f"{code}-{text}\r\n" for text in texts[:-1]] + [f"{code} {texts[-1]}\r\n"]
    return "".join(lines).encode()
