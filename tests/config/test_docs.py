import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reviews.checks import CHECKS
from reviews.checks.registry import Check
from reviews.management.commands import draw_states

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def test_every_variable_of_the_settings_is_documented_and_no_other():
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", source))
    operations = (DOCS / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", operations, re.MULTILINE))

    assert "DATABASE_URL" in read
    assert documented == read


def test_the_drawn_states_are_current(capsys):
    call_command("draw_states", check=True)

    assert "is current" in capsys.readouterr().out


def test_states_that_are_not_current_are_noticed(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    (tmp_path / draw_states.PAGE).write_text("old", encoding="utf-8")

    with pytest.raises(CommandError, match="not current"):
        call_command("draw_states", check=True)

    call_command("draw_states")
    call_command("draw_states", check=True)


def row_of(check: Check) -> str:
    module = check.judge.__module__.rsplit(".", 1)[1]
    return (
        f"| {check.check_id} | {check.title.en} | {check.clause.en} |"
        f" `reviews/checks/{module}.py` | `tests/reviews/checks/test_{module}.py` |"
    )


def test_every_check_stands_in_the_table_of_rules_with_its_clause_code_and_test():
    rules = (DOCS / "rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [A-Z]{3}-\d\d \|.*$", rules, re.MULTILINE)

    assert rows == [row_of(check) for check in CHECKS.values()]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(DOCS)) for page in PAGES])
def test_every_file_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:config|exports|documents|reviews|tests|templates|docs)/[\w./-]+)`", text
    )
    linked = re.findall(r"\]\(([\w./-]+\.md)\)", text)

    assert [path for path in named if not (ROOT / path).exists()] == []
    assert [path for path in linked if not (page.parent / path).exists()] == []


def test_every_page_is_reached_from_the_index():
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([\w./-]+\.md)\)", index))

    assert {str(page.relative_to(DOCS)) for page in PAGES} - {"index.md"} == linked
