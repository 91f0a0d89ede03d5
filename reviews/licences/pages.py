"""Portal pages of licences: the list, one licence, what it was used for, another in its place."""

from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import serving
from exports.answering import answer, may_write, page_url, posted, refusals_on
from exports.doors import for_exporters, for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.paging import page_of
from exports.rules import legal_day
from exports.wording import explain
from reviews import licensing
from reviews.clocks import add_months
from reviews.licences.bundle import MOST_PAPERS, bundle_of
from reviews.licences.forms import ReplaceForm, UseForm
from reviews.licences.listing import TABS, LicenceFilter, row_of, within
from reviews.licences.replacing import ask_replacement
from reviews.licences.usage import report_use
from reviews.models import Licence


def mine(request: SignedInRequest) -> QuerySet[Licence]:
    """Return the licences of the reader's company."""
    return Licence.objects.visible_to(request.user).select_related("case")


def found(request: SignedInRequest) -> LicenceFilter:
    """Return the licences the address asks for."""
    tab = within(mine(request), request.GET.get("tab", ""), on=legal_day(timezone.now()))
    return LicenceFilter(request.GET, queryset=tab)


@require_safe
@for_exporters
def licences(request: SignedInRequest) -> HttpResponse:
    """List the licences, newest first, with the days each has left."""
    asked = found(request)
    page = page_of(asked.qs, before=request.GET.get("before", ""))
    day = legal_day(timezone.now())
    query, tab = request.GET.get("q", ""), request.GET.get("tab", "")
    context = {
        "found": asked,
        "page": page,
        "rows": [row_of(row, on=day) for row in page.rows],
        "tabs": [(code, word, page_url(q=query, tab=code)) for code, word in TABS.items()],
        "tab": tab if tab in TABS else "",
        "query": query,
        "year": day.year,
        "zip_month": f"{day:%Y-%m}",
    }
    return render(request, "licences/licences.html", context)


@require_safe
@for_exporters
def licences_zip(request: SignedInRequest) -> HttpResponseBase:
    """Send the chosen licences, or those a month was issued in, as one file."""
    chosen = papers_asked_for(request)
    if not chosen:
        messages.warning(request, _("None of these licences has a paper yet. Choose others."))
        return redirect("portal:licences")
    try:
        file = bundle_of(chosen, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("portal:licences")
    return serving.as_download(FileResponse(file, as_attachment=True, filename="licences.zip"))


def papers_asked_for(request: SignedInRequest) -> list[Licence]:
    """Return what the address names: ``number`` as often as wanted, or ``month=2026-11``."""
    ready = mine(request).filter(paper_state=Licence.Paper.READY).order_by("-pk")
    numbers = request.GET.getlist("number")[: MOST_PAPERS + 1]
    if numbers:
        return list(ready.filter(number__in=numbers)[: MOST_PAPERS + 1])
    first = first_day_of(request.GET.get("month", ""))
    if first is None:
        return []
    named = ready.filter(issued_on__gte=first, issued_on__lt=add_months(first, 1))
    return list(named[: MOST_PAPERS + 1])


def first_day_of(month: str) -> date | None:
    """Return the first day of a month written like 2026-11; ``None`` for anything else."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


@require_safe
@for_exporters
def licence(request: SignedInRequest, number: str) -> HttpResponse:
    """Show one licence: its term, its vehicles, what became of it, what can be done now."""
    shown = get_object_or_404(mine(request).select_related("use", "case__office"), number=number)
    row = row_of(shown, on=legal_day(timezone.now()))
    context = {
        "licence": shown,
        "row": row,
        "lines": list(shown.lines.all()),
        "replacements": list(shown.replacements.order_by("-pk")[:20]),
        "may_act": may_write(request) and shown.state == Licence.State.LIVE,
    }
    return render(request, "licences/licence.html", context)


@require_safe
@for_exporters
def licence_paper(request: SignedInRequest, number: str) -> FileResponse:
    """Send the licence as PDF; the ledger notes it."""
    rows = mine(request).filter(paper_state=Licence.Paper.READY)
    shown = get_object_or_404(rows, number=number)
    licensing.note_download(shown, by=request.user, at=timezone.now())
    return serving.paper(shown.paper, filename=f"{shown.number}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def licence_use(request: SignedInRequest, number: str) -> HttpResponse:
    """Take the report of what a licence was used for."""
    shown = get_object_or_404(mine(request), number=number)
    now = timezone.now()
    form = UseForm(posted(request), licence=shown, today=legal_day(now))
    if form.is_valid():
        with refusals_on(form):
            report_use(shown, by=request.user, at=now, **form.cleaned_data)
            messages.success(request, _("The use of %(number)s is noted.") % {"number": number})
            return redirect("portal:licence", number=number)
    return answer(request, "licences/use.html", form=form, context={"licence": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def licence_replace(request: SignedInRequest, number: str) -> HttpResponse:
    """Take the request to replace a licence."""
    shown = get_object_or_404(mine(request), number=number)
    form = ReplaceForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            ask_replacement(shown, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The office has your request and answers it here."))
            return redirect("portal:licence", number=number)
    return answer(request, "licences/replace.html", form=form, context={"licence": shown})
