"""What an electronic signature is worth, and every way we know of making one look better."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from documents.signatures import job
from documents.signatures.client import validate
from documents.signatures.covering import cover_of
from documents.signatures.found import UNSEEN, FoundSignature, found_signature, shows_nothing
from documents.signatures.wording import SENTENCES, sentence_of
from reviews.demo.signing import sign_letter
from tests.documents import signing
from tests.documents.signing import DAY, MAKER, NOW, YEAR, cast, signed, trusting, under

pytestmark = pytest.mark.once


@pytest.fixture
def look(tmp_path: Path):
    """Return what a file's signatures are worth; the maker's certificate is trusted.

    The child's work is done here, without the child: a process for every case takes minutes.
    """

    def look_at(pdf: bytes, *, trusted: list[str] | None = None) -> tuple[FoundSignature, ...]:
        path = tmp_path / "signed.pdf"
        path.write_bytes(pdf)
        roots = trusting(cast().maker) if trusted is None else trusted
        (tmp_path / "trusted.json").write_text(json.dumps(roots))
        request = {"path": str(path), "trusted": str(tmp_path / "trusted.json")}
        report = json.loads(json.dumps(job.perform(request)))
        return tuple(found_signature(found) for found in report["signatures"])

    return look_at


def codes(found: FoundSignature) -> list[str]:
    return [str(change["code"]) for change in found.changes]


# --- who signed ---
def test_a_letter_signed_by_a_trusted_certificate_is_valid(look):
    (found,) = look(signed())

    maker = cast().maker.certificate
    assert (found.standing, found.covers_whole, found.changes) == ("valid", True, ())
    assert found.signer == MAKER
    assert found.serial == f"{maker.serial_number:x}"
    assert found.fingerprint == maker.fingerprint(hashes.SHA256()).hex()
    assert found.signed_at == NOW - DAY / 24
    assert found.chain == (found.fingerprint,)


def test_a_certificate_is_believed_with_its_issuer(look):
    (found,) = look(signed(), trusted=trusting(cast().authority))

    authority = cast().authority.certificate.fingerprint(hashes.SHA256()).hex()
    assert (found.standing, found.chain) == ("valid", (found.fingerprint, authority))


def test_the_same_name_on_a_certificate_of_ones_own_is_not_trusted(look):
    (found,) = look(sign_letter(signing.letter(), cast().stranger, at=NOW))

    assert (found.standing, found.signer, found.covers_whole) == ("untrusted", MAKER, True)


def test_the_sales_arm_is_not_believed_with_the_makers_certificate(look):
    (found,) = look(sign_letter(signing.letter(), cast().sales_arm, at=NOW))

    assert (found.standing, found.signer) == ("untrusted", signing.SALES_ARM)


def test_an_issuer_who_claims_the_trusted_ones_name_is_not_believed(look):
    impostor = under(None, "示例电子认证服务有限公司", authority=True)
    pdf = sign_letter(signing.letter(), under(impostor, MAKER), at=NOW)

    assert look(pdf, trusted=trusting(cast().authority))[0].standing == "untrusted"


def test_a_unit_cannot_issue_certificates_to_others(look):
    pdf = sign_letter(signing.letter(), under(cast().maker, "别家有限公司"), at=NOW)

    assert look(pdf)[0].standing == "untrusted"


def test_an_authoritys_own_key_signs_no_letters_for_those_below_it(look):
    sub = under(cast().authority, "下级认证有限公司", authority=True)

    (found,) = look(sign_letter(signing.letter(), sub, at=NOW), trusted=trusting(cast().authority))

    assert found.standing == "untrusted"


def test_a_trusted_certificate_that_cannot_be_read_spoils_no_other(look):
    senseless = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"

    (found,) = look(signed(), trusted=[senseless, "", *trusting(cast().maker)])

    assert found.standing == "valid"


def test_nothing_is_trusted_where_nothing_is_listed(look):
    assert look(signed(), trusted=[])[0].standing == "untrusted"


# --- when ---
@pytest.mark.parametrize("by_issuer", [True, False])
@pytest.mark.parametrize(
    ("claimed", "code"), [(NOW - 9 * DAY, "expired_since"), (NOW - DAY, "expired_before")]
)
def test_a_claimed_time_explains_an_expiry_and_excuses_none(look, claimed, code, *, by_issuer):
    late = under(cast().authority, MAKER, valid_until=NOW - 5 * DAY)
    pdf = sign_letter(signing.letter(), late, at=claimed)

    (found,) = look(pdf, trusted=trusting(cast().authority if by_issuer else late))

    day = (NOW - 5 * DAY).date().isoformat()
    assert (found.standing, found.covers_whole) == ("expired", True)
    assert found.changes == ({"code": code, "on": day},)


def test_a_certificate_of_tomorrow_is_not_in_force(look):
    early = under(cast().authority, MAKER, valid_from=NOW + DAY)

    (found,) = look(
        sign_letter(signing.letter(), early, at=NOW), trusted=trusting(cast().authority)
    )

    assert (found.standing, codes(found)) == ("expired", ["not_yet_valid"])


def test_a_stranger_whose_certificate_ran_out_is_a_stranger_first(look):
    late = under(None, MAKER, valid_until=NOW - DAY)

    assert look(sign_letter(signing.letter(), late, at=NOW - 2 * DAY))[0].standing == "untrusted"


# --- revocation that came with the file ---
def enclosing(**evidence):
    """Return the letter with *evidence* enclosed before it was signed."""
    pdf = signing.with_evidence(signing.letter(), **evidence)
    return sign_letter(pdf, cast().maker, at=NOW)


@pytest.mark.parametrize("age", [DAY, 3 * YEAR])
def test_a_revoked_certificate_is_told_however_old_the_list(look, age):
    revoked = signing.revocation_list(cast().authority, cast().maker, at=NOW - age)

    (found,) = look(enclosing(lists=(revoked,)), trusted=trusting(cast().authority))

    assert found.standing == "revoked"
    assert found.changes == ({"code": "revoked", "on": (NOW - age).date().isoformat()},)


def test_only_the_issuers_own_list_revokes(look):
    impostor = under(None, "示例电子认证服务有限公司", authority=True)
    lists = (
        signing.revocation_list(impostor, cast().maker, at=NOW - DAY),
        signing.revocation_list(cast().authority, cast().sales_arm, at=NOW - DAY),
    )

    (found,) = look(enclosing(lists=lists), trusted=trusting(cast().authority))

    assert found.standing == "valid"


@pytest.mark.parametrize(
    ("speaker", "status", "standing"),
    [
        ("authority", ocsp.OCSPCertStatus.REVOKED, "revoked"),
        ("authority", ocsp.OCSPCertStatus.GOOD, "valid"),
        ("sales_arm", ocsp.OCSPCertStatus.REVOKED, "valid"),
    ],
)
def test_an_enclosed_answer_counts_if_the_issuer_gave_it(look, speaker, status, standing):
    by = getattr(cast(), speaker)
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    answer = signing.status_answer(by, status=status, revoked_at=NOW - DAY if revoked else None)

    (found,) = look(enclosing(answers=(answer,)), trusted=trusting(cast().authority))

    assert found.standing == standing


@pytest.mark.parametrize("purposes", [[ExtendedKeyUsageOID.OCSP_SIGNING], []])
def test_a_responder_speaks_for_the_issuer_who_appointed_it(look, purposes):
    responder = signing.responder(cast().authority, purposes)
    answer = signing.status_answer(
        responder, status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - DAY
    )

    (found,) = look(enclosing(answers=(answer,)), trusted=trusting(cast().authority))

    assert found.standing == ("revoked" if purposes else "valid")


def test_evidence_that_is_none_changes_nothing(look):
    pdf = sign_letter(signing.with_senseless_evidence(signing.letter()), cast().maker, at=NOW)

    assert look(pdf, trusted=trusting(cast().authority))[0].standing == "valid"


def test_rsa_keys_are_checked_as_well(look):
    key = rsa.generate_private_key(65537, 2048)
    authority = under(None, "示例电子认证服务有限公司", authority=True, key=key)
    maker = under(authority, MAKER, key=key)
    answer = signing.status_answer(
        authority, status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - DAY, about=maker
    )
    pdf = signing.with_evidence(signing.letter(), answers=(answer,))

    assert look(sign_letter(signing.letter(), maker, at=NOW), trusted=trusting(maker))[
        0
    ].standing == ("valid")
    assert look(sign_letter(pdf, maker, at=NOW), trusted=trusting(authority))[0].standing == (
        "revoked"
    )


# --- what came after: the signature never stays valid ---
def stamped(pdf: bytes, **entries) -> bytes:
    return signing.overlaid(pdf, "/Stamp", **entries)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (signing.replaced, [{"code": "content_replaced", "page": 1}]),
        (signing.font_swapped, [{"code": "content_replaced", "page": 1}]),
        (signing.overlaid, [{"code": "notes_added", "page": 1, "count": 1}]),
        (stamped, [{"code": "notes_added", "page": 1, "count": 1}]),
        (signing.overlaid_elsewhere, [{"code": "notes_added", "page": 1, "count": 1}]),
        (signing.form_restyled, [{"code": "entry_changed", "entry": "/AcroForm"}]),
        (signing.regrouped, [{"code": "page_changed", "page": 1}]),
        (signing.cropped, [{"code": "page_reframed", "page": 1}]),
        (signing.with_page, [{"code": "pages_changed", "before": 1, "now": 2}]),
        (signing.idly_revised, [{"code": "appended", "count": 1}]),
        (
            lambda pdf: signing.with_entry(pdf, "/Outlines"),
            [{"code": "entry_changed", "entry": "/Outlines"}],
        ),
        (lambda pdf: signing.with_entry(pdf, "/OCProperties"), [{"code": "layers_changed"}]),
        (lambda pdf: signing.with_entry(pdf, "/DSS"), [{"code": "evidence_added"}]),
        (lambda pdf: pdf + b"\n%junk", [{"code": "bytes_behind_end"}]),
        (lambda pdf: pdf + b"\0", [{"code": "bytes_behind_end"}]),
    ],
)
def test_what_was_added_after_signing_is_named(look, change, told):
    (found,) = look(change(signed()))

    assert (found.standing, found.covers_whole) == ("altered", False)
    beside = ("suspicious", "details_changed")  # the tool that appends dates the file anew
    assert [change for change in found.changes if change["code"] not in beside] == told
    assert found.signer == MAKER


def test_other_pages_behind_the_same_catalogue_are_seen(look):
    (found,) = look(signing.other_pages(signed()))

    assert found.standing == "altered"
    assert {"code": "content_replaced", "page": 1} in found.changes


def test_a_note_taken_off_is_seen(look):
    noted = signing.overlaid(signing.letter())
    pdf = signing.without_notes(sign_letter(noted, cast().maker, at=NOW))

    assert {"code": "notes_removed", "page": 1, "count": 1} in look(pdf)[0].changes


@pytest.mark.parametrize("key", ["V", "DA"])
def test_a_form_filled_after_signing_is_seen(look, key):
    form = signing.with_field(signing.letter())
    pdf = signing.filled(sign_letter(form, cast().maker, at=NOW), key)

    (found,) = look(pdf)

    assert found.standing == "altered"
    assert {"code": "form_filled", "page": 1, "count": 1} in found.changes


def test_a_certified_letter_takes_no_addition(look):
    (found,) = look(signing.with_entry(signing.certified(), "/Outlines"))

    assert found.standing == "altered"
    assert "certification_violated" in codes(found)


def test_a_certified_letter_left_alone_is_valid(look):
    assert look(signing.certified())[0].standing == "valid"


def test_a_second_signature_covers_the_whole_and_the_first_is_for_a_person(look):
    pdf = sign_letter(signed(), cast().sales_arm, at=NOW, field="Second")

    first, second = look(pdf, trusted=trusting(cast().maker, cast().sales_arm))

    assert (first.standing, first.signer, first.covers_whole) == ("altered", MAKER, False)
    assert {"code": "signed_again", "count": 1} in first.changes
    assert shows_nothing(first.changes)
    assert (second.standing, second.signer, second.covers_whole) == (
        "valid",
        signing.SALES_ARM,
        True,
    )


def test_a_visible_second_signature_may_hide_something(look):
    pdf = signing.signed_otherwise(signed(), cast().sales_arm, box=(50, 50, 250, 150))

    first, second = look(pdf)

    assert {"code": "signature_shown", "page": 1, "count": 1} in first.changes
    assert not shows_nothing(first.changes)
    assert second.standing == "untrusted"


def test_a_first_signers_letter_changed_before_the_second_signed_shows_it(look):
    pdf = sign_letter(signing.replaced(signed()), cast().sales_arm, at=NOW, field="Second")

    first, _second = look(pdf)

    assert first.standing == "altered"
    assert "content_replaced" in codes(first)
    assert not shows_nothing(first.changes)


# --- what was done to the signature itself ---
@pytest.mark.parametrize(
    ("attack", "standing", "code"),
    [
        (signing.flipped, "altered", "signed_bytes"),
        (signing.rewritten, "altered", "rewritten"),
        (lambda pdf: signing.without(pdf, b"/ByteRange"), "broken", "malformed"),
        (lambda pdf: signing.without(pdf, b"/Contents"), "broken", "malformed"),
        (lambda pdf: signing.with_range(pdf, lambda _: "null"), "broken", "byte_range"),
        (lambda pdf: signing.with_range(pdf, lambda _: ""), "broken", "byte_range"),
        (lambda pdf: signing.with_range(pdf, lambda _: "0 -1 5 9"), "broken", "byte_range"),
        (lambda pdf: signing.with_range(pdf, lambda _: "0 9 9 9"), "broken", "byte_range"),
        (lambda pdf: signing.with_range(pdf, lambda _: "0 /A 9 9"), "broken", "byte_range"),
        (signing.respelled, "broken", "wrapped"),
        (signing.emptied, "broken", "malformed"),
        (signing.relocated, "broken", "wrapped"),
        (signing.unlisted, "broken", "outside_form"),
        (signing.signing_something_else, "broken", "wrapped"),
        (signing.renamed, "broken", "malformed"),
        (signing.without_digest, "broken", "malformed"),
        (signing.said_again, "broken", "partial_cover"),
    ],
)
def test_an_attack_on_the_signature_is_named(look, attack, standing, code):
    (found,) = look(attack(signed()))

    assert (found.standing, codes(found), found.covers_whole) == (standing, [code], False)


@pytest.mark.parametrize(
    "attack", [lambda pdf: pdf + b"\n%junk", signing.idly_revised, signing.respelled]
)
def test_the_library_alone_would_take_these_for_valid(attack):
    """Without this the tests above might pass for other reasons than ours."""
    reader = PdfFileReader(io.BytesIO(attack(signed())), strict=False)
    authority = asn1_x509.Certificate.load(pem.unarmor(cast().authority.pem)[2])
    context = ValidationContext(trust_roots=[authority], allow_fetching=False)

    status = validate_pdf_signature(reader.embedded_regular_signatures[0], context)

    assert status.bottom_line


def test_a_value_that_the_key_did_not_make_is_forged(look):
    assert [(found.standing, codes(found)) for found in look(signing.forged(signed()))] == [
        ("broken", ["forged"])
    ]


def test_one_broken_signature_does_not_hide_the_others(look):
    pdf = sign_letter(signing.letter(), cast().stranger, at=NOW, field="First")
    pdf = sign_letter(signing.without(pdf, b"/ByteRange"), cast().maker, at=NOW)

    assert sorted(found.standing for found in look(pdf)) == ["broken", "valid"]


# --- what we cannot check ---
@pytest.mark.parametrize(
    ("ours", "national"),
    [
        ("06082a8648ce3d040302", "06082a811ccf55018375"),  # signature: SM2 with SM3
        ("06082a8648ce3d030107", "06082a811ccf5501822d"),  # key: the curve of SM2
    ],
)
def test_sm2_and_sm3_are_not_verified_here(look, ours, national):
    pdf = signing.swapped(signed(), bytes.fromhex(ours), bytes.fromhex(national))

    assert [(found.standing, codes(found)) for found in look(pdf)] == [
        ("unverifiable", ["unknown_algorithm"])
    ]


def test_another_format_is_not_verified_here(look):
    pdf = signed().replace(b"/ETSI.CAdES.detached", b"/GMT0031.SM2Detached")

    assert [(found.standing, codes(found)) for found in look(pdf)] == [
        ("unverifiable", ["unknown_format"])
    ]


def test_a_digest_that_is_no_longer_safe_proves_nothing(look):
    pdf = signing.signed_otherwise(signing.letter(), cast().maker, digest="sha1")

    assert [(found.standing, codes(found)) for found in look(pdf)] == [
        ("unverifiable", ["weak_algorithm"])
    ]


# --- the child ---
@pytest.fixture
def confined(tmp_path: Path):
    """Return what a file's signatures are worth, looked at in a process of its own."""

    def look_at(pdf: bytes, *, trusted: list[str]) -> tuple[FoundSignature, ...]:
        path = tmp_path / "signed.pdf"
        path.write_bytes(pdf)
        return validate(path, trusted=trusted)

    return look_at


