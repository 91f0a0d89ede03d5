"""Validate the signatures of a PDF with pyHanko. Runs only inside the child process."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from documents.signatures.judging import MALFORMED, READABLE, Ground, Verdict, fault, judge
from documents.signatures.prints import entry

MOST: Final = 20
TIME_STAMP: Final = "/DocTimeStamp"
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A filled signature field: what it holds, or why that cannot be read."""

    found: EmbeddedPdfSignature | None
    fault: Verdict | None = None

    @property
    def revision(self) -> int:
        """Return the revision the signature was made in; unreadable ones come last."""
        return sys.maxsize if self.found is None else int(self.found.signed_revision)

    @property
    def is_time_stamp(self) -> bool:
        """Tell whether it only says when the file was as it is."""
        return self.found is not None and self.found.sig_object_type == TIME_STAMP


def perform(request: Mapping[str, Any]) -> Answer:
    """Return what each signature of the file at ``path`` is worth, in the order of signing."""
    texts = json.loads(Path(request["trusted"]).read_text())
    roots = [root for text in texts if (root := certificate(text))]
    path = Path(request["path"])
    now = datetime.now(UTC)
    with path.open("rb") as file:
        fields = fields_of(PdfFileReader(file, strict=False))
        data = path.read_bytes()
        signed = [field for field in fields if not field.is_time_stamp]
        grounds = [Ground(data, roots, now, later_than(field, fields)) for field in signed]
        answers = [answer(*pair) for pair in zip(signed, grounds, strict=True)]
    return {"signatures": answers or [blank(fault("broken", "outside_form"))]}


def certificate(text: str) -> x509.Certificate | None:
    """Return the certificate in PEM *text*; ``None`` for one that only its keeper could read.

    One such must not keep every letter from being checked.
    """
    try:
        root = x509.Certificate.load(pem.unarmor(text.encode())[2], strict=True)
        return root if root.native and root.sha256 else None
    except MALFORMED:
        return None


def fields_of(reader: PdfFileReader) -> list[Field]:
    """Return the filled signature fields in the order they were signed, at most ``MOST``."""
    return sorted(_fields(reader), key=lambda field: field.revision)[:MOST]


def _fields(reader: PdfFileReader) -> Iterator[Field]:
    # pyHanko's own list leaves out formats it does not know, and fails as a whole if one is odd.
    for name, value, reference in enumerate_sig_fields(reader, filled_status=True):
        try:
            yield Field(EmbeddedPdfSignature(reader, reference, name))
        except MALFORMED:
            yield Field(None, _of_unreadable(value))


def _of_unreadable(value: Any) -> Verdict:
    known = str(entry(value.get_object(), "/SubFilter")) in READABLE
    return fault("broken", "malformed") if known else fault("unverifiable", "unknown_format")


def later_than(field: Field, fields: list[Field]) -> tuple[int, int]:
    """Count the signatures and the time stamps made after *field*'s."""
    later = [other.is_time_stamp for other in fields if other.revision > field.revision]
    return later.count(False), later.count(True)


def answer(field: Field, ground: Ground) -> Answer:
    """Return the facts of one signature as JSON."""
    if field.found is None:
        return blank(field.fault or fault("broken", "malformed"))
    verdict = judge(field.found, ground)
    return blank(verdict) | signer_facts(field.found)


def blank(verdict: Verdict) -> Answer:
    """Return *verdict* as JSON, of a signer nothing is known of."""
    return {
        "standing": verdict.standing,
        "changes": list(verdict.changes),
        "chain": list(verdict.chain),
        "covers_whole": verdict.whole,
        "signer": "",
        "serial": "",
        "fingerprint": "",
        "signed_at": "",
    }


def signer_facts(found: EmbeddedPdfSignature) -> Answer:
    """Return who the signature says made it and when, as far as it can be read."""
    try:
        signer, claimed = found.signer_cert, found.self_reported_timestamp
        return {
            "signer": name_of(signer),
            "serial": f"{signer.serial_number:x}",
            "fingerprint": signer.sha256.hex(),
            "signed_at": claimed.isoformat() if claimed else "",
        }
    except MALFORMED:
        return {}


def name_of(signer: x509.Certificate) -> str:
    """Return the organisation the certificate names, or else its common name."""
    names = signer.subject.native
    return str(names.get("organization_name") or names.get("common_name") or "")
