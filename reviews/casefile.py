"""Everything the reviewer's page of a case shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import RegistryAnswer
from exports.models import Line, User
from exports.wording import say
from reviews import comparison, gathering, history, timing
from reviews.checks.letters import best_letter
from reviews.checks.model import ConfirmationFacts, Facts, Outcome
from reviews.clocks import Calendar, derive
from reviews.comparison import GRAVE
from reviews.exhibits import Opened, Paper, carrying, opened, page_of, papers_of
from reviews.explaining import (
    Doubt,
    FindingView,
    by_check,
    in_order,
    is_about_vehicle,
    of_application,
)
from reviews.gathering import Around, Within
from reviews.models import STATUS_LABELS, Case, CheckRun, Decision, Finding, Reason, RequestItem
from reviews.naming import Names
from reviews.opinions import showing
from reviews.policies import Action, available_actions, held_decision
from reviews.states import OPEN, Status

TONES: Final = {
    Status.CHECKING: "info",
    Status.IN_REVIEW: "info",
    Status.RETURNED: "neutral",
    Status.HELD: "warn",
    Status.SETTLING: "warn",
    Status.ISSUED: "good",
    Status.REFUSED: "bad",
    Status.WITHDRAWN: "neutral",
    Status.LAPSED: "neutral",
}


@dataclass(frozen=True)
class Tile:
    """One vehicle of the strip: where it stands, worst finding first."""

    line: Line
    url: str
    vin: str
    text: str
    outcome: str
    current: bool


@dataclass(frozen=True)
class LetterView:
    """One confirmation as the checks judged it."""

    facts: ConfirmationFacts
    paper: Paper | None


@dataclass(frozen=True)
class Asked:
    """One point that was asked, and the field or paper it is about by name."""

    item: RequestItem
    about: str


@dataclass(frozen=True)
class CaseFile:
    """The page of a case; every list is complete, nothing is asked later."""

    case: Case
    tiles: list[Tile]
    line: Line
    run: CheckRun | None
    findings: list[FindingView]
    of_application: list[FindingView]
    doubts: list[Doubt]
    rows: list[comparison.Row]
    letters: list[LetterView]
    answer: RegistryAnswer | None
    names: Names
    papers: list[Paper]
    paper: Paper | None
    opened: Opened | None
    exceptions: list[Finding]
    items: list[Asked]
    held: Decision | None
    actions: dict[str, Action]
    reasons: list[Reason]
    timeline: list[history.Item]
    clock: list[str]
    opinions: list[showing.View]

    @property
    def grave(self) -> list[FindingView]:
        """Return what fails or wants a look of itself."""
        return [each for each in self.findings if each.outcome in GRAVE and not each.follows]

    @property
    def following(self) -> list[FindingView]:
        """Return what cannot be judged for want of the letter that is asked for."""
        return [each for each in self.findings if each.follows]

    @property
    def passed(self) -> list[FindingView]:
        """Return what agrees."""
        return [finding for finding in self.findings if finding.outcome == Outcome.PASS]

    @property
    def idle(self) -> list[FindingView]:
        """Return what does not apply to the vehicle, with the reason why not."""
        return [finding for finding in self.findings if finding.outcome == Outcome.NOT_APPLICABLE]

    @property
    def unequal(self) -> list[comparison.Row]:
        """Return the fields that differ or are in doubt."""
        return [row for row in self.rows if row.outcome in GRAVE]

    @property
    def equal(self) -> list[comparison.Row]:
        """Return the fields nothing is said against."""
        return [row for row in self.rows if row.outcome not in GRAVE]

    @property
    def since_filing(self) -> list[history.Item]:
        """Return what happened to the case itself."""
        return [item for item in self.timeline if item.when >= self.case.filed_at]

    @property
    def before_filing(self) -> list[history.Item]:
        """Return how the application and its papers came to be."""
        return [item for item in self.timeline if item.when < self.case.filed_at]

    @property
    def seen(self) -> int:
        """Return the number of the last event the page shows, 0 where it shows none."""
        return max((item.event.seq for item in self.timeline), default=0)

    @property
    def neighbours(self) -> dict[str, str]:
        """Return the addresses of the vehicles around this one, and of the next one in doubt."""
        here = next(place for place, tile in enumerate(self.tiles) if tile.current)
        later = self.tiles[here + 1 :]
        doubted = [tile.url for tile in [*later, *self.tiles[:here]] if tile.outcome in GRAVE]
        return {
            "previous": self.tiles[here - 1].url if here else "",
            "next": later[0].url if later else "",
            "doubted": doubted[0] if doubted else "",
        }


def find(user: User, reference: str) -> Case:
    """Return the case of *reference* with what its page repeats: one query.

    Whether *user* may see it is asked of the row, which spares the question for their districts.

    Raises:
        Case.DoesNotExist: there is none that *user* may see.
    """
    case = Case.objects.select_related(
        "application__destination",
        "application__contract_destination",
        "application__port",
        "application__exporter",
        "exporter",
        "office",
        "assignee",
        "licence__revoked_by",
    ).get(reference=reference)
    if not case.is_visible_to(user):
        raise Case.DoesNotExist
    return case


def read(case: Case, *, user: User, vin: str, document: str) -> CaseFile:
    """Return the page of *case* for *user*, open at one vehicle and one document.

    At most six queries: around the case, within it, what was seen on the paper, two where it was
    met elsewhere, and what happened.
    """
    around = gathering.around(case)
    lines = around.lines
    line = next((each for each in lines if each.vin == vin), lines[0])
    within = gathering.within(case, line, lines=lines)
    found, answer = within.findings, within.answer
    here = [finding for finding in found if finding.line_id == line.pk]
    facts = comparison.facts_judged(here)
    papers = papers_of(case, within.papers)
    letters = [LetterView(each, carrying(papers, each.key)) for each in facts.confirmations]
    paper = chosen(papers, key=document, letters=letters)
    tiles = tiles_of(case, lines, found, current=line)
    return CaseFile(
        case=case,
        tiles=tiles,
        line=line,
        run=found[0].run if found else None,
        findings=in_order(f for f in here if f.outcome not in GRAVE or is_about_vehicle(f)),
        of_application=of_application(found),
        doubts=by_check(found, pages={tile.line.pk: (tile.vin, tile.url) for tile in tiles}),
        rows=comparison.compare(
            sources_of(line, facts, within=within, papers=papers), findings=here
        ),
        letters=letters,
        answer=answer,
        names=within.names,
        papers=papers,
        paper=paper,
        opened=opened_of(case, paper, line=line, letters=letters, names=within.names),
        exceptions=[finding for finding in found if finding.outcome in GRAVE],
        items=items_of(around.items),
        held=held_decision(case),
        actions={action.name: action for action in available_actions(case, user)},
        reasons=around.reasons,
        timeline=timeline_of(case, lines, papers),
        clock=clock_of(case, around),
        opinions=showing.views_of(case, at=timezone.now()),
    )


def tiles_of(
    case: Case, lines: Iterable[Line], found: Iterable[Finding], *, current: Line
) -> list[Tile]:
    """Return the strip of vehicles."""
    worst: dict[int, str] = {}
    for finding in found:
        known = worst.get(finding.line_id, "pass")
        worst[finding.line_id] = min(known, finding.outcome, key=comparison.GRAVITY.__getitem__)
    filed_on = case.application.filed_on
    checked = bool(worst) or case.passed > 0
    return [
        Tile(
            line=line,
            url=page_of(case, vin=line.vin),
            vin=line.vin,
            text=f"{line.vehicle.brand} · {days(line.vehicle.registered_on, filed_on)}",
            outcome=worst.get(line.pk, "pass" if checked else "not_applicable"),
            current=line.pk == current.pk,
        )
        for line in lines
    ]


def days(registered_on: date | None, filed_on: date | None) -> str:
    """Say how many days lie between registration and filing."""
    if registered_on is None or filed_on is None:
        return _("no date")
    return _("day %(days)d") % {"days": (filed_on - registered_on).days}


def chosen(papers: list[Paper], *, key: str, letters: Iterable[LetterView]) -> Paper | None:
    """Return the document asked for, else the vehicle's letter, else the first."""
    own = next((letter.paper for letter in letters if letter.paper), None)
    asked = next((paper for paper in papers if paper.key == key), None)
    return asked or own or next(iter(papers), None)


