"""What ``manage.py check --deploy`` refuses in production: the laptop defaults of the settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

LOCAL_HOSTS: Final = {"localhost", "127.0.0.1", "[::1]", "::1"}
MUTE_MAIL: Final = {"console", "locmem", "dummy", "filebased"}
LEDGER_KEY_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Refusal:
    """One laptop default: what is wrong with it, what cures it, and whether it is there."""

    code: str
    what: str
    cure: str
    applies: Callable[[], bool]


def refuse_laptop_defaults(
    app_configs: Sequence[AppConfig] | None, **_context: Any
) -> list[CheckMessage]:
    """Return an error for each setting that is fit for a laptop only."""
    return [
        Error(row.what, hint=row.cure, id=f"config.{row.code}") for row in REFUSALS if row.applies()
    ]


def broker_is_open() -> bool:
    """Tell whether a broker of its own asks for no password."""
    return not broker_is_embedded() and not urlsplit(settings.REDIS_URL).password


def broker_is_embedded() -> bool:
    """Tell whether the broker is the one that comes with the laptop."""
    return urlsplit(settings.REDIS_URL).scheme not in {"redis", "rediss"}


def mail_goes_nowhere() -> bool:
    """Tell whether mail is printed, kept or dropped instead of sent."""
    return not MUTE_MAIL.isdisjoint(settings.EMAIL_BACKEND.split("."))


REFUSALS: Final = (
    Refusal(
        "E001",
        "SECRET_KEY is the laptop's, which everybody can read.",
        "Set SECRET_KEY to 50 random characters or more.",
        lambda: settings.SECRET_KEY == settings.LAPTOP_SECRET,
    ),
    Refusal(
        "E002",
        "LEDGER_KEY is the laptop's, or short.",
        f"Set LEDGER_KEY to {LEDGER_KEY_LENGTH} random characters or more.",
        lambda: (
            settings.LEDGER_KEY == settings.LAPTOP_SECRET
            or len(settings.LEDGER_KEY) < LEDGER_KEY_LENGTH
        ),
    ),
    Refusal(
        "E003",
        "SECRET_KEY and LEDGER_KEY are the same.",
        "Give the ledger a key of its own; it outlives the other.",
        lambda: settings.SECRET_KEY == settings.LEDGER_KEY,
    ),
    Refusal(
        "E004",
        "DEBUG shows strangers the inside.",
        "Leave DEBUG out.",
        lambda: settings.DEBUG,
    ),
    Refusal(
        "E005",
        "DEMO shows how to sign in.",
        "Leave DEMO out.",
        lambda: settings.DEMO,
    ),
    Refusal(
        "E006",
        "ALLOWED_HOSTS admits every name, or only this machine's.",
        "Name the site's own hosts.",
        lambda: "*" in settings.ALLOWED_HOSTS or set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS,
    ),
    Refusal(
        "E007",
        "HTTPS is off: cookies and papers would travel in clear.",
        "Set HTTPS=1.",
        lambda: not settings.HTTPS,
    ),
    Refusal(
        "E008",
        "SITE_URL is not https, and every licence's code would carry it.",
        "Set SITE_URL to the public https address.",
        lambda: urlsplit(settings.SITE_URL).scheme != "https",
    ),
    Refusal(
        "E009",
        "The database is SQLite.",
        "Set DATABASE_URL to PostgreSQL.",
        lambda: settings.ON_SQLITE,
    ),
    Refusal(
        "E010",
        "The broker is the embedded one.",
        "Set REDIS_URL to a server of its own, redis:// or rediss://.",
        broker_is_embedded,
    ),
    Refusal(
        "E011",
        "The broker asks for no password.",
        "Put the password into REDIS_URL.",
        broker_is_open,
    ),
    Refusal(
        "E012",
        "Tasks run inside requests.",
        "Leave CELERY_TASK_ALWAYS_EAGER out.",
        lambda: bool(getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False)),
    ),
    Refusal(
        "E013",
        "Mail goes nowhere.",
        "Set EMAIL_URL to a mail server.",
        mail_goes_nowhere,
    ),
    Refusal(
        "E014",
        "No virus scanner is asked about uploaded files.",
        "Set CLAMD_SOCKET to where clamd listens, a path or host:port.",
        lambda: not settings.CLAMD_SOCKET,
    ),
    Refusal(
        "E015",
        "People of an office sign in with a password alone.",
        "Set REQUIRE_MFA=1.",
        lambda: not settings.REQUIRE_MFA,
    ),
    Refusal(
        "E016",
        "The secrets of second factors are sealed with the laptop's key.",
        "Set MFA_KEY to 32 random characters or more; SECRET_KEY may change, this may not.",
        lambda: settings.LAPTOP_SECRET == settings.MFA_KEY,
    ),
)
