"""The states of a case and the only ways between them. Drawn in docs/states.md."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where a case stands. Claimed, escalated, overdue are facts, not statuses."""

    CHECKING = "checking"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    HELD = "held"
    SETTLING = "settling"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Ball(StrEnum):
    """Who must act next."""

    SYSTEM = "system"
    OFFICE = "office"
    EXPORTER = "exporter"
    NOBODY = "nobody"


TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.CHECKING: frozenset({Status.IN_REVIEW, Status.WITHDRAWN}),
    Status.IN_REVIEW: frozenset({Status.HELD, Status.SETTLING, Status.WITHDRAWN}),
    # An answer is a new filing: its date counts and every check runs again.
    Status.RETURNED: frozenset({Status.CHECKING, Status.WITHDRAWN, Status.LAPSED}),
    Status.HELD: frozenset({Status.SETTLING, Status.IN_REVIEW}),
    # For a minute whoever acted may take it back; nothing has left the house.
    Status.SETTLING: frozenset(
        {Status.ISSUED, Status.REFUSED, Status.RETURNED, Status.IN_REVIEW, Status.HELD}
    ),
    Status.ISSUED: frozenset(),
    Status.REFUSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
    Status.LAPSED: frozenset(),
}
FINAL: Final = frozenset(status for status, onward in TRANSITIONS.items() if not onward)
OPEN: Final = frozenset(TRANSITIONS) - FINAL
BALL: Final[Mapping[Status, Ball]] = {
    Status.CHECKING: Ball.SYSTEM,
    Status.IN_REVIEW: Ball.OFFICE,
    Status.RETURNED: Ball.EXPORTER,
    Status.HELD: Ball.OFFICE,
    Status.SETTLING: Ball.SYSTEM,
    **dict.fromkeys(FINAL, Ball.NOBODY),
}
# What every list and figure counts as open: a decision in its minute of undo stands in none.
COUNTED_OPEN: Final = OPEN - {Status.SETTLING}
# What the office must act on by its due time, the checks included.
WITH_OFFICE: Final = COUNTED_OPEN - {Status.RETURNED}
# What whoever holds it has to act on: a recommendation waits for somebody else.
ON_DESK: Final = WITH_OFFICE - {Status.HELD}