def opened_of(
    case: Case, paper: Paper | None, *, line: Line, letters: Iterable[LetterView], names: Names
) -> Opened | None:
    """Return what was seen on the open document; nothing while its pages are not drawn."""
    if paper is None or not paper.pages:
        return None
    facts = next((letter.facts for letter in letters if letter.paper is paper), None)
    return opened(case, paper, line=line, letter=facts, names=names)


def sources_of(
    line: Line, facts: Facts, *, within: Within, papers: Iterable[Paper]
) -> comparison.Sources:
    """Return what the rows of the comparison are read from, with what the letter prints."""
    letter = best_letter(facts)
    paper = carrying(papers, letter.key) if letter else None
    return comparison.Sources(
        line.vehicle,
        facts,
        letter,
        within.answer,
        within.names,
        within.printed.get(paper.id) if paper else None,
    )


def items_of(rows: Iterable[RequestItem]) -> list[Asked]:
    """Return everything that was asked."""
    return [
        Asked(item, history.label_of(item.field) or item.get_document_kind_display())
        for item in rows
    ]


def timeline_of(case: Case, lines: Iterable[Line], papers: Iterable[Paper]) -> list[history.Item]:
    """Return what happened to case, vehicles and documents, newest first: one query."""
    licence = getattr(case, "licence", None)
    shown = list(papers)
    keys = {
        "application": [case.reference],
        "case": [case.reference],
        "vehicle": [line.vin for line in lines],
        "document": [paper.key for paper in shown],
        "confirmation": [paper.letter for paper in shown if paper.letter],
        "licence": [licence.number] if licence else [],
    }
    return [history.item_of(event) for event in history.events_about(keys)]


