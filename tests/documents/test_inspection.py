"""Uploaded files are opened safely: what is refused, what is flagged, what nothing can break."""

import hashlib
import io
import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw

from documents.confinement.job import ROOT
from documents.inspection.limits import MEGABYTE, Limits
from documents.inspection.runner import read_drawing, read_opening
from documents.inspection.sniff import JPEG, PDF, PNG, recognise, screen
from documents.inspection.verdicts import FLAGS, SENTENCES, Refused
from tests.files import (
    LIMITS,
    VISIBLE,
    Build,
    Inspected,
    blank_pdf,
    built,
    code,
    flags,
    look,
    picture,
    saved,
)

pytestmark = pytest.mark.once

OK_HEAD = {PDF: b"%PDF-1.7\n", PNG: b"\x89PNG\r\n\x1a\n\0\0", JPEG: b"\xff\xd8\xff\xe0\0"}


# --- by the first bytes


@pytest.mark.parametrize("kind", [PDF, PNG, JPEG])
def test_a_type_is_told_by_its_first_bytes(kind: str) -> None:
    assert recognise(OK_HEAD[kind]) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"<html>%PDF-1.7",
        b"\n<%PDF-1.4",
        b" " * 99 + b"%PDF-1.4",
        b"PK\x03\x04",
        b"GIF89a",
        b"MZ",
        b"%!PS",
        b"x",
    ],
)
def test_a_signature_further_on_or_another_type_is_not_recognised(head: bytes) -> None:
    assert recognise(head) is None


def test_blanks_before_a_pdf_are_overlooked(tmp_path: Path) -> None:
    content = b"\r\n " + saved(blank_pdf())

    assert code(look(content, tmp_path)) == "accepted"


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("letter.pdf", PDF, "accepted"),
        ("LETTER.PDF", "Application/PDF; charset=x", "accepted"),
        ("letter", "", "accepted"),
        ("确认书 2026.03", "application/octet-stream", "accepted"),
        ("letter.png", PDF, "type_mismatch"),
        ("letter.exe", PDF, "type_mismatch"),
        ("letter.pdf", PNG, "type_mismatch"),
        ("letter.pdf", "text/html", "type_mismatch"),
    ],
)
def test_name_and_declared_type_must_agree_with_the_content(
    name: str, declared: str, expected: str
) -> None:
    verdict = screen(OK_HEAD[PDF], size=9, name=name, declared_type=declared, limits=LIMITS)

    assert (verdict.code if isinstance(verdict, Refused) else "accepted") == expected


@pytest.mark.parametrize(
    ("head", "name", "words"),
    [
        (b"PK\x03\x04..OFD.xml", "letter.zip", "OFD"),
        (b"PK\x03\x04", "letter.ofd", "OFD"),
        (b"hello", "letter.txt", "PDF、JPEG、PNG、TIFF 和 HEIC"),
    ],
)
def test_an_unsupported_type_is_told_what_to_become(head: bytes, name: str, words: str) -> None:
    verdict = screen(head, size=20, name=name, declared_type="", limits=LIMITS)

    assert isinstance(verdict, Refused)
    assert verdict.code == "unsupported_type"
    assert words in verdict.sentence.zh


def test_an_empty_and_an_oversized_file_are_refused_unread(tmp_path: Path) -> None:
    assert code(look(b"", tmp_path)) == "empty_file"
    assert code(look(b"%PDF-" + b"x" * 100, tmp_path, limits=Limits(max_bytes=50))) == "too_large"


def test_every_sentence_and_flag_speaks_both_languages() -> None:
    for sentence in [*SENTENCES.values(), *FLAGS.values()]:
        assert sentence.zh.endswith("。")
        assert sentence.en.endswith(".")


# --- PDF


def test_a_clean_pdf_gives_pictures_text_and_no_flag(tmp_path: Path) -> None:
    content = saved(blank_pdf(pages=2))

    verdict = look(content, tmp_path)

    assert isinstance(verdict, Inspected)
    assert (verdict.content_type, verdict.flags, verdict.size) == (PDF, (), len(content))
    assert verdict.sha256 == hashlib.sha256(content).hexdigest()
    assert [(page.number, page.text) for page in verdict.pages] == [
        (1, "After-sales letter"),
        (2, "After-sales letter"),
    ]
    with Image.open(verdict.pages[1].path) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1414, 2000))
        assert (verdict.pages[1].width, verdict.pages[1].height) == drawn.size


