"""Look for revocations in the lists and answers a signed PDF carries with it.

Runs only inside the child process. A revocation counts whatever its list's age, as certificates
are not un-revoked; the absence of one proves nothing. Nothing is asked of anybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from documents.signatures.prints import entry, resolved

MOST: Final = 50
# What parsing and checking raises on evidence that is none.
SENSELESS: Final = (ValueError, TypeError, LookupError, InvalidSignature, UnsupportedAlgorithm)


def revoked_on(path: Sequence[x509.Certificate], *, found: EmbeddedPdfSignature) -> datetime | None:
    """Return when a certificate of *path*, signer first, was revoked, the earliest if several."""
    lists, answers = list(_lists(found))[:MOST], list(_answers(found))[:MOST]
    days = [
        day
        for link, above in pairwise(_plain(link) for link in path)
        for day in (*_by_lists(link, above, lists), *_by_answers(link, above, answers))
    ]
    return min(days, default=None)


def _plain(link: x509.Certificate) -> pyca.Certificate:
    return pyca.load_der_x509_certificate(link.dump())


def _by_lists(
    link: pyca.Certificate, issuer: pyca.Certificate, lists: Iterable[bytes]
) -> Iterator[datetime]:
    for content in lists:
        try:
            listing = pyca.load_der_x509_crl(content)
            ours = listing.issuer == issuer.subject
            if ours and listing.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # a key that signs no lists raises
                entry = listing.get_revoked_certificate_by_serial_number(link.serial_number)
                yield from [entry.revocation_date_utc] if entry else []
        except SENSELESS:
            continue


def _by_answers(
    link: pyca.Certificate, issuer: pyca.Certificate, answers: Iterable[bytes]
) -> Iterator[datetime]:
    for content in answers:
        try:
            answer = ocsp.load_der_ocsp_response(content)
            about_it = answer.serial_number == link.serial_number and _speaks_for(answer, issuer)
            if about_it and answer.certificate_status == ocsp.OCSPCertStatus.REVOKED:
                yield answer.revocation_time_utc or datetime.now(UTC)
        except SENSELESS:
            continue


def _speaks_for(answer: ocsp.OCSPResponse, issuer: pyca.Certificate) -> bool:
    """Tell whether *issuer*, or a responder it appointed, signed *answer*."""
    for speaker in (issuer, *answer.certificates):
        if speaker != issuer and not _appointed(speaker, issuer):
            continue
        try:
            _check(answer, speaker)
        except SENSELESS:
            continue
        return True
    return False


def _appointed(speaker: pyca.Certificate, issuer: pyca.Certificate) -> bool:
    try:
        speaker.verify_directly_issued_by(issuer)
        purposes = speaker.extensions.get_extension_for_class(pyca.ExtendedKeyUsage).value
    except (*SENSELESS, pyca.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def _check(answer: ocsp.OCSPResponse, speaker: pyca.Certificate) -> None:
    """Verify that *speaker* signed *answer*; raise one of ``SENSELESS`` if not."""
    key: Any = speaker.public_key()
    algorithm: Any = answer.signature_hash_algorithm
    signed = (answer.signature, answer.tbs_response_bytes)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(*signed, ec.ECDSA(algorithm))
    else:
        key.verify(*signed, padding.PKCS1v15(), algorithm)


def _lists(found: EmbeddedPdfSignature) -> Iterator[bytes]:
    """Yield every revocation list in the file, DER."""
    yield from _stored(found, "/CRLs")
    yield from (choice.chosen.dump() for choice in found.signed_data["crls"] or ())
    yield from (item.dump() for item in _archived(found, "crl"))


def _answers(found: EmbeddedPdfSignature) -> Iterator[bytes]:
    """Yield every answer of a status service in the file, DER."""
    yield from _stored(found, "/OCSPs")
    yield from (item.dump() for item in _archived(found, "ocsp"))


def _stored(found: EmbeddedPdfSignature, name: str) -> Iterator[bytes]:
    store = entry(found.reader.root, "/DSS")
    listed = entry(store, name) if isinstance(store, DictionaryObject) else None
    streams = listed if isinstance(listed, ArrayObject) else ()
    for stream in map(resolved, streams):
        if isinstance(stream, StreamObject):
            yield stream.data


def _archived(found: EmbeddedPdfSignature, kind: str) -> Iterator[Any]:
    """Yield what an Adobe-style signature keeps among its signed attributes."""
    for attribute in found.signer_info["signed_attrs"] or ():
        if attribute["type"].native == "adobe_revocation_info_archival":
            for archive in attribute["values"]:
                yield from archive[kind] or ()