def clock_of(case: Case, around: Around) -> list[str]:
    """Say how the due time came about, while it runs."""
    spans = [timing.span_of(row) for row in around.intervals] if case.state in OPEN else []
    if not spans:
        return []
    derivation = derive(spans, timing.DECISION_DAYS, calendar=Calendar(dict(around.holidays)))
    return [say(sentence) for sentence in derivation.sentences()]


BALL: Final[dict[Status, Promise]] = {
    Status.CHECKING: gettext_lazy("The checks are running; nobody need act."),
    Status.RETURNED: gettext_lazy("With the exporter; the clock stands still until the answer."),
    Status.SETTLING: gettext_lazy("Decided; it takes effect in a minute."),
    Status.HELD: gettext_lazy("Waits for a second signature: recommended by %(recommender)s."),
}


def ball_of(file: CaseFile, *, user: User) -> tuple[str, str]:
    """Return whose turn it is (``you``, ``them``, ``ended``) and the sentence that says so."""
    case = file.case
    if case.state == Status.IN_REVIEW:
        return in_review(case, user=user)
    if case.state in BALL:
        recommender = file.held.recommended_by if file.held else ""
        mine = file.actions["sign"].allowed
        return "you" if mine else "them", str(BALL[case.state]) % {"recommender": recommender}
    closed = _("Closed: %(status)s.") % {"status": STATUS_LABELS[case.state]}
    return ("done" if case.state == Status.ISSUED else "ended"), closed


def in_review(case: Case, *, user: User) -> tuple[str, str]:
    """Say who holds a case in review."""
    if case.assignee_id == user.pk:
        return "you", _("In your hands: decide, ask, or release it.")
    if case.assignee is None:
        return "you", _("In nobody's hands: claim it to work on it.")
    return "them", _("In the hands of %(person)s.") % {"person": case.assignee}
