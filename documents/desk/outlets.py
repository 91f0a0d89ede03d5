"""A manufacturer's directory of service outlets, and the countries it confirms nothing for."""

import tempfile
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents import storage
from documents.desk.policies import check_is_officer
from documents.models import CountryRestriction, ListedOutlet
from documents.specimens import drawn
from exports import ledger
from exports.errors import Incomplete, Moved
from exports.models import Destination, Manufacturer, User

Subject = tuple[str, str]


def list_outlet(
    manufacturer: Manufacturer,
    *,
    country: Destination,
    name: str,
    address: str,
    provider: str,
    phone: str,
    checked_on: date,
    evidence: str,
    content: bytes | None,
    by: User,
    at: datetime,
) -> ListedOutlet:
    """Enter an outlet, with what proves it: words, and the first page of *content*, drawn by us.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        Incomplete: name, address or provider is missing; such an outlet serves nobody.
        UploadRefused: the evidence cannot be opened.
        Moved: an outlet of this name is listed in the country already.

    """
    check_is_officer(by, manufacturer)
    for value, what in ((name, _("name")), (address, _("address")), (provider, _("provider"))):
        if not value.strip():
            raise Incomplete(missing=what)
    image = picture_of(content) if content else ""
    try:
        with transaction.atomic():
            outlet = ListedOutlet.objects.create(
                manufacturer=manufacturer,
                country=country,
                name=name,
                address=address,
                provider=provider,
                phone=phone,
                checked_on=checked_on,
                evidence=evidence,
                image=image,
                added_by=by,
                added_at=at,
            )
            after = {"country": country.pk, "name": name, "checked_on": checked_on}
            ledger.record("outlet.listed", subject_of(outlet), by=by, at=at, after=after)
    except IntegrityError as taken:
        raise Moved(subject=name) from taken
    return outlet


def subject_of(outlet: ListedOutlet) -> Subject:
    """Name *outlet* as the ledger does."""
    return "outlet", str(outlet.pk)


def picture_of(content: bytes) -> str:
    """Keep the first page of *content* as a picture we drew, and return its name.

    Raises:
        UploadRefused: it cannot be opened, or may not.

    """
    with tempfile.TemporaryDirectory(prefix="chuguan-") as scratch:
        picture = drawn(content, folder=Path(scratch))
        image, _sha256 = storage.keep_bytes(picture.read_bytes(), suffix=".webp")
    return image


@transaction.atomic
def check_again(outlet: ListedOutlet, *, on: date, by: User, at: datetime) -> None:
    """Note that the outlet was found serving on the day *on*.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        Moved: it is retired.

    """
    check_is_officer(by, outlet.manufacturer)
    before = {"checked_on": outlet.checked_on}
    if not ListedOutlet.objects.in_use().filter(pk=outlet.pk).update(checked_on=on):
        raise Moved(subject=outlet)
    after = {"checked_on": on}
    ledger.record("outlet.checked", subject_of(outlet), by=by, at=at, before=before, after=after)


@transaction.atomic
def retire_outlet(outlet: ListedOutlet, *, by: User, at: datetime) -> None:
    """Offer the outlet no more; confirmations that name it keep what they say.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        Moved: it is retired already.

    """
    check_is_officer(by, outlet.manufacturer)
    if not ListedOutlet.objects.in_use().filter(pk=outlet.pk).update(retired_at=at):
        raise Moved(subject=outlet)
    ledger.record("outlet.retired", subject_of(outlet), by=by, at=at)


@transaction.atomic
def close_country(
    manufacturer: Manufacturer, country: Destination, *, reason: str, by: User, at: datetime
) -> None:
    """Confirm nothing for *country* from now on; exporters who ask read *reason*.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        Incomplete: no reason. Moved: the country is closed already.

    """
    check_is_officer(by, manufacturer)
    if not reason.strip():
        field = CountryRestriction._meta.get_field("reason")
        raise Incomplete(missing=field.verbose_name)
    row, new = CountryRestriction.objects.get_or_create(
        manufacturer=manufacturer,
        country=country,
        defaults={"reason": reason, "set_by": by, "set_at": at},
    )
    if not new:
        raise Moved(subject=row)
    subject = ("manufacturer", str(manufacturer))
    after = {"country": country.pk}
    ledger.record("country.closed", subject, by=by, at=at, after=after, note=reason)


@transaction.atomic
def open_country(
    manufacturer: Manufacturer, country: Destination, *, by: User, at: datetime
) -> None:
    """Confirm for *country* again.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        Moved: it is open already.

    """
    check_is_officer(by, manufacturer)
    gone, _each = CountryRestriction.objects.filter(
        manufacturer=manufacturer, country=country
    ).delete()
    if not gone:
        raise Moved(subject=country)
    subject = ("manufacturer", str(manufacturer))
    ledger.record("country.opened", subject, by=by, at=at, after={"country": country.pk})
