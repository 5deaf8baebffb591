"""The links that a message carries to its recipient."""

from django.conf import settings

from bienrecu.domain.signed_token import Purpose, sign


def confirmation_url(token: str) -> str:
    return _at(f"c/{_signed('confirm', token)}")


def image_url(token: str) -> str:
    return _at(f"i/{_signed('image', token)}.gif")


def download_url(token: str) -> str:
    return _at(f"d/{_signed('download', token)}")


def unsubscribe_url(token: str) -> str:
    return _at(f"u/{_signed('unsubscribe', token)}")


def consent_url(token: str) -> str:
    return _at(f"p/{_signed('consent', token)}")


def invitation_url(token: str) -> str:
    return _at(f"invitation/{token}")


def sender_proof_url(token: str) -> str:
    return _at(f"expediteur/{token}")


def domain_url(slug: str, id: int) -> str:
    return _at(f"o/{slug}/reglages/expediteur/domaines/{id}")


def relay_url(slug: str) -> str:
    return _at(f"o/{slug}/reglages/expediteur/compte")


def to_handle_url(slug: str) -> str:
    return _at(f"o/{slug}/a-traiter")


def reputation_url(slug: str) -> str:
    return _at(f"o/{slug}/reputation")


def _signed(purpose: Purpose, token: str) -> str:
    return sign(settings.SECRET_KEY.encode(), purpose, token)


def _at(path: str) -> str:
    return f"{settings.BIENRECU.public_url}/{path}"
