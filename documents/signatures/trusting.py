"""Say whether a signer's certificate is believed, in force and not revoked.

Runs only inside the child process. Nothing is fetched: what is not in the file is not known.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from documents.signatures.revoking import revoked_on

SIGNS: Final = frozenset({"digital_signature", "non_repudiation"})
MOMENT: Final = timedelta(seconds=1)
Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trust:
    """What a certificate is worth: a standing, facts about it, and its chain from the signer up."""

    standing: str
    facts: tuple[Fact, ...]
    chain: tuple[str, ...]


def trust_in(
    found: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], *, now: datetime
) -> Trust:
    """Return what the signer of *found* is worth if only *roots* are believed.

    The moment of signing is the signer's own claim: it explains an expiry and never excuses one.
    """
    signer = found.signer_cert
    path = _path(signer, found.other_embedded_certs, roots=roots, now=now)
    if path is None:
        return Trust("untrusted", (), (signer.sha256.hex(),))
    chain = tuple(link.sha256.hex() for link in path)
    revoked = revoked_on(path, found=found)
    if revoked:
        return Trust("revoked", ({"code": "revoked", "on": revoked.date().isoformat()},), chain)
    expiry = tuple(_expiry(path, claimed=found.self_reported_timestamp, now=now))
    return Trust("expired" if expiry else "valid", expiry, chain)


def _path(
    signer: x509.Certificate,
    enclosed: Iterable[x509.Certificate],
    *,
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> list[x509.Certificate] | None:
    """Return the certificates from *signer* to one of *roots*, whether or not still in force.

    A root vouches for itself; for others only if it is an authority, which no library asks of it.
    """
    if signer.sha256 in {root.sha256 for root in roots}:
        return [signer]
    if not _may_sign(signer):
        return None
    for moment in (now, *_moments_in(signer)):
        context = ValidationContext(
            trust_roots=[root for root in roots if root.ca],
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        validator = CertificateValidator(signer, list(enclosed), validation_context=context)
        try:
            path = asyncio.run(validator.async_validate_path())
        except (PathError, ValidationError):
            continue
        return list(path.iter_certs(include_root=True))[::-1]
    return None


def _may_sign(signer: x509.Certificate) -> bool:
    """Tell whether the certificate was issued for signing documents, among others."""
    usage = signer.key_usage_value
    return usage is None or bool(SIGNS & usage.native)


def _moments_in(signer: x509.Certificate) -> Iterator[datetime]:
    """Yield the last and the first moment *signer* was in force."""
    yield signer.not_valid_after - MOMENT
    yield signer.not_valid_before + MOMENT


def _expiry(
    path: Iterable[x509.Certificate], *, claimed: datetime | None, now: datetime
) -> Iterator[Fact]:
    """Yield why a certificate of *path* is not in force now, if so."""
    start = max(link.not_valid_before for link in path)
    end = min(link.not_valid_after for link in path)
    day = end.date().isoformat()
    if now < start:
        yield {"code": "not_yet_valid", "on": start.date().isoformat()}
    elif end < now and claimed is not None and start <= claimed <= end:
        yield {"code": "expired_since", "on": day}
    elif end < now:
        yield {"code": "expired_before", "on": day}
