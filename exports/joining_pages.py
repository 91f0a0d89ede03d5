"""Pages before there is an account: a company asks to be registered, a person is invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exports import joining, members
from exports.company_forms import AcceptForm, JoinForm
from exports.errors import DomainError
from exports.limits import at_most
from exports.models import CompanyRequest, Invitation
from exports.wording import explain

REFUSED = 422
GONE = 410


def is_post(request: HttpRequest) -> bool:
    """Tell whether *request* sends something."""
    return request.method == "POST"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_most("10/hour", scope="join", counts=is_post)
def join(request: HttpRequest) -> HttpResponse:
    """Take a company's request; the answer is the same for known and unknown ones."""
    form = JoinForm(request.POST if is_post(request) else None)
    if not form.is_valid():
        status = REFUSED if form.errors else 200
        return render(request, "exports/join.html", {"form": form}, status=status)
    facts = dict(form.cleaned_data)
    hashed = make_password(facts.pop("password"))
    wish = joining.Wish(password_hash=hashed, language=language(), **facts)
    joining.ask(wish, at=timezone.now())
    return redirect("public:join_sent")


@login_not_required
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next."""
    return render(request, "exports/join_sent.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_most("60/hour", scope="join-link", counts=lambda _request: True)
def join_prove(request: HttpRequest, token: str) -> HttpResponse:
    """Prove an address by the mailed link; mail scanners only open it, people press the button."""
    try:
        step = joining.prove if is_post(request) else joining.find
        row = step(token, at=timezone.now())
    except DomainError as spent:
        return gone(request, spent)
    proved = row.state != CompanyRequest.State.UNPROVED
    return render(request, "exports/join_prove.html", {"row": row, "proved": proved})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_most("60/hour", scope="invitation", counts=lambda _request: True)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose name and password, once."""
    try:
        row = members.find(token, at=timezone.now())
    except DomainError as spent:
        return gone(request, spent)
    form = AcceptForm(request.POST if is_post(request) else None, email=row.email)
    if form.is_valid() and accepted(token, form):
        messages.success(request, _("Welcome. Sign in with your e-mail and the password."))
        return redirect("login")
    return accept_page(request, row, form)


def accepted(token: str, form: AcceptForm) -> bool:
    """Accept the invitation, or say on *form* why not."""
    hashed = make_password(form.cleaned_data["password"])
    name, now = form.cleaned_data["name"], timezone.now()
    try:
        members.accept(token, name=name, password_hash=hashed, language=language(), at=now)
    except DomainError as refusal:
        form.add_error(None, explain(refusal))
        return False
    return True


def accept_page(request: HttpRequest, row: Invitation, form: AcceptForm) -> HttpResponse:
    """Show who invited whom to what."""
    context = {"form": form, "invitation": row, "company": str(row.organisation)}
    status = REFUSED if form.errors else 200
    return render(request, "exports/invitation.html", context, status=status)


def gone(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Say that a link does not work any more."""
    return render(request, "exports/link_spent.html", {"why": explain(refusal)}, status=GONE)


def language() -> str:
    """Return the language the reader reads now."""
    return "zh-hans" if (get_language() or "zh").startswith("zh") else "en"
