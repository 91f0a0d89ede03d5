"""The reviewer's workbench over a million cases, beside the stock admin of the same rows.

    python bench/workbench.py [--cases 1000000] [--rounds 9]     needs PostgreSQL's programs

Every figure is a ratio of two things timed in turns in this one run, or a number of queries with
those for session and person among them. Milliseconds are for orientation.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import resource

from bench import _run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    _run.on_postgres(lambda: measure(asked.cases, rounds=asked.rounds))


def measure(cases: int, *, rounds: int) -> None:
    """Fill the database and print each figure."""
    from django.conf import settings

    from bench import _rows

    settings.ROOT_URLCONF = "bench._urls"
    _rows.fill(cases=cases)
    person = _run.reviewer()
    print(f"{cases} cases, {opened()} of them open")
    queue = of_queue(person, rounds)
    of_case(person, rounds)
    of_board(queue, rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"for orientation: peak memory {peak:.0f} MB")


def opened() -> int:
    from reviews.models import Case

    return Case.objects.open().count()


def of_queue(person, rounds) -> _run.Work:
    """Measure the queue as it opens against the stock changelist of the same fifty rows."""
    from django.urls import reverse

    ours = _run.page(person, reverse("workbench:queue") + "?view=today")
    stock = _run.page(person, "/stock/reviews/case/?status__exact=in_review")
    page, changelist = _run.timed([ours, stock], rounds=rounds)
    sql, prepared = _run.timed([our_sql(person), prepared_sql(person)], rounds=rounds * 20)
    _run.report("queue page ÷ stock changelist", page / changelist, goal=0.1)
    _run.report("queue SQL ÷ prepared SQL", sql / prepared, goal=3)
    _run.report("queries of the queue page", _run.queries(ours), goal=8)
    print(f"for orientation: page {page:.1f} ms, stock {changelist:.1f} ms, SQL {sql:.2f} ms")
    return ours


def today_of(person):
    """Return the cases the queue opens with."""
    from django.utils import timezone

    from reviews import queues
    from reviews.models import Case

    cases = Case.objects.visible_to(person)
    return queues.VIEWS["today"].narrow(cases, person, timezone.now())


def our_sql(person) -> _run.Work:
    from reviews import queues

    return lambda: queues.page(today_of(person))


def prepared_sql(person) -> _run.Work:
    """The same rows by a statement prepared once, without the ORM."""
    from django.db import connection

    from reviews import queues

    rows = today_of(person).order_by(*queues.BY_DUE).values(*queues.COLUMNS)[: queues.PAGE + 1]
    sql, values = rows.query.sql_with_params()
    connection.ensure_connection()
    raw = connection.connection.cursor()

    def work() -> object:
        raw.execute(sql, values, prepare=True)
        return raw.fetchall()

    return work


def of_case(person, rounds) -> None:
    """Measure the page of the heaviest case against the stock change form of the same rows."""
    from django.urls import reverse

    from exports.kicks import held_back
    from tests.heaviest import heaviest_case

    with held_back():  # its papers stand as the pipeline would leave them
        case = heaviest_case()
    ours = _run.page(person, reverse("workbench:case", args=[case.reference]))
    stock = _run.page(person, f"/stock/reviews/case/{case.pk}/change/")
    page, form = _run.timed([ours, stock], rounds=rounds)
    _run.report("case page ÷ stock change form", page / form, goal=1 / 8)
    _run.report("queries of the case page", _run.queries(ours), goal=15)
    print(f"for orientation: page {page:.1f} ms, stock {form:.1f} ms")
    print(f"for orientation: the stock form takes {_run.queries(stock)} queries")


def of_board(queue: _run.Work, rounds) -> None:
    """Measure the supervisor's board against the queue page."""
    from django.urls import reverse

    ours = _run.page(supervisor(), reverse("workbench:board"))
    board, page = _run.timed([ours, queue], rounds=rounds)
    _run.report("queries of the board", _run.queries(ours), goal=10)
    _run.report("board ÷ queue page", board / page, goal=2)
    print(f"for orientation: board {board:.1f} ms")


def supervisor():
    """Return a supervisor of the national office, whose board adds up every office."""
    from exports.models import Office
    from tests.factories import make_person

    return make_person("supervisor", Office.objects.get(code="national"))


if __name__ == "__main__":
    main()
