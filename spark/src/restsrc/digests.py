"""Short digests of records: how a checkpoint knows a record again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from restsrc.rows.envelope import at_path

LENGTH = 8  # characters: 48 bits


def digest(record: bytes) -> str:
    """Of the whole record, as the server wrote it."""
    return base64.urlsafe_b64encode(hashlib.blake2b(record, digest_size=6).digest()).decode()


def identity(record: bytes, id_path: str) -> str:
    """Of the member at `id_path`, which stays the same when the record changes; of the whole record without one."""
    try:
        value = at_path(record.decode(), id_path)
    except (ValueError, IndexError):  # the record is no object
        value = ""
    return digest(b"=" + value.encode()) if value and value[0] not in "{[n" else digest(record)


def joined(digests: Iterable[str]) -> str:
    """Digests as one text, for an offset."""
    return "".join(digests)


def divided(text: str) -> list[str]:
    """What `joined` has made one."""
    return [text[at : at + LENGTH] for at in range(0, len(text), LENGTH)]
