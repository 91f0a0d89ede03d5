"""Confirmations a manufacturer issues in this system: attested, amended, kept by version."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from documents import changes
from documents.confirming import facts_of, fill
from documents.desk.policies import check_can_amend_attested, check_may_attest
from documents.models import (
    Confirmation,
    ConfirmationVersion,
    CountryRestriction,
    LetterChange,
    ListedOutlet,
)
from documents.telling import tell_holder
from exports import ledger
from exports.errors import CountryClosed, Frozen, Moved, NoOutletThere, NotAllowed, ReasonNeeded
from exports.models import Destination, Event, Exporter, Manufacturer, User
from exports.references import next_number
from exports.rules import legal_day

COPIED = ("country", "name", "address", "provider", "phone")


@transaction.atomic
def attest(
    manufacturer: Manufacturer,
    *,
    exporter: Exporter,
    destinations: Sequence[Destination],
    vins: Iterable[str],
    outlets: Sequence[ListedOutlet],
    valid_until: date | None,
    by: User,
    at: datetime,
) -> Confirmation:
    """Issue a confirmation to *exporter* in the manufacturer's name; it counts at once.

    *vins* are canonical. The *outlets* of the directory are copied as they stand now. The day of
    issue is the legal day of *at*; the number is the next of the manufacturer's series.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer, or an outlet is another's.
        DeskClosed: the manufacturer is not listed today.
        CountryClosed: it confirms nothing for one of the countries.
        NoOutletThere: a country without outlet.
        Incomplete: no VIN.

    """
    day = legal_day(at)
    check_may_attest(by, manufacturer, on=day)
    check_promise(manufacturer, destinations=destinations, outlets=outlets)
    confirmation = Confirmation.objects.create(
        exporter=exporter,
        manufacturer=manufacturer,
        issuer_name=manufacturer.name_on(day),
        number=number_of(manufacturer, year=day.year),
        issued_on=day,
        valid_until=valid_until,
        source=Confirmation.Source.ATTESTED,
        entered_by=by,
        entered_at=at,
    )
    fill(confirmation, destinations=destinations, vins=vins, outlets=copies(outlets))
    after = facts_of(confirmation)
    subject = ("confirmation", str(confirmation.pk))
    ledger.record("confirmation.attested", subject, by=by, at=at, after=after)
    changes.note_change(confirmation, LetterChange.Kind.ATTESTED, vins=after["vins"], at=at)
    tell_holder(confirmation, "attested", at=at, count=len(after["vins"]))
    return confirmation


def number_of(manufacturer: Manufacturer, *, year: int) -> str:
    """Return the next number of the manufacturer's series, such as ``QR2026-0007-00012``."""
    series = f"attested-{manufacturer.pk}-{year}"
    return f"QR{year}-{manufacturer.pk:04d}-{next_number(series):05d}"


def copies(outlets: Iterable[ListedOutlet]) -> list[dict[str, Any]]:
    """Return the outlets as a confirmation keeps them, whatever becomes of the directory."""
    return [{name: getattr(outlet, name) for name in COPIED} for outlet in outlets]


def check_promise(
    manufacturer: Manufacturer,
    *,
    destinations: Sequence[Destination],
    outlets: Sequence[ListedOutlet],
) -> None:
    """Refuse to promise service where the manufacturer has none or wants none.

    Raises:
        NotAllowed: an outlet is not of its own directory.
        CountryClosed, NoOutletThere: see :func:`attest`.

    """
    if any(o.manufacturer_id != manufacturer.pk or o.retired_at for o in outlets):
        raise NotAllowed()
    check_open_for(manufacturer, destinations)
    served = {outlet.country_id for outlet in outlets}
    for country in destinations:
        if country.pk not in served:
            raise NoOutletThere(country=country)
    if not destinations:
        raise NoOutletThere(country="–")


def check_open_for(manufacturer: Manufacturer, destinations: Iterable[Destination]) -> None:
    """Refuse countries for which the manufacturer confirms nothing: one query.

    Raises:
        CountryClosed: naming the first.

    """
    closed = CountryRestriction.objects.filter(manufacturer=manufacturer, country__in=destinations)
    found = closed.select_related("country").first()
    if found:
        raise CountryClosed(manufacturer=manufacturer, country=found.country, reason=found.reason)


@transaction.atomic
def amend_attested(
    confirmation: Confirmation,
    *,
    version: int,
    destinations: Sequence[Destination],
    vins: Iterable[str],
    outlets: Sequence[ListedOutlet],
    valid_until: date | None,
    by: User,
    at: datetime,
    note: str,
) -> Confirmation:
    """Replace what an attested confirmation says; the old version stays readable.

    *version* is the one *by* has read. Whoever relies on it is judged anew.

    Raises:
        as :func:`attest`, and
        ReasonNeeded: no words why.
        Frozen: it is revoked.
        Moved: a colleague amended it meanwhile.

    """
    check_can_amend_attested(by, confirmation, on=legal_day(at))
    manufacturer = confirmation.manufacturer
    assert manufacturer is not None  # a constraint: attested by a manufacturer
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    if confirmation.revoked_at:
        raise Frozen(subject=confirmation)
    check_promise(manufacturer, destinations=destinations, outlets=outlets)
    before = facts_of(confirmation)
    kept = {**before, "outlets": outlets_in_full(confirmation)}
    row = Confirmation.objects.filter(pk=confirmation.pk, version=version, revoked_at__isnull=True)
    if not row.update(version=F("version") + 1, valid_until=valid_until):
        raise Moved(subject=confirmation)
    ConfirmationVersion.objects.create(
        confirmation=confirmation,
        number=version,
        facts=ledger.as_json(kept),
        replaced_by=by,
        replaced_at=at,
        note=note,
    )
    confirmation.vehicles.all().delete()
    confirmation.outlets.all().delete()
    fill(confirmation, destinations=destinations, vins=vins, outlets=copies(outlets))
    confirmation.refresh_from_db()
    tell_amended(confirmation, before=before, by=by, at=at, note=note)
    return confirmation


def tell_amended(
    confirmation: Confirmation, *, before: dict[str, Any], by: User, at: datetime, note: str
) -> None:
    """Record the amendment, let who relies on it be judged anew, and tell the exporter."""
    after = facts_of(confirmation)
    ledger.record(
        "confirmation.reissued",
        ("confirmation", str(confirmation.pk)),
        by=by,
        at=at,
        before=before,
        after=after,
        note=note,
    )
    named = {*before["vins"], *after["vins"]}
    changes.note_change(confirmation, LetterChange.Kind.AMENDED, vins=named, at=at)
    tell_holder(confirmation, "attested_amended", at=at, note=note)


def outlets_in_full(confirmation: Confirmation) -> list[dict[str, Any]]:
    """Return the outlets a confirmation names, in words."""
    names = ("name", "address", "provider", "phone")
    return [
        {"country": outlet.country_id, **{name: getattr(outlet, name) for name in names}}
        for outlet in confirmation.outlets.all()
    ]
