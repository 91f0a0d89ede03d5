"""The requirements of an application, computed from facts, checks and requests.

The same for a draft, as if it were filed on the day, and for what is filed, from its last checks.
The day of filing decides whether a letter is needed: what was filed on day 180 needs one for good,
a draft filed on day 181 needs none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from documents.models import Attachment, Document
from exports.models import MOST_VEHICLES, Application
from exports.rules import NOTICE_1_1, Outcome, Sentence, Verdict, en_day, legal_day, zh_day
from reviews import dossier
from reviews.dossier import FindingView, VehicleView
from reviews.models import Case, Request
from reviews.requirements import NOTHING, Requirement, Stand, asked_in
from reviews.states import Status

LETTER: Final = "letter"
ABOUT_LETTERS: Final = "CNF-"
VEHICLES: Final = "vehicles"
PAPER: Final = "paper."
# Of a missing letter the requirement "letter" speaks; these two checks would say it again.
OF_THE_LETTER: Final = frozenset({"AGE-01", "CNF-01"})
TERMS: Final = {
    "destination": Sentence(zh="填写出口国别", en="Give the destination"),
    "port": Sentence(zh="填写出境口岸", en="Give the port of exit"),
    "contract_number": Sentence(zh="填写合同编号", en="Give the contract number"),
}
PAPERS: Final = {
    Document.Kind.CERTIFICATE: Sentence(zh="机动车登记证书", en="Registration certificate"),
    Document.Kind.CONTRACT: Sentence(zh="出口合同", en="Contract"),
    Document.Kind.INSPECTION: Sentence(zh="检测报告", en="Inspection report"),
    Document.Kind.DECLARATION: Sentence(zh="符合目标市场准入声明", en="Target-market declaration"),
}
CHECKS_RUN: Final = Sentence(zh="正在核查，无需操作。", en="The checks are running.")
# The worst first: a step stands as its worst requirement does.
ORDER: Final = (Stand.DUE, Stand.ADVISED, Stand.WAITING, Stand.DONE, Stand.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to filing. ``state`` is that of its requirements, or ``unknown``."""

    label: str
    url: str
    state: str
    note: str


def requirements_of(application: Application, *, at: datetime) -> list[Requirement]:
    """Return everything *application* needs, as it stands at *at*; loads what it looks at.

    Of a filed application at most ten queries; of a draft the checks' own come on top. Neither
    grows with the batch.
    """
    case = Case.objects.filter(application=application).first()
    if case is None:
        vehicles = dossier.views_of_draft(application, on=legal_day(at))
        return for_draft(application, vehicles=vehicles, papers=dossier.papers_of(application))
    return for_case(case, vehicles=dossier.views_of_case(application, case), asked=open_in(case))


def for_draft(
    application: Application, *, vehicles: Sequence[VehicleView], papers: Iterable[Attachment]
) -> list[Requirement]:
    """Return what a draft needs before it is filed, and what an office would ask about."""
    return [
        *of_terms(application),
        of_batch(application, count=len(vehicles)),
        *(of_letter(vehicle, open_as=Stand.ADVISED) for vehicle in vehicles),
        *of_findings(vehicles, open_as=Stand.ADVISED),
        *of_papers(application, papers=papers),
    ]


def for_case(
    case: Case, *, vehicles: Sequence[VehicleView], asked: Request | None
) -> list[Requirement]:
    """Return what a filed application needs: what is asked is due, the rest is the office's turn.

    Once it is decided nothing is needed any more.
    """
    if case.state == Status.CHECKING:
        return [Requirement("checks", "/", CHECKS_RUN, Stand.WAITING)]
    if case.state not in (Status.IN_REVIEW, Status.HELD, Status.SETTLING, Status.RETURNED):
        return []
    return [
        *(asked_in(asked) if asked else ()),
        *(of_letter(vehicle, open_as=Stand.WAITING) for vehicle in vehicles),
        *of_findings(vehicles, open_as=Stand.WAITING),
    ]


