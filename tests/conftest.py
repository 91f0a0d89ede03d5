"""What every test may ask for: an office, an exporter, three named people, reference data."""

import importlib
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from exports.models import Exporter, Head, Office, Role, User
from reviews import reference
from tests import factories

pytest_plugins = ["tests.services", "tests.browsing"]
TRIGGERED = ("exports_event", "exports_head", "exports_policy")


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Let no test see what another counted."""
    cache.clear()


@pytest.fixture
def office(db: None) -> Office:
    return factories.make_office()


@pytest.fixture
def exporter(office: Office) -> Exporter:
    return factories.make_exporter(office=office)


@pytest.fixture
def clerk(exporter: Exporter) -> User:
    """Alice files for the exporter."""
    return factories.clerk_of(exporter, name="Alice")


@pytest.fixture
def reviewer(office: Office) -> User:
    """Wang reviews at the office."""
    return factories.make_person(Role.REVIEWER, office, name="Wang")


@pytest.fixture
def senior(office: Office) -> User:
    """Li signs at the office."""
    return factories.make_person(Role.SENIOR, office, name="Li")


@pytest.fixture
def law(db: None) -> None:
    """Policy, reasons, destinations, makers and holidays are in place."""
    reference.load(at=factories.NOON)


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """Return the test client, signed in as a person."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Let transactions really commit, so that tasks run and threads see each other's work.

    The flush afterwards empties the tables, which the ledger's triggers rightly refuse: they are
    armed for the test and disarmed for the broom.
    """
    arm(on=True)
    Head.objects.get_or_create(pk=1)
    reference.load(at=factories.NOON)
    yield
    arm(on=False)


def arm(*, on: bool) -> None:
    """Switch the triggers; SQLite cannot switch, so there they are dropped and made again."""
    with connection.cursor() as cursor:
        for statement in statements(on=on):
            cursor.execute(statement)


def statements(*, on: bool) -> list[str]:
    """Return what switches the triggers on this engine."""
    if connection.vendor == "postgresql":
        verb = "ENABLE" if on else "DISABLE"
        return [f"ALTER TABLE {table} {verb} TRIGGER USER" for table in TRIGGERED]
    triggers = importlib.import_module("exports.migrations.0002_triggers")
    names = [name for group in triggers.NAMES["sqlite"].values() for name in group]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in names] + (triggers.SQLITE if on else [])
