"""The house rules a machine can keep: sizes, layers, templates, tasks, translations, traces."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import app as celery_app
from tests.services import ROOT

APPS = ("config", "exports", "documents", "reviews")
CATALOGUE = ROOT / "config" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
LONGEST_FUNCTION = 40
LONGEST_MODULE = 300


def sources(*, of: tuple[str, ...] = APPS) -> list[Path]:
    return [
        path
        for name in of
        for path in sorted((ROOT / name).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def tracked() -> list[Path]:
    """Return the files under version control, or all but the ignored where there is none."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function, its docstring aside."""
    documented = ast.get_docstring(node) is not None
    first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
    assert node.end_lineno is not None
    return node.end_lineno - first.lineno + 1


def code_lines(source: str) -> int:
    """Count the lines that are neither blank, comment nor docstring."""
    tree = ast.parse(source)
    spoken: set[int] = set()
    for node in ast.walk(tree):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node) is not None:
            words = node.body[0]
            spoken.update(range(words.lineno, (words.end_lineno or words.lineno) + 1))
    return sum(
        1
        for number, line in enumerate(source.splitlines(), start=1)
        if number not in spoken and line.strip() and not line.strip().startswith("#")
    )


def test_functions_fit_on_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {lines_of(node)}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if lines_of(node) > LONGEST_FUNCTION
    ]

    assert long == []


def test_modules_stay_readable():
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources()
        if (count := code_lines(path.read_text(encoding="utf-8"))) > LONGEST_MODULE
    }

    assert long == {}


def test_no_module_is_a_junk_drawer():
    drawers = {"utils", "helpers", "common", "misc", "services", "managers", "handlers"}

    assert [path for path in sources() if path.stem in drawers] == []


def test_nothing_is_imported_inside_a_function():
    inside = [
        f"{path.relative_to(ROOT)}:{statement.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(node)
        if isinstance(statement, ast.Import | ast.ImportFrom)
        if not path.is_relative_to(ROOT / "documents" / "inspection")  # its child loads on demand
    ]

    assert inside == []


def test_imports_keep_to_their_layers():
    linter = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout[-3000:]


@pytest.mark.django_db
def test_the_models_have_their_migrations():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_template_parses(path):
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


def names_in(
    patterns: list[URLPattern | URLResolver], space: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield every URL name, with its namespace."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = (*space, entry.namespace) if entry.namespace else space
            yield from names_in(entry.url_patterns, inner)
        elif entry.name:
            yield ":".join((*space, entry.name))


def test_every_address_in_a_template_exists():
    known = set(names_in(get_resolver().url_patterns))
    # The admin's own templates speak of "admin"; our site answers to that application name.
    known |= {re.sub("^workbench:", "admin:", name) for name in known}
    written = {
        (str(path.relative_to(ROOT)), name)
        for path in templates()
        for name in re.findall(r"{% url ['\"]([\w:-]+)['\"]", path.read_text(encoding="utf-8"))
    }

    assert sorted((path, name) for path, name in written if name not in known) == []


def test_templates_carry_no_inline_script_style_or_handler():
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+\s*=\s*['\"]|javascript:", re.I
    )
    mails = ROOT / "templates" / "notices"  # mail readers know no stylesheet
    found = {
        f"{path.relative_to(ROOT)}: {hit.group(0)}"
        for path in templates()
        if not path.is_relative_to(mails)
        for hit in forbidden.finditer(path.read_text(encoding="utf-8"))
        if 'type="application/json"' not in hit.group(0)
    }

    assert found == set()


def own_tasks() -> set[str]:
    celery_app.loader.import_default_modules()
    return {name for name in celery_app.tasks if name.split(".")[0] in APPS}


def test_every_entry_of_the_timetable_names_a_task():
    timetable = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert timetable - own_tasks() == set()


def test_every_task_is_on_the_timetable_or_has_a_queue_that_the_workers_serve():
    timetable = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    served = re.search(r"--queues (\S+)", (ROOT / "config" / "Procfile").read_text()).group(1)

    assert own_tasks() - timetable - set(settings.CELERY_TASK_ROUTES) == set()
    assert set(settings.CELERY_TASK_ROUTES) - own_tasks() == set()
    assert queues | {settings.CELERY_TASK_DEFAULT_QUEUE} == set(served.split(","))


def test_behind_every_kick_stands_a_sweep():
    timetable = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    sweeps = {
        "reviews.assess_case": "reviews.assess_waiting",
        "reviews.bulk_run": "reviews.bulk_waiting",
        "reviews.draw_licence": "reviews.draw_waiting",
        "reviews.follow_letter": "reviews.follow_waiting",
        "reviews.settle_case": "reviews.settle_waiting",
        "documents.advance_document": "documents.advance_waiting",
        "documents.advance_sheet": "documents.advance_waiting_sheets",
        "exports.deliver_notice": "exports.deliver_waiting",
        "exports.mail_stranger": "exports.mail_strangers",
    }

    assert set(sweeps) == set(settings.CELERY_TASK_ROUTES)
    assert set(sweeps.values()) <= timetable


def test_every_sentence_is_translated():
    catalogue = polib.pofile(str(CATALOGUE))

    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_the_compiled_translations_are_those_of_the_catalogue():
    def spoken(entries: list[polib.POEntry]) -> dict[tuple[str, str], object]:
        return {
            (entry.msgctxt or "", entry.msgid): dict(entry.msgstr_plural) or entry.msgstr
            for entry in entries
        }

    written = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

    assert spoken(written) == spoken(list(compiled))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_the_catalogue_holds_every_sentence_of_the_code(tmp_path):
    for path in tracked():
        if path.suffix in {".py", ".html", ".txt"} and path.relative_to(ROOT).parts[0] != "tests":
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    fresh = tmp_path / CATALOGUE.relative_to(ROOT)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-location"],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
    )

    def sentences(path: Path) -> set[tuple[str, str]]:
        rows = polib.pofile(str(path))
        return {(row.msgctxt or "", row.msgid) for row in rows if not row.obsolete}

    assert sentences(fresh) - sentences(CATALOGUE) == set(), "make messages"


# Written so that this file does not find itself.
TRACES = re.compile("|".join([r"/wo" r"rk/", r"/tm" r"p/brief", r"/ro" r"ot/", r"/ho" r"me/\w"]))
ADDRESS = re.compile(
    r"https?://(?!localhost|127\.0\.0\.1|www\.w3\.org)[\w.-]*(?:py" r"pi|simple|registry|mirror)",
    re.I,
)
TEXT = {".py", ".toml", ".txt", ".md", ".html", ".css", ".js", ".csv", ".typ", ".svg", ".po", ""}


def test_no_file_tells_of_the_machine_it_was_written_on():
    found = [
        f"{path.relative_to(ROOT)}: {hit.group(0)}"
        for path in tracked()
        if path.suffix in TEXT
        for pattern in (TRACES, ADDRESS)
        for hit in pattern.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_nothing_but_the_agreed_stands_at_the_top():
    agreed = {
        *("manage.py", "config", "exports", "documents", "reviews", "templates", "tests"),
        *("requirements.txt", "pyproject.toml", "Makefile", "CHANGELOG.md", "LICENSE"),
        *("README.md", "README.zh-CN.md", "docs", "bench", ".ci", ".gitignore", ".gitattributes"),
    }

    assert {path.relative_to(ROOT).parts[0] for path in tracked()} - agreed == set()
