"""Portal pages of a manufacturer's officer: what was entered in the company's name."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import confirming
from documents.forms import RevokeForm
from documents.models import Confirmation, ConfirmedVehicle
from exports.answering import answer, posted, refusals_on
from exports.doors import for_manufacturers
from exports.http import SignedInRequest
from exports.identifiers import canonical_vin
from exports.paging import page_of
from exports.rules import legal_day


@for_manufacturers
@require_safe
def maker_home(request: SignedInRequest) -> HttpResponse:
    """List the confirmations that name the reader's company, newest first."""
    rows = (
        Confirmation.objects.visible_to(request.user)
        .select_related("exporter")
        .annotate(vin_count=Count("vehicles"))
    )
    number = request.GET.get("q", "").replace("\x00", "").strip()
    if number:
        naming = ConfirmedVehicle.objects.filter(vin=canonical_vin(number))
        rows = rows.filter(Q(number=number) | Q(pk__in=naming.values("confirmation")))
    page = page_of(rows, before=request.GET.get("before", ""))
    context = {"page": page, "q": number, "today": legal_day(timezone.now())}
    return render(request, "documents/maker_home.html", context)


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the maker what was entered in its name, and let it take the promise back."""
    rows = Confirmation.objects.visible_to(request.user).select_related("exporter", "revoked_by")
    found = get_object_or_404(rows, pk=pk)
    form = RevokeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        with refusals_on(form):
            confirming.revoke_confirmation(found, by=request.user, at=timezone.now(), note=note)
            messages.success(request, _("The confirmation is revoked from this moment."))
            return redirect("portal:confirmation", pk=pk)
    context = {"confirmation": found}
    return answer(request, "documents/confirmation.html", form=form, context=context)
