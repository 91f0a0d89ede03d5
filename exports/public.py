"""The pages anybody may read: calculator, calendar file, terms, help. No cookie, no script."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from exports.calculator import Answer, answer, read_date
from exports.calendar_file import free_day_calendar
from exports.pasting import ROWS_AT_MOST, SIGNS_AT_MOST, Row, answers, rows_of
from exports.rules import Outcome, legal_day
from exports.tables import csv_response
from exports.wording import say

MINUTE: Final = 60
HOUR: Final = 3600
TYPED_AT_MOST: Final = 40

# Tone, icon and word of the big answer.
WORDS: Final[Mapping[Outcome, tuple[str, str, Promise]]] = {
    Outcome.REQUIRED: ("warn", "attention", _("Yes, you need the letter")),
    Outcome.NOT_REQUIRED: ("good", "pass", _("No, you need no letter")),
    Outcome.TRANSITION: ("info", "info", _("No letter, if the registry confirms the transfer")),
    Outcome.TRANSITION_UNPROVEN: (
        "warn",
        "attention",
        _("Open until the registry confirms the transfer"),
    ),
    Outcome.NOT_APPLICABLE: ("good", "pass", _("No letter: the rule is not in force on that day")),
    Outcome.DATE_MISSING: ("info", "info", _("Without a registration date nobody can tell")),
    Outcome.DATE_IMPOSSIBLE: ("bad", "fail", _("These dates cannot all be right")),
}
# What the table of many cars holds, and its heads.
COLUMNS: Final[Mapping[str, Promise]] = {
    "number": _("Row"),
    "label": _("Car"),
    "applied_on": _("I apply for the licence on"),
    "word": _("Answer"),
    "registered_on": _("First registered on"),
    "days": _("Day"),
    "free_from": _("No letter from"),
}


class DayInput(forms.DateInput):
    """The browser's own date field, or plain text where that would drop what was typed."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Fall back to text for anything but an ISO day."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not is_iso(shown):
            context["widget"]["type"] = "text"
        return context


def is_iso(text: str) -> bool:
    """Tell whether a browser's date field can show *text*."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class DayField(forms.Field):
    """A day in any of the forms that papers print; empty is no day."""

    default_error_messages = {
        "unreadable": _("Write the year first, for example 2026-01-31."),
        "impossible": _("The calendar has no such day."),
    }

    def to_python(self, value: str | None) -> date | None:
        """Read *value*, refusing what names no day or could name two."""
        text = (value or "").strip()
        if not text:
            return None
        try:
            day = read_date(text) if len(text) <= TYPED_AT_MOST else None
        except ValueError:
            raise self.refusal("impossible") from None
        if day is None:
            raise self.refusal("unreadable")
        return day

    def refusal(self, code: str) -> forms.ValidationError:
        """Return the field's own refusal."""
        return forms.ValidationError(self.error_messages[code], code)


class CalculatorForm(forms.Form):
    """The three dates the rule looks at, as anybody types them."""

    registered_on = DayField(
        label=_("First registered on"),
        required=False,
        help_text=_("As on the registration certificate: 2026-01-31, 20260131 or 2026年1月31日."),
        widget=forms.TextInput(
            attrs={"class": "w-10", "autocomplete": "off", "maxlength": TYPED_AT_MOST}
        ),
    )
    applied_on = DayField(
        label=_("I apply for the licence on"),
        required=False,
        help_text=_("Today in Beijing if left empty."),
        widget=DayInput(format="%Y-%m-%d", attrs={"class": "w-10"}),
    )
    transferred_on = DayField(
        label=_("Transferred, pending export, on"),
        required=False,
        help_text=_("Decides only for transfers before 2026."),
        widget=DayInput(format="%Y-%m-%d", attrs={"class": "w-10"}),
    )

    def answer(self, *, today: date) -> Answer:
        """Answer what was asked; valid forms only."""
        asked = self.cleaned_data
        return answer(
            registered_on=asked["registered_on"],
            applied_on=asked["applied_on"] or today,
            transferred_on=asked["transferred_on"],
        )


