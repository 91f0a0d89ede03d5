"""What people see of a document: its state, why it was refused, its pages as pictures."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.inspection.verdicts import FLAGS, Refused
from documents.models import Document
from exports.wording import say

TONES = {
    **dict.fromkeys(Document.UNDER_WAY, "info"),
    Document.State.READY: "good",
    **dict.fromkeys(Document.REJECTED, "bad"),
    Document.State.DEAD: "warn",
}
WITHDRAWN = _("withdrawn")


@dataclass(frozen=True)
class PageView:
    """One page as the viewer component takes it."""

    number: int
    src: str
    width: int
    height: int
    text: str


def state_of(document: Document) -> tuple[str, str]:
    """Return the word for the state of *document* and its tone."""
    if document.withdrawn_at:
        return str(WITHDRAWN), "neutral"
    return document.get_state_display(), TONES[Document.State(document.state)]


def refusal_of(document: Document) -> str:
    """Say why *document* was refused and what to do about it; empty if it was not."""
    if document.state not in Document.REJECTED:
        return ""
    return say(Refused(document.refusal, document.refusal_facts).sentence)


def flags_of(document: Document) -> list[str]:
    """Say what was noticed about *document* when it was opened."""
    return [say(FLAGS[flag]) for flag in document.flags]


def pages_of(document: Document, *, route: str) -> list[PageView]:
    """Return the pages of *document*, their pictures at the address named *route*: one query."""
    return [
        PageView(
            number=page.number,
            src=reverse(route, args=[document.key, page.number]),
            width=page.width,
            height=page.height,
            text=page.text,
        )
        for page in document.pages.all()
    ]
