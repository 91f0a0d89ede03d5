"""The same act on many applications: each by its own service, each with its own outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from exports import ledger
from exports.errors import DomainError, NotAllowed
from exports.models import Application, Exporter, User
from exports.wording import explain
from reviews import intake
from reviews.models import Case

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one application; ``refusal`` is empty where the act was done."""

    reference: str
    refusal: str = ""


def file_all(drafts: Iterable[Application], *, by: User, at: datetime) -> list[Outcome]:
    """File each of *drafts*, as its page was seen; what is refused leaves the others alone.

    Done twice, the second time changes nothing and says so of each.
    """
    return [outcome(draft.reference, partial(intake.file, draft, by=by, at=at)) for draft in drafts]


def withdraw_all(cases: Iterable[Case], *, by: User, at: datetime, note: str = "") -> list[Outcome]:
    """Take each of *cases* back; what is refused leaves the others alone."""
    return [
        outcome(case.reference, partial(intake.withdraw, case, by=by, at=at, note=note))
        for case in cases
    ]


def outcome(reference: str, act: Callable[[], object]) -> Outcome:
    """Do *act* and say what became of it, in the reader's language."""
    try:
        act()
    except DomainError as refusal:
        return Outcome(reference, explain(refusal))
    return Outcome(reference)


def note_export(exporter: Exporter, *, by: User, at: datetime, applications: int) -> None:
    """Put on the ledger that *by* took a table of so many *applications* away.

    Raises:
        NotAllowed: *by* does not act for the exporter.
    """
    if by.exporter != exporter:
        raise NotAllowed()
    ledger.record(
        "applications.exported", exporter, by=by, at=at, after={"applications": applications}
    )
