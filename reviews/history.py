"""The ledger of a case as its office reads it: every act, who did it for whom, what it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.models import Application, Event, Vehicle

MOST_EVENTS: Final = 200
ACTS: Final[Mapping[str, Promise]] = {
    "person.joined": gettext_lazy("Accepted an invitation"),
    "person.role": gettext_lazy("Role changed"),
    "person.let_go": gettext_lazy("Account closed"),
    "person.taken_back": gettext_lazy("Account opened again"),
    "person.changed": gettext_lazy("Name or language changed"),
    "person.signed_in": gettext_lazy("Signed in"),
    "person.sign_in_failed": gettext_lazy("Sign-in failed"),
    "person.reset_asked": gettext_lazy("New password asked for"),
    "person.password_changed": gettext_lazy("Password changed"),
    "person.password_reset": gettext_lazy("Password chosen anew"),
    "person.totp_activated": gettext_lazy("App with codes set up"),
    "person.totp_deactivated": gettext_lazy("App with codes turned off"),
    "person.recovery_codes_generated": gettext_lazy("Recovery codes made"),
    "person.webauthn_added": gettext_lazy("Key added"),
    "person.webauthn_removed": gettext_lazy("Key removed"),
    "person.sessions_ended": gettext_lazy("Own sessions ended"),
    "invitation.sent": gettext_lazy("Invited"),
    "invitation.resent": gettext_lazy("Invited anew"),
    "invitation.withdrawn": gettext_lazy("Invitation withdrawn"),
    "company.asked": gettext_lazy("Asked to be registered"),
    "company.proved": gettext_lazy("Address proved"),
    "company.declined": gettext_lazy("Registration declined"),
    "exporter.standing": gettext_lazy("Standing noted"),
    "exporter.answered_standing": gettext_lazy("Answered what was noted"),
    "application.opened": gettext_lazy("Draft opened"),
    "application.amended": gettext_lazy("Draft changed"),
    "application.copied": gettext_lazy("Draft copied from another application"),
    "application.vehicle_set_apart": gettext_lazy("Vehicle moved to a draft of its own"),
    "application.vehicle_left_out": gettext_lazy("Vehicle left out of the application"),
    "applications.exported": gettext_lazy("List of applications downloaded"),
    "application.filed": gettext_lazy("Application filed"),
    "application.corrected": gettext_lazy("Terms corrected"),
    "line.added": gettext_lazy("Vehicle added"),
    "line.removed": gettext_lazy("Vehicle taken out"),
    "fleet.amended": gettext_lazy("Vehicles of the fleet changed together"),
    "fleet.restored": gettext_lazy("Change of many vehicles taken back"),
    "vehicle.added": gettext_lazy("Vehicle registered with the exporter's fleet"),
    "vehicle.amended": gettext_lazy("Vehicle changed before filing"),
    "vehicle.corrected": gettext_lazy("Vehicle corrected"),
    "registry.answered": gettext_lazy("Registry's answer recorded"),
    "sheet.received": gettext_lazy("Spreadsheet received"),
    "sheet.columns_named": gettext_lazy("Columns of the spreadsheet named"),
    "sheet.checked": gettext_lazy("Rows of the spreadsheet checked"),
    "sheet.mended": gettext_lazy("Rows of the spreadsheet mended"),
    "sheet.undone": gettext_lazy("Last repair of the spreadsheet undone"),
    "sheet.accepted": gettext_lazy("Ready rows of the spreadsheet accepted"),
    "sheet.saved": gettext_lazy("Ready rows of the spreadsheet saved"),
    "sheet.exported": gettext_lazy("Rows to be mended downloaded"),
    "sheet.discarded": gettext_lazy("Spreadsheet discarded"),
    "document.received": gettext_lazy("Document received"),
    "document.ready": gettext_lazy("Document opened"),
    "document.refused": gettext_lazy("Document refused"),
    "document.broken": gettext_lazy("Document could not be opened"),
    "document.infected": gettext_lazy("Document infected and destroyed"),
    "document.attached": gettext_lazy("Document attached"),
    "document.redeclared": gettext_lazy("Kind of the document changed"),
    "document.detached": gettext_lazy("Document detached"),
    "document.downloaded": gettext_lazy("Document downloaded"),
    "document.retried": gettext_lazy("Document to be opened anew"),
    "confirmation.entered": gettext_lazy("Confirmation entered from the letter"),
    "confirmation.amended": gettext_lazy("Confirmation corrected"),
    "confirmation.revoked": gettext_lazy("Confirmation revoked"),
    "confirmation.attested": gettext_lazy("Confirmation attested by the manufacturer"),
    "confirmation.reissued": gettext_lazy("Confirmation amended by the manufacturer"),
    "confirmation.owned": gettext_lazy("Letter recognised by the manufacturer"),
    "confirmation.disowned": gettext_lazy("Letter reported as forged by the manufacturer"),
    "confirmation_request.asked": gettext_lazy("Manufacturer asked for a confirmation"),
    "confirmation_request.confirmed": gettext_lazy("Manufacturer confirmed"),
    "confirmation_request.declined": gettext_lazy("Manufacturer declined to confirm"),
    "confirmation_request.withdrawn": gettext_lazy("Request to the manufacturer taken back"),
    "case.letter_changed": gettext_lazy("Judged anew: a confirmation it relies on has changed"),
    "licence.doubted": gettext_lazy("Licence in doubt: a confirmation it relies on has changed"),
    "case.checking": gettext_lazy("Answered and filed anew"),
    "case.checked": gettext_lazy("Checks run"),
    "case.rechecked": gettext_lazy("Checks run again"),
    "case.retried": gettext_lazy("Checks to be tried anew"),
    "case.in_review": gettext_lazy("On the reviewer's desk"),
    "case.claimed": gettext_lazy("Claimed"),
    "case.released": gettext_lazy("Released"),
    "case.taken_out": gettext_lazy("Vehicle taken out into an application of its own"),
    "case.split_off": gettext_lazy("Taken out of another application"),
    "case.returned": gettext_lazy("Returned with a request"),
    "case.held": gettext_lazy("Held for signature"),
    "case.settling": gettext_lazy("Decided; takes effect in a minute"),
    "lane.signed": gettext_lazy("Looked at and signed in the clean lane"),
    "lane.pulled": gettext_lazy("Pulled out of the clean lane for a full review"),
    "case.undone": gettext_lazy("Taken back before it took effect"),
    "case.unsettled": gettext_lazy("Could not take effect: the facts had changed"),
    "case.assigned": gettext_lazy("Assigned"),
    "case.lease_ended": gettext_lazy("Claim ran out"),
    "case.escalated": gettext_lazy("Escalated to the seniors"),
    "case.deescalated": gettext_lazy("Escalation taken back"),
    "case.put_off": gettext_lazy("Put off"),
    "case.woken": gettext_lazy("Taken up again"),
    "case.opinion_asked": gettext_lazy("Another ministry asked for an opinion"),
    "case.opinion_answered": gettext_lazy("Another ministry answered"),
    "case.opinion_withdrawn": gettext_lazy("Question to another ministry withdrawn"),
    "decision.recommended": gettext_lazy("Decision drafted"),
    "case.issued": gettext_lazy("Signed: licence issued"),
    "case.refused": gettext_lazy("Signed: refused"),
    "case.withdrawn": gettext_lazy("Withdrawn by the exporter"),
    "case.lapsed": gettext_lazy("Lapsed without an answer"),
    "note.written": gettext_lazy("Note written"),
    "note.corrected": gettext_lazy("Note corrected"),
    "licence.issued": gettext_lazy("Licence issued"),
    "licence.drawn": gettext_lazy("Licence paper drawn"),
    "licence.retried": gettext_lazy("Licence paper to be drawn anew"),
    "licence.downloaded": gettext_lazy("Licence paper downloaded"),
    "licence.revoked": gettext_lazy("Licence revoked"),
    "licence.expired": gettext_lazy("Licence expired"),
    "licence.used": gettext_lazy("Licence used"),
    "licence.partly": gettext_lazy("Licence used for part of its vehicles"),
    "replacement.asked": gettext_lazy("Asked to replace the licence"),
    "replacement.approved": gettext_lazy("Replacement approved"),
    "replacement.declined": gettext_lazy("Replacement declined"),
}
BAD: Final = frozenset(
    {
        "case.refused",
        "case.lapsed",
        "document.refused",
        "document.broken",
        "document.infected",
        "confirmation.revoked",
        "confirmation.disowned",
        "licence.doubted",
        "licence.revoked",
    }
)
CORRECTIONS: Final = frozenset({"application.corrected", "vehicle.corrected"})
FIELDS: Final = {
    field.name: field.verbose_name
    for model in (Application, Vehicle)
    for field in model._meta.concrete_fields
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the timeline component takes it."""

    when: datetime
    what: str
    who: str
    note: str
    bad: bool
    event: Event


