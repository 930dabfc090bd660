"""What one Spark task reads: one or more pieces of the list, each by a `restsrc read` of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql.datasource import InputPartition

from restsrc.digests import digest, identity
from restsrc.errors import UnexpectedAnswer
from restsrc.options import Options


@dataclass(frozen=True)
class Piece:
    """The records [offset, offset + limit); without a limit, to the end.

    Fewer records than `expect` are an error. `planned_total` is the count that the piece was planned by. `config` holds
    options that win over the user's. Records whose digest is `known` are left out. `last` is the identity of the last
    record; another one there is an error.
    """

    offset: int = 0
    limit: int | None = None
    expect: int | None = None
    planned_total: int | None = None
    config: Mapping[str, str | int | None] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    last: str = ""
    name: str = ""  # what it is called in reports; empty: by its offsets

    @property
    def text(self) -> str:
        if self.name:
            return self.name
        if self.limit is None:
            return f"records from {self.offset} on" if self.offset else "all records"
        return f"records {self.offset} to {self.offset + self.limit - 1}" if self.limit else "no records"

    def flags(self, options: Options) -> dict[str, int]:
        """What the command line of a read has for it."""
        flags = {"offset": self.offset}
        if self.limit is not None:
            flags["limit"] = self.limit
        if self.expect is not None:
            flags["expect"] = self.expect
        if self.planned_total is not None and options.has("planned_total"):
            flags["planned-total"] = self.planned_total
        return flags

    def today(self, options: Options) -> Piece:
        """What to read for this piece now. Spark keeps a plan with its DataFrame or view, maybe for days."""
        return self

    def chosen(self, records: Sequence[bytes]) -> list[int]:
        """The places of those that are not known."""
        return [place for place, record in enumerate(records) if digest(record) not in self.known]

    def check_last(self, record: bytes, options: Options) -> None:
        """UnexpectedAnswer where the last record is not the one that it was when the piece was planned."""
        if self.last and identity(record, options.text("id")) != self.last:
            why = "the list has moved while it was read: its last record is not the one that was there before"
            raise UnexpectedAnswer(why, retryable=True)


class RestApiPartition(InputPartition):
    """The pieces that one task reads, one after the other. Travels to the executor."""

    def __init__(self, pieces: Sequence[Piece]):
        super().__init__(None)
        self.tasks = 1  # how many partitions there are in all
        self.first = False  # whether it is the first of them
        self.pieces = tuple(pieces)
