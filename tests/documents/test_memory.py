"""What papers share: noticed once, with what they share, and told to nobody it is not for."""

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from documents import confirming, memory
from documents.models import Confirmation, Document, Echo, Page, Reading, Seal, Signature
from exports.models import Exporter, User
from tests.factories import (
    BYD,
    NOON,
    clerk_of,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_person,
    make_vin,
)

pytestmark = pytest.mark.django_db
numbers = count(1)
Kind = Echo.Kind
MARK = "f0e1d2c3b4a59687"
PIXELS = "0123456789abcdef" * 4


@pytest.fixture
def rival() -> Exporter:
    return make_exporter()


def make_paper(exporter: Exporter, *, sha256: str = "", kind: str = "confirmation", **fields: Any):
    number = next(numbers)
    person = User.objects.filter(membership__exporter=exporter).first() or clerk_of(exporter)
    facts = {"state": "ready", "content_type": "application/pdf", "size": 1000} | fields
    return Document.objects.create(
        exporter=exporter,
        kind=kind,
        name=f"letter{number}.pdf",
        sha256=sha256 or hashlib.sha256(str(number).encode()).hexdigest(),
        uploaded_by=person,
        uploaded_at=NOON,
        **facts,
    )


def read(document: Document, field: str, *values: str, sure: bool = True, page: int = 1) -> None:
    begin = document.readings.filter(field=field).count()
    Reading.objects.bulk_create(
        Reading(
            document=document,
            field=field,
            position=begin + position,
            value=value,
            printed=value,
            confidence=0.95,
            sure=sure,
            page=page,
        )
        for position, value in enumerate(values)
    )


def make_letter(
    exporter: Exporter,
    *vins: str,
    number: str = "",
    issuer: str = BYD,
    countries: tuple[str, ...] = ("KZ",),
    **fields: Any,
) -> Document:
    """Return a letter as the reader left it, not entered yet."""
    document = make_paper(exporter, **fields)
    read(document, "vin", *vins)
    read(document, "number", *filter(None, [number or f"N-{document.pk}"]))
    read(document, "issuer", issuer)
    read(document, "destination", *countries)
    return document


def enter(document: Document, *vins: str, countries: tuple[str, ...] = ("KZ",), **facts: Any):
    make_manufacturer()
    facts = {"issuer_name": BYD, "number": f"N-{document.pk}"} | facts
    return confirming.enter_confirmation(
        document.exporter,
        document=document,
        destinations=[make_destination(code) for code in countries],
        vins=vins,
        outlets=[],
        by=document.uploaded_by,
        at=NOON,
        **facts,
    )


def add_page(document: Document, *, mark: str = MARK, text: str = "", number: int = 1, **more: Any):
    quarters = [int(mark[start : start + 4], 16) for start in range(0, 16, 4)]
    names = ("mark_a", "mark_b", "mark_c", "mark_d")
    return Page.objects.create(
        document=document,
        number=number,
        width=1000,
        height=1400,
        image=f"{document.pk}-{number}.webp",
        text=text,
        mark=mark,
        **({"source": "picture"} | dict(zip(names, quarters, strict=True)) | more),
    )


def add_seal(document: Document, *, pixels: str = PIXELS, page: int = 1) -> Seal:
    return Seal.objects.create(
        document=document,
        position=document.seals.count(),
        page=page,
        colour="red",
        kind="official",
        score=0.9,
        roundness=0.9,
        star=0.9,
        pixels=pixels,
    )


def heard(document: Document) -> list[tuple[str, int]]:
    memory.listen(document, at=NOON)
    return [(echo.kind, echo.earlier_id) for echo in document.echoes.order_by("kind", "earlier")]


def facts_of(kind: str) -> dict[str, Any]:
    return Echo.objects.get(kind=kind).facts


# --- same file ----------------------------------------------------------------------------------
def test_the_same_bytes_are_recognised_whoever_sent_them(exporter, rival):
    first = make_paper(rival, sha256="a" * 64)
    make_paper(rival)
    second = make_paper(exporter, sha256="a" * 64, kind="other")

    assert heard(second) == [(Kind.SAME_FILE, first.pk)]
    assert heard(first) == []
    assert Echo.objects.count() == 1


@pytest.mark.parametrize("end", [{"withdrawn_at": NOON}, {"state": "refused", "refusal": "x"}])
def test_what_is_withdrawn_or_refused_does_not_echo(exporter, rival, end):
    make_paper(rival, sha256="a" * 64, **end)
    later = make_paper(exporter, sha256="a" * 64)

    assert heard(later) == []


