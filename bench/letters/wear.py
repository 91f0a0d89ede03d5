"""Wear a clean page as scanners, phones and copiers do."""

import io
import random
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Wear:
    """What happened to a page on its way; degrees clockwise, 300 dpi is the drawn size."""

    dpi: int = 200
    skew: float = 0
    turn: int = 0
    blur: float = 0
    noise: float = 0
    quality: int = 85
    shadow: float = 0
    grey: bool = False
    perspective: float = 0

    @property
    def label(self) -> str:
        kind = "phone" if self.perspective else "grey" if self.grey else "colour"
        return f"{kind} {self.dpi}dpi q{self.quality} skew{self.skew:+.1f} turn{self.turn}"


def some_wear(dice: random.Random) -> Wear:
    """Return one way of wearing, drawn from those the ministry sees."""
    kind = dice.choices(["scan", "grey", "phone"], [5, 2, 3])[0]
    return Wear(
        dpi=dice.choice([100, 120, 150, 150, 200, 200, 200, 250, 300]),
        skew=dice.uniform(-3, 3),
        turn=dice.choices([0, 90, 180, 270], [85, 5, 5, 5])[0],
        blur=dice.choice([0, 0, 0.4, 0.8]),
        noise=dice.choice([0, 2, 5, 9]),
        quality=dice.choice([40, 50, 60, 70, 80, 90]),
        shadow=dice.choice([0, 0.3, 0.5]) if kind == "phone" else dice.choice([0, 0, 0.15]),
        grey=kind == "grey",
        perspective=dice.uniform(0.01, 0.05) if kind == "phone" else 0,
    )


def wear(page: Image.Image, how: Wear, *, seed: int) -> bytes:
    """Return *page* (drawn at 300 dpi) as the JPEG that is uploaded."""
    dice = np.random.default_rng(seed)
    image = cv2.cvtColor(np.asarray(page.convert("RGB")), cv2.COLOR_RGB2BGR)
    scale = how.dpi / 300
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = skewed(image, how.skew)
    if how.perspective:
        image = photographed(image, how.perspective, dice)
    if how.blur:
        image = cv2.GaussianBlur(image, (0, 0), how.blur)
    image = shaded(image, how.shadow, dice)
    image = np.clip(image + dice.normal(0, how.noise, image.shape), 0, 255).astype(np.uint8)
    if how.grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if how.turn:
        image = np.rot90(image, -how.turn // 90).copy()
    out = io.BytesIO()
    Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).save(out, "JPEG", quality=how.quality)
    return out.getvalue()


def skewed(image: np.ndarray, degrees: float) -> np.ndarray:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return cv2.warpAffine(
        image, matrix, (width, height), borderValue=(250, 250, 250), flags=cv2.INTER_CUBIC
    )


def photographed(image: np.ndarray, strength: float, dice: np.random.Generator) -> np.ndarray:
    """Return the page lying on a desk, seen from aside."""
    height, width = image.shape[:2]
    edge = int(0.04 * width)
    image = cv2.copyMakeBorder(
        image, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(96, 118, 140)
    )
    height, width = image.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    moved = corners + dice.uniform(-strength, strength, (4, 2)).astype(np.float32) * (width, height)
    moved = np.clip(moved, 0, (width, height)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    return cv2.warpPerspective(
        image, matrix, (width, height), borderValue=(96, 118, 140), flags=cv2.INTER_CUBIC
    )


def shaded(image: np.ndarray, strength: float, dice: np.random.Generator) -> np.ndarray:
    """Return the page under a lamp from one side."""
    height, width = image.shape[:2]
    angle = dice.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 1 - strength * (1 + x * np.cos(angle) + y * np.sin(angle)) / 2.4
    return np.clip(image * light[:, :, None], 0, 255).astype(np.uint8)
