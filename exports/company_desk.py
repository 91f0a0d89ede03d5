"""An office's pages on companies: who asks to be registered, and how a company stands."""

from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exports import conduct, joining
from exports.answering import posted, refusals_on
from exports.company_forms import DecideForm, StandingForm
from exports.errors import NotAllowed
from exports.http import SignedInRequest
from exports.models import CompanyRequest, Exporter, Office, StandingEvent, User
from exports.paging import page_of
from exports.policies import check_may_supervise

REFUSED: Final = 422


def requests_of(user: User) -> "QuerySet[CompanyRequest]":
    """Return the requests before *user*'s office and its districts; all for the national one."""
    rows = CompanyRequest.objects.exclude(state=CompanyRequest.State.UNPROVED)
    if user.office is None:
        return rows.none()
    if user.office.level != Office.Level.NATIONAL:
        rows = rows.filter(office__in=user.office.jurisdiction)
    return rows.select_related("office", "decided_by")


def may_supervise(user: User, office: Office) -> bool:
    """Tell whether to offer *user* what supervisors do; the services decide anyway."""
    try:
        check_may_supervise(user, office)
    except NotAllowed:
        return False
    return True


@require_safe
def companies(request: SignedInRequest) -> HttpResponse:
    """List the companies that asked, newest first; with ``?all=1`` also the decided ones."""
    rows, everything = requests_of(request.user), bool(request.GET.get("all"))
    if not everything:
        rows = rows.filter(state=CompanyRequest.State.WAITING)
    page = page_of(rows, before=request.GET.get("before", ""))
    return render(request, "workbench/companies.html", {"page": page, "everything": everything})


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request and decide it."""
    row = get_object_or_404(requests_of(request.user), pk=pk)
    form = DecideForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            decide(request, row, form.cleaned_data["note"])
            return redirect("workbench:companies")
    known = Exporter.objects.filter(uscc=row.uscc).exists()
    context = {
        "row": row,
        "form": form,
        "known": known,
        "may": may_supervise(request.user, row.office),
    }
    status = REFUSED if form.errors else 200
    return render(request, "workbench/company.html", context, status=status)


def decide(request: SignedInRequest, row: CompanyRequest, note: str) -> None:
    """Approve or decline as the pressed button says."""
    now = timezone.now()
    if request.POST.get("decision") == "approve":
        joining.approve(row, by=request.user, at=now, note=note)
        messages.success(request, _("%(name)s is registered.") % {"name": row.name_zh})
    else:
        joining.decline(row, by=request.user, at=now, note=note)
        messages.success(request, _("%(name)s is declined.") % {"name": row.name_zh})


def exporters_of(user: User) -> "QuerySet[Exporter]":
    """Return the exporters filed with the office and its districts; the national one has all."""
    if user.office is None:
        return Exporter.objects.none()
    if user.office.level == Office.Level.NATIONAL:
        return Exporter.objects.all()
    return Exporter.objects.filter(office__in=user.office.jurisdiction)


@require_http_methods(["GET", "HEAD", "POST"])
def exporter_standing(request: SignedInRequest, uscc: str) -> HttpResponse:
    """Show what was noted about a company's standing, and note something."""
    exporter = get_object_or_404(exporters_of(request.user).select_related("office"), uscc=uscc)
    form = StandingForm(posted(request), initial={"standing": exporter.standing})
    if form.is_valid():
        with refusals_on(form):
            facts, now = form.cleaned_data, timezone.now()
            conduct.record_standing(exporter, by=request.user, at=now, **facts)
            messages.success(request, _("Noted; the company's owners are told and may answer."))
            return redirect("workbench:exporter_standing", uscc)
    rows = StandingEvent.objects.filter(exporter=exporter)
    rows = rows.select_related("recorded_by", "answered_by")
    context = {
        "exporter": exporter,
        "form": form,
        "page": page_of(rows, before=request.GET.get("before", ""), size=20),
        "may": may_supervise(request.user, exporter.office),
    }
    status = REFUSED if form.errors else 200
    return render(request, "workbench/standing.html", context, status=status)
