"""A company's own area of the portal: its people, filing, standing and keys."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports import conduct, joining, members
from exports.answering import may_write, posted, refusals_on
from exports.company_forms import AnswerForm, InviteForm
from exports.doors import for_exporters, for_portal
from exports.errors import DomainError, NotAllowed
from exports.http import SignedInRequest
from exports.models import Invitation, Membership, Role, StandingEvent, User
from exports.paging import page_of
from exports.wording import explain

T = TypeVar("T")
REFUSED: Final = 422
# Days before the filing's end from which the portal warns, then warns louder.
WARN, URGE = 60, 30


def company_of(user: User) -> members.Company:
    """Return the company *user* acts for; the door has let nobody else in."""
    company = user.exporter or user.manufacturer
    assert company is not None  # the door guarantees it
    return company


def manages(user: User) -> bool:
    """Tell whether to offer what changes who acts for the company; the services decide anyway."""
    return user.role in (Role.OWNER, Role.OFFICER)


@for_portal
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: SignedInRequest) -> HttpResponse:
    """Show the company's people and invitations, and invite somebody."""
    here = company_of(request.user)
    roles = members.roles_of(here)
    form = InviteForm(posted(request), roles=roles)
    if form.is_valid():
        with refusals_on(form):
            wish = {"email": form.cleaned_data["email"], "role": form.cleaned_data["role"]}
            invited = doing(
                lambda: members.invite(here, by=request.user, at=timezone.now(), **wish)
            )
            said = _("%(email)s is invited; the link in the mail works for seven days.")
            messages.success(request, said % {"email": invited.email})
            return redirect("portal:company")
    context = {
        "form": form,
        "company": here,
        "roles": roles,
        "manages": manages(request.user),
        "page_people": page_of(people_of(here), before=request.GET.get("before", "")),
        "invitations": open_invitations(here),
        "now": timezone.now(),
    }
    status = REFUSED if form.errors else 200
    return render(request, "exports/company.html", context, status=status)


def people_of(here: members.Company) -> "QuerySet[Membership]":
    """Return everybody who acts or acted for the company."""
    rows = Membership.objects.filter(**{members.side_of(here): here})
    return rows.select_related("user")


def open_invitations(here: members.Company) -> list[Invitation]:
    """Return the newest open invitations, also those too old to work."""
    rows = Invitation.objects.of(here).filter(state=Invitation.State.OPEN)
    return list(rows.select_related("invited_by").order_by("-pk")[:50])


def doing(act: Callable[[], T]) -> T:
    """Carry out *act*; what the person may not do at all answers 403."""
    try:
        return act()
    except NotAllowed as refusal:
        raise PermissionDenied from refusal


def done(request: SignedInRequest, act: Callable[[], object], said: str) -> HttpResponse:
    """Carry out *act*, say how it went, and return to the people."""
    try:
        doing(act)
        messages.success(request, said)
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:company")


def member_of(request: SignedInRequest, pk: int) -> Membership:
    """Return a person of the reader's own company, else 404."""
    return get_object_or_404(people_of(company_of(request.user)), pk=pk)


@for_portal
@require_POST
def member_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    member, role = member_of(request, pk), request.POST.get("role", "")
    now = timezone.now()
    return done(
        request,
        lambda: members.change_role(member, role=role, by=request.user, at=now),
        _("The role is changed."),
    )


@for_portal
@require_POST
def member_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a person's account."""
    member, now = member_of(request, pk), timezone.now()
    return done(
        request,
        lambda: members.let_go(member, by=request.user, at=now),
        _("The account is closed; every session of it has ended."),
    )


@for_portal
@require_POST
def member_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    member, now = member_of(request, pk), timezone.now()
    return done(
        request,
        lambda: members.take_back(member, by=request.user, at=now),
        _("The account is open again."),
    )


@for_portal
@require_POST
def invitation_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mail an invitation anew."""
    row, now = invitation_of(request, pk), timezone.now()
    return done(
        request,
        lambda: members.resend(row, by=request.user, at=now),
        _("A new link is on its way; the old one no longer works."),
    )


@for_portal
@require_POST
def invitation_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    row, now = invitation_of(request, pk), timezone.now()
    return done(
        request,
        lambda: members.withdraw(row, by=request.user, at=now),
        _("The invitation is withdrawn."),
    )


def invitation_of(request: SignedInRequest, pk: int) -> Invitation:
    """Return an invitation of the reader's own company, else 404."""
    return get_object_or_404(Invitation.objects.of(company_of(request.user)), pk=pk)


@for_exporters
@require_safe
def filing(request: SignedInRequest) -> HttpResponse:
    """Show the company's filing and how long it runs."""
    exporter = request.user.exporter
    assert exporter is not None  # the door guarantees it
    left = joining.filing_days_left(exporter)
    context = {
        "company": exporter,
        "left": left,
        "over": left is not None and left < 0,
        "tone": tone_of(left),
    }
    return render(request, "exports/filing.html", context)


def tone_of(left: int | None) -> str:
    """Return how loudly to warn of the filing's end."""
    if left is None or left <= URGE:
        return "bad"
    return "warn" if left <= WARN else "good"


@for_exporters
@require_safe
def standing(request: SignedInRequest) -> HttpResponse:
    """Show the company's standing and what led to it, newest first."""
    return standing_page(request)


def standing_page(
    request: SignedInRequest, *, form: AnswerForm | None = None, pk: int | None = None
) -> HttpResponse:
    """Show the events; a refused answer comes back beside its event, with what was typed."""
    rows = StandingEvent.objects.filter(exporter=request.user.exporter)
    rows = rows.select_related("recorded_by", "answered_by")
    page = page_of(rows, before=request.GET.get("before", ""), size=20)
    blank = [AnswerForm(auto_id=f"id_{row.pk}_%s") for row in page.rows]
    pairs = [
        (row, form if form and row.pk == pk else empty)
        for row, empty in zip(page.rows, blank, strict=True)
    ]
    context = {
        "company": request.user.exporter,
        "page": page,
        "events": pairs,
        "form": form,
        "may_write": may_write(request),
    }
    return render(request, "exports/standing.html", context, status=REFUSED if form else 200)


@for_exporters
@require_POST
def standing_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the company's answer."""
    own = StandingEvent.objects.filter(exporter=request.user.exporter)
    event = get_object_or_404(own.select_related("exporter"), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        text, now = form.cleaned_data["text"], timezone.now()
        with refusals_on(form):
            doing(lambda: conduct.answer_standing(event, text=text, by=request.user, at=now))
            messages.success(request, _("The answer is kept; the office reads it here too."))
            return redirect("portal:standing")
    return standing_page(request, form=form, pk=pk)


@for_portal
@require_safe
def partner_keys(request: SignedInRequest) -> HttpResponse:
    """Say how a company's own programs get access."""
    return render(request, "exports/partner_keys.html", {"company": company_of(request.user)})
