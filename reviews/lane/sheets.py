"""A sheet of the clean lane: opened, kept while one looks, pulled from, put back."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from exports import ledger
from exports.errors import DomainError
from exports.models import User
from reviews import claims, sampling
from reviews.lane.choosing import clean, next_ones
from reviews.lane.crops import Evidence, Proof, Unfit
from reviews.lane.policies import check_can_open_lane, check_can_use_sheet, check_own
from reviews.lane.refusals import NotOnSheet, SheetOver
from reviews.models import Case, LanePolicy, LaneSheet, LaneTile

# Cases that turn out unfit are passed over, but not without end.
ROUNDS: Final = 5
MOST_LEFT_OUT: Final = 20
State = LaneTile.State


@dataclass(frozen=True)
class Fit:
    """A clean case with all that is to be shown of it; *drawn* if a lot was cast on it before."""

    case: Case
    proof: Proof
    drawn: bool


def live_sheet(user: User, *, at: datetime) -> LaneSheet | None:
    """Return the sheet that is kept for *user* now."""
    rows = LaneSheet.objects.of(user).filter(closed_at__isnull=True, lease_until__gte=at)
    return rows.first()


@transaction.atomic
def open_sheet(*, by: User, at: datetime) -> LaneSheet | None:
    """Give *by* the next clean cases on one sheet, claimed; ``None`` if there are none.

    A sheet still open is returned as it is. Some cases are kept back, by lot and unsaid, for a
    full review. Two people who open at the same moment never share a case.

    Raises:
        RoleMissing, LaneIsClosed: see the policy.
    """
    check_can_open_lane(by)
    close_lapsed(at=at)
    rules = LanePolicy.current()
    open_already = live_sheet(by, at=at)
    sheet = open_already or begin(by, rules=rules, at=at)
    if sheet is None or open_already:
        return sheet or live_sheet(by, at=at)
    if not fill(sheet, rules=rules, at=at):
        sheet.delete()
        return None
    taken = list(sheet.tiles.values_list("case__reference", flat=True))
    after = {"cases": taken, "left_out": sheet.left_out}
    ledger.record("lane.opened", ("lane_sheet", str(sheet)), by=by, at=at, after=after)
    return sheet


def begin(by: User, *, rules: LanePolicy, at: datetime) -> LaneSheet | None:
    """Create an empty sheet; ``None`` if *by* opened one at the same moment elsewhere."""
    assert by.office is not None  # who decides cases works for an office
    until = at + timedelta(minutes=rules.lease_minutes)
    try:
        with transaction.atomic():
            return LaneSheet.objects.create(
                by=by, office=by.office, opened_at=at, lease_until=until
            )
    except IntegrityError:
        return None


def fill(sheet: LaneSheet, *, rules: LanePolicy, at: datetime) -> int:
    """Put fit cases on *sheet* until it is full; return how many."""
    position = 0
    for fit in fit_ones(sheet, rules=rules, at=at):
        if not fit.drawn and sampling.is_drawn(rules):
            sampling.keep_back(fit.case, at=at)
            continue
        position += 1
        take(fit, sheet, position=position, at=at)
        if position == rules.sheet_size:
            break
    if sheet.left_out:
        LaneSheet.objects.filter(pk=sheet.pk).update(left_out=sheet.left_out)
    return position


def fit_ones(sheet: LaneSheet, *, rules: LanePolicy, at: datetime) -> Iterator[Fit]:
    """Yield the clean cases of which everything can be shown; note why the others stay out."""
    cases = clean(sheet.by, rules=rules, at=at)
    last: Case | None = None
    for _round in range(ROUNDS):
        found = next_ones(cases, after=last, most=rules.sheet_size)
        if not found:
            return
        evidence, drawn = Evidence(found), drawn_before(found)
        for case in found:
            try:
                yield Fit(case, evidence.proof(case), drawn=case.pk in drawn)
            except Unfit as unfit:
                leave_out(sheet, case, unfit)
        last = found[-1]


def drawn_before(cases: Iterable[Case]) -> set[int]:
    """Return which of *cases* a lot was cast on before: they have been on a sheet."""
    return set(LaneTile.objects.filter(case__in=cases).values_list("case", flat=True))


def leave_out(sheet: LaneSheet, case: Case, unfit: Unfit) -> None:
    """Note that a clean case stays off *sheet*, and why."""
    if len(sheet.left_out) < MOST_LEFT_OUT:
        sheet.left_out.append({"case": case.reference, "why": unfit.why.value})


def take(fit: Fit, sheet: LaneSheet, *, position: int, at: datetime) -> None:
    """Claim one case for the sheet and keep what is shown of it."""
    by, case = sheet.by, fit.case
    claims.pass_to(by, case, action="case.claimed", until=sheet.lease_until, by=by, at=at)
    LaneTile.objects.create(
        sheet=sheet,
        case=case,
        run_id=fit.proof.run_id,
        position=position,
        case_version=case.version,
        shown=fit.proof.as_json(),
    )


def close_lapsed(*, at: datetime) -> int:
    """Close the sheets nobody looked at any more; their cases' claims end by themselves."""
    over = LaneSheet.objects.filter(closed_at__isnull=True, lease_until__lt=at)
    tiles = LaneTile.objects.filter(sheet__in=over.values("pk"), state=State.SHOWN)
    tiles.update(state=State.LEFT)
    return over.update(closed_at=at)


