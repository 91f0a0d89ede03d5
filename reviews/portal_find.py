"""One field that finds: an application, a licence or a vehicle, straight to its page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from exports.answering import page_url
from exports.doors import for_exporters
from exports.http import SignedInRequest
from exports.identifiers import VIN_LENGTH, canonical_vin
from exports.models import Application, User, Vehicle
from reviews.models import Licence

LONGEST = 60
SHORTEST_END = 4


@for_exporters
@require_safe
def find(request: SignedInRequest) -> HttpResponse:
    """Lead to the one thing the words name, or to the fleet searched for them."""
    sent = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    text = sent.encode("utf-8", "ignore").decode()
    word = canonical_vin(text)
    address = page_named(word, text=text, reader=request.user) if text else None
    return redirect(address or reverse("portal:vehicles") + page_url(q=text))


def page_named(word: str, *, text: str, reader: User) -> str | None:
    """Return the page of what *text*, folded to *word*, names; at most three queries."""
    application = Application.objects.visible_to(reader).filter(reference__iexact=text).first()
    if application:
        return application.get_absolute_url()
    licence = Licence.objects.visible_to(reader).filter(number__in={text, word}).first()
    if licence:
        return reverse("portal:licence", args=[licence.number])
    vins = vins_ending(word, reader=reader)
    return reverse("portal:vehicle", args=vins) if len(vins) == 1 else None


def vins_ending(word: str, *, reader: User) -> list[str]:
    """Return at most two VINs of the reader's fleet that are *word* or end with it."""
    if not (word.isascii() and SHORTEST_END <= len(word) <= VIN_LENGTH):
        return []
    mine = Vehicle.objects.visible_to(reader)
    return list(mine.filter(vin__endswith=word).values_list("vin", flat=True)[:2])
