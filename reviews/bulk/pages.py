"""The pages of bulk work: look ahead, confirm, follow, read what came of each case."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Count
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import User
from exports.paging import page_of
from exports.tables import csv_response
from exports.wording import explain
from reviews.bulk import ordering
from reviews.bulk.foresight import look_ahead, sentence
from reviews.bulk.forms import ArgumentsForm
from reviews.bulk.repertoire import REPERTOIRE, BulkAct
from reviews.models import MOST_CASES, BulkItem, BulkJob, Case
from reviews.models.cases import CaseQuerySet
from reviews.queue_address import Address

REFUSED: Final = 422
LINKS_SHOWN: Final = 20
LONGEST_ADDRESS: Final = 2000
BY_DUE: Final = ("due_at", "id")
TONES: Final = {
    BulkItem.State.WAITING: "neutral",
    BulkItem.State.DONE: "good",
    BulkItem.State.REFUSED: "warn",
    BulkItem.State.FAILED: "bad",
}
RETRIED: Final = (BulkItem.State.REFUSED, BulkItem.State.FAILED)


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Show what would come of an act on the selected cases; nothing is changed."""
    if request.method == "GET":  # after a change of language, say: nothing is selected any more
        return redirect("workbench:queue")
    name, act = act_in(request)
    cases = chosen(request)
    form = act.form(user=request.user)
    return preview(request, name, form, cases=cases, token=uuid4())


def act_in(request: SignedInRequest) -> tuple[str, BulkAct]:
    """Return the act asked for; one that is not done in bulk is not found."""
    name = request.POST.get("act", "")
    if name not in REPERTOIRE:
        raise Http404
    return name, REPERTOIRE[name]


def chosen(request: SignedInRequest) -> CaseQuerySet:
    """Return the cases ticked, or all of the list one was at; of those the person may see."""
    mine = Case.objects.visible_to(request.user)
    if "found" in request.POST:
        return of_list(request, mine)
    references = [text for text in request.POST.getlist("cases") if text.isprintable()]
    return mine.filter(reference__in=references[:MOST_CASES]).order_by(*BY_DUE)


def of_list(request: SignedInRequest, cases: CaseQuerySet) -> CaseQuerySet:
    """Return the cases of the list whose address was sent along, in its order.

    None where a filter of it cannot be understood: without that filter it would be more cases
    than the person meant.
    """
    user, at = request.user, timezone.now()
    address = Address.read(QueryDict(request.POST["found"][:LONGEST_ADDRESS]))
    wanted, problems = address.wanted(user=user, at=at)
    if problems:
        return cases.none()
    return address.cases(cases, user=user, at=at).filter(*wanted).order_by(*address.order)


def preview(
    request: SignedInRequest,
    name: str,
    form: ArgumentsForm,
    *,
    cases: CaseQuerySet,
    token: UUID,
    status: int = 200,
) -> HttpResponse:
    """Render the page one confirms on."""
    ahead = look_ahead(REPERTOIRE[name], cases, user=request.user)
    context = {
        "name": name,
        "act": REPERTOIRE[name].act,
        "form": form,
        "ahead": ahead,
        "will": REPERTOIRE[name].foretold(len(ahead.ready.cases)),
        "token": token,
        "shown": LINKS_SHOWN,
        "most": MOST_CASES,
    }
    return render(request, "workbench/bulk_new.html", context, status=status)


@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """Order the job as it was looked at; a faulty form comes back with the same cases."""
    name, act = act_in(request)
    token, frozen = token_in(request), ordering.thaw(request.POST.get("frozen", ""))
    form = act.form(request.POST, user=request.user)
    try:
        if form.is_valid():
            job = ordering.confirm(
                name,
                frozen,
                arguments=form.arguments(),
                token=token,
                by=request.user,
                at=timezone.now(),
            )
            return redirect(job)
    except DomainError as refusal:
        form.add_error(None, explain(refusal))
    cases = Case.objects.visible_to(request.user).filter(pk__in=frozen).order_by(*BY_DUE)
    return preview(request, name, form, cases=cases, token=token, status=REFUSED)


