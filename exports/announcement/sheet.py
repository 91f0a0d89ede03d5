"""Read a list of manufacturers from CSV: every row is taken, or named with what is wrong."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from exports.calculator import read_date
from exports.errors import ListUnreadable
from exports.identifiers import check_uscc, plain_name
from exports.models import Manufacturer

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_LENGTH: Final = 120
COLUMNS: Final = {
    "name": ("name", "企业名称", "生产企业名称", "名称"),
    "uscc": ("uscc", "credit code", "统一社会信用代码", "信用代码"),
    "kind": ("kind", "类型", "企业类型"),
    "former": ("former name", "former", "曾用名", "原企业名称", "原名称"),
    "batch": ("batch", "批次", "公告批次"),
    "since": ("date", "日期", "发布日期", "列入日期"),
    "evidence": ("evidence", "证明", "证明材料", "更名材料"),
}
KINDS: Final = {
    Manufacturer.Kind.MAKER: ("", "maker", "manufacturer", "生产企业", "整车生产企业"),
    Manufacturer.Kind.REFITTER: ("refitter", "改装车生产企业", "改装企业", "专用车生产企业"),
    Manufacturer.Kind.SALES: ("sales", "sales company", "销售公司"),
    Manufacturer.Kind.DEALER: ("dealer", "经销商"),
    Manufacturer.Kind.PARENT: ("parent", "group", "母公司", "集团"),
    Manufacturer.Kind.OVERSEAS: ("overseas", "境外单位", "境外销售单位", "海外部门"),
}
HEADS: Final = {head: name for name, heads in COLUMNS.items() for head in heads}
KIND_WORDS: Final = {word: kind for kind, words in KINDS.items() for word in words}
SEPARATORS: Final = ",\t;，"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; ``since`` is ``None`` where the line gives no day of its own."""

    line: int
    name: str
    uscc: str
    kind: str
    former: str
    batch: str
    since: date | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something a person must mend first; line 0 is about the list as a whole."""

    line: int
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def read_sheet(content: bytes, *, today: date) -> tuple[list[Row], list[Conflict]]:
    """Return the rows of *content* and what is wrong with the others; nothing is left out.

    Raises:
        ListUnreadable: it is no CSV in UTF-8 or GB18030, too long, or a column is unknown.
    """
    rows: list[Row] = []
    conflicts: list[Conflict] = []
    for line, cells in records(content):
        wrong = list(faults(line, cells, today=today))
        conflicts += wrong
        if not wrong:
            rows.append(row_of(line, cells))
    return rows, [*conflicts, *repetitions(rows)]


def decoded(content: bytes) -> str:
    """Return the text of *content*; UTF-8 first, as GB18030 reads nearly anything."""
    if len(content) > MOST_BYTES:
        raise ListUnreadable(reason=_("it is larger than 2 MB"))
    if content.startswith(b"PK") or b"\x00" in content:
        raise ListUnreadable(reason=_("it is no CSV; save the workbook as “CSV UTF-8” first"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListUnreadable(reason=_("it is neither UTF-8 nor GB18030; save it as “CSV UTF-8”"))


def records(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line that says anything, with its number and its cells by column."""
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heads = columns(next(reader, []))
        line = reader.line_num + 1
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise ListUnreadable(reason=_("it has more than 20,000 lines"))
            values = [clean(cell) for cell in cells]
            if any(values):
                yield line, dict(zip(heads, values, strict=False))
            line = reader.line_num + 1
    except csv.Error as broken:
        raise ListUnreadable(reason=_("a quotation mark or a cell does not end")) from broken


def columns(heads: Sequence[str]) -> list[str]:
    """Return what each column is, or say which one is not understood."""
    names = [HEADS.get(clean(head).lower().replace("_", " "), "") for head in heads]
    for head, name in zip(heads, names, strict=True):
        if not name:
            known = ", ".join(f"{each[0]} ({each[1]})" for each in COLUMNS.values())
            raise ListUnreadable(
                reason=_("column “%(head)s” is not known; known are %(known)s")
                % {"head": clean(head)[:40], "known": known}
            )
    if "name" not in names or len(set(names)) != len(names):
        raise ListUnreadable(reason=_("the first line must name each column once, “name” included"))
    return names


def clean(cell: str) -> str:
    """Return *cell* without signs nobody sees at its ends and inside it."""
    seen = "".join(sign for sign in cell if unicodedata.category(sign) not in ("Cc", "Cf"))
    return seen.strip()


def faults(line: int, cells: Mapping[str, str], *, today: date) -> Iterator[Conflict]:
    """Yield what is wrong with one line by itself."""
    name, former = cells["name"], cells.get("former", "")
    if not name:
        yield Conflict(line, "name_missing")
    if max(len(name), len(former), len(cells.get("batch", "")) * 2) > MOST_LENGTH:
        yield Conflict(line, "too_long", {"most": MOST_LENGTH})
    if former and plain_name(former) == plain_name(name):
        yield Conflict(line, "former_same", {"name": name})
    kind = cells.get("kind", "").lower()
    if kind not in KIND_WORDS:
        yield Conflict(line, "kind_unknown", {"text": kind[:40]})
    code = cells.get("uscc", "")
    if code and (check := check_uscc(code)).problem and check.problem.code != "uscc_prefix":
        yield Conflict(line, "code_wrong", {"text": code[:40]})
    yield from faults_of_day(line, cells.get("since", ""), today=today)


def faults_of_day(line: int, text: str, *, today: date) -> Iterator[Conflict]:
    """Yield what is wrong with the day of one line; a line may leave it out."""
    if not text:
        return
    try:
        day = read_date(text)
    except ValueError:
        day = None
    if day is None:
        yield Conflict(line, "day_unreadable", {"text": text[:40]})
    elif day > today:
        yield Conflict(line, "day_ahead", {"day": day.isoformat()})


def row_of(line: int, cells: Mapping[str, str]) -> Row:
    """Return a line without faults as a row."""
    code, day = cells.get("uscc", ""), cells.get("since", "")
    return Row(
        line=line,
        name=cells["name"],
        uscc=check_uscc(code).uscc if code else "",
        kind=str(KIND_WORDS[cells.get("kind", "").lower()]),
        former=cells.get("former", ""),
        batch=cells.get("batch", ""),
        since=read_date(day) if day else None,
        evidence=cells.get("evidence", ""),
    )


def repetitions(rows: Sequence[Row]) -> Iterator[Conflict]:
    """Yield each line that repeats the name, the code or the former name of an earlier one."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        marks = (
            ("name_twice", plain_name(row.name)),
            ("code_twice", row.uscc),
            ("former_twice", plain_name(row.former)),
        )
        for code, text in marks:
            if text and (code, text) in seen:
                yield Conflict(row.line, code, {"text": text, "other": seen[code, text]})
            elif text:
                seen[code, text] = row.line
