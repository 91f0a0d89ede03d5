"""The facts checks judge and the findings they give: plain values that survive JSON.

Every field has an empty default, and empty means "nobody knows": no check may pass on it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from exports.rules import Sentence, Terms

UNSAID: Final = Sentence("", "")
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


class Outcome(StrEnum):
    """What a check says; ``ATTENTION`` means that a person must look."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    ATTENTION = "attention"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer; ``inputs`` are exactly the facts it could read, for replay."""

    check_id: str
    outcome: Outcome
    sentence: Sentence
    cure: Sentence | None
    inputs: dict[str, Json]


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """The vehicle as its registration certificate was entered by the exporter."""

    vin: str = ""
    brand: str = ""
    model: str = ""
    maker_name: str = ""
    registered_on: date | None = None
    transferred_on: date | None = None
    produced_on: date | None = None
    owner_name: str = ""
    owner_uscc: str = ""
    certificate_number: str = ""
    odometer_km: int | None = None
    fuel: str = ""
    kind: str = ""
    origin: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What the registration authority answered; no answer at all is ``None`` instead."""

    answered_at: str | None = None
    registered_on: date | None = None
    transferred_on: date | None = None
    owner_name: str = ""
    owner_uscc: str = ""
    brand: str = ""
    model: str = ""
    mortgaged: bool | None = None
    seized: bool | None = None
    stolen: bool | None = None
    open_violations: bool | None = None


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """One service outlet a letter names; ``country`` is ISO 3166-1 alpha-2."""

    country: str = ""
    name: str = ""
    address: str = ""
    provider: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmationFacts:
    """One manufacturer's letter; ``on_file`` is false where it is claimed but not uploaded.

    ``issuer_kind`` is maker, sales, dealer, refitter, parent, overseas or unknown. Of the
    ``vins_named`` VINs, ``vins`` are only those that are, or look like, the vehicle's. An
    ``attested`` one was issued in this system by the manufacturer's signed-in officer; ``word`` is
    what the manufacturer said of a paper letter, ours or forged, empty while it said nothing.
    """

    key: str = ""
    issuer_name: str = ""
    issuer_kind: str = "unknown"
    listed_name_on_issue: bool = False
    former_name: bool = False
    manufacturer_name: str = ""
    linked_names: tuple[str, ...] = ()
    number: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    revoked_on: date | None = None
    destinations: tuple[str, ...] = ()
    vins: tuple[str, ...] = ()
    vins_named: int = 0
    outlets: tuple[OutletFacts, ...] = ()
    on_file: bool = True
    attested: bool = False
    word: str = ""
    word_on: date | None = None


@dataclass(frozen=True, slots=True)
class SealFacts:
    """One seal seen on a page; ``ring`` are the words along its ring as they were read.

    ``kind`` is official, contract, business, department, finance or unknown; ``colour`` is red,
    grey or other; ``specimen_likeness`` is in percent, ``None`` where no specimen is registered.
    """

    page: int = 0
    kind: str = ""
    colour: str = ""
    ring: str = ""
    specimen_likeness: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One electronic signature; ``unit`` is whose certificate it is by the ministry's list.

    ``standing`` is valid, altered, untrusted, expired, revoked, broken or unverifiable;
    ``unit_kind`` as a letter's ``issuer_kind``; ``unit_names`` are all names the unit ever bore.
    """

    standing: str = ""
    signer: str = ""
    unit: str = ""
    unit_kind: str = ""
    unit_names: tuple[str, ...] = ()
    covers_whole: bool = False
    changes: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class DisagreementFacts:
    """A value that the file's text layer and the picture of the page show differently."""

    page: int = 0
    field: str = ""
    layer: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class EchoFacts:
    """What a paper shares with another; ``own`` is true if both are the applicant's.

    ``kind`` is same_file, near_page, number_reused, other_country, other_exporter or seal_copied;
    ``paper`` is the key of the other, ``cases`` the applications it was filed with.
    """

    kind: str = ""
    own: bool = False
    paper: str = ""
    name: str = ""
    exporter: str = ""
    cases: tuple[str, ...] = ()
    vins: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What was seen on one paper; ``letter`` is the key of the letter it carries.

    ``names_vehicle`` is false of a letter that names only other vehicles of the batch; ``seen``
    counts the pages that were searched for seals, ``unread`` those no words were got from; ``grey``
    is true of a scan without any colour, on which ink shows as grey.
    """

    key: str = ""
    letter: str = ""
    name: str = ""
    names_vehicle: bool = False
    pages: int = 0
    seen: int = 0
    unread: int = 0
    grey: bool = False
    hidden_text: bool = False
    seals: tuple[SealFacts, ...] = ()
    signatures: tuple[SignatureFacts, ...] = ()
    disagreements: tuple[DisagreementFacts, ...] = ()
    echoes: tuple[EchoFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ExporterFacts:
    """The exporter's filing and credit state.

    ``standing`` is normal, watch, talk, correction, suspended or exited.
    """

    name: str = ""
    uscc: str = ""
    former_names: tuple[str, ...] = ()
    filing_number: str = ""
    filed_on: date | None = None
    filing_expires_on: date | None = None
    standing: str = ""
    abnormal: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """The batch: where it goes and who sends it; ``applied_on`` is the current filing's day.

    ``destination_special`` marks Hong Kong, Macao and Taiwan, whose trade has its own rules.
    """

    reference: str = ""
    applied_on: date | None = None
    destination: str = ""
    destination_known: bool = False
    destination_special: bool = False
    neighbours: tuple[str, ...] = ()
    consignor_name: str = ""
    consignor_uscc: str = ""
    contract_number: str = ""
    contract_destination: str = ""
    market_declaration: bool = False
    batch_vins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """Where else the VIN stands; not having looked is ``None`` instead."""

    live_elsewhere: tuple[str, ...] = ()
    used_licences: tuple[str, ...] = ()
    expired_licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MakerFacts:
    """What the prefix table says about the VIN's first three characters."""

    wmi_names: tuple[str, ...] = ()
    wmi_doubt: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class OpinionFacts:
    """What another ministry was asked about the vehicle, and what it answered.

    ``point`` is listing, registration or declaration; ``weight`` is for, against or neutral, empty
    while nobody has answered; ``changed`` names the facts that differ now from what was shown.
    """

    key: str = ""
    point: str = ""
    ministry: Sentence = UNSAID
    due_on: date | None = None
    code: str = ""
    answer: Sentence = UNSAID
    weight: str = ""
    answered_on: date | None = None
    changed: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one vehicle in one application."""

    vehicle: VehicleFacts = VehicleFacts()
    registry: RegistryFacts | None = None
    confirmations: tuple[ConfirmationFacts, ...] = ()
    papers: tuple[PaperFacts, ...] = ()
    exporter: ExporterFacts = ExporterFacts()
    application: ApplicationFacts = ApplicationFacts()
    history: HistoryFacts | None = None
    maker: MakerFacts = MakerFacts()
    opinions: tuple[OpinionFacts, ...] = ()
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check function returns; the registry adds id and inputs."""

    outcome: Outcome
    sentence: Sentence
    cure: Sentence | None = None


def passed(zh: str, en: str) -> Judgement:
    """Say that all is well."""
    return Judgement(Outcome.PASS, Sentence(zh, en))


def spared(zh: str, en: str) -> Judgement:
    """Say that the check does not concern this vehicle."""
    return Judgement(Outcome.NOT_APPLICABLE, Sentence(zh, en))


def attention(zh: str, en: str, *, cure: Sentence | None = None) -> Judgement:
    """Say why a person must look."""
    return Judgement(Outcome.ATTENTION, Sentence(zh, en), cure)


def failed(zh: str, en: str, *, cure: Sentence) -> Judgement:
    """Say what is wrong and what would mend it."""
    return Judgement(Outcome.FAIL, Sentence(zh, en), cure)
