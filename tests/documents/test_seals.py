"""Seals on pages: what is one, what it says, and which imprints come from one die or one file."""

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from bench.letters.seals import RED, SealDesign, draw_seal, font, stamp, star
from documents.vision import client
from documents.vision.found import FoundSeal, PageExamined
from documents.vision.likeness import SAME_DIE, distance, likeness, same_pixels

pytestmark = pytest.mark.once

MAKER = "比亚迪汽车有限公司"
OFFICIAL = SealDesign(MAKER)
# The pictures we draw are 2000 points high: an A4 page at this scale.
PX_PER_MM = 2000 / 297
WIDTH, HEIGHT = 1414, 2000
WORDS = "本公司授权下列车辆出口至哈萨克斯坦并承诺在当地提供售后服务"
Look = Callable[[Image.Image], PageExamined]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Look at an A4 page as the pipeline looks at the pictures it drew."""

    def examine(page: Image.Image) -> PageExamined:
        path = tmp_path / "page.webp"
        page.save(path, quality=82)
        return client.examine_page(path, long_side_mm=297.0)

    return examine


def sheet(*, until: int = HEIGHT - 200) -> Image.Image:
    """Return a page of black words, and white from *until* on."""
    page = Image.new("RGB", (WIDTH, HEIGHT), (252, 252, 250))
    pen = ImageDraw.Draw(page)
    for top in range(160, until, 64):
        pen.text((150, top), WORDS, font=font(36), fill=(25, 25, 25))
    return page


def sealed(
    design: SealDesign = OFFICIAL,
    *,
    at: tuple[int, int] = (700, 1400),
    turn: float = 6,
    seed: int = 1,
    page: Image.Image | None = None,
) -> Image.Image:
    """Return a page on which the seal was pressed; another *seed* is another pressing."""
    page = page or sheet()
    seal = draw_seal(design, px_per_mm=PX_PER_MM, turn=turn)
    stamp(page, seal, at=at, dice=random.Random(seed))
    return page


def one(seen: PageExamined) -> FoundSeal:
    (seal,) = seen.seals
    return seal


def grey(page: Image.Image) -> Image.Image:
    return page.convert("L").convert("RGB")


def test_a_red_seal_over_words_is_found_measured_and_read(look: Look):
    seal = one(look(sealed()))

    assert (seal.colour, seal.kind, seal.ring_text) == ("red", "official", MAKER)
    assert seal.diameter_mm == pytest.approx(40, abs=1)  # the ring within a die of 42 mm
    assert seal.roundness > 0.95
    assert seal.star > 0.5
    assert seal.score > 0.7
    left, top, width, height = seal.box
    assert left < (700 + 142) / WIDTH < left + width
    assert top < (1400 + 142) / HEIGHT < top + height


@pytest.mark.parametrize(
    ("design", "kind"),
    [
        (OFFICIAL, "official"),
        (SealDesign(MAKER, "合同专用章"), "contract"),
        (SealDesign(MAKER, "业务专用章"), "business"),
        (SealDesign(MAKER, "财务专用章"), "finance"),
        (SealDesign(MAKER, "发票专用章"), "finance"),
        (SealDesign(MAKER, "国际贸易部"), "department"),
        (SealDesign(MAKER, "合同专用章", star=False), "contract"),
    ],
)
def test_the_words_below_the_star_say_what_a_seal_is_for(look: Look, design: SealDesign, kind: str):
    seal = one(look(sealed(design)))

    assert (seal.kind, seal.ring_text) == (kind, MAKER)


@pytest.mark.parametrize("turn", [-35, -12, 0, 25, 90, 180])
def test_a_seal_is_read_however_it_was_turned(look: Look, turn: float):
    seal = one(look(sealed(turn=turn)))

    assert (seal.kind, seal.ring_text) == ("official", MAKER)


@pytest.mark.parametrize(
    "name", ["奇瑞汽车股份有限公司", "安徽江淮汽车集团股份有限公司", "一汽红旗汽车销售有限公司"]
)
def test_long_and_short_names_are_read_from_the_ring(look: Look, name: str):
    assert one(look(sealed(SealDesign(name)))).ring_text == name


def test_what_a_copier_left_of_a_seal_is_found_grey(look: Look):
    page = sealed(page=sheet(until=1300))

    seal = one(look(grey(page)))

    assert (seal.colour, seal.kind) == ("grey", "official")
    assert seal.score < one(look(page)).score


def test_a_grey_seal_over_words_is_found_though_its_kind_is_not(look: Look):
    seal = one(look(grey(sealed())))

    assert (seal.colour, seal.kind) == ("grey", "unknown")


def test_blue_ink_is_another_colour(look: Look):
    blue = replace(OFFICIAL, colour=(40, 60, 200))

    assert one(look(sealed(blue))).colour == "other"


def test_an_oval_seal_is_found_and_not_called_round(look: Look):
    seal = one(look(sealed(replace(OFFICIAL, oval=True))))

    assert 0.6 < seal.roundness < 0.8


def test_two_seals_on_a_page_are_two(look: Look):
    page = sealed(SealDesign(MAKER, "合同专用章"), at=(200, 400), seed=2, page=sealed())

    assert sorted(seal.kind for seal in look(page).seals) == ["contract", "official"]


def test_two_seals_over_each_other_are_two(look: Look):
    page = sealed(SealDesign("奇瑞汽车股份有限公司"), at=(915, 1430), seed=2, page=sealed())

    assert len(look(page).seals) == 2


def test_faint_ink_is_still_a_seal(look: Look):
    faint = Image.blend(sealed(), Image.new("RGB", (WIDTH, HEIGHT), "white"), 0.45)

    assert one(look(faint)).ring_text == MAKER


def headline(pen: ImageDraw.ImageDraw) -> None:
    pen.text((250, 60), "车辆生产企业售后服务保障能力确认书", font=font(54), fill=RED)


def disc(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((300, 300, 580, 580), fill=RED)


def ring(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((300, 300, 580, 580), outline=RED, width=8)


def frame(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((300, 300, 580, 560), outline=RED, width=6)
    pen.text((330, 380), "急件", font=font(90), fill=RED)


def logo(pen: ImageDraw.ImageDraw) -> None:
    """A badge: a ring, a letter within it, no words around it."""
    pen.ellipse((300, 300, 580, 580), outline=RED, width=26)
    pen.text((440, 440), "B", font=font(190, serif=False), fill=RED, anchor="mm")


def starred(pen: ImageDraw.ImageDraw) -> None:
    """A ring with a star and no name: anybody can draw that."""
    pen.ellipse((300, 300, 580, 580), outline=RED, width=8)
    pen.polygon(star(440, 440, 45), fill=RED)


def nothing(pen: ImageDraw.ImageDraw) -> None:
    pass


@pytest.mark.parametrize("paint", [lambda page: page, grey], ids=["colour", "grey"])
@pytest.mark.parametrize("drawn", [nothing, headline, disc, ring, frame, logo, starred])
def test_what_is_red_or_round_is_no_seal_for_that(look: Look, drawn, paint):
    page = Image.new("RGB", (WIDTH, HEIGHT), "white") if drawn is not nothing else sheet()
    drawn(ImageDraw.Draw(page))

    assert look(paint(page)).seals == ()


def test_imprints_of_one_die_are_alike_and_those_of_others_less(look: Look):
    first = one(look(sealed(turn=-8, seed=3))).mark
    again = one(look(sealed(turn=14, seed=4, at=(300, 700)))).mark
    others = [
        one(look(sealed(SealDesign(name, below)))).mark
        for name, below in [
            ("奇瑞汽车股份有限公司", ""),
            ("重庆长安汽车股份有限公司", ""),
            (MAKER, "合同专用章"),
        ]
    ]

    assert likeness(first, again) >= SAME_DIE
    assert all(likeness(first, other) < SAME_DIE for other in others)


def pasted(cutout: Image.Image, *, at: tuple[int, int], quality: int, tmp: Path) -> Image.Image:
    """Return a page onto which a picture of a seal was copied, saved once more as JPEG."""
    page = sheet(until=1100)
    box = (*at, at[0] + cutout.width, at[1] + cutout.height)
    page.paste(ImageChops.darker(page.crop(box), cutout), at)
    page.save(tmp / "page.jpg", quality=quality)
    return Image.open(tmp / "page.jpg").convert("RGB")


def test_one_picture_of_a_seal_in_two_letters_is_known_again(look: Look, tmp_path: Path):
    blank = Image.new("RGB", (WIDTH, HEIGHT), "white")
    cutout = sealed(page=blank).crop((690, 1390, 1040, 1740))
    smaller = cutout.resize((340, 340), Image.Resampling.LANCZOS)

    first = one(look(pasted(cutout, at=(650, 1300), quality=85, tmp=tmp_path)))
    second = one(look(pasted(smaller, at=(303, 1210), quality=70, tmp=tmp_path)))

    assert same_pixels(first.pixels, second.pixels)


@pytest.mark.parametrize("turn", [7, 12, 30])
def test_a_seal_pressed_anew_is_not_the_same_pixels(look: Look, turn: float):
    first, second = one(look(sealed())), one(look(sealed(turn=turn, seed=9)))

    assert not same_pixels(first.pixels, second.pixels)


def test_comparing_takes_no_look():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, documents.vision.likeness as l;"
            "seal, none = '04f82a' * 96, '';"
            "assert l.likeness(seal, seal[30:] + seal[:30]) == 1;"
            "assert l.likeness(none, none) == l.likeness(seal, seal[1:]) == 0;"
            "assert l.likeness(seal, seal.translate(str.maketrans('048', 'fb7'))) < 0.5;"
            "assert not l.same_pixels('', '') and l.same_pixels('ff', 'fe');"
            "sys.exit('numpy' in sys.modules or 'cv2' in sys.modules)",
        ],
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert told.returncode == 0


def test_the_mark_of_a_page_stays_near_when_it_is_saved_again(look: Look, tmp_path: Path):
    page = sealed()
    page.resize((900, 1273)).save(tmp_path / "again.jpg", quality=50)
    again = Image.open(tmp_path / "again.jpg").convert("RGB")
    other = Image.new("RGB", (WIDTH, HEIGHT), "white")
    other.paste(sheet().crop((0, 0, WIDTH, 700)), (0, 900))

    mark = look(page).mark

    assert len(mark) == 16
    assert distance(mark, look(again).mark) <= 6
    assert distance(mark, look(other).mark) > 12
