"""Saying what a licence was used for."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from exports import ledger
from exports.errors import Moved
from exports.models import User
from exports.rules import legal_day
from reviews.licences.errors import NoneExported, NotOnLicence, OutsideTerm
from reviews.licences.policies import check_can_report
from reviews.models import Licence, LicenceUse
from reviews.telling import tell_seniors


@transaction.atomic
def report_use(
    licence: Licence,
    *,
    by: User,
    at: datetime,
    used_on: date,
    declaration: str,
    exported: Collection[str],
) -> LicenceUse:
    """Note the declaration of *licence* and which VINs left; a licence serves one declaration.

    What was left behind is free for another application, and the office is told: part of a batch
    is a breach of one batch, one licence (domain table T8, Announcement 6 of 2024).

    Raises:
        NotAllowed, RoleMissing, LicenceOver: see the policy.
        OutsideTerm: *used_on* is outside the licence's term or in the future.
        NoneExported, NotOnLicence: no VIN, or a foreign one.
        Moved: somebody else reported, or the office revoked it meanwhile.
    """
    check_can_report(by, licence)
    check_term(licence, used_on, at=at)
    left_behind = check_vehicles(licence, exported)
    state = Licence.State.PARTLY if left_behind else Licence.State.USED
    live = Licence.objects.filter(pk=licence.pk, state=Licence.State.LIVE)
    if not live.update(state=state):
        raise Moved(subject=licence)
    licence.state = state
    licence.lines.filter(vin__in=exported).update(exported=True)
    licence.lines.filter(vin__in=left_behind).update(exported=False)
    licence.case.application.lines.filter(vin__in=left_behind).update(live=False)
    use = LicenceUse.objects.create(
        licence=licence, used_on=used_on, declaration=declaration, reported_by=by, reported_at=at
    )
    after = {"declaration": declaration, "used_on": used_on, "left_behind": sorted(left_behind)}
    ledger.record(f"licence.{state}", licence.case, by=by, at=at, after=after)
    if left_behind:
        facts = {"number": licence.number, "count": len(left_behind)}
        tell_seniors(licence.case, "used_partly", at=at, once_per=licence.number, **facts)
    return use


def check_term(licence: Licence, used_on: date, *, at: datetime) -> None:
    """Refuse a day of use that cannot be.

    Raises:
        OutsideTerm: before or after the term, or in the future.
    """
    last = min(licence.valid_until, legal_day(at))
    if not licence.valid_from <= used_on <= last:
        raise OutsideTerm(
            since=licence.valid_from.isoformat(), until=licence.valid_until.isoformat()
        )


def check_vehicles(licence: Licence, exported: Collection[str]) -> list[str]:
    """Return the VINs of *licence* that were left behind.

    Raises:
        NoneExported: nothing left.
        NotOnLicence: *exported* names a vehicle the licence does not cover.
    """
    covered = set(licence.lines.values_list("vin", flat=True))
    if not exported:
        raise NoneExported()
    for foreign in sorted(set(exported) - covered):
        raise NotOnLicence(vin=foreign)
    return sorted(covered - set(exported))
