"""What one Spark task reads: one or more pieces of the list, each by a `restsrc read` of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Sequence

from pyspark.sql.datasource import InputPartition

from restsrc.errors import RequestRefused


@dataclass(frozen=True)
class Piece:
    """The records [offset, offset + limit); without a limit, to the end.

    Fewer records than `expect` are an error. `planned_total` is the count that the piece was planned by. `config` holds options
    that win over the user's.
    """

    offset: int = 0
    limit: "int | None" = None
    expect: "int | None" = None
    planned_total: "int | None" = None
    config: "Mapping[str, str | int]" = field(default_factory=dict)

    def halves(self, refusal: RequestRefused) -> "Sequence[Piece]":
        """Smaller pieces to read instead, where the server refuses this one for its size; empty: there are none."""
        return ()


class RestApiPartition(InputPartition):
    def __init__(self, pieces: Sequence[Piece]):
        super().__init__(None)
        self.pieces = tuple(pieces)
