"""Words that compare: one width, one kind of blank, nothing invisible."""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\0"))
_BLANKS: Final = re.compile(r"\s+")
_CHINESE: Final = "\u3007\u4e00-\u9fff"
# Chinese words have no blanks; a form stretches 日期 to fill its column.
_STRETCHED: Final = re.compile(rf"(?<=[{_CHINESE}]) (?=[{_CHINESE}])")
_LATIN_EDGE: Final = re.compile(r"\w$", re.ASCII)


def normal(text: str) -> str:
    """Fold width (NFKC), drop invisible signs, single the blanks, none between Chinese signs."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return _STRETCHED.sub("", _BLANKS.sub(" ", folded)).strip()


def joined(one: str, other: str) -> str:
    """Return a line and the line it runs on in, as one."""
    return f"{one} {other}" if _LATIN_EDGE.search(one) else one + other
