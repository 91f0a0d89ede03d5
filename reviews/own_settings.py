"""The page where a person chooses how the workbench answers to them."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from exports.errors import KeyReserved, KeyTaken
from exports.http import SignedInRequest
from exports.models import User
from exports.wording import explain
from reviews import keys, preferences
from reviews.models import Preferences

REFUSED: Final = 422


class KeysForm(forms.Form):
    """Keys on or off, the key of each action, and where a decision leads."""

    after = forms.ChoiceField(
        label=gettext_lazy("After a decision"),
        choices=Preferences.AfterDecision.choices,
        widget=forms.RadioSelect,
    )
    keys_on = forms.BooleanField(label=gettext_lazy("Single-letter keys are on"), required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        """Show the choices *user* has; an empty key is the office's, which stands in its place."""
        mine, office = preferences.preferences_of(user), preferences.office_keys()
        first = {"after": mine.after_decision, "keys_on": mine.keys_on}
        own = {name: key for name, key in mine.keys.items() if key != office.get(name)}
        super().__init__(data, initial={**first, **own})
        for action, (_shipped, label) in keys.SHIPPED.items():
            self.fields[action] = forms.CharField(
                label=str(label),
                max_length=1,
                required=False,
                widget=forms.TextInput(
                    attrs={
                        "class": "w-5 mono",
                        "autocomplete": "off",
                        "placeholder": keys.spelled(office[action]),
                    }
                ),
                help_text=keys.spelled(office[action]),
            )

    @property
    def own_keys(self) -> list[forms.BoundField]:
        """Return the fields of the keys, in the order of the table."""
        return [self[action] for action in keys.SHIPPED]

    def save(self, user: User) -> None:
        """Keep the choices.

        Raises:
            KeyReserved, KeyTaken: see :func:`reviews.keys.checked`.
        """
        preferences.choose(
            user,
            own_keys={action: self.cleaned_data[action] for action in keys.SHIPPED},
            keys_on=self.cleaned_data["keys_on"],
            after=self.cleaned_data["after"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """Show and keep one's own choices; a refused form comes back as it was typed."""
    form = KeysForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            form.save(request.user)
        except (KeyReserved, KeyTaken) as refusal:
            form.add_error(str(refusal.facts["field"]), explain(refusal))
        else:
            messages.success(request, _("Your settings are kept."))
            return redirect("workbench:settings")
    status = REFUSED if form.errors else 200
    return render(request, "workbench/settings.html", {"form": form}, status=status)


@require_POST
def switch_keys(request: SignedInRequest) -> HttpResponse:
    """Turn one's single keys on or off, from the list that ``?`` opens."""
    preferences.switch_keys(request.user, on="keys_on" in request.POST)
    return HttpResponse(status=204)
