"""Whose electronic signatures the ministry believes."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from documents import trust
from documents.models import TrustedCertificate
from documents.signatures.client import validate
from exports.errors import CertificateUnreadable, Moved, ReasonNeeded, RoleMissing
from exports.models import Event, Manufacturer, Role
from reviews.demo.signing import sign_letter
from tests import factories
from tests.documents import signing
from tests.documents.signing import MAKER, NOW, cast


@pytest.fixture
def policy(office):
    return factories.make_person(Role.POLICY, office, name="Zhao")


@pytest.fixture
def maker(db) -> Manufacturer:
    return factories.make_manufacturer(name=MAKER)


@pytest.fixture
def believed(maker, policy) -> TrustedCertificate:
    return trust.trust_certificate(maker, cast().maker.pem, by=policy, at=NOW)


@pytest.fixture
def found(tmp_path):
    """Return what a letter's one signature came to, judged by what is trusted now."""

    def find(pdf: bytes):
        path = tmp_path / "letter.pdf"
        path.write_bytes(pdf)
        (found,) = validate(path, trusted=trust.trusted_pems())
        return found

    return find


def test_a_certificate_is_trusted_for_a_unit_and_the_ledger_knows(believed, maker, policy):
    (event,) = Event.objects.filter(action="certificate.trusted")

    assert (believed.manufacturer, believed.added_by) == (maker, policy)
    assert believed.fingerprint == event.after["fingerprint"]
    assert MAKER in believed.subject
    assert believed.not_after == cast().maker.certificate.not_valid_after_utc
    assert trust.trusted_pems() == [cast().maker.pem.decode()]


def test_der_is_read_as_well_as_pem(maker, policy):
    content = cast().maker.certificate.public_bytes(Encoding.DER)

    assert trust.trust_certificate(maker, content, by=policy, at=NOW).serial


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(maker, policy, content):
    with pytest.raises(CertificateUnreadable):
        trust.trust_certificate(maker, content, by=policy, at=NOW)


def test_a_certificate_is_trusted_once(believed, maker, policy):
    with pytest.raises(Moved):
        trust.trust_certificate(maker, cast().maker.pem, by=policy, at=NOW)

    assert TrustedCertificate.objects.count() == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR, Role.AUDITOR])
def test_only_policy_administrators_decide_whom_to_trust(believed, maker, office, role):
    person = factories.make_person(role, office, name="Qian")

    with pytest.raises(RoleMissing):
        trust.trust_certificate(maker, cast().sales_arm.pem, by=person, at=NOW)
    with pytest.raises(RoleMissing):
        trust.withdraw_trust(believed, by=person, at=NOW, note="Lost.")

    assert trust.trusted_pems() == [cast().maker.pem.decode()]


def test_trust_is_withdrawn_once_with_its_reason_and_can_be_given_again(believed, maker, policy):
    trust.withdraw_trust(believed, by=policy, at=NOW, note="The key was stolen.")

    assert trust.trusted_pems() == []
    assert Event.objects.get(action="certificate.withdrawn").note == "The key was stolen."
    with pytest.raises(Moved):
        trust.withdraw_trust(believed, by=policy, at=NOW, note="Again.")
    assert trust.trust_certificate(maker, cast().maker.pem, by=policy, at=NOW) != believed


@pytest.mark.parametrize("note", ["", "  "])
def test_trust_is_not_withdrawn_without_words_why(believed, policy, note):
    with pytest.raises(ReasonNeeded):
        trust.withdraw_trust(believed, by=policy, at=NOW, note=note)


def test_a_signed_letter_is_its_makers(believed, maker, found):
    signature = found(signing.signed())

    assert signature.standing == "valid"
    assert trust.owner_of(signature) == {"certificate": believed, "manufacturer": maker}


def test_after_the_trust_is_withdrawn_the_letter_is_nobodys(believed, policy, found):
    trust.withdraw_trust(believed, by=policy, at=NOW, note="The key was stolen.")

    signature = found(signing.signed())

    assert signature.standing == "untrusted"
    assert trust.owner_of(signature) == {"certificate": None, "manufacturer": None}


def test_an_altered_letter_still_tells_whose_it_was(believed, maker, found):
    signature = found(signing.overlaid(signing.signed()))

    assert signature.standing == "altered"
    assert trust.owner_of(signature)["manufacturer"] == maker


@pytest.mark.parametrize(
    ("signer", "owned"), [("maker", True), ("sales_arm", False)], ids=["maker", "sales arm"]
)
def test_an_authority_speaks_for_a_unit_only_by_its_name(maker, policy, found, signer, owned):
    authority = trust.trust_certificate(maker, cast().authority.pem, by=policy, at=NOW)
    signature = found(sign_letter(signing.letter(), getattr(cast(), signer), at=NOW))

    assert signature.standing == "valid"
    assert trust.owner_of(signature) == {
        "certificate": authority,
        "manufacturer": maker if owned else None,
    }


def test_names_are_compared_but_for_width_and_spaces(maker):
    assert trust.bears_name_of(maker, " 比亚迪汽车　有限公司")
    assert not trust.bears_name_of(maker, "比亚迪汽车销售有限公司")
