"""Many licences in one file to take along."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from documents import storage
from exports.models import User
from reviews import licensing
from reviews.licences.errors import TooManyPapers
from reviews.models import Licence

MOST_PAPERS: Final = 200  # some 20 MB, which is held in memory


@transaction.atomic
def bundle_of(licences: Sequence[Licence], *, by: User, at: datetime) -> io.BytesIO:
    """Return a ZIP of the papers of *licences*, each download on the ledger.

    Raises:
        TooManyPapers: more than 200.
    """
    if len(licences) > MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS)
    file = io.BytesIO()
    # The papers are PDF, which is packed already.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for licence in licences:
            with storage.read(licence.paper) as paper:
                archive.writestr(f"{licence.number}.pdf", paper.read())
            licensing.note_download(licence, by=by, at=at)
    file.seek(0)
    return file
