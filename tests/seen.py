"""Papers as the pipeline leaves them, without running it."""

from typing import Any

from documents.inspection.verdicts import SIGNATURE_PRESENT
from documents.models import Document, Page, Reading, Seal, Signature, Specimen
from exports.models import Exporter, User
from tests.factories import BYD, NOON, make_letter_pdf, upload

BOX = [0.1, 0.2, 0.3, 0.02]


def seen_letter(
    exporter: Exporter,
    vehicles: list[Any],
    *,
    by: User,
    kind: str = Document.Kind.CONFIRMATION,
    **facts: Any,
) -> Document:
    """Return a paper that is ready, with one page of 1000 by 1400 and what a good one says."""
    document = upload(exporter, make_letter_pdf(vehicles, **facts), by=by, kind=kind)
    document.state = Document.State.READY
    document.save(update_fields=["state"])
    Page.objects.create(
        document=document,
        number=1,
        width=1000,
        height=1400,
        image="page.webp",
        source=Page.Source.PICTURE,
        text="确认书",
    )
    read(document, "issuer", BYD)
    read(document, "destination", "KZ", printed="哈萨克斯坦")
    for position, vehicle in enumerate(vehicles):
        read(document, "vin", vehicle.vin, position=position)
    return document


def read(document: Document, field: str, value: str, **facts: Any) -> Reading:
    """Add a value read from *document*, sure unless *facts* say otherwise."""
    given = {
        "position": 0,
        "printed": value,
        "confidence": 0.97,
        "sure": True,
        "page": 1,
        "box": BOX,
    }
    return Reading.objects.create(document=document, field=field, value=value, **given | facts)


def sealed(document: Document, **facts: Any) -> Seal:
    """Add a red official seal of the maker, seen on the first page of *document*."""
    given = {
        "position": 0,
        "page": 1,
        "box": [0.5, 0.5, 0.2, 0.15],
        "colour": "red",
        "kind": "official",
        "score": 0.97,
        "roundness": 0.98,
        "star": 0.9,
        "ring_text": BYD,
        "name_likeness": 1.0,
    }
    return Seal.objects.create(document=document, **given | facts)


def specimen(manufacturer: Any, *, by: User, image: str = "specimen.webp") -> Specimen:
    return Specimen.objects.create(
        manufacturer=manufacturer,
        image=image,
        ring_text=BYD,
        mark="0",
        added_by=by,
        added_at=NOON,
    )


def signed(document: Document, manufacturer: Any, **facts: Any) -> Signature:
    """Add a valid signature of *manufacturer*, unless *facts* say otherwise."""
    document.flags = [SIGNATURE_PRESENT]
    document.save(update_fields=["flags"])
    given = {"position": 0, "standing": "valid", "signer": f"CN={BYD}", "covers_whole": True}
    facts = given | {"signed_at": NOON, "manufacturer": manufacturer} | facts
    return Signature.objects.create(document=document, **facts)
