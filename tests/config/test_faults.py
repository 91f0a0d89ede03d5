import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from config import urls

EN = {"Accept-Language": "en"}


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def distrust(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


for view in (refuse, distrust, fail):
    view.login_required = False  # type: ignore[attr-defined] # what login_not_required sets

faulty = [path("refuse/", refuse), path("distrust/", distrust), path("fail/", fail)]
urlpatterns = [path("api/v1/", include(faulty)), path("", include(faulty)), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

FAULTS = [("distrust", 400), ("refuse", 403), ("nowhere", 404), ("fail", 500)]


@pytest.fixture(autouse=True)
def faulty_urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("place", "status"), FAULTS)
def test_a_person_gets_a_page_of_our_own(visitor, place, status):
    response = visitor.get(f"/{place}/", headers=EN)

    html = response.content.decode()
    assert response.status_code == status
    assert f'<p class="eyebrow">{status}</p>' in html
    assert "chuguan/chuguan.css" in html
    assert "secret detail" not in html
    assert not response.cookies


@pytest.mark.parametrize(("place", "status"), FAULTS)
def test_a_program_gets_problem_details(visitor, place, status):
    response = visitor.get(f"/api/v1/{place}/", headers=EN)

    body = response.json()
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["type"] == f"urn:chuguan:problem:{body['code']}"
    assert body["request_id"] == response["X-Request-Id"]
    assert "secret detail" not in body["title"]


def test_a_host_that_is_not_ours_is_refused(visitor, settings):
    settings.ALLOWED_HOSTS = ["chuguan.example"]

    assert visitor.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_every_page_carries_the_strict_policy(visitor):
    policy = visitor.get("/nowhere/")["Content-Security-Policy"]

    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert settings.X_FRAME_OPTIONS == "DENY"
