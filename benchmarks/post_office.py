"""django-post-office as a contender of `end_to_end.py`, in the configuration that was fastest here: `send_many`,
then `send_queued_mail` with two processes; its database as durable as ours."""

import os
import sys
from pathlib import Path
from typing import Any

import django
import dkim
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command

from benchmarks.letter import HTML, SENDER, SUBJECT, TEXT, people
from bienrecu.config import parsers

DKIM_KEY = os.environ["DKIM_KEY"]


class SigningBackend(EmailBackend):
    def _send(self, email_message: Any) -> bool:
        content = email_message.message().as_bytes(linesep="\r\n")
        assert self.connection
        self.connection.sendmail(email_message.from_email, email_message.recipients(), _signature(content) + content)
        return True


def _signature(content: bytes) -> bytes:
    domain = SENDER.rpartition("@")[2].encode()
    return dkim.sign(content, b"bench", domain, KEY, canonicalize=(b"relaxed", b"relaxed"))


if DKIM_KEY:
    KEY = Path(DKIM_KEY).read_bytes()


def main() -> None:
    count = int(sys.argv[1])
    mode = os.environ.get("MODE", "render")
    set_up()
    from post_office.mail import send_many
    from post_office.models import STATUS, Email, EmailTemplate

    template = EmailTemplate.objects.create(name="bench", subject=SUBJECT, content=TEXT, html_content=HTML)
    persons = people(count)
    print("ready", flush=True)
    sys.stdin.readline()
    if mode == "plain":
        send_many(
            [
                {
                    "recipients": one["email"],
                    "sender": SENDER,
                    "subject": SUBJECT,
                    "message": TEXT,
                    "html_message": HTML,
                    "context": one,
                }
                for one in persons
            ]
        )
    else:
        send_many(
            [
                {
                    "recipients": one["email"],
                    "sender": SENDER,
                    "template": template,
                    "context": one,
                    "render_on_delivery": mode == "late",
                }
                for one in persons
            ]
        )
    print("durable", flush=True)
    call_command("send_queued_mail", processes=int(os.environ.get("PROCS", "2")), lockfile=str(settings.LOCK))
    assert Email.objects.filter(status=STATUS.sent).count() == count
    print("sent", flush=True)


def set_up() -> None:
    folder = os.environ["BIENRECU_DATA_DIR"]
    backend = "benchmarks.post_office.SigningBackend" if DKIM_KEY else "django.core.mail.backends.smtp.EmailBackend"
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": parsers.database(os.environ["BIENRECU_DATABASE_URL"])},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(os.environ["SINK_PORT"]),
        POST_OFFICE={
            "BACKENDS": {"default": backend},
            "BATCH_SIZE": int(os.environ.get("BATCH", "500")),
            "THREADS_PER_PROCESS": int(os.environ.get("THREADS", "5")),
            "LOG_LEVEL": 1,
        },
        LOGGING_CONFIG=None,
        LOCK=f"{folder}/lock",
    )
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
