"""Django's settings, derived from ``huiyin.web.config``; no choice is hidden here.

What an operator may change lives in ``config.py``. This module only translates it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from huiyin.web.config import config, secret_key

CONFIG = config()
BASE_DIR = Path(__file__).resolve().parent.parent
HUIYIN_DATA_DIR = CONFIG.data_dir
HUIYIN_KEYS_DIR = CONFIG.keys_dir
HUIYIN_KMS = CONFIG.kms
HUIYIN_ORIGIN = CONFIG.log_origin
HUIYIN_PUBLIC_URL = CONFIG.url
HUIYIN_DEMO = CONFIG.demo
HUIYIN_WITNESSES = CONFIG.witnesses
HUIYIN_WITNESS_MINUTES = CONFIG.witness_minutes
HUIYIN_TSA = CONFIG.tsa
HUIYIN_HAND_IN_LIMIT = CONFIG.hand_in_limit
HUIYIN_CODE_TRIES = CONFIG.code_tries
HUIYIN_FILE_MB = CONFIG.file_mb
HUIYIN_CLAMAV = CONFIG.clamav

SECRET_KEY = secret_key(HUIYIN_KEYS_DIR)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [host.strip() for host in CONFIG.hosts.split(",") if host.strip()]
if CONFIG.url:
    ALLOWED_HOSTS.append(urlsplit(CONFIG.url).hostname or "localhost")
SECURE = CONFIG.url.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "huiyin.people",  # before allauth: its pages are overridden by ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "huiyin.web",
    "huiyin.vault",
    "huiyin.register",
    "huiyin.history",
    "huiyin.post",
    "huiyin.cases",
    "huiyin.portal",
    "huiyin.rosters",
    "huiyin.reports",
    "huiyin.administration",
    "huiyin.plans",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "huiyin.web.middleware.RefusalMiddleware",
    "huiyin.web.middleware.PrivacyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huiyin.web.middleware.OneTimePasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "huiyin.web.urls"
WSGI_APPLICATION = "huiyin.web.wsgi.application"
FORM_RENDERER = "huiyin.web.look.LookRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiyin.web.context.huiyin",
            ],
        },
    },
]


def _database() -> dict[str, object]:
    """SQLite (WAL, FULL, IMMEDIATE, one writer) unless a PostgreSQL address is set."""
    if not CONFIG.database:
        return {
            "ENGINE": "huiyin.web.db.sqlite",
            "NAME": HUIYIN_DATA_DIR / "huiyin.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-16000;PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY;"
                    "PRAGMA recursive_triggers=ON;PRAGMA secure_delete=ON"
                ),
            },
        }
    parts = urlsplit(CONFIG.database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "huiyin.people.adapter.StaffOnlyAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers offer passkeys on https and on localhost only; on localhost the origin is http.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_ADAPTER = "huiyin.people.second_factor.SealedFactors"
MFA_FORMS = {
    "add_webauthn": "huiyin.people.forms.PasskeyForm",
    "edit_webauthn": "huiyin.people.forms.PasskeyNameForm",
}
MFA_TOTP_ISSUER = "Huiyin"

# Only sign-in uses it: what it counts holds for every process.
CACHES = {"default": {"BACKEND": "huiyin.people.counting.CountingCache"}}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "huiyin.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [CONFIG.url]
# Not "no-referrer": browsers then send "Origin: null" with every form, which the check against
# forged forms must refuse. Other sites learn nothing either way.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# A complaint is at most a long text; files have their own limit (portal/uploads.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# No upload is ever spooled to a disk; the pages that ask for files set their own handler.
FILE_UPLOAD_HANDLERS = ["huiyin.portal.uploads.Dropped"]

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("en", "English"),
    ("ar", "العربية"),
]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
# English dates as most of the world writes them.
FORMAT_MODULE_PATH = ["huiyin.web.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIG.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = None
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Served from the package itself: no collecting step, so a start stays fast.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "ENQUEUE_ON_COMMIT": False,
        "QUEUES": ["default"],
    }
}


def _mail() -> dict[str, object]:
    if CONFIG.mail == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if CONFIG.mail == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": HUIYIN_DATA_DIR / "mail",
        }
    parts = urlsplit(CONFIG.mail)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtps": 465, "smtp+tls": 587}.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = CONFIG.mail_from

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A line per job would drown what an operator should read.
    # Addresses that answered 4xx are no business of a log: they may hold a case number.
    "loggers": {
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
