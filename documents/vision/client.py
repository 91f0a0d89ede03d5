"""Ask the eyes: a child process that holds the reading models and may die without harm.

It is started when first needed, once for each worker process, and watched from here: an answer
that takes too long, or memory beyond ``MEMORY``, ends it; the next question starts another.
Only pictures we drew ourselves are shown to it.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

from documents.confinement.bounds import MEGABYTE
from documents.confinement.memory import resident
from documents.vision.found import Box, PageExamined, PageSeen, page_examined, page_seen

MEMORY: Final = 900 * MEGABYTE
# A page takes two to twenty; on a machine that is busy with much else, some times as long.
SECONDS: Final = 120
# A page full of VINs is a hundredth of this.
MOST_BYTES: Final = 8 * MEGABYTE
# A fresh process now and then returns what the models' memory pools have piled up.
MOST_ANSWERS: Final = 300
LOOK_EVERY: Final = 0.05
ROOT: Final = Path(__file__).resolve().parents[2]
BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from documents.vision import child; child.main()"
)
# The models use one core; the others belong to other workers.
ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class EyesShut(Exception):
    """The looking process died, took too long or too much memory; a person must look."""


class Eyes:
    """One looking process, and the questions it was asked."""

    def __init__(self) -> None:
        """Start the process; it loads its models with the first question."""
        self.owner = os.getpid()
        self.answers = 0
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            start_new_session=True,
        )

    @property
    def usable(self) -> bool:
        """Tell whether the process is ours, alive and not worn out."""
        ours = self.owner == os.getpid()
        return ours and self.process.poll() is None and self.answers < MOST_ANSWERS

    def ask(self, question: dict[str, Any], *, seconds: float, memory: int) -> dict[str, Any]:
        """Return the answer to *question*.

        Raises:
            EyesShut: none came within *seconds* and *memory*.

        """
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()
            answer = self._answer(until=time.monotonic() + seconds, memory=memory)
            self.answers += 1
            parsed: dict[str, Any] = json.loads(answer)
        except (OSError, ValueError) as trouble:
            self.close()
            raise EyesShut(str(trouble)) from trouble
        except BaseException:
            # Whoever interrupts us leaves a question open: its answer must not meet the next one.
            self.close()
            raise
        if "trouble" in parsed:
            raise EyesShut(parsed["trouble"])
        return parsed

    def _answer(self, *, until: float, memory: int) -> bytes:
        """Return the next line the process writes.

        Raises:
            OSError: it died, took too long, holds too much memory or says too much.

        """
        assert self.process.stdout
        pipe = self.process.stdout.fileno()
        answer = b""
        while time.monotonic() < until and len(answer) < MOST_BYTES:
            if resident(self.process.pid) > memory:
                raise OSError("too much memory")
            if select.select([pipe], [], [], LOOK_EVERY)[0]:
                piece = os.read(pipe, 1 << 16)
                if not piece:
                    raise OSError("the process died")
                answer += piece
                if answer.endswith(b"\n"):
                    return answer
        raise OSError("too slow or too long")

    def close(self) -> None:
        """End the process and everything it started; after a fork, only let go of its pipes."""
        if self.owner == os.getpid():
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


class _Holder:
    """The eyes of this process, if they are open."""

    eyes: Eyes | None = None
    lock: Lock = Lock()


def read_page(picture: Path, *, upright: Path) -> PageSeen:
    """Return the words in the WebP *picture*.

    A page that lies on its side, its head or askew is drawn anew, level, and written to
    *upright*; boxes refer to that.

    Raises:
        EyesShut: nobody can tell.

    """
    answer = _ask({"do": "read", "picture": str(picture), "upright": str(upright)})
    return page_seen(answer)


def read_boxes(picture: Path, boxes: Sequence[Box]) -> list[tuple[str, float]]:
    """Return what the *picture* shows within each of *boxes*, with how surely.

    Raises:
        EyesShut: nobody can tell.

    """
    answer = _ask({"do": "boxes", "picture": str(picture), "boxes": [list(box) for box in boxes]})
    return [(str(text), float(confidence)) for text, confidence in answer["texts"]]


def examine_page(picture: Path, *, long_side_mm: float | None) -> PageExamined:
    """Return the seals on *picture* and its mark; *long_side_mm* is the paper's, if known.

    Raises:
        EyesShut: nobody can tell.

    """
    answer = _ask({"do": "examine", "picture": str(picture), "long_side_mm": long_side_mm})
    return page_examined(answer)


def lighten_page(picture: Path, *, lighter: Path) -> None:
    """Draw *picture* again, lighter, for people's screens, and write that to *lighter*.

    Raises:
        EyesShut: it could not be drawn.

    """
    _ask({"do": "lighten", "picture": str(picture), "lighter": str(lighter)})


def process_id() -> int:
    """Return the process id of the eyes, opening them if need be."""
    with _Holder.lock:
        return _open_eyes().process.pid


def shut() -> None:
    """End the looking process; the next question starts another."""
    with _Holder.lock:
        if _Holder.eyes:
            _Holder.eyes.close()
            _Holder.eyes = None


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    with _Holder.lock:
        eyes = _open_eyes()
        return eyes.ask({**question, "seconds": SECONDS}, seconds=SECONDS, memory=MEMORY)


def _open_eyes() -> Eyes:
    """Return usable eyes; worn out, dead or another process's ones are replaced."""
    if _Holder.eyes and not _Holder.eyes.usable:
        _Holder.eyes.close()
        _Holder.eyes = None
    _Holder.eyes = _Holder.eyes or Eyes()
    return _Holder.eyes
