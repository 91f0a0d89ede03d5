"""Draw invented letters in several layouts."""

import random
from collections.abc import Sequence
from datetime import date

from PIL import Image

from bench.letters.dates import written
from bench.letters.seals import SealDesign, draw_seal, stamp
from bench.letters.sheet import HEIGHT, MARGIN, PX_PER_MM, WIDTH, Sheet
from bench.letters.truth import Truth

# Those with a list of vehicles in a table, in lines of text, and in running words.
TABLES = ("table", "table-zh", "table-en", "dense", "form", "narrow", "annex")
STYLES = (*TABLES, "list", "formal", "prose")
ENGLISH = ("table", "table-en", "list", "dense", "form")
BELOW = {"official": "", "contract": "合同专用章", "business": "业务专用章"}
SPACED = {"编号": "编  号", "日期": "日    期"}


class Tongue:
    """The languages of a letter, and how it writes days and labels."""

    def __init__(self, style: str, dice: random.Random) -> None:
        self.zh, self.en = style != "table-en", style in ENGLISH
        self.dice = dice
        self.spaced = self.zh and not self.en and dice.random() < 0.4
        self.colon = "：" if self.zh and (not self.en or dice.random() < 0.5) else ": "

    def say(self, zh: str, en: str) -> str:
        return " ".join(part for part, use in ((zh, self.zh), (en, self.en)) if use)

    def label(self, zh: str, en: str) -> str:
        return self.say(SPACED.get(zh, zh) if self.spaced else zh, en)

    def day(self, day: date) -> str:
        return written(day, self.dice, zh=self.zh)


def draw(truth: Truth, dice: random.Random) -> tuple[list[Image.Image], str]:
    """Return the pages of the letter and the name of the layout."""
    style = dice.choice(STYLES)
    size = {"dense": 32, "formal": 46, "narrow": 40}.get(style, dice.choice([36, 38, 42]))
    sheet = Sheet(serif=dice.random() < 0.6, size=size, bold=dice.random() < 0.2)
    tongue = Tongue(style, dice)
    title(sheet, tongue)
    if style == "prose":
        prose(sheet, truth, tongue)
    else:
        head(sheet, truth, tongue, ruled=style == "form")
        if style != "annex":
            vehicles(sheet, truth, tongue, style)
    outlets(sheet, truth, tongue, style)
    foot(sheet, truth, tongue, signed=style in ("prose", "annex", "formal"))
    if style == "annex":
        annex(sheet, truth, tongue)
    return sheet.pages, style


def title(sheet: Sheet, tongue: Tongue) -> None:
    """Write the heading, now and then below something red."""
    if tongue.dice.random() < 0.3:
        logo(sheet, tongue.dice)
    if tongue.zh:
        sheet.write("售后维修服务确认书", size=70, at="middle")
    if tongue.en:
        sheet.write("After-sales Service Confirmation", size=48, at="middle")
    sheet.skip(0.6)


def head(sheet: Sheet, truth: Truth, tongue: Tongue, *, ruled: bool) -> None:
    """Write the facts of the letter, each behind its label."""
    facts = [
        (tongue.label("编号", "No."), truth.number),
        (tongue.say("生产企业", "Manufacturer"), truth.maker),
        (tongue.say("出具单位", "Issued by"), truth.issuer),
        (tongue.say("出口国别", "Destination"), countries(truth, tongue)),
        (tongue.say("出口企业", "Exporter"), truth.exporter),
    ]
    if ruled:
        sheet.table(facts, (0.3, 0.7), lines=True)
    else:
        for label, value in facts:
            sheet.write(f"{label}{tongue.colon}{value}")
    sheet.skip(0.4)


def countries(truth: Truth, tongue: Tongue) -> str:
    names = [tongue.say(zh, en) for _code, zh, en in truth.countries]
    return ("、" if tongue.zh else ", ").join(names)


def prose(sheet: Sheet, truth: Truth, tongue: Tongue) -> None:
    """Say everything in running words, as offices write to each other."""
    sheet.write(f"{tongue.label('编号', '')}{tongue.colon}{truth.number}", at="right")
    sheet.skip(0.4)
    sheet.write(f"{truth.exporter}：")
    sheet.write(
        f"　　兹确认下列{len(truth.vehicles)}辆由{truth.maker}生产的车辆"
        f"出口至{countries(truth, tongue)}后，由下列服务网点提供售后维修服务、配件供应及技术支持。"
        "车辆识别代号如下：",
    )
    vins = "，".join(vin for vin, *_rest in truth.vehicles)
    sheet.write(f"{vins}。", x=MARGIN + 40)


