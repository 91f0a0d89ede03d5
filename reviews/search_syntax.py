"""The one search box: ``dest:KZ check:CNF-06 risk>60`` taken apart and put together.

What a term means is :mod:`reviews.desk_filters`'s to say; here are only names, signs and values.
The full-width signs of a Chinese keyboard count as the plain ones.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

ALIASES: Final[Mapping[str, str]] = {
    "destination": "dest",
    "目的国": "dest",
    "manufacturer": "maker",
    "企业": "maker",
    "生产企业": "maker",
    "出口企业": "exporter",
    "检查": "check",
    "风险": "risk",
    "天数": "days",
    "期限": "due",
    "经办": "who",
    "状态": "status",
    "机关": "office",
    "视图": "view",
}
PLAIN: Final = str.maketrans("：＞＜＝“”", ':><=""')
TERM: Final = re.compile(r'([^\W\d][\w-]*)(<=|>=|:|=|<|>)("[^"]*"?|\S*)|(\S+)')


@dataclass(frozen=True)
class Parsed:
    """A search taken apart.

    ``terms`` are value by name, the sign kept before the value where it is ``<`` or ``>``;
    ``unknown`` are names that nothing bears; ``words`` belong to no term.
    """

    terms: Mapping[str, str]
    unknown: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether the text is no more than words: a reference, a VIN, a number."""
        return not self.terms and not self.unknown


def parse(text: str, *, names: Collection[str]) -> Parsed:
    """Take *text* apart into the terms called *names* and what is left over."""
    terms: dict[str, str] = {}
    unknown: list[str] = []
    words: list[str] = []
    for name, sign, value, word in TERM.findall(text.translate(PLAIN)):
        known = ALIASES.get(name.lower(), name.lower())
        if word:
            words.append(word)
        elif known in names:
            terms[known] = valued(sign, value.strip('"'))
        else:
            unknown.append(name)
    return Parsed(terms, tuple(unknown), tuple(words))


def valued(sign: str, value: str) -> str:
    """Return *value* with the sign that compares; a colon and ``=`` say no more than is."""
    return value if sign in ":=" else sign + value


def write(terms: Mapping[str, str]) -> str:
    """Return the text that :func:`parse` takes apart into *terms*."""
    return " ".join(written(name, value) for name, value in terms.items())


def written(name: str, value: str) -> str:
    """Return one term as people type it."""
    sign = re.match(r"[<>]=?|", value)
    assert sign is not None  # the empty alternative always matches
    rest = value[sign.end() :]
    return f"{name}{sign[0] or ':'}" + (f'"{rest}"' if re.search(r"\s", rest) else rest)
