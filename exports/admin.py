"""Stock pages of the claim: reference data, organisations, people, policies, notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports import enacting, ledger, notices
from exports.announcement.admin import ListAdmin
from exports.desk_admin import (
    Desk,
    DeskAdmin,
    ReasonedActionForm,
    RecordAdmin,
    ServedAdmin,
    person,
    within,
)
from exports.models import (
    Destination,
    Exporter,
    Manufacturer,
    ManufacturerListImport,
    ManufacturerName,
    Membership,
    Ministry,
    Notice,
    Office,
    Policy,
    Port,
    Prefix,
    Role,
    User,
)

admin.site.register(ManufacturerListImport, ListAdmin)
admin.site.unregister(Group)  # what a person may do follows from the one membership


@admin.register(Destination)
class DestinationAdmin(DeskAdmin):
    """Countries and regions vehicles go to."""

    list_display = ["iso2", "name_zh", "name_en", "region", "is_chinese_region"]
    search_fields = ["=iso2", "name_zh", "name_en"]


@admin.register(Port)
class PortAdmin(DeskAdmin):
    """Places of exit."""

    list_display = ["code", "name_zh", "name_en", "province", "mode"]
    search_fields = ["=code", "name_zh", "name_en"]


@admin.register(Prefix)
class PrefixAdmin(DeskAdmin):
    """Who is thought to stand behind the first three characters of a VIN."""

    list_display = ["wmi", "manufacturer_zh", "manufacturer_en", "doubtful"]
    list_filter = ["doubtful"]
    search_fields = ["=wmi", "manufacturer_zh", "manufacturer_en"]


@admin.register(Office)
class OfficeAdmin(DeskAdmin):
    """Commerce departments."""

    list_display = ["code", "name_zh", "level", "province", "parent"]
    list_select_related = ["parent"]
    autocomplete_fields = ["parent"]
    search_fields = ["=code", "name_zh", "name_en"]
    ordering = ["code"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the office by its code."""
        return "office", obj.code


