"""The people of the demonstration, and the convocation that they get."""

import mimetypes

from django.db import transaction
from django.utils import timezone

from bienrecu.protocol.message import Attachment
from bienrecu.simulator import demo_data
from bienrecu.store.models import Contact, Enrolment, Membership, Message, Organisation, TrainingSession, User
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Request

EMAIL = "camille@formation-exemple.test"
PASSWORD = "bienvenue-chez-nous"  # noqa: S105  of the demonstration, which only this machine can reach


def populate() -> bool:
    """The organisation and its people, unless an earlier start made them. Whether they are new."""

    if Organisation.objects.filter(slug="formation-exemple").exists():
        return False
    data = demo_data.demo(timezone.localdate())
    with transaction.atomic():
        organisation = Organisation.objects.create(
            slug="formation-exemple",
            name=data.organisation.name,
            reply_address=data.organisation.sender_email,
            open_tracking=True,
        )
        user = User.objects.create_user(EMAIL, PASSWORD, name="Camille Morel")
        Membership.objects.create(user=user, organisation=organisation, role="administrator")
        for number, session in enumerate(data.sessions, 1):
            _add_session(organisation, session, f"session-{number}")
    return True


def _add_session(organisation: Organisation, data: demo_data.TrainingSession, reference: str) -> None:

    session = TrainingSession.objects.create(
        organisation=organisation,
        reference=reference,
        title=data.title,
        place=data.place,
        starts_on=data.starts.date(),
        ends_on=data.ends.date(),
    )
    for person in data.people:
        contact, _ = Contact.objects.get_or_create(
            organisation=organisation,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            defaults={
                "role": person.role,
                "company": person.company,
                "tracking_consent_at": timezone.now() if person.tracking_consent else None,
            },
        )
        Enrolment.objects.create(session=session, contact=contact)


def convoke() -> TrainingSession:
    """Sends the convocation to the first session; its key makes later starts send nothing."""

    session = TrainingSession.objects.select_related("organisation").get(reference="session-1")
    if not Message.objects.filter(organisation=session.organisation, key="demo").exists():
        data = demo_data.demo(session.created_at.date())
        pdf = demo_data.convocation_pdf(data.sessions[0], data.organisation)
        post(
            Request(
                organisation=session.organisation,
                session=session,
                type="convocation",
                key="demo",
                subject=data.convocation_subject,
                html=data.convocation_html,
                recipients=[Person.of(contact) for contact in session.participants.order_by("id")],
                attachments=[Attachment("convocation.pdf", mimetypes.types_map[".pdf"], pdf)],
                requested_by=User.objects.filter(email=EMAIL).first(),
            )
        )
    return session
