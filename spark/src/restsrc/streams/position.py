"""The records that a stream has come to, kept in its offsets, so that a list that has moved is noticed.

A `Tail` has two short digests for each of the last records: of its id, or of all of it where it has none; and of all of
it. The first says whether the same records are still at their places, the second which records are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from restsrc.digests import digest, divided, identity

MOST = 100  # records: 1.6 KB in each offset


@dataclass(frozen=True)
class Tail:
    """The last records before a place, at most MOST, the oldest first."""

    ids: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it stands in an offset."""
        return "".join(one + other for one, other in zip(self.ids, self.records, strict=True))

    def before(self, count: int) -> Tail:
        """The last `count` of them."""
        return Tail(self.ids[-count:], self.records[-count:]) if count else Tail()

    def same(self, other: Tail) -> bool:
        """Whether the same records are there, though they may have changed."""
        return self.ids == other.ids

    def meets(self, other: Tail) -> bool:
        """Whether some record is in both."""
        return bool(set(self.ids) & set(other.ids))


def tail_of(records: Sequence[bytes], id_path: str) -> Tail:
    """Of the last of some records."""
    last = records[-MOST:]
    return Tail(tuple(identity(one, id_path) for one in last), tuple(map(digest, last)))


def tail_from(text: str) -> Tail:
    """From an offset."""
    both = divided(text)
    return Tail(tuple(both[0::2]), tuple(both[1::2]))
