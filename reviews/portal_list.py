"""The exporter's list of applications, and what is done with many of them at once."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports.answering import answer, exporter_of, may_write, page_url, posted
from exports.doors import for_exporters, for_writers
from exports.http import SignedInRequest
from exports.identifiers import canonical_vin
from exports.models import Application, Line
from exports.paging import page_of
from exports.rules import legal_day
from exports.tables import csv_response
from reviews import at_once
from reviews.at_once import MOST_AT_ONCE
from reviews.filing_many import Ready, ready_to_file
from reviews.forms import WithdrawForm
from reviews.models import Case
from reviews.portal import application_rows
from reviews.standing import case_of, word_of
from reviews.states import Status

MOST_IN_CSV: Final = 5000
SHORTEST_PART: Final = 4
MAY_BE_WITHDRAWN: Final = (Status.CHECKING, Status.IN_REVIEW, Status.RETURNED)
# The tabs of the list of applications, in the exporter's words.
TABS: Final = {
    "draft": Q(filed_on__isnull=True),
    "action_needed": Q(case__status=Status.RETURNED),
    "in_progress": Q(
        case__status__in=[Status.CHECKING, Status.IN_REVIEW, Status.HELD, Status.SETTLING]
    ),
    "issued": Q(case__status=Status.ISSUED),
    "ended": Q(case__status__in=[Status.REFUSED, Status.WITHDRAWN, Status.LAPSED]),
}
VEHICLES: Final = (
    Line.objects.filter(application=OuterRef("pk"))
    .order_by()
    .values("application")
    .annotate(number=Count("pk"))
    .values("number")
)


@for_exporters
@require_safe
def applications(request: SignedInRequest) -> HttpResponse:
    """List the applications, newest first, by tab, reference, contract or VIN."""
    rows = found_rows(request)
    page = page_of(rows, before=request.GET.get("before", ""))
    day = legal_day(timezone.now())
    wanted = words_of(request)
    tab = request.GET.get("state", "") if request.GET.get("state", "") in TABS else ""
    context = {
        "page": page,
        "rows": [(row, case_of(row), word_of(row, on=day)) for row in page.rows],
        "tab": tab,
        "q": wanted,
        "may_write": may_write(request),
        "may_be_withdrawn": MAY_BE_WITHDRAWN,
        "csv_url": reverse("portal:applications_csv") + page_url(state=tab, q=wanted),
    }
    return render(request, "reviews/applications.html", context)


@for_exporters
@require_safe
def applications_csv(request: SignedInRequest) -> HttpResponse:
    """Hand out what the list shows as a table, the newest 5,000; the ledger notes it."""
    now = timezone.now()
    found = list(found_rows(request).order_by("-pk")[:MOST_IN_CSV])
    at_once.note_export(exporter_of(request), by=request.user, at=now, applications=len(found))
    return csv_response(
        "applications.csv",
        head=[
            _("Reference"),
            _("Status"),
            _("Destination"),
            _("Contract number"),
            _("HS code"),
            _("Vehicles"),
            _("Filed on"),
            _("Expected by"),
            _("Licence"),
        ],
        rows=[table_row(row, on_day=legal_day(now)) for row in found],
    )


def table_row(row: Application, *, on_day: Any) -> list[object]:
    """Return one application as a row of the table."""
    case, word = case_of(row), word_of(row, on=on_day)
    under_way = case is not None and word.code in ("checking", "in_review")
    licence = getattr(case, "licence", None)
    return [
        row.reference,
        word.label,
        row.destination or "",
        row.contract_number,
        row.hs_code,
        getattr(row, "vehicle_count", None) or 0,
        row.filed_on or "",
        timezone.localtime(case.due_at).strftime("%Y-%m-%d %H:%M") if case and under_way else "",
        licence.number if licence else "",
    ]


def words_of(request: SignedInRequest) -> str:
    """Return what is searched for, without what no database takes."""
    sent = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    return sent.encode("utf-8", "ignore").decode()


def found_rows(request: SignedInRequest) -> QuerySet[Application]:
    """Return the applications the address asks for: by tab, and by what is searched for."""
    rows = application_rows(request).filter(discarded_at__isnull=True)
    rows = rows.annotate(vehicle_count=Subquery(VEHICLES))
    rows = rows.filter(TABS.get(request.GET.get("state", ""), Q()))
    wanted = words_of(request)
    if not wanted:
        return rows
    named = Q(reference__iexact=wanted) | Q(contract_number__icontains=wanted)
    vin = canonical_vin(wanted)
    if len(vin) >= SHORTEST_PART:
        own = Line.objects.filter(application__exporter=request.user.exporter)
        named |= Q(pk__in=own.filter(vin__endswith=vin).values("application"))
    return rows.filter(named)


class TickedForm(forms.Form):
    """Applications ticked in a list."""

    ticked = forms.ModelMultipleChoiceField(
        Application.objects.none(),
        to_field_name="reference",
        error_messages={"required": ""},
    )

    def __init__(self, *args: Any, rows: QuerySet[Application], **kwargs: Any) -> None:
        """Accept only *rows*."""
        super().__init__(*args, **kwargs)
        field = self.fields["ticked"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows
        field.error_messages["required"] = _("Tick at least one application.")

    def clean_ticked(self) -> "QuerySet[Application]":
        """Refuse more than can be read and answered for at once."""
        ticked: QuerySet[Application] = self.cleaned_data["ticked"]
        if len(ticked) > MOST_AT_ONCE:
            raise forms.ValidationError(
                _("Tick at most %(most)d at once."), params={"most": MOST_AT_ONCE}
            )
        return ticked


@for_writers
@require_POST
def applications_withdraw(request: SignedInRequest) -> HttpResponse:
    """Ask once, then take every ticked application back, each with its own outcome."""
    rows = application_rows(request).filter(case__isnull=False)
    form = TickedForm(request.POST, rows=rows)
    if not form.is_valid():
        messages.error(request, str(form.errors["ticked"][0]))
        return redirect("portal:applications")
    chosen = list(form.cleaned_data["ticked"])
    sure = WithdrawForm(request.POST if "sure" in request.POST else None)
    if sure.is_valid():
        cases = Case.objects.visible_to(request.user).filter(application__in=chosen)
        outcomes = at_once.withdraw_all(
            cases.select_related("application", "exporter").order_by("pk"),
            by=request.user,
            at=timezone.now(),
            note=sure.cleaned_data["note"],
        )
        return results(request, outcomes, title=_("Withdrawn"), word=_("withdrawn"))
    return answer(
        request, "reviews/applications_withdraw.html", form=sure, context={"chosen": chosen}
    )


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def applications_file(request: SignedInRequest) -> HttpResponse:
    """Show every draft that may be filed, then file the ticked ones, each with its own outcome."""
    now = timezone.now()
    data = posted(request)
    if data is not None:
        drafts = seen_drafts(request, data.getlist("ticked"))
        if drafts:
            outcomes = at_once.file_all(drafts, by=request.user, at=now)
            return results(request, outcomes, title=_("Filed"), word=_("filed"))
        messages.error(request, _("Tick at least one application."))
    ready = ready_to_file(exporter_of(request), on=legal_day(now))
    context = {"ready": ready, "day": legal_day(now), "most": MOST_AT_ONCE, "complete": sure(ready)}
    status = 422 if data is not None else 200
    return render(request, "reviews/applications_file.html", context, status=status)


def sure(ready: list[Ready]) -> int:
    """Count the drafts without an open point: they are ticked beforehand."""
    return sum(each.complete for each in ready)


def seen_drafts(request: SignedInRequest, ticked: list[str]) -> list[Application]:
    """Return the reader's applications among *ticked*, each at the version its page showed.

    Each is sent as reference and version, ``E2026-00017.4``.
    """
    seen: dict[str, int] = {}
    for each in ticked[:MOST_AT_ONCE]:
        reference, _dot, version = each.partition(".")
        if version.isascii() and version.isdigit() and len(version) < 10:
            seen[reference.replace("\x00", "")] = int(version)
    rows = Application.objects.visible_to(request.user).filter(reference__in=seen)
    drafts = list(rows.select_related("exporter", "office").order_by("pk"))
    for draft in drafts:
        draft.version = seen[draft.reference]
    return drafts


def results(
    request: SignedInRequest, outcomes: list[at_once.Outcome], *, title: str, word: str
) -> HttpResponse:
    """Show row by row what became of each."""
    done = sum(not each.refusal for each in outcomes)
    context = {"outcomes": outcomes, "title": title, "word": word, "done": done}
    return render(request, "reviews/at_once.html", context)
