"""Who is told what about a case. Called inside the transaction of the act."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from exports import notices
from exports.kicks import kick_each_after_commit
from exports.models import Exporter, Membership, Role, User
from exports.rules import legal_day
from exports.tasks import deliver_notice
from reviews.models import Case, Note, Opinion


def tell_exporter(
    case: Case, template: str, *, at: datetime, once_per: object = None, **facts: object
) -> None:
    """Tell the exporter's owners and clerks; the link leads to the portal page."""
    people = Membership.objects.at(case.exporter).filter(role__in=[Role.OWNER, Role.CLERK])
    path = reverse("portal:application", args=[case.reference])
    tell(case, template, to=persons(people), path=path, at=at, once_per=once_per, facts=facts)


def tell_seniors(
    case: Case, template: str, *, at: datetime, once_per: object = None, **facts: object
) -> None:
    """Tell those of the office who may sign; the link leads to the workbench."""
    people = Membership.objects.at(case.office).filter(role__in=[Role.SENIOR, Role.SUPERVISOR])
    path = case.get_absolute_url()
    tell(case, template, to=persons(people), path=path, at=at, once_per=once_per, facts=facts)


def tell_assignee(
    case: Case, template: str, *, at: datetime, once_per: object = None, **facts: object
) -> None:
    """Tell whoever holds the case, if anybody does."""
    holder = [case.assignee] if case.assignee else []
    path = case.get_absolute_url()
    tell(case, template, to=holder, path=path, at=at, once_per=once_per, facts=facts)


def tell_person(
    case: Case,
    person: User,
    template: str,
    *,
    at: datetime,
    once_per: object = None,
    **facts: object,
) -> None:
    """Tell one person of the office; the link leads to the workbench."""
    path, once = case.get_absolute_url(), at.isoformat() if once_per is None else once_per
    tell(case, template, to=[person], path=path, at=at, once_per=once, facts=facts)


def persons(memberships: Iterable[Membership]) -> list[User]:
    """Return the people of *memberships*."""
    return [membership.user for membership in memberships]


def tell(
    case: Case,
    template: str,
    *,
    to: Iterable[User],
    path: str,
    at: datetime,
    once_per: object,
    facts: dict[str, object],
) -> None:
    """Queue one notice a person and kick its delivery.

    The effect key makes it once only: per step of the case, or per *once_per* for what does not
    follow from a step.
    """
    effect = case.version if once_per is None else once_per
    queued = notices.queue(
        f"reviews/{template}",
        to=to,
        facts={"reference": case.reference, **facts},
        path=path,
        effect_key=f"{template}:{case.reference}:{effect}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def tell_ministry(opinion: Opinion, template: str, *, at: datetime) -> None:
    """Tell the officers of the ministry that is asked; nothing of the case but the question."""
    due = legal_day(opinion.due_at)
    queued = notices.queue(
        f"reviews/{template}",
        to=persons(Membership.objects.at(opinion.ministry).select_related("user")),
        facts={"number": opinion.number, "point": opinion.point, "due": due},
        path=opinion.get_absolute_url(),
        effect_key=f"{template}:{opinion.number}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def tell_asker(opinion: Opinion, case: Case, template: str, *, at: datetime) -> None:
    """Tell who asked another ministry, and who holds the case now if that is somebody else."""
    facts = {"number": opinion.number, "point": opinion.point, "due": legal_day(opinion.due_at)}
    people = {person.pk: person for person in (opinion.asked_by, case.assignee) if person}
    for person in people.values():
        tell_person(case, person, template, at=at, once_per=opinion.number, **facts)


def tell_mentioned(note: Note, people: Iterable[User], *, at: datetime) -> None:
    """Tell each of *people* once that *note* names them; its words stay in the house."""
    about, path = place_of(note)
    queued = notices.queue(
        "reviews/mentioned",
        to=people,
        facts={"by": note.author.name, "about": about},
        path=path,
        effect_key=f"mentioned:{note.pk}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def place_of(note: Note) -> tuple[str, str]:
    """Return what *note* is about by name, and the page where it is read."""
    about = note.about
    if isinstance(about, Case):
        return about.reference, about.get_absolute_url()
    if isinstance(about, Exporter):
        return about.name_zh, reverse("workbench:exporter_file", args=[about.uscc])
    return about.current_name, reverse("workbench:maker_file", args=[about.pk])
