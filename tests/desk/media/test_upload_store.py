"""A received upload is on the disk in full, or not at all."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from db.ids import MessageId, new_id
from desk.media.upload_store import UploadStore, UploadTooLargeError


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_an_upload_is_stored_as_received(tmp_path: Path) -> None:
    uploads, message_id = UploadStore(tmp_path / "media"), MessageId(new_id())
    sent = [b"head", b"x" * 700_000, b"", b"tail"]
    async with uploads.receive(chunks(*sent), most=1_000_000) as incoming:
        assert (incoming.size, incoming.head) == (700_008, (b"head" + b"x" * 60))
        assert incoming.digest == sha256(b"".join(sent)).hexdigest()
        await uploads.save(incoming, message_id)
        await uploads.save(incoming, message_id)  # a transaction that is run again
    path = uploads.path_of(message_id)
    assert path.read_bytes() == b"".join(sent)
    assert files(tmp_path) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    uploads.discard(message_id)
    uploads.discard(message_id)
    assert files(tmp_path) == []


async def test_an_upload_that_is_not_saved_is_removed(tmp_path: Path) -> None:
    uploads = UploadStore(tmp_path)
    async with uploads.receive(chunks(b"abc"), most=10):
        assert len(files(tmp_path)) == 1
    assert files(tmp_path) == []


async def test_an_upload_that_is_too_large_is_noticed_early(tmp_path: Path) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1000
            yield bytes(1000)

    with pytest.raises(UploadTooLargeError):
        async with UploadStore(tmp_path).receive(endless(), most=10_000):
            pass
    assert taken == 11_000
    assert files(tmp_path) == []


async def test_a_broken_off_upload_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(600_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        async with UploadStore(tmp_path).receive(broken(), most=1_000_000):
            pass
    assert files(tmp_path) == []
