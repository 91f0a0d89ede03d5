"""CNF-08 and CNF-03: what seals and electronic signatures of a letter are worth."""

from dataclasses import replace

import pytest

from exports.rules import Sentence
from reviews.checks.model import SealFacts, SignatureFacts
from reviews.checks.registry import run
from tests.reviews.checks.making import (
    GOOD,
    LETTER,
    MAKER,
    PAPER,
    cure_of,
    outcome_of,
    paper,
    sentence_of,
    spoil,
)

SALES = "比亚迪汽车销售有限公司"
RED = SealFacts(page=1, kind="official", colour="red", ring=MAKER)
SIGNED = SignatureFacts(
    standing="valid",
    signer=MAKER,
    unit=MAKER,
    unit_kind="maker",
    unit_names=(MAKER,),
    covers_whole=True,
)


def sealed(*seals, **changes):
    return paper(seals=seals, **changes)


def signed(*signatures, seals=(), **changes):
    return paper(signatures=signatures, seals=seals, **changes)


def by(signature=SIGNED, **changes):
    return replace(signature, **changes)


def test_a_red_official_seal_of_the_issuer_passes_and_is_never_called_genuine():
    assert outcome_of("CNF-08", GOOD) == "pass"
    assert "does not prove it genuine" in sentence_of("CNF-08", GOOD)


def test_the_likeness_to_a_registered_specimen_is_told():
    assert "93% like" in sentence_of("CNF-08", sealed(replace(RED, specimen_likeness=93)))


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("contract", "a contract seal"),
        ("business", "a business seal"),
        ("department", "a department's seal"),
        ("finance", "a finance or invoice seal"),
    ],
)
def test_a_seal_for_another_purpose_fails_by_name(kind: str, named: str):
    facts = sealed(replace(RED, kind=kind))

    assert outcome_of("CNF-08", facts) == "fail"
    assert named in sentence_of("CNF-08", facts)
    assert "official seal" in cure_of("CNF-08", facts)


def test_the_official_seal_counts_beside_another():
    assert outcome_of("CNF-08", sealed(replace(RED, kind="contract"), RED)) == "pass"


def test_the_seal_of_another_company_fails_and_says_what_it_reads():
    facts = sealed(replace(RED, ring=SALES))

    assert outcome_of("CNF-08", facts) == "fail"
    assert SALES in sentence_of("CNF-08", facts)


@pytest.mark.parametrize(
    ("seal", "why"),
    [
        (replace(RED, ring=""), "could not be read"),
        (replace(RED, kind="unknown"), "not certain"),
        (replace(RED, colour="grey"), "not red"),
        (replace(RED, colour="other"), "not red"),
    ],
)
def test_a_seal_that_leaves_a_doubt_asks_for_an_eye(seal: SealFacts, why: str):
    assert outcome_of("CNF-08", sealed(seal)) == "attention"
    assert why in sentence_of("CNF-08", sealed(seal))


def test_no_seal_and_no_signature_fails_only_where_one_would_have_been_seen():
    assert outcome_of("CNF-08", sealed()) == "fail"
    assert outcome_of("CNF-08", sealed(grey=True)) == "attention"
    assert outcome_of("CNF-08", sealed(pages=2)) == "attention"
    assert outcome_of("CNF-08", sealed(replace(RED, kind="contract"), pages=2)) == "attention"


@pytest.mark.parametrize("papers", [(), (replace(PAPER, pages=0, seen=0, seals=()),)])
def test_a_letter_nobody_looked_at_asks_for_an_eye(papers):
    assert outcome_of("CNF-08", spoil(papers=papers)) == "attention"


def test_the_seal_of_another_letter_does_not_count():
    facts = spoil(papers=(replace(PAPER, letter="letter-2"),))

    assert outcome_of("CNF-08", facts) == "attention"


def test_of_two_letters_the_sealed_one_is_judged():
    bare = replace(LETTER, key="letter-0")
    facts = spoil(
        confirmations=(bare, LETTER),
        papers=(replace(PAPER, letter="letter-0", seals=()), PAPER),
    )

    assert outcome_of("CNF-08", facts) == "pass"


