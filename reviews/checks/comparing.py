"""Compare what two papers say: exactly, then forgiving width, spaces, hyphens and case."""

import unicodedata

from exports.identifiers import looks_like
from exports.rules import Sentence


def folded(text: str) -> str:
    """Return *text* without differences of width, spaces, hyphens and case."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in wide if unicodedata.category(sign) not in _SEPARATORS)


def same(one: str, other: str) -> bool:
    """Tell whether two texts say the same, and say anything at all."""
    return bool(folded(one)) and folded(one) == folded(other)


def difference(one: str, other: str) -> Sentence:
    """Name the first characters at which two texts part, counted without what was forgiven."""
    here, there = folded(one), folded(other)
    at = looks_like(here, there)
    shown = at[:_SHOWN]
    more = len(at) > _SHOWN
    zh = "、".join(f"第{n}位“{_sign(here, n)}”与“{_sign(there, n)}”" for n in shown)
    en = ", ".join(f'character {n} "{_sign(here, n)}" against "{_sign(there, n)}"' for n in shown)
    return Sentence(zh=f"{zh}不同" + ("等" if more else ""), en=en + (" and more" if more else ""))


def _sign(text: str, position: int) -> str:
    """Return the character at *position* from 1, in capitals as papers print it, or nothing."""
    return text[position - 1 : position].upper()


_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Cc", "Pd"})
_SHOWN = 3
