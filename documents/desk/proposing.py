"""Seals a manufacturer sends in as its own; the ministry decides whether papers are compared."""

import tempfile
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from documents.desk.policies import check_is_officer
from documents.models import SealKind, Specimen, SpecimenProposal
from documents.specimens import drawn, kept, seen_on
from exports import ledger
from exports.errors import Moved, ReasonNeeded
from exports.models import Event, Manufacturer, Role, User
from exports.policies import check_role

State = SpecimenProposal.State


def propose_specimen(
    manufacturer: Manufacturer, content: bytes, *, kind: str, by: User, at: datetime
) -> SpecimenProposal:
    """Send in the seal on the picture *content*; until the ministry accepts it, it proves nothing.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        UploadRefused: the file cannot be opened.
        NoSealSeen: no seal can be made out on it.
        Moved: the same seal waits already.

    """
    check_is_officer(by, manufacturer)
    with tempfile.TemporaryDirectory(prefix="chuguan-") as scratch:
        picture = drawn(content, folder=Path(scratch))
        seal = seen_on(picture)
        image = kept(picture)
    try:
        with transaction.atomic():
            proposal = SpecimenProposal.objects.create(
                manufacturer=manufacturer,
                kind=SealKind(kind),
                image=image,
                ring_text=seal.ring_text,
                mark=seal.mark,
                sent_by=by,
                sent_at=at,
            )
            after = {"kind": kind, "ring": proposal.ring_text}
            ledger.record("specimen.proposed", subject_of(proposal), by=by, at=at, after=after)
    except IntegrityError as waiting:
        raise Moved(subject=manufacturer) from waiting
    return proposal


def subject_of(proposal: SpecimenProposal) -> tuple[str, str]:
    """Name *proposal* as the ledger does."""
    return "specimen_proposal", str(proposal.pk)


@transaction.atomic
def accept_proposal(proposal: SpecimenProposal, *, by: User, at: datetime) -> Specimen:
    """Make the seal a specimen that papers are compared with.

    Raises:
        RoleMissing: *by* is no policy administrator.
        Moved: it is decided already.

    """
    check_role(by, Role.POLICY)
    specimen = Specimen.objects.create(
        manufacturer=proposal.manufacturer,
        kind=proposal.kind,
        image=proposal.image,
        ring_text=proposal.ring_text,
        mark=proposal.mark,
        added_by=by,
        added_at=at,
    )
    decide(proposal, State.ACCEPTED, by=by, at=at, specimen=specimen)
    return specimen


@transaction.atomic
def refuse_proposal(proposal: SpecimenProposal, *, by: User, at: datetime, note: str) -> None:
    """Decline the seal; the manufacturer reads why.

    Raises:
        RoleMissing: *by* is no policy administrator.
        ReasonNeeded: no words why. Moved: it is decided already.

    """
    check_role(by, Role.POLICY)
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    decide(proposal, State.REFUSED, by=by, at=at, words=note)


def decide(
    proposal: SpecimenProposal, state: str, *, by: User, at: datetime, **facts: object
) -> None:
    """Close a waiting proposal by compare-and-set and record it."""
    waiting = SpecimenProposal.objects.filter(pk=proposal.pk, state=State.WAITING)
    if not waiting.update(state=state, decided_by=by, decided_at=at, **facts):
        raise Moved(subject=proposal)
    note = str(facts.get("words", ""))
    ledger.record(f"specimen.{state}", subject_of(proposal), by=by, at=at, note=note)
    proposal.refresh_from_db()
