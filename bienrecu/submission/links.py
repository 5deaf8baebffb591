"""The links that a message carries to its recipient."""

from django.conf import settings

from bienrecu.domain.signed_token import Purpose, sign


def confirmation_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/c/{_signed('confirm', token)}"


def image_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/i/{_signed('image', token)}.gif"


def download_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/d/{_signed('download', token)}"


def unsubscribe_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/u/{_signed('unsubscribe', token)}"


def consent_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/p/{_signed('consent', token)}"


def invitation_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/invitation/{token}"


def sender_proof_url(token: str) -> str:
    return f"{settings.BIENRECU.public_url}/expediteur/{token}"


def domain_url(slug: str, id: int) -> str:
    return f"{settings.BIENRECU.public_url}/o/{slug}/reglages/expediteur/domaines/{id}"


def relay_url(slug: str) -> str:
    return f"{settings.BIENRECU.public_url}/o/{slug}/reglages/expediteur/compte"


def to_handle_url(slug: str) -> str:
    return f"{settings.BIENRECU.public_url}/o/{slug}/a-traiter"


def reputation_url(slug: str) -> str:
    return f"{settings.BIENRECU.public_url}/o/{slug}/reputation"


def _signed(purpose: Purpose, token: str) -> str:
    return sign(settings.SECRET_KEY.encode(), purpose, token)
