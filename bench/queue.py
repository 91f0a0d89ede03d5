"""The reviewer's queue over many cases, against the stock admin changelist of the same rows.

    python bench/queue.py [CASES]     200,000 unless said; needs PostgreSQL's programs

Every figure is a ratio of two things timed in turns in this one run.
"""

import os
import sys
from pathlib import Path

sys.path[0] = str(
    Path(__file__).resolve().parent.parent
)  # this file shares a standard module's name

import gc
import statistics
import time
from collections.abc import Callable

import django

from tests.services import find_postgres, postgres

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
FEW = 10_000
ROUNDS = 25


def main() -> None:
    programs = find_postgres()
    if programs is None:
        print("queue: PostgreSQL's programs were not found; nothing measured")
        return
    with postgres(programs) as url:
        os.environ["DATABASE_URL"] = url.replace("///chuguan?", "///postgres?")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure()


def measure() -> None:
    from django.db import connection

    from bench import _rows

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exports_event DISABLE TRIGGER USER")
    _rows.fill(cases=FEW)
    few = timed([queue_page(reviewer())])[0]
    _rows.clear()
    _rows.fill(cases=MANY)
    person = reviewer()
    page, stock = timed([queue_page(person), stock_page(person)])
    sql, prepared = timed([our_sql(person), prepared_sql()], rounds=200)
    first, deep = timed([queue_page(person), deep_page(person)])
    report("queue page ÷ stock changelist", page / stock, goal=0.1)
    report("queue SQL ÷ prepared SQL", sql / prepared, goal=3)
    report("queries a page", queries(queue_page(person)), goal=8)
    report(f"{MANY} cases ÷ {FEW} cases", page / few, goal=1.2)
    report("deep page ÷ first page", deep / first, goal=1.2)
    print(f"for orientation: page {page:.1f} ms, stock {stock:.1f} ms, SQL {sql:.2f} ms")


def timed(works: list[Callable[[], object]], *, rounds: int = ROUNDS) -> list[float]:
    """Return the median milliseconds of each of *works*, run in turns.

    As in the standard library's ``timeit``, garbage is collected between the measurements and
    not in them, or each work would pay for what the one before left behind.
    """
    spent: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 3):
        for place, work in enumerate(works):
            gc.collect()
            started = time.perf_counter()
            work()
            if turn >= 3:
                spent[place].append((time.perf_counter() - started) * 1000)
    return [statistics.median(each) for each in spent]


def reviewer():
    """Return a reviewer of the national office, who sees every case: the worst of them."""
    from exports.models import Membership, Office, User

    office, _ = Office.objects.get_or_create(
        code="national", defaults={"name_zh": "商务部", "level": "national"}
    )
    user = User.objects.filter(email="bench-reviewer@example.test").first()
    if user is None:
        user = User.objects.create_user("bench-reviewer@example.test", name="Reviewer")
        Membership.objects.create(user=user, office=office, role="reviewer")
    return user


def queue_page(user, *, query: str = "") -> Callable[[], object]:
    from django.test import Client
    from django.urls import reverse

    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    address = reverse("workbench:queue") + query

    def work() -> object:
        response = client.get(address)
        assert response.status_code == 200, response.status_code
        return response.content

    return work


def deep_page(user) -> Callable[[], object]:
    from reviews.models import Case
    from reviews.queues import Key

    row = Case.objects.open().order_by("due_at", "id").values("due_at", "id")[20_000]
    return queue_page(user, query=f"?after={str(Key.of(row)).replace('+', '%2B')}")


def stock_page(user) -> Callable[[], object]:
    """Django's own changelist, as it comes, of the same rows and columns, behind the same door."""
    from django.conf import settings
    from django.test import Client

    settings.ROOT_URLCONF = "bench._urls"
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    def work() -> object:
        response = client.get("/stock/reviews/case/?status__exact=in_review")
        assert response.status_code == 200, response.status_code
        return response.content

    return work


def our_sql(user) -> Callable[[], object]:
    from reviews import queues
    from reviews.models import Case

    def work() -> object:
        cases = queues.VIEWS["open"].narrow(Case.objects.visible_to(user), user)
        return queues.page(cases, newest_first=False, after=None, before=None)

    return work


def prepared_sql() -> Callable[[], object]:
    """The same rows by a statement prepared once, without the ORM."""
    from django.db import connection

    from reviews import queues
    from reviews.models import Case

    rows = Case.objects.open().order_by("due_at", "id").values(*queues.COLUMNS)[:51]
    sql, values = rows.query.sql_with_params()
    connection.ensure_connection()
    raw = connection.connection.cursor()

    def work() -> object:
        raw.execute(sql, values, prepare=True)
        return raw.fetchall()

    return work


def queries(work: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def report(name: str, value: float, *, goal: float) -> None:
    verdict = "ok" if value <= goal else "missed"
    print(f"{name}: {value:.3g} (goal: ≤ {goal:g}) {verdict}", flush=True)


if __name__ == "__main__":
    main()
