"""The clean lane takes a confirmation attested at the manufacturer's desk: words, and no seal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from documents import confirming
from reviews.lane import sheets, signing
from reviews.models import Case, LanePolicy
from tests.documents.desk import amend, attest_for, officer
from tests.factories import BYD, NOON, TODAY, answer_registry, checked, make_case, make_vehicle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


@pytest.fixture
def zhao():
    return officer()


@pytest.fixture
def car(clerk):
    car = make_vehicle(clerk.exporter, by=clerk, age=100)
    answer_registry(car)
    return car


@pytest.fixture
def letter(zhao, car):
    LanePolicy.objects.update_or_create(pk=1, defaults={"sample_share": Decimal(0)})
    return attest_for([car], by=zhao)


def filed(car, *, by) -> Case:
    return checked(make_case(by.exporter, car, by=by))


def shown_on(sheet):
    (tile,) = sheet.tiles.all()
    return [(crop["kind"], crop["read"], crop["declared"]) for crop in tile.shown["crops"]]


def test_its_words_are_shown_and_who_attested_it(letter, car, clerk, reviewer):
    case = filed(car, by=clerk)
    assert (case.failed, case.attention) == (0, 0)

    sheet = sheets.open_sheet(by=reviewer, at=NOON)

    assert shown_on(sheet) == [
        ("vin", car.vin, car.vin),
        ("destination", "KZ", "KZ"),
        ("outlet", "Astana Motors · Almaty, Kuldja 2", ""),
        ("attested", f"Zhao · {TODAY}", BYD),
    ]
    tile = sheet.tiles.get()
    later = NOON + timedelta(minutes=2)
    (signed,) = signing.sign_rest(sheet, dwell_ms={tile.pk: 900}, by=reviewer, at=later)
    assert (signed.case, signed.state) == (case, "signed")


def test_the_page_says_so_and_asks_for_no_picture(letter, car, clerk, reviewer, signed_in):
    filed(car, by=clerk)
    sheets.open_sheet(by=reviewer, at=timezone.now())

    page = signed_in(reviewer).get(reverse("workbench:lane"))

    text = page.content.decode()
    assert "lane-attested" in text
    assert "哈萨克斯坦" in text
    assert "data-href" not in text
    assert f"Zhao · {TODAY}" in text


def test_an_amended_one_tells_its_version(letter, car, clerk, reviewer, zhao):
    amend(letter, by=zhao)
    filed(car, by=clerk)

    assert shown_on(sheets.open_sheet(by=reviewer, at=NOON))[-1][1] == f"Zhao · {TODAY} · v2"


def test_a_revoked_one_is_nothing_for_the_lane(letter, car, clerk, reviewer, zhao):
    filed(car, by=clerk)
    confirming.revoke_confirmation(letter, by=zhao, at=NOON, note="误发")

    assert sheets.open_sheet(by=reviewer, at=NOON) is None
