"""Compare a list of manufacturers with what is known: changes, conflicts, and what stays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from exports.announcement.sheet import Conflict, Row
from exports.identifiers import plain_name
from exports.models import Manufacturer, ManufacturerName


class What(TextChoices):
    """What a line of the list does."""

    ADDED = "added", _("New in the list")
    RENAMED = "renamed", _("New name of a known unit")
    RELISTED = "relisted", _("Listed again")
    CONFIRMED = "confirmed", _("Known, now verified or completed")
    ENDED = "ended", _("No longer in the list")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the dated rows. Days are ISO 8601; ids are ``None`` where nothing exists yet.

    ``row`` is the row of the name that is ended, confirmed or followed; ``before`` what a
    confirmation replaces.
    """

    what: str
    line: int
    name: str
    kind: str
    unit: int | None = None
    row: int | None = None
    former: str = ""
    uscc: str = ""
    since: str = ""
    until: str = ""
    batch: str = ""
    announced_on: str = ""
    evidence: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the change as the import keeps it."""
        return asdict(self)


class Known:
    """The units and their dated names, read once: two queries, however many."""

    def __init__(self) -> None:
        self.current: dict[str, list[ManufacturerName]] = defaultdict(list)
        self.ended: dict[str, list[ManufacturerName]] = defaultdict(list)
        self.of_unit: dict[int, list[ManufacturerName]] = defaultdict(list)
        for row in ManufacturerName.objects.select_related("manufacturer").order_by("id"):
            standing = self.current if row.listed_until is None else self.ended
            standing[plain_name(row.name)].append(row)
            self.of_unit[row.manufacturer_id].append(row)
        coded = Manufacturer.objects.exclude(uscc="").order_by("id")
        self.by_code = {unit.uscc: unit for unit in coded}

    def name_now(self, unit_id: int) -> str:
        """Return the name under which a unit stands now, empty if it does not."""
        names = self.of_unit[unit_id]
        return next((row.name for row in names if row.listed_until is None), "")


class Comparison:
    """Takes row after row, and at the end what no row named."""

    def __init__(self, *, as_of: date) -> None:
        self.as_of = as_of
        self.known = Known()
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []
        self.unchanged = 0
        self.named: set[int] = set()
        self.followed: set[int] = set()

    def take(self, row: Row) -> None:
        """Find out what *row* does to the list."""
        here = self.known.current[plain_name(row.name)]
        if len(here) > 1:
            self.put_aside(row, "name_of_two", name=row.name)
        elif here:
            self.stands(row, here[0])
        elif row.former:
            self.follows(row)
        else:
            self.begins(row)

    def put_aside(self, row: Row, what: str, /, **facts: str | int) -> None:
        """Put *row* aside until a person has mended it."""
        self.conflicts.append(Conflict(row.line, what, facts))

    def is_another(self, row: Row, unit: Manufacturer) -> bool:
        """Tell whether kind or code of *row* say that *unit* is another company."""
        bearer = self.known.by_code.get(row.uscc) if row.uscc else None
        if unit.kind != row.kind:
            here = str(unit.kind)
            self.put_aside(row, "kind_differs", name=row.name, here=here, there=row.kind)
        elif unit.uscc and row.uscc and unit.uscc != row.uscc:
            self.put_aside(row, "code_differs", name=row.name, here=unit.uscc, there=row.uscc)
        elif bearer and bearer.pk != unit.pk:
            self.put_aside(row, "code_known", code=row.uscc, now=self.known.name_now(bearer.pk))
        else:
            return False
        return True

    def stands(self, row: Row, found: ManufacturerName) -> None:
        """Confirm a name that stands already, or leave it unchanged."""
        unit = found.manufacturer
        own = {plain_name(name.name) for name in self.known.of_unit[unit.pk]}
        self.named.add(found.pk)
        if found.pk in self.followed:
            self.put_aside(row, "both_stand", name=row.name)
        elif row.former and self.known.current[plain_name(row.former)]:
            self.put_aside(row, "both_stand", name=row.former)
        elif row.former and plain_name(row.former) not in own:
            self.put_aside(row, "former_not_its", name=row.name, former=row.former)
        elif not self.is_another(row, unit):
            self.confirm(row, found)

    def confirm(self, row: Row, found: ManufacturerName) -> None:
        """Take over what is new about a standing name; a verified day is not moved."""
        if found.verified and row.since and row.since != found.listed_from:
            since = found.listed_from.isoformat()
            self.put_aside(row, "day_differs", name=row.name, here=since, there=str(row.since))
            return
        before, after = self.news(row, found)
        if before == after:
            self.unchanged += 1
            return
        change = Change(
            What.CONFIRMED,
            row.line,
            row.name,
            row.kind,
            unit=found.manufacturer_id,
            row=found.pk,
            before=before,
            **after,
        )
        self.changes.append(change)

    def news(self, row: Row, found: ManufacturerName) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what stands about a name, and what will: gaps are filled, nothing overwritten."""
        since = found.listed_from if found.verified else row.since or found.listed_from
        announced = found.announced_on.isoformat() if found.announced_on else ""
        told = (row.since or self.as_of).isoformat() if row.batch or not found.verified else ""
        before = {
            "since": found.listed_from.isoformat(),
            "uscc": found.manufacturer.uscc,
            "batch": found.batch,
            "announced_on": announced,
            "evidence": found.evidence,
        }
        after = {
            "since": since.isoformat(),
            "uscc": found.manufacturer.uscc or row.uscc,
            "batch": found.batch or row.batch,
            "announced_on": announced or told,
            "evidence": found.evidence or row.evidence,
        }
        return before | ({} if found.verified else {"verified": False}), after

    def follows(self, row: Row) -> None:
        """Let a unit bear a new name from the day of the row on."""
        before = self.known.current[plain_name(row.former)]
        if len(before) != 1:
            code = "name_of_two" if before else "former_unknown"
            self.put_aside(row, code, name=row.former)
            return
        old = before[0]
        if old.pk in self.named:
            self.put_aside(row, "both_stand", name=row.former)
        elif (row.since or self.as_of) <= old.listed_from:
            self.put_aside(row, "too_early", name=row.former, since=old.listed_from.isoformat())
        elif not self.is_another(row, old.manufacturer):
            self.followed.add(old.pk)
            self.named.add(old.pk)
            until = (row.since or self.as_of) - timedelta(days=1)
            self.note(row, What.RENAMED, old.manufacturer, row_id=old.pk, until=until.isoformat())

    def begins(self, row: Row) -> None:
        """Add a unit, or list one again that had left the list."""
        gone = max(
            self.known.ended[plain_name(row.name)],
            key=lambda name: name.listed_until or name.listed_from,
            default=None,
        )
        unit = gone.manufacturer if gone else self.known.by_code.get(row.uscc or "-")
        now = self.known.name_now(unit.pk) if unit else ""
        if unit is None:
            self.note(row, What.ADDED, None)
        elif now:
            code = "renamed_already" if gone else "code_known"
            self.put_aside(row, code, name=row.name, code=row.uscc, now=now)
        elif gone and gone.listed_until and (row.since or self.as_of) <= gone.listed_until:
            self.put_aside(row, "too_early", name=row.name, since=gone.listed_until.isoformat())
        elif not self.is_another(row, unit):
            self.note(row, What.RELISTED, unit)

    def note(
        self,
        row: Row,
        what: What,
        unit: Manufacturer | None,
        *,
        row_id: int | None = None,
        until: str = "",
    ) -> None:
        """Note that a name begins."""
        since = (row.since or self.as_of).isoformat()
        change = Change(
            what,
            row.line,
            row.name,
            row.kind,
            unit=unit.pk if unit else None,
            row=row_id,
            former=row.former if what == What.RENAMED else "",
            uscc=row.uscc,
            since=since,
            until=until,
            batch=row.batch,
            announced_on=since,
            evidence=row.evidence,
        )
        self.changes.append(change)

    def end_the_rest(self) -> None:
        """End what a complete list no longer names; a name newer than the list is a conflict."""
        until = self.as_of - timedelta(days=1)
        rows = (row for rows in self.known.current.values() for row in rows)
        for row in sorted(rows, key=lambda row: row.name):
            unit = row.manufacturer
            if row.pk in self.named or unit.kind not in Manufacturer.ANNOUNCED:
                continue
            if row.listed_from > until:
                facts = {"name": row.name, "since": row.listed_from.isoformat()}
                self.conflicts.append(Conflict(0, "newer_here", facts))
                continue
            change = Change(
                What.ENDED,
                0,
                row.name,
                str(unit.kind),
                unit=unit.pk,
                row=row.pk,
                uscc=unit.uscc,
                since=row.listed_from.isoformat(),
                until=until.isoformat(),
            )
            self.changes.append(change)


def compare(rows: Iterable[Row], *, as_of: date, complete: bool) -> Comparison:
    """Return what *rows*, the list of *as_of*, change.

    While rows are in conflict, nothing is ended: what a row means to name is not known yet.
    """
    found = Comparison(as_of=as_of)
    for row in rows:
        found.take(row)
    if complete and not found.conflicts:
        found.end_the_rest()
    return found
