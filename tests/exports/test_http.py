"""What every request passes."""

import gzip
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from exports.http import CompressPagesMiddleware
from exports.models import User

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("given", ["abcDEF-_12345678", "0" * 64])
def test_a_well_formed_request_id_is_kept(given: str, client: Client):
    assert client.get("/", headers={"X-Request-Id": given})["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "0" * 65, "a b c d e f g h", "<script>alert", "é" * 9]
)
def test_any_other_request_id_is_replaced(given: str, client: Client):
    answered = client.get("/", headers={"X-Request-Id": given})["X-Request-Id"]

    assert answered != given
    assert len(answered) == 20


def test_two_requests_have_two_ids(client: Client):
    assert client.get("/")["X-Request-Id"] != client.get("/")["X-Request-Id"]


@pytest.mark.parametrize(
    ("asked", "mine", "cookie", "browser", "expected"),
    [
        ("en", "zh-hans", "zh-hans", "zh-CN", "en"),
        ("", "en", "zh-hans", "zh-CN", "en"),
        ("", "", "en", "zh-CN", "en"),
        ("", "", "", "en-GB,en;q=0.9", "en"),
        ("", "", "", "zh-CN", "zh-hans"),
        ("", "", "", "fr", "zh-hans"),
        ("../etc", "", "fr", "en", "en"),
    ],
)
def test_the_language_is_the_asked_then_mine_then_the_cookies_then_the_browsers(
    asked: str, mine: str, cookie: str, browser: str, expected: str, client: Client, clerk: User
):
    if mine:
        clerk.language = mine
        clerk.save()
        client.force_login(clerk)
    if cookie:
        client.cookies["language"] = cookie

    answer = client.get("/", {"lang": asked} if asked else {}, headers={"Accept-Language": browser})

    assert answer["Content-Language"] == expected
    assert f'lang="{expected}"' in answer.content.decode().lower()


def test_what_a_signed_in_person_sees_stays_out_of_caches(signed_in: SignIn, clerk: User):
    assert "no-store" in signed_in(clerk).get("/portal/")["Cache-Control"]


def test_a_strangers_page_may_be_cached_and_varies_by_language(client: Client):
    answer = client.get("/")

    assert "no-store" not in answer.get("Cache-Control", "")
    assert "Accept-Language" in answer["Vary"]


def test_a_page_goes_compressed_to_who_understands_that(client: Client):
    plain = client.get("/").content
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    assert len(packed.content) < len(plain) / 2


def test_what_is_no_page_is_sent_as_it_is():
    picture = b"RIFF" * 200
    answering = CompressPagesMiddleware(
        lambda _request: HttpResponse(picture, content_type="image/webp")
    )

    answer = answering(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))

    assert answer.content == picture
