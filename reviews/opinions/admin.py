"""Stock pages of opinions: terms and coded answers to edit, questions to look at."""

from typing import Any

from django.db.models import QuerySet

from exports.desk_admin import DeskAdmin, RecordAdmin
from exports.models import User
from reviews.models.opinions import OpinionQuerySet


class OpinionTermAdmin(DeskAdmin):
    """Which ministry answers a point, within how many working days."""

    list_display = ["point", "ministry", "days"]
    list_select_related = ["ministry"]


class OpinionCodeAdmin(DeskAdmin):
    """Coded answers; one that was used is switched off, never rewritten away."""

    list_display = ["code", "point", "text_zh", "text_en", "weight", "active"]
    list_filter = ["point", "weight", "active"]
    search_fields = ["=code", "text_zh", "text_en"]


class OpinionAdmin(RecordAdmin):
    """Questions to other ministries as plain rows; they are asked from the page of a case."""

    list_display = ["number", "case", "point", "ministry", "state", "asked_at", "due_at", "code"]
    list_filter = ["state", "point"]
    list_select_related = ["case", "ministry", "code"]
    search_fields = ["=number", "=vin", "=case__reference"]
    ordering = ["-id"]
    fields = [
        "number",
        "case",
        "point",
        "ministry",
        "vin",
        "question",
        "asked_at",
        "due_at",
        "state",
        "code",
        "text",
        "answered_at",
        "withdrawn_at",
        "withdrawn_because",
    ]

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to what the person's office may see; a superuser without one sees none."""
        assert isinstance(rows, OpinionQuerySet)
        return rows.visible_to(user)
