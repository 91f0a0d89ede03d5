"""The certificates whose electronic signatures the ministry believes, and whose they are."""

import unicodedata
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, transaction

from documents.models import TrustedCertificate
from documents.signatures.found import FoundSignature
from exports import ledger
from exports.errors import CertificateUnreadable, Moved, ReasonNeeded
from exports.models import Event, Manufacturer, Role, User
from exports.policies import check_role

MOST_TRUSTED = 2000
# The longest of one certificate; a file of several is not one.
MOST_BYTES = 100_000


@transaction.atomic
def trust_certificate(
    manufacturer: Manufacturer, content: bytes, *, by: User, at: datetime
) -> TrustedCertificate:
    """Believe what the certificate in *content* (PEM or DER) signs for *manufacturer*.

    It may be the unit's own certificate, or that of an authority that signs for this unit alone.

    Raises:
        RoleMissing: *by* is no policy administrator.
        CertificateUnreadable: *content* is no certificate.
        Moved: this certificate is trusted already.

    """
    check_role(by, Role.POLICY)
    read = certificate_in(content)
    fingerprint = read.fingerprint(hashes.SHA256()).hex()
    try:
        with transaction.atomic():
            trusted = TrustedCertificate.objects.create(
                manufacturer=manufacturer,
                subject=read.subject.rfc4514_string()[:300],
                serial=f"{read.serial_number:x}",
                fingerprint=fingerprint,
                pem=read.public_bytes(Encoding.PEM).decode(),
                not_before=read.not_valid_before_utc,
                not_after=read.not_valid_after_utc,
                added_by=by,
                added_at=at,
            )
    except IntegrityError as known:
        raise Moved(subject=read.subject.rfc4514_string()) from known
    after = {"fingerprint": fingerprint, "manufacturer": str(manufacturer)}
    ledger.record("certificate.trusted", trusted, by=by, at=at, after=after)
    return trusted


def certificate_in(content: bytes) -> x509.Certificate:
    """Return the certificate in *content*.

    Raises:
        CertificateUnreadable: there is none.

    """
    load = (
        x509.load_pem_x509_certificate
        if b"-----BEGIN" in content
        else (x509.load_der_x509_certificate)
    )
    try:
        return load(content)
    except ValueError as senseless:
        raise CertificateUnreadable() from senseless


@transaction.atomic
def withdraw_trust(trusted: TrustedCertificate, *, by: User, at: datetime, note: str) -> None:
    """Believe the certificate no longer; what was validated before stays as it was.

    Raises:
        RoleMissing: *by* is no policy administrator.
        ReasonNeeded: without words why.
        Moved: it is not trusted any more.

    """
    check_role(by, Role.POLICY)
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    standing = TrustedCertificate.objects.filter(pk=trusted.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=at):
        raise Moved(subject=trusted)
    ledger.record("certificate.withdrawn", trusted, by=by, at=at, note=note)


def trusted_pems() -> list[str]:
    """Return every certificate believed now."""
    believed = TrustedCertificate.objects.filter(withdrawn_at__isnull=True)
    return list(believed.values_list("pem", flat=True)[:MOST_TRUSTED])


def owner_of(found: FoundSignature) -> dict[str, Any]:
    """Return which trusted certificate stands behind a signature, and whose signature it is.

    A unit's own certificate speaks for the unit. That of an authority speaks for it only where
    the signer bears one of the unit's names: authorities issue to sales companies as well.
    """
    believed = TrustedCertificate.objects.filter(withdrawn_at__isnull=True)
    known = {row.fingerprint: row for row in believed.filter(fingerprint__in=found.chain)}
    trusted = next((known[link] for link in found.chain if link in known), None)
    if trusted is None:
        return {"certificate": None, "manufacturer": None}
    unit = trusted.manufacturer
    its_own = trusted.fingerprint == found.fingerprint or bears_name_of(unit, found.signer)
    return {"certificate": trusted, "manufacturer": unit if its_own else None}


def bears_name_of(unit: Manufacturer, signer: str) -> bool:
    """Tell whether *signer* is a name *unit* has or had, but for width and spaces."""
    names = unit.names.values_list("name", flat=True)
    return folded(signer) in {folded(name) for name in names}


def folded(name: str) -> str:
    """Return *name* in one width and without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split())
