"""Private files, addressed by their content: written once, never changed."""

import errno
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class WholeFiles(FileSystemStorage):
    """Files that are there completely or not at all, whatever dies or fills up while writing.

    Content is found by its digest, so half a file would pass for the whole one for ever.
    """

    def _save(self, name: str, content: "File[bytes]") -> str:
        part = f"{name}.{uuid.uuid4().hex}.part"
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs omit it
            os.replace(self.path(part), self.path(name))
        finally:
            self.delete(part)
        return name


def is_full(trouble: OSError) -> bool:
    """Tell whether *trouble* is that there is no room left, or none for us."""
    return trouble.errno in FULL


def digest(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of *chunks*, in hexadecimal."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return running.hexdigest()


def name_of(sha256: str, *, suffix: str = "") -> str:
    """Return where content of this digest lies."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}"


def keep(file: "File[bytes]", *, sha256: str) -> str:
    """Store *file* under its digest and return the name; bytes already there stay."""
    name = name_of(sha256)
    if not default_storage.exists(name):
        file.seek(0)
        default_storage.save(name, file)
    return name


def keep_bytes(content: bytes, *, suffix: str) -> tuple[str, str]:
    """Store *content*; return its name and its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    name = name_of(sha256, suffix=suffix)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return name, sha256


def read(name: str) -> IO[bytes]:
    """Open a stored file for reading."""
    return default_storage.open(name)


def copy_to_folder(sha256: str, folder: Path) -> Path:
    """Copy stored bytes into *folder* for the child process, wherever the storage lives."""
    return copy_named(name_of(sha256), folder / "original")


def copy_named(name: str, target: Path) -> Path:
    """Copy the stored file *name* to *target* and return that."""
    with default_storage.open(name) as source, target.open("wb") as copy:
        for chunk in source.chunks():
            copy.write(chunk)
    return target


def destroy(names: Iterable[str]) -> None:
    """Delete stored files for good; what is gone already is no matter."""
    for name in names:
        default_storage.delete(name)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes away with its ``with`` block."""
    return tempfile.TemporaryDirectory(prefix="chuguan-")
