"""Write page pictures. Runs only inside the child process."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops

from documents.inspection.protocol import page_path

# Readable for people at 60; the reader of seals and small print wants more.
QUALITY: Final = 82
# Slower methods save a tenth of the size for twice the time.
METHOD: Final = 1
# Whatever sees colours sees some on any paper: a tint, a fringe. A seal is larger than a point.
SMALL_COPY: Final = 400
TINT: Final = 12


def save(image: Image.Image, out_dir: Path, *, number: int) -> dict[str, Any]:
    """Write *image* as page *number*, on white, stripped of everything but its pixels."""
    flat = _opaque(image)
    flat.info.clear()
    flat.save(page_path(out_dir, number=number), "WEBP", quality=QUALITY, method=METHOD)
    return {"width": flat.width, "height": flat.height, "grey": is_grey(flat)}


def is_grey(image: Image.Image) -> bool:
    """Tell whether nothing on *image* has a colour."""
    copy = image.reduce(max(max(image.size) // SMALL_COPY, 1))
    red, green, blue = copy.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    # The histogram counts how many points lie each number of grey levels off.
    return not any(ImageChops.subtract(most, least).histogram()[TINT:])


def colour_flags(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the flag of a file with a scanned page on which no ink shows its colour."""
    return ["colourless"] if any(page["grey"] and page["scanned"] for page in pages) else []


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(paper, layered).convert("RGB")
