"""Judge a PDF's objects without drawing anything. Runs only inside the child process."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pikepdf

from documents.inspection.limits import Limits
from documents.inspection.pdf_actions import activity
from documents.inspection.pdf_streams import Budget
from documents.inspection.protocol import Unacceptable

Container = pikepdf.Dictionary | pikepdf.Stream
PHOTOGRAPHS: Final = frozenset({"/DCTDecode", "/JPXDecode"})
MAX_OBJECTS: Final = 400_000
END: Final = re.compile(rb"%%EOF")


def examine(path: Path, *, limits: Limits) -> tuple[set[str], int]:
    """Return the flags of the file at *path*, and how many pages it has.

    Raises:
        Unacceptable: it is encrypted, active, too long, or unpacks to too much.

    """
    flags = _bytes_after_the_end(path.read_bytes())
    try:
        with pikepdf.open(path) as pdf:
            flags |= _examine_objects(pdf, limits=limits)
            pages = _count_pages(pdf, limits=limits)
            if pdf.is_encrypted:
                flags.add("encrypted_owner")
            if _is_damaged(pdf):
                flags.add("repaired")
    except pikepdf.PasswordError as locked:
        raise Unacceptable("file_encrypted") from locked
    return flags, pages


def _is_damaged(pdf: pikepdf.Pdf) -> bool:
    """Tell whether anything had to be mended or does not decode. Empties the pictures in *pdf*.

    Photographs are left out because they take most of the time and are decoded when drawn.
    """
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and str(item.get("/Filter")) in PHOTOGRAPHS:
            item.write(b"")
    return bool(pdf.check_pdf_syntax() or pdf.get_warnings())


def _bytes_after_the_end(raw: bytes) -> set[str]:
    ends = [match.end() for match in END.finditer(raw)]
    if not ends:
        return {"repaired"}
    flags = set()
    if raw[ends[-1] :].strip(b"\0\t\r\n\f "):
        flags.add("trailing_data")
    # A linearized file marks two ends without having been changed.
    if len(ends) > (2 if b"/Linearized" in raw[:1024] else 1):
        flags.add("revisions")
    return flags


def _count_pages(pdf: pikepdf.Pdf, *, limits: Limits) -> int:
    pages = len(pdf.pages)
    if pages > limits.max_pages:
        raise Unacceptable("too_many_pages", pages=pages, limit=limits.max_pages)
    if pages == 0:
        raise Unacceptable("file_unreadable", pages=0)
    return pages


def _examine_objects(pdf: pikepdf.Pdf, *, limits: Limits) -> set[str]:
    flags: set[str] = set()
    budget = Budget(limits.max_decoded)
    seen: set[tuple[int, int]] = set()
    for item in _walk([pdf.trailer], seen=seen):
        flags |= _examine_object(item, budget=budget, limits=limits)
    for orphan in _walk(pdf.objects, seen=seen):
        flags |= _examine_object(orphan, budget=budget, limits=limits)
        if _is_content(orphan):
            flags.add("hidden_text")
    return flags


def _examine_object(item: Container, *, budget: Budget, limits: Limits) -> set[str]:
    if isinstance(item, pikepdf.Stream):
        _examine_image(item, limits=limits)
        budget.spend(item)
    elif str(item.get("/Type")) == "/Pages":
        _examine_branch(item, limits=limits)
    return activity(item)


def _walk(roots: Iterable[object], *, seen: set[tuple[int, int]]) -> Iterator[Container]:
    """Yield every dictionary and stream below *roots* that is not yet *seen*.

    Follows references and nesting alike: a list of indirect objects would miss a direct
    ``/OpenAction``, a walk from the trailer alone would miss what an edit cut loose.
    """
    visits = 0
    for root in roots:
        waiting = [root]
        while waiting:
            item = waiting.pop()
            visits += 1
            if visits > MAX_OBJECTS:
                raise Unacceptable("too_large_decompressed", limit=MAX_OBJECTS)
            if not _is_new(item, seen=seen):
                continue
            if isinstance(item, Container):
                yield item
            waiting.extend(_children(item))


def _is_new(item: object, *, seen: set[tuple[int, int]]) -> bool:
    """Remember an indirect object; a direct one belongs to one parent and is always new."""
    if not isinstance(item, pikepdf.Object) or not item.is_indirect:
        return True
    if item.objgen in seen:
        return False
    seen.add(item.objgen)
    return True


def _children(item: object) -> Iterator[object]:
    if isinstance(item, pikepdf.Array):
        values: Iterator[object] = iter(item)
    elif isinstance(item, Container):
        values = (value for _, value in item.items())
    else:
        return
    yield from (value for value in values if isinstance(value, Container | pikepdf.Array))


def _is_content(orphan: Container) -> bool:
    """Tell a page or stream that was cut loose from the streams that hold the file together."""
    if not isinstance(orphan, pikepdf.Stream):
        return str(orphan.get("/Type")) == "/Page"
    is_hint_table = isinstance(orphan.get("/S", None), int)
    return str(orphan.get("/Type")) not in {"/XRef", "/ObjStm"} and not is_hint_table


def _examine_branch(branch: Container, *, limits: Limits) -> None:
    """Refuse an endless page tree before its leaves are counted one by one."""
    kids = branch.get("/Kids")
    if isinstance(kids, pikepdf.Array) and len(kids) > limits.max_pages:
        raise Unacceptable("too_many_pages", pages=len(kids), limit=limits.max_pages)


def _examine_image(stream: pikepdf.Stream, *, limits: Limits) -> None:
    sides: tuple[object, object] = (stream.get("/Width"), stream.get("/Height"))
    width, height = (side if isinstance(side, int) else 0 for side in sides)
    if width * height > limits.max_pixels:
        raise Unacceptable("too_many_pixels", limit=limits.max_pixels)
