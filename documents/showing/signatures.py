"""What an electronic signature is worth, said in one line with what it rests on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from documents.models import Signature
from documents.signatures.wording import sentence_of
from exports.models import ManufacturerName
from exports.together import keep
from exports.wording import say

Standing = Signature.Standing
TONES: Final[Mapping[str, str]] = {
    Standing.VALID: "good",
    Standing.ALTERED: "bad",
    Standing.UNTRUSTED: "warn",
    Standing.EXPIRED: "warn",
    Standing.REVOKED: "bad",
    Standing.BROKEN: "bad",
    Standing.UNVERIFIABLE: "warn",
}


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature: its worth in a headline, who signed when, what was done afterwards."""

    headline: str
    tone: str
    signer: str
    unit: str
    serial: str
    signed_at: datetime | None
    covers_whole: bool
    changes: list[str]


def signatures_of(
    rows: Iterable[Signature], names: Iterable[ManufacturerName]
) -> list[SignatureView]:
    """Return signatures as people see them; *names* are those of the units they are of."""
    by_unit: dict[int, list[ManufacturerName]] = defaultdict(list)
    for name in names:
        by_unit[name.manufacturer_id].append(name)
    return [view_of(signature, by_unit) for signature in rows]


def view_of(signature: Signature, names: Mapping[int, Iterable[ManufacturerName]]) -> SignatureView:
    """Return one signature."""
    maker = signature.manufacturer
    if maker:
        keep(maker, "names", names[maker.pk])
    unit = maker.current_name if maker else ""
    return SignatureView(
        headline=headline(signature, unit=unit),
        tone=TONES[Standing(signature.standing)],
        signer=signature.signer,
        unit=unit,
        serial=signature.serial,
        signed_at=signature.signed_at,
        covers_whole=signature.covers_whole,
        changes=[say(sentence_of(change)) for change in signature.changes],
    )


def headline(signature: Signature, *, unit: str) -> str:
    """Say what the signature is worth, and whose it is."""
    whose = unit or signature.signer or _("an unnamed signer")
    if signature.standing == Standing.VALID:
        return _("Valid signature of %(unit)s") % {"unit": whose}
    return _("Signature of %(unit)s: %(standing)s") % {
        "unit": whose,
        "standing": signature.get_standing_display(),
    }