@transaction.atomic
def renew(sheet: LaneSheet, *, by: User, at: datetime) -> datetime:
    """Keep *sheet* and its cases for *by* while they look; return until when.

    Raises:
        as :func:`reviews.lane.policies.check_can_use_sheet`.
        SheetOver: it was closed at the same moment.
    """
    check_can_use_sheet(by, sheet, at=at)
    until = at + timedelta(minutes=LanePolicy.current().lease_minutes)
    row = LaneSheet.objects.filter(pk=sheet.pk, closed_at__isnull=True)
    if not row.update(lease_until=until):
        raise SheetOver()
    held = sheet.tiles.filter(state=State.SHOWN).values("case")
    Case.objects.filter(pk__in=held, assignee=by).update(claimed_until=until)
    return until


@transaction.atomic
def pull_out(tile: LaneTile, *, by: User, at: datetime, note: str = "") -> Case:
    """Take one case off the sheet: it is reviewed in full, by anybody, and does not come back.

    Raises:
        as :func:`reviews.lane.policies.check_can_use_sheet`.
        NotOnSheet: it left the sheet already.
        Moved: the case changed hands meanwhile.
    """
    check_can_use_sheet(by, tile.sheet, at=at)
    if not end(tile, State.PULLED, because=note):
        raise NotOnSheet(subject=tile.case)
    case = tile.case
    if case.assignee_id == by.pk:
        claims.pass_to(None, case, action="case.released", until=None, by=by, at=at)
    ledger.record("lane.pulled", case, by=by, at=at, note=note)
    close_if_done(tile.sheet, at=at)
    return case


@transaction.atomic
def leave(sheet: LaneSheet, *, by: User, at: datetime) -> int:
    """Close *sheet* and put what is left on it back for anybody; return how many.

    Raises:
        NotAllowed: it is somebody else's.
        SheetOver: it is closed already.
    """
    check_own(by, sheet)
    if not LaneSheet.objects.filter(pk=sheet.pk, closed_at__isnull=True).update(closed_at=at):
        raise SheetOver()
    left = list(on_sheet(sheet))
    for tile in left:
        end(tile, State.LEFT)
        let_go(tile.case, by=by, at=at)
    ledger.record("lane.left", ("lane_sheet", str(sheet)), by=by, at=at, after={"left": len(left)})
    return len(left)


def on_sheet(sheet: LaneSheet) -> Iterator[LaneTile]:
    """Yield what is still on *sheet*, in order: one query."""
    tiles = sheet.tiles.filter(state=State.SHOWN).select_related(
        "run",
        "case__application__exporter",
        "case__application__destination",
        "case__exporter",
        "case__office",
        "case__assignee",
    )
    for tile in tiles.order_by("position"):
        tile.sheet = sheet
        yield tile


def end(tile: LaneTile, state: str, *, because: str = "") -> bool:
    """Take *tile* off its sheet; of two that race, one succeeds."""
    row = LaneTile.objects.filter(pk=tile.pk, state=State.SHOWN)
    return bool(row.update(state=state, ended_because=because))


def let_go(case: Case, *, by: User, at: datetime) -> None:
    """Free *case* if it is still in *by*'s hands; one that has moved on is left alone."""
    with suppress(DomainError):
        claims.release(case, by=by, at=at)


def close_if_done(sheet: LaneSheet, *, at: datetime) -> None:
    """Close *sheet* when nothing is left on it."""
    if not sheet.tiles.filter(state=State.SHOWN).exists():
        LaneSheet.objects.filter(pk=sheet.pk, closed_at__isnull=True).update(closed_at=at)