def test_hundreds_of_trusted_certificates_are_no_burden(confined):
    others = trusting(*(under(None, f"单位{number}") for number in range(3))) * 100

    (found,) = confined(signed(), trusted=others + trusting(cast().authority))

    assert (found.standing, found.signer) == ("valid", MAKER)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n/ByteRange [0 1 2 3] /Contents <>"])
def test_garbage_breaks_the_child_and_nothing_else(confined, content):
    assert [(found.standing, codes(found)) for found in confined(content, trusted=[])] == [
        ("broken", ["unreadable"])
    ]


# --- what the child says is read with care ---
ANSWER = {
    "standing": "valid",
    "signer": "A",
    "serial": "1f",
    "fingerprint": "ab",
    "signed_at": "2026-06-30T12:00:00",
    "covers_whole": True,
    "changes": [],
    "chain": ["ab"],
}


def test_a_moment_without_a_time_zone_is_taken_for_utc():
    assert found_signature(ANSWER).signed_at == datetime(2026, 6, 30, 12, tzinfo=UTC)
    assert found_signature(ANSWER | {"signed_at": ""}).signed_at is None


def test_a_signers_name_is_stored_whatever_it_holds():
    found = found_signature(ANSWER | {"signer": "A\0\ud800" + "长" * 400})

    assert found.facts()["signer"] == "A ?" + "长" * 297


