"""The fleet as a list and as a table taken away: what is asked for, in the order asked for."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports import fleet
from exports.answering import exporter_of, may_write, page_url
from exports.doors import for_exporters
from exports.http import SignedInRequest
from exports.models import Vehicle
from exports.paging import HIGHEST
from exports.rules import legal_day
from exports.showing import rows_of, terms_on
from exports.tables import csv_stream
from exports.workbooks import xlsx_response
from reviews.fleet_pages.filters import FleetFilter
from reviews.fleet_pages.order import ORDERS, page_of, parts_of

CHUNK: Final = 1000
# A workbook is held in memory until it is written; a table of any length is not.
LONGEST_WORKBOOK: Final = 20_000


@require_safe
@for_exporters
def vehicles(request: SignedInRequest) -> HttpResponse:
    """List the fleet, newest first or as asked, with each car's clock today."""
    today = legal_day(timezone.now())
    found = fleet_found(request, today=today)
    order = order_of(request)
    parts = parts_of(order, edge=today - found.span if found.span else None)
    page = page_of(found.qs, parts, after=request.GET.get("after", ""))
    asked = found.asked
    kept = asked | {"sort": order}
    context = {
        "found": found,
        "asked": asked,
        "narrowed": len(asked) > ("q" in asked),
        "sort": order,
        "orders": [(code, word, page_url(**asked, sort=code)) for code, word in ORDERS.items()],
        "rows": rows_of(page.rows, on=today),
        "today": today,
        "may_write": may_write(request),
        "newest_url": "" if page.first else page_url(**kept) or "?",
        "older_url": page_url(**kept, after=page.after) if page.after else "",
        "csv_url": reverse("portal:vehicles_csv") + page_url(**asked),
        "xlsx_url": reverse("portal:vehicles_xlsx") + page_url(**asked),
        "edit_url": reverse("portal:vehicles_edit") + page_url(**asked),
        "draft_url": reverse("portal:vehicles_draft") + page_url(**asked),
    }
    return render(request, "exports/vehicles.html", context)


@require_safe
@for_exporters
def vehicles_csv(request: SignedInRequest) -> HttpResponseBase:
    """Hand out the fleet, or what was found of it, as a table."""
    found = fleet_found(request, today=legal_day(timezone.now())).qs
    note(request, vehicles=found.count())
    return csv_stream("vehicles.csv", head=head_of_table(), rows=rows_of_table(found))


@require_safe
@for_exporters
def vehicles_xlsx(request: SignedInRequest) -> HttpResponseBase:
    """Hand out the same as a workbook, as long as it fits one."""
    asked = fleet_found(request, today=legal_day(timezone.now()))
    count = asked.qs.count()
    if count > LONGEST_WORKBOOK:
        facts = {"count": count, "most": LONGEST_WORKBOOK}
        text = _(
            "These are %(count)d vehicles; a workbook holds at most %(most)d."
            " Take the CSV, or narrow the list."
        )
        messages.error(request, text % facts)
        return redirect(reverse("portal:vehicles") + page_url(**asked.asked))
    note(request, vehicles=count)
    rows = rows_of_table(asked.qs)
    return xlsx_response("vehicles.xlsx", title=_("Vehicles"), head=head_of_table(), rows=rows)


def fleet_found(request: SignedInRequest, *, today: date) -> FleetFilter:
    """Return the vehicles the address asks for."""
    mine = Vehicle.objects.visible_to(request.user)
    return FleetFilter(request.GET, queryset=mine, today=today, terms=terms_on(today))


def order_of(request: SignedInRequest) -> str:
    """Return the order the address asks for; newest first where it asks for none we know."""
    asked = request.GET.get("sort", "")
    return asked if asked in ORDERS else ""


def note(request: SignedInRequest, *, vehicles: int) -> None:
    """Let the ledger note that so many *vehicles* leave."""
    fleet.note_export(exporter_of(request), by=request.user, at=timezone.now(), vehicles=vehicles)


def head_of_table() -> list[str]:
    """Return the labels of the columns."""
    labels = {field.name: str(field.verbose_name) for field in Vehicle._meta.fields}
    return [labels[name] for name in fleet.FACTS]


def rows_of_table(found: QuerySet[Vehicle]) -> Iterator[tuple[Any, ...]]:
    """Yield the facts of *found*, newest first, a thousand at a time: no fleet fills the memory."""
    below = HIGHEST
    while True:
        part = found.filter(pk__lt=below).order_by("-pk").values_list("pk", *fleet.FACTS)
        rows = list(part[:CHUNK])
        yield from (row[1:] for row in rows)
        if len(rows) < CHUNK:
            return
        below = rows[-1][0]
