"""Reading page pictures for real: words, turned pages, doubts; and a reader that may die."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bench.letters.seals import SealDesign, draw_seal, font
from documents.confinement.bounds import MEGABYTE
from documents.vision import client
from documents.vision.client import Eyes, EyesShut
from documents.vision.found import PageSeen, SeenText

pytestmark = pytest.mark.once

MAKER = "比亚迪汽车有限公司"
VINS = ("LGXCE6CBXS0123454", "LC0CE4CBXT0001234", "LS5A3DKE6TA700211")
WORDS = (
    "售后维修服务确认书",
    "After-sales Service Confirmation",
    f"生产企业：{MAKER}",
    "出口国别：哈萨克斯坦",
    *VINS,
    "签发日期：2026年3月18日",
)
# The pictures we draw are 2000 points high: an A4 page at this scale.
PX_PER_MM = 2000 / 297
WIDTH, HEIGHT = 1414, 2000
TOP, STEP = 240, 110
Save = Callable[[Image.Image], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Keep a page as the pipeline keeps the pictures it drew."""

    def keep(page: Image.Image) -> Path:
        path = tmp_path / "page.webp"
        page.save(path, quality=82)
        return path

    return keep


@pytest.fixture
def read(save: Save, tmp_path: Path) -> Callable[[Image.Image], PageSeen]:
    return lambda page: client.read_page(save(page), upright=tmp_path / "upright.webp")


@contextmanager
def eyes() -> Iterator[Eyes]:
    """A looking process of the test's own."""
    opened = Eyes()
    try:
        yield opened
    finally:
        opened.close()


def letter(*, red: str = "") -> Image.Image:
    """Return a short letter; *red* is a headline in red ink."""
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(page)
    pen.text((160, 100), red, font=font(52), fill=(205, 30, 38))
    for number, line in enumerate(WORDS):
        pen.text((160, TOP + number * STEP), line, font=font(34), fill=(25, 25, 25))
    return page


