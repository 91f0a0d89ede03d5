"""The forms at the door, in the house's words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports import accounts
from exports.models import User


def plainly(form: forms.BaseForm, **labels: Any) -> None:
    """Give fields the house's *labels* and no words inside them, which vanish while typing."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in labels:
            field.label = labels[name]


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields, and let password managers fill them."""
        super().__init__(*args, **kwargs)
        plainly(self, login=_("e-mail"), password=_("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].max_length = 254
        self.fields["password"].help_text = ""


class ResetForm(ResetPasswordForm):
    """Ask for a link to choose a new password; the answer is the same for everybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, email=_("e-mail"))

    def clean_email(self) -> str:
        """Return the address; whether anybody has it is asked when the mail is queued."""
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        """Queue the mail, if somebody signs in with the address."""
        email = str(self.cleaned_data["email"])
        accounts.ask_new_password(email, at=timezone.now())
        return email


class NewPasswordForm(ResetPasswordKeyForm):
    """Choose a new password after the mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields."""
        super().__init__(*args, **kwargs)
        plainly(self, password1=_("New password"), password2=_("New password again"))


class PasswordForm(ChangePasswordForm):
    """Change the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields."""
        super().__init__(*args, **kwargs)
        plainly(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password again"),
        )
        self.fields["oldpassword"].help_text = ""


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before a delicate step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, password=_("Password"))


class CodeForm(AuthenticateForm):
    """The second step: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, code=_("Code"))


class CodeAgain(CodeAgainForm):
    """A code once more, before a delicate step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, code=_("Code"))


class TotpForm(ActivateTOTPForm):
    """The first code of the app proves that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, code=_("Code shown by the app"))


class PasskeyForm(AddWebAuthnForm):
    """A passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields."""
        super().__init__(*args, **kwargs)
        plainly(self, name=_("Name of the key"), passwordless=_("Sign in with it alone (passkey)"))
        self.fields["name"].max_length = 100
        self.fields["passwordless"].help_text = _(
            "Without the tick the key is a second step after the password."
        )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field."""
        super().__init__(*args, **kwargs)
        plainly(self, name=_("Name of the key"))


class AccountForm(forms.ModelForm):
    """What a person says about themselves."""

    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)

    class Meta:
        """Fields of the person."""

        model = User
        fields = ("name", "language")
