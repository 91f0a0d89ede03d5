"""Stock pages of the evidence: documents, confirmations, the registry's answers. They only show."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from documents import pipeline
from documents.models import Confirmation, Document, RegistryAnswer
from exports.desk_admin import RecordAdmin, person, within
from exports.models import Role, User


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    """Files and what became of them; their content is looked at in the case."""

    list_display = ["name", "kind", "exporter", "state", "attempts", "uploaded_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["exporter"]
    search_fields = ["=sha256", "=exporter__uscc"]
    ordering = ["-id"]
    fields = [
        "key",
        "exporter",
        "kind",
        "name",
        "content_type",
        "size",
        "sha256",
        "state",
        "refusal",
        "flags",
        "attempts",
        "uploaded_by",
        "uploaded_at",
        "opened_at",
        "withdrawn_at",
    ]
    actions = ["retry"]

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to the companies of the person's jurisdiction."""
        return within(rows, user=user, office="exporter__office")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer what the policy will allow."""
        user = person(request)
        return user.is_superuser or user.role in (Role.SUPERVISOR, Role.POLICY)

    @admin.action(description=_("Try to open the selected again"), permissions=["operate"])
    def retry(self, request: HttpRequest, rows: QuerySet[Document]) -> None:
        """Try given-up documents anew."""
        self.do_each(request, rows, pipeline.retry)


@admin.register(Confirmation)
class ConfirmationAdmin(RecordAdmin):
    """Letters as their exporters entered them."""

    list_display = ["number", "issuer_name", "exporter", "issued_on", "valid_until", "revoked_at"]
    list_select_related = ["exporter"]
    search_fields = ["=number", "=vehicles__vin"]
    ordering = ["-id"]

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow to the companies of the person's jurisdiction."""
        return within(rows, user=user, office="exporter__office")


@admin.register(RegistryAnswer)
class RegistryAnswerAdmin(RecordAdmin):
    """What the registration authority said, as it came."""

    list_display = ["vin", "answered_at", "source", "registered_on", "transferred_on"]
    search_fields = ["=vin"]
    ordering = ["-id"]