def action(**entries: Any) -> pikepdf.Dictionary:
    """Return an action or annotation dictionary."""
    return pikepdf.Dictionary(**entries)


def on_open(**entries: Any) -> Build:
    """Return a builder that runs an action when the file opens."""

    def build(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = action(**entries)

    return build


def on_click(**entries: Any) -> Build:
    """Return a builder that adds a link with an action."""

    def build(pdf: pikepdf.Pdf) -> None:
        link = action(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action(**entries))
        link.Rect = pikepdf.Array([0, 0, 9, 9])
        pdf.pages[0].Annots = pikepdf.Array([link])

    return build


def annotated(subtype: str) -> Build:
    """Return a builder that adds an annotation of *subtype*."""

    def build(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = pikepdf.Array([action(Subtype=pikepdf.Name(subtype))])

    return build


def at_root(**entries: Any) -> Build:
    """Return a builder that sets entries of the catalogue."""

    def build(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return build


def attached(pdf: pikepdf.Pdf) -> None:
    """Attach a file."""
    pdf.attachments["payload.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ")


NAME = pikepdf.Name


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(on_open(S=NAME.JavaScript, JS="app.alert(1)"), id="script on open"),
        pytest.param(on_open(S=NAME.URI, URI="https://example.org/"), id="link on open"),
        pytest.param(on_click(S=NAME.JavaScript, JS="app.alert(1)"), id="script on click"),
        pytest.param(on_click(S=NAME.Launch, F="cmd.exe"), id="launch"),
        pytest.param(on_click(S=NAME.SubmitForm, F="https://example.org/"), id="submit"),
        pytest.param(on_click(S=NAME.ImportData, F="x.fdf"), id="import"),
        pytest.param(on_click(S=NAME.GoToE, F="x"), id="embedded target"),
        pytest.param(on_click(S=NAME.GoToR, F="\\\\evil\\share\\x.pdf"), id="UNC path"),
        pytest.param(on_click(S=NAME.GoToR, F=action(UF="file://evil/x")), id="file address"),
        pytest.param(on_click(S=NAME.URI, URI=" JavaScript:alert(1)"), id="script address"),
        pytest.param(on_click(S=NAME.URI, URI="file:///etc/passwd"), id="file link"),
        pytest.param(
            on_click(S=NAME.GoTo, D="x", Next=action(S=NAME.Launch, F="cmd")), id="chained"
        ),
        pytest.param(at_root(AA=action(WC=action(S=NAME.GoTo, D="x"))), id="trigger"),
        pytest.param(at_root(AcroForm=action(XFA="<xdp/>")), id="XFA"),
        pytest.param(at_root(Names=action(JavaScript=action(Names=["a"]))), id="named scripts"),
        pytest.param(at_root(Collection=action(View=NAME.T)), id="portfolio"),
        pytest.param(annotated("/RichMedia"), id="rich media"),
        pytest.param(annotated("/FileAttachment"), id="attachment note"),
        pytest.param(attached, id="attachment"),
    ],
)
def test_active_content_is_refused_wherever_it_hides(build: Build, tmp_path: Path) -> None:
    assert code(look(built(build), tmp_path)) == "active_content"


def test_an_escaped_name_does_not_hide_a_script(tmp_path: Path) -> None:
    content = built(on_open(S=NAME.JavaScript, Z="app.alert(1)"))

    escaped = content.replace(b"/JavaScript", b"/J#61v#61Scr#69pt")

    assert escaped != content
    assert code(look(escaped, tmp_path)) == "active_content"


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (on_open(S=NAME.GoTo, D="start"), ()),
        (at_root(AA=action()), ()),
        (on_click(S=NAME.URI, URI="https://example.org/"), ("active_link",)),
        (on_click(S=NAME.GoToR, F="appendix.pdf"), ("active_link",)),
        (at_root(Sig=action(ByteRange=[0, 1, 2, 3], Contents=b"")), ("signature_present",)),
    ],
)
def test_harmless_entries_pass_with_the_right_flag(
    build: Build, expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert flags(look(built(build), tmp_path)) == expected


def test_a_password_is_refused_and_an_owner_password_flagged(tmp_path: Path) -> None:
    locked = saved(blank_pdf(), encryption=pikepdf.Encryption(user="a", owner="b"))
    restricted = saved(blank_pdf(), encryption=pikepdf.Encryption(user="", owner="b"))

    assert code(look(locked, tmp_path)) == "file_encrypted"
    assert flags(look(restricted, tmp_path)) == ("encrypted_owner",)


def test_one_page_too_many_is_refused(tmp_path: Path) -> None:
    limits = Limits(max_pages=2)

    assert code(look(saved(blank_pdf(pages=2)), tmp_path, limits=limits)) == "accepted"
    assert code(look(saved(blank_pdf(pages=3)), tmp_path, limits=limits)) == "too_many_pages"


def test_a_long_paper_is_drawn_by_several_children_in_order(tmp_path: Path) -> None:
    pdf = blank_pdf(pages=12)
    for number, page in enumerate(pdf.pages, start=1):
        page.Contents = pdf.make_stream(b"BT /F1 24 Tf 72 700 Td (Page %d) Tj ET" % number)

    verdict = look(saved(pdf), tmp_path)

    assert isinstance(verdict, Inspected)
    told = [(page.number, page.text, page.path.name) for page in verdict.pages]
    assert told == [(n, f"Page {n}", f"page-{n:03}.webp") for n in range(1, 13)]


def test_a_paper_that_takes_too_long_altogether_is_given_up(tmp_path: Path) -> None:
    hasty = replace(LIMITS, drawing_seconds=-1)

    assert code(look(saved(blank_pdf()), tmp_path, limits=hasty)) == "file_unreadable"


def test_a_pdf_without_pages_is_refused(tmp_path: Path) -> None:
    assert code(look(saved(pikepdf.new()), tmp_path)) == "file_unreadable"


def with_stream(data: bytes, filters: str | list[str], **entries: Any) -> bytes:
    """Return a PDF that also holds a stream of already encoded *data*."""
    pdf = blank_pdf()
    names = [filters] if isinstance(filters, str) else filters
    stream = pikepdf.Stream(pdf, data, Filter=pikepdf.Array([NAME(name) for name in names]))
    for key, value in entries.items():
        stream[f"/{key}"] = value
    pdf.pages[0].Extra = pdf.make_indirect(stream)
    return saved(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)


def test_streams_that_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    once = zlib.compress(bytes(120 * MEGABYTE))
    twice = zlib.compress(once)
    hexed = twice.hex().encode() + b">"

    assert code(look(with_stream(once, "/FlateDecode"), tmp_path)) == "too_large_decompressed"
    assert code(look(with_stream(hexed, ["/AHx", "/Fl", "/Fl"]), tmp_path)) == (
        "too_large_decompressed"
    )


def test_a_stream_within_the_budget_passes(tmp_path: Path) -> None:
    content = with_stream(zlib.compress(bytes(20 * MEGABYTE)), "/FlateDecode")

    assert code(look(content, tmp_path)) == "accepted"


def test_garbage_behind_a_packed_stream_is_overlooked(tmp_path: Path) -> None:
    content = with_stream(zlib.compress(bytes(200_000)) + b"\r\n garbage" * 9, "/FlateDecode")

    assert code(look(content, tmp_path)) == "accepted"


def test_a_huge_picture_inside_a_pdf_is_refused(tmp_path: Path) -> None:
    content = with_stream(b"x", "/DCTDecode", Width=30_000, Height=30_000)

    assert code(look(content, tmp_path)) == "too_many_pixels"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda content: content + b"<script>", ("trailing_data",)),
        (lambda content: content + b"\r\n\0\n", ()),
        (lambda content: content + b"\n%comment\n%%EOF\n", ("revisions",)),
        (lambda content: content.replace(b"startxref\n", b"startxref\n9"), ("repaired",)),
    ],
)
def test_what_was_done_to_the_file_afterwards_is_flagged(
    spoil: Callable[[bytes], bytes], expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert flags(look(spoil(saved(blank_pdf())), tmp_path)) == expected


def test_a_cut_off_pdf_is_unreadable(tmp_path: Path) -> None:
    assert code(look(saved(blank_pdf())[:120], tmp_path)) == "file_unreadable"


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(b"1 g " + VISIBLE, id="white"),
        pytest.param(b"3 Tr " + VISIBLE, id="invisible"),
        pytest.param(VISIBLE + b" 0.5 g 0 600 595 242 re f", id="covered"),
        pytest.param(VISIBLE.replace(b"72 700", b"72 900"), id="off the page"),
    ],
)
def test_text_that_nobody_can_see_is_flagged(contents: bytes, tmp_path: Path) -> None:
    assert flags(look(saved(blank_pdf(contents=contents)), tmp_path)) == ("hidden_text",)


