"""The single keys of the workbench: what ships, and which one may be chosen instead.

A page names a key as it ships (``data-key="a"``); ``keys.js`` puts the person's own in its place.
So one action has one key on every page, and two actions never share one.
"""

import string
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.errors import KeyReserved, KeyTaken

SHIPPED: Final[Mapping[str, tuple[str, Promise]]] = {
    "approve": ("a", _("Issue; sign; go ahead with many")),
    "ask": ("i", _("Ask the exporter")),
    "refuse": ("r", _("Recommend refusal; try again what was not done")),
    "recommend": ("o", _("Recommend issue over a failed check; open a sheet")),
    "opinion": ("g", _("Ask another ministry")),
    "back": ("b", _("Send back to the reviewer; back to the queue")),
    "escalate": ("e", _("Escalate")),
    "later": ("s", _("Put off")),
    "undo": ("z", _("Undo")),
    "claim": ("c", _("Claim")),
    "release": ("u", _("Release")),
    "note": ("m", _("Notes")),
    "queue": ("q", _("Go to the queue")),
    "period": ("d", _("Choose the days the board looks back")),
    "search": ("/", _("Search")),
    "filters": ("f", _("Filters")),
    "claim-selected": ("l", _("Claim what is selected")),
    "assign-selected": ("t", _("Assign what is selected")),
    "down": ("j", _("Next row")),
    "up": ("k", _("Previous row")),
    "select": ("x", _("Select the row; pull out of the sheet")),
    "range": ("X", _("Select up to this row")),
    "select-all": ("*", _("Select the page")),
    "sign-sheet": ("A", _("Sign the sheet")),
    "vehicle-back": ("[", _("Previous vehicle")),
    "vehicle-on": ("]", _("Next vehicle")),
    "next": ("n", _("Next difference; next value to check")),
    "previous": ("p", _("Previous value to check")),
    "page-back": (",", _("Previous page of the document")),
    "page-on": (".", _("Next page of the document; show what is new")),
    "smaller": ("-", _("Document smaller")),
    "larger": ("=", _("Document larger")),
    "workload": ("w", _("Workload")),
    "even": ("y", _("Move the cases")),
    "whole": ("0", _("Whole page of the document")),
}
LETTERS: Final = string.ascii_lowercase
SIGNS: Final = "/[],.-=;'\\`*"


def checked(own: Mapping[str, str], *, over: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of *own* that differ from those of *over*, each by its action.

    Raises:
        KeyReserved: a key is not one that is pressed alone, or is spoken for.
        KeyTaken: two actions would answer to one key.
    """
    given = {
        action: key.lower()
        for action, key in own.items()
        if action in SHIPPED and key not in ("", over[action])
    }
    for action, key in given.items():
        if len(key) != 1 or key not in LETTERS + SIGNS:
            raise KeyReserved(key=key, action=named(action), signs=" ".join(SIGNS), field=action)
    taken: dict[str, str] = {}
    for action, key in {**over, **given}.items():
        if key in taken:
            both = {"first": named(taken[key]), "second": named(action)}
            raise KeyTaken(key=key, **both, field=action)
        taken[key] = action
    return given


def named(action: str) -> str:
    """Return the name of *action* in the active language."""
    return str(SHIPPED[action][1])


def spelled(key: str) -> str:
    """Return *key* as it stands on a keyboard."""
    return f"Shift+{key}" if key.isupper() else key.upper()


def as_shipped() -> dict[str, str]:
    """Return the shipped key of each action."""
    return {action: key for action, (key, _label) in SHIPPED.items()}


def replaced(keys: Mapping[str, str]) -> dict[str, str]:
    """Return what a page is to put in place of each shipped key that *keys* changes."""
    return {
        shipped: keys[action]
        for action, (shipped, _label) in SHIPPED.items()
        if keys[action] != shipped
    }
