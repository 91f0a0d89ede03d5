"""What the evidence says about an application, in a fixed number of queries."""

from documents.models import Confirmation, RegistryAnswer
from exports.models import Application


def confirmations_for(application: Application, vins: list[str]) -> list[Confirmation]:
    """Return the exporter's confirmations that name one of *vins* or are attached here.

    An attached letter that misses a VIN must be seen, so that the check can say so.
    """
    own = Confirmation.objects.filter(exporter=application.exporter_id)
    attached = own.filter(document__attachments__application=application)
    rows = (own.filter(vehicles__vin__in=vins) | attached).distinct()
    return list(
        rows.select_related("document").prefetch_related("destinations", "vehicles", "outlets")
    )


def latest_answers(vins: list[str]) -> dict[str, RegistryAnswer]:
    """Return each VIN's newest registry answer."""
    newest: dict[str, RegistryAnswer] = {}
    for answer in RegistryAnswer.objects.latest_first(vins):
        newest.setdefault(answer.vin, answer)
    return newest
