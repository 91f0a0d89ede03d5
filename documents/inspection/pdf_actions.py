"""Find what a PDF would do by itself. Decides per object; runs only inside the child process."""

import re
from typing import Final

import pikepdf

from documents.inspection.protocol import Unacceptable

# Action types of ISO 32000-2 table 201 that run code or reach beyond the document.
ACTIVE_TYPES: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/GoToE",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
    }
)
ACTIVE_ANNOTATIONS: Final = frozenset(
    {"/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/Sound", "/3D"}
)
ACTIVE_KEYS: Final = frozenset(
    {"/XFA", "/EmbeddedFiles", "/EF", "/Collection", "/RichMediaContent"}
)
HARMLESS_ON_OPEN: Final = frozenset({"/GoTo"})
WEB_LINK: Final = re.compile(r"\s*(?:https?:|mailto:|tel:|ftp:|www\.)", re.IGNORECASE)
SCHEME: Final = re.compile(r"\s*[a-z][a-z0-9+.-]*\s*:", re.IGNORECASE)
OUTSIDE_PATH: Final = re.compile(r"\s*(?:[\\/]{2}|[a-z]:|[a-z]+:)", re.IGNORECASE)

Dictionary = pikepdf.Dictionary | pikepdf.Stream


def activity(item: Dictionary) -> set[str]:
    """Return the flags *item* earns by what it does.

    Raises:
        Unacceptable: it is active content.

    """
    keys = set(item.keys())
    reason = _active_reason(item, keys=keys)
    if reason:
        raise Unacceptable("active_content", found=reason)
    flags = set()
    if keys & {"/URI", "/SubmitForm"} or _text(item, "/S") == "/GoToR":
        flags.add("active_link")
    if "/ByteRange" in keys and "/Contents" in keys:
        flags.add("signature_present")
    return flags


def _active_reason(item: Dictionary, *, keys: set[str]) -> str:
    forbidden = keys & ACTIVE_KEYS
    if forbidden:
        return min(forbidden)
    if _text(item, "/S") in ACTIVE_TYPES:
        return _text(item, "/S")
    if _text(item, "/Subtype") in ACTIVE_ANNOTATIONS:
        return _text(item, "/Subtype")
    if _text(item, "/Type") == "/EmbeddedFile":
        return "/EmbeddedFile"
    return _script(item) or _trigger(item) or _reference(item)


def _script(item: Dictionary) -> str:
    if isinstance(item.get("/JS"), pikepdf.String | pikepdf.Stream):
        return "/JS"
    return "/JavaScript" if isinstance(item.get("/JavaScript"), pikepdf.Dictionary) else ""


def _trigger(item: Dictionary) -> str:
    """Find what happens without a click."""
    on_open = item.get("/OpenAction")
    if isinstance(on_open, pikepdf.Dictionary) and _text(on_open, "/S") not in HARMLESS_ON_OPEN:
        return "/OpenAction"
    actions = item.get("/AA")
    return "/AA" if isinstance(actions, pikepdf.Dictionary) and len(actions.keys()) else ""


def _reference(item: Dictionary) -> str:
    address = _text(item, "/URI")
    if SCHEME.match(address) and not WEB_LINK.match(address):
        return "/URI"
    if _text(item, "/S") == "/GoToR" and OUTSIDE_PATH.match(_file(item.get("/F"))):
        return "/GoToR"
    return ""


def _file(specification: object) -> str:
    if isinstance(specification, pikepdf.Dictionary):
        return _text(specification, "/UF") or _text(specification, "/F")
    return str(specification) if isinstance(specification, pikepdf.String) else ""


def _text(item: Dictionary, key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, pikepdf.Name | pikepdf.String) else ""
