"""Measure what a PDF's streams unpack to, without unpacking more than allowed."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pikepdf

from documents.inspection.protocol import Unacceptable

CHUNK: Final = 64 * 1024


class Budget:
    """Decoded bytes that are left for one file."""

    def __init__(self, limit: int) -> None:
        """Allow *limit* decoded bytes, intermediate stages of nested filters included."""
        self.limit = limit
        self.spent = 0

    def spend(self, stream: pikepdf.Stream) -> None:
        """Decode *stream* piece by piece and count.

        Raises:
            Unacceptable: the file's streams unpack to more than the budget.

        """
        pieces: Iterator[bytes] = iter([stream.read_raw_bytes()])
        for name in _filters(stream):
            decode = DECODERS.get(name)
            if decode is None:
                break
            pieces = self._counted(decode(pieces))
        for _ in pieces:
            pass

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.spent += len(piece)
            if self.spent > self.limit:
                raise Unacceptable("too_large_decompressed", limit=self.limit)
            yield piece


def _filters(stream: pikepdf.Stream) -> list[str]:
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        return [str(name) for name in filters]
    return [str(filters)]


def _inflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield until the data ends or breaks; a reader gets no further either."""
    decoder = zlib.decompressobj()
    for piece in pieces:
        while piece and not decoder.eof:
            try:
                yield decoder.decompress(piece, CHUNK)
            except zlib.error:
                return
            piece = decoder.unconsumed_tail


def _from_hex(pieces: Iterator[bytes]) -> Iterator[bytes]:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", b"".join(pieces).partition(b">")[0])
    yield binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _from_base85(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield base64.a85decode(b"".join(pieces).partition(b"~>")[0], ignorechars=b" \t\n\r\v\f\0")
    except ValueError:
        return


DECODERS: Final[Mapping[str, Callable[[Iterator[bytes]], Iterator[bytes]]]] = {
    "/FlateDecode": _inflate,
    "/Fl": _inflate,
    "/ASCIIHexDecode": _from_hex,
    "/AHx": _from_hex,
    "/ASCII85Decode": _from_base85,
    "/A85": _from_base85,
}
