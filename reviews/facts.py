"""A batch's facts for the checks, in a fixed number of queries however many vehicles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from documents import evidence
from documents.models import Confirmation, RegistryAnswer
from exports.identifiers import looks_like, plain_name, spellings
from exports.models import (
    Application,
    Exporter,
    Line,
    Manufacturer,
    ManufacturerName,
    Policy,
    Prefix,
    Vehicle,
)
from exports.rules import legal_day
from reviews import opinion_facts, paper_facts
from reviews.checks.model import (
    ApplicationFacts,
    ConfirmationFacts,
    ExporterFacts,
    Facts,
    HistoryFacts,
    MakerFacts,
    OutletFacts,
    RegistryFacts,
    VehicleFacts,
)
from reviews.models import Licence, LicenceLine

FactsByLine = dict[int, Facts]


def of_application(application: Application, *, applied_on: date) -> FactsByLine:
    """Return the facts of every line, by its id, as of an application made on *applied_on*.

    The same for a draft's preview, a filing and a re-evaluation: about twenty queries in all.
    """
    lines = list(application.lines.select_related("vehicle").order_by("position"))
    vins = [line.vin for line in lines]
    policy = Policy.objects.in_force(applied_on)
    answers = evidence.latest_answers(vins)
    given = evidence.confirmations_for(application, vins)
    issuers = names_of_issuers(given)
    letters = tuple(
        of_confirmation(letter, names=issuers, applied_on=applied_on) for letter in given
    )
    seen = paper_facts.of_batch(application, given)
    history = histories(application, vins)
    makers = prefixes(lines, applied_on=applied_on)
    exporter = of_exporter(application.exporter)
    batch = of_batch(application, vins, applied_on=applied_on)
    judged = {vin: relevant(letters, vin=vin) for vin in vins}
    found = {
        line.pk: Facts(
            vehicle=of_vehicle(line.vehicle),
            registry=of_answer(answers[line.vin]) if line.vin in answers else None,
            confirmations=judged[line.vin],
            papers=paper_facts.relevant(seen, judged[line.vin], vin=line.vin),
            exporter=exporter,
            application=batch,
            history=history[line.vin],
            maker=makers[line.vin],
            terms=policy.terms if policy else None,
        )
        for line in lines
    }
    return opinion_facts.weighed(application, lines, found)


def relevant(letters: tuple[ConfirmationFacts, ...], *, vin: str) -> tuple[ConfirmationFacts, ...]:
    """Return the letters that name *vin*; if none does, all, so that the gap can be named.

    Of a letter's VINs only this one and its near twins come along: findings store what they read,
    and a letter may name hundreds.
    """
    naming = tuple(letter for letter in letters if vin in letter.vins)
    return tuple(
        replace(letter, vins=tuple(named for named in letter.vins if is_near(named, vin)))
        for letter in naming or letters
    )


def is_near(named: str, vin: str) -> bool:
    """Tell whether *named* is *vin* or could be it, misread in up to two places."""
    return len(looks_like(named, vin)) <= 2


def of_vehicle(vehicle: Vehicle) -> VehicleFacts:
    """Return the certificate facts of *vehicle*."""
    names = VehicleFacts.__dataclass_fields__
    return VehicleFacts(**{name: getattr(vehicle, name) for name in names})


def of_answer(answer: RegistryAnswer) -> RegistryFacts:
    """Return the registry's facts; the moment in ISO 8601."""
    names = [name for name in RegistryFacts.__dataclass_fields__ if name != "answered_at"]
    facts = {name: getattr(answer, name) for name in names}
    return RegistryFacts(answered_at=answer.answered_at.isoformat(), **facts)


def names_of_issuers(letters: Iterable[Confirmation]) -> dict[str, list[ManufacturerName]]:
    """Return the names the letters were issued under, by their plain form: two queries.

    Looked up anew each time: the list may have grown since a letter was entered.
    """
    found: dict[str, list[ManufacturerName]] = defaultdict(list)
    written = set().union(*(spellings(letter.issuer_name) for letter in letters))
    rows = ManufacturerName.objects.filter(name__in=written)
    for row in rows.select_related("manufacturer").prefetch_related("manufacturer__names"):
        found[plain_name(row.name)].append(row)
    return found


def of_issuer(
    letter: Confirmation, *, names: Mapping[str, list[ManufacturerName]], applied_on: date
) -> dict[str, Any]:
    """Return who issued *letter*, by the announcement of the letter's day.

    *names* are announced names by their plain form. A letter without a day is looked up on the
    day of the application, so that its issuer is known; the check does not let it pass.
    """
    day = letter.issued_on or applied_on
    row = ManufacturerName.likeliest(names.get(plain_name(letter.issuer_name), []), on=day)
    if row is None:
        return {"issuer_kind": "unknown"}
    unit = row.manufacturer
    if unit.kind not in Manufacturer.ANNOUNCED:
        return {"issuer_kind": unit.kind, "manufacturer_name": unit.current_name}
    listed = unit.name_on(day)
    stood = row.stood_on(day)
    later = any(name.listed_from > day for name in unit.names.all())
    return {
        "issuer_kind": unit.kind,
        "listed_name_on_issue": stood,
        "former_name": not stood and (bool(listed) or later),
        "manufacturer_name": listed or unit.current_name,
        "linked_names": tuple(sorted({name.name for name in unit.names.all()})),
    }