def listed(truth: Truth) -> list[list[str]]:
    """Return the vehicles as rows with their numbers."""
    return [
        [str(number), vin, brand, model, day.isoformat()]
        for number, (vin, brand, model, day) in enumerate(truth.vehicles, start=1)
    ]


def vehicles(sheet: Sheet, truth: Truth, tongue: Tongue, style: str) -> None:
    """Write the vehicles, as a table or line by line."""
    if style not in TABLES:
        sheet.write(tongue.say("车辆清单：", "Vehicles:"))
        for number, vin, brand, model, day in listed(truth):
            sheet.write(f"{number}. {vin}  {brand}  {model}  {day}", x=MARGIN + 40)
        return
    titles = [
        tongue.say("序号", "No."),
        tongue.say("车架号", "VIN"),
        tongue.say("品牌", "Brand"),
        tongue.say("型号", "Model"),
        tongue.say("注册登记日期", "Registered on"),
    ]
    shares = (0.1, 0.17, 0.2, 0.28, 0.25) if style == "narrow" else (0.1, 0.34, 0.16, 0.2, 0.2)
    sheet.table([titles, *listed(truth)], shares, lines=style != "dense")


def annex(sheet: Sheet, truth: Truth, tongue: Tongue) -> None:
    """List the vehicles on pages of their own, two beside each other."""
    sheet.turn_over()
    sheet.write("附件：车辆清单", size=54)
    rows = [[number, vin] for number, vin, *_rest in listed(truth)]
    half = (len(rows) + 1) // 2
    right = [*rows[half:], ["", ""]]
    pairs = [left + other for left, other in zip(rows[:half], right, strict=False)]
    sheet.table([["序号", "车架号"] * 2, *pairs], (0.1, 0.4, 0.1, 0.4), lines=True)


def outlets(sheet: Sheet, truth: Truth, tongue: Tongue, style: str) -> None:
    """Write the outlets, as a table or line by line."""
    sheet.skip(0.6)
    sheet.write(tongue.say("售后服务网点", "Service outlets"))
    if style not in TABLES:
        for country, name, address, provider, phone in truth.outlets:
            sheet.write(f"{country}；{name}；{address}；{provider}；{phone}")
        return
    titles = [
        tongue.say(zh, en)
        for zh, en in (
            ("国家", "Country"),
            ("名称", "Name"),
            ("地址", "Address"),
            ("服务商", "Provider"),
            ("电话", "Phone"),
        )
    ]
    rows = [list(outlet) for outlet in truth.outlets]
    sheet.table([titles, *rows], (0.2, 0.22, 0.2, 0.2, 0.18), lines=style != "dense")


def promise(sheet: Sheet, tongue: Tongue) -> None:
    if tongue.zh:
        sheet.write("我单位确认，上列车辆由上列服务网点提供售后维修服务、配件供应及技术支持。")
    if tongue.en:
        sheet.write("We confirm that the outlets listed above will provide repair and parts.")


def foot(sheet: Sheet, truth: Truth, tongue: Tongue, *, signed: bool) -> None:
    """Write the promise, the days, the signature and the seal."""
    sheet.skip(0.6)
    promise(sheet, tongue)
    until = f"{tongue.say('有效期至', 'Valid until')}{tongue.colon}{tongue.day(truth.valid_until)}"
    if sheet.y > HEIGHT - MARGIN - 700:
        sheet.turn_over()
    if signed:
        sheet.write(until)
    sheet.skip(1.5)
    top = sheet.y
    issued = tongue.day(truth.issued_on)
    if signed:
        sheet.write(truth.issuer, at="right")
        sheet.write(issued, at="right")
    else:
        label = tongue.dice.choice([("签发日期", "Date of issue"), ("日期", "Date")])
        sheet.write(f"{tongue.label(*label)}{tongue.colon}{issued}")
        sheet.write(until)
    if truth.seal != "none":
        place = [WIDTH - MARGIN - 700] if signed else [MARGIN + 100, MARGIN + 500, WIDTH - 900]
        press(sheet, truth, at=(tongue.dice.choice(place), top), dice=tongue.dice)


def press(sheet: Sheet, truth: Truth, *, at: Sequence[int], dice: random.Random) -> None:
    """Stamp the seal, often over name and date."""
    design = SealDesign(truth.issuer, BELOW[truth.seal], mm=dice.choice([40, 42, 42, 45]))
    seal = draw_seal(design, px_per_mm=PX_PER_MM, turn=dice.uniform(-25, 25))
    x = min(at[0], WIDTH - seal.width - 60)
    y = min(at[1] - dice.randrange(40, 200), HEIGHT - seal.height - 60)
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
