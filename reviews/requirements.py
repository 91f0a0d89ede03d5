"""What an application still needs, as one object for page, mail and API.

Each requirement says what, where in the application, on what legal basis, by when, how it stands
and where it is settled. The law's sentences come in both languages, so that the same object serves
a reader of either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse

from exports.rules import Sentence
from exports.wording import say
from reviews.models import Request, RequestItem

NOTHING: Final = Sentence(zh="", en="")


class Stand(StrEnum):
    """How a requirement stands: ``due`` keeps from filing or must be answered by its deadline.

    ``advised`` does not keep from filing, but an office will probably ask; ``waiting`` is the
    office's or the system's turn; ``not_needed`` was weighed and falls away.
    """

    DUE = "due"
    ADVISED = "advised"
    WAITING = "waiting"
    DONE = "done"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing an application needs.

    ``code`` is a check's or reason's id, or the name of a step; ``pointer`` a JSON pointer into
    the application; ``deadline`` an aware moment, ``None`` where the law sets none.
    """

    code: str
    pointer: str
    message: Sentence
    state: Stand
    legal_basis: Sentence = NOTHING
    deadline: datetime | None = None
    resolve_url: str = ""
    vin: str = ""

    @property
    def text(self) -> str:
        """Return the message in the reader's language."""
        return say(self.message)

    @property
    def basis(self) -> str:
        """Return the legal basis in the reader's language."""
        return say(self.legal_basis)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody at the exporter should do something about it."""
        return self.state in (Stand.DUE, Stand.ADVISED)


def as_json(needed: Iterable[Requirement]) -> list[dict[str, Any]]:
    """Return *needed* as the API gives them, in the reader's language; the deadline in ISO 8601."""
    return [
        {
            "code": each.code,
            "pointer": each.pointer,
            "message": each.text,
            "legal_basis": each.basis,
            "deadline": each.deadline.isoformat() if each.deadline else None,
            "state": each.state.value,
            "resolve_url": each.resolve_url,
        }
        for each in needed
    ]


def in_both(needed: Iterable[Requirement]) -> list[dict[str, str]]:
    """Return *needed* for a mail that is written later, in the language its reader has then."""
    return [
        {"zh": each.message.zh, "en": each.message.en, "vin": each.vin, "code": each.code}
        for each in needed
    ]


def asked_in(request: Request) -> list[Requirement]:
    """Return a requirement for each open point; no query where the items are prefetched."""
    url = reverse("portal:application_answer", args=[request.case.reference])
    return [
        Requirement(
            code=item.given.code,
            pointer=pointer_to(item),
            message=asked(item),
            state=Stand.DUE,
            legal_basis=item.given.clause,
            deadline=request.answer_by,
            resolve_url=f"{url}#item-{item.pk}",
            vin=item.line.vin if item.line else "",
        )
        for item in request.items.all()
        if item.state == RequestItem.State.OPEN
    ]


def asked(item: RequestItem) -> Sentence:
    """Return the coded reason, and after it what the office asks in its own words."""
    said = item.given.text
    if not item.question:
        return said
    return Sentence(zh=f"{said.zh}：{item.question}", en=f"{said.en}: {item.question}")


def pointer_to(item: RequestItem) -> str:
    """Return where in the application *item* points: a field, a kind of paper, a vehicle."""
    place = f"/vehicles/{item.line.position - 1}" if item.line else ""
    if item.field:
        return f"{place}/{item.field}"
    if item.document_kind:
        return f"{place}/papers/{item.document_kind}"
    return place or "/"
