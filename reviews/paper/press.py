"""Set a Typst template as a PDF. Values travel as JSON and are never read as markup.

Only the fonts that come with the product are used, so a paper looks the same on every machine.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, cast

import typst

from reviews.paper.repertoire import FONT_FILES, printable

ARCHIVAL: Final = "a-2b"


class Press:
    """One template, ready to print.

    The first print reads template and fonts; the next take some fifty milliseconds. Fork before
    the first print, never after: the compiler keeps threads, which a forked process lacks and
    would wait for without end.
    """

    def __init__(self, template: Path) -> None:
        self._compiler = typst.Compiler(
            template, root=template.parent, font_paths=_fonts(), ignore_system_fonts=True
        )
        self._turn = Lock()  # the compiler refuses a second caller instead of letting it wait

    def pull(self, values: Any, *, dated: datetime, artwork: Mapping[str, bytes]) -> bytes:
        """Return the PDF/A-2b of *values*; the same arguments give the same bytes.

        *values* is a frozen dataclass, read by the template as ``sys.inputs.values``. *artwork*
        is SVG of our own making, handed over beside it under its name.
        """
        inputs = {name: picture.decode() for name, picture in artwork.items()}
        options = {"format": "pdf", "pdf_standards": ARCHIVAL, "timestamp": dated}
        return self._compile(values, inputs=inputs, options=options)

    def etch(self, values: Any) -> bytes:
        """Return the one page as SVG whose letters are outlines, not text."""
        return self._compile(values, inputs={}, options={"format": "svg"})

    def _compile(self, values: Any, *, inputs: dict[str, str], options: dict[str, Any]) -> bytes:
        inputs["values"] = json.dumps(_inert(values), ensure_ascii=False)
        with self._turn:
            return cast("bytes", self._compiler.compile(sys_inputs=inputs, **options))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({file.parent for file in FONT_FILES}),
    )


def _inert(value: Any) -> Any:
    """Return *value* as JSON can carry it, every string printable."""
    if is_dataclass(value) and not isinstance(value, type):
        return _inert(asdict(value))
    if isinstance(value, dict):
        return {key: _inert(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_inert(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    return printable(value) if isinstance(value, str) else value
