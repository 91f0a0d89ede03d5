"""Files sent to browsers so that they can be looked at and do no harm."""

from django.http import FileResponse, Http404

from documents import storage
from documents.models import Document, Specimen, SpecimenProposal

# An original is somebody else's file: even opened by mistake it may run, load and send nothing.
SANDBOX = "sandbox; default-src 'none'"


def picture(drawn: Specimen | SpecimenProposal) -> FileResponse:
    """Return the picture we drew of a seal."""
    return sent(drawn.image)


def sent(name: str) -> FileResponse:
    """Return the picture stored as *name*; only the reader's own browser may keep it."""
    response = FileResponse(storage.read(name), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=600"
    return response


def page(document: Document, number: int, *, full: bool = False) -> FileResponse:
    """Return the picture of one page; pages are drawn only of what was scanned and opened.

    A *full* one shows all that was read, else a lighter one does; where none was made, the full.

    Raises:
        Http404: there is no such page, or *document* was rejected since.

    """
    drawn = document.pages.filter(number=number).first()
    if drawn is None or document.state in Document.REJECTED:
        raise Http404
    return sent(drawn.image if full else drawn.display or drawn.image)


def original(document: Document) -> FileResponse:
    """Return the file as it was sent, to be saved and never to be shown in place.

    Raises:
        Http404: it was not scanned and opened safely, or is destroyed.

    """
    if document.state != Document.State.READY:
        raise Http404
    stored = storage.read(storage.name_of(document.sha256))
    return as_download(FileResponse(stored, as_attachment=True, filename=document.name))


def paper(name: str, *, filename: str) -> FileResponse:
    """Return a paper we drew ourselves, stored as *name*, to be saved as *filename*."""
    return as_download(FileResponse(storage.read(name), as_attachment=True, filename=filename))


def as_download(response: FileResponse) -> FileResponse:
    """Shut *response* in: no guessing of types, no scripts, no cache."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response
