"""Forms by which companies and people come in, and by which a company manages itself."""

from typing import Any, Final

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.forms import PaperDateField, UsccField
from exports.identifiers import check_uscc
from exports.models import CompanyRequest, Exporter, Invitation, Role, StandingEvent, User
from exports.wording import say

LONGEST: Final = 2000


class PasswordField(forms.CharField):
    """A new password, as password managers propose it."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})

    def __init__(self, **kwargs: Any) -> None:
        """Say what is asked of it."""
        kwargs.setdefault("label", _("Password"))
        kwargs.setdefault("help_text", _("At least 12 characters; a sentence is best."))
        super().__init__(max_length=128, strip=False, **kwargs)


class NewPerson(forms.Form):
    """Checks a new password against the person's own words."""

    def check_password(self, *, name: str, email: str) -> None:
        """Say on the field what is wrong with the password."""
        password = self.cleaned_data.get("password")
        if not password:
            return
        try:
            password_validation.validate_password(password, User(name=name, email=email))
        except ValidationError as weak:
            self.add_error("password", weak)


class JoinForm(NewPerson, forms.ModelForm):
    """What a company says of itself."""

    uscc = UsccField(label=_("Unified social credit code"))
    filed_on = PaperDateField(label=pgettext_lazy("company", "Filed on"))
    password = PasswordField()

    class Meta:
        """Fields of the request."""

        model = CompanyRequest
        fields = (
            "uscc",
            "name_zh",
            "name_en",
            "office",
            "filing_number",
            "filed_on",
            "owner_name",
            "email",
        )

    def clean_uscc(self) -> str:
        """Return a code whose check character fits."""
        checked = check_uscc(self.cleaned_data["uscc"])
        if checked.problem is not None and checked.problem.code != "uscc_prefix":
            raise ValidationError(say(checked.problem.sentence))
        return checked.uscc

    def clean(self) -> dict[str, Any]:
        """Check what concerns more than one field."""
        cleaned = super().clean() or self.cleaned_data
        filed = cleaned.get("filed_on")
        if filed and filed > timezone.localdate():
            self.add_error("filed_on", _("This day is still to come."))
        names = {"name": cleaned.get("owner_name", ""), "email": cleaned.get("email", "")}
        self.check_password(**names)
        return cleaned


class AcceptForm(NewPerson):
    """Who accepts an invitation."""

    name = forms.CharField(label=_("name"), max_length=80)
    password = PasswordField()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """Remember whose password it is."""
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check the password against name and address."""
        cleaned = super().clean() or self.cleaned_data
        self.check_password(name=cleaned.get("name", ""), email=self.email)
        return cleaned


class InviteForm(forms.ModelForm):
    """Who is to act for the company."""

    class Meta:
        """Fields of the invitation."""

        model = Invitation
        fields = ("email", "role")

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        """Offer the *roles* of this kind of company."""
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("role"),
            initial=Role.CLERK,
            choices=[(role.value, role.label) for role in roles],
        )


class AnswerForm(forms.Form):
    """The company's answer to what was noted."""

    text = forms.CharField(
        label=_("Answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


class DecideForm(forms.Form):
    """An office's word on a company's request."""

    note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST,
        help_text=_("Needed to decline; it is mailed to the owner."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StandingForm(forms.ModelForm):
    """What an office notes about a company's standing."""

    standing = forms.ChoiceField(label=_("Standing from now on"), choices=Exporter.Standing)
    review_on = PaperDateField(label=_("To be reviewed on"), required=False)

    class Meta:
        """Fields of the event."""

        model = StandingEvent
        fields = ("standing", "text", "evidence", "review_on")
        widgets: Final = {
            "text": forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
            "evidence": forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST}),
        }
