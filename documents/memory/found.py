"""What a search finds, and the papers it may look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

from documents.models import Document

# Echoes of one kind that are kept of a paper, and rows a search looks at to find them.
MOST: Final = 20
MOST_LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """Another paper that shares something; facts of the one, of the other, and of both."""

    other: Document
    mine: Mapping[str, Any] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)
    both: Mapping[str, Any] = field(default_factory=dict)


Search = Iterator[Found]


def others(document: Document) -> QuerySet[Document]:
    """Return the papers *document* is compared with: in use, of anybody, older and newer.

    The newer ones too: what a person enters late may fit a paper that came after.
    """
    rows = Document.objects.exclude(pk=document.pk).filter(withdrawn_at__isnull=True)
    return rows.exclude(state__in=Document.REJECTED)


def of_other_bytes(document: Document) -> QuerySet[Document]:
    """Return the papers that are not the very same file."""
    return others(document).exclude(sha256=document.sha256)