def of_confirmation(
    letter: Confirmation, *, names: Mapping[str, list[ManufacturerName]], applied_on: date
) -> ConfirmationFacts:
    """Return what *letter* promises and who, by the announcement, promises it."""
    return ConfirmationFacts(
        key=str(letter.pk),
        issuer_name=letter.issuer_name,
        **of_issuer(letter, names=names, applied_on=applied_on),
        number=letter.number,
        issued_on=letter.issued_on,
        valid_until=letter.valid_until,
        revoked_on=legal_day(letter.revoked_at) if letter.revoked_at else None,
        destinations=tuple(sorted(country.pk for country in letter.destinations.all())),
        vins=tuple(vehicle.vin for vehicle in letter.vehicles.all()),
        vins_named=len(letter.vehicles.all()),
        outlets=tuple(
            OutletFacts(
                country=outlet.country_id,
                name=outlet.name,
                address=outlet.address,
                provider=outlet.provider,
                phone=outlet.phone,
            )
            for outlet in letter.outlets.all()
        ),
        on_file=letter.document is None or letter.document.state == "ready",
        attested=letter.is_attested,
        word=letter.word,
        word_on=legal_day(letter.word_at) if letter.word_at else None,
    )


def of_exporter(exporter: Exporter) -> ExporterFacts:
    """Return the exporter's filing and standing."""
    return ExporterFacts(
        name=exporter.name_zh,
        uscc=exporter.uscc,
        former_names=tuple(exporter.former_names),
        filing_number=exporter.filing_number,
        filed_on=exporter.filed_on,
        filing_expires_on=exporter.filing_expires_on,
        standing=exporter.standing,
        abnormal=exporter.abnormal_operation,
    )


def of_batch(application: Application, vins: list[str], *, applied_on: date) -> ApplicationFacts:
    """Return what is claimed for the whole batch."""
    destination = application.destination
    return ApplicationFacts(
        reference=application.reference,
        applied_on=applied_on,
        destination=destination.pk if destination else "",
        destination_known=destination is not None,
        destination_special=bool(destination and destination.is_chinese_region),
        neighbours=tuple(destination.neighbours) if destination else (),
        consignor_name=application.consignor_name,
        consignor_uscc=application.consignor_uscc,
        contract_number=application.contract_number,
        contract_destination=application.contract_destination_id or "",
        market_declaration=application.market_declaration,
        batch_vins=tuple(vins),
    )


def histories(application: Application, vins: list[str]) -> dict[str, HistoryFacts]:
    """Return where else each VIN stands: two queries."""
    elsewhere: dict[str, list[str]] = defaultdict(list)
    live = Line.objects.filter(vin__in=vins, live=True).exclude(application=application)
    for vin, reference in live.values_list("vin", "application__reference"):
        elsewhere[vin].append(reference)
    ended: dict[str, list[str]] = defaultdict(list)
    licensed = LicenceLine.objects.filter(vin__in=vins).exclude(
        licence__case__application=application
    )
    for vin, number in licensed.filter(licence__state=Licence.State.EXPIRED).values_list(
        "vin", "licence__number"
    ):
        ended[vin].append(number)
    return {
        vin: HistoryFacts(
            live_elsewhere=tuple(sorted(elsewhere[vin])),
            expired_licences=tuple(sorted(ended[vin])),
        )
        for vin in vins
    }


def prefixes(lines: Iterable[Line], *, applied_on: date) -> dict[str, MakerFacts]:
    """Return what prefix table and announcement say about each VIN's maker: two queries."""
    batch = list(lines)
    table: dict[str, list[Prefix]] = defaultdict(list)
    for prefix in Prefix.objects.filter(wmi__in={line.vin[:3] for line in batch}):
        table[prefix.wmi].append(prefix)
    printed = {line.vehicle.maker_name for line in batch}
    listed = set(
        ManufacturerName.objects.filter(name__in=printed)
        .listed_on(applied_on)
        .filter(manufacturer__kind=Manufacturer.Kind.MAKER)
        .values_list("name", flat=True)
    )
    return {
        line.vin: MakerFacts(
            wmi_names=tuple(p.manufacturer_zh for p in table[line.vin[:3]] if p.manufacturer_zh),
            wmi_doubt=any(p.doubtful for p in table[line.vin[:3]]),
            listed=line.vehicle.maker_name in listed,
        )
        for line in batch
    }
