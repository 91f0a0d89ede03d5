"""What an officer of another ministry fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exports.errors import DomainError
from exports.wording import explain, say
from reviews.models import Opinion, OpinionCode


class AnswerForm(forms.Form):
    """A coded answer and its grounds; when grounds are needed, the service says."""

    code = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Grounds"),
        required=False,
        max_length=2000,
        help_text=_("Needed unless your answer speaks for the application."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, opinion: Opinion) -> None:
        """Offer the coded answers of the point."""
        super().__init__(data)
        codes = OpinionCode.objects.filter(point=opinion.point, active=True)
        self.codes = {code.code: code for code in codes}
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, say(code.text)) for key, code in self.codes.items()]

    def clean_code(self) -> OpinionCode:
        """Return the coded answer itself."""
        return self.codes[self.cleaned_data["code"]]

    def refuse(self, refusal: DomainError) -> None:
        """Say why the service refused: a missing word at the grounds, the rest above."""
        at_grounds = refusal.code == "reason-needed"
        self.add_error("note" if at_grounds else None, explain(refusal))
