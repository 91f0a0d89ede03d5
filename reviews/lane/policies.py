"""Who may use the clean lane now: nothing, or a refusal."""

from datetime import datetime
from typing import Final

from exports.errors import NotAllowed
from exports.models import Role, User
from exports.policies import check_role
from reviews import sampling
from reviews.lane.refusals import LaneIsClosed, SheetOver
from reviews.models import LaneSheet
from reviews.policies import DECIDERS

ANSWERS_FOR_IT: Final = (Role.SUPERVISOR, Role.POLICY, Role.AUDITOR)


def check_can_open_lane(user: User) -> None:
    """Refuse unless *user* decides cases and the lane is open.

    Raises:
        RoleMissing: they do not.
        LaneIsClosed: too many blind reviews disagreed.
    """
    check_role(user, *DECIDERS)
    closure = sampling.standing_closure()
    if closure is not None:
        raise LaneIsClosed(samples=closure.samples, count=closure.disagreements)


def check_can_use_sheet(user: User, sheet: LaneSheet, *, at: datetime) -> None:
    """Refuse unless *sheet* is *user*'s own, still kept for them, and the lane is open.

    Raises:
        as :func:`check_can_open_lane`.
        NotAllowed: it is somebody else's.
        SheetOver: it was closed, or kept for too long.
    """
    check_can_open_lane(user)
    check_own(user, sheet)
    if sheet.closed_at is not None or sheet.lease_until < at:
        raise SheetOver()


def check_own(user: User, sheet: LaneSheet) -> None:
    """Refuse unless *sheet* is *user*'s own.

    Raises:
        NotAllowed: it is somebody else's.
    """
    if sheet.by_id != user.pk:
        raise NotAllowed()


def answers_for_lane(user: User) -> bool:
    """Tell whether *user* is shown what the blind reviews said, once they are decided."""
    return user.is_active and user.role in ANSWERS_FOR_IT
