"""Portal pages by which an exporter files, answers and withdraws."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from documents import filing
from documents.models import Document
from documents.showing import scanning_is_on
from exports.answering import answer, exporter_of, posted, refusals_on
from exports.doors import for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.rules import legal_day
from exports.wording import explain
from reviews import checklist, dossier, intake, leaving_out, redrafting
from reviews.forms import ApartForm, FilingForm, ItemForm, WithdrawForm
from reviews.models import Case, Request, RequestItem
from reviews.portal import application_rows
from reviews.requirements import Stand
from reviews.standing import case_of, moment


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def application_file(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show everything that will be sent, then file it."""
    draft = get_object_or_404(application_rows(request), reference=reference)
    if case_of(draft):
        return redirect("portal:application", reference=reference)
    now = timezone.now()
    form = FilingForm(posted(request), initial={"version": draft.version})
    if form.is_valid():
        draft.version = form.cleaned_data["version"]
        with refusals_on(form):
            intake.file(draft, by=request.user, at=now)
            messages.success(request, _("%(reference)s is filed.") % {"reference": reference})
            return redirect("portal:application", reference=reference)
    vehicles = dossier.views_of_draft(draft, on=legal_day(now))
    papers = dossier.papers_of(draft)
    needed = checklist.for_draft(draft, vehicles=vehicles, papers=papers)
    context = {
        "application": draft,
        "vehicles": vehicles,
        "papers": papers,
        "due": [each for each in needed if each.state == Stand.DUE],
        "advised": [each for each in needed if each.state == Stand.ADVISED],
        "day": legal_day(now),
    }
    return answer(request, "reviews/application_file.html", form=form, context=context)


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def application_answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """Quote the questions with the fields in question, and send all answers at once."""
    case = get_object_or_404(case_rows(request), reference=reference)
    asked = checklist.open_in(case)
    if asked is None:
        messages.info(request, _("There is no open question on this application."))
        return redirect("portal:application", reference=reference)
    points = points_of(request, asked)
    form = forms.Form(posted(request))
    if request.method == "POST" and all(point.is_valid() for point in points):
        with refusals_on(form):
            if send_answers(request, asked, points=points):
                case.refresh_from_db(fields=["due_at"])
                text = _(
                    "The answer is filed; every check runs again. Expect a decision by %(due)s."
                )
                messages.success(request, text % {"due": moment(case.due_at)})
                return redirect("portal:application", reference=reference)
    for point in points:
        repeat_errors(point, on=form)
    context = {
        "case": case,
        "asked": asked,
        "points": points,
        "scanning": scanning_is_on(),
        "may_leave_out": case.vehicle_count > 1,
    }
    return answer(request, "reviews/application_answer.html", form=form, context=context)


def points_of(request: SignedInRequest, asked: Request) -> list[ItemForm]:
    """Return one form for each item of *asked*."""
    items = asked.items.filter(state=RequestItem.State.OPEN).select_related(
        "reason", "line__vehicle", "request__case__application__exporter"
    )
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return [ItemForm(*sent, item=item, exporter=exporter_of(request)) for item in items]


def send_answers(request: SignedInRequest, asked: Request, *, points: list[ItemForm]) -> bool:
    """Take in the files, then answer; ``False`` if a file was refused.

    What was received stays received and ticked, whatever happens afterwards.

    Raises:
        as :func:`reviews.intake.answer`.
    """
    received = {point.item.pk: take_files(request, point) for point in points}
    answers = [point.answer(received[point.item.pk]) for point in points]
    for point in points:
        point.keep(received[point.item.pk])
    if any(point.errors for point in points):
        return False
    intake.answer(asked, answers=answers, by=request.user, at=timezone.now())
    return True


def take_files(request: SignedInRequest, point: ItemForm) -> list[Document]:
    """Receive the files sent for one item; a refused one is said beside its field."""
    documents = []
    files = point.cleaned_data.get("files") or []
    for file in files:
        try:
            documents.append(
                filing.receive(
                    file,
                    exporter=exporter_of(request),
                    kind=point.item.document_kind,
                    by=request.user,
                    at=timezone.now(),
                )
            )
        except DomainError as refusal:
            point.add_error("files", f"{filing.clean_name(file.name or '')}: {explain(refusal)}")
    return documents


def repeat_errors(point: ItemForm, *, on: forms.Form) -> None:
    """Say the errors of one item in the summary at the head of the page too."""
    for name, errors in point.errors.items():
        label = point.fields[name].label if name in point.fields else ""
        for error in errors:
            on.add_error(None, f"{label} – {error}" if label else str(error))


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def application_leave_out(request: SignedInRequest, reference: str, vin: str) -> HttpResponse:
    """Ask, then take a vehicle the office asks about out of the batch, into a draft of its own."""
    case = get_object_or_404(case_rows(request), reference=reference)
    line = get_object_or_404(case.application.lines.select_related("vehicle"), vin=vin)
    asked = checklist.open_in(case)
    if asked is None:
        return redirect("portal:application", reference=reference)
    form = forms.Form(posted(request))
    if form.is_valid():
        with refusals_on(form):
            draft = leaving_out.leave_out(asked, line, by=request.user, at=timezone.now())
            text = _("%(vin)s now is in draft %(draft)s.")
            messages.success(request, text % {"vin": vin, "draft": draft})
            return redirect("portal:application", reference=reference)
    context = {"case": case, "vin": vin}
    return answer(request, "reviews/application_leave_out.html", form=form, context=context)


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask, then take the application back."""
    case = get_object_or_404(case_rows(request), reference=reference)
    form = WithdrawForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            note = form.cleaned_data["note"]
            intake.withdraw(case, by=request.user, at=timezone.now(), note=note)
            messages.success(request, _("%(reference)s is withdrawn.") % {"reference": reference})
            return redirect("portal:application", reference=reference)
    context = {"case": case}
    return answer(request, "reviews/application_withdraw.html", form=form, context=context)


@for_writers
@require_POST
def application_copy(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a draft with the same terms and the vehicles that are free."""
    found = get_object_or_404(application_rows(request), reference=reference)
    draft, left_out = redrafting.copy(found, by=request.user, at=timezone.now())
    messages.success(request, _("Draft %(draft)s is open.") % {"draft": draft})
    if left_out:
        text = _("Not copied, because another application has them: %(vins)s.")
        messages.warning(request, text % {"vins": ", ".join(left_out)})
    return redirect(draft)


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def application_apart(request: SignedInRequest, reference: str, vin: str) -> HttpResponse:
    """Ask, then move one vehicle of a draft into a draft of its own."""
    draft = get_object_or_404(application_rows(request), reference=reference)
    line = get_object_or_404(draft.lines.select_related("vehicle__exporter"), vin=vin)
    form = ApartForm(posted(request), initial={"version": draft.version})
    if form.is_valid():
        draft.version = form.cleaned_data["version"]
        with refusals_on(form):
            own = redrafting.set_apart(draft, line, by=request.user, at=timezone.now())
            text = _("%(vin)s now is in draft %(draft)s.")
            messages.success(request, text % {"vin": vin, "draft": own})
            return redirect("portal:application", reference=reference)
    context = {"application": draft, "vin": vin}
    return answer(request, "reviews/application_apart.html", form=form, context=context)


def case_rows(request: SignedInRequest) -> QuerySet[Case]:
    """Return the cases of the reader's company."""
    return Case.objects.visible_to(request.user).select_related("application", "exporter")
