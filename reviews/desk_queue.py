"""The pages of the list side of a desk: the queue, its search, its badges, the views kept."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Role, User
from exports.wording import explain
from reviews import (
    desk_day,
    lookup,
    presence,
    queue_bar,
    queue_columns,
    queues,
    saved_views,
    search_syntax,
)
from reviews.desk_filters import TERMS
from reviews.models import Case, SavedView
from reviews.policies import DECIDERS
from reviews.queue_address import Address, unknown_name
from reviews.queue_form import FilterForm
from reviews.queue_rows import capped, chips, countries_of, heads, kept_tabs, shown, tabs
from reviews.thresholds import queue_of

LONGEST_SEARCH: Final = 200
MOST_FRESH: Final = 100
NOT_FOUND_HERE: Final = 404


@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """Show one list of cases; a search opens its one find, or the list it asks for."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if text:
        return search(request, text)
    user, at = request.user, timezone.now()
    address = Address.read(request.GET, first_view=queues.first_view(request.user))
    wanted, problems = address.wanted(user=user, at=at)
    cases = address.cases(Case.objects.visible_to(user), user=user, at=at).filter(*wanted)
    page = queues.page(
        cases,
        order=address.order,
        after=queues.Key.read(request.GET.get("after", "")),
        before=queues.Key.read(request.GET.get("before", "")),
    )
    context = {
        **framed(request, address, at=at),
        "problems": problems,
        "chips": chips(address),
        "search_text": search_syntax.write(dict(address.terms)),
        **listed(request, page, address=address, at=at),
    }
    if "filters" in request.GET:
        context["filter"] = FilterForm(address, user=user)
        context["countries"] = countries_of(chinese=request.LANGUAGE_CODE.startswith("zh"))
    if not page.rows:
        context["next_due"] = queues.next_due(user, at=at)
    return render(request, "workbench/queue.html", context)


def framed(request: SignedInRequest, address: Address, *, at: datetime) -> dict[str, object]:
    """Return what stands around a list: the tabs, one's day, and what is not due yet."""
    user = request.user
    counts = queues.tallies(user, at=at)
    kept = saved_views.views_of(user)
    return {
        "address": address,
        "view": queues.LISTS[address.view],
        "tabs": tabs(counts, address=address),
        "kept": kept_tabs(kept, address=address),
        "beyond": capped(counts.get(f"+{address.view}", 0)) if address.is_whole else "",
        "waiting": counts.get(f"+{queues.FIRST_VIEW}", 0),
        "on_schedule": capped(counts.get(f"+{queues.FIRST_VIEW}", 0)),
        "day": desk_day.day_of(user, at=at),
        "done_means": queues.DONE_MEANS,
        "days_ahead": queue_of(user.office).horizon,
        "decides": user.role in DECIDERS,
        "now": at,
    }


def listed(
    request: SignedInRequest, page: queues.Page, *, address: Address, at: datetime
) -> dict[str, object]:
    """Return the table: its columns, its rows, the way on."""
    chosen = queue_columns.columns_of(request.user, asked=request.GET.get("columns", ""))
    columns = queue_columns.of_closed(chosen) if address.is_closed else chosen
    user, acts = request.user, queue_bar.many_of(address, user=request.user)
    return {
        "page": page,
        "acts": acts,
        "start": queue_bar.start_of(address, user=user, at=at, filled=bool(page.rows)),
        "columns": chosen,
        "all_columns": queue_columns.COLUMNS,
        "heads": heads(columns, address=address),
        **shown(page.rows, columns=columns, user=user, at=at, boxes=bool(acts)),
    }


def search(request: SignedInRequest, text: str) -> HttpResponse:
    """Open the one case *text* names, list several, or go to the list its terms ask for.

    A word that cannot be understood is answered with a sentence; the text stays in its field.
    """
    at = timezone.now()
    parsed = search_syntax.parse(text, names={*TERMS, "view"})
    if parsed.is_plain:
        return found(request, text, at=at)
    address = Address.of_search(parsed.terms)
    problems = [unknown_name(name) for name in parsed.unknown]
    problems += [beside(word) for word in parsed.words]
    if address.view not in queues.LISTS:
        problems.append(unknown_view(address.view))
        address = Address()
    problems += address.wanted(user=request.user, at=at)[1]
    if not problems:
        return redirect(f"{reverse('workbench:queue')}?{address.query()}")
    context = {
        **framed(request, address, at=at),
        "start": queue_bar.start_of(address, user=request.user, at=at, filled=False),
        "search_text": text,
        "problems": problems,
        "asked": True,
        "terms": TERMS,
    }
    return render(request, "workbench/queue.html", context)


def beside(word: str) -> str:
    """Return the sentence for a word among terms."""
    sentence = _("“%(word)s” stands alone: a reference, a VIN or a number is searched by itself.")
    return sentence % {"word": word}


def unknown_view(name: str) -> str:
    """Return the sentence for a view there is none of."""
    facts = {"name": name, "possible": ", ".join(queues.LISTS)}
    return _("“%(name)s” is no view. Possible are: %(possible)s.") % facts


