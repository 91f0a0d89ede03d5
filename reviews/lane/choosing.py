"""Which cases the lane takes, in which order."""

from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from documents.models import ConfirmedVehicle
from exports.models import User
from reviews.lane.crops import STANDING
from reviews.models import Case, LanePolicy, LaneSample, LaneTile, Opinion
from reviews.models.cases import CaseQuerySet
from reviews.states import Status


def clean(user: User, *, rules: LanePolicy, at: datetime) -> CaseQuerySet:
    """Narrow to the free cases of *user*'s jurisdiction whose every check passed.

    Left out are those put off, escalated or under another ministry's opinion, those kept back
    for a full review, those on somebody's sheet, and those pulled out before as they stand.
    """
    awake = Q(hold_until__isnull=True) | Q(hold_until__lte=at)
    letter = ConfirmedVehicle.objects.filter(
        STANDING, vin=OuterRef("first_vin"), confirmation__exporter=OuterRef("exporter")
    )
    tiles = LaneTile.objects.filter(case=OuterRef("pk"))
    shown = tiles.filter(state=LaneTile.State.SHOWN)
    pulled = tiles.filter(state=LaneTile.State.PULLED, case_version=OuterRef("version"))
    kept_back = LaneSample.objects.filter(case=OuterRef("pk"))
    asked = Opinion.objects.filter(case=OuterRef("pk"), state=Opinion.State.ASKED)
    return (
        Case.objects.visible_to(user)
        .filter(
            awake,
            status=Status.IN_REVIEW,
            assignee__isnull=True,
            escalated_at__isnull=True,
            failed=0,
            attention=0,
            passed__gt=0,
            vehicle_count__lte=rules.most_vehicles,
        )
        .filter(Exists(letter), ~Exists(shown), ~Exists(pulled), ~Exists(asked), ~Exists(kept_back))
    )


def next_ones(cases: CaseQuerySet, *, after: Case | None, most: int) -> list[Case]:
    """Return the next *most* of *cases* by due time, locked; what another sheet takes is skipped.

    Must run inside a transaction. A database without row locks runs one writer at a time.
    """
    if after is not None:
        cases = cases.filter(
            Q(due_at__gte=after.due_at) & ~Q(due_at=after.due_at, id__lte=after.pk)
        )
    rows = cases.select_related("office", "assignee").order_by("due_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:most])
