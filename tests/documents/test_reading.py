"""What is proposed from a letter's text, how its layout may vary, and that noise costs no time."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.reading.dates import first_date
from documents.reading.fields import FieldRead
from documents.reading.papers import read_paper
from documents.reading.repair import Repaired, is_valid, looks_the_same, repair_vin
from documents.reading.seen import SeenLine, SeenPage
from exports.identifiers import check_digit
from tests.factories import make_vin

pytestmark = pytest.mark.once

COUNTRIES = {
    "KZ": ("哈萨克斯坦", "Kazakhstan"),
    "UZ": ("乌兹别克斯坦", "Uzbekistan"),
    "GN": ("几内亚", "Guinea"),
    "GQ": ("赤道几内亚", "Equatorial Guinea"),
    "NE": ("尼日尔", "Niger"),
    "NG": ("尼日利亚", "Nigeria"),
}
MAKERS = {"byd": ("比亚迪汽车有限公司", "BYD Auto Co., Ltd."), "gwm": ("长城汽车股份有限公司",)}
FIRST, SECOND = "LGXCE4CB5R0123456", "LGXCE4CB1R0123457"

VALID = make_vin(1), make_vin(2)

LETTER = f"""售后维修服务确认书
After-sales Repair Service Confirmation
编号 No.: ASC-2026-000123
生产企业 Manufacturer: 比亚迪汽车有限公司
出具单位 Issued by: 比亚迪汽车销售有限公司
出口国别 Destination: 哈萨克斯坦 Kazakhstan
出口企业 Exporter: 霍尔果斯丝路汽车出口有限公司 91654004MA77ABCD1X
序号 No. 车架号 VIN 品牌 Brand 型号 Model 注册登记日期 Registered on
1 {FIRST} 比亚迪 BYD7009BEV3 2026-01-05
2 {SECOND} 比亚迪 BYD7009BEV3 2026-01-06
服务网点 Service outlets
国家 Country 名称 Name 地址 Address 服务商 Provider 电话 Phone
哈萨克斯坦 Kazakhstan
Almaty BYD Centre Abay 10,
Almaty Astana Motors +7 727 300 0000
乌兹别克斯坦 Uzbekistan 塔什干服务站 12 Amir Temur, Tashkent
100000 BYD Uzbekistan JV +998 71 200 11 22
签发日期 Date: 2026-03-01 有效期至 Valid until: 2026-09-01
我单位确认，上列车辆由上列服务网点提供售后维修服务。
比亚迪汽车有限公司
"""


def pages_of(*texts: str) -> list[SeenPage]:
    """Return *texts* as pages, one line below the other; bars part cells of a row."""
    return [
        SeenPage(number, tuple(lines_of(text)), "layer")
        for number, text in enumerate(texts, start=1)
    ]


def lines_of(text: str) -> Iterator[SeenLine]:
    for at, line in enumerate(text.splitlines()):
        for column, cell in enumerate(line.split(" | ")):
            yield SeenLine(cell, (0.1 + 0.17 * column, at * 0.01, 0.15, 0.008), 1.0)


class Reads(tuple[FieldRead, ...]):
    """What was read, by field."""

    def __call__(self, field: str) -> list[str]:
        return [found.value for found in self if found.field == field]

    def first(self, field: str) -> FieldRead:
        return next(found for found in self if found.field == field)


def read(*texts: str, kind: str = "confirmation", declared: tuple[str, ...] = ()) -> Reads:
    """Read the paper with the names above."""
    found = read_paper(
        kind, pages_of(*texts), countries=COUNTRIES, makers=MAKERS, declared_vins=declared
    )
    return Reads(found)


def outlets(reads: Reads) -> list[tuple[str, ...]]:
    return [tuple(found.parts.values()) for found in reads if found.field == "outlet"]


def test_a_letter_in_the_usual_layout_is_read_whole() -> None:
    letter = read(LETTER)

    assert letter("vin") == [FIRST, SECOND]
    assert letter("number") == ["ASC-2026-000123"]
    assert letter("maker") == ["比亚迪汽车有限公司"]
    assert letter("issuer") == ["比亚迪汽车销售有限公司"]
    assert letter("issued_on") == ["2026-03-01"]
    assert letter("valid_until") == ["2026-09-01"]
    assert letter("destination") == ["KZ"]
    assert letter("exporter") == ["霍尔果斯丝路汽车出口有限公司"]
    assert letter.first("exporter").parts == {"uscc": "91654004MA77ABCD1X"}
    assert [(o[0], o[4]) for o in outlets(letter)] == [
        ("KZ", "+7 727 300 0000"),
        ("UZ", "+998 71 200 11 22"),
    ]


def test_each_value_says_where_it_stands() -> None:
    found = read("封面\n第一页", LETTER).first("vin")

    assert (found.page, found.printed) == (2, FIRST)
    assert found.box == (0.1, pytest.approx(0.08), 0.15, 0.008)


def test_what_stands_beside_a_vin_belongs_to_it() -> None:
    text = (
        "序号 | 车架号 VIN | 品牌 | 型号 | 注册登记日期\n"
        f"1 | {FIRST} | 比亚迪 | BYD7009 | 2026年1月5日"
    )

    assert read(text).first("vin").parts == {
        "brand": "比亚迪",
        "model": "BYD7009",
        "registered_on": "2026-01-05",
    }


def test_an_empty_document_proposes_nothing() -> None:
    assert read() == read("") == ()


# --- VINs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"车架号:{FIRST}。", [FIRST]),
        (FIRST.lower(), [FIRST]),
        ("ＬＧＸＣＥ４ＣＢ５Ｒ０１２３４５６", [FIRST]),
        (FIRST[:8] + "\u200b" + FIRST[8:], [FIRST]),
        (f"{FIRST}\n{FIRST}", [FIRST]),
        ("LGXCE4CB5RO123456", ["LGXCE4CB5RO123456"]),
        (FIRST + "7", []),
        (FIRST[:-1], []),
        ("12345678901234567", []),
        ("INTERNATIONALISED", []),
    ],
)
def test_vin_candidates_stand_alone_and_are_never_mended(text: str, expected: list[str]) -> None:
    assert read(text)("vin") == expected


# --- dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年3月1日", date(2026, 3, 1)),
        ("2026 年 03 月 01 日", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("2026.03.01", date(2026, 3, 1)),
        ("二〇二六年三月一日", date(2026, 3, 1)),
        ("二〇二六年十二月二十一日", date(2026, 12, 21)),
        ("二〇二六年十月三十日", date(2026, 10, 30)),
        ("2026-13-01, 2026-02-28", date(2026, 2, 28)),
        ("2026-02-30", None),
        ("12026-03-011", None),
        ("二○二六 年 八 月 二十 日", date(2026, 8, 20)),
        ("二O二六年一月二日", date(2026, 1, 2)),
        ("1 March 2026", date(2026, 3, 1)),
        ("March 1, 2026", date(2026, 3, 1)),
        ("March1,2026", date(2026, 3, 1)),
        ("01-Mar-2026", date(2026, 3, 1)),
        ("31 February 2026", None),
    ],
)
def test_dates_are_read_as_letters_write_them(text: str, expected: date | None) -> None:
    assert first_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "签发日期：2026年3月1日",
        "签发日期\n2026年3月1日",
        "日期: 2026-03-01",
        "Date: 2026/03/01",
        "Date of issue 2026-03-01",
        "注册登记日期 2026-01-05\n签发日期 2026-03-01 有效期至 2026-09-01",
        "注册登记日期 2026-01-05\n比亚迪汽车有限公司\n2026年3月1日",
        "日        期：2026 年 3 月 1 日",
        "签发日期 | 2026年3月1日 | 有效期至 | 2026年9月1日",
        "Date of issue: 1 March 2026",
    ],
)
def test_the_date_of_issue_is_labelled_or_stands_alone(text: str) -> None:
    assert read(text)("issued_on") == ["2026-03-01"]


@pytest.mark.parametrize("text", ["注册登记日期 2026-03-01", "签发日期: ____ 有效期至 2026-09-01"])
def test_another_date_is_not_taken_for_the_date_of_issue(text: str) -> None:
    assert read(text)("issued_on") == []


def test_a_day_that_nobody_signed_is_only_a_guess() -> None:
    signed = read("比亚迪汽车有限公司\n2026年3月1日").first("issued_on")
    stray = read("第 1 页\n2026年3月1日").first("issued_on")

    assert (signed.sure, stray.sure) == (True, False)


def test_the_days_of_vehicles_are_not_the_letters() -> None:
    assert read(f"序号 | 车架号\n1 | {FIRST} | 2026-01-05")("issued_on") == []


# --- number, names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("确认书编号：QRS-77/2026", "QRS-77/2026"),
        ("No. 2026-0042", "2026-0042"),
        ("序号 No. 车架号 VIN", None),
        ("Registered on: 2026", None),
        ("编 号：QRS-77/2026", "QRS-77/2026"),
        ("编号 No. | QRS-77/2026", "QRS-77/2026"),
    ],
)
def test_the_number_follows_its_label(text: str, expected: str | None) -> None:
    assert read(text)("number") == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出口国别: 哈萨克斯坦、乌兹别克斯坦", ["KZ", "UZ"]),
        ("目的国\nKAZAKHSTAN", ["KZ"]),
        ("我公司确认车辆出口至赤道几内亚后提供服务", ["GQ"]),
        ("exported to Equatorial Guinea and Nigeria", ["GQ", "NG"]),
        ("出口国别: 尼日尔\n服务网点\n尼日利亚 Lagos", ["NE"]),
        ("Kazakhstani", []),
        ("出口国别 | 哈萨克斯坦、乌兹\n | 别克斯坦", ["KZ", "UZ"]),
        ("出口国别：哈萨克斯坦、乌兹\n别克斯坦\n出口企业：甲公司", ["KZ", "UZ"]),
        ("兹确认车辆出口至哈萨克斯\n坦、尼日尔后提供服务，见尼日利亚", ["KZ", "NE"]),
        ("出口国别：哈萨克斯垣", ["KZ"]),
    ],
)
def test_destinations_are_whole_names_and_not_those_of_outlets(
    text: str, expected: list[str]
) -> None:
    assert read(text)("destination") == expected


def test_a_country_that_was_almost_read_is_only_proposed() -> None:
    assert read("出口国别：哈萨克斯坦").first("destination").sure
    assert not read("出口国别：哈萨克斯垣").first("destination").sure
    assert read("出口国别：几内垩")("destination") == []


def test_a_letter_in_running_words_names_its_companies() -> None:
    letter = read(
        "霍尔果斯丝路汽车出口有限公司：\n"
        "兹确认下列2辆由比亚迪汽车有\n限公司生产的车辆出口至哈萨克斯坦后提供服务。\n"
        f"{VALID[0]}，{VALID[1]}。\n长城汽车股份有限公司\n2026年3月1日"
    )

    assert letter("exporter") == ["霍尔果斯丝路汽车出口有限公司"]
    assert letter("maker") == ["比亚迪汽车有限公司"]
    assert letter("issuer") == ["长城汽车股份有限公司"]
    assert letter("vin") == list(VALID)
    assert all(letter.first(name).sure for name in ("maker", "issuer", "destination", "vin"))


def test_a_letter_whose_day_cannot_be_read_still_proposes_who_signed() -> None:
    issuer = read("我单位确认提供服务。\n比亚迪汽车有限公司\n盖住的日期").first("issuer")

    assert (issuer.value, issuer.sure) == ("比亚迪汽车有限公司", False)


def test_a_label_that_was_misread_is_not_part_of_the_name() -> None:
    assert read("出具单位ssued by: 比亚迪汽车有限公司")("issuer") == ["比亚迪汽车有限公司"]


def test_the_place_of_a_value_is_where_its_words_stand() -> None:
    letter = read("兹确认由比亚迪汽车有限公司生产的\n车辆出口至哈萨克斯坦后提供服务")

    place = letter.first("destination")
    assert (place.printed, place.box[1]) == ("哈萨克斯坦", pytest.approx(0.01))


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("生产企业: 比亚迪汽车有限公司", "比亚迪汽车有限公司", True),
        ("生产企业: 比亚迪 汽车有限公司", "比亚迪汽车有限公司", True),
        ("生产企业: 比亚迫汽车有限公司", "比亚迪汽车有限公司", False),
        ("生产企业: 西安比亚迪汽车有限公司", "西安比亚迪汽车有限公司", False),
        ("生产企业: 比亚迪汽车有限公司西安分公司", "比亚迪汽车有限公司西安分公司", False),
    ],
)
def test_a_misread_name_is_proposed_and_another_companys_is_not(
    text: str, name: str, sure: bool
) -> None:
    maker = read(text).first("maker")

    assert (maker.value, maker.sure) == (name, sure)


def test_columns_that_are_drawn_are_kept_apart() -> None:
    text = "服务网点\n哈萨克斯坦 | BYD Centre | Abay 10 | Astana Motors | +7 727 300 0000\n"

    assert outlets(read(text)) == [
        ("KZ", "BYD Centre", "Abay 10", "Astana Motors", "+7 727 300 0000")
    ]


def test_only_an_outlet_that_fills_its_row_is_sure() -> None:
    heading = "服务网点\n国家 | 名称 | 地址 | 服务商 | 电话\n"
    whole = "乌兹别克斯坦 | BYD 1 | Abay 10 | Motors | +7 727 300 0000\n"
    broken = "哈萨克斯坦 | BYD | Abay 10 | Motors | +7 727 300 0001\nKazakhstan | Centre\n"

    surely = [one.sure for one in read(heading + whole + whole) if one.field == "outlet"]
    unsure = [one.sure for one in read(heading + whole + broken) if one.field == "outlet"]
    assert (surely, unsure) == ([True, True], [False, False])


def test_a_name_that_ran_into_its_country_is_parted_from_it() -> None:
    text = "服务网点\n国家 | 名称 | 地址 | 服务商 | 电话\n哈萨克斯坦 Kazakhstan BYD Centre"

    assert outlets(read(text))[0][:2] == ("KZ", "BYD Centre")


def test_a_cell_may_run_over_two_lines() -> None:
    text = (
        "服务网点\n国家 | 名称 | 地址 | 服务商 | 电话\n"
        "哈萨克斯坦 | BYD | Abay 10 | Astana Motors | +7 727 300 0000\n"
        "Kazakhstan | Centre"
    )

    assert outlets(read(text))[0][:3] == ("KZ", "BYD Centre", "Abay 10")


# --- VINs broken and run together


@pytest.mark.parametrize(
    ("declared", "confidence", "sure"),
    [((), 0.95, True), ((), 0.8, False), ((FIRST,), 0.8, True), ((FIRST,), 0.4, False)],
)
def test_a_vin_broken_in_a_narrow_column_is_put_together(
    declared: tuple[str, ...], confidence: float, sure: bool
) -> None:
    text = f"序号 | 车架号 | 型号\n1 | {FIRST[:11]} | BYD7009\n"
    below = SeenLine(FIRST[11:], (0.27, 0.032, 0.08, 0.008), confidence)
    page = SeenPage(1, (*lines_of(text), below), "picture")

    read = read_paper("confirmation", [page], countries={}, makers={}, declared_vins=declared)

    found = next(one for one in read if one.field == "vin")
    assert (found.value, found.sure, found.parts["model"]) == (FIRST, sure, "BYD7009")


@pytest.mark.parametrize("text", ["".join(VALID), f"12{VALID[0]}{VALID[1]}"])
def test_vins_that_lost_the_blank_between_them_are_parted(text: str) -> None:
    assert read(text)("vin") == list(VALID)


def test_a_credit_code_holds_no_vin() -> None:
    assert read("统一社会信用代码 91654004MA77ABCD1X")("vin") == []


# --- misread VINs


def test_a_misread_vin_becomes_the_one_that_was_declared() -> None:
    misread = FIRST.replace("0", "O", 1)

    found = read(misread, declared=(FIRST, SECOND)).first("vin")

    assert (found.printed, found.value, found.repair, found.sure) == (
        misread,
        FIRST,
        "declared",
        False,
    )


@given(serial=st.integers(0, 999_999), others=st.sets(st.integers(0, 999_999), max_size=20))
def test_a_valid_vin_is_never_changed(serial: int, others: set[int]) -> None:
    vin = make_vin(serial)

    assert repair_vin(vin, declared={vin, *map(make_vin, others)}) == Repaired(vin)


@given(
    read_as=st.text("ABCDOQIS0158BZG26L", min_size=15, max_size=19),
    serials=st.sets(st.integers(0, 999_999)),
)
def test_whatever_was_read_a_repair_is_valid_and_declared(read_as: str, serials: set[int]) -> None:
    declared = set(map(make_vin, serials))

    repaired = repair_vin(read_as, declared=declared)

    assert repaired.value == read_as or repaired.value in declared
    assert not repaired.repair or is_valid(repaired.value)
    assert not repaired.suggestion or is_valid(repaired.suggestion)


def test_a_misread_vin_nobody_declared_is_only_a_suggestion() -> None:
    misread = FIRST.replace("0", "O", 1)

    found = read(misread).first("vin")

    assert (found.value, found.repair, found.sure) == (misread, "", False)
    assert found.parts["suggestion"] == FIRST


@given(place=st.integers(0, 16), sign=st.sampled_from("OQIBSZG0158"), serial=st.integers(0, 999999))
def test_a_repair_is_valid_declared_and_the_only_choice(place: int, sign: str, serial: int) -> None:
    vin = make_vin(serial % 1_000_000)
    read_as = vin[:place] + sign + vin[place + 1 :]

    repaired = repair_vin(read_as, declared={vin, make_vin((serial + 1) % 1_000_000)})

    assert repaired.value in (read_as, vin)
    if is_valid(read_as):
        assert repaired.value == read_as
    elif repaired.repair:
        assert looks_the_same(read_as, vin)


def test_two_declared_vins_that_both_fit_leave_it_as_it_was_read() -> None:
    one, other = twins()
    between = "".join(a if a == b else "O" for a, b in zip(one, other, strict=True))

    assert repair_vin(between, declared={one, other}) == Repaired(between)


def twins() -> tuple[str, str]:
    """Return two valid VINs that a reader could take for each other: 0 for D, twice."""
    one = make_vin(0)
    changed = list(one)
    # The weights of these two places, 8 and 3, add up to eleven: the check digit stays.
    changed[10] = changed[15] = "0"
    zeros = "".join(changed)
    zeros = zeros[:8] + check_digit(zeros) + zeros[9:]
    changed[10] = changed[15] = "D"
    dees = "".join(changed)
    return zeros, dees[:8] + check_digit(dees) + dees[9:]


# --- other papers


def test_a_registration_certificate_is_read() -> None:
    paper = read(
        f"机动车登记证书\n车架号 VIN: {FIRST}\n机动车所有人 Owner: 霍尔果斯丝路汽车出口有限公司\n"
        "注册登记日期: 2026-01-05\n车辆品牌: 比亚迪牌\n车辆型号: BYD7009\n"
        "制造厂名称: 比亚迪汽车有限公司\n"
        "转让登记 转让待出口\n登记日期 2026-02-07",
        kind="certificate",
    )

    assert {found.field: found.value for found in paper} == {
        "vin": FIRST,
        "registered_on": "2026-01-05",
        "transferred_on": "2026-02-07",
        "owner": "霍尔果斯丝路汽车出口有限公司",
        "brand": "比亚迪牌",
        "model": "BYD7009",
        "maker": "比亚迪汽车有限公司",
    }


def test_an_inspection_report_is_read() -> None:
    paper = read(
        f"二手车出口检测报告\n依据 WM/T 8-2022\n车架号: {FIRST}\n"
        "检测结论: 合格\n检测日期: 2026-02-09",
        kind="inspection",
    )

    assert {found.field: found.value for found in paper} == {
        "vin": FIRST,
        "standard": "WM/T 8-2022",
        "result": "合格",
        "inspected_on": "2026-02-09",
    }


def test_a_contract_is_not_read() -> None:
    assert read(LETTER, kind="contract") == ()


# --- noise


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param("A" * 5_000_000, id="one letter"),
        pytest.param("2" * 5_000_000, id="one digit"),
        pytest.param(FIRST * 290_000, id="endless VIN"),
        pytest.param(" " * 5_000_000, id="blanks"),
        pytest.param("编号" * 2_500_000, id="labels"),
        pytest.param("服务网点\n哈萨克斯坦 " + "1 -" * 1_600_000, id="endless telephone"),
        pytest.param("日期 2026-\n" * 500_000, id="half dates"),
    ],
)
def test_five_megabytes_of_noise_never_hold_up_a_worker(noise: str) -> None:
    pages = pages_of(noise)
    started = time.process_time()

    read_paper("confirmation", pages, countries=COUNTRIES, makers=MAKERS)

    # Seconds, measured with every branch counted; unbounded it would be minutes.
    assert time.process_time() - started < 10


def test_a_cell_of_two_lines_may_begin_above_its_row() -> None:
    cells = [
        ("国家", 0.1, 0.30),
        ("名称", 0.25, 0.30),
        ("地址", 0.45, 0.30),
        ("电话", 0.7, 0.30),
        ("Egypt Example Auto", 0.25, 0.320),
        ("埃及 Egypt", 0.1, 0.326),
        ("Street 12", 0.45, 0.326),
        ("+20 000 0000 0000", 0.7, 0.326),
        ("Service", 0.25, 0.332),
    ]
    lines = [SeenLine("服务网点", (0.1, 0.28, 0.1, 0.009), 1.0)]
    lines += [SeenLine(text, (left, top, 0.12, 0.009), 1.0) for text, left, top in cells]

    found = read_paper(
        "confirmation",
        [SeenPage(1, tuple(lines), "layer")],
        countries={"EG": ("埃及", "Egypt")},
        makers=MAKERS,
    )

    (outlet,) = [one for one in found if one.field == "outlet"]
    assert (outlet.parts["country"], outlet.parts["name"]) == ("EG", "Egypt Example Auto Service")


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("签发日期 2026-09-21", True),
        ("签发日期 2026/9/2", True),
        ("签发日期 2026年9月2日", True),
        ("签发日期 2026-09-2", False),
        ("签发日期 2026年9月2", False),
    ],
)
def test_a_day_that_may_have_lost_a_sign_is_not_sure(text: str, sure: bool) -> None:
    assert read(text).first("issued_on").sure is sure
