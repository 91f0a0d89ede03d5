"""The ledger as auditors read it: everybody's acts, newest first."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exports.errors import RoleMissing
from exports.http import SignedInRequest
from exports.models import Event
from exports.paging import page_of
from exports.policies import check_can_read_ledger

KINDS = [
    ("case", _("case")),
    ("application", _("application")),
    ("vehicle", _("vehicle")),
    ("document", _("document")),
    ("confirmation", _("confirmation")),
    ("licence", _("licence")),
    ("bulk", _("bulk job")),
    ("exporter", _("exporter")),
    ("person", _("person")),
    ("company_request", _("company to be registered")),
    ("policy", _("policy")),
    ("office", _("office")),
    ("manufacturer", _("manufacturer")),
    ("ministry", _("ministry")),
    ("opinioncode", _("coded opinion")),
    ("opinionterm", _("term of opinions")),
    ("makers_list", _("list of manufacturers")),
    ("destination", _("destination")),
    ("port", _("port")),
    ("prefix", _("VIN prefix")),
    ("reason", _("reason")),
    ("holiday", _("holiday or make-up day")),
    ("notice", _("notice")),
    ("lane", _("clean lane")),
    ("lane_sheet", _("sheet of the clean lane")),
    ("lane_sample", _("sample of the clean lane")),
    ("lanepolicy", _("rules of the clean lane")),
]


class LedgerForm(forms.Form):
    """What the ledger can be narrowed by: the object; nothing else has an index."""

    subject = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("any")), *KINDS])
    reference = forms.CharField(label=_("Reference, VIN or key"), required=False, max_length=80)


@require_safe
def ledger(request: SignedInRequest) -> HttpResponse:
    """Show the ledger, page by page, of all objects or of one."""
    try:
        check_can_read_ledger(request.user)
    except RoleMissing as refusal:
        raise PermissionDenied from refusal
    form = LedgerForm(request.GET)
    page = page_of(chosen(form), before=request.GET.get("before", ""))
    return render(request, "workbench/ledger.html", {"form": form, "page": page})


def chosen(form: LedgerForm) -> QuerySet[Event]:
    """Return the events the form asks for, all where it cannot be understood."""
    events = Event.objects.all()
    if not form.is_valid():
        return events
    kind, key = form.cleaned_data["subject"], form.cleaned_data["reference"].strip()
    if key:
        # Naming the kinds lets the index on (kind, key) serve a search by key alone.
        kinds = [kind] if kind else [name for name, _label in KINDS]
        return events.filter(subject__in=kinds, subject_key=key)
    return events.filter(subject=kind) if kind else events
