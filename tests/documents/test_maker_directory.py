"""A manufacturer's directory and seals, who decides on them, and who acts for the company."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bench.letters.seals import SealDesign
from documents import storage
from documents.desk import outlets, proposing
from documents.models import CountryRestriction, ListedOutlet, Specimen, SpecimenProposal
from exports import members
from exports.errors import (
    Incomplete,
    LastOwner,
    Moved,
    NoSealSeen,
    NotAllowed,
    ReasonNeeded,
    RoleMissing,
    UploadRefused,
)
from exports.models import Event, Membership, Role
from tests.documents.desk import attest_for, make_outlet, officer
from tests.documents.test_admin_papers import imprint
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.django_db
CHERY = "奇瑞汽车股份有限公司"


@pytest.fixture
def zhao():
    return officer()


@pytest.fixture
def rival():
    return officer(make_manufacturer(CHERY))


@pytest.fixture
def policy(office):
    return make_person(Role.POLICY, office)


def propose(by, content=None, *, maker=None):
    return proposing.propose_specimen(
        maker or by.manufacturer,
        imprint(SealDesign(BYD)) if content is None else content,
        kind="official",
        by=by,
        at=NOON,
    )


# --- outlets and countries -----------------------------------------------------------------------


def test_an_outlet_is_listed_once_and_recorded(zhao):
    outlet = make_outlet(zhao)

    assert Event.objects.get(action="outlet.listed").subject_key == str(outlet.pk)
    with pytest.raises(Moved):
        make_outlet(zhao)
    assert ListedOutlet.objects.count() == 1


def test_an_outlet_without_a_name_serves_nobody(zhao):
    with pytest.raises(Incomplete):
        make_outlet(zhao, name=" ")
    assert not ListedOutlet.objects.exists()


def test_an_outlet_is_checked_again_until_it_is_retired(zhao):
    outlet = make_outlet(zhao)
    day = TODAY.replace(day=1)

    outlets.check_again(outlet, on=day, by=zhao, at=NOON)
    outlets.retire_outlet(outlet, by=zhao, at=NOON)

    outlet.refresh_from_db()
    assert (outlet.checked_on, outlet.retired_at) == (day, NOON)
    for again in (
        lambda: outlets.retire_outlet(outlet, by=zhao, at=NOON),
        lambda: outlets.check_again(outlet, on=TODAY, by=zhao, at=NOON),
    ):
        with pytest.raises(Moved):
            again()


def test_evidence_is_kept_as_a_picture_or_refused(zhao):
    facts = {
        "country": make_destination(),
        "name": "Astana Motors",
        "address": "Almaty",
        "provider": "Astana Motors",
        "phone": "",
        "checked_on": TODAY,
        "evidence": "",
    }
    with pytest.raises(UploadRefused):
        outlets.list_outlet(zhao.manufacturer, **facts, content=b"MZ no", by=zhao, at=NOON)
    assert not ListedOutlet.objects.exists()

    listed = outlets.list_outlet(
        zhao.manufacturer, **facts, content=imprint(None), by=zhao, at=NOON
    )

    with storage.read(listed.image) as picture:
        assert picture.read(4) == b"RIFF"


def test_nobody_else_touches_the_directory(zhao, rival, clerk):
    outlet, country = make_outlet(zhao), make_destination("RU")
    maker = zhao.manufacturer

    for person in (rival, clerk):
        for act in (
            lambda by: outlets.check_again(outlet, on=TODAY, by=by, at=NOON),
            lambda by: outlets.retire_outlet(outlet, by=by, at=NOON),
            lambda by: outlets.close_country(maker, country, reason="x", by=by, at=NOON),
            lambda by: outlets.open_country(maker, country, by=by, at=NOON),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    assert ListedOutlet.objects.in_use().count() == 1
    assert not CountryRestriction.objects.exists()


def test_a_country_is_closed_with_a_reason_once_and_opened_again(zhao):
    maker, country = zhao.manufacturer, make_destination("RU")
    with pytest.raises(Incomplete):
        outlets.close_country(maker, country, reason=" ", by=zhao, at=NOON)

    outlets.close_country(maker, country, reason="暂停", by=zhao, at=NOON)
    with pytest.raises(Moved):
        outlets.close_country(maker, country, reason="再次", by=zhao, at=NOON)
    outlets.open_country(maker, country, by=zhao, at=NOON)

    assert not CountryRestriction.objects.exists()
    with pytest.raises(Moved):
        outlets.open_country(maker, country, by=zhao, at=NOON)


def test_the_directory_page_keeps_what_was_typed_and_takes_evidence(signed_in, zhao):
    client, page = signed_in(zhao), reverse("portal:maker_outlets")
    sent = {
        "country": make_destination().pk,
        "name": "Astana Motors",
        "address": "",
        "provider": "Astana Motors",
        "checked_on": str(TODAY),
    }
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert 'value="Astana Motors"' in refused.content.decode()

    file = SimpleUploadedFile("contract.jpg", imprint(None), "image/jpeg")
    assert client.post(page, sent | {"address": "Almaty", "file": file}).status_code == 302
    listed = ListedOutlet.objects.get()
    picture = client.get(reverse("portal:outlet_evidence", args=[listed.pk]))
    assert picture.getvalue().startswith(b"RIFF")


# --- seals ---------------------------------------------------------------------------------------


def test_a_seal_sent_in_proves_nothing_until_it_is_accepted(zhao, policy):
    proposal = propose(zhao)
    assert (proposal.state, proposal.ring_text) == ("waiting", BYD)
    assert not Specimen.objects.exists()

    specimen = proposing.accept_proposal(proposal, by=policy, at=NOON)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.specimen) == ("accepted", specimen)
    assert (specimen.mark, specimen.added_by) == (proposal.mark, policy)
    assert Event.objects.filter(action="specimen.accepted").count() == 1
    with pytest.raises(Moved):
        proposing.refuse_proposal(proposal, by=policy, at=NOON, note="太晚")
    with pytest.raises(Moved):
        proposing.accept_proposal(proposal, by=policy, at=NOON)
    assert Specimen.objects.count() == 1


def test_a_refused_seal_says_why(zhao, policy):
    proposal = propose(zhao)
    with pytest.raises(ReasonNeeded):
        proposing.refuse_proposal(proposal, by=policy, at=NOON, note=" ")

    proposing.refuse_proposal(proposal, by=policy, at=NOON, note="图像模糊")

    assert (proposal.state, proposal.words) == ("refused", "图像模糊")
    assert not Specimen.objects.exists()


def test_what_shows_no_seal_or_waits_already_is_not_taken(zhao):
    with pytest.raises(NoSealSeen):
        propose(zhao, imprint(None))
    with pytest.raises(UploadRefused):
        propose(zhao, b"MZ no")
    propose(zhao)
    with pytest.raises(Moved):
        propose(zhao)
    assert SpecimenProposal.objects.count() == 1


def test_who_sends_in_and_who_decides(zhao, rival, clerk, reviewer):
    for person in (rival, clerk, reviewer):
        with pytest.raises(NotAllowed):
            propose(person, b"never opened", maker=zhao.manufacturer)
    proposal = propose(zhao)
    for person in (zhao, reviewer):
        with pytest.raises(RoleMissing):
            proposing.accept_proposal(proposal, by=person, at=NOON)
        with pytest.raises(RoleMissing):
            proposing.refuse_proposal(proposal, by=person, at=NOON, note="x")
    assert SpecimenProposal.objects.get().state == "waiting"


# --- who may act for the company -----------------------------------------------------------------


def test_an_officer_who_was_let_go_acts_no_more(zhao, clerk, signed_in):
    colleague = officer(zhao.manufacturer)
    vehicle = make_vehicle(clerk.exporter, by=clerk)
    client = signed_in(colleague)
    assert client.get(reverse("portal:maker_requests")).status_code == 200

    members.let_go(colleague.membership, by=zhao, at=NOON)

    assert client.get(reverse("portal:maker_requests")).status_code == 302
    with pytest.raises(LastOwner):
        members.let_go(Membership.objects.get(user=zhao), by=zhao, at=NOON)
    assert attest_for([vehicle], by=zhao).entered_by == zhao


def test_another_companys_officer_manages_nobody_here(zhao, rival):
    colleague = officer(zhao.manufacturer)

    with pytest.raises(NotAllowed):
        members.let_go(colleague.membership, by=rival, at=NOON)
    with pytest.raises(NotAllowed):
        members.invite(
            zhao.manufacturer, email="x@example.test", role=Role.OFFICER, by=rival, at=NOON
        )


# --- what exporters see of it --------------------------------------------------------------------


def test_an_attested_confirmation_stands_among_the_letters(zhao, clerk, signed_in):
    made = attest_for([make_vehicle(clerk.exporter, by=clerk)], by=zhao)

    page = signed_in(clerk).get(reverse("portal:letters")).content.decode()

    assert reverse("portal:attested", args=[made.pk]) in page
    other = make_person(Role.OWNER, make_exporter())
    assert made.number not in signed_in(other).get(reverse("portal:letters")).content.decode()
