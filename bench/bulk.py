"""One bulk job of five hundred cases, beside plain UPDATEs of the same rows.

    python bench/bulk.py [--cases 500] [--rounds 3]     needs PostgreSQL's programs

Every case of a job is decided by its policy, changed if nobody changed it meanwhile, written into
the ledger and ticked off in a transaction of its own. Figures are ratios of things timed in turns
in this one run; rates are for orientation.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
from itertools import cycle
from uuid import uuid4

from bench import _run

# Of so many rows, a tenth are open and in review: enough for a job of five hundred.
ROWS_A_CASE = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    _run.on_postgres(lambda: measure(asked.cases, rounds=asked.rounds))


def measure(cases: int, *, rounds: int) -> None:
    """Fill the database and print each figure."""
    from bench import _rows

    _rows.fill(cases=cases * ROWS_A_CASE, every=_rows.STRESSED)
    by, people = supervisor_and_reviewers()
    chosen = in_review(by, cases)
    print(f"{chosen.count()} cases in one job")
    look, job, singly, at_once = _run.timed(
        [preview_of(chosen, by), job_of(chosen, by, people), singly_of(chosen), at_once_of(chosen)],
        rounds=rounds,
    )
    _run.report("bulk job ÷ an UPDATE and commit for each row", job / singly, goal=20)
    _run.report("queries of a case in the job", queries_a_case(job_of(chosen, by, people)), goal=22)
    _run.report("preview of the job ÷ the job", look / job, goal=0.1)
    rate = chosen.count() / job * 1000
    print(f"for orientation: job {job:.0f} ms, {rate:.0f} cases a second; preview {look:.0f} ms")
    print(f"for orientation: UPDATEs one by one {singly:.0f} ms, in one statement {at_once:.1f} ms")


def supervisor_and_reviewers():
    """Return who orders the job, and the two people its cases go to in turn."""
    from tests.factories import make_person

    national = _run.reviewer().office
    return make_person("supervisor", national), [make_person("reviewer", national) for _ in "ab"]


def in_review(by, cases):
    """Return the cases the job is about."""
    from reviews.models import Case

    rows = Case.objects.visible_to(by).filter(status="in_review")
    first = list(rows.order_by("pk").values_list("pk", flat=True)[:cases])
    return Case.objects.filter(pk__in=first).order_by("pk")


def preview_of(chosen, by) -> _run.Work:
    from reviews.bulk import foresight
    from reviews.bulk.repertoire import REPERTOIRE

    return lambda: foresight.look_ahead(REPERTOIRE["assign"], chosen.all(), user=by)


def job_of(chosen, by, people) -> _run.Work:
    """Assign every case to the one of *people* who has them not, as a confirmed job does."""
    from django.utils import timezone

    from exports.kicks import held_back
    from reviews.bulk import ordering, running

    turn = cycle(people)

    def work() -> object:
        frozen = dict(chosen.values_list("pk", "version"))
        given = {"to": next(turn).pk, "note": "bench"}
        with held_back():
            job = ordering.confirm(
                "assign", frozen, arguments=given, token=uuid4(), by=by, at=timezone.now()
            )
            while running.work_on(job, clock=timezone.now):
                pass
        undone = job.items.exclude(state="done").first()
        assert undone is None, undone.text
        return job

    return work


def singly_of(chosen) -> _run.Work:
    """The same rows with nothing but an UPDATE and its commit for each."""
    from django.db.models import F

    from reviews.models import Case

    ids = list(chosen.values_list("pk", flat=True))

    def work() -> object:
        return [Case.objects.filter(pk=pk).update(risk=F("risk")) for pk in ids]

    return work


def at_once_of(chosen) -> _run.Work:
    from django.db.models import F

    return lambda: chosen.order_by().update(risk=F("risk"))


def queries_a_case(job: _run.Work) -> float:
    return _run.queries(job) / job().items.count()


if __name__ == "__main__":
    main()
