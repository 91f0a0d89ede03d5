"""Judge one signature: its form, its bytes, what came after it, and who made it.

Runs only inside the child process. The gravest reason is told, and all that was changed since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from documents.signatures.changes import Change, changes_since
from documents.signatures.covering import MISPLACED, OVERLONG, SENSELESS, WHOLE, cover_of
from documents.signatures.found import shows_nothing
from documents.signatures.prints import entry
from documents.signatures.trusting import trust_in

# How a signature does not fit its file, and what that is if it is genuine all the same.
UNFIT: Final = {MISPLACED: "wrapped", OVERLONG: "byte_range"}
READABLE: Final = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached")
# China's own algorithms (SM2, SM3) and all that is built on them.
NATIONAL: Final = "1.2.156."
WEAK: Final = frozenset({"md2", "md5", "sha1"})
MALFORMED: Final = (
    SignatureValidationError,
    CMSStructuralError,
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature came to; *chain* is empty where nobody believed vouches for it."""

    standing: str
    changes: tuple[Change, ...] = ()
    chain: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a judgement rests on: the bytes, the certificates believed, the day.

    *later* counts the signatures and the time stamps that came after this one.
    """

    data: bytes
    roots: Sequence[x509.Certificate]
    now: datetime
    later: tuple[int, int]


def judge(found: EmbeddedPdfSignature, ground: Ground) -> Verdict:
    """Return what *found* is worth."""
    try:
        return _of_form(found) or _of_bytes(found, ground) or _of_signer(found, ground)
    except (UnsupportedAlgorithm, NotImplementedError):
        return fault("unverifiable", "unknown_algorithm")
    except MALFORMED:
        return fault("broken", "malformed")


def fault(standing: str, code: str) -> Verdict:
    """Return the verdict on a signature whose own form decides."""
    return Verdict(standing, ({"code": code},))


def _of_form(found: EmbeddedPdfSignature) -> Verdict | None:
    """Return the verdict on a signature that no validation could make good."""
    if str(entry(found.sig_object, "/SubFilter")) not in READABLE:
        return fault("unverifiable", "unknown_format")
    if any(oid.startswith(NATIONAL) for oid in _algorithms(found)):
        return fault("unverifiable", "unknown_algorithm")
    if found.signed_data["encap_content_info"]["content"].native is not None:
        # It signs something it brings along itself, and nothing of this file.
        return fault("broken", "wrapped")
    if not any(kind == "message_digest" for kind in _attributes(found)):
        return fault("broken", "malformed")
    return None


def _algorithms(found: EmbeddedPdfSignature) -> Iterator[str]:
    """Yield the object identifiers of all that was calculated with."""
    yield found.signer_info["digest_algorithm"]["algorithm"].dotted
    yield found.signer_info["signature_algorithm"]["algorithm"].dotted
    # As they stand there: pyHanko hands out no certificate that does not fit its signature.
    for choice in found.signed_data["certificates"] or ():
        if choice.name == "certificate":
            yield from _algorithms_of(choice.chosen["tbs_certificate"])


def _algorithms_of(certificate: x509.TbsCertificate) -> Iterator[str]:
    yield certificate["signature"]["algorithm"].dotted
    key = certificate["subject_public_key_info"]["algorithm"]
    yield key["algorithm"].dotted
    if key["algorithm"].native == "ec":
        yield getattr(key["parameters"].chosen, "dotted", "")


def _attributes(found: EmbeddedPdfSignature) -> list[str]:
    return [str(one["type"].native) for one in found.signer_info["signed_attrs"] or ()]


def _of_bytes(found: EmbeddedPdfSignature, ground: Ground) -> Verdict | None:
    """Return the verdict on a signature that does not fit the file, or a file that grew since."""
    cover = cover_of(list(found.byte_range), found.pkcs7_content, data=ground.data)
    if cover == SENSELESS:
        return fault("broken", "byte_range")
    status = _status(found, ground)
    if not status.intact:
        return fault("altered", "rewritten" if cover in UNFIT else "signed_bytes")
    if not status.valid:
        return fault("broken", "forged")
    return _of_cover(found, status, ground, cover=cover)


def _of_cover(
    found: EmbeddedPdfSignature, status: PdfSignatureStatus, ground: Ground, *, cover: str
) -> Verdict | None:
    """Return the verdict on a genuine signature that does not cover the whole file."""
    if cover == WHOLE:
        return None
    if cover in UNFIT:
        return fault("broken", UNFIT[cover])
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return fault("broken", "partial_cover")
    return _of_later(found, ground)


def _status(found: EmbeddedPdfSignature, ground: Ground) -> PdfSignatureStatus:
    """Return what pyHanko says of the bytes; trust and later revisions are judged apart."""
    context = ValidationContext(trust_roots=[], moment=ground.now, allow_fetching=False)
    return validate_pdf_signature(found, signer_validation_context=context, skip_diff=True)


def _of_later(found: EmbeddedPdfSignature, ground: Ground) -> Verdict:
    """Return the verdict on a signature of an earlier revision: never valid, always explained."""
    try:
        changes = changes_since(found, later=ground.later)
    except MALFORMED:
        changes = [{"code": "unreadable_change"}]
    if found.docmdp_level is not None or shows_nothing(changes):
        changes += _second_opinion(found, changes)
    chain = trust_in(found, ground.roots, now=ground.now).chain
    return Verdict("altered", tuple(changes), chain)


def _second_opinion(found: EmbeddedPdfSignature, changes: Sequence[Change]) -> Iterator[Change]:
    """Yield what pyHanko objects to in *changes*; slow, so asked only where it matters."""
    review = found.evaluate_modifications(DEFAULT_DIFF_POLICY)
    level = review.modification_level if isinstance(review, DiffResult) else ModificationLevel.OTHER
    if found.docmdp_level is not None and level.value > found.docmdp_level.value:
        yield {"code": "certification_violated"}
    if level == ModificationLevel.OTHER and shows_nothing(changes):
        yield {"code": "suspicious"}


def _of_signer(found: EmbeddedPdfSignature, ground: Ground) -> Verdict:
    """Return the verdict on a whole and untouched file: that on its signer."""
    if found.md_algorithm in WEAK:
        return Verdict("unverifiable", ({"code": "weak_algorithm"},), whole=True)
    trust = trust_in(found, ground.roots, now=ground.now)
    return Verdict(trust.standing, trust.facts, trust.chain, whole=True)
