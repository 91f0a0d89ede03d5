"""A page of paper being written on, from top to bottom, at 300 dpi."""

from collections.abc import Iterator, Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bench.letters.seals import FONTS

PX_PER_MM = 300 / 25.4
WIDTH, HEIGHT = 2480, 3508
MARGIN = 250
INK = (20, 20, 20)


@cache
def face(size: int, *, serif: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        f"{FONTS}/{'NotoSerifSC' if serif else 'NotoSansSC'}-Regular.otf", size
    )


class Sheet:
    """Pages being written; a new one begins when one is full."""

    def __init__(self, *, serif: bool, size: int, bold: bool = False) -> None:
        self.serif, self.size, self.stroke = serif, size, size // 28 if bold else 0
        self.pages: list[Image.Image] = []
        self.turn_over()

    def turn_over(self) -> None:
        self.pages.append(Image.new("RGB", (WIDTH, HEIGHT), "white"))
        self.pen = ImageDraw.Draw(self.pages[-1])
        self.y = MARGIN

    def write(self, text: str, *, x: int = MARGIN, size: int = 0, at: str = "left") -> None:
        """Write *text* from *x* on, in the middle or to the right margin, as *at* says."""
        size = size or self.size
        if self.y + size * 2 > HEIGHT - MARGIN:
            self.turn_over()
        font = face(size, serif=self.serif)
        anchor, start = {"left": ("la", x), "middle": ("ma", WIDTH // 2)}.get(
            at, ("ra", WIDTH - MARGIN)
        )
        for line in wrapped(text, font, WIDTH - MARGIN - x):
            self.put(line, (start, self.y), font=font, anchor=anchor)
            self.y += round(size * 1.6)

    def put(
        self, text: str, at: tuple[int, int], *, font: ImageFont.FreeTypeFont, anchor: str = "la"
    ) -> None:
        self.pen.text(at, text, font=font, fill=INK, anchor=anchor, stroke_width=self.stroke)

    def table(self, rows: Sequence[Sequence[str]], shares: Sequence[float], *, lines: bool) -> None:
        """Write *rows*, each column that share of the width; a row never runs over two pages."""
        font = face(self.size, serif=self.serif)
        step = round(self.size * 1.35)
        widths = [int((WIDTH - 2 * MARGIN) * share) for share in shares]
        for row in rows:
            cells = [
                wrapped(cell, font, width - 24) for cell, width in zip(row, widths, strict=True)
            ]
            height = max(len(cell) for cell in cells) * step + 22
            if self.y + height > HEIGHT - MARGIN:
                self.turn_over()
            x = MARGIN
            for cell, width in zip(cells, widths, strict=True):
                if lines:
                    box = (x, self.y, x + width, self.y + height)
                    self.pen.rectangle(box, outline=(60, 60, 60), width=3)
                for number, line in enumerate(cell):
                    self.put(line, (x + 12, self.y + 10 + number * step), font=font)
                x += width
            self.y += height

    def skip(self, lines: float) -> None:
        self.y += round(self.size * 1.6 * lines)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break *text* where it is too wide: at blanks, between Chinese signs, else anywhere."""
    lines, line = [], ""
    for piece in pieces(text, font, width):
        if line and font.getlength(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def pieces(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Yield what stays together; a word wider than the column goes sign by sign."""
    word = ""
    for sign in text + "\0":
        if word and (sign > "\u2e80" or sign == "\0" or word.endswith(" ")):
            yield from [word] if font.getlength(word.rstrip()) <= width else word
            word = ""
        if sign > "\u2e80":
            yield sign
        elif sign != "\0":
            word += sign
