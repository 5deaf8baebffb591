"""Who and what the demonstration shows: a training organisation, two sessions, people of all behaviours.

Everybody is fictional, and every address is the simulator's: it says how its owner behaves."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN
from bienrecu.simulator.pdf import Line, one_page

Role = Literal["participant", "trainer", "company"]

_TUESDAY, _THURSDAY = 1, 3
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    email: str
    role: Role
    company: str
    tracking_consent: bool


@dataclass(frozen=True, slots=True)
class TrainingSession:
    """`starts` and `ends` are local time in Paris, without a zone."""

    title: str
    place: str
    starts: datetime
    ends: datetime
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    sender_email: str


@dataclass(frozen=True, slots=True)
class Demo:
    """The convocation is to be sent to the first session's participants."""

    organisation: Organisation
    sessions: tuple[TrainingSession, TrainingSession]
    convocation_subject: str
    convocation_html: str


def demo(today: date) -> Demo:
    """The same people whatever the day; the sessions are one and two weeks ahead, at least."""
    return Demo(
        Organisation("Formation Exemple", "convocations@formation-exemple.test"),
        (_fire_safety(today), _spreadsheets(today)),
        "Votre convocation",
        CONVOCATION_HTML,
    )


def convocation_pdf(session: TrainingSession, organisation: Organisation) -> bytes:
    """The document attached to the convocation, the same for all participants."""
    lines = [
        Line(organisation.name, 13, bold=True),
        Line("Convocation à une formation", 22, bold=True, before=30),
        Line(session.title, 14, bold=True, before=24),
        Line(f"Début : {french_moment(session.starts)}", before=20),
        Line(f"Fin : {french_moment(session.ends)}"),
        Line(f"Lieu : {session.place}"),
        Line("Accueil des participants un quart d'heure avant le début.", before=20),
        Line("Merci de vous munir d'une pièce d'identité."),
        Line("Une situation de handicap, une question ? Écrivez-nous, nous nous organiserons ensemble.", before=20),
        Line("Document de démonstration : organisme, session et participants sont fictifs.", 9, before=40),
    ]
    return one_page(f"Convocation : {session.title}", lines)


def french_moment(moment: datetime) -> str:
    """For example "mardi 12 janvier 2027 à 9 h 00"."""
    day = "1er" if moment.day == 1 else str(moment.day)
    date_words = f"{_DAYS[moment.weekday()]} {day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{date_words} à {moment.hour} h {moment.minute:02}"


def _fire_safety(today: date) -> TrainingSession:
    first = _next(_TUESDAY, today + timedelta(days=7))
    return TrainingSession(
        "Sécurité incendie, équipiers de première intervention",
        "12 rue de la République, 69002 Lyon",
        datetime.combine(first, time(9)),
        datetime.combine(first, time(17)),
        (*_FIRE_SAFETY, _TRAINER, _COMPANY_CONTACT),
    )


def _spreadsheets(today: date) -> TrainingSession:
    first = _next(_THURSDAY, today + timedelta(days=14))
    return TrainingSession(
        "Excel, perfectionnement",
        "4 quai de la Fosse, 44000 Nantes",
        datetime.combine(first, time(9, 30)),
        datetime.combine(first + timedelta(days=1), time(17)),
        (*_SPREADSHEETS, _FIRE_SAFETY[0], _FIRE_SAFETY[9], _TRAINER),
    )


def _next(weekday: int, earliest: date) -> date:
    return earliest + timedelta(days=(weekday - earliest.weekday()) % 7)


def _person(name: str, behaviour: str, company: str, *, consents: bool = False, role: Role = "participant") -> Person:
    """`name` is first and last name, parted by the first space."""
    first, _, last = name.partition(" ")
    email = f"{_plain(first)}.{_plain(last)}@{behaviour}.{SIMULATOR_DOMAIN}"
    return Person(first, last, email, role, company, consents)


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z-]", "", ascii_only)


