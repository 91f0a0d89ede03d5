"""What the queue can be narrowed by, beside its tabs."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exports.models import Office, User
from reviews.models import Case
from reviews.models.cases import SEES_ALL

CHECKS = [
    ("failed", _("with a failed check")),
    ("attention", _("with something to look at")),
    ("clean", _("all checks agree")),
]
HOLDERS = [("me", _("in my hands")), ("nobody", _("in nobody's hands")), ("others", _("others'"))]
OUTCOMES = {
    "failed": Q(failed__gt=0),
    "attention": Q(attention__gt=0, failed=0),
    "clean": Q(attention=0, failed=0),
}


def sees_all(user: User, office: Office) -> bool:
    """Tell whether *user* of *office* sees the cases of the whole country."""
    return office.level == Office.Level.NATIONAL or user.role in SEES_ALL


def offices_of(request: HttpRequest | None) -> QuerySet[Office]:
    """Return the offices whose cases the person may see, where they are several."""
    user = request.user if request else None
    office = user.office if isinstance(user, User) else None
    if not isinstance(user, User) or office is None:
        return Office.objects.none()
    if sees_all(user, office):
        return Office.objects.order_by("code")
    if len(office.jurisdiction) == 1:
        return Office.objects.none()
    return Office.objects.filter(pk__in=office.jurisdiction).order_by("code")


class CaseFilter(django_filters.FilterSet):
    """Narrow the queue by destination, office, what the checks say and who holds the case."""

    destination = django_filters.CharFilter(
        label=_("Destination (two letters)"), method="by_destination"
    )
    office = django_filters.ModelChoiceFilter(label=_("Office"), queryset=offices_of)
    checks = django_filters.ChoiceFilter(label=_("Checks"), choices=CHECKS, method="by_checks")
    holder = django_filters.ChoiceFilter(label=_("Who"), choices=HOLDERS, method="by_holder")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out the choice of an office where there is only one."""
        super().__init__(*args, **kwargs)
        if offices_of(self.request).query.is_empty():
            del self.filters["office"]

    def by_destination(self, cases: QuerySet[Case], _name: str, code: str) -> QuerySet[Case]:
        """Narrow to one country of destination."""
        return cases.filter(destination_code=code.strip().upper())

    def by_checks(self, cases: QuerySet[Case], _name: str, wanted: str) -> QuerySet[Case]:
        """Narrow by what the latest checks came to."""
        return cases.filter(OUTCOMES[wanted])

    def by_holder(self, cases: QuerySet[Case], _name: str, whose: str) -> QuerySet[Case]:
        """Narrow by who holds the case."""
        assert self.request is not None  # the view always passes its request
        if whose == "nobody":
            return cases.filter(assignee__isnull=True)
        mine = Q(assignee=self.request.user)
        return cases.filter(mine if whose == "me" else ~mine & Q(assignee__isnull=False))
