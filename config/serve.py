"""Run the whole product on this machine, as ``make run`` does.

Web, worker, beat and, where no other broker is named, the embedded one. Every value below is a
default: the environment decides.
"""

import fcntl
import http.client
import io
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management import call_command
from honcho.environ import parse_procfile
from honcho.manager import Manager

PROCFILE = Path(__file__).with_name("Procfile")
PATIENCE = 60  # seconds for the web process to answer


def main() -> int:
    """Prepare, start and watch everything; return how it ended."""
    host, port = os.environ.setdefault("HOST", "127.0.0.1"), os.environ.setdefault("PORT", "8000")
    choose_defaults(port)
    django.setup()
    settings.RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(settings.RUN_DIR):
        refuse_taken(host, int(port))
        welcome = prepare()
        waiting = threading.Thread(target=announce, args=(host, int(port), welcome), daemon=True)
        waiting.start()
        return run_processes()


def choose_defaults(port: str) -> None:
    """Set what a laptop needs and the environment does not say."""
    run_dir = str(Path(os.environ.get("RUN_DIR", ".run")).absolute())
    os.environ["RUN_DIR"] = run_dir
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    os.environ.setdefault(
        "CSRF_TRUSTED_ORIGINS", f"http://localhost:{port},http://127.0.0.1:{port}"
    )
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("EMAIL_URL", f"filemail:///{quote(run_dir)}/mail")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # Root in a container is warned at every start; the worker takes JSON only, which is the point.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")


@contextmanager
def alone(run_dir: Path) -> Iterator[None]:
    """Hold the folder of this installation; a second start beside the first ends here."""
    with (run_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("Chuguan already runs from this folder. Stop it there with Ctrl-C.")
        yield


def refuse_taken(host: str, port: int) -> None:
    """End with a sentence if something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another: make run PORT={port + 1}")


def prepare() -> str:
    """Bring database and static files up to date, load demo or reference data; return who is in.

    The demonstration's own words, addresses and sign-ins, are kept until the site answers.
    """
    say("Preparing the database …")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    words = io.StringIO()
    if settings.DEMO:
        say("Looking after the demonstration: half a minute the first time …")
        call_command("demo", stdout=words)
    else:
        call_command("load_reference", stdout=words)
    return words.getvalue()


def run_processes() -> int:
    """Run every line of the Procfile until one ends or somebody asks; return the exit status."""
    manager = Manager()
    lines = parse_procfile(PROCFILE.read_text(encoding="utf-8")).processes
    for name, command in lines.items():
        if name != "broker" or "REDIS_URL" not in os.environ:
            manager.add_process(name, command)
    # A closed terminal stops everything just as Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    asked = manager.returncode in (130, 143)
    return 0 if asked else manager.returncode or 1


def announce(host: str, port: int, welcome: str) -> None:
    """Wait until the web process answers, then say where and how to sign in."""
    deadline = time.monotonic() + PATIENCE
    while not answers(host, port):
        if time.monotonic() > deadline:
            say(f"The web process has not answered for {PATIENCE} seconds; see its lines above.")
            return
        time.sleep(0.2)
    mail = getattr(settings, "EMAIL_FILE_PATH", None)
    lines = [
        f"\n出关已就绪 Chuguan is ready: {settings.SITE_URL}/\n",
        welcome,
        f"邮件 Mail: {mail}" if mail else "",
        f"Ctrl-C 停止 stops everything; 数据保留在 data stays in {settings.RUN_DIR}\n",
    ]
    say("\n".join(line for line in lines if line))


def answers(host: str, port: int) -> bool:
    """Tell whether the web process is ready."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(text: str) -> None:
    """Write to the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped before everything was ready; the next start goes on from here.")
