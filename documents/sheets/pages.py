"""Portal pages of the import: file, columns, fixing, what will be made, done."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import showing
from documents.models import Sheet, SheetRow
from documents.sheets import grid, mending, overview, receiving, saving, taking
from documents.sheets.forms import AcceptForm, ColumnsForm, SheetForm
from documents.sheets.grouping import groups_of
from exports.answering import answer, exporter_of, may_write, posted, refusals_on
from exports.doors import for_exporters, for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.paging import page_of
from exports.wording import explain
from exports.workbooks import XLSX

State = Sheet.State
WATCH_EVERY = timedelta(seconds=5)


@for_exporters
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_add(request: SignedInRequest) -> HttpResponse:
    """Take a spreadsheet in, and list the earlier ones."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SheetForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            exporter, now = exporter_of(request), timezone.now()
            file = form.cleaned_data["file"]
            sheet = receiving.receive(file, exporter=exporter, by=request.user, at=now)
            return redirect("portal:sheet", key=sheet.key)
        except DomainError as refusal:
            form.add_error("file", explain(refusal))
    rows = Sheet.objects.visible_to(request.user).exclude(state=State.DISCARDED)
    page = page_of(rows, before=request.GET.get("before", ""), size=20)
    context = {
        "page": page,
        "rows": overview.listed(page.rows),
        "steps": overview.steps("file"),
        "scanning": showing.scanning_is_on(),
    }
    return answer(request, "documents/sheet_add.html", form=form, context=context)


@for_exporters
@require_safe
def sheet_template(_request: HttpRequest) -> HttpResponse:
    """Hand out the empty list."""
    return workbook(taking.template(), name="vehicles.xlsx")


@for_exporters
@require_safe
def sheet(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show how far a spreadsheet is: at work, to be mended, or at its end."""
    found = sheet_of(request, key)
    watch(found, at=timezone.now())
    if found.state == State.COLUMNS and may_write(request):
        return redirect("portal:sheet_columns", key=key)
    if found.state == State.MERGED and found.merged_into:
        messages.success(request, _("The mended rows are back in their list."))
        return redirect("portal:sheet", key=found.merged_into.key)
    if found.state in Sheet.WORKING:
        return render(request, "documents/sheet_working.html", overview.working(found))
    if found.state != State.CHECKED:
        return render(request, "documents/sheet_closed.html", overview.closed(found, request.user))
    context = {
        **overview.of(found),
        **grid.page_of_rows(found, after=request.GET.get("after", "")),
        "may_write": may_write(request),
    }
    return render(request, "documents/sheet.html", context)


@for_exporters
@require_safe
def sheet_progress(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Say in a fragment how far the work is, with the first problems."""
    found = sheet_of(request, key)
    watch(found, at=timezone.now())
    return render(request, "documents/sheet_progress.html", overview.working(found))


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_columns(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask what each column holds."""
    found = sheet_of(request, key)
    if found.state not in (State.COLUMNS, State.CHECKED):
        return redirect("portal:sheet", key=key)
    form = ColumnsForm(posted(request), sheet=found)
    if form.is_valid():
        with refusals_on(form):
            columns = form.columns(found)
            receiving.name_columns(found, columns, by=request.user, at=timezone.now())
            return redirect("portal:sheet", key=key)
    context = {
        "sheet": found,
        "steps": overview.steps("columns"),
        "columns": overview.columns_with_samples(found, form),
    }
    return answer(request, "documents/sheet_columns.html", form=form, context=context)


@for_writers
@require_POST
def sheet_mend(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Apply one group's repair to all its rows."""
    found = sheet_of(request, key)
    how, _colon, name = request.POST.get("do", "").partition(":")
    group = next((each for each in groups_of(found) if each.key == name), None)
    if group is None:
        messages.error(request, _("This was mended meanwhile."))
        return redirect("portal:sheet", key=key)
    value = request.POST.get(f"value-{name}", "")
    return mended(request, found, mending.changes_for(group, how=how, value=value))


@for_writers
@require_POST
def sheet_rows(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Save what was written into the cells of the grid."""
    found = sheet_of(request, key)
    return mended(request, found, grid.changes_in(found, request.POST))


@for_writers
@require_POST
def sheet_undo(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Take the last repair back."""
    found = sheet_of(request, key)
    try:
        mending.undo(found, by=request.user, at=timezone.now())
        messages.success(request, _("The last repair is undone."))
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:sheet", key=key)


@for_exporters
@require_safe
def sheet_bad(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Hand out the rows to be mended, under the exporter's own headers."""
    found = sheet_of(request, key)
    rows = found.rows.filter(state=SheetRow.State.BAD).count()
    receiving.note_taken(found, by=request.user, at=timezone.now(), rows=rows)
    return workbook(taking.rows_to_mend(found), name="rows-to-fix.xlsx")


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_check(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show what the ready rows will make, then let it be made."""
    found = sheet_of(request, key)
    if found.state != State.CHECKED:
        return redirect("portal:sheet", key=key)
    first = {"drafts": True, "round": found.round, **found.fallback}
    form = AcceptForm(posted(request), initial=first)
    fallback = found.fallback
    if form.is_valid():
        fallback = form.fallback
        if "go" in request.POST:
            with refusals_on(form):
                found.round = form.cleaned_data["round"]
                receiving.proceed(found, by=request.user, at=timezone.now(), **fallback)
                return redirect("portal:sheet", key=key)
    plan = saving.plan_of(found, fallback=fallback)
    context = {**overview.of(found, here="check"), **overview.planned(plan)}
    return answer(request, "documents/sheet_check.html", form=form, context=context)


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_discard(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask, then throw a spreadsheet away; what was made from it stays."""
    found = sheet_of(request, key)
    refused = ""
    if request.method == "POST":
        try:
            receiving.discard(found, by=request.user, at=timezone.now())
            messages.success(request, _("“%(name)s” is discarded.") % {"name": found.name})
            return redirect("portal:sheet_add")
        except DomainError as refusal:
            refused = explain(refusal)
    context = {"sheet": found, "refused": refused}
    return render(request, "documents/sheet_discard.html", context, status=422 if refused else 200)


def sheet_of(request: SignedInRequest, key: UUID) -> Sheet:
    """Return the company's own spreadsheet; a stranger's does not exist."""
    mine = Sheet.objects.visible_to(request.user).select_related("exporter", "merged_into")
    return get_object_or_404(mine, key=key)


def watch(sheet: Sheet, *, at: datetime) -> None:
    """Note that somebody looks, so that nobody who stays is mailed; at most every few seconds."""
    if sheet.state not in Sheet.WORKING:
        return
    stale = Q(watched_at__isnull=True) | Q(watched_at__lt=at - WATCH_EVERY)
    Sheet.objects.filter(stale, pk=sheet.pk).update(watched_at=at)


def mended(request: SignedInRequest, sheet: Sheet, changes: list[mending.Change]) -> HttpResponse:
    """Carry *changes* out, say how many rows that was, and show the spreadsheet again."""
    try:
        count = mending.mend(sheet, changes, by=request.user, at=timezone.now())
        said = ngettext("%(count)d row changed.", "%(count)d rows changed.", count)
        tell = messages.success if count else messages.info
        tell(request, said % {"count": count} if count else _("Nothing was changed."))
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:sheet", key=sheet.key)


def workbook(content: bytes, *, name: str) -> HttpResponse:
    """Return *content* as a download."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
