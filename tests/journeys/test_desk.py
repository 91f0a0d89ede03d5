"""The reviewer's desk by the keyboard alone: keys, clicks and page loads are counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from exports.models import Role, User
from exports.rules import legal_day
from reviews.models import Case, Licence
from reviews.states import Status
from tests.factories import (
    clerk_of,
    make_clean_case,
    make_exporter,
    make_person,
)
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@dataclass
class Hand:
    """A hand on the keyboard that counts what it does, and the page loads it causes."""

    page: Page
    keys: int = 0
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self.note)

    def note(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.loads.append(request.url)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def start_counting(self) -> None:
        self.keys, self.loads = 0, []


@pytest.fixture
def desk(committed: None, settings: Any) -> dict[str, Any]:
    """An office with a reviewer and its exporter's clerk."""
    settings.PASSWORD_HASHERS = PASSWORD
    exporter = make_exporter()
    return {
        "exporter": exporter,
        "clerk": clerk_of(exporter, name="Alice", language="en"),
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
    }


def clean_cases(desk: dict[str, Any], count: int) -> list[Case]:
    """Return clean cases as a worker would have left them, in the order they come due."""
    now = timezone.now()
    made = [make_clean_case(desk["exporter"], by=desk["clerk"], at=now) for _each in range(count)]
    return sorted(made, key=lambda case: (case.due_at, case.pk))


def ready_for_next(page: Page) -> None:
    """Wait until the next case lies ready behind the page, as it does while one reads."""
    expect(page.locator("body[data-ahead=ready]")).to_be_attached()


def heading(page: Page) -> str:
    return page.locator("main h1").inner_text()


def test_clean_cases_are_decided_with_a_key_each_and_no_page_load(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    cases = clean_cases(desk, 5)
    page = visit(desk["reviewer"])
    page.goto("/workbench/cases/")
    hand = Hand(page)
    hand.press("Enter")
    expect(page.locator("main h1")).to_have_text(cases[0].reference)
    expect(page.locator("main h1")).to_be_focused()
    hand.start_counting()

    for case, following in pairwise(cases):
        ready_for_next(page)
        assert heading(page) == case.reference
        hand.press("a")
        expect(page.locator("main h1")).to_have_text(following.reference)
        expect(page.locator("main h1")).to_be_focused()

    assert hand.keys <= 2 * 4
    assert hand.loads == []
    decided = {case.pk for case in cases[:4]}
    until(
        lambda: Case.objects.filter(pk__in=decided, status=Status.SETTLING).count() == 4,
        within=20,
        what="the decisions",
    )
    assert not Licence.objects.exists()


def test_a_decision_is_taken_back_with_one_key(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    first, second = clean_cases(desk, 2)
    page = visit(desk["reviewer"])
    page.goto(f"/workbench/cases/{first.reference}/")
    ready_for_next(page)
    hand = Hand(page)
    hand.press("a")
    expect(page.locator("main h1")).to_have_text(second.reference)
    expect(page.locator("#undo")).to_contain_text(first.reference)

    hand.press("z")

    expect(page.locator("main h1")).to_have_text(first.reference)
    expect(page.locator("main h1")).to_be_focused()
    case = Case.objects.get(pk=first.pk)
    assert case.state is Status.IN_REVIEW
    assert case.assignee == desk["reviewer"]


def test_a_recommendation_begins_at_its_reasons_and_is_taken_back_with_one_key(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    first, second = clean_cases(desk, 2)
    page = visit(desk["reviewer"])
    page.goto(f"/workbench/cases/{first.reference}/")
    ready_for_next(page)
    hand = Hand(page)
    hand.press("r")
    expect(page.locator("#act-recommend-refusal input[name=reasons]").first).to_be_focused()
    hand.press("Space", "Control+Enter")
    expect(page.locator("main h1")).to_have_text(second.reference)
    expect(page.locator("#undo")).to_contain_text("waits for a second signature")

    hand.press("z")

    expect(page.locator("main h1")).to_have_text(first.reference)
    assert Case.objects.get(pk=first.pk).state is Status.IN_REVIEW


def test_escape_closes_a_form_and_leads_back_and_a_case_is_put_off_by_writing_why(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    first, second = clean_cases(desk, 2)
    page = visit(desk["reviewer"])
    page.goto(f"/workbench/cases/{first.reference}/")
    ready_for_next(page)
    hand = Hand(page)
    hand.press("s")
    expect(page.locator("#act-put-off [name=note]")).to_be_focused()
    page.keyboard.type("waits for the registry")

    hand.press("Escape")

    expect(page.locator("main h1")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    hand.press("s", "Control+Enter")  # what was typed is still there
    expect(page.locator("main h1")).to_have_text(second.reference)
    until(lambda: Case.objects.get(pk=first.pk).hold_until)


def test_what_the_server_refuses_comes_back_with_its_reason(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    first, _second = clean_cases(desk, 2)
    page = visit(desk["reviewer"])
    page.goto(f"/workbench/cases/{first.reference}/")
    ready_for_next(page)
    Case.objects.filter(pk=first.pk).update(version=first.version + 1)

    Hand(page).press("a")

    expect(page.locator("main h1")).to_have_text(first.reference)
    expect(page.get_by_role("alert")).to_contain_text("has moved on")
    expect(page.get_by_role("alert")).to_be_focused()
    assert Case.objects.get(pk=first.pk).state is Status.IN_REVIEW


def test_two_points_are_asked_with_two_keys_and_nothing_typed(
    minute: None, desk: dict[str, Any], visit: Callable[[User], Page]
):
    now = timezone.now()
    day = legal_day(now)
    case = make_clean_case(
        desk["exporter"],
        by=desk["clerk"],
        at=now,
        produced_on=day - timedelta(days=120),
        registered_on=day - timedelta(days=100),
        transferred_on=day - timedelta(days=60),
        certificate_number="",
    )
    assert case.failed >= 1
    page = visit(desk["reviewer"])
    page.goto(f"/workbench/cases/{case.reference}/")
    hand = Hand(page)

    hand.press("i")
    page.wait_for_timeout(50)
    hand.press("Control+Enter")

    until(
        lambda: Case.objects.get(pk=case.pk).state is Status.SETTLING, within=20, what="the request"
    )
    assert hand.keys <= 4
    assert case.requests.get().items.count() >= 1


def test_a_pasted_vin_opens_its_case(desk: dict[str, Any], visit: Callable[[User], Page]):
    case = clean_cases(desk, 3)[1]
    page = visit(desk["reviewer"])
    page.goto("/workbench/cases/")
    hand = Hand(page)

    hand.press("/")
    page.keyboard.insert_text(case.first_vin)
    hand.press("Enter")

    expect(page.locator("main h1")).to_have_text(case.reference)
    assert hand.keys <= 3
