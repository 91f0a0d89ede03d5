"""Specimens of seals, as their owners registered them with the ministry."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from documents import storage
from documents.inspection import runner
from documents.inspection.verdicts import Refused
from documents.models import SealKind, Specimen
from documents.steps.lightening import lighter_of
from documents.vision import client
from documents.vision.found import FoundSeal
from exports import ledger
from exports.errors import Moved, NoSealSeen, UploadRefused
from exports.models import Manufacturer, Role, User
from exports.policies import check_role
from exports.wording import say

# A picture does not tell its scale: a seal is looked for as if it were a page, or a part of one.
SIDES_MM: Final = (297.0, 150.0, 75.0, 50.0)


def register_specimen(
    manufacturer: Manufacturer, content: bytes, *, kind: str, by: User, at: datetime
) -> Specimen:
    """Keep the seal on the picture *content* to compare others with.

    Raises:
        RoleMissing: *by* is no policy administrator.
        UploadRefused: the file cannot be opened.
        NoSealSeen: no seal can be made out on it, or the looking process gave up.

    """
    check_role(by, Role.POLICY)
    with tempfile.TemporaryDirectory(prefix="chuguan-") as scratch:
        picture = drawn(content, folder=Path(scratch))
        seal = seen_on(picture)
        image = kept(picture)
    with transaction.atomic():
        specimen = Specimen.objects.create(
            manufacturer=manufacturer,
            kind=SealKind(kind),
            image=image,
            ring_text=seal.ring_text,
            mark=seal.mark,
            added_by=by,
            added_at=at,
        )
        after = {"manufacturer": str(manufacturer), "kind": kind, "ring": specimen.ring_text}
        ledger.record("specimen.registered", specimen, by=by, at=at, after=after)
    return specimen


def kept(picture: Path) -> str:
    """Keep a light drawing of *picture* and return its name.

    It is looked at, never measured again: its mark is kept beside it.
    """
    full, _sha256 = storage.keep_bytes(picture.read_bytes(), suffix=".webp")
    return lighter_of(picture, image=full)


def seen_on(picture: Path) -> FoundSeal:
    """Return the clearest seal on *picture*, which may show a whole page or the imprint alone.

    Raises:
        NoSealSeen: there is none, or the looking process gave up.

    """
    try:
        looks = [client.examine_page(picture, long_side_mm=side) for side in SIDES_MM]
    except client.EyesShut as shut:
        raise NoSealSeen() from shut
    found = [seal for look in looks for seal in look.seals]
    if not found:
        raise NoSealSeen()
    return max(found, key=lambda seal: seal.score)


def drawn(content: bytes, *, folder: Path) -> Path:
    """Return the first page of *content* as a picture we drew ourselves.

    Raises:
        UploadRefused: it cannot be opened, or may not.

    """
    path = folder / "original"
    path.write_bytes(content)
    opened = runner.open_file(path, name="", declared_type="")
    pages = (
        opened
        if isinstance(opened, Refused)
        else runner.draw_pages(path, content_type=opened.content_type, out_dir=folder)
    )
    if isinstance(pages, Refused):
        raise UploadRefused(reason=say(pages.sentence), code=pages.code)
    return pages.pages[0].path


@transaction.atomic
def retire_specimen(specimen: Specimen, *, by: User, at: datetime) -> None:
    """Compare no more seals with *specimen*.

    Raises:
        RoleMissing: *by* is no policy administrator.
        Moved: it is retired already.

    """
    check_role(by, Role.POLICY)
    standing = Specimen.objects.filter(pk=specimen.pk, retired_at__isnull=True)
    if not standing.update(retired_at=at):
        raise Moved(subject=specimen)
    ledger.record("specimen.retired", specimen, by=by, at=at)
