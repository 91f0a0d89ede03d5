"""Settings of every installation. The environment decides; docs/operations.md names each variable.

The defaults run on a laptop with no service at all; ``manage.py check --deploy`` refuses them in
production (:mod:`config.checks`).
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.timetable import timetable

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
RUN_DIR = Path(env.str("RUN_DIR", default=str(BASE_DIR / ".run")))

# --- the installation -------------------------------------------------------------------------
LAPTOP_SECRET = "laptop-only-secret-that-check-deploy-refuses-in-production"  # noqa: S105 (refused)
SECRET_KEY = env.str("SECRET_KEY", default=LAPTOP_SECRET)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
LEDGER_KEY = env.str("LEDGER_KEY", default=LAPTOP_SECRET)
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "config.apps.ComposeConfig",
    "config.apps.WorkbenchConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "rest_framework",
    "csp",
    "exports",
    "documents",
    "reviews",
]

MIDDLEWARE = [
    "exports.http.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "exports.http.CompressPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "exports.http.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "exports.http.PrivatePagesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "exports.http.site",
                "reviews.head.site",
                "reviews.preferences.desk",
                "config.accounts.pages.frame",
            ],
        },
    },
]

# --- data -------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{quote(str(RUN_DIR))}/chuguan.sqlite3"
    )
}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    # IMMEDIATE: a transaction that will write takes the lock first, so that nobody meets
    # "database is locked" half-way; WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# The embedded broker's socket. A socket's path holds some hundred bytes, so from a deep folder it
# moves to the folder for temporary files, under a name that is this installation's own.
BROKER_SOCKET = RUN_DIR / "valkey.sock"
if len(bytes(BROKER_SOCKET)) > 100:
    _own = hashlib.sha256(bytes(RUN_DIR)).hexdigest()[:12]
    BROKER_SOCKET = Path(tempfile.gettempdir(), f"chuguan-{_own}", "valkey.sock")
REDIS_URL = env.str(
    "REDIS_URL", default=f"redis+socket://{quote(str(BROKER_SOCKET))}?virtual_host=0"
)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(RUN_DIR / "files")))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "documents.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "exports.User"
AUTHENTICATION_BACKENDS = ["config.people.PeopleBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "front_door"
LOGOUT_REDIRECT_URL = "public:calculator"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 4 * 60 * 60
# People of an office need a second step; a demonstration's sign in with their password alone.
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=False)
# Seals the secrets of second factors; whoever changes it makes everybody enrol anew.
MFA_KEY = env.str("MFA_KEY", default=SECRET_KEY)
MFA_ADAPTER = "config.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Chuguan"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "config.accounts.forms.CodeForm",
    "reauthenticate": "config.accounts.forms.CodeAgain",
    "activate_totp": "config.accounts.forms.TotpForm",
    "add_webauthn": "config.accounts.forms.PasskeyForm",
    "edit_webauthn": "config.accounts.forms.PasskeyNameForm",
}
ACCOUNT_ADAPTER = "config.accounts.adapters.DoorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Addresses are proved before there is an account: by the invitation's link, or the company's.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": env.str("SIGN_IN_RATE", default="60/m/ip"),
    "login_failed": "20/m/ip,5/300s/key",
}
ACCOUNT_FORMS = {
    "login": "config.accounts.forms.SignInForm",
    "reset_password": "config.accounts.forms.ResetForm",
    "reset_password_from_key": "config.accounts.forms.NewPasswordForm",
    "change_password": "config.accounts.forms.PasswordForm",
    "reauthenticate": "config.accounts.forms.PasswordAgainForm",
}
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- the browser ------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
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
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- words and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(RUN_DIR / "static")))
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=DEBUG)

# --- mail -------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Chuguan <no-reply@chuguan.example>")

# --- uploads ----------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
UPLOAD_MAX_PAGES = env.int("UPLOAD_MAX_PAGES", default=50)
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", default=50_000_000)
UPLOAD_QUOTA_BYTES = env.int("UPLOAD_QUOTA_BYTES", default=2 * 1024**3)
# Where clamd listens: a path, or host:port. Empty switches the virus scan off, and pages say so.
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- deferred work ----------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# The longest step of a paper takes 140 seconds; what a lease or message outlasts is done twice.
CELERY_TASK_TIME_LIMIT = 175
CELERY_TASK_SOFT_TIME_LIMIT = 165
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message whose worker died comes back after this many seconds; the throttle makes the search
# for such messages run every ten seconds instead of every hundred.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("VISIBILITY_TIMEOUT", default=180),
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
# Kicking a task must never hold up the person who filed: the sweep stands behind every kick.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_ROUTES = {
    "reviews.follow_letter": {"queue": "checks"},
    "reviews.assess_case": {"queue": "checks"},
    "reviews.bulk_run": {"queue": "checks"},
    "reviews.draw_licence": {"queue": "documents"},
    "reviews.settle_case": {"queue": "checks"},
    "documents.advance_document": {"queue": "documents"},
    "documents.advance_sheet": {"queue": "documents"},
    "exports.deliver_notice": {"queue": "deliveries"},
    "exports.mail_stranger": {"queue": "deliveries"},
}
# How long a decision or a question may be taken back before anything leaves the house.
UNDO_SECONDS = env.int("UNDO_SECONDS", default=60)
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=15)
LEASE_SECONDS = env.int("LEASE_SECONDS", default=180)
MAX_ATTEMPTS = env.int("MAX_ATTEMPTS", default=5)
CELERY_BEAT_SCHEDULE = timetable(SWEEP_SECONDS)
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat-schedule")

# --- the API ----------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["config.rest.NobodyUnlessOpened"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": env.str("PUBLIC_API_RATE", default="120/min")},
    "EXCEPTION_HANDLER": "config.rest.problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    # A caller's address is the connection's, or what our own proxy wrote last; never what the
    # caller claims.
    "NUM_PROXIES": int(BEHIND_PROXY),
}

# --- watching ---------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "exports.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "exports.logs.OneLineFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": [], "propagate": True}},
}