class ManyForm(forms.Form):
    """Rows of a table and the one day they are applied for."""

    applied_on = CalculatorForm.base_fields["applied_on"]
    rows = forms.CharField(
        label=_("Rows"),
        max_length=SIGNS_AT_MOST,
        help_text=_("For example: LGXC74CG8T0000005, 2026-01-31"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def clean_rows(self) -> str:
        """Refuse more rows than one page answers."""
        text = str(self.cleaned_data["rows"])
        if len(rows_of(text)) > ROWS_AT_MOST:
            raise forms.ValidationError(
                _("Paste at most %(most)d rows at once."), "many", {"most": ROWS_AT_MOST}
            )
        return text


@login_not_required
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """Tell whether a car needs the letter; the address carries the question, so it can be sent."""
    today = legal_day(timezone.now())
    asked = request.GET if "registered_on" in request.GET else None
    form = CalculatorForm(asked, initial={"applied_on": today})
    context: dict[str, Any] = {"form": form, "kept_language": request.GET.get("lang", "")}
    if form.is_valid():
        context |= shown(form.answer(today=today))
    status = 422 if form.errors else 200
    return openly(request, render(request, "public/calculator.html", context, status=status))


# Changes nothing and reads no cookie, so a forged post gains nothing; a token would need a cookie.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """Tell the same for rows pasted from a table, on a page or as a table to take away."""
    today = legal_day(timezone.now())
    asked = request.POST if request.method == "POST" else None
    form = ManyForm(asked, initial={"applied_on": today})
    context: dict[str, Any] = {"form": form, "kept_language": request.GET.get("lang", "")}
    if form.is_valid():
        applied_on = form.cleaned_data["applied_on"] or today
        found = answers(form.cleaned_data["rows"], applied_on=applied_on)
        rows = [row_shown(row) for row in found]
        if "csv" in request.POST:
            return table_of(rows, applied_on=applied_on)
        context |= {"applied_on": applied_on, "rows": rows}
    status = 422 if form.errors else 200
    return render(request, "public/many.html", context, status=status)


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Return the first free day as a calendar file."""
    form = CalculatorForm(request.GET)
    found = form.answer(today=legal_day(timezone.now())) if form.is_valid() else None
    if found is None or found.registered_on is None or found.verdict.free_from is None:
        raise Http404
    text = free_day_calendar(
        free_from=found.verdict.free_from,
        registered_on=found.registered_on,
        language=get_language() or "zh-hans",
        made_at=timezone.now(),
    )
    name = f"chuguan-{found.verdict.free_from:%Y%m%d}.ics"
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return openly(request, response)


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Say what this site is and is not, and what it keeps."""
    return openly(request, render(request, "public/terms.html"), seconds=HOUR)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain papers, statuses and refusals to exporters."""
    return openly(request, render(request, "public/help.html"), seconds=HOUR)


def shown(found: Answer) -> dict[str, Any]:
    """Return what the page prints of an answer."""
    verdict, terms_in_force = found.verdict, found.terms
    tone, icon, word = WORDS[verdict.outcome]
    question = {
        name: day.isoformat()
        for name, day in (
            ("registered_on", found.registered_on),
            ("applied_on", found.applied_on),
            ("transferred_on", found.transferred_on),
        )
        if day
    }
    free = verdict.free_from
    waits = free is not None and found.applied_on < free
    return {
        "answer": found,
        "tone": tone,
        "icon": icon,
        "word": word,
        "explanation": say(found.explanation),
        "basis": [say(clause) for clause in found.basis],
        "window": terms_in_force.last_day_number if free and terms_in_force else None,
        "question": urlencode(question),
        "calendar_url": f"{reverse('public:calendar')}?{urlencode(question)}" if waits else "",
    }


def row_shown(row: Row) -> dict[str, Any]:
    """Return what the page prints of one pasted row."""
    if row.answer is None:
        return {
            "number": row.number,
            "label": row.label,
            "tone": "bad",
            "word": _("Not one or two dates"),
        }
    verdict = row.answer.verdict
    tone, _icon, word = WORDS[verdict.outcome]
    return {
        "number": row.number,
        "label": row.label,
        "tone": tone,
        "word": word,
        "registered_on": row.answer.registered_on,
        "days": verdict.days,
        "free_from": verdict.free_from,
    }


def table_of(rows: list[dict[str, Any]], *, applied_on: date) -> HttpResponse:
    """Return *rows*, as the page prints them, as a CSV file."""
    lines = [[(row | {"applied_on": applied_on}).get(name) for name in COLUMNS] for row in rows]
    head = [str(title) for title in COLUMNS.values()]
    return csv_response(f"chuguan-{applied_on:%Y%m%d}.csv", head=head, rows=lines)


def openly(request: HttpRequest, response: HttpResponse, *, seconds: int = MINUTE) -> HttpResponse:
    """Let caches keep a stranger's page; a signed-in person's stays out of them."""
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=seconds)
    return response
