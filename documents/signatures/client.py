"""Have the signatures of a PDF validated in a child process."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from documents.confinement.bounds import MEGABYTE, Bounds
from documents.confinement.job import run_job
from documents.signatures.found import UNREADABLE, FoundSignature, found_signature

JOB: Final = "documents.signatures.job"
BOUNDS: Final = Bounds(memory=512 * MEGABYTE, address_space=1024 * MEGABYTE)


def validate(path: Path, *, trusted: Sequence[str]) -> tuple[FoundSignature, ...]:
    """Return every signature of the PDF at *path*, judged by the *trusted* certificates (PEM).

    Nothing is fetched from anywhere. A file whose signatures the child died of has one, broken.
    """
    with NamedTemporaryFile("w", prefix="chuguan-", suffix=".json") as roots:
        # By a file: the certificates of some hundred units are too long for a command line.
        json.dump(list(trusted), roots)
        roots.flush()
        request = {"path": str(path.resolve()), "trusted": roots.name}
        report = run_job(JOB, request, bounds=BOUNDS)
    try:
        return tuple(found_signature(found) for found in json.loads(report or b"")["signatures"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return (UNREADABLE,)
