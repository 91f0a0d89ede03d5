"""Recognise words in pictures with the PP-OCR models that rapidocr ships. Child process only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import rapidocr
from rapidocr import RapidOCR
from rapidocr.utils.process_img import get_rotate_crop_image

Image = npt.NDArray[Any]
Quad = npt.NDArray[np.float32]

MODELS: Final = Path(rapidocr.__file__).parent / "models"

# Words are looked for in a smaller picture than they are read in: a third of the time.
DETECTION_SIDE: Final = 1280
HEIGHT: Final = 48
STEP: Final = 16
# Crops of one batch are padded to the widest: few points a batch, little padding.
BATCH_WIDTH: Final = 1600
MOST_WIDTH: Final = 3200

# The detector overlooks two lines on an empty page; on a third of the page it finds them.
FEW_LINES: Final = 6
BANDS: Final = 3
OVERLAP: Final = 0.08

cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class Word:
    """A line of text; *confidence* is that of its most doubtful character, *clarity* the mean."""

    text: str
    confidence: float
    clarity: float


@cache
def models() -> tuple[Any, Any]:
    """Load the detector and the recogniser; both lie in the package, nothing is downloaded."""
    engine = RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # With a path of their own they are never looked for elsewhere.
            "Det.model_path": str(MODELS / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(MODELS / "PP-OCRv6_rec_small.onnx"),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
        }
    )
    # The parts are loaded by hand: their own pipeline knows no confidence of single signs.
    return engine._load_det_model(), engine._load_rec_model()  # type: ignore[no-untyped-call]  # no types in the package


def find(picture: Image) -> list[Quad]:
    """Return the four corners of each line of text in the three-channel *picture*."""
    found = _detect(picture)
    return found if len(found) >= FEW_LINES else max(found, _find_in_bands(picture), key=len)


def _detect(picture: Image) -> list[Quad]:
    found = models()[0](picture).boxes
    return [] if found is None else [np.asarray(box, np.float32) for box in found]


def _find_in_bands(picture: Image) -> list[Quad]:
    """Look at one band of *picture* after the other; a line belongs to where its middle lies."""
    height = picture.shape[0]
    quads = []
    for band in range(BANDS):
        upper, lower = height * band / BANDS, height * (band + 1) / BANDS
        top = max(int(upper - OVERLAP * height), 0)
        for quad in _detect(picture[top : int(lower + OVERLAP * height)]):
            moved = quad + np.array([0, top], np.float32)
            if upper <= moved[:, 1].mean() < lower:
                quads.append(moved)
    return quads


def cut(picture: Image, quad: Quad) -> Image:
    """Return the line within *quad*, straightened."""
    crop: Image = get_rotate_crop_image(picture, quad.copy())
    return crop


def recognise(crops: Sequence[Image]) -> list[Word]:
    """Read each of *crops*, a line of text each, in their order."""
    words: list[Word] = [Word("", 0.0, 0.0)] * len(crops)
    for batch, width in _batches([_width(crop) for crop in crops]):
        output = models()[1].session(np.stack([_normal(crops[index], width) for index in batch]))
        for index, signs in zip(batch, output, strict=True):
            words[index] = _decode(signs)
    return words


def _width(crop: Image) -> int:
    height, width = crop.shape[:2]
    wanted = int(np.ceil(HEIGHT * width / max(height, 1) / STEP)) * STEP
    return min(max(wanted, HEIGHT), MOST_WIDTH)


def _batches(widths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield the indices of lines of like width, with the widest width."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=widths.__getitem__):
        if batch and widths[index] * (len(batch) + 1) > BATCH_WIDTH:
            yield batch, widths[batch[-1]]
            batch = []
        batch.append(index)
    if batch:
        yield batch, widths[batch[-1]]


def _normal(crop: Image, width: int) -> npt.NDArray[np.float32]:
    """Scale *crop* to the models' height, values from -1 to 1, and pad it to *width*."""
    own = min(_width(crop), width)
    scaled = cv2.resize(crop, (own, HEIGHT)).astype(np.float32).transpose(2, 0, 1)
    padded = np.zeros((3, HEIGHT, width), np.float32)
    padded[:, :, :own] = scaled / 127.5 - 1
    return padded


def _decode(signs: npt.NDArray[np.float32]) -> Word:
    """Collapse repeats and blanks (CTC); blanks between words do not count against the line."""
    alphabet = models()[1].postprocess_op.character
    best, chances = signs.argmax(axis=1), signs.max(axis=1)
    kept = best != 0
    kept[1:] &= best[1:] != best[:-1]
    text = "".join(alphabet[sign] for sign in best[kept])
    inked = [
        float(chance)
        for sign, chance in zip(best[kept], chances[kept], strict=True)
        if alphabet[sign] != " "
    ] or [0.0]
    return Word(text, round(min(inked), 4), round(sum(inked) / len(inked), 4))
