import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.checks import REFUSALS, refuse_laptop_defaults
from config.settings import LAPTOP_SECRET

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "s" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz-secret",
    "LEDGER_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ledger",
    "ALLOWED_HOSTS": "chuguan.example",
    "SITE_URL": "https://chuguan.example",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "DATABASE_URL": "postgres://chuguan:secret@database.example/chuguan",
    "REDIS_URL": "rediss://:secret@broker.example:6379/0",
    "EMAIL_URL": "smtp+tls://chuguan:secret@mail.example:587",
    "CLAMD_SOCKET": "/run/clamav/clamd.ctl",
    "REQUIRE_MFA": "1",
}
EVERY_LAPTOP_DEFAULT = {
    "E001",
    "E002",
    "E003",
    "E006",
    "E007",
    "E008",
    "E009",
    "E010",
    "E013",
    "E014",
    "E015",
    "E016",
}


def check(tmp_path: Path, **environment: str) -> tuple[int, set[str], str]:
    """Run ``check --deploy`` as operators do; return exit code, our refusals and what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "RUN_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    return done.returncode, set(re.findall(r"config\.(E\d+)", said)), said


def test_production_settings_are_clean(tmp_path):
    code, refused, said = check(tmp_path, **PRODUCTION)

    assert (code, refused) == (0, set()), said


def test_a_laptop_is_refused_for_every_default_it_runs_on(tmp_path):
    code, refused, said = check(tmp_path)

    assert code != 0
    assert refused == EVERY_LAPTOP_DEFAULT, said


MAIL = "django.core.mail.backends"
SAFE = {
    "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    "LEDGER_KEY": PRODUCTION["LEDGER_KEY"],
    "DEBUG": False,
    "DEMO": False,
    "ALLOWED_HOSTS": ["chuguan.example"],
    "HTTPS": True,
    "SITE_URL": "https://chuguan.example",
    "ON_SQLITE": False,
    "REDIS_URL": PRODUCTION["REDIS_URL"],
    "CELERY_TASK_ALWAYS_EAGER": False,
    "EMAIL_BACKEND": f"{MAIL}.smtp.EmailBackend",
    "CLAMD_SOCKET": PRODUCTION["CLAMD_SOCKET"],
    "REQUIRE_MFA": True,
    "MFA_KEY": PRODUCTION["SECRET_KEY"],
}


def refused_under(settings, **values) -> list[str]:
    for name, value in {**SAFE, **values}.items():
        setattr(settings, name, value)
    return [str(error.id).removeprefix("config.") for error in refuse_laptop_defaults(None)]


def test_safe_values_are_not_refused(settings):
    assert refused_under(settings) == []


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("SECRET_KEY", LAPTOP_SECRET, "E001"),
        ("LEDGER_KEY", LAPTOP_SECRET, "E002"),
        ("LEDGER_KEY", "short", "E002"),
        ("LEDGER_KEY", PRODUCTION["SECRET_KEY"], "E003"),
        ("DEBUG", True, "E004"),
        ("DEMO", True, "E005"),
        ("ALLOWED_HOSTS", [], "E006"),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "E006"),
        ("ALLOWED_HOSTS", ["chuguan.example", "*"], "E006"),
        ("HTTPS", False, "E007"),
        ("SITE_URL", "http://chuguan.example", "E008"),
        ("ON_SQLITE", True, "E009"),
        ("REDIS_URL", "redis+socket:///run/valkey.sock?virtual_host=0", "E010"),
        ("REDIS_URL", "redis://broker.example:6379/0", "E011"),
        ("CELERY_TASK_ALWAYS_EAGER", True, "E012"),
        ("EMAIL_BACKEND", f"{MAIL}.console.EmailBackend", "E013"),
        ("EMAIL_BACKEND", f"{MAIL}.locmem.EmailBackend", "E013"),
        ("EMAIL_BACKEND", f"{MAIL}.filebased.EmailBackend", "E013"),
        ("EMAIL_BACKEND", f"{MAIL}.dummy.EmailBackend", "E013"),
        ("CLAMD_SOCKET", "", "E014"),
        ("REQUIRE_MFA", False, "E015"),
        ("MFA_KEY", LAPTOP_SECRET, "E016"),
    ],
)
def test_each_laptop_default_alone_is_refused_by_its_number(settings, name, value, refusal):
    assert refused_under(settings, **{name: value}) == [refusal]


def test_the_table_above_tries_every_refusal():
    tried = test_each_laptop_default_alone_is_refused_by_its_number.pytestmark[0].args[1]

    assert {refusal for _, _, refusal in tried} == {row.code for row in REFUSALS}


def test_every_refusal_says_what_cures_it_under_a_number_of_its_own():
    assert len({row.code for row in REFUSALS}) == len(REFUSALS)
    assert all(row.what and row.cure for row in REFUSALS)
