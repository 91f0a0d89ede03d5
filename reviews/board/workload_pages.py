"""Workload: who has how much, giving out and evening out work, leave."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import User
from exports.rules import legal_day
from exports.wording import explain
from reviews import queues, workload
from reviews.board import desks
from reviews.board.workload_forms import AbsenceForm, ShareForm
from reviews.models import Absence, Case
from reviews.policies import check_takes
from reviews.workload_policies import check_can_share_out

REFUSED: Final = 422


@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """Show the desks of the office; to a reviewer only their own leave."""
    return page(request)


def page(request: SignedInRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the page, with a form as it was sent where one was refused."""
    user, at = request.user, timezone.now()
    team = team_of(request)
    shares = may_share_out(user)
    people = team if shares else [person for person in team if person == user]
    context: dict[str, Any] = {
        "shares": shares,
        "absences": [
            each
            for each in desks.absences_of(office_of(user), at=at)
            if shares or each.person_id == user.pk
        ],
        "absence": AbsenceForm(people=people, team=team, initial={"person": people[0]}),
    }
    if shares:
        present = workload.present_of(team, on=legal_day(at))
        context |= {
            "desks": desks.desks_of(team, user=user, at=at),
            "today": legal_day(at),
            "due_means": queues.DUE_MEANS,
            "done_means": queues.DONE_MEANS,
            "free": desks.oldest_free(user, at=at),
            "present": present,
            "share": ShareForm(team=team, present=present),
        }
    return render(request, "workbench/workload.html", context | forms, status=status)


@require_POST
def share(request: SignedInRequest) -> HttpResponse:
    """Give the chosen cases, or those due first, to one person."""
    check(request)
    team, at = team_of(request), timezone.now()
    present = workload.present_of(team, on=legal_day(at))
    data = request.POST.copy()
    chosen = [text for text in data.getlist("cases") if text.isprintable()][: desks.OLDEST_SHOWN]
    if chosen:
        data.setlist("number", [str(len(chosen))])
    form = ShareForm(data, team=team, present=present)
    if not form.is_valid():
        return page(request, status=REFUSED, share=form)
    to = form.cleaned_data["to"]
    if chosen:
        cases = Case.objects.visible_to(request.user).filter(reference__in=chosen)
        pairs = [(case, to) for case in cases.select_related("assignee", "office")]
        results = workload.assign_each(pairs, by=request.user, at=at)
    else:
        results = workload.assign_oldest(
            form.cleaned_data["number"],
            to=to,
            source=form.cleaned_data["source"],
            by=request.user,
            at=at,
        )
    return told(request, results)


@require_GET
def even_out(request: SignedInRequest) -> HttpResponse:
    """Show which cases would move so that everybody present has as much to do each day."""
    check(request)
    at = timezone.now()
    present = workload.present_of(team_of(request), on=legal_day(at))
    proposals = workload.proposals(present, by=request.user, at=at)
    return render(
        request, "workbench/workload_even.html", {"proposals": proposals, "present": present}
    )


@require_POST
def even_out_now(request: SignedInRequest) -> HttpResponse:
    """Carry out the moves that were shown, those that are still possible."""
    check(request)
    people = {str(person.pk): person for person in team_of(request)}
    planned = dict(
        pair.split(":", 1) for pair in request.POST.getlist("moves") if pair.count(":") == 1
    )
    cases = Case.objects.visible_to(request.user).filter(
        reference__in=list(planned)[: workload.MOST_AT_ONCE]
    )
    pairs = [
        (case, people[planned[case.reference]])
        for case in cases.select_related("assignee", "office").order_by("due_at", "id")
        if planned[case.reference] in people
    ]
    return told(request, workload.assign_each(pairs, by=request.user, at=timezone.now()))


@require_POST
def note_absence(request: SignedInRequest) -> HttpResponse:
    """Note that somebody is away; from the first day on their cases are handed over."""
    team = team_of(request)
    people = team if may_share_out(request.user) else [request.user]
    form = AbsenceForm(request.POST, people=people, team=team)
    if form.is_valid():
        given = form.cleaned_data
        here = {member.pk: member for member in team}
        person = here[given["person"].pk]
        stand_in = here[given["stand_in"].pk] if given["stand_in"] else None
        try:
            absence = workload.note_absence(
                person,
                since=given["since"],
                until=given["until"],
                stand_in=stand_in,
                why=given["why"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
        else:
            messages.success(request, _("Noted: %(absence)s.") % {"absence": absence})
            return redirect("workbench:workload")
    return page(request, status=REFUSED, absence=form)


@require_POST
def end_absence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that somebody is back."""
    here = Absence.objects.filter(office=office_of(request.user))
    absence = get_object_or_404(here.select_related("person"), pk=pk)
    try:
        workload.end_absence(absence, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    else:
        messages.success(request, _("%(person)s is back.") % {"person": absence.person})
    return redirect("workbench:workload")


def told(request: SignedInRequest, results: Sequence[workload.Result]) -> HttpResponse:
    """Say how many cases went where, and of each that did not, why."""
    for text in sentences(results):
        messages.success(request, text)
    for result in results:
        if result.refusal is not None:
            messages.error(request, f"{result.case}: {explain(result.refusal)}")
    if not results:
        messages.info(request, _("No case was there to move."))
    return redirect("workbench:workload")


def sentences(results: Iterable[workload.Result]) -> list[str]:
    """Return one sentence for each person who got something."""
    got: dict[str, int] = {}
    for result in results:
        if result.refusal is None:
            got[result.to.name] = got.get(result.to.name, 0) + 1
    return [
        _("%(person)s has %(number)d cases more.") % {"person": name, "number": number}
        for name, number in got.items()
    ]


def check(request: SignedInRequest) -> None:
    """Refuse who shares out no work.

    Raises:
        PermissionDenied: they are no supervisor.
    """
    try:
        check_can_share_out(request.user)
    except DomainError as refusal:
        raise PermissionDenied from refusal


def may_share_out(user: User) -> bool:
    """Tell whether *user* shares out work."""
    try:
        check_can_share_out(user)
    except DomainError:
        return False
    return True


def office_of(user: User) -> Any:
    """Return the office of who decides cases.

    Raises:
        PermissionDenied: they decide none.
    """
    try:
        check_takes(user)
    except DomainError as refusal:
        raise PermissionDenied from refusal
    return user.office


def team_of(request: SignedInRequest) -> list[User]:
    """Return who decides cases at the person's office."""
    return workload.team_of(office_of(request.user))
