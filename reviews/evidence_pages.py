"""Pages beside the comparison: what is related, the history, the record, the files of units."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import serving
from documents.models import Specimen
from exports.http import SignedInRequest
from exports.models import Manufacturer, ManufacturerName
from exports.paging import page_of
from reviews import casefile, claims, history, looks, news, notes, presence, profiles, record
from reviews import related as kin
from reviews.evidence_forms import BeatForm
from reviews.models import Case
from reviews.reach import exporters_within, makers_within

MOST_NAMED: Final = 5
LONGEST_NAME: Final = 120


def case_of(request: SignedInRequest, reference: str) -> Case:
    """Return a case the person may see, else 404."""
    cases = Case.objects.visible_to(request.user)
    brought = cases.select_related("application", "exporter", "office", "assignee")
    return get_object_or_404(brought, reference=reference)


def aside(
    request: SignedInRequest, template: str, context: dict[str, Any], *, title: str
) -> HttpResponse:
    """Answer with *template* alone where a page asks to put it in place, else as a page."""
    alone = request.headers.get("X-Requested-With") == "fetch"
    whole = {**context, "aside": template, "aside_title": title}
    response = render(request, template if alone else "workbench/aside.html", whole)
    patch_vary_headers(response, ("X-Requested-With",))
    return response


@require_safe
def related(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the cases that share a VIN, a letter, a seal, a paper or the exporter."""
    case = case_of(request, reference)
    context = {"case": case, "groups": kin.of(case, user=request.user)}
    return aside(request, "workbench/related.html", context, title=_("Related cases"))


@require_safe
def timeline(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show everything that happened to a case, or one kind of it, page by page."""
    case = case_of(request, reference)
    asked = request.GET.get("show", "")
    page = page_of(record.events_of(case, show=asked), before=request.GET.get("before", ""))
    context = {
        "case": case,
        "page": page,
        "items": [history.item_of(event) for event in page.rows],
        "show": asked,
    }
    return aside(request, "workbench/timeline.html", context, title=_("History"))


@require_safe
def whole_record(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the whole record of a case, to print."""
    case = case_of(request, reference)
    zh = (get_language() or "zh").startswith("zh")
    context = {"record": record.of(case), "case": case, "zh": zh, "now": timezone.now()}
    return render(request, "workbench/record.html", context)


@require_safe
def since(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show what others did to a case since the page that asks was made."""
    after = request.GET.get("after", "")
    try:
        here = casefile.find(request.user, reference)
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown
    file = casefile.read(here, user=request.user, vin="", document="")
    seen = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    told = news.since_page(file, seq=seen, user=request.user)
    return aside(
        request,
        "workbench/conflict.html",
        {"conflict": told, "case": here},
        title=_("What changed"),
    )


@require_POST
def beat(request: SignedInRequest, reference: str) -> HttpResponse:
    """Hear that the page of a case is open; answer who else is there, and how the claim stands.

    A person at work keeps the claim; the first beat of a page tells how far they have seen.
    """
    case = case_of(request, reference)
    form = BeatForm(request.POST)
    if not form.is_valid():
        return JsonResponse({}, status=400)
    at, told = timezone.now(), form.cleaned_data
    viewers = presence.show(case, by=request.user, at=at, writing=told["writing"])
    if told["first"]:
        seen, run = told["seen"] or 0, told["run"]
        looks.remember(case, by=request.user, at=at, seq=seen, run=run)
        notes.mark_seen(case, by=request.user, at=at)
    until = claims.renew(case, by=request.user, at=at) if told["active"] else case.claimed_until
    mine = case.assignee_id == request.user.pk
    answer = {
        "viewers": named(viewers),
        "changed": presence.has_changed(case, since=told["seen"] or 0, but=request.user),
        **lease(case, until=until if mine else None, mine=mine, held=told["held"]),
    }
    if mine and until:
        answer["left"] = int((until - at).total_seconds())
    return JsonResponse(answer)


def named(viewers: list[presence.Viewer]) -> str:
    """Say who else has the case open."""
    said = [viewer.sentence for viewer in viewers[:MOST_NAMED]]
    if len(viewers) > MOST_NAMED:
        said.append(_("%(count)d more") % {"count": len(viewers) - MOST_NAMED})
    return " · ".join(said)


def lease(case: Case, *, until: Any, mine: bool, held: bool) -> dict[str, Any]:
    """Say how long the claim lasts, and what to say once it is nearly over."""
    if not mine:
        lost = _("The case is not in your hands any more; what you typed stays.")
        return {"lease": lost if held else "", "ending": ""}
    if until is None:
        return {"lease": _("Yours"), "ending": ""}
    moment = {"time": date_format(timezone.localtime(until), "H:i")}
    return {
        "lease": _("Yours until %(time)s, renewed while you work") % moment,
        "ending": _("Your claim ends at %(time)s. Press any key or move the pointer to keep it.")
        % moment,
    }


@require_safe
def exporter_file(request: SignedInRequest, uscc: str) -> HttpResponse:
    """Show the office's file on an exporter."""
    within = exporters_within(request.user).select_related("office")
    exporter = get_object_or_404(within, uscc=uscc)
    context = {"file": profiles.of_exporter(exporter, user=request.user), "subject": exporter}
    return render(request, "workbench/exporter_file.html", context)


@require_safe
def maker_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the office's file on a maker."""
    maker = get_object_or_404(makers_of(request), pk=pk)
    context = {"file": profiles.of_maker(maker, user=request.user), "subject": maker}
    return render(request, "workbench/maker_file.html", context)


@require_safe
def maker_named(request: SignedInRequest) -> HttpResponse:
    """Lead to the file of the maker that is or was announced under a name, or say there is none."""
    name = request.GET.get("name", "")[:LONGEST_NAME]
    known = ManufacturerName.objects.of_unit_named(name, on=None) if name.isprintable() else None
    if known is None:
        return render(request, "workbench/maker_unknown.html", {"name": name}, status=404)
    return redirect("workbench:maker_file", known.manufacturer_id)


@require_safe
def maker_specimen(request: SignedInRequest, pk: int, number: int) -> FileResponse:
    """Send the picture of a seal the maker registered."""
    maker = get_object_or_404(makers_of(request), pk=pk)
    return serving.picture(get_object_or_404(Specimen, manufacturer=maker, pk=number))


def makers_of(request: SignedInRequest) -> QuerySet[Manufacturer]:
    """Return the makers the person may look up, with their names."""
    return makers_within(request.user).prefetch_related("names")
