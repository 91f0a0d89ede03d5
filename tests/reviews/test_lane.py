"""The clean lane: what comes on a sheet, how it is signed, what is kept back, when it closes."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from documents import confirming
from documents.models import Document
from exports import notices
from exports.errors import NotAllowed, ReasonNeeded, RoleMissing, TooManyClaims
from exports.models import Event, Notice, Office, Role
from reviews import claims, decisions, intake, sampling, settling
from reviews.lane import sheets, signing
from reviews.lane.crops import Why
from reviews.lane.refusals import ImplausibleDwell, LaneIsClosed, NotOnSheet, SheetOver
from reviews.models import (
    Case,
    Decision,
    LaneClosure,
    LanePolicy,
    LaneSample,
    LaneSheet,
    LaneTile,
    Licence,
    Settlement,
)
from tests.clean import enter_letter, lane_case
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    ask_for,
    make_clean_case,
    make_manufacturer,
    make_office,
    make_person,
    recommend_refusal,
)
from tests.seen import seen_letter, signed

pytestmark = pytest.mark.usefixtures("law")

LOOKED = 900
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def rules(law):
    """Everything clean goes on a sheet: no case is kept back unless a test says so."""
    policy = LanePolicy.current()
    policy.sample_share = Decimal(0)
    policy.save()
    return policy


def clean(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def looked_at(sheet: LaneSheet, ms: int = LOOKED) -> dict[int, int]:
    return {tile.pk: ms for tile in sheet.tiles.all()}


@pytest.fixture
def cases(rules, exporter, clerk) -> list[Case]:
    """Three clean cases, due one after the other."""
    return [lane_case(exporter, by=clerk, at=NOON + timedelta(minutes=n)) for n in range(3)]


def opened(by, *, at=NOON) -> LaneSheet:
    sheet = sheets.open_sheet(by=by, at=at)
    assert sheet is not None
    return sheet


def on(sheet: LaneSheet) -> list[Case]:
    return [tile.case for tile in sheet.tiles.filter(state="shown").order_by("position")]


def judged_sample(case: Case, verdict: str, *, at=NOON) -> LaneSample:
    return LaneSample.objects.create(
        case=case, vehicles=1, chosen_at=at, verdict=verdict, judged_at=at
    )


# --- what comes on a sheet --------------------------------------------------------------------


def test_a_sheet_holds_the_clean_cases_by_due_time_claimed_for_one_person(
    cases, exporter, clerk, reviewer
):
    make_clean_case(exporter, by=clerk)  # old enough to need no letter: nothing to be shown
    lane_case(exporter, by=clerk, seal=False)  # its seal asks for attention

    sheet = opened(reviewer)

    assert on(sheet) == cases
    assert {case.assignee for case in on(sheet)} == {reviewer}
    assert {case.claimed_until for case in on(sheet)} == {NOON + timedelta(minutes=15)}
    assert opened(reviewer) == sheet


def test_each_tile_keeps_what_is_shown_of_its_letter(rules, exporter, clerk, reviewer):
    case = lane_case(exporter, by=clerk, vehicles=2)
    (first, second) = case.application.lines.order_by("position").values_list("vin", flat=True)

    (tile,) = opened(reviewer).tiles.all()

    crops = [(crop["kind"], crop["read"], crop["declared"]) for crop in tile.shown["crops"]]
    assert crops == [
        ("vin", first, first),
        ("vin", second, second),
        ("destination", "哈萨克斯坦", "KZ"),
        ("outlet", "Astana Motors", "Astana Motors · Almaty"),
        ("seal", BYD, BYD),
    ]
    assert tile.run == decisions.latest_run(case)
    assert tile.shown["policy"] == tile.run.policy.code
    assert all(len(crop["sha256"]) == 64 for crop in tile.shown["crops"])
    # the box is [0.1, 0.2, 0.3, 0.02] of 1000 by 1400, and a little paper around it
    assert tile.shown["crops"][0]["box"] == [78, 258, 344, 72]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda letter, _clerk: letter.readings.filter(field="vin").delete(), Why.VIN),
        (lambda letter, _clerk: letter.readings.filter(field="outlet").delete(), Why.OUTLET),
        (
            lambda letter, _clerk: letter.readings.filter(field="destination").delete(),
            Why.DESTINATION,
        ),
        (lambda letter, _clerk: letter.seals.all().delete(), Why.SEAL),
        (lambda letter, _clerk: letter.seals.update(box=[]), Why.SEAL),
        (lambda letter, _clerk: letter.pages.all().delete(), Why.VIN),
    ],
)
def test_a_case_of_which_a_piece_cannot_be_shown_stays_out_and_is_told_why(
    rules, exporter, clerk, reviewer, spoil, why
):
    good, odd = (lane_case(exporter, by=clerk) for _ in range(2))
    spoil(Document.objects.get(confirmation__vehicles__vin=odd.first_vin), clerk)

    sheet = opened(reviewer)

    assert on(sheet) == [good]
    assert sheet.left_out == [{"case": odd.reference, "why": why}]
    assert clean(odd).assignee is None


def test_a_valid_signature_stands_in_for_the_picture_of_a_seal(rules, exporter, clerk, reviewer):
    case = lane_case(exporter, by=clerk)
    letter = Document.objects.get(confirmation__vehicles__vin=case.first_vin)
    letter.seals.all().delete()
    signed(letter, make_manufacturer())

    (tile,) = opened(reviewer).tiles.all()

    assert tile.shown["crops"][-1]["kind"] == "signature"
    assert tile.shown["crops"][-1]["read"] == f"CN={BYD}"


def test_two_letters_for_one_vehicle_are_a_matter_for_a_full_review(
    rules, exporter, clerk, reviewer
):
    _good, odd = (lane_case(exporter, by=clerk) for _ in range(2))
    (car,) = [line.vehicle for line in odd.application.lines.all()]
    second = seen_letter(exporter, [car], by=clerk, number="ASC-2")
    enter_letter(second, [car], by=clerk, number="ASC-2")

    assert opened(reviewer).left_out == [{"case": odd.reference, "why": Why.SEVERAL_LETTERS}]


def test_what_is_held_up_or_in_other_hands_is_not_for_the_lane(cases, reviewer, senior):
    taken, escalated, put_off = cases
    claims.claim(taken, by=senior, at=NOON)
    claims.escalate(escalated, by=senior, at=NOON, note="请看")
    until = NOON + timedelta(days=1)
    claims.put_off(put_off, until=until, by=senior, at=NOON, note="等答复")
    Case.objects.filter(pk=put_off.pk).update(assignee=None)

    assert sheets.open_sheet(by=reviewer, at=NOON) is None
    assert not LaneSheet.objects.exists()


def test_a_larger_batch_than_the_rules_allow_is_reviewed_in_full(rules, exporter, clerk, reviewer):
    rules.most_vehicles = 1
    rules.save()
    lane_case(exporter, by=clerk, vehicles=2)

    assert sheets.open_sheet(by=reviewer, at=NOON) is None


def test_another_office_has_a_lane_of_its_own(cases, national_reviewer):
    stranger = make_person(Role.REVIEWER, make_office("xinjiang"))

    assert sheets.open_sheet(by=stranger, at=NOON) is None
    assert on(opened(national_reviewer)) == cases


@pytest.fixture
def national_reviewer(db):
    office = make_office("mofcom", name_zh="商务部", level=Office.Level.NATIONAL)
    return make_person(Role.REVIEWER, office)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.POLICY])
def test_who_decides_no_cases_opens_no_sheet(cases, office, role):
    with pytest.raises(RoleMissing):
        sheets.open_sheet(by=make_person(role, office), at=NOON)


def test_what_is_on_a_sheet_counts_among_nobodys_claims(cases, exporter, clerk, reviewer):
    opened(reviewer)
    others = [make_clean_case(exporter, by=clerk) for _ in range(4)]

    for case in others[:3]:
        claims.claim(case, by=reviewer, at=NOON)

    with pytest.raises(TooManyClaims):
        claims.claim(others[3], by=reviewer, at=NOON)
    assert claims.start_next(by=reviewer, at=NOON) in others


def test_a_sheet_that_nobody_looks_at_is_over_and_its_cases_are_free_again(cases, reviewer, senior):
    sheet = opened(reviewer)
    over = NOON + timedelta(minutes=16)

    with pytest.raises(SheetOver):
        signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=over)
    claims.lapse(at=over)

    assert on(opened(senior, at=over)) == cases
    assert set(sheet.tiles.values_list("state", flat=True)) == {"left"}


def test_a_sheet_is_kept_while_its_page_is_looked_at(cases, reviewer):
    sheet = opened(reviewer)

    until = sheets.renew(sheet, by=reviewer, at=NOON + timedelta(minutes=10))

    assert until == NOON + timedelta(minutes=25)
    claims.lapse(at=NOON + timedelta(minutes=16))
    assert {case.assignee for case in on(sheet)} == {reviewer}


# --- signing -----------------------------------------------------------------------------------


def test_each_case_gets_a_decision_and_a_record_of_its_own(cases, reviewer):
    sheet = opened(reviewer)

    outcomes = signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)

    assert [(outcome.case, outcome.state) for outcome in outcomes] == [
        (case, "signed") for case in cases
    ]
    assert [decision.signed_by for decision in Decision.objects.all()] == [reviewer] * 3
    records = Event.objects.filter(action="lane.signed").order_by("seq")
    assert [record.subject_key for record in records] == [case.reference for case in cases]
    tile = sheet.tiles.get(case=cases[0])
    assert records[0].after == {**tile.shown, "dwell_ms": LOOKED, "sheet": str(sheet)}
    assert tile.decision.case == cases[0]
    sheet.refresh_from_db()
    assert sheet.closed_at == LATER


def test_what_was_not_looked_at_for_long_enough_stays_on_the_sheet(cases, reviewer):
    sheet = opened(reviewer)
    hurried = sheet.tiles.get(case=cases[1])
    dwell = looked_at(sheet) | {hurried.pk: 799}

    outcomes = signing.sign_rest(sheet, dwell_ms=dwell, by=reviewer, at=LATER)

    assert [outcome.state for outcome in outcomes] == ["signed", "shown", "signed"]
    assert "0.8" in outcomes[1].text
    assert on(sheet) == [cases[1]]
    assert clean(cases[1]).assignee == reviewer
    sheet.refresh_from_db()
    assert sheet.closed_at is None


def test_two_vehicles_take_twice_the_look(rules, exporter, clerk, reviewer):
    lane_case(exporter, by=clerk, vehicles=2)
    sheet = opened(reviewer)

    (hurried,) = signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)
    (done,) = signing.sign_rest(sheet, dwell_ms=looked_at(sheet, 1600), by=reviewer, at=LATER)

    assert (hurried.state, done.state) == ("shown", "signed")


def test_more_looking_than_time_has_passed_is_not_believed(cases, reviewer):
    sheet = opened(reviewer)
    shortly = NOON + timedelta(seconds=3)

    with pytest.raises(ImplausibleDwell):
        signing.sign_rest(sheet, dwell_ms=looked_at(sheet, 2000), by=reviewer, at=shortly)

    assert on(sheet) == cases


def test_what_changed_since_it_was_shown_is_refused_alone(cases, clerk, reviewer, senior):
    withdrawn, revoked, _good = cases
    sheet = opened(reviewer)
    intake.withdraw(clean(withdrawn), by=clerk, at=NOON)
    letter = Document.objects.get(confirmation__vehicles__vin=revoked.first_vin).confirmation
    confirming.revoke_confirmation(letter, by=senior, at=NOON, note="作废")

    with override("en"):
        outcomes = signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)

    assert [outcome.state for outcome in outcomes] == ["skipped", "skipped", "signed"]
    assert "moved on" in outcomes[0].text
    assert "CNF" in outcomes[1].text
    assert (clean(revoked).status, clean(revoked).assignee) == ("in_review", None)
    assert sheet.tiles.get(case=revoked).ended_because == outcomes[1].text


def test_a_case_checked_anew_since_is_not_the_one_that_was_shown(cases, reviewer):
    case = cases[0]
    sheet = opened(reviewer)
    case.runs.create(policy=case.runs.get().policy, code_version="2", filed_on=TODAY, ran_at=NOON)

    outcomes = signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)

    assert [outcome.state for outcome in outcomes] == ["skipped", "signed", "signed"]


def test_nobody_signs_on_anothers_sheet(cases, reviewer, senior):
    sheet = opened(reviewer)

    for act in (sheets.leave, sheets.renew):
        with pytest.raises(NotAllowed):
            act(sheet, by=senior, at=NOON)
    with pytest.raises(NotAllowed):
        signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=senior, at=LATER)
    with pytest.raises(NotAllowed):
        sheets.pull_out(sheet.tiles.all()[0], by=senior, at=NOON)


def test_for_a_minute_a_signed_sheet_can_be_taken_back(cases, reviewer, settings):
    settings.UNDO_SECONDS = 60
    sheet = opened(reviewer)
    signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)
    assert not Licence.objects.exists()
    settled = Settlement.objects.get(case=cases[0])
    settling.settle(settled.pk, at=LATER + timedelta(seconds=60))

    outcomes = signing.undo(sheet, by=reviewer, at=LATER + timedelta(seconds=61))

    assert [outcome.case for outcome in outcomes] == cases[1:]
    assert [clean(case).status for case in cases] == ["issued", "in_review", "in_review"]
    assert [clean(case).assignee for case in cases[1:]] == [None, None]
    assert list(sheet.tiles.order_by("position").values_list("state", flat=True)) == [
        "signed",
        "left",
        "left",
    ]


# --- pulled out, put back ------------------------------------------------------------------------


def test_a_case_pulled_out_is_free_for_a_full_review_and_does_not_come_back(
    cases, reviewer, senior
):
    sheet = opened(reviewer)

    sheets.pull_out(sheet.tiles.get(case=cases[0]), by=reviewer, at=NOON)

    assert clean(cases[0]).assignee is None
    assert Event.objects.get(action="lane.pulled").subject_key == cases[0].reference
    sheets.leave(sheet, by=reviewer, at=NOON)
    assert on(opened(senior)) == cases[1:]
    with pytest.raises(SheetOver):
        sheets.pull_out(LaneTile.objects.get(sheet=sheet, case=cases[1]), by=reviewer, at=NOON)


def test_a_case_released_on_its_own_page_stays_on_the_sheet_it_is_on(cases, reviewer, senior):
    sheet = opened(reviewer)
    claims.release(clean(cases[0]), by=reviewer, at=NOON)

    assert sheets.open_sheet(by=senior, at=NOON) is None
    outcomes = signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)
    assert [outcome.state for outcome in outcomes] == ["signed"] * 3


def test_a_case_leaves_a_sheet_once(cases, reviewer):
    sheet = opened(reviewer)
    tile = sheet.tiles.get(case=cases[0])
    sheets.pull_out(tile, by=reviewer, at=NOON)

    with pytest.raises(NotOnSheet):
        sheets.pull_out(sheet.tiles.select_related("case").get(pk=tile.pk), by=reviewer, at=NOON)


def test_the_rest_of_a_sheet_goes_back_to_everybody(cases, reviewer, senior):
    sheet = opened(reviewer)

    assert sheets.leave(sheet, by=reviewer, at=NOON) == 3
    with pytest.raises(SheetOver):
        sheets.leave(sheet, by=reviewer, at=NOON)

    assert on(opened(senior)) == cases


# --- the blind second judgement -------------------------------------------------------------------


def test_a_case_kept_back_goes_to_full_review_and_nobody_is_told(
    rules, exporter, reviewer, clerk, client
):
    kept = lane_case(exporter, by=clerk)
    rules.sample_share = Decimal(100)
    rules.save()
    assert sheets.open_sheet(by=reviewer, at=NOON) is None
    rules.sample_share = Decimal(0)
    rules.save()
    other = lane_case(exporter, by=clerk)

    sheet = opened(reviewer)

    assert on(sheet) == [other]
    sample = LaneSample.objects.get()
    assert (sample.case, sample.verdict) == (kept, "pending")
    assert sheet.left_out == []
    told = Event.objects.filter(subject_key=kept.reference).values_list("action", flat=True)
    assert not [action for action in told if action.startswith("lane")]
    chosen = Event.objects.get(action="lane_sample.chosen")
    assert kept.reference not in str(vars(chosen))
    assert chosen.after == {"seal": sample.seal}
    client.force_login(reviewer)
    text = client.get(reverse("workbench:case", args=[kept.reference])).content.decode()
    assert "lane" not in text.replace("workbench/lane", "").lower()


def test_no_lot_is_cast_twice_on_a_case(rules, cases, reviewer, senior):
    sheets.leave(opened(reviewer), by=reviewer, at=NOON)
    rules.sample_share = Decimal(100)
    rules.save()

    assert on(opened(senior)) == cases


def test_the_share_is_kept_in_the_long_run(rules):
    rules.sample_share = Decimal(5)
    drawn = sum(sampling.is_drawn(rules) for _ in range(20_000))

    assert 800 < drawn < 1200  # 13 standard deviations on either side
    rules.sample_share = Decimal(100)
    assert all(sampling.is_drawn(rules) for _ in range(100))


def keep(case: Case) -> LaneSample:
    return sampling.keep_back(case, at=NOON)


def verdict(case: Case) -> str:
    sampling.judge(at=LATER)
    return LaneSample.objects.get(case=case).verdict


def test_an_issue_without_a_question_agrees_with_the_lane(cases, reviewer):
    keep(cases[0])
    assert verdict(cases[0]) == "pending"

    decisions.issue(clean(cases[0]), by=reviewer, at=NOON)

    assert verdict(cases[0]) == "agreed"
    assert Event.objects.get(action="lane_sample.judged").after["reference"] == cases[0].reference
    assert sampling.judge(at=LATER) == 0


def test_a_question_disagrees_even_before_it_is_answered(cases, reviewer):
    keep(cases[0])
    ask_for(clean(cases[0]), by=reviewer)

    assert verdict(cases[0]) == "disagreed"


def test_a_refusal_disagrees_once_it_is_signed(cases, reviewer, senior):
    keep(cases[0])
    decision = recommend_refusal(clean(cases[0]), by=reviewer)
    assert verdict(cases[0]) == "pending"

    decisions.sign(decision, by=senior, at=NOON)

    assert verdict(cases[0]) == "disagreed"


def test_a_vehicle_taken_out_disagrees(rules, exporter, clerk, reviewer):
    case = lane_case(exporter, by=clerk, vehicles=2)
    keep(case)
    Case.objects.filter(pk=case.pk).update(vehicle_count=1)
    decisions.issue(clean(case), by=reviewer, at=NOON)

    assert verdict(case) == "disagreed"


def test_a_withdrawn_case_says_nothing_of_the_lane(cases, clerk, reviewer):
    keep(cases[0])
    intake.withdraw(clean(cases[0]), by=clerk, at=NOON)

    assert verdict(cases[0]) == "void"
    assert sampling.tally(LanePolicy.current()) == (0, 0)


# --- the lane closes by itself --------------------------------------------------------------------


@pytest.fixture
def strict(rules) -> LanePolicy:
    """Close above one half, once two are judged."""
    rules.least_samples, rules.most_disagreement, rules.window = 2, Decimal(50), 3
    rules.save()
    return rules


def test_too_many_disagreements_close_the_lane_and_tell_who_answers_for_it(
    strict, cases, reviewer, office
):
    supervisor = make_person(Role.SUPERVISOR, office, language="en")
    judged_sample(cases[0], "disagreed")
    assert sampling.close_if_due(at=NOON) is None
    judged_sample(cases[1], "disagreed")

    closure = sampling.close_if_due(at=NOON)

    assert closure is not None
    assert (closure.samples, closure.disagreements) == (2, 2)
    assert [notice.to for notice in Notice.objects.filter(template="reviews/lane_closed")] == [
        supervisor
    ]
    with override("en"):
        mail = notices.message(Notice.objects.select_related("to").get(to=supervisor))
    assert mail.subject == "The clean lane has closed"
    assert "of the last 2 cases kept back for a full review, 2 ended otherwise" in mail.body
    assert "/workbench/lane/" in mail.body
    with pytest.raises(LaneIsClosed):
        sheets.open_sheet(by=reviewer, at=NOON)
    assert sampling.close_if_due(at=NOON) is None


def test_a_closed_lane_signs_nothing_more_on_sheets_opened_before(strict, cases, reviewer):
    sheet = opened(reviewer)
    LaneClosure.objects.create(closed_at=NOON, samples=30, disagreements=4)

    with pytest.raises(LaneIsClosed):
        signing.sign_rest(sheet, dwell_ms=looked_at(sheet), by=reviewer, at=LATER)
    assert sheets.leave(sheet, by=reviewer, at=LATER) == 3


def test_as_many_disagreements_as_the_rules_allow_leave_it_open(strict, cases):
    judged_sample(cases[0], "disagreed")
    judged_sample(cases[1], "agreed")

    assert sampling.close_if_due(at=NOON) is None


def test_only_who_answers_for_the_lane_opens_it_again_and_says_why(strict, cases, reviewer, office):
    policy = make_person(Role.POLICY, office)
    for case in cases[:2]:
        judged_sample(case, "disagreed")
    closure = sampling.close_if_due(at=NOON)

    with pytest.raises(RoleMissing):
        sampling.reopen(closure, by=reviewer, at=LATER, note="好了")
    with pytest.raises(ReasonNeeded):
        sampling.reopen(closure, by=policy, at=LATER, note=" ")
    sampling.reopen(closure, by=policy, at=LATER, note="规则已改")

    assert on(opened(reviewer, at=LATER)) == [cases[2]]
    assert sampling.tally(strict) == (0, 0)  # what closed it counts no more
    assert Event.objects.get(action="lane.reopened").note == "规则已改"


# --- its pages ---------------------------------------------------------------------------------


@pytest.fixture
def desk(client, reviewer):
    return signed_in_english(client, reviewer)


def signed_in_english(client, user):
    """Sign *user* in, to whom every page speaks English."""
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    return client


@pytest.fixture
def now_cases(rules, exporter, clerk) -> list[Case]:
    """Clean cases of the present, for pages read the clock."""
    return [lane_case(exporter, by=clerk) for _ in range(3)]


def page(client, name="lane", *args, **given):
    address = reverse(f"workbench:{name}", args=args)
    return client.get(address, given)


def press(client, name, *args, **given):
    return client.post(reverse(f"workbench:{name}", args=args), given, follow=True)


def text_of(response) -> str:
    return response.content.decode()


def test_the_page_offers_a_sheet_and_shows_it(desk, now_cases):
    assert "3 clean cases wait" in text_of(page(desk))

    response = press(desk, "lane_open")

    text = text_of(response)
    assert all(case.reference in text and case.first_vin[-8:] in text for case in now_cases)
    assert text.count('<svg class="lane-cut"') == 12
    assert 'aria-label="VIN on the letter: LGX' in text
    assert "browser with scripts" in text
    assert "style=" not in text


def test_signing_leads_to_the_record_of_the_sheet(desk, now_cases, reviewer):
    press(desk, "lane_open")
    sheet = LaneSheet.objects.get()
    LaneSheet.objects.update(opened_at=timezone.now() - timedelta(minutes=1))
    dwell = "{" + ",".join(f'"{tile.pk}":900' for tile in sheet.tiles.all()) + "}"

    text = text_of(press(desk, "lane_sign", sheet.key, dwell=dwell))

    assert "3 cases signed." in text
    assert "0.9 s" in text
    assert Licence.objects.count() == 3


def test_without_a_look_nothing_is_signed_and_each_case_says_so(desk, now_cases):
    press(desk, "lane_open")
    sheet = LaneSheet.objects.get()

    text = text_of(press(desk, "lane_sign", sheet.key))

    assert text.count("was on screen for 0.0 of 0.8 seconds") == 3
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "dwell", ["[", "[1]", '{"x": 1}', '{"1": -5}', '{"1": "9"}', '{"1": true}', '{"1": 1e99}']
)
def test_what_no_page_sends_signs_nothing(desk, now_cases, dwell):
    press(desk, "lane_open")

    text = text_of(press(desk, "lane_sign", LaneSheet.objects.get().key, dwell=dwell))

    assert "Reload the sheet and sign again." in text
    assert not Decision.objects.exists()


def test_a_script_that_pulls_a_case_out_gets_a_sentence(desk, now_cases):
    press(desk, "lane_open")
    sheet = LaneSheet.objects.get()
    tile = sheet.tiles.get(case=now_cases[0])
    address = reverse("workbench:lane_pull", args=[sheet.key, tile.pk])

    first = desk.post(address, headers={"Accept": "application/json"})
    again = desk.post(address, headers={"Accept": "application/json"})

    assert first.json() == {
        "text": f"{now_cases[0].reference} was pulled out; it is reviewed in full."
    }
    assert (again.status_code, again.json()["text"]) == (
        409,
        f"{now_cases[0].reference} is not on this sheet any more.",
    )


def test_the_buttons_work_without_scripts(desk, now_cases):
    press(desk, "lane_open")
    sheet = LaneSheet.objects.get()
    tile = sheet.tiles.get(case=now_cases[0])

    assert "was pulled out" in text_of(press(desk, "lane_pull", sheet.key, tile.pk))
    assert "2 cases put back." in text_of(press(desk, "lane_leave", sheet.key))
    assert "This sheet is closed" in text_of(press(desk, "lane_leave", sheet.key))
    assert "until" in desk.post(reverse("workbench:lane_renew", args=[opened_now(desk).key])).json()
    over = desk.post(reverse("workbench:lane_renew", args=[sheet.key]))
    assert over.status_code == 409


def opened_now(desk) -> LaneSheet:
    press(desk, "lane_open")
    return LaneSheet.objects.get(closed_at=None)


def test_undo_takes_the_sheet_back_from_its_record(desk, now_cases, settings):
    settings.UNDO_SECONDS = 60
    sheet = opened_now(desk)
    LaneSheet.objects.update(opened_at=timezone.now() - timedelta(minutes=1))
    dwell = "{" + ",".join(f'"{tile.pk}":900' for tile in sheet.tiles.all()) + "}"
    signed_page = press(desk, "lane_sign", sheet.key, dwell=dwell)
    assert reverse("workbench:lane_undo", args=[sheet.key]) in text_of(signed_page)

    assert "3 cases taken back." in text_of(press(desk, "lane_undo", sheet.key))

    assert "nothing can be taken back" in text_of(press(desk, "lane_undo", sheet.key))
    assert not Decision.objects.filter(state="settling").exists()


def test_a_stranger_finds_no_sheet_of_anothers(desk, now_cases, client, senior, office):
    sheet = opened_now(desk)
    supervisor, auditor = (make_person(role, office) for role in (Role.SUPERVISOR, Role.AUDITOR))

    def seen_by(user) -> int:
        client.force_login(user)
        return page(client, "lane_record", sheet.key).status_code

    assert [seen_by(user) for user in (senior, supervisor, auditor)] == [404, 200, 200]
    assert client.post(reverse("workbench:lane_leave", args=[sheet.key])).status_code == 302
    assert LaneSheet.objects.get().closed_at is None
    assert page(client, "lane_record", uuid4()).status_code == 404


def test_only_who_answers_for_the_lane_reads_what_full_reviews_said(
    cases, client, reviewer, office, clerk
):
    sampling.keep_back(cases[0], at=NOON)
    decisions.issue(clean(cases[0]), by=reviewer, at=NOON)
    sampling.judge(at=NOON)
    sampling.keep_back(cases[1], at=NOON)

    def read_by(role) -> str:
        client.force_login(make_person(role, office))
        return text_of(page(client))

    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.POLICY):
        text = read_by(role)
        assert cases[0].reference in text
        assert cases[1].reference not in text  # not decided yet: nobody is told
    assert cases[0].reference not in read_by(Role.REVIEWER)


def test_a_closed_lane_says_since_when_and_why_and_opens_with_a_reason(
    cases, client, office, reviewer
):
    LaneClosure.objects.create(closed_at=NOON, samples=40, disagreements=3)
    signed_in_english(client, reviewer)
    text = text_of(page(client))
    assert "The lane is closed since 2026-06-30 12:00" in text
    assert "Of the last 40 clean cases reviewed in full, 3 ended otherwise" in text
    assert reverse("workbench:lane_reopen") not in text
    assert "The clean lane is closed" in text_of(press(client, "lane_open"))
    assert "Your role does not include this" in text_of(press(client, "lane_reopen", note="x"))

    signed_in_english(client, make_person(Role.SUPERVISOR, office))
    refused = client.post(reverse("workbench:lane_reopen"), {"note": ""})
    assert refused.status_code == 422
    assert "The lane is open again." in text_of(press(client, "lane_reopen", note="已改"))
    assert "The lane is open already." in text_of(press(client, "lane_reopen", note="已改"))


def test_an_empty_lane_says_so(desk, rules):
    assert "No clean case waits" in text_of(page(desk))
    assert "No clean case waits now." in text_of(press(desk, "lane_open"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_sheet_takes_the_same_queries_however_many_cases(
    rules, exporter, clerk, desk, count, django_assert_max_num_queries
):
    for _ in range(count):
        lane_case(exporter, by=clerk)
    press(desk, "lane_open")

    with django_assert_max_num_queries(12):
        page(desk)


def test_the_rules_are_changed_by_the_policy_role_with_history(rules, client, office):
    address = reverse("workbench:reviews_lanepolicy_change", args=[1])
    given = {
        "sheet_size": 10,
        "most_vehicles": 6,
        "lease_minutes": 15,
        "least_dwell_ms": 800,
        "sample_share": "7.5",
        "most_disagreement": "1",
        "window": 200,
        "least_samples": 30,
    }
    client.force_login(make_person(Role.SUPERVISOR, office))
    assert client.post(address, given).status_code == 403
    client.force_login(make_person(Role.POLICY, office))

    assert client.post(address, given).status_code == 302

    assert LanePolicy.current().sample_share == Decimal("7.5")
    event = Event.objects.get(action="lanepolicy.changed")
    assert event.after == {"sheet_size": 10, "sample_share": "7.5"}
    assert client.get(reverse("workbench:reviews_lanepolicy_add")).status_code == 403