def sealed(page: Image.Image, *, over: int) -> Image.Image:
    """Press a strong seal over line *over* of the letter."""
    seal = draw_seal(SealDesign(MAKER), px_per_mm=PX_PER_MM, turn=11)
    page.paste(seal, (240, TOP + over * STEP - seal.height // 2), seal)
    pen = ImageDraw.Draw(page)
    # Ink darkens what is printed under it and never hides it.
    for number, line in enumerate(WORDS):
        pen.text((160, TOP + number * STEP), line, font=font(34), fill=(25, 20, 20))
    return page


def texts(seen: PageSeen) -> list[str]:
    return [line.text.replace(" ", "") for line in seen.lines]


def line_with(seen: PageSeen, text: str) -> SeenText:
    (line,) = [line for line in seen.lines if text in line.text]
    return line


# --- words ----------------------------------------------------------------------------------------
def test_every_line_of_a_letter_is_read(read):
    seen = read(letter())

    assert texts(seen) == [line.replace(" ", "") for line in WORDS]
    assert (seen.turned, seen.redrawn) == (0, False)


def test_a_line_says_where_it_stands(read):
    seen = read(letter())

    left, top, width, height = line_with(seen, VINS[0]).box
    middle = TOP + WORDS.index(VINS[0]) * STEP + 22
    assert abs((top + height / 2) * HEIGHT - middle) < 12
    assert abs(left * WIDTH - 160) < 15
    assert 0.15 < width < 0.4


def test_clear_words_are_read_surely(read):
    seen = read(letter())

    assert all(line_with(seen, vin).confidence > 0.9 for vin in VINS)


def test_words_under_a_seal_are_read(read):
    over = WORDS.index(VINS[1])

    seen = read(sealed(letter(), over=over))

    assert set(VINS) <= set(texts(seen))


def test_a_headline_in_red_is_read(read):
    assert MAKER in texts(read(letter(red=MAKER)))


def test_a_smudged_vin_is_not_read_surely(read):
    page = letter()
    # The fifth sign of the VIN is half rubbed out.
    y = TOP + WORDS.index(VINS[0]) * STEP
    pen = ImageDraw.Draw(page)
    before = font(34).getlength(VINS[0][:4])
    pen.rectangle((160 + before + 6, y, 160 + before + 24, y + 44), fill="white")

    seen = read(page)

    assert not [line for line in seen.lines if line.text == VINS[0]]
    row = [line for line in seen.lines if VINS[0][8:] in line.text]
    assert all(line.confidence < 0.6 or len(line.text) != 17 for line in row)


def test_an_empty_page_has_no_words(read):
    assert read(Image.new("RGB", (WIDTH, HEIGHT), "white")).lines == ()


# --- turned pages ---------------------------------------------------------------------------------
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_or_head_is_stood_upright(read, tmp_path: Path, turn: int):
    seen = read(letter().rotate(turn, expand=True))

    # Pillow turns anticlockwise, so as many degrees clockwise set the page right.
    assert (seen.turned, seen.redrawn) == (turn, True)
    assert texts(seen) == [line.replace(" ", "") for line in WORDS]
    with Image.open(tmp_path / "upright.webp") as upright:
        assert upright.size == (WIDTH, HEIGHT)


def test_a_skewed_page_is_drawn_level(read, tmp_path: Path):
    seen = read(letter().rotate(2.5, fillcolor="white", resample=Image.Resampling.BICUBIC))

    assert (seen.turned, seen.redrawn) == (0, True)
    assert set(VINS) <= set(texts(seen))
    again = client.read_page(tmp_path / "upright.webp", upright=tmp_path / "again.webp")
    assert not again.redrawn
    for vin in VINS:
        told, shown = line_with(seen, vin).box, line_with(again, vin).box
        assert all(abs(one - other) < 0.01 for one, other in zip(told, shown, strict=True))


# --- boxes ----------------------------------------------------------------------------------------
def test_single_boxes_are_read(save: Save):
    y = TOP + WORDS.index(VINS[2]) * STEP
    box = (150 / WIDTH, (y - 4) / HEIGHT, 420 / WIDTH, 54 / HEIGHT)
    nothing = (0.6, 0.9, 0.3, 0.02)

    (text, confidence), (blank, _unsure) = client.read_boxes(save(letter()), [box, nothing])

    assert (text, blank) == (VINS[2], "")
    assert confidence > 0.9


# --- a process that may die -----------------------------------------------------------------------
def test_a_reader_killed_mid_page_is_replaced(read, save: Save, tmp_path: Path):
    page, victim = save(letter()), client.process_id()
    killer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
    killer.start()

    with pytest.raises(EyesShut):
        client.read_page(page, upright=tmp_path / "upright.webp")

    killer.join()
    assert set(VINS) <= set(texts(read(letter())))
    assert client.process_id() != victim


def test_what_is_no_picture_costs_no_process(tmp_path: Path):
    path = tmp_path / "page.webp"
    path.write_bytes(b"RIFF but no picture")
    before = client.process_id()

    with pytest.raises(EyesShut, match="no picture"):
        client.read_page(path, upright=tmp_path / "upright.webp")

    assert client.process_id() == before


def test_a_wedged_reader_is_killed(save: Save):
    question = {"do": "read", "picture": str(save(letter())), "upright": "", "seconds": 60}
    with eyes() as wedged:
        os.kill(wedged.process.pid, signal.SIGSTOP)

        with pytest.raises(EyesShut):
            wedged.ask(question, seconds=0.3, memory=client.MEMORY)

        assert wedged.process.poll() == -signal.SIGKILL
        assert not wedged.usable


def test_a_reader_ends_itself_where_nobody_watches(tmp_path: Path):
    never = tmp_path / "page.webp"
    os.mkfifo(never)
    question = {"do": "read", "picture": str(never), "upright": "", "seconds": 0}
    with eyes() as forgotten:
        assert forgotten.process.stdin
        forgotten.process.stdin.write(json.dumps(question).encode() + b"\n")
        forgotten.process.stdin.flush()

        assert forgotten.process.wait(timeout=60) == -signal.SIGALRM


def test_a_reader_that_holds_too_much_memory_is_killed(save: Save):
    question = {"do": "read", "picture": str(save(letter())), "upright": "", "seconds": 60}
    with eyes() as greedy:
        with pytest.raises(EyesShut, match="memory"):
            greedy.ask(question, seconds=60, memory=100 * MEGABYTE)

        assert greedy.process.poll() == -signal.SIGKILL


def test_a_reader_holds_less_memory_than_it_may(read):
    read(letter())

    status = Path(f"/proc/{client.process_id()}/status").read_text().splitlines()
    (peak,) = [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")]
    assert peak < client.MEMORY


def test_a_worn_out_reader_is_replaced(read, monkeypatch):
    read(letter())
    before = client.process_id()
    monkeypatch.setattr(client, "MOST_ANSWERS", 1)

    assert client.process_id() != before


class Interrupted(BaseException):
    """Somebody called the worker off."""


def test_an_interrupted_question_leaves_no_answer_behind(save: Save, tmp_path: Path):
    def interrupt(_signal: int, _frame: object) -> None:
        raise Interrupted

    page, upright = save(letter()), tmp_path / "upright.webp"
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Interrupted):
            client.read_page(page, upright=upright)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert client.examine_page(page, long_side_mm=297.0).seals == ()


def test_a_forked_worker_opens_eyes_of_its_own():
    ours = client.process_id()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            os.write(writer, str(client.process_id()).encode())
            client.shut()
        os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)

    assert theirs != ours
    assert client.process_id() == ours


def test_the_reader_ends_with_the_worker_that_opened_it():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from documents.vision import client;"
            "print(client.process_id(), flush=True);"
            "os.kill(os.getpid(), 9)",
        ],
        capture_output=True,
        check=False,
        cwd=client.ROOT,
    )
    orphan = Path(f"/proc/{int(told.stdout)}")

    for _ in range(200):
        if not orphan.exists() or " Z " in (orphan / "stat").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the reader outlived its worker")


# --- what a worker loads --------------------------------------------------------------------------
def test_asking_loads_nothing_that_looks():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, documents.vision.client;"
            "heavy = {'cv2', 'numpy', 'onnxruntime', 'rapidocr', 'PIL', 'django'};"
            "print(*heavy & set(sys.modules))",
        ],
        capture_output=True,
        check=True,
        text=True,
        cwd=client.ROOT,
    )

    assert told.stdout.split() == []


def test_the_models_come_with_the_package(save: Save, tmp_path: Path):
    guard = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'): sys.exit(9)\n"
        "sys.addaudithook(refuse)\n"
        "from documents.vision import pages\n"
        "print(len(pages.read(sys.argv[1], upright=sys.argv[2])['lines']))"
    )
    told = subprocess.run(
        [sys.executable, "-c", guard, str(save(letter())), str(tmp_path / "upright.webp")],
        capture_output=True,
        check=True,
        text=True,
        cwd=client.ROOT,
    )

    assert int(told.stdout) == len(WORDS)
