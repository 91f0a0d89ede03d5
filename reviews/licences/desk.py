"""Workbench pages of requests to replace a licence."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exports.answering import posted, refusals_on
from exports.http import SignedInRequest
from exports.paging import page_of
from reviews.licences.forms import AnswerForm
from reviews.licences.replacing import approve_replacement, decline_replacement
from reviews.models import Replacement

ANSWERS = {"approve": approve_replacement, "decline": decline_replacement}
REFUSED = 422


@require_safe
def replacements(request: SignedInRequest) -> HttpResponse:
    """List the requests that wait, or with ``?all=1`` every one, newest first."""
    rows = Replacement.objects.within(request.user).select_related(
        "licence__case__exporter", "licence__case__office", "answered_by"
    )
    every = bool(request.GET.get("all"))
    page = page_of(rows if every else rows.waiting(), before=request.GET.get("before", ""))
    return render(request, "licences/replacements.html", {"page": page, "every": every})


@require_http_methods(["GET", "HEAD", "POST"])
def replacement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request beside the licence it is about, and take the office's answer."""
    rows = Replacement.objects.within(request.user).select_related(
        "licence__case__exporter", "licence__case__application__destination", "asked_by"
    )
    shown = get_object_or_404(rows, pk=pk)
    form = AnswerForm(posted(request))
    act = ANSWERS.get(request.POST.get("answer", ""))
    if act and form.is_valid():
        with refusals_on(form):
            act(shown, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
            messages.success(request, _("Answered; the exporter is told."))
            return redirect("workbench:replacements")
    context = {"replacement": shown, "form": form, "lines": list(shown.licence.lines.all())}
    status = REFUSED if form.errors else 200
    return render(request, "licences/replacement.html", context, status=status)
