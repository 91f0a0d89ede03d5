"""What an exporter sends in: files, and what a confirmation letter says."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from documents import confirming
from documents.models import Confirmation, Document, Outlet
from exports.errors import DomainError
from exports.forms import PaperDateField, choices_of
from exports.identifiers import canonical_vin
from exports.models import Application, Destination, User, Vehicle
from exports.wording import explain

ACCEPTED = (
    ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.heic,.heif,application/pdf,image/jpeg,image/png,image/tiff,"
    "image/heic,image/heif"
)
VIN_LENGTH = 17
MOST_VINS = 5000
MOST_OUTLETS = 60
SPARE_OUTLETS = 1
Choices = list[tuple[str, str]]
NOT_A_FILE = _("Choose a file first.")


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files. Their content is judged where they are taken in, so empty ones pass here."""

    widget = FilesInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files sent, at least one where the field is required."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for each in files if (file := super(FilesField, self).clean(each, initial))]


class LetterUploadForm(forms.Form):
    """One confirmation letter."""

    file = forms.FileField(
        label=_("The letter"),
        help_text=_(
            "PDF, JPEG, PNG, TIFF or HEIC with every page of the letter, the seal included."
        ),
        allow_empty_file=True,
        error_messages={"required": NOT_A_FILE},
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class PapersForm(forms.Form):
    """Papers of one kind for an application, for the batch or for one vehicle."""

    kind = forms.ChoiceField(label=_("What is it?"))
    vehicle = forms.ModelChoiceField(
        Vehicle.objects.none(), label=_("For"), required=False, empty_label=_("the whole batch")
    )
    papers = FilesField(
        label=_("Files"),
        help_text=_("PDF, JPEG, PNG, TIFF or HEIC; several at once."),
        allow_empty_file=True,
        error_messages={"required": NOT_A_FILE},
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [pair for pair in Document.Kind.choices if pair[0] != Document.Kind.CONFIRMATION]
        self.fields["kind"] = forms.ChoiceField(label=_("What is it?"), choices=kinds)
        batch = Vehicle.objects.filter(lines__application=application).order_by("vin")
        chosen = self.fields["vehicle"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = batch


class DropForm(forms.Form):
    """Up to twenty papers at once, of one kind or each of the kind its name speaks of."""

    kind = forms.ChoiceField(label=_("What are they?"), required=False)
    papers = FilesField(
        label=_("Files"),
        help_text=_("Up to 20 at once: PDF, JPEG, PNG, TIFF or HEIC. Drop them here."),
        allow_empty_file=True,
        error_messages={"required": NOT_A_FILE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_name = ("", _("As the name of each file says"))
        kinds = [by_name, *Document.Kind.choices]
        self.fields["kind"] = forms.ChoiceField(
            label=_("What are they?"), choices=kinds, required=False
        )


class LetterForm(forms.Form):
    """What the letter says, as printed."""

    issuer_name = forms.CharField(
        label=_("Issued by"),
        max_length=120,
        help_text=_("The unit under the seal, exactly as printed."),
        widget=forms.TextInput(attrs={"list": "makers", "autocomplete": "off"}),
    )
    number = forms.CharField(label=_("Number of the letter"), max_length=60, required=False)
    issued_on = PaperDateField(label=_("Issued on"), required=False)
    valid_until = PaperDateField(label=_("Valid until"), required=False)
    destinations = forms.ModelMultipleChoiceField(
        Destination.objects.all(),
        label=_("Destinations"),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    vins = forms.CharField(
        label=_("VINs"),
        help_text=_("Every VIN the letter lists, one a line."),
        max_length=200_000,
        widget=forms.Textarea(
            attrs={"rows": 6, "class": "mono", "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, countries: Choices, **kwargs: Any) -> None:
        """Offer *countries*, in the reader's order."""
        super().__init__(*args, **kwargs)
        chosen = {str(getattr(value, "pk", value)) for value in self["destinations"].value() or ()}
        field = self.fields["destinations"]
        # What is chosen stands on top of 250 countries, where it can be seen.
        choices = sorted(countries, key=lambda row: row[0] not in chosen)
        assert isinstance(field.widget, forms.SelectMultiple)
        field.widget.choices = choices

    def clean_vins(self) -> list[str]:
        """Return the VINs in the order of the letter, each once, forgiving spaces and hyphens."""
        vins: list[str] = []
        for number, line in enumerate(self.cleaned_data["vins"].splitlines(), start=1):
            vins += vins_in(line, number=number)
        if len(vins) > MOST_VINS:
            raise forms.ValidationError(
                _("A letter may list at most %(most)d VINs."), params={"most": MOST_VINS}
            )
        return list(dict.fromkeys(vins))

    def clean(self) -> dict[str, Any]:
        """Refuse a letter that ends before it was issued."""
        facts = super().clean() or {}
        issued_on, valid_until = facts.get("issued_on"), facts.get("valid_until")
        if issued_on and valid_until and valid_until < issued_on:
            self.add_error("valid_until", _("This is before the day of issue."))
        return facts


def vins_in(line: str, *, number: int) -> list[str]:
    """Return the VINs of one line.

    Raises:
        ValidationError: something on it is no VIN; the sentence names line and text.

    """
    whole = canonical_vin(line)
    parts = [whole] if len(whole) <= VIN_LENGTH else re.split(r"[\s,;，、；]+", line)
    found = [vin for vin in map(canonical_vin, parts) if vin]
    for vin in found:
        if len(vin) != VIN_LENGTH or not (vin.isascii() and vin.isalnum()):
            raise forms.ValidationError(
                _("Line %(number)d: “%(text)s” has %(length)d characters; a VIN has 17."),
                params={"number": number, "text": vin[:40], "length": len(vin)},
            )
    return found


class OutletForm(forms.Form):
    """One place that serves the vehicles."""

    country = forms.ModelChoiceField(Destination.objects.all(), label=_("Country"))
    name = forms.CharField(label=_("Outlet"), max_length=160)
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    provider = forms.CharField(label=_("Provider"), max_length=160, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, countries: Choices, **kwargs: Any) -> None:
        """Offer *countries*, read once for all rows."""
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ModelChoiceField)
        country.choices = [("", "—"), *countries]


class OutletForms(forms.BaseFormSet):
    """The outlets of a letter; a row left empty, or emptied, is no outlet."""

    def initial_form_count(self) -> int:
        """Count no row as kept, so that emptying one removes the outlet."""
        return 0


class LetterEntry:
    """What a letter says: one form and its list of outlets, judged and saved together."""

    def __init__(
        self,
        document: Document,
        *,
        confirmation: Confirmation | None = None,
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        outlets: list[dict[str, Any]] | None = None,
    ) -> None:
        """Offer *initial* and *outlets* for checking, or take *data* as sent."""
        self.document = document
        self.confirmation = confirmation
        rows = outlets or []
        formset = forms.formset_factory(
            OutletForm,
            formset=OutletForms,
            extra=len(rows) + SPARE_OUTLETS,
            absolute_max=MOST_OUTLETS,
            max_num=MOST_OUTLETS,
        )
        countries = choices_of(list(Destination.objects.all()))[1:]
        self.countries = dict(countries)
        self.form = LetterForm(data, initial=initial, countries=countries)
        # Sent rows are compared with nothing: a row that was emptied is then seen as empty.
        self.outlets = formset(
            data,
            initial=None if data else rows or None,
            prefix="outlets",
            form_kwargs={"countries": countries},
        )

    def is_valid(self) -> bool:
        """Judge both; what is wrong with an outlet also stands in the summary of the form."""
        if not self.outlets.is_valid():
            self.form.is_valid()
            for number, row in enumerate(self.outlets.forms, start=1):
                for name in row.errors:
                    self.form.add_error(
                        None,
                        _("Outlet %(number)d, %(field)s: %(error)s")
                        % {
                            "number": number,
                            "field": row.fields[name].label if name in row.fields else "",
                            "error": row.errors[name][0],
                        },
                    )
            return False
        return self.form.is_valid()

    def save(self, *, by: User, at: datetime) -> bool:
        """Enter or correct the confirmation; ``False`` if it was refused, and the form says why."""
        facts = dict(self.form.cleaned_data)
        lists = {
            "destinations": facts.pop("destinations"),
            "vins": facts.pop("vins"),
            "outlets": [row.cleaned_data for row in self.outlets.forms if row.cleaned_data],
        }
        try:
            if self.confirmation:
                confirming.amend_confirmation(self.confirmation, by=by, at=at, **lists, **facts)
            else:
                confirming.enter_confirmation(
                    self.document.exporter, document=self.document, by=by, at=at, **lists, **facts
                )
        except DomainError as refusal:
            self.form.add_error(None, explain(refusal))
            return False
        return True


def initial_of_saved(confirmation: Confirmation) -> dict[str, Any]:
    """Return what was entered, by the form's field names."""
    return {
        "issuer_name": confirmation.issuer_name,
        "number": confirmation.number,
        "issued_on": confirmation.issued_on,
        "valid_until": confirmation.valid_until,
        "destinations": [country.pk for country in confirmation.destinations.all()],
        "vins": "\n".join(vehicle.vin for vehicle in confirmation.vehicles.all()),
    }


def outlets_of_saved(confirmation: Confirmation) -> list[dict[str, Any]]:
    """Return the outlets entered, by the form's field names."""
    return [outlet_of(outlet) for outlet in confirmation.outlets.all()]


def outlet_of(outlet: Outlet) -> dict[str, Any]:
    """Return one outlet by the form's field names."""
    names = ("name", "address", "provider", "phone")
    return {"country": outlet.country_id, **{name: getattr(outlet, name) for name in names}}


class RevokeForm(forms.Form):
    """Why the maker takes its promise back."""

    note = forms.CharField(
        label=_("Why is it revoked?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The exporter and the office read this."),
    )
