"""What a cell says: the one value it can mean, or a problem. Never a guess, never an error.

A problem is ``{"code", "wrote", "fix", …}``: ``fix`` is what was probably meant, ``options`` what
it could mean; a person decides.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz, process

from documents.reading.repair import IMPOSSIBLE, is_valid, repair_vin
from documents.sheets.columns import NEEDED, plain
from exports.calculator import read_date
from exports.forms import EARLIEST, HS_CODE
from exports.identifiers import canonical_uscc, canonical_vin, check_vin

LENGTHS: Final[Mapping[str, int]] = {
    "brand": 60,
    "model": 60,
    "maker_name": 120,
    "certificate_number": 30,
    "owner_name": 120,
    "owner_uscc": 18,
    "contract_number": 40,
}
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "passenger": "passenger 乘用车 小型轿车 轿车 小型普通客车 小型越野客车 SUV 小型客车"
        " sedan car passenger_car",
        "bus": "bus 客车 大型客车 中型客车 大型普通客车",
        "truck": "truck 货车 载货汽车 重型货车 轻型货车 皮卡 pickup lorry goods_vehicle",
        "tractor": "tractor 牵引车 半挂牵引车 重型半挂牵引车 road_tractor",
        "trailer": "trailer 挂车 半挂车 semitrailer",
    },
    "fuel": {
        "petrol": "petrol 汽油 gasoline gas benzin",
        "diesel": "diesel 柴油",
        "hybrid": "hybrid 混合动力 混动 油电混合 HEV",
        "plugin": "plugin 插电混动 插电式混合动力 插混 增程式 PHEV EREV plug-in_hybrid plug-in",
        "electric": "electric 纯电动 电动 纯电 电 BEV EV battery_electric",
        "other": "other 其他 其它 天然气 CNG LNG 甲醇 氢 hydrogen",
    },
    "origin": {
        "domestic": "domestic 国产 made_in_China 中国 China",
        "imported": "imported 进口 import",
    },
    "use": {
        "private": "private 非营运 家用 自用 non-commercial noncommercial",
        "commercial": "commercial 营运 出租 租赁 预约出租客运",
    },
}
DAYS: Final = ("produced_on", "registered_on", "transferred_on")
ERRORS: Final = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
MOST_ODOMETER: Final = 2_000_000
# A spreadsheet keeps fifteen figures of a number; what was longer is gone.
EXACT: Final = 10**15
LIKELY: Final = 72
_TIME: Final = re.compile(r"[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[AP]M)?Z?$", re.IGNORECASE)
_WEEKDAY: Final = re.compile(r"\s*(?:星期|周)[一二三四五六日天]$")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", re.ASCII)
_MONTH_ONLY: Final = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?", re.ASCII)
_POWER: Final = re.compile(r"\d+(?:\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_KM: Final = re.compile(r"(\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.0+)?\s*(?:km|公里|千米)?", re.IGNORECASE)
_WHOLE: Final = re.compile(r"\d+\.0+", re.ASCII)
Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """What a cell says: its *value*, ``None`` if it says nothing, or the *problem* with it."""

    value: Any = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Words:
    """The names a cell may use: of countries and ports (by code), of manufacturers."""

    names: Mapping[str, Mapping[str, str]]
    makers: Sequence[str] = ()
    found: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def near(self, kind: str, text: str) -> tuple[str, ...]:
        """Return the codes whose names are most like *text*, the likeliest first."""
        asked = (kind, text)
        if asked not in self.found:
            hits = process.extract(
                plain(text),
                self.names[kind].keys(),
                scorer=fuzz.ratio,
                limit=5,
                score_cutoff=LIKELY,
            )
            self.found[asked] = tuple(dict.fromkeys(self.names[kind][name] for name, *_ in hits))
        return self.found[asked]

    def near_maker(self, text: str) -> str:
        """Return the announced manufacturer most like *text*, empty if none is near."""
        asked = ("maker", text)
        if asked not in self.found:
            hit = process.extractOne(text, self.makers, scorer=fuzz.ratio, score_cutoff=80)
            self.found[asked] = (hit[0],) if hit else ("",)
        return self.found[asked][0]


def read_cell(name: str, cell: Any, *, words: Words) -> Read:
    """Return what *cell* says about field *name*."""
    if isinstance(cell, dict) and "formula" in cell:
        return trouble("formula", "")
    wrote = shown(cell)
    if not wrote:
        return trouble("missing", "") if name in NEEDED else Read()
    if wrote.upper() in ERRORS:
        return trouble("error_value", wrote)
    return READERS[name](name, cell, wrote, words)


def trouble(code: str, wrote: str, *, fix: str = "", **more: Any) -> Read:
    """Return a problem."""
    return Read(problem={"code": code, "wrote": wrote, "fix": fix, **more})


def shown(cell: Any) -> str:
    """Return *cell* as a person reads it: without width, odd blanks, or our own apostrophe."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell)
    if isinstance(cell, dict):
        return str(cell.get("day", ""))
    text = narrow(str(cell))
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@|'") else text


