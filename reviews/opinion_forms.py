"""What is filled in to ask another ministry, or to take the question back."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.desk_forms import ActForm
from reviews.models import Opinion, Point
from reviews.policies import open_opinions

# The checks whose doubt a point may settle.
SETTLES: Final = {
    Point.LISTING: ("CNF-02", "CNF-03", "CNF-04"),
    Point.REGISTRATION: ("REG-01", "REG-02", "REG-03", "REG-04", "REG-05"),
    Point.DECLARATION: ("VIN-04", "DST-01"),
}


class AskOpinionForm(ActForm):
    """Ask another ministry about one point of the vehicle the page is open at."""

    point = forms.ChoiceField(label=_("Ask another ministry about"), widget=forms.RadioSelect)
    question = forms.CharField(
        label=_("Question"),
        required=False,
        max_length=1000,
        help_text=_(
            "Its officers see the facts and pages this point needs, and these words as you write"
            " them; nothing else of the case."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def prepare(self) -> None:
        """Offer the points not asked yet; the one behind a doubt of the checks is chosen."""
        case, vin = self.file.case, self.file.line.vin
        asked = {opinion.point for opinion in open_opinions(case) if opinion.vin == vin}
        offered = [
            point
            for point in Point
            if point not in asked and (point != Point.LISTING or self.file.letters)
        ]
        field = self.fields["point"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(point.value, point.label) for point in offered]
        here = {tile.line.pk for tile in self.file.tiles if tile.vin == vin}
        doubted = {found.check_id for found in self.file.exceptions if found.line_id in here}
        fitting = [point for point in offered if doubted.intersection(SETTLES[point])]
        field.initial = next(iter([*fitting, *offered]), None)


class WithdrawOpinionForm(ActForm):
    """Take a question back that nobody has answered yet."""

    opinion = forms.ChoiceField(label=_("Question"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why (internal)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        """Offer the open questions."""
        self.open = {opinion.number: opinion for opinion in open_opinions(self.file.case)}
        field = self.fields["opinion"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(number, spelled(opinion)) for number, opinion in self.open.items()]
        field.initial = next(iter(self.open), None)

    def clean_opinion(self) -> Opinion:
        """Return the question itself."""
        return self.open[self.cleaned_data["opinion"]]


def spelled(opinion: Opinion) -> str:
    """Return a question as one line."""
    return f"{opinion.number} · {opinion.get_point_display()} · {opinion.vin}"
