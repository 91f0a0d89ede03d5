"""The pages of a reviewer's desk: the queue, a case, what is done to it, its papers."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from documents import filing, serving
from documents.models import Document, Specimen
from documents.showing import scanning_is_on
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.wording import explain
from reviews import acts, casefile, claims, exhibits, licensing, queues, timing
from reviews.desk_filters import CaseFilter
from reviews.desk_forms import ActForm
from reviews.models import Case, Licence
from reviews.models.cases import CaseQuerySet
from reviews.queue_rows import chips, shown, tabs

CONFLICT: Final = 409
REFUSED: Final = 422
LONGEST_SEARCH: Final = 60
BULK: Final[Mapping[str, Callable[..., object]]] = {
    "claim": claims.claim,
    "release": claims.release,
    "sign": acts.sign_held,
}


@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """Show one tab of the queue, or what a search found; a single find opens at once."""
    cases = Case.objects.visible_to(request.user)
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if text:
        return found(request, queues.search(cases, text), text=text)
    asked = request.GET.get("view", "")
    name = asked if asked in queues.VIEWS else "open"
    view = queues.VIEWS[name]
    narrowed = view.narrow(cases, request.user)
    chosen = filter_of(request, narrowed)
    page = queues.page(
        chosen.qs if chosen and chosen.is_valid() else narrowed,
        newest_first=view.newest_first,
        after=queues.Key.read(request.GET.get("after", "")),
        before=queues.Key.read(request.GET.get("before", "")),
    )
    context = {
        "view": name,
        "tabs": tabs(request.user, current=name),
        "filter": chosen,
        "chips": chips(chosen) if chosen else [],
        "page": page,
        **shown(page.rows, user=request.user, at=timezone.now()),
    }
    return render(request, "workbench/queue.html", context)


def filter_of(request: SignedInRequest, cases: CaseQuerySet) -> CaseFilter | None:
    """Return the filter asked for or opened; building its form costs more than the page's rows."""
    if not request.GET.keys() & {*CaseFilter.base_filters, "filters"}:
        return None
    return CaseFilter(request.GET, queryset=cases, request=request)


def found(request: SignedInRequest, cases: CaseQuerySet, *, text: str) -> HttpResponse:
    """Open the one case found, or list all."""
    rows = list(cases.order_by("-due_at", "-id").values(*queues.COLUMNS)[: queues.MOST_FOUND])
    if len(rows) == 1:
        return redirect("workbench:case", rows[0]["reference"])
    context = {
        "text": text,
        "tabs": tabs(request.user, current=""),
        "page": queues.Page(rows, None, None),
        **shown(rows, user=request.user, at=timezone.now()),
    }
    return render(request, "workbench/queue.html", context)


@require_POST
def bulk(request: SignedInRequest) -> HttpResponse:
    """Do the same to each selected case on its own, and say of each what came of it."""
    perform = BULK.get(request.POST.get("act", ""))
    if perform is None:
        raise Http404
    references = [text for text in request.POST.getlist("cases") if text.isprintable()]
    cases = Case.objects.visible_to(request.user).filter(reference__in=references[: queues.PAGE])
    results = [
        outcome_of(case, perform, request=request)
        for case in cases.select_related("office", "assignee", "application").order_by("due_at")
    ]
    queues.forget_tallies(request.user)
    context = {"results": results, "act": acts.ACTS[request.POST["act"]]}
    return render(request, "workbench/bulk.html", context)


def outcome_of(
    case: Case, perform: Callable[..., object], *, request: SignedInRequest
) -> dict[str, object]:
    """Do one of many, and return what came of it; a refusal holds up nobody else."""
    try:
        perform(case, by=request.user, at=timezone.now())
    except DomainError as refusal:
        return {"case": case, "done": False, "text": explain(refusal)}
    return {"case": case, "done": True, "text": _("Done.")}


