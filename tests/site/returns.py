"""What comes back: a report as a server writes it, and a mail that nobody understands."""

import textwrap

from django.utils import timezone

from bienrecu.store.models import Organisation, Report

_STRANGE = b"From: <robot@elsewhere.example>\n\nMailbox full <script>alert(1)</script>\n"


def a_report(*recipients: tuple[str, str, str]) -> bytes:
    """A standard report (RFC 3464); each recipient is address, action and status."""
    groups = "\n".join(
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} said the server\n"
        for address, action, status in recipients
    )
    head = textwrap.dedent("""\
        From: MAILER-DAEMON@mx.exemple.fr
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        Sorry.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.exemple.fr

        """)
    return (head + groups + "\n--b--\n").encode()


def a_return(organisation: Organisation | None) -> Report:
    return Report.objects.create(
        organisation=organisation, received_at=timezone.now(), kind="not_understood", digest="d" * 64, raw=_STRANGE
    )
