"""Django's settings, made from ours (`options.py`)."""

import os
import secrets
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from bienrecu.config import parsers
from bienrecu.config.option import SettingError, read_all
from bienrecu.config.options import OPTIONS

BIENRECU = SimpleNamespace(**read_all(OPTIONS, os.environ))


def _secret_key() -> str:
    if BIENRECU.secret_key:
        if len(BIENRECU.secret_key) < 32:
            raise SettingError("BIENRECU_SECRET_KEY=(secret) cannot be used: use at least 32 random characters.")
        return str(BIENRECU.secret_key)
    file: Path = BIENRECU.data_dir / "secret_key"
    try:
        _make_secret(file)
        return file.read_text()
    except OSError as error:
        raise SettingError(
            f"BIENRECU_DATA_DIR='{BIENRECU.data_dir}' cannot be used: {error.strerror}. "
            "Name a folder that this user can write."
        ) from None


def _make_secret(file: Path) -> None:
    """Two processes that start together end up with one secret: the first to link its file wins."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


SECRET_KEY = _secret_key()
DEBUG = BIENRECU.debug
_PUBLIC = urlsplit(BIENRECU.public_url)
ALLOWED_HOSTS = [_PUBLIC.hostname or "", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"]

INSTALLED_APPS = [
    "bienrecu.web",  # first, as its templates take the place of others'
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "bienrecu.store",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bienrecu.web.middleware.person_middleware",
]
ROOT_URLCONF = "bienrecu.config.urls"
ASGI_APPLICATION = "bienrecu.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bienrecu.web.context.page",
            ],
        },
    }
]

_database_url = BIENRECU.database_url or f"sqlite:///{BIENRECU.data_dir / 'bienrecu.sqlite3'}"
try:
    DATABASES = {"default": parsers.database(_database_url)}
except ValueError as right:
    raise SettingError(f"BIENRECU_DATABASE_URL=(secret) cannot be used: {right}.") from None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes and machines, so that login throttling holds for all of them together.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "store_cache"},
}

AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# No mail to addresses that have no account: it would invite strangers to sign up.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "bienrecu.web.accounts.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Bien Reçu"
# Accounts are made by invitation: whoever has one has shown that they read that address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers allow passkeys without encryption on this machine itself only, to try them out.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _PUBLIC.hostname in ("localhost", "127.0.0.1")

_SECURE = _PUBLIC.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "bienrecu_session"
CSRF_COOKIE_NAME = "bienrecu_csrf"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = BIENRECU.language
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "wording" / "locale"]
TIME_ZONE = BIENRECU.time_zone
USE_TZ = True

STATIC_URL = "/static/"
# Served as they stand in the package: no collecting step, and a hash in the name is not worth one.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

LOGGING_CONFIG = None
