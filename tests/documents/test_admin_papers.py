"""Specimens of seals and trusted certificates: who takes them in, what is refused, how they end."""

import io
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from bench.letters.seals import SealDesign, draw_seal
from documents import specimens, storage, trust
from documents.models import Specimen, TrustedCertificate
from documents.vision import client as vision
from exports.errors import CertificateUnreadable, Moved, NoSealSeen, RoleMissing, UploadRefused
from exports.models import Event, Manufacturer, Role, User
from tests.factories import BYD, NOON, make_manufacturer, make_person

pytestmark = pytest.mark.django_db
ROLES = ["reviewer", "senior", "supervisor", "policy", "auditor", "superuser"]


@pytest.fixture
def policy(office) -> User:
    return make_person(Role.POLICY, office, language="en", name="Chen")


@pytest.fixture
def maker(office) -> Manufacturer:
    return make_manufacturer()


def imprint(design: SealDesign | None, *, margin: int = 40) -> bytes:
    """Return the scan of one imprint at 300 dpi, nothing around it but *margin* points."""
    picture = Image.new("RGB", (700, 700), "white")
    if design:
        seal = draw_seal(design, px_per_mm=11.8, turn=4)
        picture = Image.new("RGB", (seal.width + 2 * margin, seal.height + 2 * margin), "white")
        picture.paste(seal, (margin, margin), seal)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def certificate(name: str = "比亚迪汽车有限公司") -> x509.Certificate:
    """Return a certificate a unit might hand in, good for a year."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    draft = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0x2026)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=365))
    )
    return draft.sign(key, hashes.SHA256())


def sign_in(client, who: str, office) -> User:
    if who == "superuser":
        person = User.objects.create_superuser("root@example.test", "x", name="Root")
    else:
        person = make_person(who, office, language="en")
    client.force_login(person)
    return person


def address(model: str, page: str, *args: object) -> str:
    return reverse(f"workbench:documents_{model}_{page}", args=args)


def act(client, model: str, action: str, row, **words: str) -> str:
    """Do *action* with *row* from the list and return the page that follows."""
    body = {"action": action, "_selected_action": [row.pk], **words}
    return client.post(address(model, "changelist"), body, follow=True).content.decode()


def test_a_specimen_keeps_what_was_seen_on_it(policy: User, maker: Manufacturer):
    specimen = specimens.register_specimen(
        maker, imprint(SealDesign(BYD)), kind="official", by=policy, at=NOON
    )

    assert specimen.ring_text == BYD
    assert len(specimen.mark) > 300
    with storage.read(specimen.image) as picture:
        assert picture.read(4) == b"RIFF"
    event = Event.objects.get(action="specimen.registered")
    assert (event.actor, event.after["ring"], event.after["manufacturer"]) == ("Chen", BYD, BYD)


@pytest.mark.parametrize("margin", [0, 12, 900])
def test_a_specimen_may_be_cut_close_or_lie_on_a_sheet(
    policy: User, maker: Manufacturer, margin: int
):
    picture = imprint(SealDesign(BYD), margin=margin)

    specimen = specimens.register_specimen(maker, picture, kind="official", by=policy, at=NOON)

    assert specimen.ring_text == BYD


def test_a_picture_without_a_seal_is_refused(policy: User, maker: Manufacturer):
    with pytest.raises(NoSealSeen):
        specimens.register_specimen(maker, imprint(None), kind="official", by=policy, at=NOON)

    assert not Specimen.objects.exists()
    assert not Event.objects.filter(action="specimen.registered").exists()


def test_a_file_that_is_no_picture_is_refused(policy: User, maker: Manufacturer):
    with pytest.raises(UploadRefused):
        specimens.register_specimen(maker, b"MZ nothing", kind="official", by=policy, at=NOON)


def test_nobody_is_blamed_when_the_eyes_stay_shut(policy: User, maker: Manufacturer, monkeypatch):
    monkeypatch.setattr(vision, "SECONDS", 0)
    monkeypatch.setattr(vision, "BOOT", "raise SystemExit")
    vision.shut()

    with pytest.raises(NoSealSeen):
        specimens.register_specimen(
            maker, imprint(SealDesign(BYD)), kind="official", by=policy, at=NOON
        )


def test_a_specimen_is_retired_once(policy: User, maker: Manufacturer):
    specimen = Specimen.objects.create(manufacturer=maker, added_by=policy, added_at=NOON)

    specimens.retire_specimen(specimen, by=policy, at=NOON)

    assert Specimen.objects.get().retired_at == NOON
    with pytest.raises(Moved):
        specimens.retire_specimen(specimen, by=policy, at=NOON)
    assert Event.objects.filter(action="specimen.retired").count() == 1


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_certificate_is_trusted_however_it_is_written(
    policy: User, maker: Manufacturer, encoding: Encoding
):
    given = certificate()

    trusted = trust.trust_certificate(maker, given.public_bytes(encoding), by=policy, at=NOON)

    assert trusted.subject == "CN=比亚迪汽车有限公司"
    assert trusted.serial == "2026"
    assert trusted.fingerprint == given.fingerprint(hashes.SHA256()).hex()
    assert (trusted.not_before, trusted.not_after) == (NOON, NOON + timedelta(days=365))
    assert trust.trusted_pems() == [given.public_bytes(Encoding.PEM).decode()]
    event = Event.objects.get(action="certificate.trusted")
    assert event.after == {"fingerprint": trusted.fingerprint, "manufacturer": BYD}


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN nothing", b"\x30\x82 no DER", b"x" * 200_000]
)
def test_what_is_no_certificate_is_refused(policy: User, maker: Manufacturer, content: bytes):
    with pytest.raises(CertificateUnreadable):
        trust.trust_certificate(maker, content, by=policy, at=NOON)


def test_a_certificate_is_trusted_once_and_again_after_it_was_withdrawn(
    policy: User, maker: Manufacturer
):
    pem = certificate().public_bytes(Encoding.PEM)
    trusted = trust.trust_certificate(maker, pem, by=policy, at=NOON)

    with pytest.raises(Moved):
        trust.trust_certificate(maker, pem, by=policy, at=NOON)
    trust.withdraw_trust(trusted, by=policy, at=NOON, note="Lost.")
    assert trust.trusted_pems() == []
    with pytest.raises(Moved):
        trust.withdraw_trust(trusted, by=policy, at=NOON, note="Lost.")
    again = trust.trust_certificate(maker, pem, by=policy, at=NOON)

    assert again.pk != trusted.pk
    assert trust.trusted_pems() == [pem.decode()]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR, Role.AUDITOR])
def test_only_a_policy_administrator_decides_what_is_compared_with(office, maker, role: str):
    somebody = make_person(role, office)
    specimen = Specimen.objects.create(manufacturer=maker, added_by=somebody, added_at=NOON)
    pem = certificate().public_bytes(Encoding.PEM)

    for forbidden in (
        lambda: specimens.register_specimen(maker, b"", kind="official", by=somebody, at=NOON),
        lambda: specimens.retire_specimen(specimen, by=somebody, at=NOON),
        lambda: trust.trust_certificate(maker, pem, by=somebody, at=NOON),
    ):
        with pytest.raises(RoleMissing):
            forbidden()
    assert not TrustedCertificate.objects.exists()
    assert Specimen.objects.get().retired_at is None


@pytest.mark.parametrize("model", ["specimen", "trustedcertificate"])
@pytest.mark.parametrize("who", ROLES)
def test_all_of_an_office_look_and_one_role_adds(client, office, model: str, who: str):
    sign_in(client, who, office)

    assert client.get(address(model, "changelist")).status_code == 200
    expected = 200 if who == "policy" else 403
    assert client.get(address(model, "add")).status_code == expected
    assert client.post(address(model, "add"), {}).status_code == expected


def test_a_seal_is_registered_shown_and_retired_on_its_pages(client, policy: User, maker):
    client.force_login(policy)
    picture = SimpleUploadedFile("seal.jpg", imprint(SealDesign(BYD)), "image/jpeg")
    form = {"manufacturer": maker.pk, "kind": "official", "picture": picture}

    saved = client.post(address("specimen", "add"), form)

    specimen = Specimen.objects.get()
    page = address("specimen", "change", specimen.pk)
    assert (saved.status_code, saved["Location"]) == (302, page)
    shown = client.get(page).content.decode()
    assert BYD in shown
    assert address("specimen", "picture", specimen.pk) in shown
    assert 'name="_save"' not in shown
    sent = client.get(address("specimen", "picture", specimen.pk))
    assert (sent["Content-Type"], b"".join(sent.streaming_content)[:4]) == ("image/webp", b"RIFF")
    assert "1 done" in act(client, "specimen", "retire", specimen)
    assert Specimen.objects.get().retired_at
    assert "has moved on" in act(client, "specimen", "retire", specimen)


def test_a_certificate_is_trusted_and_withdrawn_on_its_pages(client, policy: User, maker):
    client.force_login(policy)
    given = certificate()
    file = SimpleUploadedFile("byd.cer", given.public_bytes(Encoding.DER))

    saved = client.post(
        address("trustedcertificate", "add"), {"manufacturer": maker.pk, "file": file}
    )

    trusted = TrustedCertificate.objects.get()
    assert saved["Location"] == address("trustedcertificate", "change", trusted.pk)
    assert trusted.fingerprint in client.get(saved["Location"]).content.decode()
    assert "Give note." in act(client, "trustedcertificate", "withdraw", trusted, why=" ")
    assert "1 done" in act(client, "trustedcertificate", "withdraw", trusted, why="密钥被盗")
    assert TrustedCertificate.objects.get().withdrawn_at
    assert Event.objects.get(action="certificate.withdrawn").note == "密钥被盗"


@pytest.mark.parametrize(
    ("model", "field", "content", "sentence"),
    [
        ("specimen", "picture", imprint(None), "No seal can be made out"),
        ("specimen", "picture", b"MZ no picture at all", "The file was not accepted"),
        ("trustedcertificate", "file", b"no certificate", "This is no certificate"),
        ("trustedcertificate", "file", b"x" * 100_001, "larger than such a file can be"),
    ],
)
def test_a_refusal_stands_beside_the_file_and_the_rest_stays(
    client, policy: User, maker, model: str, field: str, content: bytes, sentence: str
):
    client.force_login(policy)
    form = {"manufacturer": maker.pk, "kind": "contract", field: SimpleUploadedFile("f", content)}

    page = client.post(address(model, "add"), form).content.decode()

    assert sentence in page
    assert f'<option value="{maker.pk}" selected>' in page
    assert model != "specimen" or '<option value="contract" selected>' in page
    assert not Specimen.objects.exists()
    assert not TrustedCertificate.objects.exists()


def test_others_are_offered_no_end_and_cannot_force_one(client, office, maker):
    person = sign_in(client, "supervisor", office)
    specimen = Specimen.objects.create(manufacturer=maker, added_by=person, added_at=NOON)

    act(client, "specimen", "retire", specimen)

    assert Specimen.objects.get().retired_at is None
    assert 'value="retire"' not in client.get(address("specimen", "changelist")).content.decode()


def test_nobody_outside_an_office_gets_the_picture_of_a_seal(client, clerk: User, maker):
    specimen = Specimen.objects.create(manufacturer=maker, added_by=clerk, added_at=NOON)
    client.force_login(clerk)

    assert client.get(address("specimen", "picture", specimen.pk)).status_code == 403
