"""The limits of this installation."""

from django.conf import settings

from documents.inspection.limits import Limits


def limits() -> Limits:
    """Return how much of the machine one uploaded file may use."""
    return Limits(
        max_bytes=settings.UPLOAD_MAX_BYTES,
        max_pages=settings.UPLOAD_MAX_PAGES,
        max_pixels=settings.UPLOAD_MAX_PIXELS,
    )
