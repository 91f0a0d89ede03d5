"""Run every suite this machine can and say, in one closing block, what ran and what did not.

``--all`` turns a suite left out into a failure: a build machine has everything installed.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.services import find_chromium, find_clamd, find_postgres, find_redis, free_port, postgres

PLAIN = "not redis and not worker and not browser and not scanner"


@dataclass(frozen=True)
class Suite:
    """A selection of tests, what it needs, and what it runs on."""

    name: str
    marks: str
    needs: tuple[str, ...] = ()
    database: str = "memory"
    broker: str = ""
    options: tuple[str, ...] = ()


SERVERS = ("PostgreSQL", "Redis")
# One process a core, each with a database of its own.
SPREAD = ("-n", "auto")
SUITES = (
    Suite("unit, on SQLite", f"{PLAIN} and not postgres", options=SPREAD),
    Suite(
        "unit and races, on PostgreSQL",
        f"{PLAIN} and not once",
        ("PostgreSQL",),
        "server",
        options=SPREAD,
    ),
    Suite("virus scanner, ClamAV", "scanner", ("ClamAV",)),
    Suite("broker, embedded Valkey", "redis", (), "memory", "embedded"),
    Suite("broker, Redis", "redis", ("Redis",), "memory", "server"),
    Suite("real worker, embedded default", "worker", (), "file", "embedded"),
    Suite("real worker, PostgreSQL and Redis", "worker", SERVERS, "server", "server"),
    Suite("browser, embedded default", "browser", ("Chromium",), "file", "embedded"),
    Suite(
        "browser, PostgreSQL and Redis",
        "browser and not once",
        (*SERVERS, "Chromium"),
        "server",
        "server",
    ),
)


@dataclass
class Result:
    """How a suite ended."""

    suite: Suite
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    missing: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Run the suites, print the block, return the exit status."""
    # Whoever stops the run stops its services too: a signal ends it as an exception would.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    every = "--all" in arguments
    wanted = [word for word in arguments if not word.startswith("--")]
    found = {
        "PostgreSQL": find_postgres(),
        "Redis": find_redis(),
        "Chromium": find_chromium(),
        "ClamAV": find_clamd(),
    }
    with services(found["PostgreSQL"]) as (folder, database_url):
        results = [
            run(suite, folder=folder, database_url=database_url, found=found)
            for suite in SUITES
            if all(word in suite.name for word in wanted)
        ]
    return conclude(results, every=every)


@contextmanager
def services(programs: Path | None) -> Iterator[tuple[Path, str]]:
    """Hold a folder and, if there is PostgreSQL, a cluster while the suites run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chuguan-run-")))
        yield folder, stack.enter_context(postgres(programs)) if programs else ""


def run(
    suite: Suite, *, folder: Path, database_url: str, found: dict[str, object | None]
) -> Result:
    """Run one suite in a process of its own, or say what it lacks."""
    missing = [name for name in suite.needs if not found[name]]
    if missing:
        return Result(suite, missing=missing)
    sys.stdout.write(f"\n=== {suite.name}\n")
    sys.stdout.flush()
    report, began = folder / "report.xml", time.monotonic()
    report.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=short",
        "-m",
        suite.marks,
        f"--junitxml={report}",
    ]
    ended = subprocess.run(
        [*command, *suite.options], env=environment(suite, folder, database_url), check=False
    )
    result = counted(suite, report)
    result.seconds = time.monotonic() - began
    if ended.returncode and not result.failed:
        result.failed = 1  # it did not even get as far as a test, or found none
    return result


def environment(suite: Suite, folder: Path, database_url: str) -> dict[str, str]:
    """Return what the suite's process is told about its services."""
    databases = {"file": f"sqlite:///{folder}/tests.sqlite3", "server": database_url}
    brokers = {
        "embedded": f"redis+socket://{folder}/valkey.sock?virtual_host=0",
        "server": f"redis://127.0.0.1:{free_port()}/0",
    }
    told = {
        "TEST_DATABASE_URL": databases.get(suite.database, ""),
        "TEST_REDIS_URL": brokers.get(suite.broker, ""),
        # Playwright's loop makes Django see a coroutine where none is.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true" if suite.marks.startswith("browser") else "",
    }
    ours = ("DATABASE_URL", "REDIS_URL", "RUN_DIR", "TEST_DATABASE_URL", "TEST_REDIS_URL")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return inherited | {name: value for name, value in told.items() if value}


def counted(suite: Suite, report: Path) -> Result:
    """Read how many tests passed, failed and were skipped."""
    if not report.exists():
        return Result(suite)
    row = next(ElementTree.parse(report).getroot().iter("testsuite"))
    number = {name: int(row.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    passed = max(number["tests"] - failed - number["skipped"], 0)
    return Result(suite, passed=passed, failed=failed, skipped=number["skipped"])


def conclude(results: list[Result], *, every: bool) -> int:
    """Print the closing block and the last line; return the exit status."""
    left_out = [result for result in results if result.missing]
    lines = ["", "Suites:", *map(described, results), ""]
    totals = {
        name: sum(getattr(result, name) for result in results)
        for name in ("passed", "failed", "skipped")
    }
    if every:
        totals["failed"] += len(left_out)
    last = f"{totals['passed']} passed, {totals['failed']} failed"
    lines.append(f"{last}, {totals['skipped']} skipped" if totals["skipped"] else last)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if totals["failed"] or not totals["passed"] else 0


def described(result: Result) -> str:
    """Return the line of one suite."""
    if result.missing:
        return f"  left out  {result.suite.name}: no {' and no '.join(result.missing)} here"
    word = "FAILED  " if result.failed else "ran     "
    counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
    return f"  {word}  {result.suite.name}: {counts}, {result.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
