"""Portal pages of issuing many confirmations from a spreadsheet."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents.desk import many
from documents.desk.directory_pages import content_of, sent
from documents.desk.forms import ManyForm
from documents.desk.pages import maker_of, may_attest
from documents.models import AttestationSheet
from exports.answering import answer, refusals_on
from exports.doors import for_manufacturers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.wording import explain

MOST = 20


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_sheets(request: SignedInRequest) -> HttpResponse:
    """Take in a spreadsheet; its page then shows what would be issued."""
    maker = maker_of(request)
    form = ManyForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            sheet = many.take_in(
                maker,
                content_of(file) or b"",
                name=file.name or "",
                by=request.user,
                at=timezone.now(),
            )
            return redirect("portal:maker_sheet", pk=sheet.pk)
    rows = AttestationSheet.objects.filter(manufacturer=maker).defer("rows").order_by("-id")
    return answer(request, "documents/desk/sheets.html", form=form, context={"sheets": rows[:MOST]})


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show row by row what would be issued and what is wrong, and issue it."""
    rows = AttestationSheet.objects.filter(manufacturer=maker_of(request))
    sheet = get_object_or_404(rows.select_related("manufacturer"), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            made = many.issue_all(sheet, by=request.user, at=timezone.now())
            messages.success(request, _("%(count)d confirmations issued.") % {"count": len(made)})
            return redirect("portal:maker_sheet", pk=pk)
        except DomainError as refusal:
            refused = explain(refusal)
    lines = [] if sheet.issued_at else many.lines_of(sheet)
    wrong = [line for line in lines if line.problems]
    context = {
        "sheet": sheet,
        "wrong": wrong[:200],
        "faulty": len(wrong),
        "groups": many.groups_of(lines) if not wrong else [],
        "total": len(sheet.rows),
        "refused": refused,
        "may_attest": may_attest(maker_of(request)),
    }
    status = 422 if refused else 200
    return render(request, "documents/desk/sheet.html", context, status=status)
