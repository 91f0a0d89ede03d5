"""What all stock pages of the workbench share: who sees and changes what, and the ledger's part."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import AutoField, ForeignKey, Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exports import ledger
from exports.desk_history import history_of
from exports.errors import DomainError
from exports.models import OFFICE_ROLES, Office, Role, User
from exports.wording import explain

SECRETS = ("password", "password1", "password2", "usable_password")
EVERYWHERE = (Role.AUDITOR, Role.POLICY)
MOST_COUNTED: Final = 5000


class CappedPaginator(Paginator):
    """Counts no further than :data:`MOST_COUNTED`; what lies behind is found by searching."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or the most that is counted."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:MOST_COUNTED].count()
        return len(rows)


def person(request: HttpRequest) -> User:
    """Return who is signed in; the site's door lets in nobody else."""
    assert isinstance(request.user, User)
    return request.user


class Desk:
    """Permissions by role, for pages and the tables inside them; nothing is ever deleted.

    Rows of other tables are chosen by searching: a list to choose from would hold them all.
    """

    model: type[Model]
    admin_site: admin.AdminSite
    view_roles: Iterable[str] = OFFICE_ROLES
    change_roles: Iterable[str] = (Role.SUPERVISOR, Role.POLICY)
    superuser_changes = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person's role reads these."""
        user = person(request)
        return user.is_superuser or user.role in self.view_roles

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person's role changes these."""
        user = person(request)
        as_superuser = self.superuser_changes and user.is_superuser
        return as_superuser or user.role in self.change_roles

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person's role adds to these."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing: decisions and licences rest on these rows."""
        return False

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Choose the rows of other tables by searching."""
        pages = self.admin_site._registry  # Django asks its own registry the same way
        return [
            field.name
            for field in self.model._meta.get_fields()
            if isinstance(field, ForeignKey)
            and (page := pages.get(field.related_model))
            and page.search_fields
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the index lists these."""
        return self.has_view_permission(request)


class DeskAdmin(Desk, admin.ModelAdmin):
    """A stock page whose every change stands on the ledger, in the same transaction."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = CappedPaginator
    list_max_show_all = 0
    list_per_page = 50
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Narrow to what the person's office is concerned with."""
        return self.narrow(super().get_queryset(request), user=person(request))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Compare with what is stored, not with what the browser says was there before."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.show_hidden_initial = False
        return field

    def narrow(self, rows: QuerySet[Any], *, user: User) -> QuerySet[Any]:
        """Narrow *rows* to those *user* may see; all, unless a page says otherwise."""
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix a key that people chose, once it is given: other rows cite it."""
        fixed = list(super().get_readonly_fields(request, obj))
        key = self.model._meta.pk
        return fixed if obj is None or isinstance(key, AutoField) else [*fixed, key.name]

    def subject_of(self, obj: Any) -> tuple[str, str]:
        """Return the name under which the ledger speaks of *obj*."""
        return str(obj._meta.model_name), str(obj.pk)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Iterable[Any],
        change: bool,  # noqa: FBT001 - Django's own
    ) -> None:
        """Save what belongs to the row, then put the whole change on the ledger."""
        super().save_related(request, form, formsets, change)
        before, after = changes_of(form)
        for formset in formsets:
            changed = [*formset.new_objects, *(obj for obj, _fields in formset.changed_objects)]
            after |= {formset.prefix: [str(obj) for obj in changed]} if changed else {}
        if not after:
            return
        kind, key = self.subject_of(form.instance)
        verb = "changed" if change else "added"
        ledger.record(
            f"{kind}.{verb}",
            (kind, key),
            by=person(request),
            at=timezone.now(),
            before=before if change else {},
            after=after,
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show what the ledger says of one row, newest first."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        entries, page = history_of(
            self.model, self.subject_of(obj), before=request.GET.get("before", "")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": obj},
            "entries": entries,
            "page": page,
            "object": obj,
            "opts": self.opts,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def do_each(
        self, request: HttpRequest, rows: QuerySet[Any], service: Any, **words: str
    ) -> None:
        """Call *service* for each row on its own; one refusal does not hold up the rest."""
        done = 0
        for row in rows:
            try:
                service(row, by=person(request), at=timezone.now(), **words)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {explain(refusal)}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%(count)d done.", "%(count)d done.", done) % {"count": done}
            self.message_user(request, text, messages.SUCCESS)


class ServedAdmin(DeskAdmin):
    """A stock page whose changes a service makes; where it refuses, nothing typed is lost."""

    def serve(
        self, obj: Any, given: Mapping[str, Any], *, by: User, at: datetime, change: bool
    ) -> Model:
        """Make or change the row as *given* says, through its service; return it.

        Raises:
            DomainError: the service refused.
        """
        raise NotImplementedError  # each kind of row has a service of its own

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's own
        """Hand what was typed to the service."""
        given = form.cleaned_data
        obj.pk = self.serve(obj, given, by=person(request), at=timezone.now(), change=change).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's own
        """Leave the ledger to the service, which wrote it already."""

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the page again with what was typed where the service refuses."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            request.refused = explain(refusal)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's own
        """Let the form bear what the service said."""
        form = super().get_form(request, obj, change, **kwargs)
        said = getattr(request, "refused", "")
        return type(form.__name__, (RefusedForm, form), {"said": said}) if said else form


class RefusedForm:
    """A form that the service refused once everything in it was well-formed."""

    said = ""

    def clean(self) -> None:
        """Say why at the head of the form."""
        raise forms.ValidationError(self.said)


class WhyForm(forms.ModelForm):
    """A change with words why; the ledger keeps them."""

    why = forms.CharField(label=_("Why"), max_length=200)


class ReasonedActionForm(ActionForm):
    """An action with words why."""

    why = forms.CharField(label=_("Why"), required=False, max_length=200)


class RecordAdmin(DeskAdmin):
    """A stock page that only shows: what stands there changes by acts, not by hand."""

    change_roles = ()
    superuser_changes = False


def changes_of(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the changed values before and after, secrets left out."""
    names = [name for name in form.changed_data if name not in SECRETS]
    before = {name: plain(form.initial.get(name)) for name in names}
    return before, {name: plain(form.cleaned_data.get(name)) for name in names}


def plain(value: Any) -> Any:
    """Return *value* as the ledger can keep it, rows by their keys."""
    return value.pk if isinstance(value, Model) else value


def sees_everything(user: User) -> bool:
    """Tell whether *user* reads the rows of every office."""
    national = user.office is not None and user.office.level == Office.Level.NATIONAL
    return user.is_superuser or national or user.role in EVERYWHERE


def within(rows: QuerySet[Any], *, user: User, office: str) -> QuerySet[Any]:
    """Narrow *rows*, whose office is named by the lookup *office*, to *user*'s jurisdiction."""
    if sees_everything(user):
        return rows
    reach = user.office.jurisdiction if user.office else []
    return rows.filter(**{f"{office}__in": reach})
