"""Problems of a spreadsheet in words: what is wrong, and how to mend it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.sheets.columns import FIELDS, MOST_ROWS, TERMS
from exports.identifiers import check_uscc, check_vin
from exports.models import Application, Destination, Port, Vehicle
from exports.wording import say

Problem = Mapping[str, Any]
SENTENCES: Final[Mapping[str, Promise]] = {
    "missing": gettext_lazy("This is missing."),
    "formula": gettext_lazy(
        "A formula stands here, and the file does not hold its result. Open and save it once in"
        " your spreadsheet program, or write the value."
    ),
    "error_value": gettext_lazy("The spreadsheet shows an error here. Write the value."),
    "too_long": gettext_lazy("This is too long: %(most)s characters at most."),
    "rounded": gettext_lazy(
        "The spreadsheet has cut the end of this number off. Format the column as text and write"
        " it again."
    ),
    "vin_number": gettext_lazy("A VIN has letters. Format the column as text and write it again."),
    "vin_letters": gettext_lazy("VINs never contain I, O or Q."),
    "hs_code": gettext_lazy("An HS code is 6 to 10 digits, such as 8703801090."),
    "number": gettext_lazy("Write whole kilometres, such as 5200."),
    "day_impossible": gettext_lazy("There is no such day in the calendar."),
    "day_ambiguous": gettext_lazy("This can be two days. Which figure is the day?"),
    "day_early": gettext_lazy("Check the year."),
    "day_short": gettext_lazy("The year has two figures."),
    "day_month_only": gettext_lazy("The day is missing."),
    "day_unreadable": gettext_lazy("Write the date like 2026-06-30."),
    "word": gettext_lazy("“%(wrote)s” is not known here."),
    "future": gettext_lazy("This day is still to come."),
    "order": gettext_lazy(
        "The dates stand in an order no car's life takes: produced, registered, transferred."
    ),
    "registry": gettext_lazy("The registry has another day: %(fix)s."),
    "refused": gettext_lazy("It could not be saved: %(said)s"),
    "assumed": gettext_lazy("The file says nothing; taken as “%(shown)s”."),
    "owner_assumed": gettext_lazy("The file has no owner; taken as %(wrote)s."),
    "no_day": gettext_lazy(
        "Without the registration date nobody can tell whether a letter is needed."
    ),
    "maker": gettext_lazy("“%(wrote)s” is not in the announcement of manufacturers."),
}
BROKEN: Final[Mapping[str, Promise]] = {
    "unreadable": gettext_lazy(
        "The file cannot be opened. Save it anew as XLSX or CSV and upload that."
    ),
    "encrypted": gettext_lazy("The file is protected by a password. Take that off first."),
    "too_large_unpacked": gettext_lazy(
        "The file unpacks to far more than a list of vehicles. Copy the list into a new workbook."
    ),
    "too_many_rows": gettext_lazy(
        "The list has more than %(most)s rows. Split it into several files."
    ),
    "empty": gettext_lazy("No sheet of the file shows any headers."),
    "no_rows": gettext_lazy("Below the headers there are no rows."),
    "no_text": gettext_lazy("The file is no text we can read. Save it as “CSV UTF-8” or XLSX."),
    "infected": gettext_lazy("The virus scanner found a virus in the file. It was not opened."),
}
REMARKS: Final[Mapping[str, Promise]] = {
    "other_tabs": gettext_lazy("Other sheets not read: %(count)s."),
    "hidden_tabs": gettext_lazy("Hidden sheets not read: %(count)s."),
    "hidden_rows": gettext_lazy("Hidden rows that were read all the same: %(count)s."),
    "above": gettext_lazy("Rows above the headers passed over: %(count)s."),
    "blank": gettext_lazy("Blank rows passed over: %(count)s."),
    "repeated_heads": gettext_lazy("Repeated rows of headers passed over: %(count)s."),
    "totals": gettext_lazy("Rows with totals passed over: %(count)s."),
}


def label_of(name: str) -> str:
    """Return the word for field *name*."""
    model: Any = Application if name in TERMS else Vehicle
    return capfirst(str(model._meta.get_field(name).verbose_name))


def labels() -> dict[str, str]:
    """Return the words for all fields."""
    return {name: label_of(name) for name in FIELDS}


def sentence(problem: Problem) -> str:
    """Return what is wrong, in the reader's language."""
    code, text = str(problem["code"]), str(problem["wrote"])
    if code.startswith("vin_") and code not in SENTENCES:
        found = check_vin(text).problem
        return say(found.sentence) if found else ""
    if code == "owner_uscc_digit":
        found = check_uscc(text).problem
        return say(found.sentence) if found else ""
    facts = {**problem, "shown": shown_value(str(problem["field"]), text)}
    return str(SENTENCES[code]) % facts


def shown_value(name: str, value: Any) -> str:
    """Return *value* of field *name* as people read it: the word of a choice, the name of a place.

    One query for a place.
    """
    if name in ("destination", "port"):
        model: Any = Destination if name == "destination" else Port
        place = model.objects.filter(pk=value).first() if value else None
        return f"{place} ({value})" if place else str(value)
    choices = dict(getattr(Vehicle, name.capitalize()).choices) if is_choice(name) else {}
    return str(choices.get(value, "" if value is None else value))


def is_choice(name: str) -> bool:
    """Tell whether field *name* takes one of a few words."""
    return name in ("kind", "fuel", "origin", "use")


def broken(code: str) -> str:
    """Return why the file could not be read."""
    return str(BROKEN.get(code, BROKEN["unreadable"])) % {"most": f"{MOST_ROWS:,}"}


def remarks_of(counts: Mapping[str, int]) -> list[str]:
    """Return what was passed over while reading, in words."""
    return [str(words) % {"count": counts[n]} for n, words in REMARKS.items() if counts.get(n)]


def keep_label() -> str:
    """Return the words by which a person confirms what looks wrong."""
    return _("It is printed so: keep it")
