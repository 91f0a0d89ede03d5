"""Stock pages of what the office sets: reasons, thresholds, keys, queues."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exports.desk_admin import ServedAdmin, WhyForm
from exports.models import User
from exports.wording import say
from reviews import configuring, keys, queues
from reviews.checks import CHECKS
from reviews.models import OfficeQueue, Reason, ReasonVersion, Shortcut, Threshold
from reviews.models.reasons import WORDS


class ChecksField(forms.CharField):
    """The checks behind a reason, by their ids."""

    def prepare_value(self, value: Any) -> Any:
        """Show the ids with spaces between."""
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the ids; refuse one that no check bears."""
        ids = str(value or "").upper().split()
        unknown = [each for each in ids if each not in CHECKS]
        if unknown:
            text = gettext("There is no check %(ids)s.") % {"ids": ", ".join(unknown)}
            raise forms.ValidationError(text)
        return ids

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether other checks are named."""
        return bool(initial != str(data or "").upper().split())


class ReasonForm(WhyForm):
    """A reason; other words make a new version."""

    checks = ChecksField(
        label=_("Checks"),
        required=False,
        help_text=_("Ids of the checks it answers, with spaces between: CNF-06 DST-01"),
    )

    class Meta:
        model = Reason
        fields = [
            "code",
            "use",
            "text_zh",
            "text_en",
            "clause_zh",
            "clause_en",
            "cure_zh",
            "cure_en",
            "checks",
            "active",
        ]


class ReasonAdmin(ServedAdmin):
    """Coded reasons; other words make a new version, and what was given keeps its own."""

    form = ReasonForm
    list_display = ["code", "version", "use", "text_zh", "text_en", "active"]
    list_filter = ["use", "active"]
    search_fields = ["=code", "text_zh", "text_en"]
    readonly_fields = ["version", "wordings"]

    @admin.display(description=_("every wording"))
    def wordings(self, reason: Reason) -> SafeString:
        """Show every wording the reason ever had, newest first."""
        versions = reason.versions.select_related("by") if reason.pk else ()
        return format_html(
            '<ol class="wordings">{}</ol>',
            format_html_join("", "<li>{}</li>", ((told(version),) for version in versions)),
        )

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> Reason:
        """Add the reason, or change it."""
        if change:
            return configuring.change_reason(obj, given, by=by, at=at, why=given["why"])
        return configuring.add_reason(obj, by=by, at=at, why=given["why"])


def told(version: ReasonVersion) -> str:
    """Return one wording with its number, day, author and reason."""
    head = [str(version.number), f"{localtime(version.since):%Y-%m-%d}"]
    said = (version.words[name] for name in WORDS)
    return " · ".join(filter(None, [*head, str(version.by or ""), version.why, *said]))


class FixedRows(ServedAdmin):
    """Rows that ship, each for something the system does; only their value is set."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add none: nothing would read it."""
        return False


class ThresholdForm(WhyForm):
    """The number, and why it changes."""

    class Meta:
        model = Threshold
        fields = ["value"]


class ThresholdAdmin(FixedRows):
    """Numbers that no law fixes."""

    form = ThresholdForm
    list_display = ["what", "value", "unit", "lowest", "highest", "source"]
    search_fields = ["code", "label_zh", "label_en"]
    fields = ["what", "value", "unit", "lowest", "highest", "source", "why"]
    readonly_fields = ["what", "unit", "lowest", "highest", "source"]

    @admin.display(description=_("what for"), ordering="code")
    def what(self, threshold: Threshold) -> str:
        """Say what the number is for."""
        return say(threshold.label)

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> Threshold:
        """Set the number."""
        stored = Threshold.objects.get(pk=obj.pk)
        return configuring.set_threshold(stored, given["value"], by=by, at=at, why=given["why"])


class ShortcutForm(WhyForm):
    """The key, and why it changes; the service says which other action has it."""

    pressed = forms.CharField(label=_("key"), max_length=1)

    class Meta:
        model = Shortcut
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the key as it is."""
        super().__init__(*args, **kwargs)
        self.initial["pressed"] = self.instance.key


class ShortcutAdmin(FixedRows):
    """The key of each action, for everybody who chose none of their own."""

    form = ShortcutForm
    list_display = ["what", "key", "shipped"]
    fields = ["what", "shipped", "pressed", "why"]
    readonly_fields = ["what", "shipped"]

    @admin.display(description=_("action"), ordering="action")
    def what(self, shortcut: Shortcut) -> str:
        """Name the action as people know it."""
        return str(keys.SHIPPED[shortcut.action][1]) if shortcut.action in keys.SHIPPED else ""

    @admin.display(description=_("key as shipped"))
    def shipped(self, shortcut: Shortcut) -> str:
        """Return the key before anybody set another."""
        return keys.SHIPPED[shortcut.action][0] if shortcut.action in keys.SHIPPED else ""

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> Shortcut:
        """Set the key."""
        stored = Shortcut.objects.get(pk=obj.pk)
        return configuring.set_shortcut(stored, given["pressed"], by=by, at=at, why=given["why"])


class OfficeQueueForm(WhyForm):
    """What the queue of an office opens with."""

    view = forms.ChoiceField(
        label=_("Opens with"),
        choices=[(name, view.label) for name, view in queues.VIEWS.items()],
    )

    class Meta:
        model = OfficeQueue
        fields = ["office", "view", "horizon"]


class OfficeQueueAdmin(ServedAdmin):
    """What the queue of each office opens with; without a row it opens as shipped."""

    form = OfficeQueueForm
    list_display = ["office", "view", "horizon"]
    list_select_related = ["office"]

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> OfficeQueue:
        """Set the queue of the office."""
        return configuring.set_queue(
            obj.office, view=given["view"], horizon=given["horizon"], by=by, at=at, why=given["why"]
        )
