"""The table of checks, and the one way to run them.

A check is given only the facts it declares, rebuilt from the very inputs its finding stores.
So a finding cannot depend on anything that is not stored with it, and replays byte for byte.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from exports.rules import Sentence
from reviews.checks.codec import encode, from_json
from reviews.checks.model import Facts, Finding, Json, Judgement

CODE_VERSION: Final = "4"
Judge: TypeAlias = Callable[[Facts], Judgement]


@dataclass(frozen=True)
class Check:
    """One row of the table; ``since`` is the code version that last changed its meaning.

    ``subject`` is vehicle or application; ``reads`` are facts as ``group`` or ``group.field``.
    """

    check_id: str
    subject: str
    reads: tuple[str, ...]
    title: Sentence
    clause: Sentence
    since: str
    judge: Judge

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Field names read of each group; none named means the whole group."""
        pairs = [read.partition(".") for read in self.reads]
        names = {group: [name for near, _, name in pairs if near == group] for group, _, _ in pairs}
        return {group: tuple(filter(None, found)) for group, found in names.items()}


CHECKS: Final[dict[str, Check]] = {}


def check(
    check_id: str,
    *,
    subject: str,
    reads: tuple[str, ...],
    title: Sentence,
    clause: Sentence,
    since: str = "1",
) -> Callable[[Judge], Judge]:
    """Enter the decorated function into the table; the order of entry is the table's order."""

    def enter(judge: Judge) -> Judge:
        CHECKS[check_id] = Check(check_id, subject, reads, title, clause, since, judge)
        return judge

    return enter


def run(facts: Facts, only: Iterable[str] | None = None) -> tuple[Finding, ...]:
    """Judge *facts* by all checks, or by those whose ids are in *only*, in table order."""
    wanted = set(CHECKS) if only is None else set(only)
    return tuple(_find(row, facts) for row in CHECKS.values() if row.check_id in wanted)


def affected_by(names: Iterable[str]) -> tuple[str, ...]:
    """Return the checks to run again when the facts *names* changed, in table order.

    A name is a group (``vehicle``) or one field (``vehicle.vin``); either covers the other.
    """
    changed = set(names)
    return tuple(
        row.check_id
        for row in CHECKS.values()
        if any(_overlap(read, name) for read in row.reads for name in changed)
    )


def concerning(subject: str) -> tuple[str, ...]:
    """Return the ids of the checks about a ``vehicle`` or about the whole ``application``."""
    return tuple(row.check_id for row in CHECKS.values() if row.subject == subject)


def _find(row: Check, facts: Facts) -> Finding:
    """Run one check on nothing but its declared facts."""
    inputs = _inputs(row, facts)
    judgement = row.judge(from_json(inputs))
    return Finding(row.check_id, judgement.outcome, judgement.sentence, judgement.cure, inputs)


def _inputs(row: Check, facts: Facts) -> dict[str, Json]:
    """Pick the declared facts, grouped as :class:`Facts` is; an unknown group stays ``None``."""
    return {group: _pick(getattr(facts, group), names=names) for group, names in row.groups.items()}


def _pick(value: object, *, names: tuple[str, ...]) -> Json:
    """Encode the *names* of one group, or all of it where none is named."""
    if value is None or not names:
        return encode(value)
    if isinstance(value, tuple):
        return [_pick(item, names=names) for item in value]
    return {name: encode(getattr(value, name)) for name in names}


def _overlap(read: str, name: str) -> bool:
    """Tell whether one of two fact names is the other or contains it."""
    return read == name or read.startswith(f"{name}.") or name.startswith(f"{read}.")
