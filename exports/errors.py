"""Refusals: a sentence and its facts.

The domain raises them; views, admin and API catch them and say :func:`exports.wording.explain`.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _


class DomainError(Exception):
    """A refusal. ``str()`` of it is English, for logs."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    text: ClassVar[str] = _("This is not possible.")

    def __init__(self, **facts: object) -> None:
        """Keep the *facts* that fill the sentence."""
        self.facts = facts
        super().__init__(self.text % {key: plain(value) for key, value in facts.items()})


def plain(value: object) -> object:
    """Return *value* as something that fills a ``%s``; lazy translations become text."""
    return str(value) if isinstance(value, Promise) else value


class NotAllowed(DomainError):
    """The person may not do this here."""

    code = "not-allowed"
    status = 403
    text = _("You may not do this.")


class RoleMissing(NotAllowed):
    """The person's role does not carry this act."""

    code = "role-missing"
    text = _("Your role does not include this. It takes: %(roles)s.")


class SamePerson(NotAllowed):
    """Four eyes: the second signature must be another person's."""

    code = "same-person"
    text = _("The second signature must come from another person than the recommendation.")


class Moved(DomainError):
    """Somebody else changed the object since the caller read it."""

    code = "moved-on"
    status = 409
    text = _("%(subject)s has moved on since you opened it. Reload and look again.")


class TransitionRefused(DomainError):
    """The table of states has no such arrow."""

    code = "wrong-state"
    status = 409
    text = _("%(subject)s is “%(origin)s”, so this step is not open now.")


class ClaimedByAnother(DomainError):
    """Another reviewer holds the case."""

    code = "claimed"
    status = 409
    text = _("%(subject)s is in the hands of %(person)s.")


class TooManyClaims(DomainError):
    """A person holds as many claims as one may."""

    code = "too-many-claims"
    status = 409
    text = _("You hold %(most)d cases already. Decide or release one of them first.")


class Escalated(DomainError):
    """The case waits for a senior reviewer."""

    code = "escalated"
    status = 409
    text = _("%(subject)s was escalated; a senior reviewer takes it.")


class NotYours(NotAllowed):
    """Only the person who did it may take it back."""

    code = "not-yours"
    text = _("Only %(person)s may take this back.")


class PersonAway(DomainError):
    """Nobody who is away is given work."""

    code = "person-away"
    status = 409
    text = _("%(person)s is away. Choose somebody else.")


class ImpossibleDays(DomainError):
    """A stretch of days that ends before it begins, or before today."""

    code = "impossible-days"
    status = 422
    text = _("From %(since)s to %(until)s is no stretch of days to come.")


class NotClaimed(DomainError):
    """The case must be claimed before it is decided."""

    code = "not-claimed"
    status = 409
    text = _("Claim %(subject)s first.")


class Incomplete(DomainError):
    """Something the act needs is missing."""

    code = "incomplete"
    status = 422
    text = _("Still missing: %(missing)s.")


class VinInUse(DomainError):
    """The VIN stands in another live application.

    The sentence does not say whose: that would tell one exporter about another.
    """

    code = "vin-in-use"
    status = 409
    text = _("VIN %(vin)s stands in another live application. One vehicle, one licence.")


class VehicleKnown(DomainError):
    """The exporter already has this vehicle."""

    code = "vehicle-known"
    status = 409
    text = _("You already registered the vehicle with VIN %(vin)s.")


class BatchFull(DomainError):
    """One licence covers one batch of at most so many vehicles."""

    code = "batch-full"
    status = 422
    text = _("A batch holds at most %(most)d vehicles. Put the others into another application.")


class TooManyVehicles(DomainError):
    """What is done to many vehicles at once has an end."""

    code = "too-many-vehicles"
    status = 422
    text = _("At most %(most)d vehicles go at once. Narrow the list, or tick fewer.")


class MixedGoods(DomainError):
    """One batch, one HS code."""

    code = "mixed-goods"
    status = 422
    text = _("All vehicles of a batch share one HS code: %(expected)s here, %(found)s for %(vin)s.")


