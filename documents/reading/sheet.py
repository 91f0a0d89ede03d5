"""The lines of a paper in reading order, to be searched, each with the way back to its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice, takewhile
from typing import Any, Final

from documents.reading.fields import SURE, FieldRead
from documents.reading.lines import joined
from documents.reading.rows import Row
from documents.reading.seen import SeenLine

# No sentence of a letter has more lines, and no letter more lines of running words.
MOST_JOINED: Final = 12
MOST_SPOKEN: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words: *number* in the paper, *row* it stands in, both from 0."""

    number: int
    row: int
    page: int
    text: str
    seen: SeenLine


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines one below the other, read as one."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Return its words."""
        return reduce(joined, (line.text for line in self.lines))

    def line_at(self, offset: int) -> Line:
        """Return the line in which the sign at *offset* of its words stands."""
        text = ""
        for line in self.lines:
            text = joined(text, line.text)
            if offset < len(text):
                return line
        return self.lines[-1]


class Sheet:
    """All lines of a paper, row by row and from left to right."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Take the words as they stand in *rows*."""
        cells = [(at, row.page, cell) for at, row in enumerate(rows) for cell in row.cells]
        self.lines = [
            Line(number, at, page, cell.text, cell) for number, (at, page, cell) in enumerate(cells)
        ]
        self._alone = {at for at, row in enumerate(rows) if len(row.cells) == 1}

    def is_alone(self, line: Line) -> bool:
        """Tell whether nothing stands beside *line*."""
        return line.row in self._alone

    def after(self, label: re.Pattern[str]) -> Iterator[tuple[Line, str]]:
        """Yield what *label* announces, with its line: behind it, to its right, or below it."""
        for line in self.lines:
            match = label.search(line.text)
            if match and (rest := line.text[match.end() :].strip(" :")):
                yield line, rest
            elif match and (near := self._following(line)):
                yield near, near.text

    def _following(self, line: Line) -> Line | None:
        """Return the cell to the right of *line*, else the one right below it."""
        for near in self.lines[line.number + 1 :]:
            if near.row == line.row:
                return near
            if near.row > line.row + 1 or near.page != line.page:
                return None
            if near.seen.box[0] < line.seen.right and near.seen.right > line.seen.box[0]:
                return near
        return None

    def running_on(self, line: Line) -> str:
        """Return the text of *line* with that of the next, if nothing stands beside that."""
        after = self.lines[line.number + 1 : line.number + 2]
        runs_on = after and after[0].page == line.page and self.is_alone(after[0])
        return (
            joined(line.text, after[0].text) if runs_on and ":" not in after[0].text else line.text
        )

    def paragraphs(self) -> Iterator["Paragraph"]:
        """Yield from each line on what it says with the lines below, while they stand alone."""
        for line in islice(filter(self.is_alone, self.lines), MOST_SPOKEN):
            near = self.lines[line.number : line.number + MOST_JOINED]
            alone = takewhile(self.is_alone, (other for other in near if other.page == line.page))
            yield Paragraph(tuple(alone))

    def field(
        self,
        name: str,
        value: str,
        line: Line,
        *,
        sure: bool = True,
        position: int = 0,
        **more: Any,
    ) -> FieldRead:
        """Return *value* as read from *line*; sure only if the line was read surely."""
        seen = line.seen
        return FieldRead(
            field=name,
            position=position,
            value=value,
            printed=more.pop("printed", value),
            confidence=seen.confidence,
            sure=sure and seen.confidence >= SURE,
            page=line.page,
            box=seen.box,
            **more,
        )
