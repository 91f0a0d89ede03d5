"""Open a PDF: policy first, pictures after. Runs only inside the child process."""

from pathlib import Path

from documents.inspection.limits import Limits
from documents.inspection.pdf_pages import draw
from documents.inspection.pdf_structure import examine
from documents.inspection.protocol import Report


def look(path: Path, limits: Limits) -> Report:
    """Refuse what the structure forbids; report what was noticed and how many pages there are."""
    flags, pages = examine(path, limits=limits)
    return {"flags": sorted(flags), "pages": pages}


def picture(path: Path, out_dir: Path, limits: Limits) -> Report:
    """Draw the pages and read their text layer."""
    pages, hidden = draw(path, out_dir=out_dir, limits=limits)
    return {"pages": pages, "flags": ["hidden_text"] if hidden else []}