@pytest.mark.parametrize(
    "change",
    [
        {"standing": "splendid"},
        {"signed_at": "yesterday"},
        {"changes": [{"page": 1}]},
        {"changes": ["page"]},
        {"chain": None},
    ],
)
def test_a_senseless_answer_is_refused(change):
    with pytest.raises((ValueError, LookupError, TypeError)):
        found_signature(ANSWER | change)


# --- which bytes are covered ---
FILE = b"%PDF<0aff>tail"


@pytest.mark.parametrize(
    ("byte_range", "cover"),
    [
        ([0, 4, 10, 4], "whole"),
        ([0, 4, 10, 3], "beginning"),
        ([0, 4, 10, 5], "overlong"),
        ([0, 4, 9, 5], "misplaced"),
        ([0, 5, 10, 4], "misplaced"),
        ([0, 4, 14, 4], "misplaced"),
        ([1, 4, 10, 4], "senseless"),
        ([0, 10, 4, 10], "senseless"),
        ([0, 0, 10, 4], "senseless"),
        ([0, 4, 10, 0], "senseless"),
        ([0, 4, 10], "senseless"),
        ([0, 4, 10, 4, 0, 0], "senseless"),
        ([0, 4, 10, "4"], "senseless"),
    ],
)
def test_the_covered_bytes_are_all_but_the_signature(byte_range, cover):
    assert cover_of(byte_range, b"\x0a\xff", data=FILE) == cover


