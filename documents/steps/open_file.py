"""Second step: may the file be opened at all? Structure, limits and house rules."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from documents import storage
from documents.inspection import runner
from documents.inspection.verdicts import Refused
from documents.models import Document
from documents.steps import moving
from documents.steps.bounds import limits


def open_file(document: Document, at: datetime) -> bool:
    """Walk the structure of *document* in a child process; refuse what the house rules forbid."""
    with storage.scratch() as folder:
        path = storage.copy_to_folder(document.sha256, Path(folder))
        verdict = runner.open_file(
            path,
            name=document.name,
            declared_type=document.content_type,
            limits=limits(),
        )
    with transaction.atomic():
        if isinstance(verdict, Refused):
            return moving.reject(document, verdict, at=at)
        return moving.move(document, Document.State.OPENED, flags=list(verdict.flags))
