"""Say what was done to a PDF after it was signed. Runs only inside the child process.

pyHanko's own verdict on later revisions is not enough: it calls some that swap what a reader
sees harmless. So two revisions are laid side by side, page by page and entry by entry.
"""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from documents.signatures.prints import Revision, Sheet, entry, named

Change = dict[str, Any]
HIDDEN: Final = 0x2 | 0x20
# Entries of the catalogue that a later signature must touch, or that are compared by themselves;
# and the tags for screen readers, which show nothing and are slower to compare than all the rest.
APART: Final = frozenset(
    {"/Pages", "/AcroForm", "/DSS", "/Extensions", "/Version", "/Perms", "/StructTreeRoot"}
)
FORM_APART: Final = frozenset({"/Fields", "/SigFlags"})
OWN_CODES: Final = {"/Metadata": "details_changed", "/OCProperties": "layers_changed"}


def changes_since(found: EmbeddedPdfSignature, *, later: tuple[int, int]) -> list[Change]:
    """Return each change since *found* was made; *later* counts signatures and time stamps.

    Never empty: it is asked only where something was added.
    """
    reader = found.reader
    last = reader.xrefs.total_revisions - 1
    if last == found.signed_revision:
        # No revision was added, and yet there are bytes the signature does not cover.
        return [{"code": "bytes_behind_end"}]
    before = Revision(reader.get_historical_resolver(found.signed_revision))
    now = Revision(reader.get_historical_resolver(last))
    changes = [*_pages(before, now), *_catalogue(before, now)]
    changes += [
        {"code": code, "count": count}
        for code, count in zip(("signed_again", "timestamped"), later, strict=True)
        if count
    ]
    return changes or [{"code": "appended", "count": last - found.signed_revision}]


def _pages(before: Revision, now: Revision) -> Iterator[Change]:
    old, new = list(before.pages()), list(now.pages())
    if len(old) != len(new):
        yield {"code": "pages_changed", "before": len(old), "now": len(new)}
    pairs = zip(old, new, strict=False)
    for number, (was, is_now) in enumerate(pairs, start=1):
        codes = [*_page(was, is_now), *_on_top(was, is_now)]
        yield from ({"code": code, "page": number} | facts for code, facts in codes)


def _page(was: Sheet, is_now: Sheet) -> Iterator[tuple[str, Change]]:
    if was.drawing() != is_now.drawing():
        yield "content_replaced", {}
    if was.frame() != is_now.frame():
        yield "page_reframed", {}
    if was.rest() != is_now.rest():
        yield "page_changed", {}


def _on_top(was: Sheet, is_now: Sheet) -> Iterator[tuple[str, Change]]:
    """Tell notes laid over a page, notes taken off, fields filled, signatures shown."""
    old, new = dict(was.notes()), dict(is_now.notes())
    added = [_sort(note) for mark, note in new.items() if mark not in old]
    gone = [_sort(note) for mark, note in old.items() if mark not in new]
    for code in ("notes_added", "form_filled", "signature_shown"):
        if code in added:
            yield code, {"count": added.count(code)}
    if gone.count("notes_added"):
        yield "notes_removed", {"count": gone.count("notes_added")}
    if gone.count("form_filled") > added.count("form_filled"):
        yield "form_filled", {"count": gone.count("form_filled")}


def _sort(note: DictionaryObject) -> str:
    """Return the code of *note* if it is new on its page."""
    if entry(note, "/Subtype") != "/Widget":
        return "notes_added"
    if _kind_of_field(note) != "/Sig":
        return "form_filled"
    return "signature_shown" if _shows(note) else "signed"


def _kind_of_field(note: DictionaryObject) -> str:
    above = entry(note, "/Parent")
    inherited = entry(above, "/FT") if isinstance(above, DictionaryObject) else None
    return str(entry(note, "/FT") or inherited)


def _shows(note: DictionaryObject) -> bool:
    left, bottom, right, top = (float(edge) for edge in note["/Rect"])
    hidden = int(entry(note, "/F") or 0) & HIDDEN
    return left != right and bottom != top and not hidden and "/AP" in note


def _catalogue(before: Revision, now: Revision) -> Iterator[Change]:
    """Tell what changed outside the pages, by the name of the catalogue's entry."""
    names = {name for name in [*named(before.root), *named(now.root)] if name not in APART}
    for name in sorted(names):
        if _entry(before, before.root, name) != _entry(now, now.root, name):
            code = OWN_CODES.get(name, "entry_changed")
            yield {"code": code} | ({"entry": name} if code == "entry_changed" else {})
    if _form(before) != _form(now):
        yield {"code": "entry_changed", "entry": "/AcroForm"}
    if _entry(before, before.root, "/DSS") != _entry(now, now.root, "/DSS"):
        yield {"code": "evidence_added"}


def _entry(revision: Revision, holder: DictionaryObject, name: str) -> bytes:
    return revision.print_of(holder.raw_get(name)) if name in holder else b""


def _form(revision: Revision) -> dict[str, bytes]:
    """Return the fingerprints of the form's own settings: fonts, default looks, order."""
    form = entry(revision.root, "/AcroForm")
    if not isinstance(form, DictionaryObject):
        return {}
    return {name: _entry(revision, form, name) for name in named(form) if name not in FORM_APART}
