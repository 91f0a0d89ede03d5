"""The page behind the QR code: does this licence stand, and which cars does it cover?

Anybody may ask who holds the paper. The page shows what the paper shows, masked, and nothing of
the exporter's business; every unknown number looks the same.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exports.identifiers import canonical_vin
from exports.limits import at_most
from exports.rules import legal_day
from reviews.models import Licence
from reviews.models.licences import LicenceQuerySet

LAST_SIGNS: Final = 6

# Tone, icon and word of the big answer.
WORDS: Final[Mapping[str, tuple[str, str, Promise]]] = {
    "live": ("good", "pass", _("Valid")),
    "early": ("warn", "clock", _("Not yet valid")),
    "expired": ("warn", "attention", _("Expired")),
    "revoked": ("bad", "fail", _("Revoked")),
    "used": ("warn", "attention", _("Used")),
    "partly": ("warn", "attention", _("Used")),
    "unknown": ("bad", "fail", _("Not found")),
}


class VerifyForm(forms.Form):
    """What a person at the gate can read: the number on the paper, the end of a VIN."""

    number = forms.CharField(
        label=_("Licence number"),
        max_length=40,
        help_text=_("As printed on the licence, for example CG-2026-000123."),
        widget=forms.TextInput(attrs={"class": "is-vin", "autocomplete": "off"}),
    )
    vin = forms.CharField(
        label=_("Last 6 characters of a VIN"),
        max_length=40,
        help_text=_("From the chassis of one of the cars, not from the paper."),
        widget=forms.TextInput(attrs={"class": "is-vin", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """Fold width, case and spaces."""
        text = unicodedata.normalize("NFKC", str(self.cleaned_data["number"]))
        return "".join(text.split()).upper()

    def clean_vin(self) -> str:
        """Keep the last six characters, however many were typed."""
        vin = canonical_vin(str(self.cleaned_data["vin"]))
        if len(vin) < LAST_SIGNS:
            raise forms.ValidationError(_("Enter at least the last 6 characters."), "short")
        return vin[-LAST_SIGNS:]

    def licence(self) -> Licence | None:
        """Return the licence of that number if it covers such a car; valid forms only."""
        asked = self.cleaned_data
        covering = licences().filter(number=asked["number"], lines__vin__endswith=asked["vin"])
        return covering.first()


def licences() -> LicenceQuerySet:
    """Return the licences with all the page prints of them but their cars."""
    return Licence.objects.select_related("case__office", "case__application__destination")


def asks(request: HttpRequest) -> bool:
    """Tell whether the form was sent."""
    return "number" in request.GET


@login_not_required
@require_safe
@at_most("60/min", scope="verify", counts=lambda request: True)
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Say how the licence behind a QR code stands at this moment."""
    return standing(request, licences().filter(token=token).first())


@login_not_required
@require_safe
@at_most("10/min", scope="verify_form", counts=asks)
def verify_form(request: HttpRequest) -> HttpResponse:
    """Say the same to somebody who types the number, if the end of a VIN fits it."""
    form = VerifyForm(request.GET if asks(request) else None)
    if form.is_valid():
        return standing(request, form.licence())
    context = {"form": form, "kept_language": request.GET.get("lang", "")}
    status = 422 if form.errors else 200
    return unkept(render(request, "public/verify_form.html", context, status=status))


def standing(request: HttpRequest, licence: Licence | None) -> HttpResponse:
    """Return the page about *licence*; an unknown one is 404 in the same layout."""
    now = timezone.now()
    state = licence.standing_on(legal_day(now)) if licence else "unknown"
    tone, icon, word = WORDS[state]
    context = {"state": state, "tone": tone, "icon": icon, "word": word, "checked_at": now}
    if licence:
        context |= facts(licence)
    status = 200 if licence else 404
    return unkept(render(request, "public/verify.html", context, status=status))


def facts(licence: Licence) -> dict[str, Any]:
    """Return the masked facts a stranger may compare with paper and chassis; one query."""
    vins = licence.lines.values_list("vin", flat=True)
    return {
        "number": licence.number,
        "endings": [vin[-LAST_SIGNS:] for vin in vins],
        "destination": licence.case.application.destination,
        "office": licence.case.office,
        "issued_on": licence.issued_on,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_until,
        "revoked_on": legal_day(licence.revoked_at) if licence.revoked_at else None,
    }


def unkept(response: HttpResponse) -> HttpResponse:
    """Keep an answer of this moment out of caches and search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
