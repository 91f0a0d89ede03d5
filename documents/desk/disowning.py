"""What a manufacturer says of letters that go round in its name: ours, or forged."""

from datetime import datetime

from django.db import transaction

from documents import changes
from documents.desk.policies import check_is_officer
from documents.models import Confirmation, LetterChange
from documents.telling import tell_holder
from exports import ledger
from exports.errors import Moved, NotAllowed, ReasonNeeded
from exports.models import Event, User

SAID = {
    Confirmation.Word.OURS: LetterChange.Kind.OWNED,
    Confirmation.Word.FORGED: LetterChange.Kind.DISOWNED,
}


@transaction.atomic
def recognise(confirmation: Confirmation, *, by: User, at: datetime, note: str = "") -> None:
    """Say in the manufacturer's name that the paper letter is its own.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer the letter names, or the
            letter was attested here anyway.
        Moved: the same was said of it already.

    """
    say(confirmation, Confirmation.Word.OURS, by=by, at=at, note=note)


@transaction.atomic
def report_forged(confirmation: Confirmation, *, by: User, at: datetime, note: str) -> None:
    """Say in the manufacturer's name that it never issued the paper letter.

    From then on a check fails wherever the letter is relied on.

    Raises:
        NotAllowed, RoleMissing, Moved: as :func:`recognise`.
        ReasonNeeded: no words why.

    """
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    say(confirmation, Confirmation.Word.FORGED, by=by, at=at, note=note)
    tell_holder(confirmation, "letter_disowned", at=at, note=note)


def say(confirmation: Confirmation, word: str, *, by: User, at: datetime, note: str) -> None:
    """Keep the manufacturer's word by compare-and-set; the last word counts."""
    check_is_officer(by, confirmation.manufacturer)
    if confirmation.is_attested:
        raise NotAllowed()
    unsaid = Confirmation.objects.filter(pk=confirmation.pk).exclude(word=word)
    if not unsaid.update(word=word, word_by=by, word_at=at, word_because=note):
        raise Moved(subject=confirmation)
    kind = SAID[Confirmation.Word(word)]
    subject = ("confirmation", str(confirmation.pk))
    ledger.record(
        f"confirmation.{kind}",
        subject,
        by=by,
        at=at,
        before={"word": confirmation.word},
        after={"word": word},
        note=note,
    )
    vins = confirmation.vehicles.values_list("vin", flat=True)
    changes.note_change(confirmation, kind, vins=vins, at=at)
    confirmation.refresh_from_db()
