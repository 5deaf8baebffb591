"""What comes back from a simulated recipient, as bytes ready to send: reports, automatic and human replies.

The message returned inside a report is there word for word, which the standard library's composer cannot promise;
so the parts are put together by hand."""

import quopri
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, make_msgid

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN
from bienrecu.simulator.behaviours import HOST_NAME
from bienrecu.simulator.letter import Letter

_STORE = f"mailstore.{SIMULATOR_DOMAIN}"
_POSTMASTER = f"Mail Delivery System <MAILER-DAEMON@{HOST_NAME}>"
# A line holds 998 octets (RFC 5322 §2.1.1).
_LONGEST_VALUE = 900

Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Incident:
    """One recipient's accepted message, and what the server behind said of it, for example "550 5.1.1 no such user".

    `original_recipient` and `envelope_id` are the client's ORCPT and ENVID, empty without (RFC 3461)."""

    recipient: str
    sender: str
    letter: Letter
    at: datetime
    said: str = ""
    original_recipient: str = ""
    envelope_id: str = ""
    client_ip: str = ""


def delivery_report(incident: Incident, action: str) -> bytes:
    """A delivery status notification (RFC 3464); `action` is failed, delayed or delivered."""
    code = EnhancedCode.find(incident.said)
    per_recipient = [
        ("Final-Recipient", _typed(incident.recipient)),
        ("Original-Recipient", incident.original_recipient),
        ("Action", action),
        ("Status", str(code) if code else "2.0.0"),
        ("Remote-MTA", f"dns; {_STORE}" if incident.said else ""),
        ("Diagnostic-Code", f"smtp; {incident.said}" if incident.said else ""),
    ]
    per_message = [
        ("Reporting-MTA", f"dns; {HOST_NAME}"),
        ("Original-Envelope-Id", incident.envelope_id),
        ("Arrival-Date", format_datetime(incident.at)),
    ]
    subject = {
        "failed": "Undelivered Mail Returned to Sender",
        "delayed": "Delayed Mail (still being retried)",
        "delivered": "Successful Mail Delivery Report",
    }[action]
    return _report(
        incident,
        "delivery-status",
        (_POSTMASTER, subject, "auto-replied"),
        _explanation(incident, action),
        (_fields(per_message) + b"\r\n" + _fields(per_recipient)),
    )


def complaint(incident: Incident) -> bytes:
    """An abuse report, as operators' feedback loops send it (RFC 5965)."""
    facts = [
        ("Feedback-Type", "abuse"),
        ("User-Agent", "Simulator/1.0"),
        ("Version", "1"),
        ("Original-Mail-From", f"<{incident.sender}>"),
        ("Original-Rcpt-To", f"<{incident.recipient}>"),
        ("Arrival-Date", format_datetime(incident.at)),
        ("Source-IP", incident.client_ip),
    ]
    text = "This is an e-mail abuse report for a message that its recipient marked as spam."
    head = ("Feedback loop <feedback@simulator.invalid>", f"FW: {incident.letter.subject}", "auto-generated")
    return _report(incident, "feedback-report", head, text, _fields(facts))


def read_receipt(incident: Incident) -> bytes:
    """A disposition notification: displayed, sent because the person agreed (RFC 8098)."""
    facts = [
        ("Reporting-UA", "simulator.invalid; Simulator"),
        ("Final-Recipient", _typed(incident.recipient)),
        ("Original-Message-ID", incident.letter.message_id),
        ("Disposition", "manual-action/MDN-sent-manually; displayed"),
    ]
    text = f"Le message « {incident.letter.subject} » a été affiché sur l'écran de {incident.recipient}."
    head = (incident.recipient, f"Lu : {incident.letter.subject}", "auto-replied")
    return _report(incident, "disposition-notification", head, text, _fields(facts))


def auto_reply(incident: Incident) -> bytes:
    """An out-of-office answer (RFC 3834)."""
    subject = f"Réponse automatique : {incident.letter.subject}"
    text = (
        "Bonjour,\n\nJe suis absent(e) du bureau et lirai votre message à mon retour.\n"
        "En cas d'urgence, merci de contacter l'accueil.\n\nCordialement\n"
    )
    marks = [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    return _answer(incident, subject, text, marks)


def human_reply(incident: Incident) -> bytes:
    """A person's answer, as any mail program writes it."""
    text = "Bonjour,\n\nMerci pour votre message, je serai bien présent(e).\n\nBonne journée\n"
    return _answer(incident, f"Re: {incident.letter.subject}", text, [])


def _answer(incident: Incident, subject: str, text: str, marks: list[tuple[str, str]]) -> bytes:
    thread = incident.letter.message_id
    to = incident.letter.reply_to or incident.sender
    header = [*_head(incident.recipient, to, subject), ("In-Reply-To", thread), ("References", thread), *marks]
    return _fields(header) + _text_part(text)


def _report(incident: Incident, kind: str, head: tuple[str, str, str], text: str, facts: bytes) -> bytes:
    """multipart/report (RFC 6522): words for people, `facts` for programs, the message or its header."""
    author, subject, submitted = head
    boundary = uuid.uuid4().hex
    header = [
        *_head(author, incident.sender, subject),
        ("Auto-Submitted", submitted),
        ("Content-Type", f'multipart/report; report-type={kind}; boundary="{boundary}"'),
    ]
    returned = "message/rfc822" if incident.letter.is_whole else "text/rfc822-headers"
    encoding = "7bit" if incident.letter.original.isascii() else "8bit"
    original = [("Content-Type", returned), ("Content-Transfer-Encoding", encoding)]
    parts = (
        _text_part(text),
        _fields([("Content-Type", f"message/{kind}")]) + b"\r\n" + facts,
        _fields(original) + b"\r\n" + incident.letter.original,
    )
    delimiter = f"\r\n--{boundary}".encode()
    return _fields(header) + b"".join(delimiter + b"\r\n" + part for part in parts) + delimiter + b"--\r\n"


def _head(author: str, to: str, subject: str) -> list[tuple[str, str]]:
    return [
        ("From", author),
        ("To", to),
        ("Subject", subject),
        ("Date", format_datetime(datetime.now().astimezone())),
        ("Message-ID", make_msgid(domain=SIMULATOR_DOMAIN)),
        ("MIME-Version", "1.0"),
    ]


def _explanation(incident: Incident, action: str) -> str:
    said = f": host {_STORE} said: {incident.said}" if incident.said else ""
    intro = {
        "failed": "I'm sorry to have to inform you that your message could not be delivered.",
        "delayed": "Your message has not been delivered yet. You do not need to send it again.",
        "delivered": "Your message was delivered to the mailbox below.",
    }[action]
    return f"This is the mail system at host {HOST_NAME}.\n\n{intro}\n\n<{incident.recipient}>{said}\n"


def _text_part(text: str) -> bytes:
    header = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable")]
    return _fields(header) + b"\r\n" + quopri.encodestring(text.encode()).replace(b"\n", b"\r\n")


def _typed(address: str) -> str:
    """With its address type; beyond ASCII in the escaped form of RFC 6533 §3."""
    if address.isascii():
        return f"rfc822; {address}"
    return "utf-8; " + "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in address)


def _fields(fields: Fields) -> bytes:
    """Header lines, those without a value left out."""
    return b"".join(f"{name}: {_value(value, name)}\r\n".encode() for name, value in fields if value)


def _value(value: str, name: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in value)[:_LONGEST_VALUE]
    if printable.isascii() or name != "Subject":  # addresses beyond ASCII travel as they are (RFC 6532)
        return printable
    return Header(printable, "utf-8", header_name=name).encode(linesep="\r\n")
