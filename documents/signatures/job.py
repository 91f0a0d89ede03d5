"""Validate the signatures of a PDF with pyHanko. Runs only inside the child process."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import pem, x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from documents.signatures.changes import changes_since

READABLE: Final = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached")
MOST: Final = 20
BROKEN: Final = (SignatureValidationError, CMSStructuralError, PdfError, ValueError, LookupError)
Answer = dict[str, Any]


def perform(request: Mapping[str, Any]) -> Answer:
    """Return what each signature of the file at ``path`` is worth."""
    roots = [certificate(text) for text in request["trusted"]]
    with open(request["path"], "rb") as file:
        reader = PdfFileReader(file, strict=False)
        return {"signatures": [judge(found, roots) for found in signatures_of(reader)]}


def certificate(text: str) -> x509.Certificate:
    """Return the certificate in PEM *text*."""
    return x509.Certificate.load(pem.unarmor(text.encode())[2])


def signatures_of(reader: PdfFileReader) -> Sequence[EmbeddedPdfSignature]:
    """Return the signatures in the order they were made, at most ``MOST``."""
    return list(reader.embedded_regular_signatures)[:MOST]


def judge(found: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> Answer:
    """Return one signature's standing and facts."""
    if str(found.sig_object.get("/SubFilter", "")) not in READABLE:
        return answer(found, "unverifiable", [{"code": "unknown_format"}])
    context = ValidationContext(
        trust_roots=list(roots), allow_fetching=False, revocation_mode="soft-fail"
    )
    try:
        status = validate_pdf_signature(found, signer_validation_context=context)
    except (UnsupportedAlgorithm, NotImplementedError):
        return answer(found, "unverifiable", [{"code": "unknown_algorithm"}])
    except BROKEN:
        return answer(found, "broken", [{"code": "malformed"}])
    standing, changes = weigh(found, status)
    return answer(found, standing, changes, status=status)


def weigh(
    found: EmbeddedPdfSignature, status: PdfSignatureStatus
) -> tuple[str, list[dict[str, Any]]]:
    """Return the standing, gravest reason first, and what was changed since."""
    if not status.valid:
        return (
            ("altered", [{"code": "signed_bytes"}])
            if not status.intact
            else ("broken", [{"code": "forged"}])
        )
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "broken", [{"code": "partial_cover"}]
    changes = changes_since(found) if status.coverage < SignatureCoverageLevel.ENTIRE_FILE else []
    if not allowed(status) or any(change["code"] in GRAVE for change in changes):
        return "altered", changes or [{"code": "appended"}]
    if status.revoked:
        return "revoked", changes
    if not status.trusted:
        return ("expired" if has_run_out(status) else "untrusted"), changes
    return "valid", changes


GRAVE: Final = frozenset({"bytes_behind_end"})


def allowed(status: PdfSignatureStatus) -> bool:
    """Tell whether what was added since is at most what signers may add: another signature."""
    level = status.modification_level
    return bool(status.docmdp_ok) and (level is None or level <= ModificationLevel.FORM_FILLING)


def has_run_out(status: PdfSignatureStatus) -> bool:
    """Tell whether the signer's certificate is past its end."""
    end: datetime = status.signing_cert.not_valid_after
    return end < datetime.now(UTC)


def answer(
    found: EmbeddedPdfSignature,
    standing: str,
    changes: Sequence[Mapping[str, Any]],
    *,
    status: PdfSignatureStatus | None = None,
) -> Answer:
    """Return the facts of a signature as JSON."""
    signer = signer_of(found)
    signed_at = found.self_reported_timestamp
    covers = status is not None and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return {
        "standing": standing,
        "signer": name_of(signer),
        "serial": f"{signer.serial_number:x}" if signer else "",
        "fingerprint": signer.sha256.hex() if signer else "",
        "signed_at": signed_at.isoformat() if signed_at else "",
        "covers_whole": covers,
        "changes": [dict(change) for change in changes],
        "chain": chain_of(found, status),
    }


def signer_of(found: EmbeddedPdfSignature) -> x509.Certificate | None:
    """Return the signer's certificate, if the signature carries one that can be read."""
    try:
        return found.signer_cert
    except BROKEN:
        return None


def name_of(signer: x509.Certificate | None) -> str:
    """Return the organisation the certificate names, or else its common name."""
    if signer is None:
        return ""
    names = signer.subject.native
    return str(names.get("organization_name") or names.get("common_name") or "")


def chain_of(found: EmbeddedPdfSignature, status: PdfSignatureStatus | None) -> list[str]:
    """Return the fingerprints from the signer up to the trusted root."""
    path = getattr(status, "validation_path", None)
    if path is None:
        signer = signer_of(found)
        return [signer.sha256.hex()] if signer else []
    return [link.sha256.hex() for link in path if isinstance(link, x509.Certificate)]
