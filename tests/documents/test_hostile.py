"""Files made to break whoever opens them: each ends with a sentence, soon, and harms nothing."""

import io
import os
import signal
import struct
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from documents import pipeline
from documents.inspection.sniff import HEIC, PDF, PNG, TIFF
from documents.inspection.verdicts import Refused
from documents.models import Document
from exports.errors import UploadRefused
from exports.models import Event, Exporter, User
from tests.factories import NOON, make_letter_pdf, make_vehicle, upload
from tests.files import Inspected, blank_pdf, code, look, picture, saved
from tests.services import until

GIGAPIXEL = 32_768
Make = Callable[[], bytes]


def many_pages() -> bytes:
    """A PDF of 10,000 pages in one list."""
    pdf = pikepdf.new()
    kids = pikepdf.Array([])
    for _ in range(10_000):
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, Parent=pdf.Root.Pages)
        page.MediaBox = [0, 0, 595, 842]
        kids.append(pdf.make_indirect(page))
    pdf.Root.Pages.Kids, pdf.Root.Pages.Count = kids, 10_000
    return saved(pdf)


def branching_pages() -> bytes:
    """A PDF whose tree of pages branches by tens, four levels deep: 10,000 times the same leaf."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(4):
        kids = b" ".join([b"%d 0 R" % (level + 3)] * 10)
        objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (10 ** (4 - level), kids))
    objects.append(b"<</Type/Page/MediaBox[0 0 595 842]>>")
    rows = (b"%d 0 obj %s endobj\n" % numbered for numbered in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + b"".join(rows) + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def circling_pages() -> bytes:
    """A PDF whose tree of pages contains itself."""
    pdf = blank_pdf()
    pdf.Root.Pages.Kids = pikepdf.Array([pdf.Root.Pages, pdf.pages[0].obj])
    return saved(pdf)


def forms_in_forms() -> bytes:
    """A PDF that draws a form of ten forms of ten forms …: 10^12 lines in 3 kB."""
    pdf = blank_pdf()
    content, resources = b"0 0 m 500 500 l S", pikepdf.Dictionary()
    for _ in range(12):
        form = pdf.make_stream(content)
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox, form.Resources = [0, 0, 595, 842], resources
        content = b"/F Do " * 10
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    pdf.pages[0].Contents = pdf.make_stream(content)
    pdf.pages[0].Resources = resources
    return saved(pdf)


def deep_nesting() -> bytes:
    """A PDF with an array in an array in an array …, a million deep."""
    return saved(blank_pdf()).replace(b"/Rotate", b"/R") + b"\n9 0 obj\n" + b"[" * 1_000_000


def bombs_in_a_bomb() -> bytes:
    """A PDF of 2 kB with a stream that unpacks to one that unpacks to 256 MB."""
    inner = zlib.compress(bytes(256 * 1024 * 1024))
    pdf = blank_pdf()
    filters = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
    pdf.pages[0].Extra = pdf.make_indirect(
        pikepdf.Stream(pdf, zlib.compress(inner), Filter=filters)
    )
    return saved(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)


def gigapixel_png() -> bytes:
    """A whole and valid PNG of one gigapixel in some hundred kilobytes."""
    rows = zlib.compressobj(9)
    line = bytes(GIGAPIXEL // 8 + 1)
    data = b"".join([*(rows.compress(line * 64) for _ in range(GIGAPIXEL // 64)), rows.flush()])
    header = struct.pack(">IIBBBBB", GIGAPIXEL, GIGAPIXEL, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def gigapixel_tiff() -> bytes:
    """A whole and valid TIFF of one gigapixel in some ten kilobytes."""
    return tiff(Image.new("1", (GIGAPIXEL, GIGAPIXEL)), compression="group4")


def gigapixel_heic() -> bytes:
    """A HEIC that says it is one gigapixel large."""
    content = picture("HEIF")
    return content.replace(struct.pack(">II", 600, 800), struct.pack(">II", GIGAPIXEL, GIGAPIXEL))


def endless_tiff() -> bytes:
    """A TIFF whose only page is followed by itself."""
    content = bytearray(tiff(Image.new("L", (500, 500), "white")))
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    return bytes(content)


def thick_tiff() -> bytes:
    """A TIFF of 51 small pages."""
    page = Image.new("L", (10, 10))
    return tiff(page, save_all=True, append_images=[page] * 50)


def tiff(image: Image.Image, **options: object) -> bytes:
    """Return *image* as a TIFF."""
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", **options)
    return buffer.getvalue()


HOSTILE = [
    (many_pages, PDF, "too_many_pages"),
    (branching_pages, PDF, "file_unreadable"),
    (circling_pages, PDF, "file_unreadable"),
    (forms_in_forms, PDF, "file_unreadable"),
    (bombs_in_a_bomb, PDF, "too_large_decompressed"),
    (gigapixel_png, PNG, "too_many_pixels"),
    (gigapixel_tiff, TIFF, "too_many_pixels"),
    (gigapixel_heic, HEIC, "too_many_pixels"),
    (thick_tiff, TIFF, "too_many_pages"),
]


@pytest.mark.parametrize(("make", "kind", "expected"), HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(
    make: Make, kind: str, expected: str, tmp_path: Path
):
    verdict = look(make(), tmp_path, kind=kind)

    assert code(verdict) == expected
    assert isinstance(verdict, Refused)
    assert verdict.sentence.zh
    assert verdict.sentence.en


@pytest.mark.parametrize(("make", "kind"), [(deep_nesting, PDF), (endless_tiff, TIFF)])
def test_what_never_ends_is_read_to_an_end(make: Make, kind: str, tmp_path: Path):
    verdict = look(make(), tmp_path, kind=kind)

    assert isinstance(verdict, Refused) or len(verdict.pages) == 1


# --- good files of the kinds that are often abused -----------------------------------------------
@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        ("1", "group4"),
        ("L", "jpeg"),
        ("RGB", "tiff_lzw"),
        ("CMYK", "tiff_adobe_deflate"),
        ("I;16", None),
        ("RGBA", None),
    ],
)
def test_a_scanner_s_tiff_is_drawn(mode: str, compression: str | None, tmp_path: Path):
    options = {"compression": compression} if compression else {}
    verdict = look(tiff(Image.new(mode, (1240, 1754)), **options), tmp_path, kind=TIFF)

    assert isinstance(verdict, Inspected)
    assert [(page.width, page.height) for page in verdict.pages] == [(1240, 1754)]


def test_every_page_of_a_tiff_is_drawn_in_order(tmp_path: Path):
    pages = [Image.new("L", (700, 900), 30 * number) for number in range(8)]
    content = tiff(pages[0], save_all=True, append_images=pages[1:])

    verdict = look(content, tmp_path, kind=TIFF)

    assert isinstance(verdict, Inspected)
    greys = [Image.open(page.path).convert("L").getpixel((350, 450)) for page in verdict.pages]
    assert greys == pytest.approx([30 * number for number in range(8)], abs=3)


def test_a_phone_s_heic_is_drawn_upright_and_without_where_it_was_taken(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (39.0, 7.0, 0.0)}

    verdict = look(picture("HEIF", size=(900, 600), exif=exif.tobytes()), tmp_path, kind=HEIC)

    assert isinstance(verdict, Inspected)
    with Image.open(verdict.pages[0].path) as drawn:
        assert drawn.size == (600, 900)
        assert not drawn.getexif()


def test_half_a_heic_is_unreadable(tmp_path: Path):
    assert code(look(picture("HEIF")[:300], tmp_path, kind=HEIC)) == "file_unreadable"


# --- on the way of a document ---------------------------------------------------------------------
@pytest.mark.django_db
def test_a_gigapixel_is_refused_once_and_nothing_of_it_is_shown(exporter: Exporter, clerk: User):
    content = gigapixel_png()
    bomb = upload(exporter, content, by=clerk, name="scan.png", content_type="image/png")

    pipeline.complete(bomb.pk, at=NOON)
    pipeline.complete(bomb.pk, at=NOON)

    bomb.refresh_from_db()
    assert (bomb.state, bomb.refusal) == ("refused", "too_many_pixels")
    assert not bomb.pages.exists()
    assert Event.objects.filter(action="document.refused").count() == 1


@pytest.mark.django_db
def test_an_ofd_is_turned_away_with_what_to_do(exporter: Exporter, clerk: User):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as ofd:
        ofd.writestr("OFD.xml", "<ofd:OFD/>")

    with pytest.raises(UploadRefused, match="PDF") as refused:
        upload(exporter, buffer.getvalue(), by=clerk, name="letter.ofd", content_type="")

    assert "OFD" in str(refused.value)
    assert not Document.objects.exists()


def kill_first_drawer() -> None:
    """Kill the first child of this process that draws pages."""
    until(lambda: [os.kill(pid, signal.SIGKILL) for pid in drawers()], what="a child that draws")


def drawers() -> list[int]:
    """Return the children of this process that draw pages now."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = f"\nPPid:\t{os.getpid()}\n" in (place / "status").read_text()
            if is_ours and b'"out_dir"' in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
@pytest.mark.django_db
def test_a_child_that_is_killed_takes_only_its_document_along(exporter: Exporter, clerk: User):
    doomed = upload(exporter, forms_in_forms(), by=clerk)
    letter = upload(exporter, make_letter_pdf([make_vehicle(exporter, by=clerk)]), by=clerk)
    killer = threading.Thread(target=kill_first_drawer)
    killer.start()

    pipeline.complete(doomed.pk, at=NOON)
    killer.join()
    pipeline.complete(letter.pk, at=NOON)

    states = Document.objects.order_by("pk").values_list("state", "refusal")
    assert list(states) == [("broken", "file_unreadable"), ("ready", "")]
