"""Organisations and people: entered with an event, so that the ledger knows every actor."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from exports import ledger
from exports.identifiers import canonical_uscc
from exports.models import (
    Exporter,
    Manufacturer,
    ManufacturerName,
    Membership,
    Ministry,
    Office,
    Organisation,
    Role,
    User,
)
from exports.policies import check_role


@transaction.atomic
def register_office(*, by: User | None, at: datetime, **facts: Any) -> Office:
    """Enter a commerce department; *by* is ``None`` when the installation itself does.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_may_register(by)
    office = Office.objects.create(**facts)
    ledger.record("office.registered", ("office", office.code), by=by, at=at, after=plain(facts))
    return office


@transaction.atomic
def register_exporter(*, by: User | None, at: datetime, **facts: Any) -> Exporter:
    """Enter an exporter with its filing.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_may_register(by)
    facts["uscc"] = canonical_uscc(facts["uscc"])
    exporter = Exporter.objects.create(**facts)
    subject = ("exporter", exporter.uscc)
    ledger.record("exporter.registered", subject, by=by, at=at, after=plain(facts))
    return exporter


@transaction.atomic
def register_manufacturer(
    name: str, *, known_from: date, by: User | None, at: datetime, **facts: Any
) -> Manufacturer:
    """Enter a maker, or a unit taken for one, under the *name* it has borne since *known_from*.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_may_register(by)
    unit = Manufacturer.objects.create(**facts)
    ManufacturerName.objects.create(manufacturer=unit, name=name, listed_from=known_from)
    after = {"name": name, "known_from": known_from, **facts}
    ledger.record("manufacturer.registered", ("manufacturer", name), by=by, at=at, after=after)
    return unit


@transaction.atomic
def register_ministry(*, by: User | None, at: datetime, **facts: Any) -> Ministry:
    """Enter another ministry that gives opinions.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_may_register(by)
    ministry = Ministry.objects.create(**facts)
    subject = ("ministry", ministry.code)
    ledger.record("ministry.registered", subject, by=by, at=at, after=plain(facts))
    return ministry


@transaction.atomic
def admit(
    organisation: Organisation,
    *,
    role: Role,
    email: str,
    name: str,
    by: User | None,
    at: datetime,
    password_hash: str = "",
    language: str = "zh-hans",
) -> User:
    """Let a new person act for *organisation*.

    *password_hash* is what ``make_password`` gives; without it the person cannot sign in yet.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_may_register(by)
    person = User.objects.create(
        email=email.strip().lower(),
        name=name,
        language=language,
        password=password_hash or make_password(None),
    )
    side = str(organisation._meta.model_name)
    Membership.objects.create(user=person, role=role, **{side: organisation})
    after = {"name": name, "role": role, side: str(organisation)}
    ledger.record("person.admitted", ("person", person.email), by=by, at=at, after=after)
    return person


def check_may_register(by: User | None) -> None:
    """Refuse unless the installation itself or a policy administrator acts.

    Raises:
        RoleMissing: *by* has another role.
    """
    if by is not None:
        check_role(by, Role.POLICY)


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Return *facts* as the ledger keeps them, related rows by their keys."""
    return {name: getattr(value, "pk", value) for name, value in facts.items()}
