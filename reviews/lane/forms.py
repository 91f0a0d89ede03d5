"""What the pages of the lane take."""

import json
import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_TILES: Final = 100


class SignForm(forms.Form):
    """For how long each case was on screen, as the page counted."""

    dwell = forms.CharField(max_length=4000, required=False)

    def clean_dwell(self) -> dict[int, int]:
        """Return whole milliseconds by tile.

        Raises:
            ValidationError: it is not what the page sends.
        """
        try:
            counted: Any = json.loads(self.cleaned_data["dwell"] or "{}")
        except ValueError as unreadable:
            raise ValidationError(_("Reload the sheet and sign again.")) from unreadable
        whole = isinstance(counted, dict) and len(counted) <= MOST_TILES
        if not whole or not all(map(is_count, counted.items())):
            raise ValidationError(_("Reload the sheet and sign again."))
        return {int(tile): ms for tile, ms in counted.items()}


def is_count(item: tuple[str, Any]) -> bool:
    """Tell whether *item* is a tile's number with a number of milliseconds below a day."""
    tile, ms = item
    in_range = isinstance(ms, int) and not isinstance(ms, bool) and 0 <= ms < 86_400_000
    return bool(re.fullmatch(r"[0-9]{1,18}", tile)) and in_range


class ReopenForm(forms.Form):
    """Why the lane is opened again."""

    note = forms.CharField(
        label=_("Why the lane may be opened again"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
