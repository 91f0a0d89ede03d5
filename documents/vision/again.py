"""Look again at what was read with doubt. Child process only.

A second look takes a wider cut of the line: its signs then fall otherwise onto the models' grid,
and a sign that the first cut clipped is whole. Where two looks agree, that is evidence; where
they differ, nobody is sure.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from documents.vision import ocr
from documents.vision.ocr import Image, Quad, Word
from exports.identifiers import check_vin

VIN_LIKE: Final = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{15,19}(?![A-Z0-9])")
# Of a thousand lines whose weakest sign was read more clearly than this, one was wrong.
CLEAR: Final = 0.9
DISPUTED: Final = 0.3
MARGIN: Final = 0.15


def second_look(words: Sequence[Word], page: Image, quads: Sequence[Quad]) -> list[Word]:
    """Return *words* with those read anew that leave a doubt; *quads* are their places."""
    again = [index for index, word in enumerate(words) if is_doubtful(word)]
    looked = ocr.recognise([ocr.cut(page, widened(quads[index])) for index in again])
    settled = list(words)
    for index, other in zip(again, looked, strict=True):
        settled[index] = agreed(words[index], other)
    return settled


def is_doubtful(word: Word) -> bool:
    """Tell whether *word* was read unclearly, or looks like a VIN whose check digit is wrong."""
    return word.confidence < CLEAR or (not holds_vin(word) and bool(vins_like(word)))


def agreed(first: Word, second: Word) -> Word:
    """Return what two looks agree on; where they differ the likelier one, unsure."""
    if bare(first) == bare(second):
        return Word(first.text, max(first.confidence, second.confidence), first.clarity)
    if holds_vin(second) and not holds_vin(first):
        # The first cut clipped a sign at the edge; all that it did show is the same.
        clipped = bare(first) in bare(second)
        return second if clipped else unsure(second)
    return unsure(first if holds_vin(first) else max(first, second, key=sureness))


def unsure(word: Word) -> Word:
    """Return *word* as one that somebody must look at."""
    return Word(word.text, min(DISPUTED, word.confidence), word.clarity)


def sureness(word: Word) -> float:
    """Return the confidence of *word*."""
    return word.confidence


def bare(word: Word) -> str:
    """Return the signs of *word* alone."""
    return word.text.replace(" ", "").upper()


def vins_like(word: Word) -> list[str]:
    """Return what looks like a VIN in *word*, whole or nearly."""
    return VIN_LIKE.findall(word.text.upper())


def holds_vin(word: Word) -> bool:
    """Tell whether *word* holds a VIN whose check digit fits."""
    return any(check_vin(found).problem is None for found in vins_like(word))


def widened(quad: Quad) -> Quad:
    """Return *quad* with a margin."""
    margin = MARGIN * min(np.ptp(quad[:, 0]), np.ptp(quad[:, 1]))
    grown: Quad = quad + np.sign(quad - quad.mean(axis=0)) * np.float32(margin)
    return grown
