"""Two at the clean lane at once, on PostgreSQL; the control shows that the race is real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from exports.models import User
from reviews import claims
from reviews.lane import sheets, signing
from reviews.models import Case, Decision, LanePolicy, LaneSheet, LaneTile
from tests.clean import lane_case
from tests.factories import NOON, clerk_of, make_exporter, make_person
from tests.test_concurrency import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed")]
ROUNDS = range(5)
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def stage() -> dict[str, Any]:
    """Two reviewers of one office; sheets of four, and nothing is kept back."""
    LanePolicy.objects.update_or_create(
        pk=1, defaults={"sheet_size": 4, "sample_share": Decimal(0)}
    )
    exporter = make_exporter()
    people = [make_person("reviewer", exporter.office) for _ in range(2)]
    return {"exporter": exporter, "clerk": clerk_of(exporter), "people": people}


def fill(stage: dict[str, Any], *, number: int) -> list[Case]:
    return [lane_case(stage["exporter"], by=stage["clerk"]) for _ in range(number)]


def copy(person: User) -> User:
    return User.objects.select_related("membership__office").get(pk=person.pk)


def test_two_who_open_sheets_at_once_never_share_a_case(stage):
    for _ in ROUNDS:
        cases = fill(stage, number=6)

        ends = race(
            *(
                lambda person=person: sheets.open_sheet(by=copy(person), at=NOON)
                for person in stage["people"]
            )
        )

        assert ends == ["won", "won"]
        shown = LaneTile.objects.filter(state="shown").values_list("case", flat=True)
        assert len(shown) == len(set(shown))
        assert set(shown) <= {case.pk for case in cases}
        for tile in LaneTile.objects.filter(state="shown").select_related("case", "sheet"):
            assert tile.case.assignee_id == tile.sheet.by_id
        for sheet in LaneSheet.objects.filter(closed_at=None):
            sheets.leave(sheet, by=sheet.by, at=NOON)
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(attention=1)


def test_one_who_opens_twice_at_once_gets_one_sheet(stage):
    (person, _other) = stage["people"]
    fill(stage, number=5)

    ends = race(*(lambda: sheets.open_sheet(by=copy(person), at=NOON) for _ in range(2)))

    assert ends == ["won", "won"]
    assert LaneSheet.objects.count() == 1
    assert LaneTile.objects.filter(state="shown").count() == 4


def test_a_sheet_signed_twice_at_once_decides_each_case_once(stage):
    (person, _other) = stage["people"]
    cases = fill(stage, number=3)
    sheet = sheets.open_sheet(by=person, at=NOON)
    assert sheet is not None
    dwell = {tile.pk: 900 for tile in sheet.tiles.all()}

    ends = race(
        *(
            lambda: signing.sign_rest(
                LaneSheet.objects.get(pk=sheet.pk), dwell_ms=dwell, by=copy(person), at=LATER
            )
            for _ in range(2)
        )
    )

    assert set(ends) <= {"won", "sheet-over"}
    assert Decision.objects.count() == 3
    assert set(sheet.tiles.values_list("state", flat=True)) == {"signed"}
    assert {tile.decision.case_id for tile in sheet.tiles.select_related("decision")} == {
        case.pk for case in cases
    }


def test_a_case_taken_over_while_the_sheet_is_signed_is_decided_by_one(stage):
    supervisor = make_person("supervisor", stage["exporter"].office)
    (person, _other) = stage["people"]
    for _ in ROUNDS:
        fill(stage, number=1)
        sheet = sheets.open_sheet(by=person, at=NOON)
        assert sheet is not None
        tile = sheet.tiles.get()
        taken = Case.objects.select_related("assignee", "office").get(pk=tile.case_id)

        race(
            lambda sheet=sheet, tile=tile: signing.sign_rest(
                sheet, dwell_ms={tile.pk: 900}, by=sheet.by, at=LATER
            ),
            lambda taken=taken: claims.claim(taken, by=supervisor, at=NOON),
        )

        tile.refresh_from_db()
        case = Case.objects.get(pk=taken.pk)
        signed = Decision.objects.filter(case=case).exists()
        assert (tile.state == "signed") is signed
        assert signed or case.assignee == supervisor
        Case.objects.filter(pk=case.pk, status="in_review").update(attention=1)


def test_control_choosing_before_writing_lets_two_sheets_share_a_case(stage):
    """Without row locks and compare-and-set both would show it: the tests above would notice."""
    (case,) = fill(stage, number=1)
    together = Barrier(2)

    def naive(person: User) -> int:
        try:
            with transaction.atomic():
                free = Case.objects.get(pk=case.pk, assignee=None)
                together.wait()
                Case.objects.filter(pk=free.pk).update(assignee=person)
                return free.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(naive, stage["people"]))

    assert taken == [case.pk, case.pk]
