"""Draw company seals: ring, star, words along the ring, words below the star."""

import math
import random
from dataclasses import dataclass
from functools import cache

import numpy as np
import pylopdf_fonts_zh_cn
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONTS = pylopdf_fonts_zh_cn.__path__[0]
RED = (205, 30, 38)


@cache
def font(size: int, *, serif: bool = True) -> ImageFont.FreeTypeFont:
    name = "NotoSerifSC-Regular.otf" if serif else "NotoSansSC-Regular.otf"
    return ImageFont.truetype(f"{FONTS}/{name}", size)


@dataclass(frozen=True)
class SealDesign:
    """What a seal says; *below* is the line under the star, as 合同专用章."""

    name: str
    below: str = ""
    mm: float = 42
    star: bool = True
    oval: bool = False
    colour: tuple[int, int, int] = RED


def draw_seal(design: SealDesign, *, px_per_mm: float, turn: float = 0) -> Image.Image:
    """Return the seal on a clear ground, turned by *turn* degrees."""
    side = round(design.mm * px_per_mm)
    scale = 3
    big = side * scale
    seal = Image.new("RGBA", (big, big), (*design.colour, 0))
    draw = ImageDraw.Draw(seal)
    ink = (*design.colour, 255)
    border = max(round(big * 0.026), 2)
    draw.ellipse((border, border, big - border, big - border), outline=ink, width=border)
    middle = big / 2
    if design.star:
        draw.polygon(star(middle, middle, big * 0.155), fill=ink)
    write_ring(seal, design.name, colour=ink)
    if design.below:
        size = min(int(big * 0.105), int(big * 0.62 / len(design.below)))
        draw.text(
            (middle, big * 0.735),
            design.below,
            font=font(size),
            fill=ink,
            anchor="mm",
            stroke_width=size // 24,
        )
    if design.oval:
        seal = seal.resize((big, round(big * 0.7)))
    seal = seal.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    return seal.resize((seal.width // scale, seal.height // scale), Image.Resampling.LANCZOS)


def star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Return the corners of a five-pointed star."""
    inner = radius * 0.382
    return [
        (x + length * math.sin(math.pi * step / 5), y - length * math.cos(math.pi * step / 5))
        for step in range(10)
        for length in [radius if step % 2 == 0 else inner]
    ]


def write_ring(seal: Image.Image, words: str, *, colour: tuple[int, ...]) -> None:
    """Write *words* along the ring, from lower left over the top to lower right."""
    side = seal.width
    size = int(min(side * 0.135, side * 2.1 / max(len(words), 8)))
    sweep = min(math.radians(270), len(words) * size * 1.25 / (side * 0.385))
    for index, sign in enumerate(words):
        share = (index + 0.5) / len(words) - 0.5
        angle = share * sweep
        tile = Image.new("RGBA", (size * 2, size * 2), (*colour[:3], 0))
        pen = ImageDraw.Draw(tile)
        pen.text(
            (size, size),
            sign,
            font=font(size),
            fill=colour,
            anchor="mm",
            stroke_width=max(size // 26, 1),
        )
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x = side / 2 + side * 0.385 * math.sin(angle) - size
        y = side / 2 - side * 0.385 * math.cos(angle) - size
        seal.alpha_composite(tile, (round(x), round(y)))


def noise(width: int, height: int, *, dice: random.Random) -> Image.Image:
    """Return grey noise about the middle, the same for the same *dice*.

    Pillow's own takes its numbers from a place nothing here can set.
    """
    grain = np.random.default_rng(dice.getrandbits(32)).normal(128, 60, (height, width))
    return Image.fromarray(grain.clip(0, 255).astype(np.uint8))


def stamp(
    page: Image.Image, seal: Image.Image, *, at: tuple[int, int], dice: random.Random
) -> None:
    """Press *seal* onto *page* as ink does: uneven, and darkening what is printed under it."""
    worn = seal.copy()
    strength = dice.uniform(0.6, 0.95)
    grain = noise(max(seal.width // 4, 4), max(seal.height // 4, 4), dice=dice)
    grain = grain.resize(seal.size).filter(ImageFilter.GaussianBlur(1))
    alpha = worn.getchannel("A").point(lambda a: int(a * strength))
    patchy = Image.composite(
        alpha, alpha.point(lambda a: int(a * 0.55)), grain.point(lambda g: 255 if g > 100 else 0)
    )
    worn.putalpha(patchy)
    ground = page.crop((*at, at[0] + seal.width, at[1] + seal.height)).convert("RGBA")
    inked = Image.alpha_composite(ground, worn).convert("RGB")
    page.paste(ImageChops.darker(inked, ground.convert("RGB")), at)