@pytest.mark.parametrize(
    "gap", [b"(0aff)", b"<0afg>", b"<0aff)", b"<0a\xff>", b"<0bff>", b"<0aff "]
)
def test_the_gap_is_the_signature_and_nothing_else(gap):
    cover = cover_of([0, 4, 10, 4], b"\x0a\xff", data=FILE.replace(b"<0aff>", gap))

    assert cover == "misplaced"


# --- how it is told ---
def test_every_code_the_validation_can_give_has_a_sentence():
    folder = Path(job.__file__).parent
    given = re.compile(r'"code": "([a-z_]+)"|fault\("[a-z]+", "([a-z_]+)"\)|yield "([a-z_]+)"')
    codes = {
        next(filter(None, match))
        for name in ("judging", "changes", "trusting", "job", "found")
        for match in given.findall((folder / f"{name}.py").read_text())
    }

    assert len(codes) > 20
    assert codes <= set(SENTENCES)
    assert set(SENTENCES) >= UNSEEN


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_change_is_told_in_both_languages(code):
    facts = {"page": 2, "count": 3, "before": 1, "now": 2, "entry": "/DSS", "on": "2026-06-30"}

    told = sentence_of({"code": code, **facts})

    assert told.zh.endswith("。")
    assert told.en.endswith(".")
    assert "–" not in told.zh + told.en
    assert "{" not in told.zh + told.en


def test_an_unknown_change_and_a_missing_fact_are_told_all_the_same():
    assert sentence_of({"code": "of tomorrow"}) == sentence_of({"code": "unreadable_change"})
    assert "page –" in sentence_of({"code": "content_replaced"}).en


@pytest.mark.parametrize(
    ("codes", "unseen"),
    [
        ([], False),
        (["signed_again", "evidence_added"], True),
        (["signed_again", "notes_added"], False),
    ],
)
def test_additions_nobody_sees_are_told_from_the_others(codes, unseen):
    assert shows_nothing({"code": code} for code in codes) is unseen
