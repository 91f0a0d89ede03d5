"""Turn facts into JSON and back without loss, so that a stored finding can be replayed."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from reviews.checks.model import Facts, Json


def to_json(facts: Facts) -> dict[str, Json]:
    """Return *facts* as JSON values: dates in ISO form, tuples as lists."""
    return {field.name: encode(getattr(facts, field.name)) for field in fields(facts)}


def from_json(stored: dict[str, Json]) -> Facts:
    """Rebuild facts from :func:`to_json` or from a finding's inputs; what is absent is empty."""
    facts: Facts = _decoder(Facts)(stored)
    return facts


def encode(value: Any) -> Json:
    """Return one fact as a JSON value."""
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    plain: str | int | bool | None = str(value) if isinstance(value, StrEnum) else value
    return plain


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """Return the function that rebuilds a value of *kind* from JSON."""
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if get_origin(kind) is tuple:
        item = _decoder(get_args(kind)[0])
        return lambda stored: tuple(item(part) for part in stored)
    if get_origin(kind) is UnionType:
        some = _decoder(get_args(kind)[0])
        return lambda stored: None if stored is None else some(stored)
    return date.fromisoformat if kind is date else kind


def _dataclass_decoder(kind: Any) -> Callable[[Any], Any]:
    """Return the function that rebuilds a dataclass from the fields that were stored."""
    parts = {name: _decoder(hint) for name, hint in get_type_hints(kind).items()}
    return lambda stored: kind(**{name: parts[name](part) for name, part in stored.items()})