@lru_cache(maxsize=4096)
def narrow(text: str) -> str:
    """Fold full-width letters and figures and every kind of blank; brackets stay as they are."""
    folded = "".join(
        chr(ord(sign) - 0xFEE0) if "\uff10" <= sign <= "\uff5a" and sign.isalnum() else sign
        for sign in text
    )
    kept = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Cs", "Co"))
    return " ".join("".join(" " if unicodedata.category(s) == "Cc" else s for s in kept).split())


def read_vin(_name: str, cell: Any, wrote: str, _words: Words) -> Read:
    """Read a VIN; the check digit is a doubt for later, as some makers do not use it."""
    vin = canonical_vin(wrote)
    problem = check_vin(vin).problem
    if problem is None or problem.code == "vin_check_digit":
        return Read(vin)
    if not isinstance(cell, str):
        return trouble("vin_number", wrote)
    mended = repair_vin(vin, declared=()).suggestion if set(vin) & set(IMPOSSIBLE) else ""
    if mended and is_valid(mended):
        return trouble("vin_letters", wrote, fix=mended)
    return trouble(problem.code, wrote)


def read_text(name: str, cell: Any, wrote: str, _words: Words) -> Read:
    """Read words, or a number that stands for words."""
    if lost_figures(cell, wrote):
        return trouble("rounded", wrote)
    text = wrote[: wrote.index(".")] if _WHOLE.fullmatch(wrote) and name in CODES else wrote
    if name == "owner_uscc":
        text = canonical_uscc(text)
    if len(text) > LENGTHS[name]:
        return trouble("too_long", wrote[:80], most=LENGTHS[name])
    return Read(text)


CODES: Final = ("certificate_number", "contract_number", "owner_uscc")


def lost_figures(cell: Any, wrote: str) -> bool:
    """Tell whether the spreadsheet has cut the end of a long number off."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return bool(_POWER.fullmatch(wrote)) or (is_number and abs(cell) >= EXACT)


def read_hs_code(_name: str, _cell: Any, wrote: str, _words: Words) -> Read:
    """Read a tariff code with or without dots; of a shortened number only a repair is offered."""
    if _POWER.fullmatch(wrote):
        number = str(int(float(wrote))) if float(wrote) < EXACT else ""
        return trouble("rounded", wrote, fix=number if HS_CODE.fullmatch(number) else "")
    whole = wrote.partition(".")[0] if _WHOLE.fullmatch(wrote) and len(wrote) > 8 else wrote
    digits = re.sub(r"[\s.\-]", "", whole)
    return Read(digits) if HS_CODE.fullmatch(digits) else trouble("hs_code", wrote)


def read_km(_name: str, _cell: Any, wrote: str, _words: Words) -> Read:
    """Read kilometres."""
    found = _KM.fullmatch(wrote)
    number = int(re.sub(r"\D", "", found[1])[:12]) if found else -1
    return Read(number) if 0 <= number <= MOST_ODOMETER else trouble("number", wrote)


def read_day(_name: str, cell: Any, wrote: str, _words: Words) -> Read:
    """Read a day: a date, a spreadsheet's day number, or the usual ways to write one."""
    days = days_named(cell, wrote)
    if isinstance(days, str):
        return trouble(days, wrote)
    if len(days) > 1:
        if short_year(wrote):
            return trouble("day_unreadable", wrote)
        return trouble("day_ambiguous", wrote, options=[day.isoformat() for day in days])
    [day] = days
    if day < EARLIEST or day.year > 2100:
        return trouble("day_early", wrote)
    if short_year(wrote):
        return trouble("day_short", wrote, fix=day.isoformat())
    return Read(day.isoformat())


