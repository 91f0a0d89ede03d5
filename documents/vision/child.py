"""The looking process: one question a line on standard input, one answer a line on output."""

import json
import math
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, BinaryIO, Final

from documents.confinement.bounds import MEGABYTE, Bounds
from documents.confinement.child import confine_lasting

BOUNDS: Final = Bounds(address_space=4096 * MEGABYTE, output_bytes=40 * MEGABYTE, open_files=128)
Answer = dict[str, Any]


def main() -> None:
    """Answer questions until there are no more; models print, so they get no output to print to."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    confine_lasting(BOUNDS)
    for line in sys.stdin.buffer:
        question = json.loads(line)
        # Ends this process even where its parent was killed and cannot.
        signal.alarm(math.ceil(question["seconds"]) + 1)
        _reply(answers, _answer(question))
        signal.alarm(0)


def _reply(answers: BinaryIO, answer: Answer) -> None:
    answers.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    answers.flush()


def _answer(question: Mapping[str, Any]) -> Any:
    """Do what *question* asks; whatever goes wrong is an answer too."""
    try:
        # Loaded with the first question: a worker that reads nothing loads no models.
        pages = import_module("documents.vision.pages")
        if question["do"] == "read":
            return pages.read(question["picture"], upright=question["upright"])
        if question["do"] == "boxes":
            return pages.read_boxes(question["picture"], question["boxes"])
        if question["do"] == "lighten":
            return pages.lighten(question["picture"], lighter=question["lighter"])
        return pages.examine(question["picture"], long_side_mm=question["long_side_mm"])
    except MemoryError:
        raise
    except Exception as trouble:
        return {"trouble": f"{type(trouble).__name__}: {trouble}"}
