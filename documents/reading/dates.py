"""Find calendar dates as Chinese and English letters write them."""

import re
from datetime import date
from typing import Final

_DATE: Final = re.compile(
    r"(?<!\d)(\d{4})\s?[年/.-]\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})(?!\d)"
    r"|([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_LONE: Final = re.compile(rf"(?:{_DATE.pattern})\s?日?")
_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def first_date(text: str) -> date | None:
    """Return the first possible date in *text*, which should be short."""
    for match in _DATE.finditer(text):
        year, month, day = (_number(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def is_lone_date(text: str) -> bool:
    """Tell whether *text* is a date and nothing else, as under a signature."""
    return _LONE.fullmatch(text) is not None


def _number(written: str) -> int:
    tens, ten, ones = written.translate(_DIGITS).rpartition("十")
    return int(tens or "1") * 10 + int(ones or "0") if ten else int(ones)
