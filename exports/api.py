"""The public API: does a car need the letter? Described in docs/api.md."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from exports.calculator import Answer, answer
from exports.rules import legal_day
from exports.wording import say

CACHE_SECONDS: Final = 60
LANGUAGE_PARAMETER: Final = "lang"
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class IsoDay(serializers.DateField):
    """A calendar day, YYYY-MM-DD and nothing else."""

    default_error_messages = {
        "invalid": gettext_lazy("Write the date as YYYY-MM-DD; the day must exist.")
    }

    def to_internal_value(self, value: Any) -> date:
        """Read *value*; looser ISO forms, such as week dates, are refused."""
        if not ISO_DAY.fullmatch(str(value)):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class EligibilityQuery(serializers.Serializer[None]):
    """The question: an empty ``registered_on`` means that the car has no known date."""

    registered_on = IsoDay(allow_null=True)
    applied_on = IsoDay(required=False)
    transferred_on = IsoDay(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Read the query string, refusing names it does not know and names given twice."""
        wrong = {name: [_("There is no such parameter.")] for name in data if not self.knows(name)}
        twice = {name: [_("Give this parameter once.")] for name in data if named_twice(data, name)}
        if wrong or twice:
            raise serializers.ValidationError({**twice, **wrong})
        read: dict[str, Any] = super().to_internal_value(data)
        return read

    def knows(self, name: str) -> bool:
        """Tell whether *name* may stand in the query string."""
        return name in self.fields or name == LANGUAGE_PARAMETER


def named_twice(data: Any, name: str) -> bool:
    """Tell whether the query string gives *name* more than once."""
    return len(data.getlist(name)) > 1


@api_view(["GET"])
@permission_classes([AllowAny])
def eligibility(request: Request) -> Response:
    """Tell whether a car registered on a day needs its manufacturer's confirmation."""
    query = EligibilityQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked: Mapping[str, date | None] = query.validated_data
    found = answer(
        registered_on=asked["registered_on"],
        applied_on=asked.get("applied_on") or legal_day(timezone.now()),
        transferred_on=asked.get("transferred_on"),
    )
    response = Response(as_json(found))
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response


def as_json(found: Answer) -> dict[str, Any]:
    """Return an answer as the API writes it; sentences in the reader's language."""
    verdict = found.verdict
    return {
        "outcome": verdict.outcome.value,
        "days": verdict.days,
        "required_through": verdict.required_through,
        "free_from": verdict.free_from,
        "policy": found.terms.code if found.terms else None,
        "basis": [{"clause": say(clause)} for clause in found.basis],
        "explanation": say(found.explanation),
        "registered_on": found.registered_on,
        "applied_on": found.applied_on,
        "transferred_on": found.transferred_on,
    }
