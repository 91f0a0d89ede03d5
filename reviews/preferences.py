"""What one person chose for themselves: no act of the office, so not on the ledger."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from exports.models import User
from reviews import keys
from reviews.models import Preferences
from reviews.thresholds import as_set


def preferences_of(user: User) -> Preferences:
    """Return the choices of *user*, or what ships: one query for each person a request knows."""
    try:
        return user.preferences
    except Preferences.DoesNotExist:
        return Preferences(user=user)


def choose(user: User, *, own_keys: Mapping[str, str], keys_on: bool, after: str) -> Preferences:
    """Keep the choices of *user*; an action without a key keeps the office's.

    Raises:
        KeyReserved, KeyTaken: see :func:`reviews.keys.checked`.
    """
    chosen = keys.checked(own_keys, over=office_keys())
    return keep(user, keys=chosen, keys_on=keys_on, after_decision=after)


def switch_keys(user: User, *, on: bool) -> Preferences:
    """Turn the single keys of *user* on or off."""
    return keep(user, keys_on=on)


def keep(user: User, **choices: Any) -> Preferences:
    """Write *choices* of *user*, whether they chose before or not."""
    row, _made = Preferences.objects.update_or_create(user=user, defaults=choices)
    user.preferences = row
    return row


def office_keys() -> dict[str, str]:
    """Return the key of each action as the office set it."""
    found = as_set()
    return {action: found.get(action, key) for action, key in keys.as_shipped().items()}


def keys_of(user: User) -> dict[str, str]:
    """Return the key of each action as *user* presses it.

    Where the office has since given a chosen key to another action, the office's keys stand.
    """
    office = office_keys()
    mine = {**office, **preferences_of(user).keys}
    return mine if len({*mine.values()}) == len(mine) else office


def desk(request: HttpRequest) -> dict[str, object]:
    """Give templates the person's keys; asked only where a template does."""
    user = getattr(request, "user", None)
    if not (isinstance(user, User) and user.is_staff):
        return {}
    return {
        "keymap": lambda: json.dumps(keys.replaced(keys_of(user))),
        "keys_on": lambda: preferences_of(user).keys_on,
    }
