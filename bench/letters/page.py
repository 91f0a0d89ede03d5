"""Draw invented letters at 300 dpi, in several layouts."""

import random
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bench.letters.seals import FONTS, SealDesign, draw_seal, stamp
from bench.letters.truth import Truth

PX_PER_MM = 300 / 25.4
WIDTH, HEIGHT = 2480, 3508
MARGIN = 250
STYLES = ("table", "table-zh", "table-en", "list", "formal", "dense")
BELOW = {"official": "", "contract": "合同专用章", "business": "业务专用章"}


@cache
def face(size: int, *, serif: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        f"{FONTS}/{'NotoSerifSC' if serif else 'NotoSansSC'}-Regular.otf", size
    )


class Sheet:
    """A page being written from top to bottom; a new one begins when it is full."""

    def __init__(self, *, serif: bool, size: int) -> None:
        self.serif, self.size = serif, size
        self.pages: list[Image.Image] = []
        self.turn_over()

    def turn_over(self) -> None:
        self.pages.append(Image.new("RGB", (WIDTH, HEIGHT), "white"))
        self.pen = ImageDraw.Draw(self.pages[-1])
        self.y = MARGIN

    def write(self, text: str, *, x: int = MARGIN, size: int = 0, centre: bool = False) -> None:
        size = size or self.size
        if self.y + size * 2 > HEIGHT - MARGIN:
            self.turn_over()
        font = face(size, serif=self.serif)
        for line in wrapped(text, font, WIDTH - 2 * MARGIN):
            at = (WIDTH // 2, self.y) if centre else (x, self.y)
            self.pen.text(at, line, font=font, fill=(20, 20, 20), anchor="ma" if centre else "la")
            self.y += round(size * 1.6)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, lines: bool) -> None:
        font = face(self.size, serif=self.serif)
        total = WIDTH - 2 * MARGIN
        for row in rows:
            cells = [
                wrapped(cell, font, int(total * share) - 24)
                for cell, share in zip(row, widths, strict=True)
            ]
            height = max(len(cell) for cell in cells) * round(self.size * 1.35) + 22
            if self.y + height > HEIGHT - MARGIN:
                self.turn_over()
            x = MARGIN
            for cell, share in zip(cells, widths, strict=True):
                if lines:
                    box = (x, self.y, x + int(total * share), self.y + height)
                    self.pen.rectangle(box, outline=(60, 60, 60), width=3)
                for number, line in enumerate(cell):
                    at = (x + 12, self.y + 10 + number * round(self.size * 1.35))
                    self.pen.text(at, line, font=font, fill=(20, 20, 20))
                x += int(total * share)
            self.y += height

    def skip(self, lines: float) -> None:
        self.y += round(self.size * 1.6 * lines)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break *text* where it is too wide: at blanks, or between Chinese signs."""
    lines, line = [], ""
    for piece in pieces(text):
        if line and font.getlength(line + piece) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def pieces(text: str) -> list[str]:
    out, word = [], ""
    for sign in text:
        if sign > "\u2e80":
            out += [word, sign] if word else [sign]
            word = ""
        else:
            word += sign
            if sign == " ":
                out.append(word)
                word = ""
    return [*out, word] if word else out


def draw(truth: Truth, dice: random.Random) -> tuple[list[Image.Image], str]:
    """Return the pages of the letter and the name of the layout."""
    style = dice.choice(STYLES)
    size = {"dense": 32, "formal": 46}.get(style, dice.choice([36, 38, 42]))
    sheet = Sheet(serif=dice.random() < 0.6, size=size)
    if dice.random() < 0.3:
        logo(sheet, dice)
    zh, en = style != "table-en", style not in ("table-zh", "formal")
    head(sheet, truth, zh=zh, en=en)
    vehicles(sheet, truth, style, zh=zh, en=en)
    outlets(sheet, truth, style, zh=zh, en=en)
    foot(sheet, truth, zh=zh, en=en, dice=dice)
    return sheet.pages, style


def words(zh: str, en: str, *, use_zh: bool, use_en: bool) -> str:
    return " ".join(part for part, use in ((zh, use_zh), (en, use_en)) if use)


def head(sheet: Sheet, truth: Truth, *, zh: bool, en: bool) -> None:
    if zh:
        sheet.write("售后维修服务确认书", size=70, centre=True)
    if en:
        sheet.write("After-sales Service Confirmation", size=48, centre=True)
    sheet.skip(0.6)
    country = words(truth.country[1], truth.country[2], use_zh=zh, use_en=en)
    for label, value in (
        (words("编号", "No.", use_zh=zh, use_en=en), truth.number),
        (words("生产企业", "Manufacturer", use_zh=zh, use_en=en), truth.maker),
        (words("出具单位", "Issued by", use_zh=zh, use_en=en), truth.issuer),
        (words("出口国别", "Destination", use_zh=zh, use_en=en), country),
        (words("出口企业", "Exporter", use_zh=zh, use_en=en), truth.exporter),
    ):
        sheet.write(f"{label}{': ' if en else '：'}{value}")
    sheet.skip(0.4)


def vehicles(sheet: Sheet, truth: Truth, style: str, *, zh: bool, en: bool) -> None:
    if style in ("list", "formal"):
        sheet.write(words("车辆清单：", "Vehicles:", use_zh=zh, use_en=en))
        for number, (vin, brand, model, day) in enumerate(truth.vehicles, start=1):
            sheet.write(f"{number}. {vin}  {brand}  {model}  {day.isoformat()}", x=MARGIN + 40)
        return
    titles = [
        words("序号", "No.", use_zh=zh, use_en=en),
        words("车架号", "VIN", use_zh=zh, use_en=en),
        words("品牌", "Brand", use_zh=zh, use_en=en),
        words("型号", "Model", use_zh=zh, use_en=en),
        words("注册登记日期", "Registered on", use_zh=zh, use_en=en),
    ]
    rows = [
        [str(number), vin, brand, model, day.isoformat()]
        for number, (vin, brand, model, day) in enumerate(truth.vehicles, start=1)
    ]
    sheet.table([titles, *rows], (0.1, 0.34, 0.16, 0.2, 0.2), lines=style != "dense")


def outlets(sheet: Sheet, truth: Truth, style: str, *, zh: bool, en: bool) -> None:
    sheet.skip(0.6)
    sheet.write(words("售后服务网点", "Service outlets", use_zh=zh, use_en=en))
    if style in ("list", "formal"):
        for country, name, address, provider, phone in truth.outlets:
            sheet.write(f"{country}；{name}；{address}；{provider}；{phone}")
        return
    titles = [
        words(a, b, use_zh=zh, use_en=en)
        for a, b in (
            ("国家", "Country"),
            ("名称", "Name"),
            ("地址", "Address"),
            ("服务商", "Provider"),
            ("电话", "Phone"),
        )
    ]
    rows = [list(outlet) for outlet in truth.outlets]
    sheet.table([titles, *rows], (0.2, 0.22, 0.2, 0.2, 0.18), lines=style != "dense")


def foot(sheet: Sheet, truth: Truth, *, zh: bool, en: bool, dice: random.Random) -> None:
    sheet.skip(0.6)
    if zh:
        sheet.write(
            "我单位确认，上列车辆出口至上述国家后，由上列服务网点提供售后维修服务、配件供应及技术支持。"
        )
    if en:
        sheet.write("We confirm that the outlets listed above will provide repair and parts.")
    if sheet.y > HEIGHT - MARGIN - 700:
        sheet.turn_over()
    sheet.skip(1.5)
    top = sheet.y
    chinese = f"{truth.issued_on.year}年{truth.issued_on.month}月{truth.issued_on.day}日"
    issued = truth.issued_on.isoformat() if en else chinese
    colon = ": " if en else "："
    sheet.write(f"{words('签发日期', 'Date', use_zh=zh, use_en=en)}{colon}{issued}")
    until = truth.valid_until.isoformat()
    sheet.write(f"{words('有效期至', 'Valid until', use_zh=zh, use_en=en)}{colon}{until}")
    if truth.seal != "none":
        press(sheet, truth, top=top, dice=dice)


def press(sheet: Sheet, truth: Truth, *, top: int, dice: random.Random) -> None:
    """Stamp the seal, often over the date."""
    design = SealDesign(truth.issuer, BELOW[truth.seal], mm=dice.choice([40, 42, 42, 45]))
    seal = draw_seal(design, px_per_mm=PX_PER_MM, turn=dice.uniform(-25, 25))
    x = dice.choice([MARGIN + 100, MARGIN + 500, WIDTH - MARGIN - seal.width - 60])
    y = min(top - dice.randrange(40, 200), HEIGHT - seal.height - 60)
    stamp(sheet.pages[-1], seal, at=(x, y), dice=dice)


def logo(sheet: Sheet, dice: random.Random) -> None:
    """Draw something red that is no seal: a box, a disc, a ring, a headline."""
    red = (200, 30, 40)
    kind = dice.choice(["box", "disc", "ring", "line"])
    if kind == "box":
        sheet.pen.rectangle((250, 110, 480, 220), fill=red)
    elif kind == "disc":
        sheet.pen.ellipse((250, 60, 430, 240), fill=red)
    elif kind == "ring":
        sheet.pen.ellipse((250, 40, 550, 340), outline=red, width=24)
        sheet.y += 120
    else:
        sheet.pen.rectangle((250, 200, WIDTH - 250, 212), fill=red)
