"""What the registry said about a vehicle, for the company it concerns."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from documents.models import RegistryAnswer
from exports.identifiers import plain_name
from exports.models import Exporter, Line, Vehicle

COMPARED = ("brand", "model", "registered_on", "transferred_on", "owner_name", "owner_uscc")
FLAGS = ("mortgaged", "seized", "stolen", "open_violations")


@dataclass(frozen=True, slots=True)
class FromRegistry:
    """One value as the registry gave it.

    ``differs`` if the fleet has another one; ``held`` if it is something that holds the vehicle.
    """

    label: str
    value: str
    differs: bool
    held: bool


def answer_shown(vehicle: Vehicle, *, reader: Exporter) -> RegistryAnswer | None:
    """Return the newest answer about *vehicle* if *reader* may see it: two queries at most.

    Only the owner that the registry names may, and who has filed an application for the VIN:
    anybody can type a VIN, and whose car it is and what lies on it is nobody else's business.
    """
    answer = RegistryAnswer.objects.latest_first([vehicle.vin]).first()
    if answer is None or not (owned_by(reader, answer) or filed_by(reader, vehicle)):
        return None
    return answer


def owned_by(reader: Exporter, answer: RegistryAnswer) -> bool:
    """Tell whether the registry names *reader* as the owner: by its code, else by its name."""
    if answer.owner_uscc:
        return answer.owner_uscc == reader.uscc
    return bool(answer.owner_name) and plain_name(answer.owner_name) == plain_name(reader.name_zh)


def filed_by(reader: Exporter, vehicle: Vehicle) -> bool:
    """Tell whether *reader* has filed an application for the VIN of *vehicle*."""
    filed = Line.objects.filter(vin=vehicle.vin, application__filed_on__isnull=False)
    return filed.filter(application__exporter=reader).exists()


def values_of(answer: RegistryAnswer, vehicle: Vehicle) -> list[FromRegistry]:
    """Return what *answer* says, field by field, beside what the fleet says of *vehicle*."""
    fields = {field.name: capfirst(str(field.verbose_name)) for field in answer._meta.fields}
    values = {name: getattr(answer, name) for name in (*COMPARED, *FLAGS)}
    other = {name: differs(values[name], getattr(vehicle, name)) for name in COMPARED}
    return [
        FromRegistry(fields[name], said(value), differs=other.get(name, False), held=value is True)
        for name, value in values.items()
    ]


def said(value: Any) -> str:
    """Return *value* in words; what the registry did not say is said to be so."""
    if value is None or value == "":
        return _("not said")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if isinstance(value, date) else str(value)


def differs(there: Any, here: Any) -> bool:
    """Tell whether the registry said something, and the fleet something else."""
    if there is None or there == "":
        return False
    if isinstance(there, str):
        return plain_name(there) != plain_name(here)
    return bool(there != here)