def test_a_withdrawn_paper_listens_to_nothing(exporter, rival):
    make_paper(rival, sha256="a" * 64)
    later = make_paper(exporter, sha256="a" * 64, withdrawn_at=NOON)

    assert memory.listen(later, at=NOON) == 0
    assert not Echo.objects.exists()


def test_of_many_alike_the_newest_twenty_are_kept(exporter):
    papers = [make_paper(make_exporter(), sha256="a" * 64) for _ in range(22)]
    later = make_paper(exporter, sha256="a" * 64)

    assert [pk for _kind, pk in heard(later)] == [paper.pk for paper in papers[2:]]


# --- near pages ---------------------------------------------------------------------------------
def flipped(mark: str, bits: int) -> str:
    """Return *mark* with its last *bits* bits turned over, as a new scan would."""
    return f"{int(mark, 16) ^ ((1 << bits) - 1):016x}"


@pytest.mark.parametrize(("bits", "near"), [(0, True), (6, True), (7, False)])
def test_a_page_that_looks_and_says_the_same_is_the_same(exporter, rival, bits, near):
    vins = [make_vin() for _ in range(10)]
    first, second = make_letter(rival, *vins), make_letter(exporter, *vins[:9])
    add_page(first)
    add_page(second, mark=flipped(MARK, bits))

    assert ((Kind.NEAR_PAGE, first.pk) in heard(second)) == near
    if near:
        assert facts_of(Kind.NEAR_PAGE) == {"page": 1, "earlier_page": 1}


def test_two_letters_of_one_form_are_two_letters(exporter, rival):
    first, second = make_letter(rival, make_vin()), make_letter(exporter, make_vin())
    add_page(first, text="售后维修服务确认书 出口国别 哈萨克斯坦")
    add_page(second, text="售后维修服务确认书 出口国别 哈萨克斯坦")

    assert heard(second) == []


def test_neighbouring_serial_numbers_are_two_letters(exporter, rival):
    first, second = make_letter(rival, make_vin(1001)), make_letter(exporter, make_vin(1002))
    add_page(first)
    add_page(second)

    assert heard(second) == []


def test_one_copy_is_found_among_many_of_its_form(exporter, rival, monkeypatch):
    monkeypatch.setattr("documents.memory.pages.MOST_LOOKED_AT", 3)
    vin = make_vin()
    copied = make_letter(rival, vin)
    add_page(copied)
    for _ in range(5):
        add_page(make_letter(rival, make_vin()))
    later = make_letter(exporter, vin)
    add_page(later)

    assert (Kind.NEAR_PAGE, copied.pk) in heard(later)


def test_the_list_of_outlets_a_maker_adds_to_each_letter_is_no_copy(exporter, rival):
    text = "Astana Motors Almaty 050000 +7-727-2500100 \n +7-727-2500200 +7-727-2500300"
    for owner in (rival, exporter):
        letter = make_letter(owner, make_vin())
        add_page(letter, mark="0" * 16)
        add_page(letter, number=2, text=text)

    assert heard(letter) == []


@pytest.mark.parametrize("kind", ["invoice", "contract"])
def test_papers_nobody_reads_are_compared_by_their_numbers(exporter, rival, kind):
    text = "Invoice 44031600111 contract HT-2026-001 engine 4G15T123456"
    first, second, third = (make_paper(rival, kind=kind) for _ in range(3))
    add_page(first, text=text)
    add_page(second, text=text.replace("4", "5"))
    add_page(third, text="Terms of payment")
    later = make_paper(exporter, kind=kind)
    add_page(later, text=text.lower())

    assert heard(later) == [(Kind.NEAR_PAGE, first.pk)]


def test_pages_without_words_say_nothing(exporter, rival):
    add_page(make_paper(rival, kind="other"))
    later = make_paper(exporter, kind="other")
    add_page(later)

    assert heard(later) == []


# --- letter numbers -----------------------------------------------------------------------------
def test_one_number_for_other_vins_is_noticed(exporter, rival):
    one, two, three = make_vin(), make_vin(), make_vin()
    first = make_letter(rival, one, two, number="ASC-7")
    later = make_letter(rival, two, three, number="ASC-7")

    assert heard(later) == [(Kind.NUMBER_REUSED, first.pk)]
    assert facts_of(Kind.NUMBER_REUSED) == {
        "number": "ASC-7",
        "vins": [three],
        "earlier_vins": [one],
    }


@pytest.mark.parametrize(
    "other",
    [{"issuer": "吉利汽车有限公司"}, {"number": "ASC-8"}, {"kind": "certificate"}],
)
def test_another_issuers_number_is_another_number(rival, other):
    make_letter(rival, make_vin(), **({"number": "ASC-7"} | other))

    assert heard(make_letter(rival, make_vin(), number="ASC-7")) == []


