"""How the benches run and measure: a PostgreSQL of their own, works timed in turns, ratios."""

import gc
import os
import time
from collections.abc import Callable

import django

from tests.services import find_postgres, postgres

Work = Callable[[], object]
ROUNDS = 25


def on_postgres(measure: Work) -> None:
    """Run *measure* with the product set up on a new PostgreSQL; nothing of it remains."""
    programs = find_postgres()
    if programs is None:
        print("PostgreSQL's programs were not found; nothing measured")
        return
    with postgres(programs) as url:
        os.environ["DATABASE_URL"] = url.replace("///chuguan?", "///postgres?")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure()


def timed(works: list[Work], *, rounds: int = ROUNDS) -> list[float]:
    """Return the least milliseconds each of *works* took, run in turns.

    As the standard library's ``timeit`` advises: what is more than the least is what else the
    machine was doing. Garbage is collected between the measurements and not in them, or each
    work would pay for what the one before left behind.
    """
    spent: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 3):
        for place, work in enumerate(works):
            gc.collect()
            started = time.perf_counter()
            work()
            if turn >= 3:
                spent[place].append((time.perf_counter() - started) * 1000)
    return [min(each) for each in spent]


def page(user, address: str) -> Work:
    """Return the work of fetching *address* as *user*, all of Django included."""
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    def work() -> object:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.content

    return work


def queries(work: Work) -> int:
    """Return how many queries *work* takes the second time, session and person included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def report(name: str, value: float, *, goal: float) -> None:
    """Print one figure with its goal and whether it is met."""
    verdict = "ok" if value <= goal else "missed"
    print(f"{name}: {value:.3g} (goal: ≤ {goal:g}) {verdict}", flush=True)


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
