"""How it went in the period: how long each stage took, and how cases ended, side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from exports.models import Destination, Exporter
from reviews import checks
from reviews.board.figures import Cell, Row, Table, counted, duration, listed, percent, shared
from reviews.board.questions import Outcome, Side, Sums, of_side
from reviews.board.scope import Scope
from reviews.rollups.counting import TIMED
from reviews.rollups.durations import quantile
from reviews.states import Status

Named = tuple[str, str, dict[str, str]]
ENOUGH: Final = 30  # fewer second looks say nothing about a person
STAGES: Final[Mapping[str, tuple[Promise, dict[str, str]]]] = {
    "checks": (gettext_lazy("machine checks"), {"status": Status.CHECKING}),
    "queue": (gettext_lazy("in the queue"), {"status": Status.IN_REVIEW, "who": "nobody"}),
    "review": (gettext_lazy("in review"), {"status": Status.IN_REVIEW, "who": "somebody"}),
    "signature": (gettext_lazy("second signature"), {"status": Status.HELD}),
    "exporter": (gettext_lazy("with the exporter"), {"status": Status.RETURNED}),
}


def whole_of(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Return the outcome of everything closed, if anything was."""
    return next(iter(of_side(outcomes, Side.ALL)), None)


def period_of(scope: Scope) -> str:
    """Return the period as the queue's filters take it."""
    return f"{scope.since}..{scope.today}"


def stages_table(scope: Scope, sums: Sums) -> Table:
    """Return how long each stage lasted for cases that left it in the period."""
    rows = []
    for stage in TIMED:
        histogram, (label, terms) = sums.stages[stage], STAGES[stage]
        cells = (
            Cell(duration(quantile(histogram, 0.5))),
            Cell(duration(quantile(histogram, 0.9))),
            counted(sum(histogram.values()), ""),
        )
        rows.append(Row(str(label), cells, url=listed(scope, **terms)))
    return Table(
        "stages",
        _("Where the time goes"),
        (_("Stage"), _("Median"), _("9 of 10 within"), _("Times")),
        tuple(rows),
        note=_("Of what left the stage in the period. A stage opens what is in it now."),
    )


def side_table(
    scope: Scope,
    outcomes: Sequence[Outcome],
    *,
    side: str,
    title: str,
    row_of: Callable[[Outcome], Named],
) -> Table:
    """Return how the cases of each key of one side ended; *row_of* names a key and finds it."""
    wanted = of_side(outcomes, side)
    most = max((outcome.closed for outcome in wanted), default=0)
    rows = []
    for outcome in wanted:
        label, code, terms = row_of(outcome)
        cells = outcome_cells(scope, outcome, terms=terms, most=most)
        rows.append(Row(label, cells, code=code))
    columns = (
        title,
        _("Closed"),
        pgettext("board", "Issued"),
        _("Refused"),
        _("Asked before"),
        _("Late"),
    )
    return Table(side, title, columns, tuple(rows))


def outcome_cells(
    scope: Scope, outcome: Outcome, *, terms: dict[str, str], most: int
) -> tuple[Cell, ...]:
    """Return how the cases found by *terms* ended, each number opening its list."""
    sums, found = outcome.sums, {"closed": period_of(scope), **terms}
    return (
        counted(outcome.closed, listed(scope, **found), most=most),
        counted(sums["issued"], listed(scope, **found, status=Status.ISSUED)),
        shared(sums["refused"], outcome.closed, listed(scope, **found, status=Status.REFUSED)),
        shared(sums["asked"], outcome.closed, listed(scope, **found, past="asked")),
        shared(sums["late"], outcome.decided, listed(scope, **found, past="late")),
    )


def by_destination(countries: Mapping[str, Destination]) -> Callable[[Outcome], Named]:
    """Return how a destination is named and found."""

    def row(outcome: Outcome) -> Named:
        country = countries.get(outcome.key)
        return str(country) if country else outcome.key, outcome.key, {"dest": outcome.key}

    return row


def by_maker(outcome: Outcome) -> Named:
    """Name and find a manufacturer, by its name as the certificate prints it."""
    return outcome.key or _("none stated"), "", {"maker": outcome.key}


def by_exporter(exporters: Mapping[str, Exporter]) -> Callable[[Outcome], Named]:
    """Return how an exporter is named and found."""

    def row(outcome: Outcome) -> Named:
        exporter = exporters[outcome.key]
        return exporter.name, "", {"exporter": exporter.uscc}

    return row


def checks_table(scope: Scope, outcomes: Sequence[Outcome], *, closed: int) -> Table:
    """Return which checks failed in the cases closed, and how often a licence was issued still."""
    failing = of_side(outcomes, Side.CHECK)
    most = max((outcome.closed for outcome in failing), default=0)
    rows = []
    for outcome in failing:
        found = {"closed": period_of(scope), "check": outcome.key}
        issued = listed(scope, **found, status=Status.ISSUED)
        cells = (
            counted(outcome.closed, listed(scope, **found), most=most),
            Cell(percent(outcome.closed, closed)),
            shared(outcome.sums["issued"], outcome.closed, issued),
        )
        rows.append(Row(title_of(outcome.key), cells, code=outcome.key))
    return Table(
        Side.CHECK,
        _("Failing checks"),
        (_("Check"), _("Failed"), _("Of all closed"), _("Issued over it")),
        tuple(rows),
    )


def title_of(check_id: str) -> str:
    """Return what a check is called; the id of one that is no more."""
    check = checks.CHECKS.get(check_id)
    return check.title.in_language(get_language() or "zh") if check else check_id


def people_table(scope: Scope, outcomes: Sequence[Outcome], *, names: Mapping[str, str]) -> Table:
    """Return what each reviewer drafted and how often a second person would not sign it."""
    rows = []
    for outcome in of_side(outcomes, Side.REVIEWER):
        name, sent_back = names.get(outcome.key, outcome.key), outcome.sums["sent_back"]
        found = {"by": name, "closed": period_of(scope)}
        enough = outcome.looked_at_twice >= ENOUGH
        cells = (
            counted(outcome.decided, listed(scope, **found)),
            counted(outcome.looked_at_twice, ""),
            counted(sent_back, listed(scope, disputed=name)),
            Cell(percent(sent_back, outcome.looked_at_twice) if enough else "–"),
        )
        rows.append(Row(name, cells))
    return Table(
        Side.REVIEWER,
        _("Second looks"),
        (_("Reviewer"), _("Decided"), _("Looked at twice"), _("Sent back"), _("Disagreement")),
        tuple(rows),
        note=_("A share is given from %(enough)d second looks on.") % {"enough": ENOUGH},
    )
