"""The pages of the clean lane: open a sheet, look, pull out, sign, take back."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.wording import explain
from reviews import queues, sampling
from reviews.lane import sheets, showing, signing
from reviews.lane.forms import ReopenForm, SignForm
from reviews.lane.policies import check_can_open_lane
from reviews.models import LanePolicy, LaneSheet, LaneTile

REFUSED: Final = 422
JSON: Final = "application/json"


@require_safe
def lane(request: SignedInRequest) -> HttpResponse:
    """Show the sheet one is at, else how the lane stands and the button that opens one."""
    sheet = sheets.live_sheet(request.user, at=timezone.now())
    if sheet is None or sampling.standing_closure() is not None:
        return front(request)
    rules = LanePolicy.current()
    context = {
        "sheet": sheet,
        "tiles": showing.tiles_of(sheets.on_sheet(sheet), rules=rules),
        "ended": showing.ended_of(sheet),
        "left_out": showing.left_out(sheet),
        "may_undo": showing.may_undo(sheet, user=request.user),
        "rules": rules,
    }
    return render(request, "workbench/lane_sheet.html", context)


def front(request: SignedInRequest, form: ReopenForm | None = None) -> HttpResponse:
    """Show how the lane stands; a refused *form* comes back with what was typed."""
    user, rules = request.user, LanePolicy.current()
    closure = sampling.standing_closure()
    why_not = refusal_of(request)
    context = {
        "closure": closure,
        "why_not": "" if closure else why_not,
        "waiting": 0 if why_not else showing.waiting_count(user, rules=rules, at=timezone.now()),
        "most": showing.MOST_COUNTED,
        "rules": rules,
        "quality": showing.quality_for(user, rules=rules),
        "form": form or ReopenForm() if closure and user.role in sampling.REOPENERS else None,
        "own": LaneSheet.objects.of(user).filter(closed_at__isnull=False)[:5],
    }
    return render(request, "workbench/lane.html", context, status=REFUSED if form else 200)


def refusal_of(request: SignedInRequest) -> str:
    """Say why the person may not open a sheet now, empty if they may."""
    try:
        check_can_open_lane(request.user)
    except DomainError as refusal:
        return explain(refusal)
    return ""


@require_POST
def lane_open(request: SignedInRequest) -> HttpResponse:
    """Open a sheet and show it."""
    try:
        sheet = sheets.open_sheet(by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    else:
        queues.forget_tallies(request.user)
        if sheet is None:
            messages.info(request, _("No clean case waits now."))
    return redirect("workbench:lane")


@require_safe
def lane_record(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show what came of a sheet: each case with what was shown, for how long, and the result."""
    sheet = sheet_of(request, key)
    context = {
        "sheet": sheet,
        "ended": showing.ended_of(sheet),
        "left_out": showing.left_out(sheet),
        "may_undo": showing.may_undo(sheet, user=request.user),
        "tones": showing.TONES,
    }
    return render(request, "workbench/lane_record.html", context)


@require_POST
def lane_sign(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Sign what was looked at, each case on its own."""
    sheet, form = sheet_of(request, key), SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["dwell"])))
        return redirect("workbench:lane")
    try:
        outcomes = signing.sign_rest(
            sheet, dwell_ms=form.cleaned_data["dwell"], by=request.user, at=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("workbench:lane")
    queues.forget_tallies(request.user)
    tell(request, outcomes)
    sheet.refresh_from_db()
    return redirect(*(["workbench:lane_record", key] if sheet.closed_at else ["workbench:lane"]))


def tell(request: SignedInRequest, outcomes: list[signing.Outcome]) -> None:
    """Say how many cases were signed, and of each that was not, why."""
    signed = sum(outcome.state == LaneTile.State.SIGNED for outcome in outcomes)
    text = ngettext("%(count)d case signed.", "%(count)d cases signed.", signed)
    messages.success(request, text % {"count": signed})
    for outcome in outcomes:
        if outcome.text:
            messages.warning(request, outcome.text)


@require_POST
def lane_undo(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Take back what has not taken effect yet."""
    sheet = sheet_of(request, key)
    try:
        outcomes = signing.undo(sheet, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("workbench:lane_record", key)
    queues.forget_tallies(request.user)
    taken = sum(not outcome.text for outcome in outcomes)
    if taken:
        text = ngettext("%(count)d case taken back.", "%(count)d cases taken back.", taken)
        messages.success(request, text % {"count": taken})
    else:
        messages.warning(request, _("Everything has taken effect; nothing can be taken back."))
    return redirect("workbench:lane_record", key)


@require_POST
def lane_pull(request: SignedInRequest, key: UUID, pk: int) -> HttpResponseBase:
    """Pull one case out; the page that asks by script gets a sentence back."""
    tiles = LaneTile.objects.select_related("sheet", "case__assignee", "case__office")
    tile = get_object_or_404(tiles, pk=pk, sheet=sheet_of(request, key))
    try:
        case = sheets.pull_out(tile, by=request.user, at=timezone.now())
    except DomainError as refusal:
        return answer(request, explain(refusal), status=refusal.status)
    queues.forget_tallies(request.user)
    text = _("%(case)s was pulled out; it is reviewed in full.") % {"case": case}
    return answer(request, text, status=200)


def answer(request: SignedInRequest, text: str, *, status: int) -> HttpResponseBase:
    """Say *text* to a script, or on the sheet to whoever pressed the button without one."""
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"text": text}, status=status)
    messages.add_message(request, messages.INFO if status < 400 else messages.ERROR, text)
    return redirect("workbench:lane")


@require_POST
def lane_renew(request: SignedInRequest, key: UUID) -> JsonResponse:
    """Keep the sheet while its page is looked at."""
    sheet = sheet_of(request, key)
    try:
        until = sheets.renew(sheet, by=request.user, at=timezone.now())
    except DomainError as refusal:
        return JsonResponse({"text": explain(refusal)}, status=refusal.status)
    return JsonResponse({"until": timezone.localtime(until).strftime("%H:%M")})


@require_POST
def lane_leave(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Put the rest of the sheet back for anybody."""
    try:
        left = sheets.leave(sheet_of(request, key), by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    else:
        queues.forget_tallies(request.user)
        text = ngettext("%(count)d case put back.", "%(count)d cases put back.", left)
        messages.success(request, text % {"count": left})
    return redirect("workbench:lane")


@require_POST
def lane_reopen(request: SignedInRequest) -> HttpResponse:
    """Open the closed lane again."""
    closure, form = sampling.standing_closure(), ReopenForm(request.POST)
    if closure is None:
        messages.info(request, _("The lane is open already."))
        return redirect("workbench:lane")
    if not form.is_valid():
        return front(request, form)
    try:
        sampling.reopen(closure, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    else:
        messages.success(request, _("The lane is open again."))
    return redirect("workbench:lane")


def sheet_of(request: SignedInRequest, key: UUID) -> LaneSheet:
    """Return a sheet the person may see, else 404."""
    return get_object_or_404(
        LaneSheet.objects.visible_to(request.user).select_related("by"), key=key
    )
