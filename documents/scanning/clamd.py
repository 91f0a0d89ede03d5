"""Ask clamd whether bytes are infected. No answer is no answer: it never means clean."""

from dataclasses import dataclass
from typing import IO, Any, Final

from clamav_client import clamd

TIMEOUT: Final = 60


class ScannerAway(Exception):
    """clamd cannot be reached, or did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Clean:
    """clamd found nothing; *engine* is its version and that of its signatures."""

    engine: str


@dataclass(frozen=True, slots=True)
class Infected:
    """clamd found the virus *name*."""

    name: str


def scan(file: IO[bytes], *, socket: str) -> Clean | Infected:
    """Send *file* to the clamd that listens at *socket*, a path or ``host:port``.

    Raises:
        ScannerAway: nobody answered, or with an error.

    """
    try:
        daemon = _daemon(socket)
        status, name = daemon.instream(file)["stream"]
        engine = str(daemon.version())
    except (clamd.ClamdError, OSError, LookupError, ValueError) as trouble:
        raise ScannerAway(str(trouble)) from trouble
    if status == "FOUND":
        return Infected(str(name)[:80])
    if status == "OK":
        return Clean(engine[:80])
    raise ScannerAway(f"{status} {name}")


def _daemon(socket: str) -> Any:
    host, colon, port = socket.rpartition(":")
    if colon and port.isdigit():
        return clamd.ClamdNetworkSocket(host=host, port=int(port), timeout=TIMEOUT)
    return clamd.ClamdUnixSocket(path=socket, timeout=TIMEOUT)
