"""Conflicts of a list in words: what is wrong, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.announcement.sheet import Conflict
from exports.models import Manufacturer

Words = tuple[Promise | str, Promise | str]
TWICE: Final = _("Keep one of the two lines.")
ON_ITS_PAGE: Final = _("Correct the line, or the unit on its page if the list is right.")
WORDS: Final[Mapping[str, Words]] = {
    "name_missing": (_("The name is missing."), _("Write the announced name.")),
    "too_long": (
        _("A cell is longer than %(most)s characters."),
        _("Check whether two columns ran together."),
    ),
    "former_same": (
        _("“%(name)s” stands as its own former name."),
        _("Leave the former name empty unless the name changed."),
    ),
    "kind_unknown": (
        _("The kind “%(text)s” is not known."),
        _("Use maker, refitter, sales, dealer, parent or overseas, or leave it empty for a maker."),
    ),
    "code_wrong": (
        _("The credit code “%(text)s” cannot be right."),
        _("Compare all 18 characters with the business licence, or leave it empty."),
    ),
    "day_unreadable": (_("“%(text)s” names no day."), _("Write the date like 2026-06-30.")),
    "day_ahead": (
        _("%(day)s lies in the future."),
        _("Check the year; upload what is announced later when it is announced."),
    ),
    "name_twice": (_("“%(text)s” stands in line %(other)s already."), TWICE),
    "code_twice": (
        _("The credit code %(text)s stands in line %(other)s already."),
        _("One company, one code: correct one of the two lines."),
    ),
    "former_twice": (
        _("Line %(other)s also follows “%(text)s”."),
        _("Only one unit carries a name on. Add the other without a former name."),
    ),
    "name_of_two": (
        _("Two units stand under “%(name)s” at the same time."),
        _("End one of the two names on its unit's page."),
    ),
    "kind_differs": (
        _("“%(name)s” is known as: %(here)s; the list says: %(there)s."),
        ON_ITS_PAGE,
    ),
    "code_differs": (
        _("“%(name)s” has the credit code %(here)s; the list says %(there)s."),
        _("Another code is another company, and no change of name. Correct line or unit."),
    ),
    "code_known": (
        _("The credit code %(code)s belongs to “%(now)s”."),
        _("If the unit changed its name, write “%(now)s” as the former name."),
    ),
    "both_stand": (
        _("“%(name)s” is followed by another name, yet stands in the list or here beside it."),
        _("Leave out the line of the old name, or the former name if both exist."),
    ),
    "former_not_its": (
        _("“%(former)s” is not known as a former name of “%(name)s”."),
        _("Add it with its dates on the unit's page first, or leave it empty."),
    ),
    "former_unknown": (
        _("No unit stands under “%(name)s” today."),
        _("Compare it character by character, or leave it empty to add a new unit."),
    ),
    "renamed_already": (
        _("“%(name)s” is a former name of “%(now)s”."),
        _("Write the present name; if the unit took the old one again, give “%(now)s” as former."),
    ),
    "too_early": (
        _("“%(name)s” has dates here up to %(since)s, and the line begins no later."),
        _("Give the day the new name was announced, after that."),
    ),
    "day_differs": (
        _("“%(name)s” is verified here since %(here)s; the list says %(there)s."),
        _("Leave the day empty, or correct it on the unit's page with its evidence."),
    ),
    "newer_here": (
        _("“%(name)s” is listed since %(since)s, not before this list, and is missing in it."),
        _("Check the day of the list; an older list cannot end a newer name."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A conflict as people read it; line 0 is about the list as a whole."""

    line: int
    what: str
    mend: str


def told(conflict: Conflict) -> Told:
    """Return *conflict* in the reader's language."""
    what, mend = WORDS[conflict.code]
    facts = facts_of(conflict)
    return Told(conflict.line, str(what) % facts, str(mend) % facts)


def facts_of(conflict: Conflict) -> dict[str, Any]:
    """Return the facts of *conflict*, kinds by their labels."""
    kinds = dict(Manufacturer.Kind.choices) if conflict.code == "kind_differs" else {}
    return {name: kinds.get(str(value), value) for name, value in conflict.facts.items()}
