"""What the checks are told: everything of this case, nothing of anybody else's."""

from datetime import date, timedelta

import pytest

from documents.models import Document
from exports.models import Destination, Exporter, User
from reviews import claims, decisions, facts, licensing
from reviews.checks.model import Facts
from reviews.models import Licence
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    answer_registry,
    make_case,
    make_clean_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_vehicle,
    make_vin,
)

pytestmark = pytest.mark.usefixtures("law")


def of(exporter: Exporter, *vehicles: object, by: User, **terms: object) -> list[Facts]:
    draft = make_draft(exporter, *vehicles, by=by, **terms)
    return list(facts.of_application(draft, applied_on=TODAY).values())


def test_a_vehicle_is_described_as_its_certificate_does(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk, age=180)

    (told,) = of(exporter, vehicle, by=clerk)

    assert (told.vehicle.vin, told.vehicle.registered_on) == (vehicle.vin, vehicle.registered_on)
    assert told.application.applied_on == TODAY
    assert told.application.batch_vins == (vehicle.vin,)
    assert told.exporter.uscc == exporter.uscc
    assert told.terms is not None
    assert told.terms.code == "648-2026"


def test_before_the_rule_there_are_no_terms(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk), by=clerk)

    (told,) = facts.of_application(draft, applied_on=date(2025, 12, 31)).values()

    assert told.terms is None


def test_a_silent_registry_is_none_and_the_newest_answer_counts(exporter: Exporter, clerk: User):
    silent, asked = (make_vehicle(exporter, by=clerk) for _ in range(2))
    answer_registry(asked, owner_name="旧所有人")
    answer_registry(asked, owner_name="新所有人")

    first, second = of(exporter, silent, asked, by=clerk)

    assert first.registry is None
    assert second.registry.owner_name == "新所有人"


def test_a_letter_speaks_for_the_vins_it_names(exporter: Exporter, clerk: User):
    named, unnamed = (make_vehicle(exporter, by=clerk, age=100) for _ in range(2))
    make_confirmation([named], by=clerk)
    Document.objects.update(state=Document.State.READY)

    first, second = of(exporter, named, unnamed, by=clerk)

    (letter,) = first.confirmations
    assert (letter.issuer_name, letter.issuer_kind, letter.on_file) == (BYD, "maker", True)
    assert letter.vins == (named.vin,)
    assert (letter.listed_name_on_issue, letter.former_name) == (True, False)
    assert named.vin not in {vin for each in second.confirmations for vin in each.vins} or (
        facts.is_near(named.vin, unnamed.vin)
    )


def test_another_exporters_letter_is_not_ours(exporter: Exporter, clerk: User):
    vin, rival = make_vin(), make_exporter()
    make_confirmation([make_vehicle(rival, vin=vin)])

    (told,) = of(exporter, make_vehicle(exporter, by=clerk, vin=vin), by=clerk)

    assert told.confirmations == ()


def test_a_letter_that_is_not_opened_yet_is_not_on_file(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    make_confirmation([vehicle], by=clerk)

    (told,) = of(exporter, vehicle, by=clerk)

    assert [letter.on_file for letter in told.confirmations] == [False]


@pytest.mark.parametrize(("issuer", "kind"), [("某某汽车贸易有限公司", "unknown"), ("", "unknown")])
def test_an_issuer_nobody_announced_is_unknown(
    issuer: str, kind: str, exporter: Exporter, clerk: User
):
    vehicle = make_vehicle(exporter, by=clerk)
    make_confirmation([vehicle], by=clerk, issuer_name=issuer)

    (told,) = of(exporter, vehicle, by=clerk)

    assert [letter.issuer_kind for letter in told.confirmations] == [kind]


def test_where_else_a_vin_lives_and_what_ended_is_told(
    exporter: Exporter, clerk: User, reviewer: User
):
    vin, rival = make_vin(), make_exporter()
    live = make_case(rival, make_vehicle(rival, vin=vin))
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    decisions.issue(case, by=reviewer, at=NOON)
    licensing.expire(at=NOON + timedelta(days=200))
    again = case.application.lines.get().vehicle

    first, second = of(exporter, make_vehicle(exporter, by=clerk, vin=vin), again, by=clerk)

    assert first.history.live_elsewhere == (live.reference,)
    assert second.history.live_elsewhere == ()
    assert second.history.expired_licences == (Licence.objects.get().number,)


def test_an_application_is_not_its_own_rival(exporter: Exporter, clerk: User):
    case = make_case(exporter, by=clerk)

    (told,) = facts.of_application(case.application, applied_on=TODAY).values()

    assert told.history.live_elsewhere == ()


def test_a_destination_that_is_part_of_china_is_told(exporter: Exporter, clerk: User):
    region = Destination.objects.filter(is_chinese_region=True).first() or (
        Destination.objects.create(iso2="HK", name_zh="香港", is_chinese_region=True)
    )

    (told,) = of(exporter, make_vehicle(exporter, by=clerk), by=clerk, destination=region)

    assert told.application.destination_special


def test_the_prefix_table_and_the_announcement_name_the_maker(exporter: Exporter, clerk: User):
    known = make_vehicle(exporter, by=clerk)
    odd = make_vehicle(exporter, by=clerk, vin=make_vin(wmi="ZZZ"), maker_name="无名厂")

    first, second = of(exporter, known, odd, by=clerk)

    assert first.maker.wmi_names
    assert (second.maker.wmi_names, second.maker.listed) == ((), False)
