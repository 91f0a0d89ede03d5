"""What is proposed from a letter's text, how its layout may vary, and that noise costs no time."""

import time
from datetime import date

import pytest

from documents.reading.dates import first_date
from documents.reading.letters import LetterReading, Read, ReadOutlet, read_letter
from documents.reading.lines import normal

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


def read(*texts: str) -> LetterReading:
    """Read the letter with the names above."""
    return read_letter(texts, countries=COUNTRIES, makers=MAKERS)


def values(reads: tuple[Read[str], ...]) -> list[str]:
    """Return the values alone."""
    return [found.value for found in reads]


def value(found: Read[str] | Read[date] | None) -> str | date | None:
    """Return the value alone."""
    return found.value if found else None


def test_a_letter_in_the_usual_layout_is_read_whole() -> None:
    letter = read(LETTER)

    assert values(letter.vins) == [FIRST, SECOND]
    assert value(letter.number) == "ASC-2026-000123"
    assert value(letter.issuer) == "比亚迪汽车销售有限公司"
    assert value(letter.issued_on) == date(2026, 3, 1)
    assert value(letter.valid_until) == date(2026, 9, 1)
    assert values(letter.destinations) == ["KZ"]
    assert values(letter.manufacturers) == ["byd"]
    assert [outlet.value for outlet in letter.outlets] == [
        ReadOutlet("KZ", "Almaty BYD Centre Abay 10, Almaty Astana Motors", "", "+7 727 300 0000"),
        ReadOutlet(
            "UZ",
            "塔什干服务站 12 Amir Temur, Tashkent 100000 BYD Uzbekistan JV",
            "",
            "+998 71 200 11 22",
        ),
    ]


def test_each_value_says_where_it_stands() -> None:
    cover = "封面\n第一页"

    first = read(cover, LETTER).vins[0]

    assert (first.page, first.source_text) == (2, f"1 {FIRST} 比亚迪 BYD7009BEV3 2026-01-05")
    assert normal(LETTER)[first.offset :].startswith(FIRST)


def test_an_empty_document_proposes_nothing() -> None:
    assert read() == read("") == LetterReading((), None, None, None, None, (), (), ())


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
    assert values(read(text).vins) == expected


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
    ],
)
def test_the_date_of_issue_is_labelled_or_stands_alone(text: str) -> None:
    assert value(read(text).issued_on) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["注册登记日期 2026-03-01", "签发日期: ____ 有效期至 2026-09-01"])
def test_another_date_is_not_taken_for_the_date_of_issue(text: str) -> None:
    assert read(text).issued_on is None


# --- number, names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("确认书编号：QRS-77/2026", "QRS-77/2026"),
        ("No. 2026-0042", "2026-0042"),
        ("序号 No. 车架号 VIN", None),
        ("Registered on: 2026", None),
    ],
)
def test_the_number_follows_its_label(text: str, expected: str | None) -> None:
    assert value(read(text).number) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出口国别: 哈萨克斯坦、乌兹别克斯坦", ["KZ", "UZ"]),
        ("目的国\nKAZAKHSTAN", ["KZ"]),
        ("我公司确认车辆出口至赤道几内亚后提供服务", ["GQ"]),
        ("exported to Equatorial Guinea and Nigeria", ["GQ", "NG"]),
        ("出口国别: 尼日尔\n服务网点\n尼日利亚 Lagos", ["NE"]),
        ("Kazakhstani", []),
    ],
)
def test_destinations_are_whole_names_and_not_those_of_outlets(
    text: str, expected: list[str]
) -> None:
    assert values(read(text).destinations) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("生产企业: 比亚迪汽车有限公司", ["byd"]),
        ("Manufacturer: byd auto co., ltd.", ["byd"]),
        ("（盖章）\n长城汽车股份有限公司", ["gwm"]),
        ("生产企业: 西安比亚迪汽车有限公司", []),
        ("生产企业: 比亚迪汽车有限公司西安分公司", []),
    ],
)
def test_a_maker_is_never_found_inside_another_companys_name(
    text: str, expected: list[str]
) -> None:
    assert values(read(text).manufacturers) == expected


def test_columns_that_are_drawn_are_kept_apart() -> None:
    text = "服务网点\n哈萨克斯坦 | BYD Centre | Abay 10 | Astana Motors | +7 727 300 0000\n"

    assert [outlet.value for outlet in read(text).outlets] == [
        ReadOutlet("KZ", "BYD Centre", "Abay 10", "+7 727 300 0000")
    ]


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
def test_five_megabytes_of_noise_are_read_in_a_second(noise: str) -> None:
    started = time.process_time()

    read(noise)

    assert time.process_time() - started < 1
