"""Which exporters, makers and colleagues lie within the reach of a person of an office."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from exports.errors import NotAllowed
from exports.models import Exporter, Manufacturer, Office, User
from exports.models.people import OFFICE_ROLES
from exports.policies import check_role
from reviews.models import Case, Note
from reviews.models.cases import SEES_ALL
from reviews.policies import DECIDERS, check_can_note

Subject = Case | Exporter | Manufacturer


def exporters_within(user: User) -> QuerySet[Exporter]:
    """Narrow to the exporters filed with *user*'s office or its districts, or with a case there.

    The national office, auditors and policy administrators reach all; people of no office none.
    """
    office = user.office
    if office is None:
        return Exporter.objects.none()
    if office.level == Office.Level.NATIONAL or user.role in SEES_ALL:
        return Exporter.objects.all()
    here = Case.objects.filter(exporter=OuterRef("pk"), office__in=office.jurisdiction)
    return Exporter.objects.filter(Q(office__in=office.jurisdiction) | Exists(here))


def makers_within(user: User) -> QuerySet[Manufacturer]:
    """Narrow to the makers *user* may look up: all of them for whoever works at an office."""
    makers = Manufacturer.objects.all()
    return makers if user.office else makers.none()


def check_can_write_on(user: User, subject: Subject) -> None:
    """Refuse unless *user* may write a note on *subject*, and pin it there if it is no case.

    Raises:
        RoleMissing: auditors and policy administrators read.
        NotAllowed: the case or exporter is another office's.
    """
    if isinstance(subject, Case):
        check_can_note(user, subject)
        return
    check_role(user, *DECIDERS)
    if isinstance(subject, Exporter) and not exporters_within(user).filter(pk=subject.pk).exists():
        raise NotAllowed()


def check_can_correct(user: User, note: Note) -> None:
    """Refuse unless *user* wrote *note* and may still write there.

    Raises:
        RoleMissing, NotAllowed: as for writing; a note is corrected by whoever wrote it.
    """
    check_can_write_on(user, note.about)
    if note.author_id != user.pk:
        raise NotAllowed()


def colleagues(subject: Subject) -> QuerySet[User]:
    """Narrow to the active people of offices who may see *subject*, by name."""
    people = User.objects.filter(is_active=True, membership__role__in=OFFICE_ROLES)
    if isinstance(subject, Manufacturer):
        return people.order_by("name", "pk")
    office = subject.office
    near = Q(membership__office__in=[office.pk, office.parent_id or office.pk])
    national = Q(membership__office__level=Office.Level.NATIONAL)
    seeing = near | national | Q(membership__role__in=SEES_ALL)
    return people.filter(seeing).order_by("name", "pk")
