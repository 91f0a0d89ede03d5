"""The acts of a reviewer over the API: the same registry, forms and services as the page."""

from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.models import Application, User
from reviews import acts, casefile, checklist
from reviews.models import Case
from reviews.requirements import as_json


class OfficeOnly(BasePermission):
    """Opens to people of an office."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the person works for an office."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.office is not None


class ExportersOnly(BasePermission):
    """Opens to people of an exporter."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the person acts for an exporter."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.exporter is not None


@api_view(["GET"])
@authentication_classes([SessionAuthentication])
@permission_classes([ExportersOnly])
def application_requirements(request: Request, reference: str) -> Response:
    """List what an application needs: the object its page and its mail show."""
    rows = Application.objects.visible_to(person(request)).select_related("exporter")
    found = get_object_or_404(rows, reference=reference)
    needed = checklist.requirements_of(found, at=timezone.now())
    return Response({"reference": reference, "requirements": as_json(needed)})


@api_view(["GET"])
@authentication_classes([SessionAuthentication])
@permission_classes([OfficeOnly])
def case_actions(request: Request, reference: str) -> Response:
    """List every action on a case: allowed, or the reason why not."""
    file = file_of(request, reference)
    actions = [
        {"name": each.name, "allowed": each.allowed, "why_not": each.why_not}
        for each in acts.offers_of(file)
    ]
    return Response({**standing(file.case), "actions": actions})


@api_view(["POST"])
@authentication_classes([SessionAuthentication])
@permission_classes([OfficeOnly])
def case_action(request: Request, reference: str, action: str) -> Response:
    """Carry out one action with the values its form takes, ``version`` among them."""
    file, user = file_of(request, reference), person(request)
    if action not in acts.ACTS:
        raise Http404
    form = acts.ACTS[action].form(values_of(request.data), file=file, action=action)
    acts.check_open(action, file.case, by=user)
    acts.check_fresh(form)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors.get_json_data())
    acts.carry_out(action, form, by=user, at=timezone.now())
    return Response(standing(Case.objects.get(pk=file.case.pk)))


def standing(case: Case) -> dict[str, object]:
    """Return where *case* stands; ``version`` is what the next action must name."""
    return {"reference": case.reference, "status": case.status, "version": case.version}


def file_of(request: Request, reference: str) -> casefile.CaseFile:
    """Return the file of a case the person may see, else 404."""
    user = person(request)
    try:
        case = casefile.find(user, reference)
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown
    return casefile.read(case, user=user, vin="", document="")


def person(request: Request) -> User:
    """Return the signed-in person."""
    assert isinstance(request.user, User)  # the permission let nobody else through
    return request.user


def values_of(sent: Any) -> QueryDict:
    """Return a JSON object as a form takes it, in words; a list gives one name several values."""
    values = QueryDict(mutable=True)
    for name, value in sent.items() if isinstance(sent, dict) else ():
        several = value if isinstance(value, list) else [value]
        values.setlist(str(name), [str(each) for each in several if each is not None])
    return values
