"""What the evidence says about an application, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Case, F, Prefetch, When

from documents.models import (
    Attachment,
    Confirmation,
    Document,
    Echo,
    Page,
    RegistryAnswer,
    Seal,
    Signature,
)
from exports.models import Application
from exports.together import keep

MOST_ECHOES = 200
# So that what others share never crowds out what an exporter may be told.
OWN_FIRST = Case(When(document__exporter=F("earlier__exporter"), then=0), default=1)


def confirmations_for(application: Application, vins: list[str]) -> list[Confirmation]:
    """Return the exporter's confirmations that name one of *vins* or are attached here.

    An attached letter that misses a VIN must be seen, so that the check can say so.
    """
    own = Confirmation.objects.filter(exporter=application.exporter_id)
    attached = own.filter(document__attachments__application=application)
    rows = (own.filter(vehicles__vin__in=vins) | attached).distinct()
    return list(
        rows.select_related("document").prefetch_related("destinations", "vehicles", "outlets")
    )


def latest_answers(vins: list[str]) -> dict[str, RegistryAnswer]:
    """Return each VIN's newest registry answer."""
    newest: dict[str, RegistryAnswer] = {}
    for answer in RegistryAnswer.objects.latest_first(vins):
        newest.setdefault(answer.vin, answer)
    return newest


def papers_for(
    application: Application, letters: Iterable[Confirmation]
) -> list[tuple[Document, list[str]]]:
    """Return the opened papers about single vehicles, each with the VINs it is attached for.

    These are the *letters* and what is attached for one vehicle; papers of the whole batch, such
    as the contract, say nothing of a vehicle. At most six queries; words and lines stay away.
    """
    carried = {letter.document_id for letter in letters if letter.document_id}
    attached: dict[int, list[str]] = defaultdict(list)
    single = Attachment.objects.filter(application=application, vehicle__isnull=False)
    for document, vin in single.values_list("document", "vehicle__vin"):
        attached[document].append(vin)
    rows = Document.objects.filter(pk__in=carried | set(attached), state=Document.State.READY)
    pages = Page.objects.only("document", "number", "source", "mark", "disagreements")
    signed = Signature.objects.select_related("manufacturer")
    seen = rows.order_by("pk").prefetch_related(
        Prefetch("pages", queryset=pages),
        Prefetch("seals", queryset=Seal.objects.defer("mark", "pixels", "box")),
        Prefetch("signatures", queryset=signed.prefetch_related("manufacturer__names")),
    )
    return [(document, attached[document.pk]) for document in seen]


def echoes_about(documents: Collection[int]) -> dict[int, list[tuple[Echo, Document]]]:
    """Return what each of *documents* shares with which other: at most two queries.

    What one exporter's papers share comes first, then the newest.

    Told of both: of two letters with one VIN the newer is not always the false one. The other's
    filed applications come along as its ``attachments``.
    """
    if not documents:
        return {}
    beside = Echo.objects.standing().between(documents)
    rows = beside.select_related("document__exporter", "earlier__exporter")
    echoes = list(rows.order_by(OWN_FIRST, "-pk")[:MOST_ECHOES])
    papers = [paper for echo in echoes for paper in (echo.document, echo.earlier)]
    keep_filed(papers)
    found: dict[int, list[tuple[Echo, Document]]] = defaultdict(list)
    for echo in echoes:
        for one, other in ((echo.document, echo.earlier), (echo.earlier, echo.document)):
            if one.pk in documents:
                found[one.pk].append((echo, other))
    return found


def keep_filed(papers: Collection[Document]) -> None:
    """Keep with each of *papers* where it is attached to a filed application: one query."""
    if not papers:
        return
    filed = Attachment.objects.filter(application__filed_on__isnull=False)
    used: dict[int, list[Attachment]] = defaultdict(list)
    for row in filed.filter(document__in=papers).select_related("application"):
        used[row.document_id].append(row)
    for paper in papers:
        keep(paper, "attachments", used[paper.pk])
