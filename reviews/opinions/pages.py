"""The pages of opinions: the ministry's own small portal, and the office's list of what waits."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import serving
from documents.models import Document
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.paging import page_of
from reviews.models import Opinion
from reviews.models.opinions import OpinionQuerySet
from reviews.opinions.answering import answer
from reviews.opinions.forms import AnswerForm
from reviews.opinions.papers import shows
from reviews.opinions.showing import countries_in, facts_of, pages_of, row_of

CONFLICT: Final = 409
REFUSED: Final = 422
MOST_OPEN: Final = 100
View = Callable[..., HttpResponseBase]


def for_ministries(view: View) -> View:
    """Open *view* to officers of other ministries; to everybody else it does not exist."""

    @wraps(view)
    def behind_door(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.ministry is None:
            raise Http404
        return view(request, *args, **kwargs)

    return behind_door


@for_ministries
@require_safe
def opinions(request: SignedInRequest) -> HttpResponse:
    """Show a ministry what it is asked, the first due on top, or what it has answered."""
    return listed(request, Opinion.objects.visible_to(request.user), "opinions/opinions.html")


@require_safe
def opinions_asked(request: SignedInRequest) -> HttpResponse:
    """Show an office what other ministries are asked, what is overdue on top."""
    asked = Opinion.objects.visible_to(request.user)
    return listed(request, asked, "workbench/opinions.html")


def listed(request: SignedInRequest, rows: OpinionQuerySet, template: str) -> HttpResponse:
    """Show one tab of *rows*: three queries at most, however many there are."""
    now, loaded = timezone.now(), rows.select_related("ministry", "code", "case__office")
    loaded = loaded.select_related("asked_by", "answered_by")
    answered = request.GET.get("view") == "answered"
    page = older = None
    if answered:
        page = page_of(
            loaded.filter(state=Opinion.State.ANSWERED), before=request.GET.get("before", "")
        )
        shown, older = page.rows, page.older
    else:
        shown = list(loaded.open().order_by("due_at", "id")[: MOST_OPEN + 1])
    context = {
        "answered": answered,
        "rows": [row_of(opinion, at=now) for opinion in shown[:MOST_OPEN]],
        "more": not answered and len(shown) > MOST_OPEN,
        "most": MOST_OPEN,
        "older": older,
        "first": page is None or page.first,
    }
    return render(request, template, context)


@for_ministries
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a question with what its point needs, and take the answer."""
    asked = find(request, number)
    form = AnswerForm(request.POST if request.method == "POST" else None, opinion=asked)
    if request.method != "POST":
        return opinion_page(request, asked, form)
    if not form.is_valid():
        return opinion_page(request, asked, form, status=REFUSED)
    given = form.cleaned_data
    try:
        answer(asked, given["code"], by=request.user, at=timezone.now(), note=given["note"])
    except DomainError as refusal:
        form.refuse(refusal)
        status = CONFLICT if refusal.status == CONFLICT else REFUSED
        return opinion_page(request, find(request, number), form, status=status)
    messages.success(request, _("Your answer to %(number)s is sent.") % {"number": asked.number})
    return redirect("opinions:opinions")


def find(request: SignedInRequest, number: str) -> Opinion:
    """Return the question of *number* that the person may see, else 404."""
    rows = Opinion.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("ministry", "code", "answered_by", "case__office"), number=number
    )


def opinion_page(
    request: SignedInRequest, asked: Opinion, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    """Render one question; what was withdrawn shows nothing of the case any more."""
    withdrawn = asked.state == Opinion.State.WITHDRAWN
    context = {
        "row": row_of(asked, at=timezone.now()),
        "opinion": asked,
        "facts": [] if withdrawn else facts_of(asked, countries=countries_in(asked)),
        "pages": [] if withdrawn else pages_of(asked, address=addresses(asked)),
        "form": form,
    }
    return render(request, "opinions/opinion.html", context, status=status)


def addresses(asked: Opinion) -> Callable[[str, int], str]:
    """Return what gives the address of a page within *asked*."""
    return lambda key, page: reverse("opinions:paper_page", args=[asked.number, key, page])


@for_ministries
@require_safe
def paper_page(request: SignedInRequest, number: str, key: UUID, page: int) -> FileResponse:
    """Send the picture of a page that the question shows; any other page does not exist."""
    asked = find(request, number)
    if asked.state == Opinion.State.WITHDRAWN or not shows(asked, key=str(key), number=page):
        raise Http404
    paper = get_object_or_404(Document, key=key)
    return serving.page(paper, page, full="full" in request.GET)
