"""The search box: what it takes apart, what each term finds, what it says of a wrong word."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import FilterUnknown
from exports.models import Office
from reviews import claims, queues, search_syntax
from reviews.desk_filters import TERMS, Asking, narrowed
from reviews.models import Case
from reviews.search_syntax import parse
from tests.factories import (
    BYD,
    NOON,
    make_case,
    make_exporter,
    make_failing_case,
    make_office,
    make_vehicle,
)

NAMES = {*TERMS, "view"}
QUEUE = "/workbench/cases/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "dest:KZ check:CNF-06 risk>60",
            {"dest": "KZ", "check": "CNF-06", "risk": ">60"},
        ),
        ("days<=30 days:30-90", {"days": "30-90"}),
        ('maker:"BYD Auto" who=me', {"maker": "BYD Auto", "who": "me"}),
        ("RISK>=60 Dest:kz", {"risk": ">=60", "dest": "kz"}),
        ("目的国：KZ 风险＞60", {"dest": "KZ", "risk": ">60"}),
        ("生产企业：“示例 汽车”", {"maker": "示例 汽车"}),
        ("view:mine due<2026-12-01", {"view": "mine", "due": "<2026-12-01"}),
        ("risk:>60", {"risk": ">60"}),
        ("dest:", {"dest": ""}),
    ],
)
def test_terms_are_taken_apart(text, terms):
    parsed = parse(text, names=NAMES)

    assert parsed.terms == terms
    assert not parsed.unknown
    assert not parsed.words


@pytest.mark.parametrize(
    "text",
    ["E2026-000001", "LGX C74CG0-T0000001", "91110000123456789X", "ASC-2026-77", "商证字第1号"],
)
def test_a_number_is_no_term(text):
    assert parse(text, names=NAMES).is_plain


def test_names_that_nothing_bears_and_stray_words_are_told_apart():
    parsed = parse("colour:red E2026-1 risk>3", names=NAMES)

    assert parsed.unknown == ("colour",)
    assert parsed.words == ("E2026-1",)
    assert parsed.terms == {"risk": ">3"}


VALUES = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "<", "<=", ">", ">="]),
    st.text("aZ9汽车-", min_size=1, max_size=6),
    st.text("aZ9汽车-", min_size=1, max_size=6),
)


@given(st.dictionaries(st.sampled_from(sorted(TERMS)), VALUES, max_size=4))
def test_what_is_written_is_read_the_same(terms):
    assert parse(search_syntax.write(terms), names=NAMES).terms == terms


@pytest.fixture
def case(law, exporter, clerk, reviewer) -> Case:
    """A case in Wang's hands in which the letter is missing."""
    case = claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)
    Case.objects.filter(pk=case.pk).update(risk=60, youngest_days=100, vehicle_count=3)
    case.refresh_from_db()
    return case


TRUE = [
    ("due", "2026-07-03"),
    ("due", "<2026-07-04"),
    ("due", "<=2026-07-03"),
    ("due", ">2026-07-02"),
    ("due", ">=2026-07-03"),
    ("risk", "60"),
    ("risk", ">=60"),
    ("risk", "50-60"),
    ("days", ">99"),
    ("days", "<180"),
    ("vehicles", ">1"),
    ("check", "cnf-01"),
    ("check", "failed"),
    ("maker", BYD[:3]),
    ("dest", "kz"),
    ("dest", "哈萨克斯坦"),
    ("dest", "Kazakhstan"),
    ("office", "tianjin"),
    ("who", "me"),
    ("who", "Wang"),
    ("status", "in_review"),
    ("status", "审核中"),
]
FALSE = [
    ("due", "late"),
    ("due", "today"),
    ("due", "tomorrow"),
    ("due", "<2026-07-03"),
    ("due", ">2026-07-03"),
    ("risk", "<60"),
    ("risk", ">60"),
    ("days", "0-99"),
    ("check", "VIN-01"),
    ("check", "clean"),
    ("check", "attention"),
    ("maker", BYD[1:]),
    ("exporter", "no such company"),
    ("dest", "RU"),
    ("who", "nobody"),
    ("who", "others"),
    ("status", "issued"),
]


