"""What the child process does: look at a file, or draw its pages."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from documents.inspection.limits import Limits
from documents.inspection.protocol import JOBS, Report, Unacceptable


def perform(request: Mapping[str, Any]) -> Report:
    """Do what *request* asks for; a refusal is a report too."""
    limits = Limits(**request["limits"])
    parser = import_module(JOBS[request["content_type"]])
    path = Path(request["path"])
    if "out_dir" in request:
        out_dir, first = Path(request["out_dir"]), request["first"]
        return guarded(lambda: parser.picture(path, out_dir, limits, first=first))
    return guarded(lambda: parser.look(path, limits))


def guarded(parse: Callable[[], Report]) -> Report:
    """Return what *parse* reports, whatever the file makes it raise."""
    try:
        return parse()
    except Unacceptable as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}
    except MemoryError:
        return {"refused": "too_large_decompressed", "facts": {}}
    except Exception:
        # Parsers raise anything at all on a broken file.
        return {"refused": "file_unreadable", "facts": {}}
