import gzip
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from exports.models import User
from reviews import assessment, claims, decisions, licensing
from reviews.models import Licence
from reviews.public import WORDS
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_case,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")

EN = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Compare lazy words in the language the pages are asked for."""
    with translation.override("en"):
        yield


KILOBYTE = 1024


@pytest.fixture(autouse=True)
def forgotten_rates():
    cache.clear()


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def licence(exporter, reviewer, senior) -> Licence:
    """A live licence over two cars, its paper not drawn yet."""
    clerk = clerk_of(exporter)
    cars = [make_vehicle(exporter, by=clerk, age=300) for _ in range(2)]
    for car in cars:
        answer_registry(car)
    case = make_case(exporter, *cars, by=clerk)
    waiting = assessment.claim(case.pk, at=NOON)
    assert waiting is not None
    assessment.assess(waiting, at=NOON)
    case.refresh_from_db()
    case = claims.claim(case, by=reviewer, at=NOON)
    decision = decisions.recommend(case, "issue", by=reviewer, at=NOON)
    decisions.sign(decision, by=senior, at=NOON)
    return Licence.objects.get()


def page_of(client: Client, licence: Licence) -> str:
    response = client.get(f"/verify/{licence.token}/", headers=EN)
    assert response.status_code == 200
    return response.content.decode()


def test_a_live_licence_is_valid_with_masked_facts_and_nothing_else(client, licence):
    html = page_of(client, licence)

    vins = list(licence.lines.values_list("vin", flat=True))
    assert f"{WORDS['live'][2]}</h1>" in html
    assert licence.number in html
    assert all(f"…{vin[-6:]}" in html for vin in vins)
    assert not any(vin in html or vin[:-6] in html for vin in vins)
    assert "Kazakhstan" in html
    assert "天津市商务局" in html
    assert "2026-12-30" in html
    assert "Checked 2026-06-30 12:00:00, Beijing time" in html
    for secret in (licence.exporter.name_zh, licence.exporter.uscc, "HT-2026-001", "BYD7009BEV"):
        assert secret not in html


def test_the_word_comes_in_chinese_too(client, licence):
    response = client.get(f"/verify/{licence.token}/", headers={"Accept-Language": "zh-CN"})

    assert response["Content-Language"] == "zh-hans"
    assert "哈萨克斯坦" in response.content.decode()


def test_revoking_turns_the_page_at_once(client, licence, senior: User):
    assert str(WORDS["live"][2]) in page_of(client, licence)

    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    html = page_of(client, licence)
    assert f"{WORDS['revoked'][2]}</h1>" in html
    assert "revoked on 2026-06-30" in html
    assert "确认书被撤销" not in html


def test_a_licence_past_its_term_is_expired_before_any_sweep(client, licence, time_machine):
    assert licence.state == Licence.State.LIVE

    time_machine.move_to(NOON + timedelta(days=184), tick=False)

    html = page_of(client, licence)
    assert f"{WORDS['expired'][2]}</h1>" in html
    assert "was valid through 2026-12-30" in html


def test_a_licence_whose_term_has_not_begun_is_not_yet_valid(client, licence):
    Licence.objects.filter(pk=licence.pk).update(valid_from=NOON.date() + timedelta(days=1))

    html = page_of(client, licence)

    assert f"{WORDS['early'][2]}</h1>" in html
    assert "becomes valid on 2026-07-01" in html


def test_unknown_codes_all_look_the_same(client, licence):
    codes = [secrets.token_urlsafe(24), "x", licence.token[:-1], licence.number, "'--", "é" * 60]

    answers = [client.get(f"/verify/{code}/", headers=EN) for code in codes]

    pages = {response.content.decode().split("<main")[1] for response in answers}
    assert {response.status_code for response in answers} == {404}
    assert len(pages) == 1
    assert f"{WORDS['unknown'][2]}</h1>" in pages.pop()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_is_light_uncached_unindexed_and_leaves_no_trace(client, licence, language):
    response = client.get(f"/verify/{licence.token}/", headers={"Accept-Language": language})

    assets = ("chuguan/chuguan.css", "chuguan/favicon.svg")
    files = [Path(str(finders.find(name))).read_bytes() for name in assets]
    weight = len(response.content) + sum(len(gzip.compress(file)) for file in files)
    assert weight <= 40 * KILOBYTE
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert b'name="robots" content="noindex, nofollow"' in response.content
    assert b"<script" not in response.content
    assert not response.cookies


def test_the_page_takes_two_queries_however_many_cars(client, licence, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(f"/verify/{licence.token}/")


def test_a_number_and_the_end_of_a_vin_open_the_same_answer(client, licence):
    vin = licence.lines.last().vin
    for typed in (vin[-6:], vin, f" {vin[-6:].lower()} "):
        response = client.get(
            "/verify/", {"number": f" {licence.number.lower()} ", "vin": typed}, headers=EN
        )

        assert response.status_code == 200
        assert f"{WORDS['live'][2]}</h1>" in response.content.decode()


def test_a_wrong_number_and_a_wrong_vin_are_told_apart_by_nothing(client, licence):
    vin = licence.lines.last().vin[-6:]
    answers = [
        client.get("/verify/", {"number": number, "vin": end}, headers=EN)
        for number, end in (("CG-2026-999999", vin), (licence.number, "ZZZZZZ"))
    ]

    texts = {response.content.decode().split("<main")[1] for response in answers}
    assert {response.status_code for response in answers} == {404}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "", "vin": "123456"}, "number"),
        ({"number": "CG-2026-000001", "vin": ""}, "vin"),
        ({"number": "CG-2026-000001", "vin": "12345"}, "vin"),
        ({"number": "9" * 500, "vin": "123456"}, "number"),
    ],
)
def test_half_a_question_comes_back_with_its_error(client, typed, field):
    response = client.get("/verify/", typed, headers=EN)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in response.content.decode()


def test_guessing_numbers_is_stopped_after_ten_a_minute(client):
    question = {"number": "CG-2026-000001", "vin": "123456"}
    seen = [client.get("/verify/", question).status_code for _ in range(12)]

    refused = client.get("/verify/", question, headers=EN)
    assert seen == [404] * 10 + [429] * 2
    assert 0 < int(refused["Retry-After"]) <= 61
    assert "Too many requests" in refused.content.decode()
    assert client.get("/verify/").status_code == 200
    assert client.get("/verify/", question, REMOTE_ADDR="192.0.2.7").status_code == 404


def test_guessing_codes_is_stopped_after_sixty_a_minute(client):
    seen = [client.get("/verify/guess/").status_code for _ in range(61)]

    assert seen == [404] * 60 + [429]


def test_an_invented_proxy_header_does_not_reset_the_count(client):
    question = {"number": "CG-2026-000001", "vin": "123456"}
    seen = [
        client.get("/verify/", question, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(11)
    ]

    assert seen == [404] * 10 + [429]
