"""Signing what was looked at: every case on its own, with its own record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from exports import ledger
from exports.errors import DomainError, FactsChanged
from exports.models import User
from exports.wording import explain
from reviews import decisions, settling
from reviews.lane.policies import check_can_use_sheet, check_own
from reviews.lane.refusals import ImplausibleDwell, NotLookedAt, NotOnSheet
from reviews.lane.sheets import close_if_done, end, let_go, on_sheet
from reviews.models import Case, LanePolicy, LaneSheet, LaneTile
from reviews.policies import check_can_sign_lane, check_seen
from reviews.states import Status

# The browser's clock and ours need not tick alike.
TOLERANCE: Final = timedelta(seconds=2)
State = LaneTile.State


@dataclass(frozen=True)
class Outcome:
    """What came of one case: signed, still on the sheet, or off it, with the sentence why."""

    case: Case
    state: str
    text: str = ""


def sign_rest(
    sheet: LaneSheet, *, dwell_ms: Mapping[int, int], by: User, at: datetime
) -> list[Outcome]:
    """Sign every case left on *sheet*, each in a transaction of its own.

    *dwell_ms* says for how many milliseconds each tile, by its id, was on screen. What was not
    looked at for long enough stays on the sheet; what has changed since goes off it, unsigned.

    Raises:
        as :func:`reviews.lane.policies.check_can_use_sheet`.
        ImplausibleDwell: more time was counted than has passed.
    """
    check_can_use_sheet(by, sheet, at=at)
    check_plausible(sheet, dwell_ms, at=at)
    rules = LanePolicy.current()
    outcomes = [
        sign_one(tile, rules=rules, dwell_ms=dwell_ms.get(tile.pk, 0), by=by, at=at)
        for tile in on_sheet(sheet)
    ]
    close_if_done(sheet, at=at)
    return outcomes


def check_plausible(sheet: LaneSheet, dwell_ms: Mapping[int, int], *, at: datetime) -> None:
    """Refuse times that cannot be: a person looks at one case at a time.

    Raises:
        ImplausibleDwell: they add up to more than has passed since the sheet was opened.
    """
    passed = at - sheet.opened_at + TOLERANCE
    counted = timedelta(milliseconds=sum(dwell_ms.values()))
    if counted > passed or any(ms < 0 for ms in dwell_ms.values()):
        raise ImplausibleDwell()


def sign_one(
    tile: LaneTile, *, rules: LanePolicy, dwell_ms: int, by: User, at: datetime
) -> Outcome:
    """Sign one case, or say why not; a refusal holds up no other."""
    case = tile.case
    try:
        sign(tile, rules=rules, dwell_ms=dwell_ms, by=by, at=at)
    except NotLookedAt as unseen:
        return Outcome(case, State.SHOWN, explain(unseen))
    except DomainError as refusal:
        text = explain(refusal)
        if end(tile, State.SKIPPED, because=text):
            let_go(Case.objects.select_related("assignee", "office").get(pk=case.pk), by=by, at=at)
        return Outcome(case, State.SKIPPED, text)
    return Outcome(case, State.SIGNED)


@transaction.atomic
def sign(tile: LaneTile, *, rules: LanePolicy, dwell_ms: int, by: User, at: datetime) -> None:
    """Issue the licence of one case as shown; its record says what was shown and for how long.

    Raises:
        NotLookedAt: it was on screen for too short a time.
        Moved, FactsChanged: it is not as it was shown.
        NotClean: a check speaks against it now, or it waits for something.
        NotOnSheet: it left the sheet meanwhile.
        as :func:`reviews.decisions.issue`.
    """
    case = tile.case
    check_looked_at(tile, rules=rules, dwell_ms=dwell_ms)
    check_seen(case, tile.case_version)
    check_can_sign_lane(by, case)
    if decisions.latest_run(case).pk != tile.run_id:
        raise FactsChanged(checks=str(tile.run._meta.verbose_name))
    decision = decisions.issue(case, by=by, at=at)
    row = LaneTile.objects.filter(pk=tile.pk, state=State.SHOWN)
    if not row.update(state=State.SIGNED, decision=decision, signed_at=at, dwell_ms=dwell_ms):
        raise NotOnSheet(subject=case)
    after = {**tile.shown, "dwell_ms": dwell_ms, "sheet": str(tile.sheet)}
    ledger.record("lane.signed", case, by=by, at=at, after=after)


def check_looked_at(tile: LaneTile, *, rules: LanePolicy, dwell_ms: int) -> None:
    """Refuse a case that was on screen for less than the rules ask, a vehicle at a time.

    Raises:
        NotLookedAt: it was.
    """
    least = least_ms(tile, rules)
    if dwell_ms < least:
        seen, asked = f"{dwell_ms / 1000:.1f}", f"{least / 1000:.1f}"
        raise NotLookedAt(subject=tile.case, seen=seen, least=asked)


def least_ms(tile: LaneTile, rules: LanePolicy) -> int:
    """Return for how long *tile* is to be on screen: once the least time for each vehicle."""
    return rules.least_dwell_ms * max(tile.case.vehicle_count, 1)


def undo(sheet: LaneSheet, *, by: User, at: datetime) -> list[Outcome]:
    """Take back what of *sheet* has not taken effect yet; the cases are free again.

    Raises:
        NotAllowed: it is somebody else's.
    """
    check_own(by, sheet)
    signed = sheet.tiles.filter(state=State.SIGNED, case__status=Status.SETTLING)
    rows = signed.select_related("case__office", "case__assignee", "case__exporter")
    return [undo_one(tile, by=by, at=at) for tile in rows.order_by("position")]


def undo_one(tile: LaneTile, *, by: User, at: datetime) -> Outcome:
    """Take back one, or say why not."""
    try:
        with transaction.atomic():
            case = settling.undo(tile.case, by=by, at=at)
            LaneTile.objects.filter(pk=tile.pk, state=State.SIGNED).update(
                state=State.LEFT, decision=None, signed_at=None
            )
            let_go(case, by=by, at=at)
    except DomainError as refusal:
        return Outcome(tile.case, State.SIGNED, explain(refusal))
    return Outcome(case, State.LEFT)
