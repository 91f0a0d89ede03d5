"""Find known names in lines of text, each as a whole and the longest first."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rapidfuzz.distance import Hamming

# Of a name so short one sign more or less makes another country.
SHORTEST: Final = 4
# A reader mistakes signs but drops none: one in eight of a name may be misread.
MISREAD: Final = 8
LATIN_EDGE: Final = r"(?<![^\W\d_])", r"(?![^\W\d_])"
WORD_EDGE: Final = r"(?<!\w)", r"(?!\w)"


class Names:
    """Names by key, ready to be searched for in one pass."""

    def __init__(self, names: Mapping[str, Iterable[str]], *, whole: bool) -> None:
        """Prepare *names*. With *whole*, Chinese names too must stand apart from other words.

        A company's name inside a longer one is another company; a country's name in running
        Chinese text has no blanks around it.
        """
        self._keys = {_fold(name): key for key, several in names.items() for name in several}
        longest_first = sorted(filter(None, self._keys), key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(_bounded(name, whole=whole) for name in longest_first) or r"(?!)"
        )

    def find(self, text: str) -> Iterator[str]:
        """Yield the keys of the names in *text*, from left to right."""
        for match in self._pattern.finditer(_fold(text)):
            yield self._keys[match.group()]

    def places(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield key, start and end of each name in normal *text*, from left to right."""
        for match in self._pattern.finditer(text.casefold()):
            yield self._keys[match.group()], match.start(), match.end()

    def almost(self, text: str) -> str | None:
        """Return the key of the one name that stands in *text* with one sign in eight misread."""
        folded = _fold(text)
        alike = {key for name, key in self._keys.items() if _is_almost_in(name, folded)}
        return alike.pop() if len(alike) == 1 else None

    def opening(self, text: str) -> tuple[str, int] | None:
        """Return key and length of the name that normal *text* begins with."""
        match = self._pattern.match(_fold(text))
        return (self._keys[match.group()], match.end()) if match else None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _is_almost_in(name: str, text: str) -> bool:
    size, misread = len(name), max(len(name) // MISREAD, 1)
    return size >= SHORTEST and any(
        Hamming.distance(name, text[at : at + size]) <= misread
        for at in range(len(text) - size + 1)
    )


def _bounded(name: str, *, whole: bool) -> str:
    if not (whole or name.isascii()):
        return re.escape(name)
    before, after = WORD_EDGE if whole else LATIN_EDGE
    return f"{before}{re.escape(name)}{after}"