def found(request: SignedInRequest, text: str, *, at: datetime) -> HttpResponse:
    """Open the one case found, or list all."""
    cases = lookup.search(Case.objects.visible_to(request.user), text)
    rows = list(cases.order_by("-due_at", "-id").values(*queues.COLUMNS)[: lookup.MOST_FOUND])
    if len(rows) == 1:
        return redirect("workbench:case", rows[0]["reference"])
    address = Address(view="all")
    context = {
        **framed(request, address, at=at),
        "text": text,
        "search_text": text,
        **listed(request, queues.Page(rows), address=address, at=at),
    }
    return render(request, "workbench/queue.html", context)


@require_GET
def poll(request: SignedInRequest) -> HttpResponse:
    """Tell the tabs' counts, what is new in the list, and who looks at its rows: ≤ 1 KB."""
    user, at = request.user, timezone.now()
    counts = queues.tallies(user, at=at)
    ids = [int(text) for text in request.GET.get("ids", "").split(",") if queues.is_number(text)]
    seen = presence.viewers_of(ids[: queues.PAGE], but=user, at=at)
    body = json.dumps(
        {
            "tabs": {name: capped(counts.get(name, 0)) for name in queues.VIEWS if name in counts},
            "fresh": fresh(request, user=user, at=at),
            "viewers": {pk: [each.sentence for each in who][:3] for pk, who in seen.items()},
        },
        ensure_ascii=False,
    )
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


def fresh(request: SignedInRequest, *, user: User, at: datetime) -> str:
    """Return how many cases came into the list since the page was made; empty for none."""
    since = moment(request.GET.get("since", ""))
    if since is None:
        return ""
    address = Address.read(request.GET, first_view=queues.first_view(request.user))
    wanted, _problems = address.wanted(user=user, at=at)
    cases = address.cases(Case.objects.visible_to(user), user=user, at=at).filter(*wanted)
    came = cases.filter(status_since__gt=since).order_by().values("id")[:MOST_FRESH].count()
    return f"{MOST_FRESH - 1}+" if came >= MOST_FRESH else str(came or "")


def moment(text: str) -> datetime | None:
    """Return the moment *text* names, ``None`` for anything else."""
    try:
        given = parse_datetime(text)
    except ValueError:
        return None
    return given if given and given.tzinfo else None


@require_POST
def choose_columns(request: SignedInRequest) -> HttpResponse:
    """Keep which columns the person sees."""
    queue_columns.choose(request.user, request.POST.getlist("columns"))
    return back(request)


def back(request: SignedInRequest) -> HttpResponse:
    """Return to the list the form was sent from."""
    address = Address.read(QueryDict(request.POST.get("here", "")))
    return redirect(f"{reverse('workbench:queue')}?{address.query()}")


@require_GET
def views(request: SignedInRequest) -> HttpResponse:
    """Show the views the person keeps, and those shared with them."""
    return views_page(request)


def views_page(request: SignedInRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Render the views kept, with what went wrong last."""
    context = {
        "kept": saved_views.views_of(request.user),
        "problem": problem,
        "typed": request.POST.get("name", ""),
        "here": request.POST.get("here", ""),
        "may_share": request.user.role == Role.SUPERVISOR,
    }
    return render(request, "workbench/queue_views.html", context, status=status)


@require_POST
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the list the form was sent from under a name."""
    address = Address.read(QueryDict(request.POST.get("here", "")))
    name = request.POST.get("name", "")
    try:
        saved_views.save(name=name, query=address.query(), by=request.user, at=timezone.now())
    except DomainError as refusal:
        return views_page(request, problem=explain(refusal), status=refusal.status)
    messages.success(request, _("The view is saved."))
    return redirect(f"{reverse('workbench:queue')}?{address.query()}")


CHANGES: Final[Mapping[str, Callable[[SavedView, QueryDict, User, datetime], None]]] = {
    "rename": lambda view, sent, by, _at: saved_views.rename(
        view, name=sent.get("name", ""), by=by
    ),
    "pin": lambda view, _sent, by, _at: saved_views.pin(view, shown=True, by=by),
    "unpin": lambda view, _sent, by, _at: saved_views.pin(view, shown=False, by=by),
    "share": lambda view, _sent, by, at: saved_views.share(view, by=by, at=at),
    "unshare": lambda view, _sent, by, at: saved_views.unshare(view, by=by, at=at),
    "delete": lambda view, _sent, by, at: saved_views.delete(view, by=by, at=at),
}


@require_POST
def change_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename, show, share or delete one view; another person's is not there."""
    view = get_object_or_404(SavedView.objects.open_to(request.user), pk=pk)
    change = CHANGES.get(request.POST.get("change", ""))
    if change is None:
        raise Http404
    try:
        change(view, request.POST, request.user, timezone.now())
    except DomainError as refusal:
        return views_page(request, problem=explain(refusal), status=refusal.status)
    messages.success(request, _("Done."))
    return redirect("workbench:views")
