"""A child process may die, hoard, chatter and fork; it costs its own report and nothing else."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from documents.confinement.bounds import MEGABYTE, Bounds
from documents.confinement.job import run_job
from tests.services import until

pytestmark = pytest.mark.once

SMALL = Bounds(memory=128 * MEGABYTE, output_bytes=10 * MEGABYTE)
only_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells what a child holds"
)


def made_to(do: str, *, bounds: Bounds = SMALL, **request: Any) -> Any:
    """Return what a child reports that is made to *do* something; ``None`` if it was ended."""
    report = run_job("tests.jobs", {"do": do, **request}, bounds=bounds, report_bytes=MEGABYTE)
    return None if report is None else json.loads(report)["did"]


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "\nState:\tZ" not in status


def test_a_child_reports_in_any_script():
    assert made_to("nothing", say="确认书 ✓") == "确认书 ✓"


def test_a_child_that_crashes_has_nothing_to_report():
    assert made_to("crash") is None


@only_linux
def test_a_child_that_hoards_memory_is_ended_from_outside():
    roomy = Bounds(memory=128 * MEGABYTE, address_space=2048 * MEGABYTE, wall_seconds=50)

    assert made_to("hold memory", bounds=roomy) is None


def test_a_report_without_measure_is_not_read():
    assert made_to("chatter") is None


def test_a_child_cannot_fill_the_disk(tmp_path: Path):
    path = tmp_path / "flood"

    assert made_to("fill the disk", path=str(path)) is None
    assert path.stat().st_size <= SMALL.output_bytes


@only_linux
def test_what_a_child_leaves_behind_ends_with_it():
    left = made_to("leave a child")

    until(lambda: not is_alive(left), within=10, what="the child's child to be gone")


def test_a_child_is_told_no_secret_of_its_surroundings():
    assert set(made_to("environment")) <= {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
