import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.identifiers import (
    canonical_vin,
    check_digit,
    check_uscc,
    check_vin,
    is_vin_shaped,
    looks_like,
    model_years,
    wmi,
)

VALID = "LC0PS5J45SF184638"
SHAPES = st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=17, max_size=17)


@pytest.mark.parametrize(
    "written",
    [
        "Lc0Ps5J45Sf184638",
        " LC0PS5J45SF184638\n",
        "LC0-PS5J45 SF184638",
        "LC0\u2013PS5J45SF184638",
        "\ufeffLC0PS5J4\u200b5SF18\u00ad4638",
        "LC0PS5J45SF184638\u3000",
        "ＬＣ０ＰＳ５Ｊ４５ＳＦ１８４６３８",
        "LC0PS5J4𝟓SF184638",
    ],
)
def test_other_ways_of_writing_a_vin_fold_to_the_same_vehicle(written):
    assert check_vin(written).vin == VALID
    assert check_vin(written).problem is None


@pytest.mark.parametrize(
    ("text", "code", "position", "expected", "found"),
    [
        ("", "vin_empty", None, None, None),
        (" \u200b-", "vin_empty", None, None, None),
        ("LS5NUUUK1VL63114", "vin_length", None, "17", "16"),
        ("LSGCLJWZ8TY7591790", "vin_length", None, "17", "18"),
        ("LC0PS5J4\x00SF184638", "vin_length", None, "17", "16"),
        ("\u202e495656KR33WDM7T6L\u202c", "vin_length", None, "17", "19"),
        ("\u202eC0PS5J45SF184638", "vin_character", 1, None, "U+202E"),
        ("LB3T1M5Z8R4O36281", "vin_character", 12, "0", "O"),
        ("L6TNDTZ91S88881I5", "vin_character", 16, "1", "I"),
        ("LFMQFLUAXTJ138546", "vin_character", 4, "0", "Q"),
        ("HJRBTТW23VV091104", "vin_character", 6, "T", "Т"),
        ("LFV2UM2A六T4809633", "vin_character", 9, "6", "六"),
        ("LJDU9ZG19SE10780٦", "vin_character", 17, "6", "٦"),
        ("LFVPP9GL1V87ı2260", "vin_character", 13, "1", "ı"),
        ("LSJSX33F9VX67413🚗", "vin_character", 17, None, "🚗"),
        ("<script>alert(1)<", "vin_character", 1, None, "<"),
        ("00000000000000000", "vin_placeholder", None, None, None),
        ("11111111111111111", "vin_placeholder", None, None, None),
        ("LBV9HJAT2R4325143", "vin_check_digit", 9, "X", "2"),
    ],
)
def test_a_wrong_vin_is_named_by_place_and_likely_mistake(text, code, position, expected, found):
    problem = check_vin(text).problem

    assert problem is not None
    assert (problem.code, problem.position, problem.expected, problem.found) == (
        code,
        position,
        expected,
        found,
    )
    assert problem.sentence.zh
    assert problem.sentence.en


def test_the_one_swap_that_mends_the_check_digit_is_suggested_but_never_made():
    check = check_vin("LC0PS5J45SF1B4638")

    assert check.vin == "LC0PS5J45SF1B4638"
    assert check.problem is not None
    assert check.problem.sentence.en.endswith('Character 13, "B", may be "8".')
    assert check.problem.sentence.zh.endswith("第13位的“B”可能应为“8”。")


def test_a_wrong_check_digit_alone_leaves_the_shape_right():
    assert is_vin_shaped("LBV9HJAT2R4325143")
    assert not is_vin_shaped("LB3T1M5Z8R4O36281")
    assert not is_vin_shaped(VALID + "\n")


def test_a_foreign_letter_that_looks_the_same_is_called_foreign():
    problem = check_vin("LDСRFTAP4TR232437").problem

    assert problem is not None
    assert "not an English letter" in problem.sentence.en


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L6T7MDW33RK656594", "T6T7MDW33RK656594"),
        ("LB3T1M5Z8R4036281", "LB3T1M5Z8R4032201"),
    ],
)
def test_twins_under_the_same_check_digit_stay_two_vehicles(one, other):
    assert (check_vin(one).problem, check_vin(other).problem) == (None, None)
    assert canonical_vin(one) != canonical_vin(other)


@given(SHAPES)
def test_a_vin_given_its_computed_check_digit_passes(shape):
    vin = shape[:8] + check_digit(shape) + shape[9:]

    assert check_vin(vin).problem is None or len(set(vin)) == 1


@given(st.text())
def test_canonical_form_is_stable_and_never_crashes(text):
    once = canonical_vin(text)

    assert canonical_vin(once) == once
    assert check_vin(text).vin == once
    check_uscc(text)


@pytest.mark.parametrize(
    ("sign", "years"),
    [("A", (1980, 2010, 2040)), ("9", (2009, 2039, 2069)), ("T", (1996, 2026, 2056)), ("0", ())],
)
def test_the_tenth_character_names_a_year_in_each_cycle(sign, years):
    assert model_years(VALID[:9] + sign + VALID[10:]) == years


def test_the_first_three_characters_name_the_maker():
    assert wmi(VALID) == "LC0"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("91110000600037341L", None, None),
        ("91440113MACPQJKN06", None, None),
        ("92 340603 MA2PEPBN6L", None, None),
        ("９２３４０６０３ｍａ２ＰＥＮＣＱ１Ｍ", None, None),
        ("", "uscc_empty", None),
        ("92340621MA2PBLW63", "uscc_length", None),
        ("92340604MA2PBPIU3Y", "uscc_character", 15),
        ("91340600MAZPENWF9P", "uscc_character", 11),
        ("923A0602MA2UK2TH6F", "uscc_character", 4),
        ("923406O2MA2UK2TH6F", "uscc_character", 7),
        ("92340621МA2UJWGB0J", "uscc_character", 9),
        ("92340603MA2UK0ME1X", "uscc_check_digit", 18),
        ("000000000000000000", "uscc_placeholder", None),
        ("A1110000600037341K", "uscc_prefix", None),
    ],
)
def test_a_credit_code_is_judged_with_its_place(text, code, position):
    problem = check_uscc(text).problem

    assert (problem and problem.code, problem and problem.position) == (code, position)


def test_differences_are_told_by_position():
    assert looks_like("LB8", "LBB") == (3,)
    assert looks_like("LB", "LB8") == (3,)
    assert looks_like("LB8", "LB8") == ()
