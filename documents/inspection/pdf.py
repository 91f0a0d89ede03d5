"""Open a PDF: policy first, pictures after. Runs only inside the child process."""

from pathlib import Path

from documents.inspection.drawing import colour_flags
from documents.inspection.limits import Limits
from documents.inspection.pdf_pages import draw
from documents.inspection.pdf_structure import examine
from documents.inspection.protocol import Report


def look(path: Path, limits: Limits) -> Report:
    """Refuse what the structure forbids; report what was noticed and how many pages there are."""
    flags, pages = examine(path, limits=limits)
    return {"flags": sorted(flags), "pages": pages}


def picture(path: Path, out_dir: Path, limits: Limits, *, first: int) -> Report:
    """Draw some pages, from the *first* on, and read their text layer."""
    pages, hidden, of = draw(path, out_dir=out_dir, limits=limits, first=first)
    flags = colour_flags(pages) + (["hidden_text"] if hidden else [])
    return {"pages": pages, "of": of, "flags": flags}
