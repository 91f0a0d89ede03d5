"""Say what was done to a PDF after it was signed. Runs only inside the child process."""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

Change = dict[str, Any]
MOST_PAGES: Final = 200
TAIL: Final = 2048


def changes_since(found: EmbeddedPdfSignature) -> list[Change]:
    """Return each change since *found* was made: pages, their content, notes, the signatures."""
    reader = found.reader
    try:
        before, now = reader.get_historical_resolver(found.signed_revision), reader
        changes = [*_pages(before, now), *_signatures(found)]
    except (PdfError, ValueError, LookupError, TypeError, AttributeError):
        changes = [{"code": "unreadable_change"}]
    if reader.xrefs.total_revisions - 1 == found.signed_revision:
        # No revision was added, and yet there are bytes the signature does not cover.
        return [*changes, {"code": "bytes_behind_end"}]
    return changes or [{"code": "appended"}]


def _pages(before: HistoricalResolver, now: PdfFileReader) -> Iterator[Change]:
    old, new = list(_leaves(before)), list(_leaves(now))
    if len(old) != len(new):
        yield {"code": "pages_changed", "before": len(old), "now": len(new)}
    for number, (was, is_now) in enumerate(zip(old, new, strict=False), start=1):
        if _content(was) != _content(is_now):
            yield {"code": "content_replaced", "page": number}
        added = _notes(is_now) - _notes(was)
        if added > 0:
            yield {"code": "notes_added", "page": number, "count": added}


def _leaves(source: HistoricalResolver | PdfFileReader) -> Iterator[DictionaryObject]:
    """Yield the pages of a revision in order."""
    waiting = [source.root["/Pages"]]
    count = 0
    while waiting and count < MOST_PAGES:
        node = waiting.pop(0)
        if "/Kids" in node:
            waiting[:0] = list(node["/Kids"])
        else:
            count += 1
            yield node


def _content(page: DictionaryObject) -> bytes:
    """Return all that draws a page: its content and what that refers to by name."""
    content = page.get("/Contents")
    streams = content if isinstance(content, ArrayObject) else [content]
    drawn = b"".join(item.data for item in streams if isinstance(item, StreamObject))
    resources = page.get("/Resources")
    objects = resources.get("/XObject") if isinstance(resources, DictionaryObject) else None
    images = objects.values() if isinstance(objects, DictionaryObject) else ()
    return drawn + b"".join(_raw(item) for item in images)


def _raw(item: Any) -> bytes:
    resolved = item.get_object() if hasattr(item, "get_object") else item
    return resolved.encoded_data if isinstance(resolved, StreamObject) else b""


def _notes(page: DictionaryObject) -> int:
    notes = page.get("/Annots")
    return (
        sum(1 for note in notes if str(note.get("/Subtype")) != "/Widget")
        if isinstance(notes, ArrayObject)
        else 0
    )


def _signatures(found: EmbeddedPdfSignature) -> Iterator[Change]:
    later = sum(
        other.signed_revision > found.signed_revision
        for other in found.reader.embedded_regular_signatures
    )
    if later:
        yield {"code": "signed_again", "count": later}
