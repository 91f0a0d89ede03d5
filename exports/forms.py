"""Forms of the portal: forgiving about how a thing is written, strict about what it says."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exports.calculator import read_date
from exports.doubts import Doubt, doubts_about
from exports.drafting import TERMS
from exports.fleet import FACTS
from exports.identifiers import USCC_LENGTH, canonical_uscc, canonical_vin, check_vin
from exports.models import Application, Destination, Exporter, Line, Port, Vehicle
from exports.wording import say

EARLIEST: Final = date(1900, 1, 1)
HS_CODE: Final = re.compile(r"[0-9]{6,10}", re.ASCII)
PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}


class VinField(forms.CharField):
    """A VIN in any width, case and grouping; only its check digit may still be wrong."""

    widget = forms.TextInput(attrs=PLAIN | {"class": "is-vin", "autocapitalize": "characters"})

    def clean(self, value: Any) -> str:
        """Return the canonical VIN, or say which character cannot stand there."""
        problem = check_vin(value or "").problem
        if problem is not None and problem.code != "vin_check_digit":
            raise ValidationError(say(problem.sentence), code=problem.code)
        return canonical_vin(value)


class UsccField(forms.CharField):
    """A credit code in any width, case and grouping."""

    widget = forms.TextInput(attrs=PLAIN | {"class": "is-vin"})

    def clean(self, value: Any) -> str:
        """Return the canonical code; what is wrong inside it is for doubts and checks."""
        code = canonical_uscc(super().clean(value))
        if len(code) > USCC_LENGTH:
            raise ValidationError(
                _("The credit code has %(length)d characters; it must have 18."),
                params={"length": len(code)},
            )
        return code


class HsCodeField(forms.CharField):
    """An HS code with or without its dots."""

    widget = forms.TextInput(
        attrs=PLAIN | {"class": "w-10 mono", "inputmode": "numeric", "list": "hs-codes"}
    )

    def to_python(self, value: Any) -> str:
        """Return the digits alone."""
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        digits = re.sub(r"[\s.\-]", "", text)
        if digits and not HS_CODE.fullmatch(digits):
            raise ValidationError(_("An HS code is 6 to 10 digits, such as 8703801090."))
        return digits


class PaperDateField(forms.DateField):
    """A date as people copy it from Chinese papers."""

    widget = forms.DateInput(
        format="%Y-%m-%d",
        attrs={"class": "w-10", "autocomplete": "off", "placeholder": "2026-06-30"},
    )
    default_error_messages = {
        "invalid": _("Write the date like 2026-06-30, 2026/6/30, 2026年6月30日 or 20260630."),
        "no_such_day": _("There is no such day in the calendar."),
        "too_early": _("Check the year."),
    }

    def to_python(self, value: Any) -> date | None:
        """Read the one day *value* names."""
        if not value or not isinstance(value, str):
            return super().to_python(value)
        try:
            day = read_date(value)
        except ValueError as impossible:
            raise ValidationError(self.error_messages["no_such_day"]) from impossible
        if day is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if day < EARLIEST:
            raise ValidationError(self.error_messages["too_early"])
        return day


class PrintedSoField(forms.MultipleChoiceField):
    """Ticks by which a person confirms doubtful entries; each names the value it confirms."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        """Let stale ticks pass: only those of today's doubts confirm anything."""
        return True


