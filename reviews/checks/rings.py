"""Tell whether the words along a seal's ring are the name of a company. Pure.

A ring is read worse than a line, and companies of one group differ by a word, so a name passes
only if every sign that makes it this company's was read, and nothing tells of another.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from reviews.checks.comparing import folded

# What most names share says nothing about whose name it is.
COMMON: Final = (
    *("有限责任公司", "股份有限公司", "有限公司", "分公司", "公司"),
    *("汽车", "集团", "股份", "工业", "制造", "科技"),
)
# A word more in the ring names another company of the same house.
TELLING: Final = (
    *("销售", "贸易", "商贸", "经销", "服务", "进出口", "国际", "改装", "专用车"),
    *("集团", "控股", "投资", "租赁", "分公司"),
)
ENDINGS: Final = ("公司", "厂")
LEAST: Final = 4
WELL_READ: Final = 6
STRANGE: Final = 0.34
# Signs of a name that may be misread, one in so many, where they are not the telling ones.
MISREAD_OF: Final = 4


class Ring(StrEnum):
    """What a ring says about a name."""

    SAME = "same"
    UNSURE = "unsure"
    OTHER = "other"


def compare(ring: str, name: str) -> Ring:
    """Tell whether *ring*, read from wherever it began, says *name*, or clearly another."""
    read, meant = signs(ring), signs(name)
    if len(read) < LEAST or not meant:
        return Ring.UNSURE
    read = turned(read, meant)
    if read == meant:
        return Ring.SAME
    whole = len(read) >= WELL_READ and any(ending in read for ending in ENDINGS)
    if whole and any(word in read and word not in meant for word in TELLING):
        return Ring.OTHER
    pairs = SequenceMatcher(None, read, meant, autojunk=False)
    matched = {at for block in pairs.get_matching_blocks() for at in span(block.b, block.size)}
    core = core_of(meant)
    if core <= matched and is_misreading(pairs, limit=len(meant) // MISREAD_OF):
        return Ring.SAME
    strange = len(core & matched) / len(core) < STRANGE
    return Ring.OTHER if whole and strange else Ring.UNSURE


def signs(text: str) -> str:
    """Return the letters of *text*: no numbers, brackets or stars."""
    return "".join(sign for sign in folded(text) if sign.isalpha())


def turned(read: str, meant: str) -> str:
    """Return *read* begun where it is most like *meant*; as it is, if that is as good."""
    turns = (read[start:] + read[:start] for start in range(len(read)))
    return max(turns, key=lambda turn: SequenceMatcher(None, turn, meant, autojunk=False).ratio())


def core_of(name: str) -> set[int]:
    """Return the places of the signs that make *name* this company's; all, if none do."""
    common = {at for word in COMMON for at in places(word, name)}
    return set(range(len(name))) - common or set(range(len(name)))


def places(word: str, name: str) -> Iterator[int]:
    """Yield the places *word* takes in *name*."""
    start = name.find(word)
    while start >= 0:
        yield from span(start, len(word))
        start = name.find(word, start + 1)


def span(start: int, length: int) -> range:
    """Return *length* places from *start*."""
    return range(start, start + length)


def is_misreading(pairs: SequenceMatcher[str], *, limit: int) -> bool:
    """Tell whether two names differ in at most *limit* signs, no two of them together: a word."""
    changes = [
        max(end - start, stop - begin)
        for tag, start, end, begin, stop in pairs.get_opcodes()
        if tag != "equal"
    ]
    return max(changes, default=0) == 1 and sum(changes) <= limit
