"""Signed letters, and what a forger does to them."""

import asyncio
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pikepdf
from asn1crypto import crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.validation.dss import DocumentSecurityStore

from reviews.demo.letters import draw_letter
from reviews.demo.signing import Identity, make_identity, sign_letter
from tests.papers import plain_letter

MAKER = "比亚迪汽车有限公司"
SALES_ARM = "比亚迪汽车销售有限公司"
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
YEAR = 365 * DAY


@dataclass(frozen=True)
class Cast:
    """An authority, the maker and its sales arm under it, and somebody who vouches for himself."""

    authority: Identity
    maker: Identity
    sales_arm: Identity
    stranger: Identity


def under(issuer: Identity | None, name: str, **facts: Any) -> Identity:
    """Return an identity that is in force now, unless *facts* say otherwise."""
    times = {"valid_from": NOW - YEAR, "valid_until": NOW + YEAR}
    return make_identity(name, issuer=issuer, **(times | facts))


@cache
def cast() -> Cast:
    authority = under(None, "示例电子认证服务有限公司", authority=True)
    return Cast(
        authority=authority,
        maker=under(authority, MAKER),
        sales_arm=under(authority, SALES_ARM),
        stranger=under(None, MAKER),
    )


@cache
def letter() -> bytes:
    """Return a letter nobody has signed."""
    return draw_letter(plain_letter(vehicles=2))


@cache
def signed() -> bytes:
    """Return the letter as the maker signed it an hour ago."""
    return sign_letter(letter(), cast().maker, at=NOW - DAY / 24)


@cache
def certified() -> bytes:
    """Return the letter signed so that nothing may be added."""
    return sign_letter(letter(), cast().maker, at=NOW - DAY / 24, certify=True)


def trusting(*identities: Identity) -> list[str]:
    return [identity.pem.decode() for identity in identities]


# --- what is added behind a signature ---
def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return *pdf* with a further revision that makes *change*."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def first_page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def replaced(pdf: bytes) -> bytes:
    """Draw other content on the first page (shadow attack: replace)."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = generic.StreamObject(stream_data=b"0 0 1 rg 100 100 200 200 re f")
        page = first_page(writer)
        page[pdf_name("/Contents")] = writer.add_object(stream)
        writer.update_container(page)

    return appended(pdf, change)


def other_pages(pdf: bytes) -> bytes:
    """Point the catalogue to another tree of pages (shadow attack: hide and replace)."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = generic.DictionaryObject(first_page(writer))
        page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"n"))
        kids = generic.ArrayObject([writer.add_object(page)])
        tree = {"/Type": pdf_name("/Pages"), "/Kids": kids, "/Count": generic.NumberObject(1)}
        pages = generic.DictionaryObject({pdf_name(key): value for key, value in tree.items()})
        writer.root[pdf_name("/Pages")] = writer.add_object(pages)
        writer.update_root()

    return appended(pdf, change)


def font_swapped(pdf: bytes) -> bytes:
    """Overwrite the first font, so that the same codes show other signs (shadow attack)."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        fonts = first_page(writer)["/Resources"]["/Font"]
        font = fonts[sorted(fonts)[0]]
        font[pdf_name("/BaseFont")] = pdf_name("/Courier")
        writer.update_container(font)

    return appended(pdf, change)


def overlaid(pdf: bytes, subtype: str = "/FreeText", **entries: Any) -> bytes:
    """Lay a note over the first page."""

    return appended(pdf, lambda writer: void(note_on(writer, subtype, **entries)))


def note_on(writer: IncrementalPdfFileWriter, subtype: str, **entries: Any) -> Any:
    """Put a note or field on the first page; return its reference."""
    box = generic.ArrayObject(map(generic.NumberObject, (9, 9, 99, 99)))
    facts = {"Type": pdf_name("/Annot"), "Subtype": pdf_name(subtype), "Rect": box} | entries
    note = generic.DictionaryObject({pdf_name(f"/{key}"): fact for key, fact in facts.items()})
    reference = writer.add_object(note)
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0).reference, reference)
    return reference


def overlaid_elsewhere(pdf: bytes) -> bytes:
    """Lay a note over the first page by a list of notes that stands apart."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        note_on(writer, "/FreeText")
        page = first_page(writer)
        page[pdf_name("/Annots")] = writer.add_object(generic.ArrayObject(page["/Annots"]))
        writer.update_container(page)

    return appended(pdf, change)


def form_restyled(pdf: bytes) -> bytes:
    """Change the fonts in which a reader draws the fields of the form."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        form = writer.root["/AcroForm"]
        form[pdf_name("/DR")] = generic.DictionaryObject({pdf_name("/Font"): pdf_name("/Other")})
        writer.update_container(form)

    return appended(pdf, change)


def regrouped(pdf: bytes) -> bytes:
    """Change how the first page blends its colours."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = first_page(writer)
        page[pdf_name("/Group")] = generic.DictionaryObject({pdf_name("/S"): pdf_name("/Other")})
        writer.update_container(page)

    return appended(pdf, change)


