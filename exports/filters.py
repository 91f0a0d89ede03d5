"""What a list may be narrowed by: nothing else reaches the database."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.identifiers import VIN_LENGTH, canonical_vin
from exports.models import Vehicle

SHORTEST_VIN_PART = 4


class VehicleFilter(django_filters.FilterSet):
    """Find a vehicle of the fleet by its VIN, the end of it, or its brand or model."""

    q = django_filters.CharFilter(
        method="search",
        label=_("VIN, its last six characters, brand or model"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    class Meta:
        model = Vehicle
        fields: list[str] = []

    def search(self, rows: QuerySet[Vehicle], _name: str, text: str) -> QuerySet[Vehicle]:
        """Narrow *rows* to what *text* may mean; a whole VIN means that one vehicle."""
        vin = canonical_vin(text)
        if len(vin) == VIN_LENGTH and vin.isascii():
            return rows.filter(vin=vin)
        named = Q(brand__icontains=text) | Q(model__icontains=text)
        if len(vin) >= SHORTEST_VIN_PART:
            named |= Q(vin__endswith=vin) | Q(vin__startswith=vin)
        return rows.filter(named)
