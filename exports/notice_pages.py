"""The inbox of anybody who signs in, and how they want to be told."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports import notices
from exports.answering import posted
from exports.digests import TEMPLATE as DIGEST
from exports.http import SignedInRequest
from exports.models import Notice, NoticePreference, User
from exports.notice_forms import PreferenceForm
from exports.paging import page_of

REFUSED = 422


def layout_of(user: User) -> str:
    """Return the frame of the side *user* works on."""
    if user.exporter or user.manufacturer:
        return "portal/base.html"
    return "opinions/base.html" if user.ministry else "workbench/base.html"


def inbox_of(user: User) -> QuerySet[Notice]:
    """Return what *user* was told; the summaries only repeat it."""
    return Notice.objects.filter(to=user).exclude(template=DIGEST)


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """List what the reader was told, newest first, or with ``?new=1`` what they did not open."""
    rows, new = inbox_of(request.user), bool(request.GET.get("new"))
    if new:
        rows = rows.filter(read_at__isnull=True)
    page = page_of(rows.prefetch_related("deliveries"), before=request.GET.get("before", ""))
    context = {
        "layout": layout_of(request.user),
        "page": page,
        "new": new,
        "rows": [(notice, notices.subject_of(notice), told(notice)) for notice in page.rows],
    }
    return render(request, "exports/notices.html", context)


def told(notice: Notice) -> dict[str, object]:
    """Say how the mail of *notice* went: its state, the tries, the last fault."""
    tries = list(notice.deliveries.all())
    return {
        "state": notice.state,
        "at": notice.sent_at,
        "tries": len(tries),
        "fault": tries[-1].error if tries and not tries[-1].delivered else "",
    }


@require_safe
def notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a notice: it counts as read, and its page comes up."""
    found = get_object_or_404(Notice, to=request.user, pk=pk)
    notices.mark_read(found, at=timezone.now())
    if not found.path.startswith("/"):
        raise Http404
    return HttpResponseRedirect(found.path)


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything up to the newest notice shown as read."""
    upto = request.POST.get("upto", "")
    if upto.isascii() and upto.isdigit() and len(upto) < 19:
        notices.mark_all_read(request.user, up_to=int(upto), at=timezone.now())
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """Show and keep how the reader wants to be told."""
    row = NoticePreference.objects.filter(user=request.user).first()
    form = PreferenceForm(posted(request), instance=row or NoticePreference(user=request.user))
    if form.is_valid():
        notices.prefer(request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Kept. It holds for what happens from now on."))
        return redirect("notice_preferences")
    context = {"form": form, "layout": layout_of(request.user)}
    status = REFUSED if form.errors else 200
    return render(request, "exports/notice_preferences.html", context, status=status)
