"""Draw the states of a case as docs/states.md, from the table the code obeys."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from reviews.models.cases import STATUS_LABELS
from reviews.states import BALL, FINAL, TRANSITIONS, Ball, Status

PAGE: Final = Path("docs") / "states.md"
WHOSE: Final = {
    Ball.SYSTEM: "the automatic checks",
    Ball.OFFICE: "the office",
    Ball.EXPORTER: "the exporter",
    Ball.NOBODY: "nobody",
}
HEAD: Final = """\
# States of a case

Drawn by `manage.py draw_states` from `reviews/states.py`; a test fails when this page is not
current. One function writes a status, `reviews.lifecycle.advance`, and only along these arrows.
Claimed, overdue and paused are facts beside the status, not statuses.

"""


class Command(BaseCommand):
    help = "Write docs/states.md; with --check only tell whether it is current."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the page is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / PAGE
        text = states_page()
        if not options["check"]:
            page.write_text(text, encoding="utf-8")
        elif page.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PAGE} is not current; run manage.py draw_states.")
        self.stdout.write(f"{PAGE} is current.")


def states_page() -> str:
    """Return the page: a diagram for eyes, the same as a table for readers."""
    with translation.override("en"):
        return HEAD + "\n".join([*diagram(), "", *table(), ""])


def diagram() -> list[str]:
    """Return the arrows as a Mermaid state diagram."""
    arrows = [f"    {origin} --> {target}" for origin in Status for target in onward(origin)]
    ends = [f"    {status} --> [*]" for status in Status if status in FINAL]
    return [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {Status.CHECKING}",
        *arrows,
        *ends,
        "```",
    ]


def table() -> list[str]:
    """Return every status with its word, who must act, and where it may go."""
    rows = [
        f"| `{status}` | {STATUS_LABELS[status]} | {WHOSE[BALL[status]]} | {named(status)} |"
        for status in Status
    ]
    return ["| status | word | who must act | goes to |", "|---|---|---|---|", *rows]


def named(status: Status) -> str:
    """Return the targets of *status* in words."""
    return ", ".join(f"`{target}`" for target in onward(status)) or "nowhere: final"


def onward(status: Status) -> list[Status]:
    """Return the targets of *status* in the table's own order."""
    return [target for target in Status if target in TRANSITIONS[status]]
