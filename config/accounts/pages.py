"""Pages of the door and of a person's own account."""

from typing import Any, Final

from allauth.account.views import LoginView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.accounts.adapters import DoorAdapter
from config.accounts.browsers import browser_of
from config.accounts.forms import AccountForm
from exports import accounts
from exports.answering import posted
from exports.http import SignedInRequest
from exports.models import User
from exports.notice_pages import layout_of

REFUSED: Final = 422
TOO_MANY: Final = 429


def frame(request: HttpRequest) -> dict[str, object]:
    """Give the pages of the account the frame of the side their reader works on."""
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {"account_frame": "public/base.html"}
    return {"account_frame": lambda: layout_of(person)}


class SignIn(LoginView):
    """E-mail and password; too many failures are answered with 429 and a sentence."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with a status that tells why."""
        locked = DoorAdapter.error_messages["too_many_login_attempts"] in form.non_field_errors()
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        response.status_code = TOO_MANY if locked else REFUSED
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """Show and keep what a person says about themselves; lead to password, keys, sessions."""
    form = AccountForm(posted(request), instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        accounts.keep_account(request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("account")
    return render(
        request, "account/account.html", {"form": form}, status=REFUSED if form.errors else 200
    )


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """List where the person is signed in, newest first."""
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: row.created_at, reverse=True)
    named = [(row, browser_of(row.user_agent)) for row in rows]
    return render(request, "usersessions/usersession_list.html", {"sessions": named})


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one of the person's own sessions; whoever uses it must sign in again."""
    get_object_or_404(UserSession, pk=pk, user=request.user).end()
    accounts.note_sessions_ended(request.user, count=1, at=timezone.now())
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@require_POST
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """End all of the person's sessions but this one."""
    here = request.session.session_key
    others = list(UserSession.objects.filter(user=request.user).exclude(session_key=here))
    for session in others:
        session.end()
    accounts.note_sessions_ended(request.user, count=len(others), at=timezone.now())
    said = ngettext("%(n)d session has ended.", "%(n)d sessions have ended.", len(others))
    messages.success(request, said % {"n": len(others)})
    return redirect("usersessions_list")
