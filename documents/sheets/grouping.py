"""Gather the problems that one repair would mend."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from documents.models import Sheet, SheetRow
from documents.sheets.wording import is_choice, label_of, sentence, shown_value

# What is wrong with these is wrong with the value: another value is another repair.
BY_VALUE: Final = frozenset(
    {"word", "number", "hs_code", "day_impossible", "day_unreadable", "day_early", "day_month_only"}
    | {"error_value", "maker", "assumed", "too_long", "rounded"}
)
ALONE: Final = ("vin", "certificate_number")
MOST_ROWS: Final = 5000
Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Problems of one kind: *problems* by row id, the first of them standing for all."""

    key: str
    problems: dict[int, Problem] = field(default_factory=dict)

    @property
    def first(self) -> Problem:
        """Return the problem that stands for all."""
        return next(iter(self.problems.values()))

    @property
    def label(self) -> str:
        """Return the word for the field."""
        return label_of(self.first["field"])

    @property
    def sentence(self) -> str:
        """Return what is wrong."""
        return sentence(self.first)

    @property
    def wrote(self) -> str:
        """Return the value all of them have, empty if they differ."""
        wrote = {problem["wrote"] for problem in self.problems.values()}
        return str(wrote.pop()) if len(wrote) == 1 else ""

    @property
    def fix(self) -> str:
        """Return what all of them would become, as people read it; empty if that differs."""
        fixes = {problem.get("fix", "") for problem in self.problems.values()}
        return shown_value(self.first["field"], fixes.pop()) if len(fixes) == 1 else ""

    @property
    def has_fix(self) -> bool:
        """Tell whether there is a likely repair for each of them."""
        return all(problem.get("fix") for problem in self.problems.values())

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether the days can be read in two orders."""
        return bool(self.first["code"] == "day_ambiguous")

    @property
    def may_keep(self) -> bool:
        """Tell whether a person may confirm that it is printed so."""
        return all(problem.get("token") for problem in self.problems.values())

    @property
    def takes_value(self) -> bool:
        """Tell whether one value for all of them makes sense."""
        return self.first["field"] not in ALONE and self.first["code"] != "day_ambiguous"

    @property
    def choice_field(self) -> str:
        """Return the field if it takes one of a few words, else nothing."""
        return str(self.first["field"]) if is_choice(self.first["field"]) else ""


def groups_of(sheet: Sheet) -> list[Group]:
    """Return the problems of *sheet* by repair, the largest group first: one query."""
    return gathered(rows_with(sheet, state=SheetRow.State.BAD, what="problems"))


def warnings_of(sheet: Sheet) -> list[Group]:
    """Return the warnings about rows that will be saved, by kind, the largest first: one query."""
    return gathered(rows_with(sheet, state=SheetRow.State.READY, what="warnings"))


def rows_with(sheet: Sheet, *, state: str, what: str) -> Iterator[tuple[int, list[Problem]]]:
    """Yield the *what* of the rows in *state*."""
    rows = sheet.rows.filter(state=state).order_by("number", "pk")
    yield from rows.values_list("pk", what)[:MOST_ROWS]


def gathered(rows: Iterable[tuple[int, list[Problem]]]) -> list[Group]:
    """Return the problems of *rows* by repair."""
    groups: dict[str, Group] = {}
    for pk, problems in rows:
        for problem in problems:
            key = key_of(problem)
            groups.setdefault(key, Group(key)).problems.setdefault(pk, problem)
    return sorted(groups.values(), key=lambda group: -len(group.problems))


def key_of(problem: Problem) -> str:
    """Return the name of the group that *problem* belongs to."""
    value = problem["wrote"] if problem["code"] in BY_VALUE else ""
    said = "\0".join((problem["field"], problem["code"], str(value)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