class VehicleForm(forms.ModelForm):
    """The facts of one certificate.

    What is impossible is refused; what is only doubtful is saved once the person confirms that
    the certificate prints it so, because the checks must be able to see it. Facts in *initial*
    were confirmed when they were saved.
    """

    vin = VinField(label=_("VIN"))
    hs_code = HsCodeField(label=_("HS code"))
    owner_uscc = UsccField(label=_("Owner's code"), required=False)
    produced_on = PaperDateField(label=_("Produced on"), required=False)
    registered_on = PaperDateField(label=_("Registered on"), required=False)
    transferred_on = PaperDateField(label=_("Transferred, pending export, on"), required=False)
    printed_so = PrintedSoField(
        label=_("Does the certificate really print this?"),
        required=False,
        help_text=_("Tick only what you have compared with the paper. The checks will look at it."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Vehicle
        fields = FACTS
        widgets = {
            "maker_name": forms.TextInput(attrs={"list": "makers", "autocomplete": "off"}),
            "odometer_km": forms.NumberInput(attrs={"class": "w-10", "min": 0}),
            "certificate_number": forms.TextInput(attrs=PLAIN),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep *today*: what lies after it is doubtful."""
        self.today = today
        self.doubts: list[Doubt] = []
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Raise each doubt that the person has not confirmed."""
        facts = super().clean() or {}
        self.doubts = doubts_about(facts, today=self.today)
        self.offer_ticks()
        known = {doubt.token for doubt in doubts_about(self.initial, today=self.today)}
        ticked = set(facts.get("printed_so") or [])
        open_doubts = [d for d in self.doubts if d.token not in known | ticked]
        for doubt in open_doubts:
            self.add_error(doubt.field, doubt.sentence)
        if open_doubts:
            self.add_error("printed_so", _("Correct the entry, or tick what is printed so."))
        return facts

    def offer_ticks(self) -> None:
        """Offer one tick for each doubt, naming the value it is about."""
        printed = self.fields["printed_so"]
        assert isinstance(printed, PrintedSoField)
        printed.choices = [(doubt.token, self.tick_label(doubt)) for doubt in self.doubts]

    def tick_label(self, doubt: Doubt) -> str:
        """Return the words beside the tick for *doubt*."""
        words = {"field": self.fields[doubt.field].label, "value": doubt.value}
        return gettext("%(field)s %(value)s: yes, it is printed exactly so") % words

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts as :mod:`exports.fleet` takes them."""
        return {name: self.cleaned_data[name] for name in FACTS}


class TermsForm(forms.ModelForm):
    """The terms of a draft. All may be left open until it is filed."""

    consignor_uscc = UsccField(label=_("Consignor's code"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Application
        fields = TERMS
        widgets = {"contract_number": forms.TextInput(attrs=PLAIN)}
        help_texts = {
            "contract_destination": _("Leave empty if it is the same country."),
            "consignor_name": _("Your own company, unless another one stands on the contract."),
        }

    def __init__(self, *args: Any, exporter: Exporter, **kwargs: Any) -> None:
        """Offer the countries in the reader's order: two queries."""
        self.exporter = exporter
        super().__init__(*args, **kwargs)
        countries = choices_of(list(Destination.objects.all()))
        self.choose("destination", countries)
        self.choose("contract_destination", countries)
        self.choose("port", choices_of(list(Port.objects.all())))

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let field *name* show *choices*; its query still decides what is valid."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.choices = choices

    @property
    def terms(self) -> dict[str, Any]:
        """Return the terms as :mod:`exports.drafting` takes them, with what goes without saying."""
        terms = {name: self.cleaned_data[name] for name in TERMS}
        terms["contract_destination"] = terms["contract_destination"] or terms["destination"]
        if not terms["consignor_name"]:
            terms["consignor_name"] = self.exporter.name_zh
            terms["consignor_uscc"] = self.exporter.uscc
        return terms


class BatchForm(forms.Form):
    """Which vehicles leave a draft and which join it, each named by its VIN."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    remove = forms.ModelMultipleChoiceField(
        queryset=Line.objects.none(), to_field_name="vin", required=False
    )
    add = forms.ModelMultipleChoiceField(
        queryset=Vehicle.objects.none(), to_field_name="vin", required=False
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        """Accept the lines of *application* and the other vehicles of its exporter."""
        super().__init__(*args, **kwargs)
        for name, rows in self.eligible(application).items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = rows

    def eligible(self, application: Application) -> Mapping[str, Any]:
        """Return what may be ticked, by field."""
        fleet = Vehicle.objects.filter(exporter=application.exporter)
        return {
            "remove": application.lines.select_related("vehicle"),
            "add": fleet.exclude(lines__application=application),
        }

    @property
    def ticked(self) -> set[str]:
        """Return the VINs ticked in what was sent, so that a refused form shows them again."""
        sent = self.data
        if not isinstance(sent, QueryDict):
            return set()
        return {*sent.getlist("add"), *sent.getlist("remove")}


class DiscardForm(forms.Form):
    """The version of the draft a person saw when they decided to throw it away."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def choices_of(places: list[Any]) -> list[tuple[str, str]]:
    """Return *places* as choices, sorted as their names read.

    The GB 18030 bytes of common characters follow their pinyin.
    """
    named = sorted(((place.name, place.pk) for place in places), key=reading_order)
    return [("", "—"), *((code, f"{name} · {code}") for name, code in named)]


def reading_order(place: tuple[str, str]) -> bytes:
    """Return the sort key of a named place."""
    return place[0].casefold().encode("gb18030")
