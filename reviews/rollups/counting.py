"""What one event of the ledger adds to the board's sums. No query is made here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from exports.models import Event
from exports.rules import SHANGHAI, legal_day
from reviews.models import Case, DayOutcome, OpenCase
from reviews.rollups.durations import bucket_of
from reviews.states import FINAL, Status

OPENED: Final = frozenset({"application.filed", "case.split_off"})
RECOMMENDED: Final = "decision.recommended"
TAKEN: Final = frozenset({"case.claimed", "case.assigned"})
FREED: Final = frozenset(
    {"case.released", "case.lease_ended", "case.escalated", "case.deescalated"}
)
MOVES: Final = {f"case.{status}": status for status in Status}
COUNTED: Final = frozenset({*OPENED, RECOMMENDED, *TAKEN, *FREED, *MOVES})
HOURLY: Final = ("filed", "answered", "closed", "asked")
STAGES: Final[Mapping[Status, str]] = {
    Status.CHECKING: "checks",
    Status.HELD: "signature",
    Status.RETURNED: "exporter",
}
TIMED: Final = ("checks", "queue", "review", "signature", "exporter")
Side = DayOutcome.Side


@dataclass(frozen=True)
class Closing:
    """What a closed case is counted by; the signed decision's facts where there is one."""

    destination: str
    maker: str
    exporter: int
    due_at: datetime
    failing: tuple[str, ...] = ()
    decided_at: datetime | None = None
    recommended_by: int | None = None
    overridden: bool = False
    second: bool = False


@dataclass
class Sums:
    """Everything a batch of events adds up to, keyed as the tables are."""

    backlog: Counter[tuple[int, str, date, date]] = field(default_factory=Counter)
    counts: Counter[tuple[date, int, str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[date, int, str, str, str]] = field(default_factory=Counter)

    def at_hour(self, case: OpenCase, measure: str, moment: datetime) -> None:
        """Count something that happened at an hour."""
        hour = f"{moment.astimezone(SHANGHAI).hour:02d}"
        self.counts[legal_day(moment), case.office_id, measure, hour] += 1

    def took(self, case: OpenCase, stage: str, until: datetime) -> None:
        """Count how long a stage of *case* lasted."""
        bucket = f"{bucket_of(until - case.since):02d}"
        self.counts[legal_day(until), case.office_id, stage, bucket] += 1

    def standing(self, case: OpenCase, by: int) -> None:
        """Add *case* to the backlog as it stands, or take it off with -1."""
        self.backlog[case.office_id, case.status, case.filed_day, case.due_day] += by


def count(event: Event, case: OpenCase, *, closing: Closing | None, sums: Sums) -> None:
    """Let *event* happen to *case* and add what it adds; *closing* where it closes the case."""
    if event.action in MOVES:
        move(event, case, closing=closing, sums=sums)
    elif event.action == RECOMMENDED:
        case.recommended_by = event.actor_key
    else:
        change_hands(event, case, sums=sums)


def open_case(event: Event, case: Case, *, sums: Sums) -> OpenCase:
    """Return what is counted of *case*, filed just now or taken out of another that was."""
    filed = OpenCase(
        case_id=case.pk,
        office_id=case.office_id,
        status=Status.CHECKING,
        since=event.at,
        filed_day=legal_day(case.filed_at),
        due_day=legal_day(case.due_at),
    )
    sums.at_hour(filed, "filed", event.at)
    return filed


def change_hands(event: Event, case: OpenCase, *, sums: Sums) -> None:
    """Note who holds *case*; when it is taken, its wait in the queue is over."""
    taken = event.action in TAKEN
    if case.status == Status.IN_REVIEW and taken != case.taken:
        if taken:
            sums.took(case, "queue", event.at)
        case.since = event.at
    case.taken = taken


def move(event: Event, case: OpenCase, *, closing: Closing | None, sums: Sums) -> None:
    """Move *case* to another status and count the stage it leaves."""
    to = MOVES[event.action]
    stage = stage_of(case)
    if stage:
        sums.took(case, stage, event.at)
    if to == Status.CHECKING:
        sums.at_hour(case, "answered", event.at)
    if to == Status.RETURNED:
        case.asked = True
        sums.at_hour(case, "asked", event.at)
    if case.status == Status.HELD and to == Status.IN_REVIEW:
        send_back(event, case, sums=sums)
    if to in FINAL and closing is not None:
        close(event, case, to=to, closing=closing, sums=sums)
    case.status, case.since = to, event.at


def stage_of(case: OpenCase) -> str:
    """Return the stage *case* is in; none in the minute before a decision takes effect."""
    if case.status == Status.IN_REVIEW:
        return "review" if case.taken else "queue"
    return STAGES.get(Status(case.status), "")


def send_back(event: Event, case: OpenCase, *, sums: Sums) -> None:
    """Count a second signature that was declined; taking one's own word back is none."""
    if event.actor_key == case.recommended_by:
        return
    day = legal_day(event.at)
    sums.outcomes[day, case.office_id, Side.ALL, "", "sent_back"] += 1
    sums.outcomes[day, case.office_id, Side.REVIEWER, case.recommended_by, "sent_back"] += 1


def close(event: Event, case: OpenCase, *, to: Status, closing: Closing, sums: Sums) -> None:
    """Count how *case* ended, by each of its sides."""
    sums.at_hour(case, "closed", event.at)
    day = legal_day(event.at)
    for side, key in sides_of(closing):
        for column in columns_of(case, to=to, closing=closing):
            sums.outcomes[day, case.office_id, side, key, column] += 1


def sides_of(closing: Closing) -> Iterable[tuple[str, str]]:
    """Yield every side and key a closed case is counted under."""
    yield Side.ALL, ""
    yield Side.DESTINATION, closing.destination
    yield Side.MAKER, closing.maker
    yield Side.EXPORTER, str(closing.exporter)
    for check_id in closing.failing:
        yield Side.CHECK, check_id
    if closing.recommended_by is not None:
        yield Side.REVIEWER, str(closing.recommended_by)


def columns_of(case: OpenCase, *, to: Status, closing: Closing) -> Iterable[str]:
    """Yield the columns a case that ended in *to* counts in."""
    yield to.value
    if case.asked:
        yield "asked"
    if closing.decided_at is not None and closing.decided_at > closing.due_at:
        yield "late"
    if closing.overridden:
        yield "overridden"
    if closing.second:
        yield "second"