@require_safe
def case(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a case: documents on the left, what was declared, judged and decided on the right."""
    return case_page(request, read(request, reference))


def read(request: SignedInRequest, reference: str) -> casefile.CaseFile:
    """Return the file of a case, open where the address says; a stranger finds nothing."""
    try:
        here = casefile.find(request.user, reference)
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown
    return casefile.read(
        here,
        user=request.user,
        vin=request.GET.get("vin", ""),
        document=request.GET.get("document", ""),
    )


def case_page(
    request: SignedInRequest,
    file: casefile.CaseFile,
    *,
    refused: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render *file*; a *refused* form comes back with all that was typed."""
    whose, sentence = casefile.ball_of(file, user=request.user)
    context = {
        "file": file,
        "case": file.case,
        "application": file.case.application,
        "licence": getattr(file.case, "licence", None),
        "offers": acts.offers_of(file, refused=refused),
        "form": refused,
        "late": timing.is_overdue(file.case, at=timezone.now()),
        "zh": (get_language() or "zh").startswith("zh"),
        "whose": whose,
        "ball": sentence,
        "tone": casefile.TONES[file.case.state],
        "verify_url": acts.verify_url_of(file.case),
        "scanning": scanning_is_on(),
    }
    return render(request, "workbench/case.html", context, status=status)


@require_POST
def act(request: SignedInRequest, reference: str, action: str) -> HttpResponse:
    """Carry out one act; a refusal comes back on the form, with nothing lost."""
    file = read(request, reference)
    if action not in acts.ACTS:
        raise Http404
    form = acts.ACTS[action].form(request.POST, file=file, action=action)
    try:
        acts.check_fresh(form)
        if not form.is_valid():
            return case_page(request, file, refused=form, status=REFUSED)
        acts.carry_out(action, form, by=request.user, at=timezone.now())
    except DomainError as refusal:
        form.refuse(refusal)
        status = CONFLICT if refusal.status == CONFLICT else REFUSED
        return case_page(request, read(request, reference), refused=form, status=status)
    queues.forget_tallies(request.user)
    messages.success(request, str(acts.ACTS[action].done))
    return redirect(exhibits.page_of(file.case, vin=file.line.vin))


@require_safe
def document_page(request: SignedInRequest, reference: str, key: UUID, number: int) -> FileResponse:
    """Send the picture of one page of a document of the case."""
    return serving.page(document_in(request, reference, key), number)


@require_safe
def specimen(request: SignedInRequest, reference: str, pk: int) -> FileResponse:
    """Send the picture of a specimen that a seal on a paper of the case was compared with."""
    papers = documents_of(request, reference)
    compared = Specimen.objects.filter(seal__document__in=papers.values("pk"))
    return serving.picture(get_object_or_404(compared.distinct(), pk=pk))


@require_safe
def document_original(request: SignedInRequest, reference: str, key: UUID) -> FileResponse:
    """Send the file as the exporter sent it; the ledger remembers who took it."""
    document = document_in(request, reference, key)
    response = serving.original(document)
    filing.note_download(document, by=request.user, at=timezone.now())
    return response


def document_in(request: SignedInRequest, reference: str, key: UUID) -> Document:
    """Return a document of a case that the person may see, else 404."""
    return get_object_or_404(documents_of(request, reference), key=key)


def documents_of(request: SignedInRequest, reference: str) -> QuerySet[Document]:
    """Return the documents of a case that the person may see, else 404."""
    here = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    vins = list(here.application.lines.values_list("vin", flat=True))
    return exhibits.documents_of(here, vins=vins).order_by().distinct()


@require_safe
def licence_paper(request: SignedInRequest, reference: str) -> FileResponse:
    """Send the licence's PDF; the ledger remembers who took it."""
    here = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    licence = get_object_or_404(Licence, case=here, paper_state=Licence.Paper.READY)
    response = serving.paper(licence.paper, filename=f"{licence.number}.pdf")
    licensing.note_download(licence, by=request.user, at=timezone.now())
    return response
