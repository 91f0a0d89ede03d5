"""Write page pictures. Runs only inside the child process."""

from pathlib import Path
from typing import Final

from PIL import Image

from documents.inspection.protocol import page_path

# Readable for people at 60; the reader of seals and small print wants more.
QUALITY: Final = 82
# Slower methods save a tenth of the size for twice the time.
METHOD: Final = 1


def save(image: Image.Image, out_dir: Path, *, number: int) -> dict[str, int]:
    """Write *image* as page *number*, on white, stripped of everything but its pixels."""
    flat = _opaque(image)
    flat.info.clear()
    flat.save(page_path(out_dir, number=number), "WEBP", quality=QUALITY, method=METHOD)
    return {"width": flat.width, "height": flat.height}


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(paper, layered).convert("RGB")