def cropped(pdf: bytes) -> bytes:
    """Let only a strip of the first page show."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = first_page(writer)
        strip = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 300)))
        page[pdf_name("/CropBox")] = strip
        writer.update_container(page)

    return appended(pdf, change)


def with_page(pdf: bytes) -> bytes:
    """Add a page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        tree = writer.root["/Pages"]
        page = generic.DictionaryObject(first_page(writer))
        tree["/Kids"].append(writer.add_object(page))
        tree[pdf_name("/Count")] = generic.NumberObject(len(tree["/Kids"]))
        writer.update_container(tree)
        writer.update_container(tree["/Kids"])

    return appended(pdf, change)


def with_entry(pdf: bytes, name: str) -> bytes:
    """Change one entry of the catalogue."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        entry = generic.DictionaryObject({pdf_name("/New"): generic.NumberObject(1)})
        writer.root[pdf_name(name)] = writer.add_object(entry)
        writer.update_root()

    return appended(pdf, change)


def idly_revised(pdf: bytes) -> bytes:
    """Append a revision that changes nothing."""
    ending = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    before = pdf[pdf.rindex(b"startxref") :].split()[1]
    ending = re.sub(rb"/Prev \d+", b"/Prev " + before, ending)
    place = str(len(pdf) + 1).encode()
    table = b"xref\n0 1\n0000000000 65535 f \n"
    return pdf + b"\n" + table + ending + b"startxref\n" + place + b"\n%%EOF\n"


def void(_value: object) -> None:
    return


# --- what is done to the signature itself ---
def flipped(pdf: bytes, *, at: int = 200) -> bytes:
    """Change one bit."""
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def rewritten(pdf: bytes) -> bytes:
    """Save the file anew, as an editor does."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out)
    return out.getvalue()


def with_range(pdf: bytes, build: Callable[[list[int]], str]) -> bytes:
    """Write another ``/ByteRange`` of the same length."""
    start = pdf.rindex(b"/ByteRange")
    opening, end = pdf.index(b"[", start), pdf.index(b"]", start)
    numbers = [int(part) for part in pdf[opening + 1 : end].split()]
    text = build(numbers).encode().ljust(end - opening - 1)
    assert len(text) == end - opening - 1
    return pdf[: opening + 1] + text + pdf[end:]


def without(pdf: bytes, name: bytes) -> bytes:
    """Misspell an entry of the last signature (universal signature forgery)."""
    at = pdf.rindex(name)
    return pdf[:at] + b"/X" + name[2:] + pdf[at + len(name) :]


def respelled(pdf: bytes) -> bytes:
    """Spell the same signature in half the room, which leaves the rest to the forger."""
    start, end = gap_of(pdf)
    short = literal(bytes.fromhex(pdf[start + 1 : end - 1].decode()))
    return pdf[:start] + short.ljust(end - start) + pdf[end:]


def literal(content: bytes) -> bytes:
    """Spell *content* as a literal string."""
    special = {byte: b"\\" + bytes([byte]) for byte in b"()\\"} | {13: b"\\r", 10: b"\\n"}
    return b"(" + b"".join(special.get(byte, bytes([byte])) for byte in content) + b")"


def gap_of(pdf: bytes) -> tuple[int, int]:
    """Return where the last signature stands, its brackets included."""
    found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures[-1]
    return int(found.byte_range[1]), int(found.byte_range[2])


def resigned(pdf: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return *pdf* with the signature's own content changed, in the room it has."""
    start, end = gap_of(pdf)
    content = change(bytes.fromhex(pdf[start + 1 : end - 1].decode()))
    return pdf[: start + 1] + content.hex().encode().ljust(end - start - 2, b"0") + pdf[end - 1 :]


def swapped(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """Return *pdf* with *old* replaced by *new*, of the same length, inside the signature."""
    assert len(old) == len(new)

    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new)

    return resigned(pdf, change)


def forged(pdf: bytes) -> bytes:
    """Change the value that only the key can make."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[-1]
    value = found.signer_info["signature"].native
    return swapped(pdf, value, value[:-1] + bytes([value[-1] ^ 1]))


def emptied(pdf: bytes) -> bytes:
    """Leave nothing of the signature but its room (universal signature forgery)."""
    return resigned(pdf, lambda content: bytes(len(content)))


def signing_something_else(pdf: bytes) -> bytes:
    """Put a genuine signature of other words into the room of the letter's."""
    signing = cast().maker.signer.async_sign_general_data(b"Other words", "sha256", detached=False)
    other = asyncio.run(signing)
    return resigned(pdf, lambda content: other.dump().ljust(len(content), b"\0"))


def renamed(pdf: bytes) -> bytes:
    """Change the certificate that is enclosed."""
    return swapped(pdf, b"\x13\x02CN", b"\x13\x02HK")


def without_digest(pdf: bytes) -> bytes:
    """Take away what ties the signature to the file."""
    digest = bytes.fromhex("06092a864886f70d010904")
    return swapped(pdf, digest, digest[:-1] + b"\x63")


def said_again(pdf: bytes) -> bytes:
    """Write the signature's object anew in a revision of its own."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        writer.mark_update(field.raw_get("/V"))

    return appended(pdf, change)


def unlisted(pdf: bytes) -> bytes:
    """Leave the signature in the file, where no reader looks for it."""
    return pdf.replace(b"/AcroForm", b"/AcroFern")


def relocated(pdf: bytes) -> bytes:
    """Move the signed tail down and write a cross-reference of one's own where it was (wrapping).

    The signed bytes are all there, and the digest is right; only what a reader sees is not.
    """
    start, end = gap_of(pdf)
    table = pdf[pdf.rindex(b"\nxref") + 1 : pdf.rindex(b"startxref")]
    place = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    opening = pdf.rindex(b"\n", 0, pdf.rindex(b" obj", 0, start)) + 1
    copy = pdf[opening : pdf.index(b"endobj", end) + len(b"endobj\n")]
    forged, moved = place + len(table), place + len(table) + len(copy)
    copy = with_range(copy, lambda numbers: f"0 {numbers[1]} {moved} {numbers[3]}")
    table = table.replace(b"%010d" % opening, b"%010d" % forged)
    return pdf[:end] + b" " * (place - end) + table + copy + pdf[end:]


def signed_otherwise(pdf: bytes, identity: Identity, *, digest: str = "sha256", box=None) -> bytes:
    """Sign with another digest, or with a mark that shows in *box*, on a field of its own."""
    about = PdfSignatureMetadata(field_name="Other", md_algorithm=digest)
    field = SigFieldSpec("Other", box=box)
    signer = PdfSigner(about, signer=identity.signer, new_field_spec=field)
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


# --- forms ---
def with_field(pdf: bytes) -> bytes:
    """Put a text field on the first page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        entries = {"FT": pdf_name("/Tx"), "T": generic.pdf_string("Note")}
        field = note_on(writer, "/Widget", **entries)
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([field])})
        writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
        writer.update_root()

    return appended(pdf, change)


