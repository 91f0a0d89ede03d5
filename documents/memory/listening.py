"""Notice what a paper shares with others; tell it to those who may see both.

Every search is bounded and uses an index. What was noticed once is not noticed again, however
often and by however many workers a paper is listened to.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from documents.memory.found import MOST, Found, Search
from documents.memory.pages import near_page, same_file
from documents.memory.promises import number_reused, other_country, other_exporter
from documents.memory.seals import seal_copied
from documents.models import Document, Echo
from exports.models import User

Kind = Echo.Kind
SEARCHES: Final[Mapping[str, Callable[[Document], Search]]] = {
    Kind.SAME_FILE: same_file,
    Kind.NEAR_PAGE: near_page,
    Kind.NUMBER_REUSED: number_reused,
    Kind.OTHER_COUNTRY: other_country,
    Kind.OTHER_EXPORTER: other_exporter,
    Kind.SEAL_COPIED: seal_copied,
}


def listen(document: Document, *, at: datetime, kinds: Iterable[str] = tuple(SEARCHES)) -> int:
    """Note what *document* shares with other papers; return how many echoes of *kinds* it has now.

    Facts of the older paper have ``earlier_`` before their names: ``page`` and ``earlier_page``.
    """
    if document.withdrawn_at:
        return 0
    noticed: list[Echo] = []
    for kind in kinds:
        found = bounded(SEARCHES[kind](document))
        if kind in Echo.PROMISES and len(found) < MOST:
            forget(document, kind, kept=found)
        noticed += [echo_of(document, each, kind=kind, at=at) for each in found.values()]
    # One order for all, so that two workers at the same papers wait and do not deadlock.
    noticed.sort(key=lambda echo: (echo.document_id, echo.earlier_id, echo.kind))
    Echo.objects.bulk_create(
        noticed,
        update_conflicts=True,
        unique_fields=["document", "earlier", "kind"],
        update_fields=["facts"],
    )
    return len(noticed)


def bounded(search: Search) -> dict[int, Found]:
    """Return the first ``MOST`` papers of *search*, each once, by id."""
    found: dict[int, Found] = {}
    for each in search:
        found.setdefault(each.other.pk, each)
        if len(found) == MOST:
            break
    return found


def forget(document: Document, kind: str, *, kept: Iterable[int]) -> None:
    """Drop echoes of *document* that no longer hold."""
    still = Q(document__in=kept) | Q(earlier__in=kept)
    Echo.objects.between([document.pk]).filter(kind=kind).exclude(still).delete()


def echo_of(document: Document, found: Found, *, kind: str, at: datetime) -> Echo:
    """Return the echo between the two papers, the newer one first."""
    newer, older, here, there = document, found.other, found.mine, found.theirs
    if older.pk > newer.pk:
        newer, older, here, there = older, newer, there, here
    facts: dict[str, Any] = dict(found.both) | dict(here)
    facts |= {f"earlier_{name}": value for name, value in there.items()}
    return Echo(document=newer, earlier=older, kind=kind, facts=facts, noticed_at=at)


def echoes_for(documents: Iterable[Document], user: User) -> QuerySet[Echo]:
    """Return what *documents* share with earlier or later papers, as far as *user* may see both.

    Staff see all; an exporter only what two papers of its own share. Withdrawn papers and revoked
    promises are left out.
    """
    echoes = (
        Echo.objects.standing()
        .between(document.pk for document in documents)
        .select_related("document", "earlier")
    )
    if user.exporter:
        return echoes.filter(document__exporter=user.exporter, earlier__exporter=user.exporter)
    return echoes if user.office else echoes.none()
