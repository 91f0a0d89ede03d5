"""What else only the exporter can do: finish a spreadsheet, renew the company's filing."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Sheet, SheetRow
from exports.models import Exporter
from reviews.needs import MOST, Need, days_left, end_of

# A filing is renewed with the office, which takes its time.
RENEW_WITHIN: Final = timedelta(days=30)


def sheets_left(exporter: Exporter) -> QuerySet[Sheet]:
    """Return the newest spreadsheets with rows that are bad or not saved yet, with both counts."""
    rows = Sheet.objects.filter(exporter=exporter, state=Sheet.State.CHECKED)
    bad = Count("rows", filter=Q(rows__state=SheetRow.State.BAD))
    ready = Count("rows", filter=Q(rows__state=SheetRow.State.READY))
    left = rows.annotate(bad=bad, ready=ready).filter(Q(bad__gt=0) | Q(ready__gt=0))
    return left.order_by("-pk")[:MOST]


def sheets_to_finish(rows: Iterable[Any]) -> list[Need]:
    """Return a need for each spreadsheet: its bad rows, or, where there are none, the unsaved."""
    return [
        Need(
            text=text_of(bad=row.bad, ready=row.ready),
            about=row.name,
            url=(page := reverse("portal:sheet", args=[row.key])),
            to_read=page,
            action=_("Fix") if row.bad else _("Save"),
        )
        for row in rows
    ]


def text_of(*, bad: int, ready: int) -> str:
    """Say what is left of a spreadsheet."""
    if bad:
        return ngettext(
            "%(count)d row of a spreadsheet needs fixing",
            "%(count)d rows of a spreadsheet need fixing",
            bad,
        ) % {"count": bad}
    return ngettext(
        "%(count)d row of a spreadsheet is ready and not saved",
        "%(count)d rows of a spreadsheet are ready and not saved",
        ready,
    ) % {"count": ready}


def filing_to_renew(exporter: Exporter, *, on: date) -> list[Need]:
    """Return a need if the company's filing ends within 30 days, has ended, or has no known end.

    Source: Announcement 6 of 2024, the filing lasts a year; without one nothing is issued.
    """
    ends = exporter.filing_expires_on
    if ends is not None and ends - on > RENEW_WITHIN:
        return []
    page = reverse("portal:filing")
    return [
        Need(
            text=filing_text(ends, on=on),
            about=exporter.filing_number,
            by=ends.isoformat() if ends else "",
            due=end_of(ends) if ends else None,
            url=page,
            to_read=page,
            action=_("See the filing"),
        )
    ]


def filing_text(ends: date | None, *, on: date) -> str:
    """Say how long the filing runs."""
    if ends is None:
        return _("No end of the company's filing is known: ask the office to enter it")
    if ends < on:
        return _("The company's filing has ended: renew it with the office")
    return days_left(_("The company's filing"), ends - on)
