"""The facts by which closed cases are counted: four queries, however many cases."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Max

from reviews.models import Case, CheckRun, Decision, Finding
from reviews.rollups.counting import Closing


def closings_of(case_ids: Iterable[int]) -> dict[int, Closing]:
    """Return what each of the closed cases *case_ids* is counted by."""
    ids = set(case_ids)
    if not ids:
        return {}
    failing, signed = failing_of(ids), signed_of(ids)
    return {
        case.pk: closing_of(case, failing=failing[case.pk], decision=signed.get(case.pk))
        for case in Case.objects.filter(pk__in=ids)
    }


def closing_of(case: Case, *, failing: Iterable[str], decision: Decision | None) -> Closing:
    """Return what one closed case is counted by."""
    base = Closing(
        destination=case.destination_code,
        maker=case.maker_name,
        exporter=case.exporter_id,
        due_at=case.due_at,
        failing=tuple(sorted(failing)),
    )
    if decision is None:
        return base
    return replace(
        base,
        decided_at=decision.signed_at,
        recommended_by=decision.recommended_by_id,
        overridden=decision.outcome == Decision.Outcome.ISSUE and decision.failed_checks > 0,
        second=decision.signed_by_id != decision.recommended_by_id,
    )


def failing_of(case_ids: set[int]) -> dict[int, set[str]]:
    """Return which checks failed for some vehicle in the last run over each case."""
    latest = CheckRun.objects.filter(case__in=case_ids).values("case").annotate(last=Max("id"))
    runs = {row["last"]: row["case"] for row in latest}
    failed = Finding.objects.filter(run__in=runs, outcome=Finding.Outcome.FAIL)
    failing: dict[int, set[str]] = defaultdict(set)
    for run, check_id in failed.values_list("run", "check_id"):
        failing[runs[run]].add(check_id)
    return failing


def signed_of(case_ids: set[int]) -> dict[int, Decision]:
    """Return the decision that was signed on each case, where one was."""
    signed = Decision.objects.filter(case__in=case_ids, state=Decision.State.SIGNED)
    return {decision.case_id: decision for decision in signed.defer("snapshot", "note")}
