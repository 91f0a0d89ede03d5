"""The history of a case by kind, and its whole record to print."""

import pytest
from django.urls import reverse

from exports.models import Role
from reviews import decisions, notes, record
from reviews.models import Case
from tests.factories import (
    NOON,
    answer_all,
    ask_for,
    checked,
    make_case,
    make_confirmation,
    make_failing_case,
    make_office,
    make_person,
    make_vehicle,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(exporter, clerk, reviewer, senior) -> Case:
    """A case asked about, answered, noted, and refused."""
    case = make_failing_case(exporter, by=clerk)
    make_confirmation([case.application.lines.get().vehicle], by=clerk, number="ASC-9")
    checked(answer_all(ask_for(case, by=reviewer), by=clerk))
    case = Case.objects.get(pk=case.pk)
    notes.write(case, by=reviewer, at=NOON, note="看过两遍")
    decisions.sign(recommend_refusal(case, by=reviewer), by=senior, at=NOON)
    return Case.objects.get(pk=case.pk)


def actions(case: Case, show: str) -> set[str]:
    return set(record.events_of(case, show=show).values_list("action", flat=True))


def test_the_history_is_narrowed_by_kind(case):
    everything, decided, papers, told = (
        actions(case, show) for show in ("", "decisions", "papers", "exporter")
    )

    assert "case.refused" in decided
    assert {action.split(".")[0] for action in decided} <= {"case", "decision", "licence"}
    assert "confirmation.entered" in papers
    assert {action.split(".")[0] for action in papers} == {"document", "confirmation"}
    assert "application.filed" in told
    assert "case.refused" not in told
    assert everything >= decided | papers | told
    assert "note.written" in everything


def test_a_kind_nobody_knows_shows_everything(client, case, reviewer):
    client.force_login(reviewer)
    address = reverse("workbench:history", args=[case.reference])

    assert client.get(address, {"show": "x", "before": "y"}).status_code == 200
    assert actions(case, "x") == actions(case, "")


def test_the_history_of_one_case_tells_nothing_of_another(case, exporter, clerk):
    other = make_failing_case(exporter, by=clerk)

    keys = set(record.events_of(case).values_list("subject_key", flat=True))

    assert not keys & {other.reference, other.first_vin}


def test_the_record_holds_everything_with_the_hash_it_rests_on(client, case, reviewer):
    client.force_login(reviewer)

    shown = client.get(reverse("workbench:record", args=[case.reference])).content.decode()
    found = record.of(case)

    decision = case.decisions.get()
    assert decision.snapshot_sha256 in shown
    assert found.papers[0].sha256 in shown
    assert "看过两遍" in shown
    assert "见合同第九条" in shown
    assert len(found.runs) == case.runs.count() == 2
    assert len(found.events) == record.events_of(case).count()
    assert [item.event.seq for item in found.events] == sorted(
        item.event.seq for item in found.events
    )
    for run in found.runs:
        for _vin, finding in run.findings:
            assert finding.title.split(" ")[0] in shown


def test_an_auditor_of_another_office_reads_the_record_a_reviewer_does_not(client, case):
    elsewhere = make_office("xinjiang")
    address = reverse("workbench:record", args=[case.reference])
    found = []
    for role in (Role.AUDITOR, Role.REVIEWER):
        client.force_login(make_person(role, elsewhere))
        found.append(client.get(address).status_code)

    assert found == [200, 404]


@pytest.mark.parametrize("vehicles", [1, 3])
def test_the_record_costs_the_same_however_large(
    case, exporter, clerk, vehicles, django_assert_max_num_queries
):
    batch = checked(
        make_case(exporter, *(make_vehicle(exporter, by=clerk) for _ in range(vehicles)), by=clerk)
    )

    with django_assert_max_num_queries(24):
        record.of(Case.objects.get(pk=batch.pk))
