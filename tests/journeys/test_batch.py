"""A batch of used cars from a clerk's first vehicle to a licence whose code verifies."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from playwright.sync_api import Page, expect

from exports import ledger
from exports.models import Role, Vehicle
from exports.rules import legal_day
from reviews.models import Case, Licence
from tests.factories import (
    BYD,
    clerk_of,
    make_exporter,
    make_letter_pdf,
    make_person,
    make_vin,
)
from tests.journeys.conftest import READ_WITHIN
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def today() -> date:
    return legal_day(timezone.now())


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice files; Wang reviews; Li signs. Their passwords are hashed as the product does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    exporter = make_exporter(
        filed_on=today() - timedelta(days=30), filing_expires_on=today() + timedelta(days=330)
    )
    return {
        "exporter": exporter,
        "clerk": clerk_of(exporter, name="Alice", language="en"),
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
        "senior": make_person(Role.SENIOR, exporter.office, name="Li", language="en"),
    }


def add_vehicle(page: Page, *, age: int) -> str:
    """Add a car registered *age* days ago and return its VIN."""
    vin, registered_on = make_vin(), today() - timedelta(days=age)
    page.goto("/portal/vehicles/add/")
    values = {
        "vin": f"{vin[:3]} {vin[3:9].lower()} {vin[9:]}",  # as people paste it
        "brand": "比亚迪",
        "model": "BYD7009BEV",
        "maker_name": BYD,
        "hs_code": "8703801090",
        "odometer_km": "5200",
        "certificate_number": "110000123456",
        "produced_on": f"{registered_on - timedelta(days=20):%Y/%m/%d}",
        "registered_on": f"{registered_on:%Y-%m-%d}",
        "transferred_on": f"{registered_on + timedelta(days=45):%Y年%m月%d日}",
    }
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=fuel]", "electric")
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.wait_for_url(lambda url: "/add/" not in url)
    return vin


def draft(page: Page, vins: list[str]) -> str:
    """Draft an application for both cars and return its reference."""
    page.goto("/portal/applications/new/")
    page.select_option("[name=destination]", "KZ")
    page.select_option("[name=port]", index=1)
    page.fill("[name=contract_number]", "HT-2026-77")
    page.check("[name=market_declaration]")
    page.locator("main button.btn").first.click()
    page.wait_for_url(lambda url: "/new/" not in url)
    reference = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.goto(f"/portal/applications/{reference}/vehicles/")
    for vin in vins:
        page.locator("tr", has_text=vin[-6:]).locator("input[type=checkbox]").check()
    page.locator("main form[method=post] button.btn").first.click()
    page.wait_for_url(f"**/portal/applications/{reference}/")
    return reference


def upload_letter(page: Page, vehicle: Vehicle, folder: Path) -> None:
    """Upload the maker's letter, let the worker open it, check what was read, save it."""
    paper = folder / "letter.pdf"
    paper.write_bytes(make_letter_pdf([vehicle], issued_on=today() - timedelta(days=5)))
    page.goto("/portal/letters/add/")
    page.set_input_files("input[type=file]", paper)
    page.locator("main form[method=post] button.btn").first.click()
    expect(page.locator("[name=issuer_name]")).to_have_value(BYD, timeout=READ_WITHIN)
    expect(page.locator("[name=vins]")).to_have_value(vehicle.vin)
    page.locator("main form[method=post] button.btn").last.click()
    expect(page.locator("[name=issuer_name]")).to_have_count(1)


def act(page: Page, name: str, *, note: str = "") -> None:
    """Open an act of the case page, fill it and do it."""
    form = page.locator(f"#act-{name}")
    if form.get_attribute("open") is None:
        form.locator("summary").first.click()
    if note:
        form.locator("[name=note]").fill(note)
    form.locator("button.btn").click()


def status(reference: str) -> str:
    return Case.objects.values_list("status", flat=True).get(reference=reference)


def test_a_batch_goes_from_the_clerks_first_car_to_a_licence_that_verifies(
    cast: dict[str, Any], visit: Callable[..., Page], tmp_path: Path
) -> None:
    clerk = visit(cast["clerk"])
    vins = [add_vehicle(clerk, age=100), add_vehicle(clerk, age=300)]
    reference = draft(clerk, vins)
    expect(clerk.get_by_text("letter needed").first).to_be_visible()
    upload_letter(clerk, Vehicle.objects.get(vin=vins[0]), tmp_path)

    clerk.goto(f"/portal/applications/{reference}/file/")
    clerk.get_by_role("button", name="File the application for 2 vehicles").click()
    clerk.wait_for_url(f"**/portal/applications/{reference}/")
    until(lambda: status(reference) == "in_review", what="the worker's checks")
    assert Case.objects.get(reference=reference).failed == 0

    reviewer = visit(cast["reviewer"])
    reviewer.goto("/workbench/cases/?view=all&horizon=all")
    reviewer.get_by_role("link", name=reference).click()
    reviewer.wait_for_url(f"**/workbench/cases/{reference}/")
    expect(reviewer.get_by_text("In your hands").first).to_be_visible()
    form = reviewer.locator("#act-request")
    form.locator("summary").first.click()
    for box in form.locator("input[name=items]:checked").all():
        box.uncheck()
    form.locator("[name=question]").fill("Which clause of the contract covers repairs?")
    form.locator("button.btn").click()
    until(lambda: status(reference) == "returned", what="the question")

    clerk.goto("/portal/")
    clerk.get_by_role("link", name="Answer").first.click()
    clerk.locator("textarea").first.fill("Clause 9 of contract HT-2026-77.")
    clerk.get_by_role("button", name="Send all answers").click()
    until(lambda: status(reference) == "in_review", what="the checks after the answer")

    reviewer.goto(f"/workbench/cases/{reference}/")
    act(reviewer, "recommend-issue", note="Papers agree.")
    until(lambda: status(reference) == "held", what="the recommendation")

    senior = visit(cast["senior"])
    senior.goto(f"/workbench/cases/{reference}/")
    act(senior, "sign")
    until(lambda: status(reference) == "issued", what="the signature")
    until(lambda: Licence.objects.get().paper_state == "ready", what="the drawn licence")

    clerk.goto("/portal/licences/")
    with clerk.expect_download() as download:
        clerk.locator("a[href$='.pdf']").first.click()
    paper = tmp_path / "licence.pdf"
    download.value.save_as(paper)
    address = code_on(paper)

    gate = visit(None, javascript=False)
    gate.goto(address)
    expect(gate.locator("main")).to_contain_text("Valid", ignore_case=True)
    assert vins[0] not in gate.content()  # masked

    senior.goto(f"/workbench/cases/{reference}/")
    act(senior, "revoke", note="The manufacturer revoked its confirmation.")
    until(lambda: Licence.objects.get().state == "revoked", what="the revocation")
    gate.goto(address)
    expect(gate.locator("main")).to_contain_text("Revoked", ignore_case=True)
    assert list(ledger.verify()) == []


def code_on(paper: Path) -> str:
    """Return what the QR code on the first page says."""
    picture = pypdfium2.PdfDocument(paper)[0].render(scale=3).to_pil()
    found = zxingcpp.read_barcodes(picture)
    return next(code.text for code in found if code.text.startswith("http"))