def token_in(request: SignedInRequest) -> UUID:
    """Return the token of the preview; without one there was none."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError as unknown:
        raise Http404 from unknown


@require_safe
def jobs(request: SignedInRequest) -> HttpResponse:
    """List the bulk jobs the person may read, newest first."""
    rows = BulkJob.objects.visible_to(request.user).select_related("by")
    page = page_of(rows, before=request.GET.get("before", ""))
    counts = counts_of([row.pk for row in page.rows])
    listed = [{"job": row, "name": label_of(row), "counts": counts[row.pk]} for row in page.rows]
    return render(request, "workbench/bulk_jobs.html", {"page": page, "jobs": listed})


def counts_of(jobs: list[int]) -> dict[int, dict[str, int]]:
    """Return how many cases of each job stand where: one query."""
    found = {pk: dict.fromkeys((state.value for state in BulkItem.State), 0) for pk in jobs}
    rows = BulkItem.objects.filter(job__in=jobs).order_by().values_list("job", "state")
    for pk, state, count in rows.annotate(count=Count("pk")):
        found[pk][state] = count
    return {pk: whole(counts) for pk, counts in found.items()}


def whole(counts: dict[str, int]) -> dict[str, int]:
    """Return *counts* with their sum, and how many are through."""
    total = sum(counts.values())
    return counts | {"total": total, "through": total - counts["waiting"]}


def label_of(job: BulkJob) -> str:
    """Return the act of *job* as people read it."""
    return str(REPERTOIRE[job.act].act.label)


def job_in(request: SignedInRequest, pk: int) -> BulkJob:
    """Return a job the person may read, else 404."""
    return get_object_or_404(BulkJob.objects.visible_to(request.user).select_related("by"), pk=pk)


@require_safe
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show how far a job is and what came of each case."""
    here = job_in(request, pk)
    rows = list(here.items.select_related("case"))
    context = {
        "job": here,
        "name": label_of(here),
        "rows": [row_of(item, reader=request.user) for item in rows],
        "may_retry": here.by == request.user and any(item.state in RETRIED for item in rows),
        **progress(here),
    }
    return render(request, "workbench/bulk_job.html", context)


@require_safe
def job_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """Serve the moving part of the page alone."""
    return render(request, "workbench/bulk_progress.html", progress(job_in(request, pk)))


def progress(here: BulkJob) -> dict[str, Any]:
    """Return how far *here* is, as its component takes it."""
    return {
        "counts": counts_of([here.pk])[here.pk],
        "over": here.is_over,
        "state_word": here.get_state_display(),
        "poll_url": reverse("workbench:bulk_progress", args=[here.pk]),
    }


def row_of(item: BulkItem, *, reader: User) -> dict[str, Any]:
    """Return one result in words."""
    return {
        "item": item,
        "case": item.case,
        "text": reason_of(item, reader=reader),
        "tone": TONES[BulkItem.State(item.state)],
    }


def reason_of(item: BulkItem, *, reader: User) -> str:
    """Return why *item* was not done, in the reader's language; nothing if it was."""
    return sentence(item.text, item.facts, reader=reader) if item.text else ""


@require_safe
def job_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the results as a table to take away."""
    here = job_in(request, pk)
    head = [_("Reference"), _("Result"), _("Why"), _("At")]
    return csv_response(f"bulk-{here.pk}.csv", head=head, rows=lines_of(here, reader=request.user))


def lines_of(here: BulkJob, *, reader: User) -> Iterator[list[str]]:
    """Yield the results as lines of the table."""
    for item in here.items.select_related("case"):
        at = localtime(item.at).strftime("%Y-%m-%d %H:%M:%S") if item.at else ""
        yield [item.case.reference, item.get_state_display(), reason_of(item, reader=reader), at]


@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look ahead once more at what was not done, as it stands now; a new job follows."""
    here = job_in(request, pk)
    left = here.items.filter(state__in=RETRIED).values("case")
    cases = Case.objects.visible_to(request.user).filter(pk__in=left).order_by(*BY_DUE)
    form = REPERTOIRE[here.act].form(user=request.user)
    form.initial = here.arguments | {"to": str(here.arguments.get("to", ""))}
    return preview(request, here.act, form, cases=cases, token=uuid4())