@admin.register(Ministry)
class MinistryAdmin(DeskAdmin):
    """Other ministries whose officers give opinions."""

    list_display = ["code", "name_zh", "name_en"]
    search_fields = ["=code", "name_zh", "name_en"]
    ordering = ["code"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the ministry by its code."""
        return "ministry", obj.code


@admin.register(Exporter)
class ExporterAdmin(DeskAdmin):
    """Companies, their filing and their standing."""

    list_display = ["uscc", "name_zh", "office", "standing", "filing_expires_on"]
    list_filter = ["standing", "abnormal_operation"]
    list_select_related = ["office"]
    autocomplete_fields = ["office"]
    search_fields = ["=uscc", "name_zh", "name_en"]
    ordering = ["uscc"]

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to the companies of the person's jurisdiction."""
        return within(rows, user=user, office="office")

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the company by its credit code."""
        return "exporter", obj.uscc


class NameInline(Desk, admin.TabularInline):
    """The names a unit bore in the announcement, each with its dates."""

    model = ManufacturerName
    extra = 0


@admin.register(Manufacturer)
class ManufacturerAdmin(DeskAdmin):
    """Makers, and units taken for makers."""

    list_display = ["current_name", "kind", "uscc"]
    list_filter = ["kind"]
    search_fields = ["names__name", "=uscc", "brand_en"]
    ordering = ["id"]
    inlines = [NameInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the names with the units: one query more, however many there are."""
        return super().get_queryset(request).prefetch_related("names")


class PersonForm(BaseUserCreationForm):
    """A new person, with a first password to be handed over."""

    class Meta:
        model = User
        fields = ["email", "name", "language"]


class MembershipInline(Desk, admin.StackedInline):
    """For whom the person acts, and as what."""

    model = Membership
    change_roles = ()
    autocomplete_fields = ["exporter", "manufacturer", "office", "ministry"]


@admin.register(User)
class PersonAdmin(DeskAdmin, UserAdmin):
    """People. Only a superuser changes them, and not themselves; an auditor reads."""

    view_roles = (Role.AUDITOR,)
    change_roles = ()
    list_display = ["email", "name", "membership", "is_active", "is_superuser"]
    list_select_related = [
        "membership__user",
        "membership__exporter",
        "membership__manufacturer",
        "membership__office",
        "membership__ministry",
    ]
    list_filter = ["is_active", "membership__role"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    fieldsets = [(None, {"fields": ["email", "name", "language", "is_active", "password"]})]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "language", "password1", "password2"]}),
    ]
    add_form = PersonForm
    inlines = [MembershipInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody raise themselves."""
        return super().has_change_permission(request, obj) and obj != request.user

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the person by their address."""
        return "person", obj.email

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,
        form_url: str = "",
    ) -> HttpResponse:
        """Set a new password for somebody, and put on the ledger that it was set."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):
            subject = self.subject_of(User.objects.get(pk=id))
            with transaction.atomic():
                ledger.record("person.password_set", subject, by=person(request), at=timezone.now())
        return response


@admin.register(Policy)
class PolicyAdmin(ServedAdmin):
    """Versions of the rule: drafted by one person, enacted by another, then fixed."""

    change_roles = (Role.POLICY,)
    superuser_changes = False
    list_display = ["code", "effective_from", "window_days", "enacted_at", "drafter"]
    list_select_related = ["drafted_by"]
    readonly_fields = ["drafter", "enactor", "enacted_at"]
    actions = ["enact"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody touch what is enacted."""
        return super().has_change_permission(request, obj) and not (obj and obj.enacted_at)

    @admin.display(description=_("drafted by"))
    def drafter(self, policy: Policy) -> User | None:
        """Name who drafted it."""
        return policy.drafted_by

    @admin.display(description=_("enacted by"))
    def enactor(self, policy: Policy) -> User | None:
        """Name who put it in force."""
        return policy.enacted_by

    def has_enact_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer the enactment."""
        return person(request).role in (Role.POLICY, Role.SUPERVISOR)

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the version by its code."""
        return "policy", obj.code

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> Policy:
        """Draft a version, or amend the draft."""
        if change:
            return enacting.amend_policy(obj, by=by, at=at, **given)
        return enacting.draft_policy(by=by, at=at, **given)

    @admin.action(description=_("Enact the selected drafts"), permissions=["enact"])
    def enact(self, request: HttpRequest, policies: QuerySet[Policy]) -> None:
        """Put drafts in force; whoever drafted one cannot enact it."""
        self.do_each(request, policies, enacting.enact)


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    """What people were told, and what could not be delivered."""

    view_roles = (Role.SUPERVISOR, Role.POLICY, Role.AUDITOR)
    list_display = ["template", "to", "state", "attempts", "queued_at", "next_at"]
    list_filter = ["state"]
    list_select_related = ["to"]
    ordering = ["-id"]
    fields = [
        "to",
        "template",
        "path",
        "state",
        "attempts",
        "queued_at",
        "next_at",
        "sent_at",
        "read_at",
    ]
    action_form = ReasonedActionForm
    actions = ["retry", "drop"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the notice by what it is the effect of."""
        return "notice", obj.effect_key[:80]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer what the policy will allow."""
        user = person(request)
        return user.is_superuser or user.role in (Role.SUPERVISOR, Role.POLICY)

    @admin.action(description=_("Try the selected again"), permissions=["operate"])
    def retry(self, request: HttpRequest, rows: QuerySet[Notice]) -> None:
        """Try given-up notices anew."""
        self.do_each(request, rows, notices.retry)

    @admin.action(description=_("Drop the selected (say why)"), permissions=["operate"])
    def drop(self, request: HttpRequest, rows: QuerySet[Notice]) -> None:
        """Stop trying given-up notices."""
        self.do_each(request, rows, notices.drop, note=request.POST.get("why", ""))
