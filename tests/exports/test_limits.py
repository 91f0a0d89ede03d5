import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from exports.limits import at_most


@pytest.fixture(autouse=True)
def forgotten_rates():
    cache.clear()
    yield
    cache.clear()


@at_most("2/min", scope="test", counts=lambda request: "q" in request.GET)
def limited(request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("hello")


@at_most("1/min", scope="other", counts=lambda request: True)
def other(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def ask(path: str = "/?q=1", *, view=limited, **headers: str) -> HttpResponse:
    return view(RequestFactory().get(path, **headers))


def test_what_is_asked_too_often_is_refused_with_the_time_to_wait(time_machine):
    time_machine.move_to("2026-06-30T04:00:00Z", tick=False)
    answers = [ask() for _ in range(3)]

    assert [response.status_code for response in answers] == [200, 200, 429]
    wait = int(answers[2]["Retry-After"])
    assert answers[2]["Cache-Control"] == "no-store"

    time_machine.shift(wait)
    assert ask().status_code == 200


def test_only_what_counts_is_counted():
    assert [ask("/").status_code for _ in range(4)] == [200] * 4


def test_addresses_and_pages_are_counted_apart():
    assert [ask().status_code for _ in range(3)][-1] == 429

    assert ask(REMOTE_ADDR="192.0.2.1").status_code == 200
    assert ask(view=other).status_code == 200


def test_the_page_keeps_its_name():
    assert (limited.__name__, limited.__doc__) == ("limited", "Say hello.")
