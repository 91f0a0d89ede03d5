"""What is entered at the manufacturer's desk, and what an exporter asks of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms import MOST_VINS, vins_in
from documents.models import Declined, ListedOutlet, SealKind
from exports.forms import PaperDateField, choices_of
from exports.models import Destination, Manufacturer

PICTURES = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,application/pdf,image/jpeg,image/png,image/tiff"
VINS = forms.Textarea(
    attrs={"rows": 6, "class": "mono", "spellcheck": "false", "autocomplete": "off"}
)


class VinsField(forms.CharField):
    """Several VINs, one a line or parted by commas; each once, in the order they were given."""

    widget = VINS

    def __init__(self, *, most: int = MOST_VINS, **kwargs: Any) -> None:
        super().__init__(max_length=200_000, **kwargs)
        self.most = most

    def clean(self, value: Any) -> list[str]:
        """Return the canonical VINs.

        Raises:
            ValidationError: something is no VIN, or there are too many.
        """
        text = super().clean(value)
        vins: list[str] = []
        for number, line in enumerate(text.splitlines(), start=1):
            vins += vins_in(line, number=number)
        if len(vins) > self.most:
            raise forms.ValidationError(
                _("At most %(most)d VINs at once."), params={"most": self.most}
            )
        return list(dict.fromkeys(vins))


class OutletChoice(forms.ModelMultipleChoiceField):
    """Outlets of the directory, as they read."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, outlet: ListedOutlet) -> str:
        """Name the outlet with its place."""
        return f"{outlet.country} · {outlet.name} · {outlet.address}"


def all_countries() -> list[tuple[str, str]]:
    """Return every destination as a choice, in the reader's order: one query."""
    return choices_of(list(Destination.objects.all()))[1:]


class AnswerForm(forms.Form):
    """Which of the vehicles are confirmed, or why they are not."""

    vins = forms.MultipleChoiceField(
        label=_("Vehicles"), widget=forms.CheckboxSelectMultiple, required=False
    )
    outlets = OutletChoice(
        ListedOutlet.objects.none(), label=_("Service outlets that will serve them"), required=False
    )
    valid_until = PaperDateField(label=_("Valid until"), required=False)
    reason = forms.ChoiceField(
        label=_("Why not?"), choices=[("", "—"), *Declined.choices], required=False
    )
    words = forms.CharField(
        label=_("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The exporter reads this."),
    )

    def __init__(self, *args: Any, vins: Sequence[str], outlets: Any, **kwargs: Any) -> None:
        """Offer the open *vins*, all chosen, and the *outlets* of the country."""
        super().__init__(*args, **kwargs)
        self.fields["vins"] = forms.MultipleChoiceField(
            label=_("Vehicles"),
            choices=[(vin, vin) for vin in vins],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=list(vins),
        )
        offered = self.fields["outlets"]
        assert isinstance(offered, forms.ModelMultipleChoiceField)
        offered.queryset = outlets
        offered.initial = [outlet.pk for outlet in outlets]


class AttestForm(forms.Form):
    """What a manufacturer promises: vehicles, countries, outlets, until when."""

    exporter_uscc = forms.CharField(
        label=_("Exporter's unified social credit code"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )
    destinations = forms.ModelMultipleChoiceField(
        Destination.objects.all(),
        label=_("Destinations"),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    vins = VinsField(label=_("VINs"), help_text=_("One a line, or copied from a spreadsheet."))
    outlets = OutletChoice(
        ListedOutlet.objects.none(),
        label=_("Service outlets"),
        help_text=_("At least one in each country. They are copied as they stand today."),
    )
    valid_until = PaperDateField(
        label=_("Valid until"), required=False, help_text=_("Empty: no end.")
    )

    def __init__(self, *args: Any, outlets: Any, **kwargs: Any) -> None:
        """Offer the *outlets* of the directory and, of the countries, those they serve."""
        super().__init__(*args, **kwargs)
        offered, countries = self.fields["outlets"], self.fields["destinations"]
        assert isinstance(offered, forms.ModelMultipleChoiceField)
        assert isinstance(countries, forms.ModelMultipleChoiceField)
        offered.queryset = outlets
        places = {outlet.country_id: outlet.country for outlet in outlets}
        countries.choices = choices_of(list(places.values()))[1:]


class AmendForm(AttestForm):
    """What an attested confirmation shall say from now on, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_000)
    note = forms.CharField(
        label=_("Why is it amended?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The exporter and the office read this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["exporter_uscc"]


class DirectoryForm(forms.Form):
    """One outlet of the directory, with what proves it."""

    country = forms.ModelChoiceField(Destination.objects.all(), label=_("Country"))
    name = forms.CharField(label=_("Outlet"), max_length=160)
    address = forms.CharField(label=_("Address"), max_length=240)
    provider = forms.CharField(label=_("Provider"), max_length=160)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    checked_on = PaperDateField(label=_("Checked on"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=200,
        required=False,
        help_text=_("Such as the number of the service contract."),
    )
    file = forms.FileField(
        label=_("Contract or photograph"),
        required=False,
        help_text=_("PDF or picture; we keep a picture of its first page, not the file."),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ModelChoiceField)
        country.choices = [("", "—"), *all_countries()]


class CloseCountryForm(forms.Form):
    """A country the manufacturer confirms nothing for."""

    country = forms.ModelChoiceField(Destination.objects.all(), label=_("Country"))
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("Exporters who ask read this.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ModelChoiceField)
        country.choices = [("", "—"), *all_countries()]


class SealForm(forms.Form):
    """A seal sent in as the manufacturer's own."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SealKind.choices[:-1])
    picture = forms.FileField(
        label=_("Picture of the imprint"),
        help_text=_(
            "The imprint alone, on white paper, scanned in colour at 300 dpi: JPEG, PNG, TIFF or"
            " PDF."
        ),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )


class WordForm(forms.Form):
    """What the manufacturer says of a letter in its name."""

    note = forms.CharField(
        label=_("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if you report a forgery. The exporter and the office read this."),
    )


class MakerChoice(forms.ModelChoiceField):
    """Manufacturers that can be asked here."""

    def label_from_instance(self, maker: Manufacturer) -> str:
        """Name the manufacturer as it is announced."""
        return maker.current_name


class AskForm(forms.Form):
    """What an exporter asks a manufacturer to confirm."""

    manufacturer = MakerChoice(Manufacturer.objects.none(), label=_("Manufacturer"))
    destination = forms.ModelChoiceField(Destination.objects.all(), label=_("Destination"))
    vins = VinsField(label=_("VINs"), most=500, help_text=_("One a line; at most 500."))
    note = forms.CharField(
        label=_("Note to the manufacturer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, makers: Any, **kwargs: Any) -> None:
        """Offer the *makers* that have somebody here."""
        super().__init__(*args, **kwargs)
        offered, country = self.fields["manufacturer"], self.fields["destination"]
        assert isinstance(offered, forms.ModelChoiceField)
        assert isinstance(country, forms.ModelChoiceField)
        offered.queryset = makers
        country.choices = [("", "—"), *all_countries()]


class ManyForm(forms.Form):
    """A spreadsheet of confirmations."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(
            "XLSX, XLS, ODS or CSV with the columns VIN and destination; besides, as you have them,"
            " exporter (credit code) and valid until. At most 2,000 rows."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
        allow_empty_file=True,
    )
