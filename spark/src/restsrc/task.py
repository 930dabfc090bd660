"""What one Spark task reads: one or more pieces of the list, each by a `restsrc read` of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Sequence

from pyspark.sql.datasource import InputPartition

from restsrc.arrow import BatchMaker
from restsrc.errors import RecordError, RequestRefused, UnexpectedAnswer
from restsrc.options import Options


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


class ReadTask(InputPartition):
    def __init__(self, pieces: Sequence[Piece]):
        super().__init__(None)
        self.pieces = tuple(pieces)


class _Progress:
    """How many records have come so far."""

    def __init__(self) -> None:
        self.records = 0


def read(options: Options, maker: BatchMaker, task: InputPartition, hint: str = "") -> Iterator[Any]:
    """The records as Arrow record batches. `hint` is what to add when a record does not fit the schema."""
    if not isinstance(task, ReadTask):
        return  # no partitions: Spark makes one of its own up, and reads it
    for piece in task.pieces:
        yield from _read_piece(options, maker, piece, hint, _Progress())


def _read_piece(options: Options, maker: BatchMaker, piece: Piece, hint: str, progress: _Progress) -> Iterator[Any]:
    before = progress.records
    try:
        yield from _read_child(options, maker, piece, hint, progress)
        return
    except RequestRefused as refusal:
        halves = piece.halves(refusal) if progress.records == before else ()
        if not halves:
            raise
    for half in halves:
        yield from _read_piece(options, maker, half, hint, progress)
    came = progress.records - before
    if came < (piece.expect or 0):
        raise UnexpectedAnswer(f"{piece.expect} records were counted, but the halves of their window have {came}", retryable=True)


def _read_child(options: Options, maker: BatchMaker, piece: Piece, hint: str, progress: _Progress) -> Iterator[Any]:
    from restsrc.child import Child

    with Child(options, "read", _flags(options, piece), **piece.config) as child:
        seen = 0
        try:
            for block in child.blocks():
                lines = block.count(b"\n")
                progress.records += lines
                yield from maker.batches(block, piece.offset + seen)
                seen += lines
        except RecordError as error:
            raise RecordError(f"{error}{hint}") from None
        child.check_records(child.finish(), seen)


def _flags(options: Options, piece: Piece) -> "dict[str, int]":
    flags = {"offset": piece.offset}
    if piece.limit is not None:
        flags["limit"] = piece.limit
    if piece.expect is not None:
        flags["expect"] = piece.expect
    if piece.planned_total is not None and options.has("planned_total"):
        flags["planned-total"] = piece.planned_total
    return flags
