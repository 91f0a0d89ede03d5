"""What the validation of one signature came to. Plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

STANDINGS: Final = frozenset(
    {"valid", "altered", "untrusted", "expired", "revoked", "broken", "unverifiable"}
)
LONGEST: Final = 300
# Later additions after which the document still shows what was signed.
UNSEEN: Final = frozenset({"signed_again", "timestamped", "evidence_added", "details_changed"})


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One electronic signature; *chain* holds the fingerprints of signer and issuers.

    The chain is of the signer alone, or empty, where no certificate believed vouches for it.
    *signed_at* is the signer's own claim. *changes* are ``{"code", …facts}``: what was done to the
    document after signing, or why the signature is worth what it is.
    """

    standing: str
    signer: str
    serial: str
    fingerprint: str
    signed_at: datetime | None
    covers_whole: bool
    changes: tuple[Mapping[str, Any], ...]
    chain: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return the fields as the model takes them."""
        return {
            "standing": self.standing,
            "signer": self.signer,
            "serial": self.serial[:80],
            "fingerprint": self.fingerprint,
            "signed_at": self.signed_at,
            "covers_whole": self.covers_whole,
            "changes": [dict(change) for change in self.changes],
        }


def shows_nothing(changes: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether *changes* were made after signing and none of them can be seen."""
    codes = {str(change.get("code")) for change in changes}
    return bool(codes) and codes <= UNSEEN


def found_signature(answer: Mapping[str, Any]) -> FoundSignature:
    """Read the child's answer about one signature.

    Raises:
        ValueError, LookupError, TypeError: the answer is senseless.

    """
    if answer["standing"] not in STANDINGS:
        raise ValueError(answer["standing"])
    return FoundSignature(
        standing=answer["standing"],
        signer=_plain(answer["signer"]),
        serial=_plain(answer["serial"]),
        fingerprint=_plain(answer["fingerprint"])[:64],
        signed_at=_moment(answer["signed_at"]),
        covers_whole=answer["covers_whole"] is True,
        changes=tuple(_change(change) for change in answer["changes"]),
        chain=tuple(_plain(fingerprint) for fingerprint in answer["chain"]),
    )


def _moment(text: str) -> datetime | None:
    """Return the moment; one without a time zone is taken for UTC."""
    moment = datetime.fromisoformat(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    """Keep code and facts of *change*, texts as a database takes them."""
    facts = {
        _plain(name): value if isinstance(value, int) else _plain(value)
        for name, value in dict(change).items()
    }
    return {**facts, "code": _plain(change["code"])}


def _plain(value: Any) -> str:
    """Return *value* as text that can be stored: a signer may put anything into a certificate."""
    text = str(value).encode("utf-8", "replace").decode().replace("\0", " ")
    return text[:LONGEST]


UNREADABLE: Final = FoundSignature(
    standing="broken",
    signer="",
    serial="",
    fingerprint="",
    signed_at=None,
    covers_whole=False,
    changes=({"code": "unreadable"},),
    chain=(),
)
