"""How far a document is, what it waits for, and why it was refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from documents.inspection.verdicts import FLAGS, Refused
from documents.models import Document, Page
from documents.reading.papers import READABLE
from exports.wording import say

State = Document.State
TONES = {
    **dict.fromkeys(Document.UNDER_WAY, "info"),
    State.READY: "good",
    **dict.fromkeys(Document.REJECTED, "bad"),
    State.DEAD: "warn",
}
WITHDRAWN = gettext_lazy("withdrawn")
# What is being done to a document that stands in a state, and the word for it once it is done.
WORK: Final[Mapping[str, tuple[Promise, Promise]]] = {
    State.RECEIVED: (gettext_lazy("Scanning for viruses"), gettext_lazy("scanned")),
    State.SCANNED: (gettext_lazy("Opening the file"), pgettext_lazy("document", "opened")),
    State.OPENED: (gettext_lazy("Drawing the pages"), gettext_lazy("pages drawn")),
    State.PICTURED: (gettext_lazy("Reading the pages"), pgettext_lazy("document", "read")),
    State.READ: (
        gettext_lazy("Looking for seals and signatures"),
        pgettext_lazy("document", "examined"),
    ),
    State.EXAMINED: (gettext_lazy("Putting the results together"), gettext_lazy("ready")),
}
# Rows of a list that look again by themselves; a list of fifty would ask too often.
MOST_FOLLOWED: Final = 10
UNSCANNED: Final = gettext_lazy("taken in")
WAITS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    Document.Hindrance.SCANNER: (
        gettext_lazy("waiting for the virus scanner"),
        gettext_lazy(
            "The virus scanner cannot be reached. Nothing is opened unscanned; your file waits"
            " and goes on by itself."
        ),
    ),
    Document.Hindrance.SPACE: (
        gettext_lazy("waiting for storage"),
        gettext_lazy(
            "The storage of this installation is full. Your file waits and goes on by itself once"
            " there is room."
        ),
    ),
}


@dataclass(frozen=True)
class Step:
    """One step of the way as the steps component takes it."""

    label: str
    state: str


@dataclass(frozen=True)
class Progress:
    """How far a document is: what is done now, what it waits for, pages read and in all."""

    label: str
    waits: str
    done: int
    total: int
    steps: list[Step]


@dataclass(frozen=True)
class Standing:
    """How one row of a list stands: word and tone, and why it was refused."""

    word: str
    tone: str
    refusal: str
    polled: bool


def scanning_is_on() -> bool:
    """Tell whether this installation has a virus scanner."""
    return bool(settings.CLAMD_SOCKET)


def is_waiting(document: Document) -> bool:
    """Tell whether *document* still has steps before it."""
    return document.state in Document.UNDER_WAY and not document.withdrawn_at


def state_of(document: Document) -> tuple[str, str]:
    """Return how *document* stands, while it is under way what is being done to it, and a tone."""
    if document.withdrawn_at:
        return str(WITHDRAWN), "neutral"
    if document.state not in Document.UNDER_WAY:
        return document.get_state_display(), TONES[State(document.state)]
    if document.hindrance:
        return str(WAITS[document.hindrance][0]), "warn"
    return work_on(document), TONES[State(document.state)]


def work_on(document: Document) -> str:
    """Say what is being done to *document*; nobody scans where there is no scanner."""
    if document.state == State.RECEIVED and not scanning_is_on():
        return _("Waiting to be opened")
    return str(WORK[document.state][0])


def standings_of(documents: Iterable[Document]) -> list[Standing]:
    """Return how *documents* stand, in their order: one query if any is under way."""
    rows = list(documents)
    waiting = [row for row in rows if is_waiting(row)]
    read = Page.objects.only("document", "source")
    prefetch_related_objects(waiting, Prefetch("pages", queryset=read))
    followed = {row.pk for row in waiting[:MOST_FOLLOWED]}
    return [standing_of(row, polled=row.pk in followed) for row in rows]


def standing_of(document: Document, *, polled: bool = True) -> Standing:
    """Return how *document* stands; *polled* lets the row look again by itself."""
    word, tone = state_of(document)
    waiting = is_waiting(document)
    if waiting and not document.hindrance:
        word = progress_of(document).label
    return Standing(word=word, tone=tone, refusal=refusal_of(document), polled=waiting and polled)


def progress_of(document: Document) -> Progress:
    """Return how far *document* is; one query while its pages are read, none if prefetched."""
    done, total = pages_read(document)
    waits = str(WAITS[document.hindrance][1]) if document.hindrance else ""
    return Progress(
        label=label_of(document, done=done, total=total),
        waits=waits,
        done=done,
        total=total,
        steps=steps_of(document),
    )


def label_of(document: Document, *, done: int, total: int) -> str:
    """Say what is being done to *document* now."""
    if not is_waiting(document):
        return _("The file is opened")
    if total:
        return _("Reading page %(page)d of %(total)d") % {
            "page": min(done + 1, total),
            "total": total,
        }
    return work_on(document)


def pages_read(document: Document) -> tuple[int, int]:
    """Return how many pages are read, and how many there are; zeros while none is being read."""
    if document.state != State.PICTURED or document.kind not in READABLE:
        return 0, 0
    sources = [page.source for page in document.pages.all()]
    return sum(source != Page.Source.NONE for source in sources), len(sources)


def steps_of(document: Document) -> list[Step]:
    """Return the way of *document* with what is done, what is being done and what is to come."""
    way = list(WORK)
    here = way.index(document.state) if document.state in WORK else len(way)
    words: list[Any] = [word for _work, word in WORK.values()]
    if not scanning_is_on():
        words[0] = UNSCANNED
    return [Step(str(word), place_of(at, here)) for at, word in enumerate(words)]


def place_of(at: int, here: int) -> str:
    """Return how a step stands to the one being done."""
    if at == here:
        return "current"
    return "done" if at < here else "todo"


def refusal_of(document: Document) -> str:
    """Say why *document* was refused and what to do about it; empty if it was not."""
    if document.state not in Document.REJECTED:
        return ""
    return say(Refused(document.refusal, document.refusal_facts).sentence)


def flags_of(document: Document) -> list[str]:
    """Say what was noticed about *document* when it was opened."""
    return [say(FLAGS[flag]) for flag in document.flags]
