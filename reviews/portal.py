"""Portal pages that show a whole application, a licence, a notice: the exporter's side."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from documents.desk.pages import maker_home
from exports.answering import exporter_of, may_write
from exports.doors import for_exporters, for_portal
from exports.http import SignedInRequest
from exports.models import Application
from exports.rules import legal_day
from exports.wording import say
from reviews import checklist, dossier
from reviews.models import Case, Decision, Licence, LicenceDoubt, Request, RequestItem
from reviews.overview import overview_of
from reviews.requirements import Stand
from reviews.standing import case_of, licence_of, turn_of, word_of
from reviews.states import OPEN, Status
from reviews.story import story_of


def front_door(request: SignedInRequest) -> HttpResponse:
    """Send a person who signed in to the desk of their side."""
    user = request.user
    if user.exporter or user.manufacturer:
        return redirect("portal:home")
    if user.office:
        return redirect("workbench:queue")
    if user.ministry:
        return redirect("opinions:opinions")
    if user.is_superuser:
        return redirect("workbench:index")
    messages.warning(request, _("Your account belongs to no company or office yet."))
    return redirect("public:calculator")


@for_portal
@require_safe
def home(request: SignedInRequest) -> HttpResponseBase:
    """Show what needs the exporter's action, then what goes on; a maker sees its letters."""
    if request.user.manufacturer:
        return maker_home(request)
    context = overview_of(exporter_of(request), at=timezone.now())
    return render(request, "reviews/home.html", context | {"may_write": may_write(request)})


def application_rows(request: SignedInRequest) -> QuerySet[Application]:
    """Return the applications the reader may see, with case and licence: one query for a page."""
    return Application.objects.visible_to(request.user).select_related(
        "exporter", "office", "destination", "port", "contract_destination", "case__licence"
    )


@for_exporters
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a draft with what is still to do, or a filed application with where it stands."""
    found = get_object_or_404(application_rows(request), reference=reference)
    case, now = case_of(found), timezone.now()
    asked = checklist.open_in(case) if case else None
    context = {
        "application": found,
        "word": word_of(found, on=legal_day(now)),
        "turn": turn_of(found, request=asked, at=now),
        "papers": dossier.papers_of(found),
        "story": story_of(found),
        "may_write": may_write(request),
    }
    if case is None:
        context |= draft_facts(found, papers=context["papers"], at=now)
        return render(request, "reviews/draft.html", context)
    context |= case_facts(found, case, asked=asked, at=now)
    return render(request, "reviews/application.html", context)


def draft_facts(application: Application, *, papers: Any, at: datetime) -> dict[str, Any]:
    """Return what only a draft's page shows: tasks and what the checks would say today."""
    vehicles = dossier.views_of_draft(application, on=legal_day(at))
    needed = checklist.for_draft(application, vehicles=vehicles, papers=papers)
    return {
        "vehicles": vehicles,
        "steps": checklist.steps_of(application, needed),
        "fileable": application.is_draft and all(each.state != Stand.DUE for each in needed),
        "open_count": checklist.points_open(needed),
    }


def case_facts(
    application: Application, case: Case, *, asked: Request | None, at: datetime
) -> dict[str, Any]:
    """Return what only a filed application's page shows."""
    licence = licence_of(case)
    left = (licence.valid_until - legal_day(at)).days if licence else None
    vehicles = dossier.views_of_case(application, case)
    return {
        "case": case,
        "vehicles": vehicles,
        "licence": licence,
        "doubts": doubts_of(licence),
        "wants_letter": case.state in OPEN and any(map(checklist.wants_letter, vehicles)),
        "days_left": left if left is not None and left >= 0 else None,
        "progress": progress_of(case, licence),
        "questions": questions_of(asked),
        "reasons": refusal_reasons(case),
        "may_withdraw": case.state in (Status.CHECKING, Status.IN_REVIEW, Status.RETURNED),
    }


def doubts_of(licence: Licence | None) -> list[LicenceDoubt]:
    """Return what was said of letters since that a live licence relies on."""
    if licence is None or licence.state != Licence.State.LIVE:
        return []
    return list(licence.doubts.select_related("change__confirmation"))


def questions_of(asked: Request | None) -> list[dict[str, str]]:
    """Return the open points of *asked* in the reader's language."""
    return [
        {
            "text": say(item.given.text),
            "vin": item.line.vin if item.line else "",
            "question": item.question,
        }
        for item in (asked.items.all() if asked else ())
        if item.state == RequestItem.State.OPEN
    ]


def refusal_reasons(case: Case) -> list[dict[str, str]]:
    """Return the coded reasons of a refusal; the reviewers' own words stay with the office."""
    if case.state != Status.REFUSED:
        return []
    signed = case.decisions.filter(state=Decision.State.SIGNED).first()
    return [
        {"text": say(reason.text), "clause": say(reason.clause), "cure": say(reason.cure)}
        for reason in (signed.given if signed else ())
    ]


def progress_of(case: Case, licence: Licence | None) -> dict[str, Any]:
    """Return the deferred work somebody may be waiting for, as the progress component takes it."""
    drawing = licence is not None and licence.paper_state == Licence.Paper.WAITING
    checking = case.state == Status.CHECKING
    label = _("The licence is being drawn") if drawing else _("The checks are running")
    return {
        "label": label if drawing or checking else _("Done"),
        "finished": not (drawing or checking),
    }


@for_exporters
@require_safe
def application_progress(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say in a fragment whether the work somebody waits for is done."""
    cases = Case.objects.visible_to(request.user).select_related("licence")
    case = get_object_or_404(cases, reference=reference)
    context = {"reference": reference, "progress": progress_of(case, licence_of(case))}
    return render(request, "reviews/application_progress.html", context)
