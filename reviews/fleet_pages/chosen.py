"""Which vehicles a person chose: ticked, or all that the list finds, frozen from then on."""

from typing import Final

from django.utils import timezone

from exports.errors import TooManyVehicles
from exports.fleet_many import MOST
from exports.http import SignedInRequest
from exports.identifiers import VIN_LENGTH
from exports.models import Vehicle
from exports.rules import legal_day
from reviews.fleet_pages.listing import fleet_found

# VIN and fingerprint, as a page keeps what it showed.
JOINT: Final = ":"


def chosen_in(request: SignedInRequest) -> list[Vehicle]:
    """Return the chosen vehicles of the reader's company, in the order of their VINs.

    A later page sends the VINs that the first one froze, so that what comes into the list
    meanwhile is not touched.

    Raises:
        TooManyVehicles: more than 500.
    """
    if "chosen" not in request.POST and "everything" in request.POST:
        found = fleet_found(request, today=legal_day(timezone.now())).qs
        vehicles = list(found.select_related("exporter").order_by("vin")[: MOST + 1])
    else:
        mine = Vehicle.objects.visible_to(request.user).select_related("exporter")
        vehicles = list(mine.filter(vin__in=vins_in(request)).order_by("vin"))
    if len(vehicles) > MOST:
        raise TooManyVehicles(most=MOST)
    return vehicles


def vins_in(request: SignedInRequest) -> list[str]:
    """Return the VINs sent, one more than may be at most; what cannot be one is passed over.

    Raises:
        TooManyVehicles: more than 500.
    """
    sent = request.POST.get("chosen", "").split() or request.POST.getlist("ticked")
    if len(sent) > MOST:
        raise TooManyVehicles(most=MOST)
    return [vin for vin in sent if len(vin) == VIN_LENGTH and vin.isascii() and vin.isalnum()]


def seen_in(request: SignedInRequest) -> dict[str, str]:
    """Return, by VIN, the fingerprints of what the preview showed."""
    pairs = (word.split(JOINT, 1) for word in request.POST.get("seen", "").split()[: MOST + 1])
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and pair[0].isalnum()}