def open_in(case: Case) -> Request | None:
    """Return the request that waits for an answer; no query unless the case says there is one."""
    if case.state != Status.RETURNED:
        return None
    rows = case.requests.filter(answered_at__isnull=True, closed_at__isnull=True)
    return rows.select_related("case").prefetch_related("items__reason", "items__line").first()


def of_terms(application: Application) -> Iterator[Requirement]:
    """Yield the terms without which nothing is filed."""
    url = reverse("portal:application_edit", args=[application.reference])
    for name, sentence in TERMS.items():
        given = getattr(application, f"{name}_id", None) or getattr(application, name, None)
        state = Stand.DONE if given else Stand.DUE
        yield Requirement(name, f"/{name}", sentence, state, resolve_url=f"{url}#id_{name}")


def of_batch(application: Application, *, count: int) -> Requirement:
    """Ask for at least one vehicle."""
    return Requirement(
        code=VEHICLES,
        pointer="/vehicles",
        message=Sentence(
            zh=f"选择车辆（现有{count}辆，最多{MOST_VEHICLES}辆）",
            en=f"Choose the vehicles ({count} of at most {MOST_VEHICLES})",
        ),
        state=Stand.DONE if count else Stand.DUE,
        resolve_url=reverse("portal:application_vehicles", args=[application.reference]),
    )


def of_letter(vehicle: VehicleView, *, open_as: Stand) -> Requirement:
    """Say of one vehicle whether it needs the maker's letter, has it, or is free of it."""
    message, state = letter_stands(vehicle, open_as=open_as)
    return Requirement(
        code=LETTER,
        pointer=f"/vehicles/{vehicle.line.position - 1}/confirmation",
        message=message,
        state=state,
        legal_basis=vehicle.clock.verdict.clause if vehicle.clock else NOTICE_1_1,
        resolve_url=reverse("portal:papers_inbox") if state == Stand.ADVISED else "",
        vin=vehicle.line.vin,
    )


def letter_stands(vehicle: VehicleView, *, open_as: Stand) -> tuple[Sentence, Stand]:
    """Return in words and as a state how *vehicle* stands to the letter."""
    verdict = vehicle.clock.verdict if vehicle.clock else None
    if verdict is None:
        return CHECKS_RUN, Stand.WAITING
    if verdict.spares_letter:
        return spared(verdict), Stand.NOT_NEEDED
    if vehicle.letters:
        named = "、".join(str(row.confirmation) for row in vehicle.letters)
        return Sentence(zh=f"已有确认书：{named}", en=f"Letter on file: {named}"), Stand.DONE
    return verdict.sentence, open_as


def wants_letter(vehicle: VehicleView) -> bool:
    """Tell whether a check of letters fails for *vehicle*, or wants a look."""
    return any(finding.check_id.startswith(ABOUT_LETTERS) for finding in vehicle.open)


def spared(verdict: Verdict) -> Sentence:
    """Say since when no letter is needed; where it is not for its age, the rule's own words."""
    if verdict.outcome is not Outcome.NOT_REQUIRED or verdict.free_from is None:
        return verdict.sentence
    since = verdict.free_from
    return Sentence(
        zh=f"自{zh_day(since)}起不需要确认书（第{verdict.days}天）",
        en=f"No letter needed since {en_day(since)} (day {verdict.days})",
    )


def of_papers(application: Application, *, papers: Iterable[Attachment]) -> Iterator[Requirement]:
    """Yield the kinds of paper an office expects, each there or advised."""
    there = {
        paper.document.kind
        for paper in papers
        if paper.document.state in (Document.State.READY, *Document.UNDER_WAY)
    }
    url = reverse("portal:application_attach", args=[application.reference])
    for kind, sentence in PAPERS.items():
        state = Stand.DONE if kind in there else Stand.ADVISED
        yield Requirement(f"{PAPER}{kind}", f"/papers/{kind}", sentence, state, resolve_url=url)


