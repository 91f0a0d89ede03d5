"""Find calendar dates as Chinese and English papers write them."""

import re
from datetime import date
from typing import Final

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH: Final = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
# Readers take the round 〇 for a letter or a nought.
_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s?[年/.-]\s?(?P<month>\d{1,2})\s?[月/.-]\s?(?P<day>\d{1,2})(?!\d)"
    r"|(?P<zh_year>[〇零○Oo0一二三四五六七八九]{4})\s?年\s?"
    r"(?P<zh_month>[一二三四五六七八九十]{1,3})\s?月\s?(?P<zh_day>[一二三四五六七八九十]{1,3})\s?日"
    rf"|(?<!\d)(?P<d>\d{{1,2}})[\s-]?(?P<m>{_MONTH})[\s,-]*(?P<y>\d{{4}})(?!\d)"
    rf"|(?<![a-z])(?P<us_m>{_MONTH})\s?(?P<us_d>\d{{1,2}})[\s,]+(?P<us_y>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_LONE: Final = re.compile(rf"(?:{_DATE.pattern})\s?日?", re.IGNORECASE)
_DIGITS: Final = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")
_ORDERS: Final = (
    ("year", "month", "day"),
    ("zh_year", "zh_month", "zh_day"),
    ("y", "m", "d"),
    ("us_y", "us_m", "us_d"),
)
# A day that may have lost its last sign: one figure behind a month of two, or no 日 behind 月.
_CUT: Final = re.compile(
    r"\d{4}\s?[/.-]\s?\d{2}\s?[/.-]\s?\d(?!\d)|月\s?\d{1,2}(?!\d)(?!\s?日)", re.IGNORECASE
)
# Between a label and its date there is a colon, a blank, a stroke.
NEAR: Final = 4


def first_date(text: str) -> date | None:
    """Return the first possible date in *text*, which should be short."""
    return next((day for _start, day in _dates(text)), None)


def near_date(text: str) -> date | None:
    """Return the date *text* begins with, or almost: what comes later belongs to another label."""
    return next((day for start, day in _dates(text) if start <= NEAR), None)


def may_be_cut(text: str) -> bool:
    """Tell whether the date *text* begins with may have lost a sign, under a seal say."""
    found = _CUT.search(text)
    return found is not None and found.start() <= NEAR + len("2026年12")


def is_lone_date(text: str) -> bool:
    """Tell whether *text* is a date and nothing else, as under a signature."""
    return _LONE.fullmatch(text) is not None


def _dates(text: str) -> list[tuple[int, date]]:
    days = []
    for match in _DATE.finditer(text):
        for order in _ORDERS:
            if match[order[0]]:
                year, month, day = (_number(match[part]) for part in order)
                days += [(match.start(), found) for found in _calendar(year, month, day)]
    return days


def _calendar(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _number(written: str) -> int:
    if written[:3].lower() in _MONTHS:
        return _MONTHS.index(written[:3].lower()) + 1
    tens, ten, ones = written.translate(_DIGITS).rpartition("十")
    return int(tens or "1") * 10 + int(ones or "0") if ten else int(ones)