_RHONE, _TILLEULS, _VERCORS = "Ateliers du Rhône", "Clinique des Tilleuls", "Transports Vercors"
_SUD_EST, _MARGUERITE = "Imprimerie Sud-Est", "Boulangerie Marguerite"

_FIRE_SAFETY = (
    _person("Camille Roux", "accepte", _RHONE, consents=True),
    _person("Mehdi Benali", "accepte", _RHONE),
    _person("Léa Fontaine", "accepte", _TILLEULS),
    _person("Thomas Girard", "accepte", _TILLEULS, consents=True),
    _person("Aïssatou Diallo", "accepte", _VERCORS),
    _person("Nicolas Lefèvre", "accepte", _VERCORS),
    _person("Mai Nguyen", "accepte", _SUD_EST),
    _person("Julien Marchand", "accepte", _MARGUERITE),
    _person("Inès Haddad", "ouvre", _RHONE, consents=True),
    _person("Paul Garnier", "ouvre", _TILLEULS, consents=True),
    _person("Sofia Almeida", "ouvre", _SUD_EST, consents=True),
    _person("Maxime Chevalier", "proxy-gmail", _MARGUERITE, consents=True),
    _person("Élodie Perrin", "confirme", _TILLEULS),
    _person("Karim Bouaziz", "confirme", _VERCORS),
    _person("Nathalie Dubois", "absent", _RHONE),
    _person("Stéphane Morel", "absent", _SUD_EST),
    _person("Yanis Cherif", "liste-grise", _VERCORS),
    _person("Anne-Sophie Le Goff", "liste-grise", _TILLEULS),
    _person("Olivier Mercier", "plus-tard", _RHONE),
    _person("Fatou Ndiaye", "coupe-apres", _SUD_EST),
    _person("Hugo Petit", "boite-pleine", _RHONE),
    _person("Chloé Lambert", "indesirable", _TILLEULS),
    _person("Antoine Rousseau", "ip-bloquee", _VERCORS),
    _person("Manon Bertrand", "adresse-inconnue", _MARGUERITE),
    _person("Lucas Moreau", "retour-tardif", _SUD_EST),
    _person("Sarah Cohen", "prechargement-apple", _RHONE, consents=True),
    _person("Guillaume Da Silva", "analyseur", _TILLEULS, consents=True),
)
_SPREADSHEETS = (
    _person("Bérénice Colin", "accepte", _MARGUERITE),
    _person("Rachid Amrani", "ouvre", _VERCORS, consents=True),
    _person("Émilie Wagner", "absent", _SUD_EST),
    _person("Tuan Pham", "boite-desactivee", _RHONE),
    _person("Zoé Leclerc", "repond", _TILLEULS),
)
_TRAINER = _person("Isabelle Faure", "repond", "", role="trainer")
_COMPANY_CONTACT = _person("Marc Delorme", "confirme", _RHONE, role="company")

CONVOCATION_HTML = """\
<div style="max-width:36em;margin:0 auto;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;\
color:#1f2933">
  <p style="margin:0 0 1.5em;font-weight:bold">{{ organisme.nom }}</p>
  <p>Bonjour {{ prenom }} {{ nom }},</p>
  <p>Vous êtes attendu(e) à la formation suivante :</p>
  <table role="presentation" cellpadding="0" cellspacing="0" style="width:100%;margin:1em 0;border-left:4px solid \
#1f5fa8;background:#f3f6fa">
    <tr><td style="padding:16px 20px">
      <strong style="font-size:18px">{{ session.titre }}</strong><br>
      {{ session.debut }}<br>
      {{ session.lieu }}
    </td></tr>
  </table>
  <p>Vous trouverez en pièce jointe votre convocation. L'accueil se fait un quart d'heure avant le début ;
  pensez à vous munir d'une pièce d'identité.</p>
  <p>Un empêchement, une question, une situation de handicap à prendre en compte ? Répondez simplement à ce
  message.</p>
  <p>À bientôt,<br>L'équipe de {{ organisme.nom }}</p>
</div>
"""
