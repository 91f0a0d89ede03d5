"""Private files, addressed by their content."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from documents import storage


def stored(name: str) -> bytes:
    with storage.read(name) as file:
        return file.read()


def test_content_lies_under_its_digest():
    content = b"letter one"
    sha256 = hashlib.sha256(content).hexdigest()

    assert storage.keep_bytes(content, suffix=".pdf") == (
        f"{sha256[:2]}/{sha256[2:4]}/{sha256}.pdf",
        sha256,
    )
    assert stored(storage.name_of(sha256, suffix=".pdf")) == content


def test_a_digest_of_pieces_is_that_of_the_whole():
    assert storage.digest([b"let", b"", b"ter"]) == hashlib.sha256(b"letter").hexdigest()


def test_the_same_bytes_are_kept_once_and_never_renamed():
    names = {storage.keep_bytes(b"twice", suffix=".webp")[0] for _ in range(3)}

    (name,) = names
    folder = Path(default_storage.path(name)).parent
    assert [path.name for path in folder.iterdir()] == [Path(name).name]


def test_an_upload_is_kept_from_its_beginning_whatever_was_read_before():
    file = ContentFile(b"read already")
    file.read()
    sha256 = hashlib.sha256(b"read already").hexdigest()

    name = storage.keep(file, sha256=sha256)

    assert stored(name) == b"read already"


def test_a_name_tells_nothing_of_the_sender():
    assert storage.name_of("ab" * 32) == f"ab/ab/{'ab' * 32}"


def test_the_child_process_gets_a_copy_of_its_own():
    _, sha256 = storage.keep_bytes(b"original", suffix="")

    with storage.scratch() as folder:
        copy = storage.copy_to_folder(sha256, Path(folder))
        copy.write_bytes(b"harmed")

    assert stored(storage.name_of(sha256)) == b"original"
    assert not copy.exists()


def test_what_was_never_kept_is_not_found():
    with pytest.raises(FileNotFoundError):
        storage.read(storage.name_of("0" * 64))
