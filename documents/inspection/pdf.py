"""Open a PDF: policy first, pictures after. Runs only inside the child process."""

from pathlib import Path

from documents.inspection.limits import Limits
from documents.inspection.pdf_pages import draw
from documents.inspection.pdf_structure import examine


def parse(path: Path, out_dir: Path, limits: Limits) -> dict[str, object]:
    """Refuse what the structure forbids, then draw the pages and read their text."""
    flags = examine(path, limits=limits)
    pages, hidden = draw(path, out_dir=out_dir, limits=limits)
    if hidden:
        flags.add("hidden_text")
    return {"pages": pages, "flags": sorted(flags)}
