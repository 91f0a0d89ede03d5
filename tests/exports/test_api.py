import csv
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from exports import rules

pytestmark = pytest.mark.usefixtures("law")

URL = "/api/v1/eligibility/"
CASES = Path(rules.__file__).parent / "data" / "daycount_cases.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
CODES = {
    "REQUIRED": "required",
    "NOT-REQUIRED": "not_required",
    "TRANSITION": "transition",
    "N/A-OLD-RULE": "not_applicable",
    "DATE-IMPOSSIBLE": "date_impossible",
    "DATE-MISSING": "date_missing",
}


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_every_worked_example_comes_out_of_the_api(client: Client, row):
    question = {
        "registered_on": row["registration_date"],
        "applied_on": row["application_date_shanghai"],
        "transferred_on": row["transfer_pending_export_date"],
    }

    response = client.get(URL, question)

    assert response.status_code == 200
    body = response.json()
    assert body["outcome"] == CODES[row["expected"]]
    assert body["days"] == (int(row["elapsed_days"]) if row["elapsed_days"] else None)
    assert body["explanation"]
    assert {name: body[name] or "" for name in question} == question


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_without_an_application_date_the_moment_decides_in_shanghai(
    client: Client, row, time_machine
):
    time_machine.move_to(datetime.fromisoformat(row["submitted_at_utc"]), tick=False)

    response = client.get(
        URL,
        {
            "registered_on": row["registration_date"],
            "transferred_on": row["transfer_pending_export_date"],
        },
    )

    assert response.json()["applied_on"] == row["application_date_shanghai"]
    assert response.json()["outcome"] == CODES[row["expected"]]


def test_the_answer_has_exactly_these_parts(client: Client):
    response = client.get(
        URL,
        {"registered_on": "2026-01-01", "applied_on": "2026-06-30"},
        headers={"Accept-Language": "en"},
    )

    body = response.json()
    assert body.pop("explanation").startswith("The application date 30 June 2026 is day 180")
    assert body == {
        "outcome": "required",
        "days": 180,
        "required_through": "2026-06-30",
        "free_from": "2026-07-01",
        "policy": "648-2026",
        "basis": [{"clause": rules.NOTICE_1_1.en}],
        "registered_on": "2026-01-01",
        "applied_on": "2026-06-30",
        "transferred_on": None,
    }
    assert response["Content-Type"] == "application/json"
    assert response["Content-Language"] == "en"
    assert "Accept-Language" in response["Vary"]
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


def test_sentences_come_in_the_readers_language(client: Client):
    question = {"registered_on": "2026-01-01", "applied_on": "2026-06-30"}

    by_header = client.get(URL, question, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    by_parameter = client.get(URL, {**question, "lang": "zh-hans"})

    assert by_header.json()["basis"] == [{"clause": rules.NOTICE_1_1.zh}]
    assert by_parameter.json() == by_header.json()


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("", ["/registered_on"]),
        ("applied_on=2026-06-30", ["/registered_on"]),
        ("registered_on=2026-02-30", ["/registered_on"]),
        ("registered_on=20260101", ["/registered_on"]),
        ("registered_on=2026-W01-1", ["/registered_on"]),
        ("registered_on=2026-1-1", ["/registered_on"]),
        ("registered_on=2026年1月1日", ["/registered_on"]),
        ("registered_on=2026-01-01&applied_on=soon", ["/applied_on"]),
        ("registered_on=2026-01-01&transferred_on=2026-13-01", ["/transferred_on"]),
        ("registered_on=x&applied_on=y", ["/registered_on", "/applied_on"]),
        ("registered_on=2026-01-01&vin=1", ["/vin"]),
        ("registered_on=2026-01-01&format=json", ["/format"]),
        ("registered_on=2026-01-01&registered_on=2026-01-02", ["/registered_on"]),
        ("registered_on=" + "9" * 5000, ["/registered_on"]),
        ("registered_on=2026-01-01%00", ["/registered_on"]),
    ],
)
def test_a_bad_question_names_the_parameter(client: Client, query, pointers):
    response = client.get(f"{URL}?{query}")

    body = response.json()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in body["errors"]] == pointers
    assert all(error["detail"] for error in body["errors"])
    assert body["status"] == 400
    assert body["request_id"] == response["X-Request-Id"]


def test_an_empty_application_date_is_today(client: Client, time_machine):
    time_machine.move_to("2026-06-30T16:00:00Z", tick=False)

    response = client.get(URL, {"registered_on": "2026-01-01", "applied_on": ""})

    assert response.json()["applied_on"] == "2026-07-01"


def test_the_last_day_of_the_calendar_is_no_accident(client: Client):
    response = client.get(URL, {"registered_on": "9999-12-31", "applied_on": "9999-12-31"})

    assert response.json()["outcome"] == "required"
    assert response.json()["free_from"] is None


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_question_is_only_asked_by_get(client: Client, method):
    response = getattr(client, method)(URL)

    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
    assert "GET" in response["Allow"]


def test_who_asks_too_often_is_told_when_to_come_back(client: Client, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/min"})
    cache.clear()

    answers = [client.get(URL, {"registered_on": "2026-01-01"}) for _ in range(3)]

    assert [response.status_code for response in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    cache.clear()


def test_the_answer_takes_one_query(client: Client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(URL, {"registered_on": "2026-01-01"})
