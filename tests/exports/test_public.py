import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from exports.public import WORDS, CalculatorForm
from exports.rules import Outcome

pytestmark = pytest.mark.usefixtures("law")

EN = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Compare lazy words in the language the pages are asked for."""
    with translation.override("en"):
        yield


PAGES = ["/", "/?registered_on=2026-01-01&applied_on=2026-06-30", "/terms/", "/help/"]
KILOBYTE = 1024


def weight(body: bytes) -> int:
    """Return what a first visit carries: the page as it is, sheet and icon compressed."""
    assets = ("chuguan/chuguan.css", "chuguan/favicon.svg")
    files = [Path(str(finders.find(name))).read_bytes() for name in assets]
    return len(body) + sum(len(gzip.compress(file)) for file in files)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_public_pages_are_light_and_keep_no_trace(client: Client, page, language):
    response = client.get(page, headers={"Accept-Language": language})

    html = response.content.decode()
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "public" in response["Cache-Control"]
    assert "<script" not in html
    assert "style=" not in html
    assert "csrf" not in html
    assert html.count('rel="stylesheet"') + html.count('rel="icon"') == 2
    assert weight(response.content) <= 40 * KILOBYTE


@pytest.mark.parametrize(
    ("question", "word", "said"),
    [
        ("registered_on=2026-01-01&applied_on=2026-06-30", Outcome.REQUIRED, "day 180"),
        ("registered_on=20260101&applied_on=2026-07-01", Outcome.NOT_REQUIRED, "day 181"),
        (
            "registered_on=2025-12-20&applied_on=2026-03-01&transferred_on=2025-12-31",
            Outcome.TRANSITION,
            "if the registration authority confirms",
        ),
        ("registered_on=2025-12-01&applied_on=2025-12-30", Outcome.NOT_APPLICABLE, "in force"),
        ("registered_on=", Outcome.DATE_MISSING, "is missing"),
        (
            "registered_on=2026-07-10&applied_on=2026-07-01",
            Outcome.DATE_IMPOSSIBLE,
            "is later than the application date",
        ),
    ],
)
def test_each_outcome_has_its_big_answer(client: Client, question, word, said):
    response = client.get(f"/?{question}", headers=EN)

    html = response.content.decode()
    assert response.status_code == 200
    assert str(WORDS[word][2]) in html
    assert said in html


def test_every_outcome_has_a_word():
    assert set(WORDS) == set(Outcome)


def test_the_answer_names_the_days_and_links_the_calendar(client: Client):
    page = client.get("/?registered_on=2026年1月1日&applied_on=2026-06-30", headers=EN)

    html = page.content.decode()
    assert "2026-06-30" in html
    assert "<strong>2026-07-01</strong>" in html
    assert "648-2026" in html
    assert 'href="/free-day.ics?registered_on=2026-01-01&amp;applied_on=2026-06-30"' in html
    assert 'href="?registered_on=2026-01-01&amp;applied_on=2026-06-30#answer"' in html


def test_a_free_car_is_offered_no_calendar(client: Client):
    page = client.get("/?registered_on=2025-01-01&applied_on=2026-06-30", headers=EN)

    assert "free-day.ics" not in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("registered_on=03/04/2026", "registered_on"),
        ("registered_on=2026-02-30", "registered_on"),
        ("registered_on=2026-01-01&applied_on=next+week", "applied_on"),
        ("registered_on=2026-01-01&transferred_on=2025-13-01", "transferred_on"),
        ("registered_on=" + "1" * 3000, "registered_on"),
    ],
)
def test_a_bad_date_comes_back_as_typed_with_its_error(client: Client, typed, field):
    response = client.get(f"/?{typed}", headers=EN)

    html = response.content.decode()
    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert f'href="#id_{field}"' in html
    assert f'value="{form[field].value()}"' in html
    assert f'type="text" name="{field}"' in html
    assert html.count("<title>Error:") == 1


def test_markup_in_a_date_stays_text(client: Client):
    response = client.get("/", {"registered_on": '"><script>alert(1)</script>'})

    assert b"<script" not in response.content


def test_the_date_field_of_the_browser_shows_a_day_and_keeps_the_chosen_language(client: Client):
    html = client.get("/?registered_on=2026-01-01&applied_on=2026-06-30&lang=en").content.decode()

    assert 'type="date" name="applied_on" value="2026-06-30"' in html
    assert '<input type="hidden" name="lang" value="en">' in html
    assert '<html lang="en">' in html


def test_without_a_question_the_application_date_is_today_in_shanghai(client: Client, time_machine):
    time_machine.move_to("2026-06-30T16:00:00Z", tick=False)

    form: CalculatorForm = client.get("/").context["form"]

    assert form["applied_on"].value() == date(2026, 7, 1)


def test_the_calendar_file_marks_the_first_free_day(client: Client):
    response = client.get("/free-day.ics?registered_on=2026-01-01&applied_on=2026-06-30")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="chuguan-20260701.ics"'
    assert b"DTSTART;VALUE=DATE:20260701" in response.content


@pytest.mark.parametrize("question", ["", "registered_on=", "registered_on=x"])
def test_without_a_free_day_there_is_no_calendar_file(client: Client, question):
    assert client.get(f"/free-day.ics?{question}").status_code == 404


@pytest.mark.parametrize("page", ["/", "/terms/", "/help/", "/free-day.ics", "/verify/"])
def test_public_pages_are_only_read(client: Client, page):
    assert client.post(page).status_code == 405


def test_a_signed_in_persons_page_stays_out_of_caches(signed_in, clerk):
    assert signed_in(clerk).get("/")["Cache-Control"] == "no-store, private"


def test_the_calculator_asks_the_database_once(client: Client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/?registered_on=2026-01-01")


def test_pages_say_that_they_are_a_demonstration(client: Client, settings):
    settings.DEMO = True

    assert "demonstration" in client.get("/terms/", headers=EN).content.decode()


def test_two_languages_are_offered():
    assert [code for code, _ in settings.LANGUAGES] == ["zh-hans", "en"]


def test_many_cars_are_answered_at_once_without_a_cookie(client: Client):
    strict = Client(enforce_csrf_checks=True)
    pasted = "LGXC74CG8T0000005\t2026-01-01\nLGXC74CG8T0000006\t2025-12-31\nnothing"

    response = strict.post("/many/", {"rows": pasted, "applied_on": "2026-06-30"}, headers=EN)

    html = response.content.decode()
    assert response.status_code == 200
    assert [row["word"] for row in response.context["rows"]] == [
        WORDS[Outcome.REQUIRED][2],
        WORDS[Outcome.NOT_REQUIRED][2],
        "Not one or two dates",
    ]
    assert "If you apply on 2026-06-30" in html
    assert "LGXC74CG8T0000005" in html
    assert not response.cookies


@pytest.mark.parametrize("rows", ["", "2026-01-01\n" * 501, "9" * 60_001])
def test_nothing_or_too_many_cars_come_back_with_the_error(client: Client, rows):
    response = client.post("/many/", {"rows": rows, "applied_on": ""}, headers=EN)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["rows"]


def test_the_answers_for_many_cars_are_taken_away_as_a_table_no_cell_of_which_runs(client: Client):
    asked = {"rows": "=HYPERLINK(1)\t2026-01-01\nno day", "applied_on": "2026-06-30", "csv": "1"}

    response = client.post("/many/", asked, headers=EN)

    assert response["Content-Disposition"] == 'attachment; filename="chuguan-20260630.csv"'
    head, first, second = response.content.decode("utf-8-sig").splitlines()
    assert head.startswith('"Row","Car","I apply for the licence on","Answer"')
    assert first.startswith('"1","\'=HYPERLINK(1)","2026-06-30","Yes, you need the letter"')
    assert first.endswith('"2026-01-01","180","2026-07-01"')
    assert second.startswith('"2","no day","2026-06-30","Not one or two dates"')


def test_the_page_for_many_cars_opens_empty(client: Client):
    response = client.get("/many/", headers=EN)

    assert response.status_code == 200
    assert b"<table" not in response.content
    assert not response.cookies
