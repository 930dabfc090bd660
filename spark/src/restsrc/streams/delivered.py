"""What a stream by time has delivered of its last stretch, kept in its offsets: so late records are known as new."""

from __future__ import annotations

from collections.abc import Iterable

from restsrc.digests import digest, divided, joined
from restsrc.errors import OptionError

MOST = 20_000  # records of the stretch: 160 KB in each offset


def kept(records: Iterable[bytes]) -> str:
    """The digests of the records of a stretch, as one text. OptionError where there are too many to be kept."""
    names = sorted(set(map(digest, records)))
    if len(names) > MOST:
        raise OptionError(f"the last stretch (lookback) has {len(names)} records; at most {MOST} are kept: shorten it")
    return joined(names)


def news(records: Iterable[bytes], seen: str) -> int:
    """How many of the records are not among those that were kept."""
    return len(set(map(digest, records)) - names(seen))


def names(seen: str) -> frozenset[str]:
    return frozenset(divided(seen))
