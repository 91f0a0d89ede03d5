"""The exporter's answer to a request: only the fields in question, each with its old value."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.db.models import Field
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.forms import FilesField
from documents.models import Document
from exports.forms import HsCodeField, PaperDateField, UsccField, VinField
from exports.models import Application, Exporter, Vehicle
from exports.wording import say
from reviews.intake import TERM_FIELDS, VEHICLE_FIELDS, ItemAnswer
from reviews.models import RequestItem

MOST_OFFERED: Final = 8
FORGIVING: Final = {
    "vin": VinField,
    "hs_code": HsCodeField,
    "owner_uscc": UsccField,
    "consignor_uscc": UsccField,
    "produced_on": PaperDateField,
    "registered_on": PaperDateField,
    "transferred_on": PaperDateField,
}


class ItemForm(forms.Form):
    """One point: a new value, papers, words, whichever it asks for, and at least one of them."""

    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, item: RequestItem, exporter: Exporter, **kwargs: Any) -> None:
        """Offer the field or the papers that *item* is about."""
        self.item = item
        self.subject = subject_of(item)
        super().__init__(*args, **{**kwargs, "prefix": f"item-{item.pk}"})
        if self.subject is not None:
            self.fields["value"] = value_field(item, subject=self.subject)
        self.kept = kept_field(item, exporter=exporter) if item.document_kind else None
        if self.kept is not None:
            self.fields["kept"] = self.kept
            self.fields["files"] = files_field()
        self.order_fields(["value", "kept", "files", "text"])

    @property
    def old_value(self) -> str:
        """Return what is on file now, in words."""
        if self.subject is None:
            return ""
        value = getattr(self.subject, self.item.field)
        shown = getattr(self.subject, f"get_{self.item.field}_display", None)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(shown() if shown else value if value is not None else "")

    @property
    def reason(self) -> str:
        """Return the coded reason in the reader's language."""
        return say(self.item.given.text)

    @property
    def clause(self) -> str:
        """Return its legal basis in the reader's language."""
        return say(self.item.given.clause)

    @property
    def cure(self) -> str:
        """Return what would mend it in the reader's language."""
        return say(self.item.given.cure)

    @property
    def inputs(self) -> list[forms.BoundField]:
        """Return the fields to show, but a choice among papers only where there are some."""
        return [field for field in self if field.name != "kept" or self.offers_kept]

    @property
    def offers_kept(self) -> bool:
        """Tell whether the exporter has papers of this kind to choose from."""
        widget = self.fields["kept"].widget
        return isinstance(widget, forms.CheckboxSelectMultiple) and bool(list(widget.choices))

    @property
    def value(self) -> Any:
        """Return the corrected value, ``None`` where nothing was changed."""
        return self.cleaned_data.get("value") if "value" in self.changed_data else None

    def clean(self) -> dict[str, Any]:
        """Refuse an empty answer: a bare acknowledgement answers nothing."""
        given = super().clean() or {}
        says = [given.get(name) for name in ("kept", "files")]
        changed = "value" in self.changed_data and given.get("value") not in (None, "")
        if not self.errors and not changed and not any(says) and not given.get("text", "").strip():
            raise forms.ValidationError(
                _("%(point)s: correct the entry, add a paper, or explain in your words."),
                params={"point": say(self.item.given.text)},
            )
        return given

    def keep(self, documents: Iterable[Document]) -> None:
        """Tick *documents*, received just now, so that a form shown again has not lost them."""
        assert isinstance(self.data, QueryDict)  # only what a browser sent is kept
        data = self.data.copy()
        name = self.add_prefix("kept")
        data.setlist(name, [*data.getlist(name), *(str(document.pk) for document in documents)])
        self.data = data
        if self.kept is not None:
            offer(self.kept)

    def answer(self, documents: Iterable[Document]) -> ItemAnswer:
        """Return what was given for the item, with *documents* received for it."""
        kept = list(self.cleaned_data.get("kept") or [])
        return ItemAnswer(
            item=self.item,
            value=self.value,
            documents=tuple(dict.fromkeys([*kept, *documents])),
            text=self.cleaned_data["text"],
        )


def subject_of(item: RequestItem) -> Vehicle | Application | None:
    """Return the object whose field *item* asks about, ``None`` if it is about no field."""
    if item.line is not None and item.field in VEHICLE_FIELDS:
        return item.line.vehicle
    return item.request.case.application if item.field in TERM_FIELDS else None


def value_field(item: RequestItem, *, subject: Vehicle | Application) -> forms.Field:
    """Return the form field for the value in question, filled with the old one."""
    column = subject._meta.get_field(item.field)
    assert isinstance(column, Field)  # a fact of a vehicle or a term, never a reverse relation
    forgiving = FORGIVING.get(item.field)
    initial = getattr(subject, item.field)
    if forgiving:
        made: forms.Field = forgiving(label=column.verbose_name, required=False, initial=initial)
        return made
    initial = getattr(initial, "pk", initial)
    field: forms.Field | None = column.formfield(required=False, initial=initial)
    assert field is not None  # every fact and term can be edited
    return field


def kept_field(item: RequestItem, *, exporter: Exporter) -> forms.ModelMultipleChoiceField:
    """Return the choice among what the exporter uploaded before."""
    rows = Document.objects.filter(
        exporter=exporter, kind=item.document_kind, withdrawn_at__isnull=True
    ).exclude(state__in=[*Document.REJECTED, Document.State.DEAD])
    field = forms.ModelMultipleChoiceField(
        rows,
        label=_("Use what you uploaded before"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    offer(field)
    return field


def offer(field: forms.ModelMultipleChoiceField) -> None:
    """Show the newest of what may be chosen; older papers stay valid choices."""
    assert field.queryset is not None  # given where the field is made
    recent = field.queryset.order_by("-id")[:MOST_OFFERED]
    field.choices = [(row.pk, f"{row.name} · {row.uploaded_at:%Y-%m-%d}") for row in recent]


def files_field() -> FilesField:
    """Return the field for new papers."""
    return FilesField(
        label=_("Upload papers"),
        help_text=_("PDF, JPEG or PNG; several at once."),
        required=False,
        allow_empty_file=True,
    )


class WithdrawForm(forms.Form):
    """Why an application is taken back, if the exporter wants to say so."""

    note = forms.CharField(
        label=gettext_lazy("Why?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FilingForm(forms.Form):
    """The version of the draft a person saw when they decided to file it."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ApartForm(FilingForm):
    """The version of the draft a person saw when they decided to take a vehicle out of it."""
