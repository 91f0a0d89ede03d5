"""Sign letters as a unit with an electronic seal would, for demonstrations and tests.

Keys are made when they are needed and kept nowhere; none of them means anything outside.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A key with its certificate, and who issued that; ``None`` if it vouches for itself."""

    certificate: x509.Certificate
    key: PrivateKey
    issuer: "Identity | None" = None

    @property
    def pem(self) -> bytes:
        """Return the certificate as the ministry gets it."""
        return self.certificate.public_bytes(Encoding.PEM)

    @cached_property
    def signer(self) -> SimpleSigner:
        """Return what signs PDFs with this identity, its chain enclosed."""
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        above = self.issuer
        while above:
            chain.register(_loaded(above.certificate))
            above = above.issuer
        secret = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SimpleSigner(
            signing_cert=_loaded(self.certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(secret),
            cert_registry=chain,
        )


def make_identity(
    name: str,
    *,
    valid_from: datetime,
    valid_until: datetime,
    issuer: Identity | None = None,
    authority: bool = False,
    key: PrivateKey | None = None,
) -> Identity:
    """Return a fresh identity in the *name* of an organisation.

    An *authority* issues certificates; any other identity signs documents.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Identity(certificate, key, issuer)


def sign_letter(
    pdf: bytes, identity: Identity, *, at: datetime, field: str = "Seal", certify: bool = False
) -> bytes:
    """Return *pdf* signed by *identity*, claiming the time *at*; the bytes before stay as they are.

    With *certify* the signer forbids every later change.
    """
    about = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.NO_CHANGES if certify else MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signed = io.BytesIO()
    _DatedSigner(about, signer=identity.signer, at=at).sign_pdf(writer, output=signed)
    return signed.getvalue()


class _DatedSigner(PdfSigner):
    """A signer whose clock shows what it is told: stories are set in their own time."""

    def __init__(self, about: PdfSignatureMetadata, *, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(about, signer=signer)
        self.at = at

    def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:
        """Return pyHanko's session with the clock set."""
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at
        return session


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _loaded(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