def test_where_no_letter_is_needed_a_missing_seal_costs_nothing():
    facts = spoil(sealed(), vehicle__registered_on=None)

    assert outcome_of("CNF-08", facts) == "fail"
    old = spoil(sealed(), vehicle__registered_on=GOOD.vehicle.registered_on.replace(year=2024))
    assert outcome_of("CNF-08", old) == "attention"


# --- signatures -----------------------------------------------------------------------------------
def test_the_makers_valid_signature_passes_without_a_seal():
    assert outcome_of("CNF-08", signed(SIGNED)) == "pass"
    assert outcome_of("CNF-03", signed(SIGNED)) == "pass"
    assert "valid and covers the whole file" in sentence_of("CNF-08", signed(SIGNED))


def test_a_signature_under_a_former_name_of_the_maker_counts():
    assert outcome_of("CNF-08", signed(by(unit="新名", unit_names=("新名", MAKER)))) == "pass"


@pytest.mark.parametrize("standing", ["altered", "broken", "revoked"])
def test_a_ruined_signature_fails_beside_any_seal_and_says_what_changed(standing: str):
    change = Sentence(zh="第1页的内容在签名后被替换。", en="The content of page 1 was replaced.")
    facts = signed(by(standing=standing, changes=(change,)), seals=(RED,))

    assert outcome_of("CNF-08", facts) == "fail"
    assert "page 1 was replaced" in sentence_of("CNF-08", facts)
    assert "exactly as the manufacturer signed it" in cure_of("CNF-08", facts)


@pytest.mark.parametrize(
    "signature",
    [
        by(standing="untrusted", unit="", unit_kind="", unit_names=()),
        by(standing="expired"),
        by(standing="unverifiable", unit="", unit_kind="", unit_names=(), signer=""),
        by(covers_whole=False),
    ],
)
def test_a_signature_that_proves_nothing_asks_for_an_eye(signature: SignatureFacts):
    assert outcome_of("CNF-08", signed(signature)) == "attention"
    assert outcome_of("CNF-08", signed(signature, seals=(RED,))) == "attention"
    wrong = replace(RED, kind="contract")
    assert outcome_of("CNF-08", signed(signature, seals=(wrong,))) == "fail"


@pytest.mark.parametrize(
    ("kind", "named"),
    [("sales", "a sales company"), ("dealer", "a dealer"), ("parent", "a parent company")],
)
def test_a_signature_of_a_unit_that_may_not_confirm_fails_though_the_maker_is_printed(
    kind: str, named: str
):
    facts = signed(by(unit=SALES, unit_kind=kind, unit_names=(SALES,)), seals=(RED,))

    assert outcome_of("CNF-03", facts) == "fail"
    assert named in sentence_of("CNF-03", facts)
    assert outcome_of("CNF-08", facts) == "fail"
    assert SALES in sentence_of("CNF-08", facts)


def test_another_makers_signature_fails_as_not_the_issuers():
    facts = signed(by(unit="吉利汽车有限公司", unit_names=("吉利汽车有限公司",)))

    assert outcome_of("CNF-03", facts) == "pass"
    assert outcome_of("CNF-08", facts) == "fail"


def test_the_makers_signature_counts_beside_the_sales_companys():
    facts = signed(by(unit=SALES, unit_kind="sales", unit_names=(SALES,)), SIGNED)

    assert outcome_of("CNF-03", facts) == "pass"
    assert outcome_of("CNF-08", facts) == "pass"


def test_a_finding_of_before_papers_were_looked_at_still_replays():
    (finding,) = run(GOOD, only=["CNF-05"])
    stored = {name: value for name, value in finding.inputs.items() if name != "papers"}

    from reviews.checks import from_json

    assert from_json(stored).papers == ()
    assert str(run(from_json(stored), only=["CNF-05"])[0].outcome) == "pass"
