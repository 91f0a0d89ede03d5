"""Fingerprints of what a PDF object draws, to compare two revisions of one file.

Runs only inside the child process.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver

MOST_PAGES: Final = 200
# What leads back up the tree or says nothing of its own.
ASIDE: Final = frozenset({"/Parent", "/P", "/Length", "/StructParent", "/StructParents"})
INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
UNDER_WAY: Final = b"under way"


class Revision:
    """One revision of a file, as a reader of that day saw it."""

    def __init__(self, resolver: HistoricalResolver) -> None:
        """Look at the file through *resolver*."""
        self.root = resolver.root
        self._known: dict[tuple[int, int], bytes] = {}

    def print_of(self, item: PdfObject | None) -> bytes:
        """Return the fingerprint of *item* and of all it refers to; pages count as themselves."""
        if not isinstance(item, IndirectObject):
            return self._print(item)
        key = (item.idnum, item.generation)
        if key not in self._known:
            self._known[key] = UNDER_WAY
            self._known[key] = self._print(resolved(item))
        return self._known[key]

    def _print(self, item: Any) -> bytes:
        if isinstance(item, DictionaryObject) and entry(item, "/Type") == "/Page":
            return b"page"
        if isinstance(item, DictionaryObject):
            parts = [name.encode() + self.print_of(item.raw_get(name)) for name in named(item)]
            drawn = item.encoded_data if isinstance(item, StreamObject) else b""
            return _hash(b"dictionary", *parts, drawn)
        if isinstance(item, ArrayObject):
            return _hash(b"array", *(self.print_of(part) for part in list.__iter__(item)))
        return _hash(type(item).__name__.encode(), repr(item).encode())

    def pages(self) -> Iterator["Sheet"]:
        """Yield the pages in order, each with what it inherits; at most ``MOST_PAGES``."""
        waiting: list[tuple[Any, dict[str, Any]]] = [(self.root["/Pages"], {})]
        count = steps = 0
        while waiting and count < MOST_PAGES and steps < 20 * MOST_PAGES:
            node, above = waiting.pop(0)
            node, steps = resolved(node), steps + 1
            own = above | {name: node.raw_get(name) for name in INHERITED if name in node}
            if "/Kids" in node:
                waiting[:0] = [(kid, own) for kid in node["/Kids"]]
            else:
                count += 1
                yield Sheet(self, node, own)


class Sheet:
    """One page of one revision."""

    def __init__(self, revision: Revision, page: DictionaryObject, own: dict[str, Any]) -> None:
        """Keep *page* with *own*, what it has or inherits."""
        self.revision, self.page, self.own = revision, page, own

    def drawing(self) -> bytes:
        """Return the fingerprint of what is drawn on the page itself, fonts and pictures too."""
        content = self.page.raw_get("/Contents") if "/Contents" in self.page else None
        of = self.revision.print_of
        return _hash(of(content), of(self.own.get("/Resources")))

    def frame(self) -> bytes:
        """Return the fingerprint of the part that shows, and which way up."""
        return _hash(*(self.revision.print_of(self.own.get(name)) for name in INHERITED[1:]))

    def rest(self) -> bytes:
        """Return the fingerprint of everything else but what lies on top of the page."""
        apart = {"/Contents", "/Annots", "/Tabs", *INHERITED}
        names = [name for name in named(self.page) if name not in apart]
        of = self.revision.print_of
        return _hash(*(name.encode() + of(self.page.raw_get(name)) for name in names))

    def notes(self) -> list[tuple[bytes, DictionaryObject]]:
        """Return what lies on top of the page: notes and form fields with their fingerprints."""
        listed = entry(self.page, "/Annots")
        notes = list.__iter__(listed) if isinstance(listed, ArrayObject) else iter(())
        found = ((self.revision.print_of(note), resolved(note)) for note in notes)
        return [pair for pair in found if isinstance(pair[1], DictionaryObject)]


def resolved(item: Any) -> Any:
    """Return *item*, or what it refers to in its own revision."""
    return item.get_object()


def entry(item: DictionaryObject, name: str) -> Any:
    """Return the entry *name* itself, if any; pyHanko's ``get`` may return a mere reference."""
    try:
        return item[name]
    except KeyError:
        return None


def named(item: DictionaryObject) -> list[str]:
    """Return the names of the entries of *item* that count, in a fixed order."""
    return sorted(name for name in item if name not in ASIDE)


def _hash(*parts: bytes) -> bytes:
    """Return one digest of *parts*, each with its length so that none runs into the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