def days_named(cell: Any, wrote: str) -> list[date] | str:
    """Return the days *wrote* can mean, or the code of what is wrong."""
    text = _WEEKDAY.sub("", _TIME.sub("", unicodedata.normalize("NFKC", wrote)))
    serial = serial_day(text)
    if serial is not None and not isinstance(cell, dict):
        return [serial]
    try:
        day = read_date(text)
    except ValueError:
        return "day_impossible"
    if day is not None:
        return [day]
    turned = _DAY_FIRST.fullmatch(text)
    if turned:
        return turned_days(turned) or "day_impossible"
    return "day_month_only" if _MONTH_ONLY.fullmatch(text) else "day_unreadable"


def serial_day(text: str) -> date | None:
    """Return the day that a spreadsheet's number stands for; such numbers have five figures."""
    number = text.partition(".")[0]
    if (
        len(number) == 5
        and number.isascii()
        and number.isdigit()
        and re.fullmatch(r"\d{5}(\.\d+)?", text, re.ASCII)
    ):
        return date(1899, 12, 30) + timedelta(days=int(number))
    return None


def turned_days(found: re.Match[str]) -> list[date]:
    """Return the days that figures ending in the year can mean: day first, then month first."""
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    orders = [(year, second, first), (year, first, second)]
    if len(found[4]) == 2:
        orders = [(2000 + y, m, d) for y, m, d in [*orders, (first, second, year)]]
    return list(dict.fromkeys(day for order in orders if (day := calendar_day(*order))))


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return the day, ``None`` if the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def short_year(wrote: str) -> bool:
    """Tell whether *wrote* gives a year in two figures."""
    found = _DAY_FIRST.fullmatch(_TIME.sub("", wrote))
    return found is not None and len(found[4]) == 2


def read_choice(name: str, _cell: Any, wrote: str, _words: Words) -> Read:
    """Read one of a few words, in either language."""
    key = plain(wrote)
    meant = _CHOICES[name].get(key)
    if meant:
        return Read(meant)
    hit = process.extractOne(key, _CHOICES[name].keys(), scorer=fuzz.ratio, score_cutoff=LIKELY)
    return trouble("word", wrote, fix=_CHOICES[name][hit[0]] if hit else "")


def read_place(name: str, _cell: Any, wrote: str, words: Words) -> Read:
    """Read a country or a port by code or name."""
    code = words.names[name].get(plain(wrote))
    if code:
        return Read(code)
    near = words.near(name, wrote)
    return trouble("word", wrote, fix=near[0] if near else "", near=list(near))


_CHOICES: Final = {
    name: {plain(word): value for value, written in values.items() for word in written.split()}
    for name, values in CHOICES.items()
}
Reader = Callable[[str, Any, str, Words], Read]
READERS: Final[Mapping[str, Reader]] = {
    "vin": read_vin,
    "hs_code": read_hs_code,
    "odometer_km": read_km,
    "destination": read_place,
    "port": read_place,
    **dict.fromkeys(DAYS, read_day),
    **dict.fromkeys(CHOICES, read_choice),
    **dict.fromkeys(LENGTHS, read_text),
}