def test_the_same_letter_again_reuses_no_number(rival):
    vins = [make_vin(), make_vin()]
    make_letter(rival, *vins, number="ASC-7")
    again = make_letter(rival, vins[0], number="ASC-7")
    read(again, "vin", vins[1][:-1] + "0", sure=False)

    assert heard(again) == []


def test_a_number_entered_otherwise_than_printed_is_found_as_printed(exporter, rival):
    first = make_letter(rival, make_vin(), number="ASC-7")
    later = make_letter(exporter, vin := make_vin(), number="ASC-7")

    enter(later, vin, number="ASC-9")

    assert later.echoes.get().earlier == first


# --- other countries, other exporters -------------------------------------------------------------
def test_a_vin_confirmed_for_another_country_is_noticed(exporter):
    vin = make_vin()
    first = make_letter(exporter, vin, make_vin(), countries=("KZ", "UZ"))
    make_letter(exporter, vin, countries=("RU",))
    later = make_letter(exporter, vin, countries=("RU", "BY"))

    assert heard(later) == [(Kind.OTHER_COUNTRY, first.pk)]
    assert facts_of(Kind.OTHER_COUNTRY) == {
        "vins": [vin],
        "countries": ["BY", "RU"],
        "earlier_countries": ["KZ", "UZ"],
    }


def test_a_letter_without_a_country_says_nothing_about_countries(exporter):
    vin = make_vin()
    make_letter(exporter, vin, countries=())
    make_letter(exporter, vin)

    assert heard(make_letter(exporter, vin, countries=())) == []


@pytest.mark.parametrize("earlier", ["read", "entered"])
@pytest.mark.parametrize("later", ["read", "entered"])
def test_a_vin_on_another_exporters_letter_is_noticed(exporter, rival, earlier, later):
    vin = make_vin()
    papers = []
    for owner, how in ((rival, earlier), (exporter, later)):
        papers.append(make_letter(owner, vin) if how == "read" else make_paper(owner))
        if how == "entered":
            enter(papers[-1], vin)

    assert heard(papers[1]) == [(Kind.OTHER_EXPORTER, papers[0].pk)]
    assert facts_of(Kind.OTHER_EXPORTER) == {"vins": [vin]}


def test_a_letter_entered_late_fits_a_paper_that_came_after(exporter, rival):
    vin = make_vin()
    unreadable = make_paper(rival)
    later = make_letter(exporter, vin, countries=("RU",))
    assert heard(later) == []

    enter(unreadable, vin)

    found = {(echo.document_id, echo.earlier_id, echo.kind) for echo in Echo.objects.all()}
    pair = (later.pk, unreadable.pk)
    assert found == {(*pair, Kind.OTHER_EXPORTER), (*pair, Kind.OTHER_COUNTRY)}
    assert facts_of(Kind.OTHER_COUNTRY)["countries"] == ["RU"]
    assert facts_of(Kind.OTHER_COUNTRY)["earlier_countries"] == ["KZ"]


def test_a_vin_read_without_certainty_accuses_nobody(exporter, rival):
    vin = make_vin()
    make_letter(rival, vin)
    doubtful = make_letter(exporter)
    read(doubtful, "vin", vin, sure=False)

    assert heard(doubtful) == []


def test_a_slip_that_is_corrected_leaves_no_echo(exporter, rival):
    theirs, mine = make_vin(), make_vin()
    make_letter(rival, theirs)
    letter = make_paper(exporter)
    confirmation = enter(letter, theirs)
    assert letter.echoes.count() == 1

    confirming.amend_confirmation(
        confirmation,
        destinations=[make_destination()],
        vins=[mine],
        outlets=[],
        by=letter.uploaded_by,
        at=NOON,
        issuer_name=BYD,
    )

    assert not letter.echoes.exists()


def test_a_revoked_promise_is_compared_with_nothing(exporter, rival):
    vin = make_vin()
    revoked = make_letter(rival, vin)
    enter(revoked, vin)
    officer = make_person("officer", make_manufacturer())
    confirming.revoke_confirmation(
        Confirmation.objects.get(), by=officer, at=NOON, note="irrtümlich"
    )

    assert heard(make_letter(exporter, vin, countries=("RU",))) == []
    assert heard(revoked) == []


# --- seals --------------------------------------------------------------------------------------
def sealed(exporter: Exporter, *, source: str = "picture", pixels: str = PIXELS, **fields: Any):
    letter = make_letter(exporter, make_vin(), **fields)
    add_page(letter, mark=f"{letter.pk:016x}", source=source)
    add_seal(letter, pixels=pixels)
    return letter


