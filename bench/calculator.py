"""The public calculator: one car's answer, and five hundred rows pasted, answered at once.

    python bench/calculator.py     needs PostgreSQL's programs

Milliseconds are those of the whole request, in this process, with all of Django.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from datetime import date, timedelta

from bench import _run

ROWS = 500


def main() -> None:
    _run.on_postgres(measure)


def measure() -> None:
    """Time and weigh both pages and the table."""
    from exports.pasting import ROWS_AT_MOST
    from reviews import reference
    from tests.factories import NOON

    assert ROWS == ROWS_AT_MOST
    reference.load(at=NOON)
    one, many, table = works()
    single, pasted, taken = _run.timed([one, many, table], rounds=5)
    _run.report("answer for one car, seconds", single / 1000, goal=10)
    _run.report("answer for one car, kilobytes", len(one()) / 1024, goal=40)
    _run.report(f"answer for {ROWS} rows, seconds", pasted / 1000, goal=10)
    _run.report("the same as CSV, seconds", taken / 1000, goal=10)
    _run.report(f"queries for {ROWS} rows", _run.queries(many), goal=5)
    print(
        f"for orientation: page of {ROWS} rows {len(many()) / 1024:.0f} kB, one car {single:.1f} ms"
    )


def works() -> list[_run.Work]:
    """Return the three requests, as a stranger sends them."""
    from django.test import Client

    from tests.factories import make_vin

    client, first = Client(HTTP_HOST="localhost"), date(2025, 9, 1)
    rows = "\n".join(f"{make_vin()}\t{first + timedelta(days=day)}" for day in range(ROWS))
    asked = {"rows": rows, "applied_on": "2026-06-30"}
    return [
        lambda: client.get("/", {"registered_on": "2026-01-31"}).content,
        lambda: client.post("/many/", asked).content,
        lambda: client.post("/many/", asked | {"csv": "1"}).content,
    ]


if __name__ == "__main__":
    main()