def filled(pdf: bytes, key: str) -> bytes:
    """Write into the text field."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[pdf_name(f"/{key}")] = generic.pdf_string("LGXC74CG5T0000002")
        writer.update_container(field)

    return appended(pdf, change)


def without_notes(pdf: bytes) -> bytes:
    """Take all notes but form fields off the first page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = first_page(writer)
        notes = list.__iter__(page["/Annots"])
        kept = [note for note in notes if note.get_object()["/Subtype"] == "/Widget"]
        page[pdf_name("/Annots")] = generic.ArrayObject(kept)
        writer.update_container(page)

    return appended(pdf, change)


# --- revocation ---
def revocation_list(issuer: Identity, *revoked: Identity, at: datetime) -> bytes:
    """Return *issuer*'s list, DER, with *revoked* on it."""
    listing = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    listing = listing.last_update(at).next_update(at + DAY)
    for identity in revoked:
        entry = x509.RevokedCertificateBuilder()
        entry = entry.serial_number(identity.certificate.serial_number).revocation_date(at)
        listing = listing.add_revoked_certificate(entry.build())
    return listing.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def with_evidence(pdf: bytes, *, lists: tuple[bytes, ...] = (), answers: tuple[bytes, ...] = ()):
    """Append what was known of the certificates' standing (a document security store)."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            crls=[crl.CertificateList.load(content) for content in lists],
            ocsps=[asn1_ocsp.OCSPResponse.load(content) for content in answers],
        )

    return appended(pdf, change)


def with_senseless_evidence(pdf: bytes) -> bytes:
    """Append evidence that is none."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        senseless = writer.add_object(generic.StreamObject(stream_data=b"senseless"))
        store = generic.DictionaryObject()
        for name in ("/CRLs", "/OCSPs"):
            store[pdf_name(name)] = generic.ArrayObject([senseless, generic.NumberObject(1)])
        writer.root[pdf_name("/DSS")] = writer.add_object(store)
        writer.update_root()

    return appended(pdf, change)


def status_answer(
    speaker: Identity,
    *,
    status: ocsp.OCSPCertStatus,
    revoked_at: datetime | None,
    about: Identity | None = None,
) -> bytes:
    """Return what *speaker* says of the certificate of *about*, else the maker's, DER."""
    asked = about or cast().maker
    maker, authority = asked.certificate, asked.issuer.certificate
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=maker,
        issuer=authority,
        algorithm=hashes.SHA1(),
        cert_status=status,
        this_update=NOW,
        next_update=None,
        revocation_time=revoked_at,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, speaker.certificate)
    builder = builder.certificates([speaker.certificate])
    return builder.sign(speaker.key, hashes.SHA256()).public_bytes(Encoding.DER)


def responder(issuer: Identity, purposes: list[x509.ObjectIdentifier]) -> Identity:
    """Return an identity *issuer* issued for *purposes*."""
    plain = under(issuer, "示例状态查询服务")
    old = plain.certificate
    builder = x509.CertificateBuilder().subject_name(old.subject).issuer_name(old.issuer)
    builder = builder.public_key(old.public_key()).serial_number(old.serial_number)
    builder = builder.not_valid_before(NOW - YEAR).not_valid_after(NOW + YEAR)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return replace(plain, certificate=builder.sign(issuer.key, hashes.SHA256()))