def test_a_page_cut_loose_from_the_file_is_flagged(tmp_path: Path) -> None:
    content = saved(blank_pdf(pages=2), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(io.BytesIO(content)) as written:
        numbers = [page.objgen[0] for page in written.pages]
    both = b"[ %d 0 R %d 0 R ]" % tuple(numbers)
    one = b"[ %d 0 R       ]" % numbers[0]

    edited = content.replace(both, one.ljust(len(both))).replace(b"/Count 2", b"/Count 1")

    assert edited != content
    assert "hidden_text" in flags(look(edited, tmp_path))


# --- pictures


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_clean_picture_gives_one_page_and_no_flag(kind: str, tmp_path: Path) -> None:
    verdict = look(picture(kind), tmp_path, kind=f"image/{kind.lower()}")

    assert isinstance(verdict, Inspected)
    assert verdict.flags == ()
    assert [(page.width, page.height, page.text) for page in verdict.pages] == [(600, 800, "")]


def test_a_large_picture_is_drawn_smaller(tmp_path: Path) -> None:
    verdict = look(picture(size=(4000, 1000)), tmp_path, kind=PNG)

    assert isinstance(verdict, Inspected)
    assert (verdict.pages[0].width, verdict.pages[0].height) == (2400, 600)


def test_a_photograph_is_turned_upright_and_loses_its_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker of the camera"

    verdict = look(picture("JPEG", exif=exif), tmp_path, kind=JPEG)

    assert isinstance(verdict, Inspected)
    assert (verdict.pages[0].width, verdict.pages[0].height) == (800, 600)
    assert b"Maker of the camera" not in verdict.pages[0].path.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_can_be_drawn(mode: str, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (500, 500)).save(buffer, "PNG")

    assert flags(look(buffer.getvalue(), tmp_path, kind=PNG)) == ("colourless",)


@pytest.mark.parametrize(
    ("paper", "ink", "expected"),
    [
        ("white", "firebrick", ()),
        ("ivory", "dimgrey", ()),
        ("white", "dimgrey", ("colourless",)),
        ("gainsboro", "black", ("colourless",)),
    ],
)
def test_a_scan_without_colour_is_told_from_one_in_colour(
    paper: str, ink: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    scan = Image.new("RGB", (1200, 1600), paper)
    ImageDraw.Draw(scan).ellipse((800, 1200, 1000, 1400), outline=ink, width=6)
    buffer = io.BytesIO()
    scan.save(buffer, "JPEG", quality=70)

    assert flags(look(buffer.getvalue(), tmp_path, kind=JPEG)) == expected


def animation() -> bytes:
    """Return a PNG of two frames."""
    second = Image.new("RGB", (600, 800), "red")
    return picture(save_all=True, append_images=[second])


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (animation(), PNG, ("animated",)),
        (picture() + b"PK\x03\x04", PNG, ("trailing_data",)),
        (picture("JPEG") + b"PK\x03\x04", JPEG, ("trailing_data",)),
        (picture("JPEG", comment=b"<?php system($_GET[0]); ?>"), JPEG, ("sanitised",)),
        (picture(size=(300, 300)), PNG, ("low_resolution",)),
    ],
)
def test_an_odd_picture_is_flagged(
    content: bytes, kind: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert flags(look(content, tmp_path, kind=kind)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture()[:-40], PNG),
        (picture("JPEG")[:-400], JPEG),
        (picture().replace(b"IDAT", b"IDAT\0", 1), PNG),
    ],
)
def test_a_broken_picture_is_unreadable(content: bytes, kind: str, tmp_path: Path) -> None:
    assert code(look(content, tmp_path, kind=kind)) == "file_unreadable"


