"""Stock pages of the judgement: the calendar to edit, cases and licences to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exports.desk_admin import DeskAdmin, RecordAdmin, person, within
from exports.models import Role, User
from reviews import acts, claims, licensing
from reviews.admin_settings import OfficeQueueAdmin, ReasonAdmin, ShortcutAdmin, ThresholdAdmin
from reviews.models import (
    MOST_CASES,
    Case,
    Holiday,
    LanePolicy,
    Licence,
    OfficeQueue,
    Opinion,
    OpinionCode,
    OpinionTerm,
    Reason,
    Shortcut,
    Threshold,
)
from reviews.models.cases import CaseQuerySet
from reviews.opinions.admin import OpinionAdmin, OpinionCodeAdmin, OpinionTermAdmin
from reviews.policies import DECIDERS, SIGNERS

admin.site.register(Reason, ReasonAdmin)
admin.site.register(Threshold, ThresholdAdmin)
admin.site.register(Shortcut, ShortcutAdmin)
admin.site.register(OfficeQueue, OfficeQueueAdmin)
admin.site.register(Opinion, OpinionAdmin)
admin.site.register(OpinionCode, OpinionCodeAdmin)
admin.site.register(OpinionTerm, OpinionTermAdmin)


@admin.register(Holiday)
class HolidayAdmin(DeskAdmin):
    """Days whose working state differs from their weekday."""

    list_display = ["day", "name", "is_workday"]
    list_filter = ["is_workday"]
    ordering = ["-day"]


@admin.register(LanePolicy)
class LanePolicyAdmin(DeskAdmin):
    """The one row that says how the clean lane is run; the policy role changes it."""

    change_roles = (Role.POLICY,)
    list_display = ["__str__", "sample_share", "most_disagreement", "least_dwell_ms", "sheet_size"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add none: there is one row, and it ships."""
        return False


@admin.register(Case)
class CaseAdmin(RecordAdmin):
    """Cases as plain rows, to look things up; the queue is where one works.

    What can be done here to several goes through the services of the desk, a case at a time.
    """

    list_display = [
        "reference",
        "status",
        "due_at",
        "exporter",
        "destination_code",
        "vehicle_count",
        "assignee",
    ]
    list_filter = ["status"]
    list_select_related = ["exporter", "assignee"]
    search_fields = ["=reference", "=first_vin"]
    ordering = ["due_at", "id"]
    actions = ["claim_each", "release_each", "sign_each"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the case by its reference."""
        return "case", obj.reference

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to the cases the person may see; a superuser without an office sees none."""
        assert isinstance(rows, CaseQuerySet)
        return rows.visible_to(user)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer what the policies will judge case by case."""
        return person(request).role in DECIDERS

    def has_sign_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer the second signature."""
        return person(request).role in SIGNERS

    @admin.action(description=_("Claim the selected cases"), permissions=["decide"])
    def claim_each(self, request: HttpRequest, rows: QuerySet[Case]) -> None:
        """Claim each."""
        self.do_each(request, rows[:MOST_CASES], claims.claim)

    @admin.action(description=_("Release the selected cases"), permissions=["decide"])
    def release_each(self, request: HttpRequest, rows: QuerySet[Case]) -> None:
        """Release each."""
        self.do_each(request, rows[:MOST_CASES], claims.release)

    @admin.action(description=_("Sign the selected cases"), permissions=["sign"])
    def sign_each(self, request: HttpRequest, rows: QuerySet[Case]) -> None:
        """Sign each."""
        self.do_each(request, rows[:MOST_CASES], acts.sign_held)


@admin.register(Licence)
class LicenceAdmin(RecordAdmin):
    """Licences and the state of their papers."""

    list_display = ["number", "exporter", "state", "issued_on", "valid_until", "paper_state"]
    list_filter = ["state", "paper_state"]
    list_select_related = ["exporter"]
    search_fields = ["=number"]
    ordering = ["-id"]
    fields = [
        "number",
        "case",
        "exporter",
        "state",
        "issued_on",
        "valid_from",
        "valid_until",
        "revoked_at",
        "revoked_by",
        "revoked_because",
        "paper_state",
        "paper_sha256",
        "attempts",
    ]
    actions = ["redraw"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the licence by its number."""
        return "licence", obj.number

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to the licences of the person's jurisdiction."""
        return within(rows, user=user, office="case__office")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer what the policy will allow."""
        user = person(request)
        return user.is_superuser or user.role in (Role.SUPERVISOR, Role.POLICY)

    @admin.action(description=_("Draw the selected papers again"), permissions=["operate"])
    def redraw(self, request: HttpRequest, rows: QuerySet[Licence]) -> None:
        """Draw given-up papers anew."""
        self.do_each(request, rows, licensing.redraw)