def of_findings(vehicles: Iterable[VehicleView], *, open_as: Stand) -> Iterator[Requirement]:
    """Yield what fails or wants a look, vehicle by vehicle, the worst first."""
    for vehicle in vehicles:
        _sentence, stand = letter_stands(vehicle, open_as=open_as)
        for finding in vehicle.open:
            if not (finding.check_id in OF_THE_LETTER and stand == open_as):
                yield of_finding(vehicle, finding, open_as=open_as)


def of_finding(vehicle: VehicleView, finding: FindingView, *, open_as: Stand) -> Requirement:
    """Return one finding with what would mend it."""
    said, cure = finding.said, finding.mended or NOTHING
    return Requirement(
        code=finding.check_id,
        pointer=f"/vehicles/{vehicle.line.position - 1}",
        message=Sentence(zh=f"{said.zh}{cure.zh}", en=f"{said.en} {cure.en}".strip()),
        state=open_as,
        legal_basis=finding.basis,
        resolve_url=where_mended(finding, vehicle) if open_as == Stand.ADVISED else "",
        vin=vehicle.line.vin,
    )


def where_mended(finding: FindingView, vehicle: VehicleView) -> str:
    """Return the page on which a draft's exporter mends what *finding* says."""
    if finding.check_id.startswith(ABOUT_LETTERS):
        return reverse("portal:letters")
    if finding.check_id.startswith(("DST", "EXP")):
        application = vehicle.line.application
        return reverse("portal:application_edit", args=[application.reference])
    return reverse("portal:vehicle", args=[vehicle.line.vin])


def steps_of(application: Application, needed: Sequence[Requirement]) -> list[Step]:
    """Return the steps before filing, each standing as the worst of its requirements."""
    reference = application.reference
    letters = [each for each in needed if each.code == LETTER]
    papers = [each for each in needed if each.code.startswith(PAPER)]
    count = len(letters)
    return [
        step(
            _("Destination, port and contract"),
            reverse("portal:application_edit", args=[reference]),
            [each for each in needed if each.code in TERMS],
        ),
        step(
            _("Vehicles"),
            reverse("portal:application_vehicles", args=[reference]),
            [each for each in needed if each.code == VEHICLES],
            note=_("%(count)d of at most 20") % {"count": count} if count else "",
        ),
        step(
            _("Confirmation letters"),
            reverse("portal:papers_inbox"),
            letters,
            note=note_on_letters(letters),
        ),
        step(
            _("Other papers"),
            reverse("portal:application_attach", args=[reference]),
            papers,
            note=note_on_papers(papers),
        ),
    ]


def points_open(needed: Iterable[Requirement]) -> int:
    """Count what the checks and the rule hold against the vehicles of a draft."""
    return sum(each.is_open and each.vin != "" for each in needed)


def step(label: str, url: str, needed: Sequence[Requirement], *, note: str = "") -> Step:
    """Return one step; without any requirement nobody knows how it stands."""
    worst = min((ORDER.index(each.state) for each in needed), default=None)
    return Step(label, url, "unknown" if worst is None else ORDER[worst].value, note)


def note_on_letters(letters: Sequence[Requirement]) -> str:
    """Say how many vehicles lack a letter, or since when the only one needs none."""
    lacking = [each for each in letters if each.is_open]
    if lacking:
        return _("%(count)d vehicles need one") % {"count": len(lacking)}
    free = [each for each in letters if each.state == Stand.NOT_NEEDED]
    if len(free) == 1 == len(letters):
        return free[0].text
    if free:
        return _("%(count)d vehicles need none") % {"count": len(free)}
    return ""


def note_on_papers(papers: Sequence[Requirement]) -> str:
    """Say which papers an office usually asks for and does not find."""
    missing = ", ".join(each.text for each in papers if each.is_open)
    return _("not there yet: %(kinds)s") % {"kinds": missing} if missing else ""
