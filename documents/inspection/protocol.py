"""What the inspecting process and its child agree on. Imports nothing but paths."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

Report = dict[str, Any]
JOBS: Mapping[str, str] = {
    "application/pdf": "documents.inspection.pdf",
    "image/jpeg": "documents.inspection.picture",
    "image/png": "documents.inspection.picture",
    "image/tiff": "documents.inspection.picture",
    "image/heic": "documents.inspection.picture",
}


class Unacceptable(Exception):
    """The file is refused under *code* because of *facts*. Raised by parsers in the child."""

    def __init__(self, code: str, **facts: int | str) -> None:
        """Keep the machine-readable reason."""
        super().__init__(code)
        self.code = code
        self.facts = facts


def page_path(out_dir: Path, *, number: int) -> Path:
    """Return where the picture of page *number*, counted from 1, is drawn."""
    return out_dir / f"page-{number:03}.webp"