class Frozen(DomainError):
    """A filed application is no draft any more."""

    code = "frozen"
    status = 409
    text = _("%(subject)s is filed; its facts can only change by a correction the office asks for.")


class LastVehicle(DomainError):
    """A batch never becomes empty."""

    code = "last-vehicle"
    status = 409
    text = _("%(subject)s has one vehicle only; there is nothing to take it out of.")


class FactsChanged(DomainError):
    """The checks rest on facts that have changed since they ran."""

    code = "facts-changed"
    status = 409
    text = _(
        "The facts behind these checks have changed since they ran: %(checks)s. "
        "Run the checks again."
    )


class ReasonNeeded(DomainError):
    """A refusal or an override needs coded reasons and a sentence."""

    code = "reason-needed"
    status = 422
    text = _("Give %(what)s.")


class UploadRefused(DomainError):
    """The file cannot be taken in."""

    code = "upload-refused"
    status = 422
    text = _("The file was not accepted: %(reason)s")


class QuotaExceeded(UploadRefused):
    """The organisation's storage is used up."""

    code = "quota_exceeded"
    text = _("Your company's storage of %(limit)s is full. Withdraw files you no longer need.")


class CertificateUnreadable(DomainError):
    """What was sent is no certificate."""

    code = "certificate-unreadable"
    text = _(
        "This is no certificate. Send the file the unit gave you: PEM (.pem, .crt) or DER (.cer)."
    )


class NoSealSeen(DomainError):
    """No seal can be made out on the picture of a specimen."""

    code = "no-seal-seen"
    text = _(
        "No seal can be made out on this picture. Scan the imprint alone, in colour, at 300 dpi."
    )


class StorageFull(UploadRefused):
    """The installation's disk has no room; nobody at the exporter can mend that."""

    code = "storage_full"
    text = _(
        "The file could not be kept: our storage is full. We have been told; please try again in"
        " an hour."
    )


class PolicyInForce(DomainError):
    """An enacted policy never changes."""

    code = "policy-in-force"
    status = 409
    text = _("Policy %(policy)s is enacted and never changes. Draft a new version instead.")


class PolicyDayTaken(DomainError):
    """One version of the rule begins a day."""

    code = "policy-day-taken"
    status = 409
    text = _("Another enacted policy takes effect on %(day)s already.")


class ListUnreadable(DomainError):
    """What was uploaded is no list of manufacturers."""

    code = "list-unreadable"
    status = 422
    text = _("The list could not be read: %(reason)s.")


class ListUnsettled(DomainError):
    """A list is applied as a whole, so no line of it may be in conflict."""

    code = "list-unsettled"
    status = 409
    text = _("%(count)d conflicts must be mended first. Correct the file and upload it again.")


class ListEmpty(DomainError):
    """Everything stands already as the list says."""

    code = "list-empty"
    status = 409
    text = _("Everything stands as the list says; there is nothing to apply.")


class SecondSignatureDue(DomainError):
    """An issue over a failed check takes four eyes."""

    code = "second-signature-due"
    status = 409
    text = _(
        "%(count)d checks failed. Recommend the issue with an override reason; "
        "another person signs."
    )


class KeyReserved(DomainError):
    """The key cannot be an action's own."""

    code = "key-reserved"
    status = 422
    text = _(
        "“%(key)s” cannot be the key for “%(action)s”. Choose a letter or one of these signs:"
        " %(signs)s. Digits open the tabs, and “?” lists the keys."
    )


class KeyTaken(DomainError):
    """Two actions would answer to one key."""

    code = "key-taken"
    status = 422
    text = _("“%(key)s” would stand for both “%(first)s” and “%(second)s”. Choose another key.")


class OutOfBounds(DomainError):
    """A number is lower or higher than it may be set."""

    code = "out-of-bounds"
    status = 422
    text = _("%(what)s: choose a number from %(lowest)d to %(highest)d.")


class AlreadyAsked(DomainError):
    """The same question waits for its answer already."""

    code = "already-asked"
    status = 409
    text = _("%(ministry)s is asked about this already.")


