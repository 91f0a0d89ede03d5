"""Tell whether the picture shows what the text layer says."""

import unicodedata
from typing import Final

from rapidfuzz.distance import Levenshtein

# Below this the picture was not read well enough to accuse anybody.
CLEAR: Final = 0.75


def disagreement(layer: str, picture: str, *, confidence: float) -> bool:
    """Tell whether *picture*, read with *confidence*, clearly shows something else than *layer*.

    A box drawn a little too wide reads a few signs more; what the layer says must still be there.
    """
    said, shown = _plain(layer), _plain(picture)
    if confidence < CLEAR or not said or not shown or said in shown:
        return False
    return Levenshtein.distance(said, shown) > max(len(shown) - len(said), 0)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
