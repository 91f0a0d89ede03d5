"""What was seen on a batch's papers, as facts for the checks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from documents import evidence
from documents.inspection.verdicts import COLOURLESS, HIDDEN_TEXT
from documents.memory import MOST
from documents.models import Confirmation, Document, Echo, Page, Seal, Signature
from documents.reading.papers import READABLE
from documents.signatures.found import shows_nothing
from documents.signatures.wording import sentence_of
from exports.models import Application
from reviews.checks.model import (
    ConfirmationFacts,
    DisagreementFacts,
    EchoFacts,
    PaperFacts,
    SealFacts,
    SignatureFacts,
)

NOT_READ: Final = (Page.Source.NONE, Page.Source.FAILED)
UNREADABLE: Final = "unreadable"
MOST_CASES: Final = 3
MOST_ECHOES: Final = 10
# An echo that concerns the vehicles it names, not the paper as a whole.
OF_VEHICLES: Final = (Echo.Kind.OTHER_COUNTRY, Echo.Kind.OTHER_EXPORTER)


def of_batch(
    application: Application, letters: Iterable[Confirmation]
) -> list[tuple[PaperFacts, frozenset[str]]]:
    """Return the papers about the batch's vehicles, each with the VINs it is about.

    At most nine queries, however many papers.
    """
    carried = {letter.document_id: letter for letter in letters}
    documents = evidence.papers_for(application, carried.values())
    echoes = evidence.echoes_about([document.pk for document, _attached in documents])
    return [
        (
            of_paper(document, carried.get(document.pk), echoes.get(document.pk, [])),
            vins_of(attached, carried.get(document.pk)),
        )
        for document, attached in documents
    ]


def vins_of(attached: Iterable[str], letter: Confirmation | None) -> frozenset[str]:
    """Return the VINs a paper is attached for or, as a letter, names."""
    named = (vehicle.vin for vehicle in letter.vehicles.all()) if letter else ()
    return frozenset([*attached, *named])


def relevant(
    papers: Iterable[tuple[PaperFacts, frozenset[str]]],
    letters: Iterable[ConfirmationFacts],
    *,
    vin: str,
) -> tuple[PaperFacts, ...]:
    """Return the papers about *vin*, and those of the *letters* it is judged by."""
    judged = {letter.key for letter in letters}
    return tuple(
        about(paper, vin=vin, named=vin in vins)
        for paper, vins in papers
        if vin in vins or paper.letter in judged
    )


def about(paper: PaperFacts, *, vin: str, named: bool) -> PaperFacts:
    """Return *paper* with what it shares about *vin*; findings store what they read.

    Where more vehicles are shared than an echo keeps, nobody knows that *vin* is not among them.
    """
    kept: dict[str, list[EchoFacts]] = defaultdict(list)
    for echo in paper.echoes:
        if echo.kind not in OF_VEHICLES:
            kept[echo.kind].append(echo)
        elif vin in echo.vins or len(echo.vins) >= MOST:
            kept[echo.kind].append(replace(echo, vins=(vin,)))
    echoes = tuple(echo for each in kept.values() for echo in each[:MOST_ECHOES])
    return replace(paper, names_vehicle=named, echoes=echoes)


def of_paper(
    document: Document, letter: Confirmation | None, echoes: Iterable[tuple[Echo, Document]]
) -> PaperFacts:
    """Return what was seen on *document*."""
    pages = list(document.pages.all())
    unread = [page for page in pages if page.source in NOT_READ]
    from_text = all(page.source == Page.Source.LAYER for page in pages)
    return PaperFacts(
        key=str(document.key),
        letter=str(letter.pk) if letter else "",
        name=document.name,
        pages=len(pages),
        seen=sum(bool(page.mark) for page in pages),
        unread=len(unread) if document.kind in READABLE else 0,
        grey=COLOURLESS in document.flags and not from_text,
        hidden_text=HIDDEN_TEXT in document.flags,
        seals=tuple(of_seal(seal) for seal in document.seals.all()),
        signatures=tuple(of_signature(each) for each in document.signatures.all()),
        disagreements=tuple(part for page in pages for part in of_disagreements(page)),
        echoes=tuple(of_echo(echo, other, document) for echo, other in echoes),
    )


def of_seal(seal: Seal) -> SealFacts:
    """Return one seal."""
    like = seal.specimen_likeness
    return SealFacts(
        page=seal.page,
        kind=seal.kind,
        colour=seal.colour,
        ring=seal.ring_text,
        specimen_likeness=None if like is None else round(like * 100),
    )


def of_signature(signature: Signature) -> SignatureFacts:
    """Return one signature."""
    unit = signature.manufacturer
    return SignatureFacts(
        standing=standing_of(signature),
        signer=signature.signer,
        unit=unit.current_name if unit else "",
        unit_kind=unit.kind if unit else "",
        unit_names=tuple(sorted({name.name for name in unit.names.all()})) if unit else (),
        covers_whole=signature.covers_whole,
        changes=tuple(sentence_of(change) for change in signature.changes),
    )


def standing_of(signature: Signature) -> str:
    """Return what the signature proves; what nobody need have forged is a doubt, no fault.

    Some platforms seal the file again behind the unit's signature. That leaves the pages as they
    were and the signature valid for a part of the file, which a person has to look at.
    """
    codes = {change.get("code") for change in signature.changes}
    if codes == {UNREADABLE}:
        return Signature.Standing.UNVERIFIABLE
    if signature.standing == Signature.Standing.ALTERED and shows_nothing(signature.changes):
        return Signature.Standing.VALID
    return signature.standing


def of_disagreements(page: Page) -> Iterable[DisagreementFacts]:
    """Yield where the text layer of *page* and its picture differ."""
    for part in page.disagreements:
        yield DisagreementFacts(
            page=page.number,
            field=part.get("field", ""),
            layer=part["layer"],
            picture=part["picture"],
        )


def of_echo(echo: Echo, other: Document, document: Document) -> EchoFacts:
    """Return what *document* shares with *other*; its page, and the countries of the other."""
    newer = echo.document_id == document.pk
    filed = sorted({used.application.reference for used in other.attachments.all()})
    return EchoFacts(
        kind=echo.kind,
        own=other.exporter_id == document.exporter_id,
        paper=str(other.key),
        name=other.name,
        exporter=other.exporter.name_zh,
        cases=tuple(filed[:MOST_CASES]),
        vins=tuple(echo.facts.get("vins", ())),
        countries=tuple(echo.facts.get("earlier_countries" if newer else "countries", ())),
        page=echo.facts.get("page" if newer else "earlier_page"),
    )
