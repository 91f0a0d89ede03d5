"""Forms of the import: the file, what its columns hold, what rows without terms take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Sheet
from documents.sheets.wording import label_of, labels
from exports.forms import choices_of
from exports.models import Application, Destination, Port


class SheetForm(forms.Form):
    """One spreadsheet."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV, at most 5,000 rows and 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.xls,.ods,.txt,.tsv"}),
        error_messages={"required": _("Choose a file.")},
    )


class ColumnsForm(forms.Form):
    """What each column of a spreadsheet holds."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        """Offer every field for every column of *sheet*."""
        super().__init__(*args, **kwargs)
        choices = [("", _("– not used –")), *labels().items()]
        for at, (head, field) in enumerate(zip(sheet.heads, sheet.columns, strict=True)):
            if not head:
                continue
            known = field if field in dict(choices) else ""
            self.fields[f"c{at}"] = forms.ChoiceField(
                label=head, choices=choices, required=False, initial=known
            )

    def columns(self, sheet: Sheet) -> list[str]:
        """Return the field of each column of *sheet*."""
        given = self.cleaned_data
        return [given.get(f"c{at}", "") for at in range(len(sheet.heads))]


class AcceptForm(forms.Form):
    """What becomes of the ready rows."""

    destination = forms.ModelChoiceField(Destination.objects.all(), required=False)
    port = forms.ModelChoiceField(Port.objects.all(), required=False)
    contract_number = forms.CharField(
        label=_("contract number"),
        max_length=40,
        required=False,
    )
    market_declaration = forms.BooleanField(
        label=Application._meta.get_field("market_declaration").verbose_name, required=False
    )
    drafts = forms.BooleanField(label=_("Make draft applications"), required=False)
    update = forms.BooleanField(
        label=_("Change vehicles in the fleet to what the file says"), required=False
    )
    round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the places in the reader's order: two queries."""
        super().__init__(*args, **kwargs)
        for name, model in (("destination", Destination), ("port", Port)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.label = label_of(name)
            field.choices = choices_of(list(model.objects.all()))

    @property
    def fallback(self) -> dict[str, Any]:
        """Return the answers as :func:`documents.sheets.receiving.proceed` takes them."""
        given = self.cleaned_data
        places = {n: given[n].pk if given[n] else "" for n in ("destination", "port")}
        said = ("contract_number", "market_declaration", "drafts", "update")
        return places | {name: given[name] for name in said}