def test_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    content = picture(size=(100, 100))
    header = content[12:16] + (50_000).to_bytes(4, "big") * 2 + content[24:29]
    bomb = content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:]

    assert code(look(bomb, tmp_path, kind=PNG)) == "too_many_pixels"


# --- the wall between the file and us


def in_child(statements: str) -> subprocess.CompletedProcess[str]:
    """Run *statements* in a process confined to one second of work and 256 MB."""
    confined = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from documents.confinement.bounds import Bounds\n"
        "from documents.confinement.child import confine\n"
        "confine(Bounds(cpu_seconds=1, wall_seconds=1, address_space=256 * 1024 * 1024))\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", confined + statements],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_child_works_within_its_limits() -> None:
    assert in_child("print(len(bytearray(64 * 1024 * 1024)))").stdout == "67108864\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_the_child_cannot_take_more_memory() -> None:
    assert "MemoryError" in in_child("bytearray(512 * 1024 * 1024)").stderr


@pytest.mark.parametrize("statements", ["while True: pass", "import time; time.sleep(20)"])
def test_the_child_dies_when_its_time_is_up(statements: str) -> None:
    assert in_child(statements).returncode < 0


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux")
def test_the_child_reaches_no_network() -> None:
    allowed = subprocess.run(["unshare", "-Un", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("this machine lets no user make a network namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=1)"
        freely = subprocess.run([sys.executable, "-c", connect], check=False)

        assert freely.returncode == 0
        assert in_child(connect).returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_a_file_that_needs_more_memory_than_allowed_is_refused(tmp_path: Path) -> None:
    content = picture(size=(6000, 6000))
    small = replace(LIMITS, memory=128 * MEGABYTE)

    assert code(look(content, tmp_path, kind=PNG)) == "accepted"
    assert code(look(content, tmp_path, kind=PNG, limits=small)) == "too_large_decompressed"


def test_a_child_that_is_killed_means_unreadable(tmp_path: Path) -> None:
    at_once = replace(LIMITS, wall_seconds=0)

    assert code(look(saved(blank_pdf()), tmp_path, limits=at_once)) == "file_unreadable"


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b"[" * 200_000, id="endless nesting"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b"7", id="a number"),
        pytest.param(b'{"pages": [], "flags": [], "of": 9}', id="no pages"),
        pytest.param(b'{"pages": [{}], "flags": [], "of": 1}', id="a page without a picture"),
        pytest.param(b'{"pages": [{"width": 1e999}], "flags": [], "of": 1}', id="an infinite page"),
        pytest.param(b'{"refused": "no such code", "facts": {}}', id="an unknown refusal"),
        pytest.param(b'{"refused": "too_large", "facts": []}', id="facts of another shape"),
    ],
)
def test_a_senseless_report_means_unreadable(report: bytes, tmp_path: Path) -> None:
    unreadable = Refused("file_unreadable", {})

    assert read_drawing(report, out_dir=tmp_path) == unreadable
    assert read_opening(report, content_type=PDF, sha256="", size=1) == unreadable


def test_a_report_cannot_name_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "page-001.webp").symlink_to("/etc/hostname")
    page = {"width": 1, "height": 1, "text": "", "path": "/etc/hostname", "lines": []}
    page |= {"trustworthy": False, "long_side_mm": None}
    report = json.dumps({"pages": [page], "flags": [], "of": 1}).encode()

    assert read_drawing(report, out_dir=tmp_path) == Refused("file_unreadable", {})


def test_the_process_that_asks_never_loads_a_parser(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(saved(blank_pdf()))
    asks = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from documents.inspection.runner import open_file\n"
        f"path = Path({str(path)!r})\n"
        "verdict = open_file(path, name='a.pdf', declared_type='')\n"
        "parsers = {'PIL', 'pikepdf', 'pypdfium2', 'pypdfium2_raw'} & sys.modules.keys()\n"
        "print(type(verdict).__name__, sorted(parsers), 'django' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", asks], capture_output=True, text=True, check=True
    ).stdout

    assert told == "Opened [] False\n"
