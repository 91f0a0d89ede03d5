"""Stock pages of the evidence: they show it, and take in what papers are compared with."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents import pipeline, serving, specimens, trust
from documents.desk import proposing
from documents.models import (
    Confirmation,
    Document,
    RegistryAnswer,
    Specimen,
    SpecimenProposal,
    TrustedCertificate,
)
from exports import ledger
from exports.desk_admin import ReasonedActionForm, RecordAdmin, person, within
from exports.errors import DomainError, UploadRefused
from exports.models import Role, User
from exports.wording import explain


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

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the document by its key."""
        return "document", str(obj.key)

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

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the vehicle that the answer is about."""
        return "vehicle", obj.vin


class TakenInAdmin(RecordAdmin):
    """Rows that a service makes of an uploaded file. They are never changed, only ended."""

    file_field: ClassVar[str]
    add_fields: ClassVar[list[str]]
    most_bytes: ClassVar[int]
    autocomplete_fields = ("manufacturer",)
    list_select_related = ("manufacturer", "added_by")
    ordering = ("-id",)

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the row as its service does."""
        return ledger.label_of(obj), str(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Offer what the policy will allow: it makes no exception for superusers."""
        return person(request).role == Role.POLICY

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer the end of a row: to whoever may add one."""
        return self.has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the file when adding; show what was made of it afterwards."""
        return self.fields if obj else self.add_fields

    def take_in(self, content: bytes, *, by: User, **words: Any) -> Model:
        """Make a row of *content* through its service.

        Raises:
            DomainError: the service refused.

        """
        raise NotImplementedError  # each kind of row has a service of its own

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Take a file in; a refusal stands beside the file, and the rest stays as entered.

        Opening a file takes seconds, so unlike the admin's own page this holds no transaction.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.get_form(request)(request.POST or None, request.FILES or None)
        made = self.made_of(form, by=person(request)) if form.is_valid() else None
        if made is None:
            return self.ask(request, form)
        text = gettext("%(row)s was taken in.") % {"row": made}
        self.message_user(request, text, messages.SUCCESS)
        return redirect(f"admin:documents_{self.opts.model_name}_change", made.pk)

    def made_of(self, form: Any, *, by: User) -> Model | None:
        """Return the row made of what *form* holds; a refusal goes to the form."""
        words = dict(form.cleaned_data)
        file = words.pop(self.file_field)
        try:
            if file.size > self.most_bytes:
                raise UploadRefused(reason=gettext("it is larger than such a file can be."))
            return self.take_in(file.read(), by=by, **words)
        except DomainError as refusal:
            form.add_error(self.file_field, explain(refusal))
            return None

    def ask(self, request: HttpRequest, form: Any) -> HttpResponse:
        """Show *form* as the admin shows its own."""
        context = {
            **self.admin_site.each_context(request),
            "title": self.opts.verbose_name,
            "adminform": AdminForm(form, [(None, {"fields": self.add_fields})], {}, (), self),
            "errors": AdminErrorList(form, []),
            "media": self.media + form.media,
            "inline_admin_formsets": [],
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return self.render_change_form(request, context, add=True)


class SpecimenForm(forms.ModelForm):
    """A seal to be registered."""

    picture = forms.FileField(
        label=_("Picture of the imprint"),
        help_text=_(
            "The imprint alone, on white paper, scanned in colour at 300 dpi: JPEG, PNG, TIFF or"
            " PDF."
        ),
    )

    class Meta:
        model = Specimen
        fields = ["manufacturer", "kind"]


@admin.register(Specimen)
class SpecimenAdmin(TakenInAdmin):
    """Seals as their owners registered them; seals on papers are compared with them."""

    form = SpecimenForm
    file_field = "picture"
    add_fields = ["manufacturer", "kind", "picture"]
    most_bytes = settings.UPLOAD_MAX_BYTES
    list_display = ["manufacturer", "kind", "ring_text", "added_by", "added_at", "retired_at"]
    list_filter = ["kind"]
    search_fields = ["manufacturer__names__name", "=manufacturer__uscc"]
    fields = ["manufacturer", "kind", "shown", "ring_text", "added_by", "added_at", "retired_at"]
    readonly_fields = ["shown"]
    actions = ["retire"]

    def get_urls(self) -> list[URLPattern]:
        """Serve the picture beside the stock pages, behind the same door."""
        view = self.admin_site.admin_view(self.picture)
        own = path("<int:pk>/picture/", view, name="documents_specimen_picture")
        return [own, *super().get_urls()]

    def picture(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the picture of a specimen to whoever may see its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return serving.picture(get_object_or_404(Specimen, pk=pk))

    @admin.display(description=_("picture"))
    def shown(self, specimen: Specimen) -> SafeString:
        """Show the picture as it was drawn from the file."""
        address = reverse("admin:documents_specimen_picture", args=[specimen.pk])
        return format_html('<img src="{}" alt="{}" width="320">', address, specimen)

    def take_in(self, content: bytes, *, by: User, **words: Any) -> Specimen:
        """Register the seal on the picture."""
        return specimens.register_specimen(
            words["manufacturer"], content, kind=words["kind"], by=by, at=timezone.now()
        )

    @admin.action(description=_("Retire the selected"), permissions=["end"])
    def retire(self, request: HttpRequest, rows: QuerySet[Specimen]) -> None:
        """Compare no more seals with these."""
        self.do_each(request, rows, specimens.retire_specimen)


@admin.register(SpecimenProposal)
class SpecimenProposalAdmin(RecordAdmin):
    """Seals manufacturers sent in as their own; accepted, papers are compared with them."""

    list_display = ["manufacturer", "kind", "ring_text", "state", "sent_by", "sent_at"]
    list_filter = ["state"]
    list_select_related = ["manufacturer", "sent_by"]
    ordering = ["-id"]
    fields = ["manufacturer", "kind", "shown", "ring_text", "state", "sent_by", "sent_at", "words"]
    readonly_fields = ["shown"]
    action_form = ReasonedActionForm
    actions = ["accept", "refuse"]

    def get_urls(self) -> list[URLPattern]:
        """Serve the picture beside the stock pages, behind the same door."""
        view = self.admin_site.admin_view(self.picture)
        own = path("<int:pk>/picture/", view, name="documents_proposal_picture")
        return [own, *super().get_urls()]

    def picture(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the picture of a proposal to whoever may see its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return serving.picture(get_object_or_404(SpecimenProposal, pk=pk))

    @admin.display(description=_("picture"))
    def shown(self, proposal: SpecimenProposal) -> SafeString:
        """Show the picture as it was drawn from the file."""
        address = reverse("admin:documents_proposal_picture", args=[proposal.pk])
        return format_html('<img src="{}" alt="{}" width="320">', address, proposal)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Tell whether to offer what the service will allow."""
        return person(request).role == Role.POLICY

    @admin.action(description=_("Accept the selected as specimens"), permissions=["decide"])
    def accept(self, request: HttpRequest, rows: QuerySet[SpecimenProposal]) -> None:
        """Compare papers with these from now on."""
        self.do_each(request, rows, proposing.accept_proposal)

    @admin.action(description=_("Decline the selected (say why)"), permissions=["decide"])
    def refuse(self, request: HttpRequest, rows: QuerySet[SpecimenProposal]) -> None:
        """Decline these with words."""
        why = request.POST.get("why", "")
        self.do_each(request, rows, proposing.refuse_proposal, note=why)


class CertificateForm(forms.ModelForm):
    """A certificate to be trusted."""

    file = forms.FileField(
        label=_("Certificate"),
        help_text=_("As the unit gave it to the ministry: PEM (.pem, .crt) or DER (.cer)."),
    )

    class Meta:
        model = TrustedCertificate
        fields = ["manufacturer"]


@admin.register(TrustedCertificate)
class TrustedCertificateAdmin(TakenInAdmin):
    """Certificates whose electronic signatures are believed, and whose they are."""

    form = CertificateForm
    file_field = "file"
    add_fields = ["manufacturer", "file"]
    most_bytes = trust.MOST_BYTES
    list_display = ["manufacturer", "subject", "not_after", "added_by", "added_at", "withdrawn_at"]
    search_fields = ["=fingerprint", "=serial", "manufacturer__names__name", "=manufacturer__uscc"]
    fields = [
        "manufacturer",
        "subject",
        "serial",
        "fingerprint",
        "not_before",
        "not_after",
        "pem",
        "added_by",
        "added_at",
        "withdrawn_at",
    ]
    action_form = ReasonedActionForm
    actions = ["withdraw"]

    def take_in(self, content: bytes, *, by: User, **words: Any) -> TrustedCertificate:
        """Believe the certificate in the file."""
        return trust.trust_certificate(words["manufacturer"], content, by=by, at=timezone.now())

    @admin.action(
        description=_("Withdraw the trust in the selected (say why)"), permissions=["end"]
    )
    def withdraw(self, request: HttpRequest, rows: QuerySet[TrustedCertificate]) -> None:
        """Believe these no longer."""
        self.do_each(request, rows, trust.withdraw_trust, note=request.POST.get("why", ""))