def events_about(keys: Mapping[str, Iterable[str]]) -> list[Event]:
    """Return the latest events about the objects *keys* names by kind, newest first: one query."""
    return list(told_of(keys).order_by("-seq")[:MOST_EVENTS])


def told_of(keys: Mapping[str, Iterable[str]]) -> QuerySet[Event]:
    """Narrow to the events about the objects *keys* names by kind."""
    everything = [key for kind in keys.values() for key in kind]
    return Event.objects.filter(subject__in=list(keys), subject_key__in=everything)


def item_of(event: Event) -> Item:
    """Tell one event."""
    return Item(
        when=event.at,
        what=str(ACTS.get(event.action, event.action)),
        who=who_did(event),
        note=" · ".join(filter(None, [about(event), *changes(event), note_of(event)])),
        bad=event.action in BAD,
        event=event,
    )


def note_of(event: Event) -> str:
    """Return the words of the act; holding a case repeats those of its decision."""
    return "" if event.action == "case.held" else event.note


def label_of(field: str) -> str:
    """Return the name of a vehicle's or application's field as people read it."""
    return str(FIELDS.get(field, field))


def who_did(event: Event) -> str:
    """Say who acted and for whom."""
    if not event.actor:
        return _("the system")
    if not event.on_behalf_of:
        return event.actor
    return _("%(person)s for %(organisation)s") % {
        "person": event.actor,
        "organisation": event.on_behalf_of,
    }


def about(event: Event) -> str:
    """Name what the act was about, where its kind alone does not tell."""
    if event.subject == "vehicle":
        return event.subject_key
    named = event.after.get("vin") or event.after.get("name") or event.after.get("number")
    return " · ".join(str(part) for part in (named, event.after.get("reference")) if part)


def changes(event: Event) -> list[str]:
    """Say which fields a correction changed, from what to what."""
    if event.action not in CORRECTIONS:
        return []
    return [
        f"{label_of(name)}: {shown(event.before.get(name))} → {shown(value)}"
        for name, value in event.after.items()
    ]


def shown(value: Any) -> str:
    """Return a ledger value as people read it."""
    return "–" if value in (None, "") else str(value)