@pytest.mark.parametrize(
    ("earlier", "later", "copied"),
    [
        ("picture", "picture", True),
        ("picture", "layer", True),
        ("layer", "picture", True),
        ("layer", "layer", False),
    ],
)
def test_pixels_of_another_paper_were_never_stamped(exporter, rival, earlier, later, copied):
    first, second = sealed(rival, source=earlier), sealed(exporter, source=later)

    assert heard(second) == ([(Kind.SEAL_COPIED, first.pk)] if copied else [])


def test_a_stamp_set_twice_is_no_copy(exporter, rival):
    sealed(rival)
    other = f"{int(PIXELS, 16) ^ int('5' * 64, 16):064x}"

    assert heard(sealed(exporter, pixels=other)) == []


@pytest.mark.parametrize(("signed", "copied"), [((0,), True), ((1,), True), ((0, 1), False)])
def test_the_seal_picture_of_signed_files_repeats_by_nature(exporter, rival, signed, copied):
    letters = sealed(rival), sealed(exporter)
    for index in signed:
        Signature.objects.create(
            document=letters[index], position=0, standing="valid", covers_whole=True
        )

    assert bool(heard(letters[1])) == copied


def test_a_seal_that_was_saved_again_is_still_the_same_picture(exporter, rival, monkeypatch):
    monkeypatch.setattr("documents.memory.seals.MOST_LOOKED_AT", 3)
    copied = sealed(rival)
    for number in range(5):
        sealed(rival, issuer="吉利汽车有限公司", pixels=f"{number + 1:x}" * 64)
    saved_again = f"{int(PIXELS, 16) ^ 0b1011_0111:064x}"

    assert heard(sealed(exporter, pixels=saved_again)) == [(Kind.SEAL_COPIED, copied.pk)]


# --- once, and for whom ---------------------------------------------------------------------------
def test_listening_again_adds_nothing_and_refreshes_what_is_shared(exporter, rival):
    one, two = make_vin(), make_vin()
    make_letter(rival, one, two)
    later = make_letter(exporter, one)
    heard(later)
    noticed = Echo.objects.get()
    read(later, "vin", two)

    memory.listen(later, at=NOON + timedelta(days=1))
    memory.listen(later, at=NOON + timedelta(days=1))

    echo = Echo.objects.get()
    assert (echo.pk, echo.noticed_at) == (noticed.pk, NOON)
    assert echo.facts["vins"] == sorted([one, two])


@pytest.mark.parametrize("count_of", [1, 10])
def test_what_is_asked_does_not_grow_with_what_is_found(
    exporter, rival, count_of, django_assert_max_num_queries
):
    vin = make_vin()
    for _ in range(count_of):
        letter = make_letter(rival, vin, number="ASC-7", countries=("RU",))
        add_page(letter)
        add_seal(letter)
    later = make_letter(exporter, vin, make_vin(), number="ASC-7")
    add_page(later)
    add_seal(later)

    with django_assert_max_num_queries(50):
        assert memory.listen(later, at=NOON) >= 4 * count_of


def test_a_strangers_paper_is_never_told(exporter, rival, clerk, reviewer):
    vin = make_vin()
    theirs = make_letter(rival, vin, sha256="a" * 64)
    own = make_letter(exporter, vin, sha256="a" * 64, kind="other")
    later = make_letter(exporter, vin, sha256="a" * 64, countries=("RU",))
    for document in (own, later):
        memory.listen(document, at=NOON)

    told = memory.echoes_for([later, own], clerk)

    assert {(echo.document_id, echo.earlier_id) for echo in told} == {(later.pk, own.pk)}
    assert {echo.earlier for echo in memory.echoes_for([later], reviewer)} == {theirs, own}
    assert list(memory.echoes_for([theirs], clerk)) == []
    assert memory.echoes_for([theirs], reviewer).count() == 4
    stranger = make_person("officer", make_manufacturer())
    assert list(memory.echoes_for([later, own, theirs], stranger)) == []


def test_what_was_withdrawn_or_revoked_since_is_not_told(exporter, rival, reviewer):
    vin = make_vin()
    theirs = make_letter(rival, vin, sha256="a" * 64)
    enter(theirs, vin)
    later = make_letter(exporter, vin, sha256="a" * 64)
    memory.listen(later, at=NOON)
    assert memory.echoes_for([later], reviewer).count() == 2

    Confirmation.objects.update(revoked_at=NOON, revoked_by=theirs.uploaded_by)
    assert [echo.kind for echo in memory.echoes_for([later], reviewer)] == [Kind.SAME_FILE]
    Document.objects.filter(pk=theirs.pk).update(withdrawn_at=NOON)
    assert not memory.echoes_for([later], reviewer).exists()
