"""Facts of one flawless application, and how to spoil them one at a time."""

from dataclasses import replace
from datetime import date

from exports.rules import Terms
from reviews.checks.model import (
    ApplicationFacts,
    ConfirmationFacts,
    ExporterFacts,
    Facts,
    HistoryFacts,
    MakerFacts,
    OutletFacts,
    PaperFacts,
    RegistryFacts,
    SealFacts,
    VehicleFacts,
)
from reviews.checks.registry import run

VIN = "LC0PS5J45SF184638"
MAKER = "比亚迪汽车工业有限公司"
USCC = "91110000600037341L"
TERMS = Terms(code="648", effective_from=date(2026, 1, 1), transition_before=date(2026, 1, 1))
OUTLET = OutletFacts("KZ", "Almaty Service", "Abay Ave 10", "Astana Motors", "+7 727 000000")
LETTER = ConfirmationFacts(
    key="letter-1",
    issuer_name=MAKER,
    issuer_kind="maker",
    listed_name_on_issue=True,
    manufacturer_name=MAKER,
    number="SV-1",
    issued_on=date(2026, 4, 1),
    valid_until=date(2026, 12, 31),
    destinations=("KZ",),
    vins=(VIN,),
    outlets=(OUTLET,),
)
PAPER = PaperFacts(
    key="paper-1",
    letter="letter-1",
    name="letter.pdf",
    names_vehicle=True,
    pages=1,
    seen=1,
    seals=(SealFacts(page=1, kind="official", colour="red", ring=MAKER),),
)
GOOD = Facts(
    vehicle=VehicleFacts(
        vin=VIN,
        brand="比亚迪",
        model="BYD7000A",
        maker_name=MAKER,
        registered_on=date(2026, 1, 10),
        transferred_on=date(2026, 3, 1),
        produced_on=date(2025, 12, 1),
        owner_name="北京出关汽车贸易有限公司",
        owner_uscc=USCC,
        odometer_km=12000,
        fuel="electric",
        kind="car",
        origin="domestic",
    ),
    registry=RegistryFacts(
        answered_at="2026-05-01T09:00:00+08:00",
        registered_on=date(2026, 1, 10),
        transferred_on=date(2026, 3, 1),
        brand="比亚迪",
        model="BYD7000A",
    ),
    confirmations=(LETTER,),
    papers=(PAPER,),
    exporter=ExporterFacts(
        name="北京出关汽车贸易有限公司",
        uscc=USCC,
        former_names=("北京出关贸易公司",),
        filing_number="BA-1",
        filed_on=date(2025, 12, 1),
        filing_expires_on=date(2026, 11, 30),
        standing="normal",
    ),
    application=ApplicationFacts(
        reference="E2026-000001",
        applied_on=date(2026, 5, 10),
        destination="KZ",
        destination_known=True,
        neighbours=("KG", "UZ"),
        consignor_name="北京出关汽车贸易有限公司",
        consignor_uscc=USCC,
        contract_number="HT-1",
        contract_destination="KZ",
        market_declaration=True,
        batch_vins=(VIN,),
    ),
    history=HistoryFacts(),
    maker=MakerFacts(wmi_names=(MAKER,), listed=True),
    terms=TERMS,
)


def spoil(facts=GOOD, **changes):
    """Return *facts* with fields changed, named ``group__field`` or by a whole group."""
    for name, value in changes.items():
        group, _, field = name.partition("__")
        if field:
            value = replace(getattr(facts, group), **{field: value})
        facts = replace(facts, **{group: value})
    return facts


def letter(**changes):
    """Return facts whose one letter differs from the good one."""
    return spoil(confirmations=(replace(LETTER, **changes),))


def paper(facts=GOOD, **changes):
    """Return facts whose one paper shows something else than the good one."""
    return spoil(facts, papers=(replace(PAPER, **changes),))


def outcome_of(check_id, facts):
    """Return what one check says, as plain text."""
    (finding,) = run(facts, only=[check_id])
    assert finding.sentence.zh
    assert finding.sentence.en
    assert finding.outcome != "fail" or finding.cure is not None
    return str(finding.outcome)


def sentence_of(check_id, facts):
    """Return the English sentence of one check."""
    (finding,) = run(facts, only=[check_id])
    return finding.sentence.en


def cure_of(check_id, facts):
    """Return the English cure of one check."""
    (finding,) = run(facts, only=[check_id])
    assert finding.cure is not None
    return finding.cure.en
