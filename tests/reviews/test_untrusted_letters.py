"""Letters that look right and are not: read by the pipeline, judged, refused with a reason.

The whole way with real files: drawn, uploaded, seen and read; entered, filed and judged; then
what the exporter reads and what reasons the reviewer is offered, in Chinese and in English.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation

from documents import confirming, filing, pipeline, trust
from documents.models import Confirmation
from exports.models import Exporter, Role, User, Vehicle
from reviews import casefile, claims, dossier
from reviews.demo.signing import Identity, sign_letter
from reviews.desk_forms import RefusalForm
from reviews.models import Case
from tests.documents.signing import NOW, SALES_ARM, cast, overlaid
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    answer_registry,
    checked,
    make_case,
    make_destination,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_vehicle,
    make_vin,
    upload,
)
from tests.papers import scanned

pytestmark = pytest.mark.usefixtures("law")
DEALER = "天津示例汽车销售服务有限公司"
PARENT = "示例控股集团有限公司"


@dataclass
class Given:
    """A letter as it is drawn, and what is wrong about it."""

    drawn: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0
    destination: str = "KZ"

    @property
    def issuer(self) -> str:
        """Return who issued it, as printed."""
        return self.drawn.get("issuer", BYD)


def lodge(
    given: Given, vehicles: list[Vehicle], *, by: User, pdf: bytes = b"", picture: bool = False
) -> Confirmation:
    """Upload the letter, let the pipeline look at it, enter what it says."""
    named = vehicles[given.left_out :]
    drawn = pdf or make_letter_pdf(named, destination=given.destination, **given.drawn)
    kind = {"name": "letter.jpg", "content_type": "image/jpeg"} if picture else {}
    document = upload(by.exporter, drawn, by=by, **kind)
    pipeline.complete(document.pk, at=NOON)
    country = make_destination(given.destination)
    outlet = {"country": country, "name": "站", "address": "街1号", "provider": "商", "phone": ""}
    return confirming.enter_confirmation(
        by.exporter,
        document=document,
        destinations=[country],
        vins=[vehicle.vin for vehicle in named],
        outlets=[outlet],
        issuer_name=given.issuer,
        number=f"ASC-{document.pk}",
        issued_on=TODAY.replace(day=20),
        by=by,
        at=NOON,
    )


def judged(given: Given, *, by: User, vehicles: int = 1, apart: int = 1) -> Case:
    """Return the checked case of young vehicles, numbered *apart*, with the given letter."""
    vins = [make_vin(1000 + place * apart) for place in range(vehicles)]
    batch = [make_vehicle(by.exporter, by=by, age=100, vin=vin) for vin in vins]
    for vehicle in batch:
        answer_registry(vehicle)
    letter = lodge(given, batch, by=by)
    draft_case = make_case(by.exporter, *batch, by=by)
    filing.attach(letter.document, draft_case.application, by=by, at=NOON)
    return checked(draft_case)


def failed(case: Case) -> set[str]:
    """Return the checks that failed for any vehicle."""
    run = case.runs.order_by("-id")[0]
    return set(run.findings.filter(outcome="fail").values_list("check_id", flat=True))


def told(case: Case, title: str, *, language: str) -> str:
    """Return sentence and cure of a failed check as the exporter reads them."""
    with translation.override(language):
        views = dossier.views_of_case(case.application, case)
        found = [f for view in views for f in view.open if f.title == title]
        return " ".join(f"{f.sentence} {f.cure}" for f in found)


def reasons_ticked(case: Case, *, by: User, language: str = "en") -> list[str]:
    """Return the codes the refusal form proposes to the reviewer."""
    with translation.override(language):
        held = claims.claim(case, by=by, at=NOON) if case.assignee_id is None else case
        file = casefile.read(held, user=by, vin="", document="")
        form = RefusalForm(file=file, action="recommend-refusal")
        assert all(str(label) for _code, label in form.fields["reasons"].choices)
        return form.fields["reasons"].initial


@pytest.fixture
def units(law: None) -> None:
    """A dealer and a parent company are known to the office."""
    make_manufacturer(DEALER, kind="dealer")
    make_manufacturer(PARENT, kind="parent")


UNTRUSTED = [
    pytest.param(
        Given({"issuer": DEALER}),
        1,
        "CNF-03",
        "RF02",
        (
            "出具单位类型",
            "出具单位是经销商，无权出具确认书。",
            "请由该车生产企业本身出具并加盖公章",
        ),
        ("Kind of issuer", "The issuer is a dealer", "Have the manufacturer itself issue and seal"),
        id="a dealer's letter",
    ),
    pytest.param(
        Given({"issuer": PARENT}),
        1,
        "CNF-03",
        "RF02",
        ("出具单位类型", "出具单位是母公司或集团，无权出具确认书。", "请由该车生产企业本身出具"),
        ("Kind of issuer", "The issuer is a parent company", "Have the manufacturer itself issue"),
        id="a parent company's letter",
    ),
    pytest.param(
        Given({"seal_below": "合同专用章"}),
        1,
        "CNF-08",
        "RF17",
        (
            "公章或电子签名",
            "所盖为合同专用章，不是生产企业公章。",
            "请由生产企业在确认书上加盖公章",
        ),
        (
            "Official seal or electronic signature",
            "What was stamped is a contract seal",
            "Have the manufacturer put its official seal",
        ),
        id="a contract seal",
    ),
    pytest.param(
        Given({"seal_name": SALES_ARM}),
        1,
        "CNF-08",
        "RF17",
        ("公章或电子签名", f"印章文字为“{SALES_ARM}”", "请由生产企业在确认书上加盖公章"),
        (
            "Official seal or electronic signature",
            f'The seal reads "{SALES_ARM}"',
            "Have the manufacturer put its official seal",
        ),
        id="the sales company's seal under the maker's name",
    ),
    pytest.param(
        Given({"sealed": False}),
        1,
        "CNF-08",
        "RF17",
        ("公章或电子签名", "未见印章，也没有电子签名。", "请由生产企业在确认书上加盖公章"),
        (
            "Official seal or electronic signature",
            "There is no seal and no electronic signature.",
            "Have the manufacturer put its official seal",
        ),
        id="no seal at all",
    ),
    pytest.param(
        Given(destination="RU"),
        1,
        "CNF-06",
        "RF04",
        ("出口国别一致", "确认书出口国别为RU，申请为KZ。", "请由生产企业就该目的国重新出具确认书"),
        (
            "Destination equal",
            "The confirmation is for RU, the application for KZ.",
            "Have the manufacturer issue a confirmation for this destination",
        ),
        id="another country",
    ),
    pytest.param(
        Given(left_out=1),
        5,
        "CNF-05",
        "RF18",
        ("确认书列明该车架号", "确认书未列明车架号", "请由生产企业补充或更正列明该车架号的确认书"),
        (
            "Letter names this VIN",
            "The confirmation does not name",
            "Have the manufacturer add or correct this VIN",
        ),
        id="one VIN of five missing",
    ),
]


@pytest.mark.parametrize(("given", "count", "check_id", "code", "zh", "en"), UNTRUSTED)
def test_it_fails_its_check_is_explained_in_both_languages_and_has_a_reason(
    units, clerk, reviewer, given, count, check_id, code, zh, en
):
    case = judged(given, by=clerk, vehicles=count)

    assert check_id in failed(case)
    for language, (title, *parts) in (("zh-hans", zh), ("en", en)):
        said = told(case, title, language=language)
        assert all(part in said for part in parts), said
    assert code in reasons_ticked(case, by=reviewer)


@pytest.mark.parametrize("apart", [1, 1111])
def test_of_five_vehicles_only_the_one_left_out_fails(clerk, apart):
    case = judged(Given(left_out=1), by=clerk, vehicles=5, apart=apart)

    run = case.runs.order_by("-id")[0]
    (finding,) = run.findings.filter(outcome="fail", check_id="CNF-05").select_related("line")
    assert finding.line.vin == case.application.lines.order_by("position")[0].vin


def test_a_good_letter_fails_nothing(clerk):
    case = judged(Given(), by=clerk)

    assert failed(case) == set()
    sealed = case.runs.get().findings.get(check_id="CNF-08")
    assert (sealed.outcome, "does not prove it genuine" in sealed.sentence_en) == ("pass", True)


@pytest.mark.parametrize(
    ("drawn", "worn", "outcome", "said"),
    [
        ({}, {}, "pass", "does not prove it genuine"),
        ({"seal_below": "合同专用章"}, {"skew": 1.5}, "fail", "a contract seal"),
        ({"sealed": False}, {"grey": True}, "attention", "no colour"),
        ({}, {"grey": True}, "attention", "seal on page 1"),
    ],
)
def test_a_scan_is_judged_by_what_can_be_seen_on_it(clerk, drawn, worn, outcome, said):
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=100)
    picture = scanned(make_letter_pdf([vehicle], **drawn), **worn)
    letter = lodge(Given(drawn), [vehicle], by=clerk, pdf=picture, picture=True)
    case = make_case(clerk.exporter, vehicle, by=clerk)
    filing.attach(letter.document, case.application, by=clerk, at=NOON)

    finding = checked(case).runs.get().findings.get(check_id="CNF-08")

    assert (finding.outcome, said in finding.sentence_en) == (outcome, True), finding.sentence_en


# --- electronic signatures ------------------------------------------------------------------------
@pytest.fixture
def trusted(law: None, exporter: Exporter) -> None:
    """The ministry lists the certificates of the maker and of its sales arm."""
    policy = make_person(Role.POLICY, exporter.office)
    maker = make_manufacturer()
    sales = make_manufacturer(SALES_ARM, kind="sales")
    trust.trust_certificate(maker, cast().maker.pem, by=policy, at=NOON)
    trust.trust_certificate(sales, cast().sales_arm.pem, by=policy, at=NOON)


def signed_case(clerk: User, identity: Identity, *, altered: bool = False) -> Case:
    """Return the case of a letter without a seal, signed by *identity*, perhaps changed after."""
    batch = [make_vehicle(clerk.exporter, by=clerk, age=100)]
    answer_registry(batch[0])
    pdf = sign_letter(make_letter_pdf(batch, sealed=False), identity, at=NOW)
    letter = lodge(Given(), batch, by=clerk, pdf=overlaid(pdf) if altered else pdf)
    case = make_case(clerk.exporter, *batch, by=clerk)
    filing.attach(letter.document, case.application, by=clerk, at=NOON)
    return checked(case)


def test_the_makers_signature_takes_the_place_of_a_seal(trusted, clerk):
    case = signed_case(clerk, cast().maker)

    assert failed(case) == set()
    assert case.runs.get().findings.get(check_id="CNF-08").outcome == "pass"


def test_the_sales_companys_signature_fails_though_the_maker_is_printed(trusted, clerk, reviewer):
    case = signed_case(clerk, cast().sales_arm)

    assert failed(case) == {"CNF-03", "CNF-08"}
    assert "销售公司" in told(case, "出具单位类型", language="zh-hans")
    assert {"RF02", "RF17"} <= set(reasons_ticked(case, by=reviewer))


def test_what_was_changed_after_signing_is_said(trusted, clerk, reviewer):
    case = signed_case(clerk, cast().maker, altered=True)

    assert failed(case) == {"CNF-08"}
    said = told(case, "Official seal or electronic signature", language="en")
    assert "was changed after" in said
    assert "exactly as the manufacturer signed it" in said
    assert "RF17" in reasons_ticked(case, by=reviewer)
