"""Bien Reçu as a contender of `end_to_end.py`: one request for all; `bienrecu deliver` runs beside."""

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")

import django

django.setup()

from benchmarks.letter import HTML, SENDER, SUBJECT, people
from bienrecu.domain.status import Status
from bienrecu.store.models import Engine, Organisation, SessionCount, TrainingSession
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Request


def main() -> None:
    count = int(sys.argv[1])
    organisation = Organisation.objects.create(slug="bench", name="Formation Exemple", sender_address=SENDER)
    session = TrainingSession.objects.create(organisation=organisation, reference="bench", title="Secourisme")
    persons = [Person(one["email"], one["prenom"], one["nom"], one["entreprise"]) for one in people(count)]
    while not Engine.objects.exists():
        time.sleep(0.05)
    print("ready", flush=True)
    sys.stdin.readline()
    post(Request(organisation, "convocation", "bench", SUBJECT, HTML, persons, session))
    print("durable", flush=True)
    sent = SessionCount.objects.filter(session=session, status=Status.SENT)
    while sent.values_list("count", flat=True).first() != count:
        time.sleep(0.02)
    print("sent", flush=True)


if __name__ == "__main__":
    main()
