import json

from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from config.rest import NobodyUnlessOpened, flattened, problem
from exports.errors import VinInUse


def told(refusal: Exception) -> dict[str, object]:
    response = problem(refusal, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    body: dict[str, object] = json.loads(JSONRenderer().render(response.data))
    assert body["status"] == response.status_code
    return body


def test_a_domain_refusal_is_a_problem_with_its_own_code_and_sentence():
    body = told(VinInUse(vin="LGXC74CG8T0000005"))

    assert (body["status"], body["code"]) == (409, "vin-in-use")
    assert "LGXC74CG8T0000005" in str(body["title"])


def test_what_is_not_there_is_a_problem():
    assert told(Http404())["code"] == "not-found"


def test_a_refusal_of_the_framework_keeps_the_headers_that_help():
    response = problem(exceptions.Throttled(wait=7), {})

    assert response is not None
    assert response["Retry-After"] == "7"
    assert response.data["code"] == "throttled"


def test_an_accident_is_no_problem_document_but_an_accident():
    assert problem(RuntimeError("secret"), {}) is None


def test_nested_faults_come_out_flat_with_pointers():
    fault = exceptions.ValidationError(
        {"vehicles": [{}, {"vin": ["wrong", "long"]}], "port": ["missing"], "a/b~c": ["unknown"]}
    )

    pointers = [row["pointer"] for row in flattened(fault.get_full_details())]

    assert pointers == ["/vehicles/1/vin", "/vehicles/1/vin", "/port", "/a~1b~0c"]


def test_a_view_that_opens_nothing_is_closed():
    request = APIRequestFactory().get("/")

    assert NobodyUnlessOpened().has_permission(request, APIView()) is False
