"""A manufacturer's officer answers, amends and revokes; cases and a licence follow at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.models import Confirmation
from exports.models import Role
from exports.rules import legal_day
from reviews import decisions
from reviews.models import Case, Decision, Licence
from reviews.states import Status
from tests.documents.desk import make_outlet
from tests.factories import (
    answer_registry,
    clerk_of,
    make_case,
    make_exporter,
    make_manufacturer,
    make_person,
    make_vehicle,
    recommend_refusal,
)
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
MOST_TO_CONFIRM = 4


@dataclass
class Hand:
    """Hands on a page that count their clicks and fields filled."""

    page: Page
    did: list[str] = field(default_factory=list)

    def press(self, name: str, *, role: Any = "button") -> None:
        self.did.append(name)
        self.page.get_by_role(role, name=name).first.click()

    def fill(self, label: str, value: str) -> None:
        self.did.append(label)
        self.page.get_by_label(label).fill(value)


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice has three young cars without a letter; Zhao answers for their maker."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    exporter = make_exporter()
    clerk = clerk_of(exporter, name="Alice", language="en")
    officer = make_person(Role.OFFICER, make_manufacturer(), name="Zhao", language="en")
    make_outlet(officer)
    registered_on = legal_day(timezone.now()) - timedelta(days=100)
    cars = [
        make_vehicle(
            exporter,
            by=clerk,
            registered_on=registered_on,
            produced_on=registered_on - timedelta(days=20),
            transferred_on=registered_on + timedelta(days=20),
        )
        for _ in range(3)
    ]
    for car in cars:
        answer_registry(car)
    return {
        "clerk": clerk,
        "officer": officer,
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
        "exporter": exporter,
        "cars": cars,
    }


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def stands(case: Case, *, failing: str = "") -> None:
    """Wait until *case* is in review with no failed check, or with *failing* among them."""

    def reached() -> bool:
        run = case.runs.order_by("-id").first()
        if run is None or fresh(case).state != Status.IN_REVIEW:
            return False
        failed = set(run.findings.filter(outcome="fail").values_list("check_id", flat=True))
        return failing in failed if failing else not failed

    until(reached, within=60, what=f"{case} with {failing or 'no failure'}")


def see(page: Page, case: Case, *, words: str, absent: str = "") -> None:
    """Open the case as *page*'s reader sees it and find *words* there."""
    area = "workbench/cases" if "workbench" in page.url else "portal/applications"
    page.goto(f"/{area}/{case.reference}/")
    expect(page.locator("main")).to_contain_text(words)
    if absent:
        expect(page.locator("main")).not_to_contain_text(absent)


def ask(page: Page, case: Case, vins: list[str]) -> None:
    """Ask for the letter from the page of the case; its VIN is filled in, the others are added."""
    page.goto(f"/portal/applications/{case.reference}/")
    page.get_by_role("link", name="Ask the manufacturer").click()
    expect(page.get_by_label("VINs")).to_have_value(vins[0])
    page.get_by_label("VINs").fill("\n".join(vins))
    page.locator("main form[method=post] button.btn").click()
    expect(page.get_by_text("You are told when the manufacturer answers.")).to_be_visible()


def test_what_the_officer_says_is_followed_at_once(
    cast: dict[str, Any], visit: Callable[..., Page]
) -> None:
    exporter, alice, cars = cast["exporter"], cast["clerk"], cast["cars"]
    vins = [car.vin for car in cars]
    cases = [make_case(exporter, car, by=alice, at=timezone.now()) for car in cars]
    open_case, held, issued = cases
    for case in cases:
        stands(case, failing="CNF-01")
    clerk, reviewer = visit(alice), visit(cast["reviewer"])
    ask(clerk, open_case, vins)

    officer = Hand(visit(cast["officer"]))
    officer.press("Answer", role="link")
    expect(officer.page.locator("[name=vins]:checked")).to_have_count(3)
    officer.press("Confirm the chosen vehicles")
    expect(officer.page.get_by_text("is in force")).to_be_visible()
    assert len(officer.did) <= MOST_TO_CONFIRM
    letter = Confirmation.objects.get()

    for case in cases:
        stands(case)
    see(clerk, open_case, words=letter.number, absent="Fails")
    see(reviewer, open_case, words="attested here", absent="Fails")

    now = timezone.now()
    recommend_refusal(fresh(held), by=cast["reviewer"], at=now)
    decisions.issue(fresh(issued), by=cast["reviewer"], at=now)
    until(lambda: Licence.objects.filter(state="live").first(), what="the licence")

    officer.page.goto(f"/portal/confirmations/{letter.pk}/")
    officer.press("Amend", role="link")
    officer.fill("VINs", "\n".join(vins[1:]))
    officer.fill("Why is it amended?", "The first car was rebuilt.")
    officer.press("Amend")
    expect(officer.page.get_by_text("Whoever relies on it is judged anew.")).to_be_visible()
    stands(open_case, failing="CNF-01")
    see(reviewer, open_case, words="Fails")
    assert fresh(held).state == Status.HELD

    officer.fill("Why is it revoked?", "Issued by mistake.")
    officer.press("Revoke")
    expect(officer.page.get_by_text("is revoked from this moment")).to_be_visible()
    stands(held, failing="CNF-10")
    assert Decision.objects.get(case=held).state == Decision.State.SENT_BACK
    see(reviewer, held, words="revoked")
    see(clerk, held, words="revoked")

    doubted = until(lambda: Licence.objects.get().doubts.first(), what="the doubt")
    assert doubted.checks == ["CNF-10"]
    see(reviewer, issued, words="relies on a confirmation that has changed")
    see(clerk, issued, words="relies on a confirmation that has changed")
