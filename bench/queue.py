"""The reviewer's queue as it grows and as one pages on: neither may cost more.

    python bench/queue.py [CASES]     200,000 unless said; needs PostgreSQL's programs

A fifth of the cases are open, far more than an office that keeps up has. Every figure is a ratio
of two things timed in turns in this one run.
"""

import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path[0] = str(
    Path(__file__).resolve().parent.parent
)  # this file shares a standard module's name

from bench import _run

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
FEW = 10_000
EVERYTHING = {"view": "all", "horizon": "all"}


def main() -> None:
    _run.on_postgres(measure)


def measure() -> None:
    from bench import _rows

    _rows.fill(cases=FEW, every=_rows.STRESSED)
    few = _run.timed([queue_page(_run.reviewer())])[0]
    _rows.clear()
    _rows.fill(cases=MANY, every=_rows.STRESSED)
    person = _run.reviewer()
    first, deep = _run.timed([queue_page(person), queue_page(person, after=far_key(MANY // 10))])
    _run.report(f"{MANY} cases ÷ {FEW} cases", first / few, goal=1.2)
    _run.report("deep page ÷ first page", deep / first, goal=1.2)
    print(f"for orientation: page {first:.1f} ms")


def queue_page(user, **more: str) -> _run.Work:
    """Return the work of opening the list of everything open."""
    from django.urls import reverse

    return _run.page(user, f"{reverse('workbench:queue')}?{urlencode(EVERYTHING | more)}")


def far_key(place: int) -> str:
    """Return the key of the row at *place* of the list."""
    from reviews import queues
    from reviews.models import Case

    rows = Case.objects.open().order_by(*queues.BY_DUE).values("due_at", "risk", "id")
    return str(queues.Key.of(rows[place]))


if __name__ == "__main__":
    main()
