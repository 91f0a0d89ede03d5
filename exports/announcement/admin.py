"""Lists of manufacturers on the workbench: upload, look at the difference, apply or take back."""

from itertools import groupby
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.announcement import applying
from exports.announcement.difference import Change, Comparison, What
from exports.announcement.sheet import MOST_BYTES
from exports.announcement.wording import told
from exports.desk_admin import DeskAdmin, person
from exports.errors import DomainError, ListUnreadable
from exports.forms import PaperDateField
from exports.models import Manufacturer, ManufacturerListImport, Role
from exports.wording import explain

# What ends or is renamed is shown in full: a person answers for it.
MOST_SHOWN: Final = 300
CUT_SHORT: Final = (What.ADDED, What.CONFIRMED)


class ListForm(forms.Form):
    """A new list, and what it is."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_(
            "CSV in UTF-8 or GB18030. The first line names the columns: name, uscc, kind, former"
            " name, batch, date, evidence; only the name is needed. Chinese headings work too."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    as_of = PaperDateField(
        label=_("State of the list"),
        help_text=_("The day of the announcement. It counts for lines without a day of their own."),
    )
    complete = forms.BooleanField(
        label=_("The list is complete: makers and refitters it does not name are ended."),
        required=False,
    )


class ApplyForm(forms.Form):
    """The changes as they were looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    endings = forms.BooleanField(required=False)

    def __init__(self, *args: Any, ended: int, **kwargs: Any) -> None:
        """Ask for a tick where *ended* names would be ended."""
        super().__init__(*args, **kwargs)
        tick = self.fields["endings"]
        tick.label = _("I have looked at the %(count)d names that end.") % {"count": ended}
        tick.required = bool(ended)
        if not ended:
            del self.fields["endings"]


class ListAdmin(DeskAdmin):
    """Lists of manufacturers, newest first; a list waits until it is applied as a whole."""

    change_roles = (Role.POLICY,)
    superuser_changes = False
    list_display = ["file_name", "as_of", "complete", "uploaded_at", "applied_at", "undone_at"]
    list_select_related = ["uploaded_by"]
    ordering = ["-id"]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Name the list as its services do."""
        return applying.subject_of(obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take a list in and show what it would change."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = ListForm(request.POST if sent else None, request.FILES if sent else None)
        if form.is_valid() and (listing := taken_in(form, request)):
            return HttpResponseRedirect(address_of(listing))
        context = self.admin_site.each_context(request) | {"form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "workbench/makers_list_add.html", context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show a list with its difference; apply it, or take it back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        listing = self.get_object(request, object_id)
        if listing is None:
            raise Http404
        if request.method == "POST":
            return self.act(request, listing)
        return self.page(request, listing)

    def act(self, request: HttpRequest, listing: ManufacturerListImport) -> HttpResponse:
        """Apply or take back, as the button says; a refusal stands on the page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            if "take_back" in request.POST:
                applying.take_back(listing, by=person(request), at=timezone.now())
                done = _("The list is taken back; every name stands as before.")
            else:
                form = apply_form(applying.difference_of(listing), data=request.POST)
                if not form.is_valid():
                    return self.page(request, listing, form=form)
                seen = form.cleaned_data["seen"]
                applying.apply(listing, seen=seen, by=person(request), at=timezone.now())
                done = _("The list is applied.")
        except DomainError as refusal:
            self.message_user(request, explain(refusal), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(address_of(listing))

    def page(
        self,
        request: HttpRequest,
        listing: ManufacturerListImport,
        *,
        form: ApplyForm | None = None,
    ) -> HttpResponse:
        """Show the difference as it is today, or as it was applied."""
        context = self.admin_site.each_context(request) | {"listing": listing}
        context["may_act"] = self.has_change_permission(request)
        if listing.applied_at:
            context |= as_applied(listing)
        else:
            found = applying.difference_of(listing)
            context |= as_of_now(found) | {"form": form or apply_form(found)}
        status = 422 if form and form.errors else 200
        return TemplateResponse(request, "workbench/makers_list.html", context, status=status)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the long columns on the disk until a page asks for them."""
        return super().get_queryset(request).defer("rows", "changes", "conflicts", "steps")


def address_of(listing: ManufacturerListImport) -> str:
    """Return the page of *listing*."""
    return reverse("workbench:exports_manufacturerlistimport_change", args=[listing.pk])


def taken_in(form: ListForm, request: HttpRequest) -> ManufacturerListImport | None:
    """Keep the list that was sent; ``None`` if it was refused, and the form says why."""
    file = form.cleaned_data["file"]
    try:
        return applying.take_in(
            file.read(MOST_BYTES + 1),
            file_name=file.name,
            as_of=form.cleaned_data["as_of"],
            complete=form.cleaned_data["complete"],
            by=person(request),
            at=timezone.now(),
        )
    except ListUnreadable as refusal:
        form.add_error("file", explain(refusal))
        return None


def apply_form(found: Comparison, *, data: Any = None) -> ApplyForm:
    """Return the form that applies the difference *found*."""
    ended = applying.counts_of(found.changes)[What.ENDED]
    return ApplyForm(data, initial={"seen": applying.digest_of(found)}, ended=ended)


def as_applied(listing: ManufacturerListImport) -> dict[str, Any]:
    """Return what an applied list changed."""
    changes = [Change(**stored) for stored in listing.changes]
    return {"unchanged": listing.unchanged, "sections": sections(changes)}


def as_of_now(found: Comparison) -> dict[str, Any]:
    """Return what a waiting list would change, and what is in its way, by line."""
    conflicts = sorted(found.conflicts, key=lambda conflict: conflict.line)
    return {
        "unchanged": found.unchanged,
        "sections": sections(found.changes),
        "conflicts": [told(conflict) for conflict in conflicts[:MOST_SHOWN]],
        "conflict_count": len(conflicts),
    }


def sections(changes: list[Change]) -> list[dict[str, Any]]:
    """Return the changes kind by kind, the gravest first; of many new ones, the first few."""
    order = [What.ENDED, What.RENAMED, What.RELISTED, What.ADDED, What.CONFIRMED]
    kinds = dict(Manufacturer.Kind.choices)
    ranked = sorted(changes, key=lambda change: order.index(What(change.what)))
    found = []
    for what, group in groupby(ranked, key=lambda change: change.what):
        rows = [(change, kinds[change.kind]) for change in group]
        found.append(
            {
                "what": what,
                "title": What(what).label,
                "rows": rows[:MOST_SHOWN] if what in CUT_SHORT else rows,
                "count": len(rows),
                "more": max(0, len(rows) - MOST_SHOWN) if what in CUT_SHORT else 0,
            }
        )
    return found