@pytest.mark.parametrize(("name", "value", "finds"), [
    *((name, value, True) for name, value in TRUE),
    *((name, value, False) for name, value in FALSE),
])  # fmt: skip
def test_each_term_finds_what_it_says(case, reviewer, name, value, finds):
    wanted = narrowed(name, value, Asking(reviewer, NOON))

    assert Case.objects.filter(wanted).exists() == finds


def test_an_exporter_is_found_by_code_and_by_a_part_of_its_name(case, reviewer, exporter):
    for value in (exporter.uscc, exporter.uscc.lower(), exporter.name_zh[1:4]):
        wanted = narrowed("exporter", value, Asking(reviewer, NOON))
        assert Case.objects.filter(wanted).exists(), value


def test_late_is_what_the_office_owes_not_what_the_exporter_does(case, reviewer):
    later = case.due_at + timedelta(days=1)
    late = narrowed("due", "late", Asking(reviewer, later))
    assert Case.objects.filter(late).exists()

    Case.objects.update(status="returned")

    assert not Case.objects.filter(late).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due", "soon"),
        ("due", "2026-13-01"),
        ("risk", "high"),
        ("risk", ">12345"),
        ("days", "-3"),
        ("check", "CNF-99"),
        ("dest", "Atlantis"),
        ("office", "nowhere"),
        ("who", "Nobody At All"),
        ("status", "settling"),
        ("status", "lost"),
        ("maker", ""),
    ],
)
def test_a_value_that_cannot_be_understood_says_what_can(law, reviewer, name, value):
    with pytest.raises(FilterUnknown) as refused:
        narrowed(name, value, Asking(reviewer, NOON))

    assert str(TERMS[name].hint) == refused.value.facts["possible"]


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer)
    return client


def test_terms_lead_to_the_address_of_their_list(desk, case):
    response = desk.get(QUEUE, {"q": "dest:KZ risk>=60"})

    assert response.status_code == 302
    assert response.url == f"{QUEUE}?view=all&risk=%3E=60&dest=KZ&horizon=all"
    text = desk.get(response.url).content.decode()
    assert case.reference in text
    assert 'name="q" value="risk&gt;=60 dest:KZ"' in text  # the search box says what the list is


@pytest.mark.parametrize(
    ("text", "view"),
    [("status:held", "signature"), ("status:issued", "decided"), ("view:mine risk>3", "mine")],
)
def test_a_search_goes_where_its_cases_stand(desk, law, text, view):
    assert desk.get(QUEUE, {"q": text}).url.startswith(f"{QUEUE}?view={view}&")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour:red", "“colour” is no filter"),
        ("risk:high dest:KZ", "“high” cannot be understood in “risk”. Possible: risk&gt;60"),
        ("dest:KZ E2026-999999", "“E2026-999999” stands alone"),
        ("view:tomorrow", "“tomorrow” is no view"),
    ],
)
def test_a_wrong_word_gets_a_sentence_and_the_text_stays(desk, case, text, said):
    with override("en"):
        page = desk.get(QUEUE, {"q": text, "lang": "en"}).content.decode()

    assert said in page
    assert f'name="q" value="{text}"' in page
    assert f">{case.reference}</a></th>" not in page


def test_a_search_reaches_no_other_office(desk, case, clerk):
    far = make_office("xinjiang", level=Office.Level.PROVINCE)
    foreign = make_exporter(office=far)
    hidden = make_case(foreign, make_vehicle(foreign, age=100))

    page = desk.get(reverse("workbench:queue"), {"view": "all", "horizon": "all", "dest": "KZ"})

    assert case.reference in page.content.decode()
    assert hidden.reference not in page.content.decode()


def test_the_handbook_names_every_term_and_every_view():
    handbook = (ROOT / "docs" / "queue.md").read_text()

    assert {*TERMS, "view"} == set(re.findall(r"`(\w+)`", "".join(named_first(handbook))))
    assert set(queues.VIEWS) <= set(re.findall(r"`view=(\w+)`", handbook))


def named_first(handbook: str) -> list[str]:
    """Return the first cells of the table of terms."""
    table = handbook.split("| name |")[1].split("\n\n")[0]
    return [line.split("|")[1] for line in table.splitlines()[2:]]
