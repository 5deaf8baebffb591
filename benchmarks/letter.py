"""The message that every contender sends: about 10 KB in two parts, with what differs from person to person."""

from bienrecu.protocol.message import text_from_html

DOMAIN = "formation.example"
SENDER = f"contact@{DOMAIN}"
SUBJECT = "Convocation : {{ prenom }}, votre formation commence bientôt"

_PARAGRAPH = (
    "<p>Nous avons le plaisir de vous confirmer votre inscription à la formation Sauveteur secouriste du travail. "
    "Merci de vous présenter à l'accueil un quart d'heure avant le début, muni d'une pièce d'identité ; le déjeuner "
    "est prévu sur place, et le règlement intérieur vous sera remis à votre arrivée.</p>\n"
)
HTML = (
    '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>Convocation</title></head>\n<body>\n'
    "<h1>Convocation</h1>\n<p>Bonjour {{ prenom }} {{ nom }} ({{ entreprise }}),</p>\n"
    + _PARAGRAPH * 13
    + "<p>À bientôt.</p>\n</body></html>\n"
)
TEXT = text_from_html(HTML)


def people(count: int) -> list[dict[str, str]]:
    """Distinct, at 50 domains."""
    given, family = "Awa Noé Inès Hugo Maud Élodie Zoé".split(), "Diallo Lambert Roche Petit Lefèvre".split()
    return [
        {
            "email": f"personne{number}@entreprise{number % 50}.example",
            "prenom": given[number % len(given)],
            "nom": f"{family[number % len(family)]}-{number}",
            "entreprise": f"Entreprise {number % 50}",
        }
        for number in range(count)
    ]