class NothingAsked(DomainError):
    """No question to another ministry is open."""

    code = "nothing-asked"
    status = 409
    text = _("No other ministry is asked about %(subject)s at present.")


class NotInBulk(DomainError):
    """Some acts are done to one case at a time, looking at it."""

    code = "not-in-bulk"
    status = 422
    text = _("This is not done to many cases at once. Open each case and decide on it.")


class PersonLeft(DomainError):
    """The person who ordered a job may not sign in any more."""

    code = "person-left"
    status = 409
    text = _("%(person)s may not sign in any more, so the rest of the job was not done.")


class OnOurSide(DomainError):
    """Something broke that the reader cannot mend."""

    code = "on-our-side"
    status = 409
    text = _("An error on our side. Nothing was changed; please try again.")


class FilterUnknown(DomainError):
    """A filter's value cannot be understood."""

    code = "filter-unknown"
    status = 422
    text = _("“%(value)s” cannot be understood in “%(name)s”. Possible: %(possible)s.")


class ViewKept(DomainError):
    """The person keeps another view under this name."""

    code = "view-kept"
    status = 409
    text = _("You keep a view called “%(name)s” already. Choose another name.")


class NotClean(DomainError):
    """The lane signs only what every check passes and nothing holds up."""

    code = "not-clean"
    status = 409
    text = _("%(subject)s is no clean case any more. Review it in full.")


class TooManyViews(DomainError):
    """A person keeps as many views as one may."""

    code = "too-many-views"
    status = 409
    text = _("You keep %(most)d views already. Delete one of them first.")


class DeskClosed(DomainError):
    """Only the listed manufacturer itself confirms."""

    code = "desk-closed"
    status = 409
    text = _(
        "%(manufacturer)s is not in the announcement of manufacturers today, so it cannot confirm."
    )


class NobodyToAsk(DomainError):
    """The manufacturer has nobody in this system."""

    code = "nobody-to-ask"
    status = 409
    text = _("Nobody at %(manufacturer)s works in this system yet. Ask for a letter on paper.")


class CountryClosed(DomainError):
    """The manufacturer confirms nothing for the country."""

    code = "country-closed"
    status = 409
    text = _("%(manufacturer)s does not confirm for %(country)s: %(reason)s")


class NotAsked(DomainError):
    """The vehicles are not among those to be answered."""

    code = "not-asked"
    status = 409
    text = _("These vehicles wait for no answer here: %(vins)s.")


class NoOutletThere(DomainError):
    """A confirmation needs a service outlet in each of its countries."""

    code = "no-outlet"
    status = 422
    text = _("Choose at least one service outlet in %(country)s.")


class SheetUnreadable(DomainError):
    """What was uploaded is no spreadsheet of confirmations."""

    code = "sheet-unreadable"
    status = 422
    text = _("The spreadsheet could not be read: %(reason)s")


class LastOwner(DomainError):
    """A company must keep somebody who answers for it."""

    code = "last-owner"
    status = 409
    text = _("%(person)s is the last owner. Make somebody else owner first.")


class AlreadyHere(DomainError):
    """The address belongs to a person of the company, or is invited already."""

    code = "already-here"
    status = 409
    text = _("%(email)s acts for the company already, or is invited.")


class LinkSpent(DomainError):
    """A mailed link was used, withdrawn, or is too old."""

    code = "link-spent"
    status = 410
    text = _("This link was used already, was withdrawn, or is too old. Ask for a new one.")


class AddressTaken(DomainError):
    """One address signs in for one organisation."""

    code = "address-taken"
    status = 409
    text = _("This address acts for another organisation here. Ask to be invited under another.")


class CompanyKnown(DomainError):
    """The credit code or the owner's address came in meanwhile."""

    code = "company-known"
    status = 409
    text = _("%(company)s, or its owner's address, is registered already. Decline with a reason.")


class ColumnsUnclear(DomainError):
    """A column of a spreadsheet holds one thing, and one of them the VIN."""

    code = "columns-unclear"
    status = 422
    text = _("Say which column holds the VIN, and name no field twice.")
