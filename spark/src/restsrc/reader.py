"""The batch reader, and how a task reads its partition: one run of `restsrc read` for each piece of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from restsrc.errors import RecordError, RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import batch
from restsrc.process import Process
from restsrc.rows.decode import BatchMaker


class RestApiReader(DataSourceReader):
    """What Spark calls for a batch read."""

    def __init__(self, options: Options, schema: StructType, hint: str = ""):
        """OptionError where `schema` can't be read. `hint` is added to the message when a record does not fit it."""
        self._options = options
        self._schema = schema
        self._hint = hint
        self._batch_maker()  # a schema that can't be read is an error before any task starts

    def partitions(self) -> Sequence[InputPartition]:
        """What each task reads. Runs on the driver, once for each load(): Spark keeps the plan with the DataFrame."""
        return counted(batch.partitions(self._options))

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """The records of a partition as `pyarrow.RecordBatch`es of the schema. Runs in a task."""
        return read_partition(self._options, self._batch_maker(), partition, self._hint)

    def _batch_maker(self) -> BatchMaker:
        return batch_maker(self._options, self._schema)


def counted(partitions: Sequence[RestApiPartition]) -> Sequence[RestApiPartition]:
    """The same; each knows how many there are."""
    for partition in partitions:
        partition.tasks = len(partitions)
    return partitions


def batch_maker(options: Options, schema: StructType) -> BatchMaker:
    """What makes record batches of `schema`. OptionError where the schema can't be read from JSON."""
    column = options.text("column_name_of_corrupt_record")
    return BatchMaker(schema, options.choice("mode"), column, options.text("time_zone"))


class _Progress:
    """How many records have come so far, and what all runs of the tool have in common."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self.records = 0
        self.config = config


def read_partition(options: Options, maker: BatchMaker, partition: InputPartition, hint: str = "") -> Iterator[Any]:
    """The records of a partition as Arrow record batches.

    RecordError, with `hint` at the end of its message, where a record does not fit the schema; UnexpectedAnswer where
    there are fewer records than planned; what `Process.finish` raises where the tool fails.
    """
    if not isinstance(partition, RestApiPartition):
        return  # there are no partitions: then Spark makes up one of its own, and reads it
    for piece in partition.pieces:
        yield from _read_piece(options, maker, piece, hint, _Progress(options.part_of_rate(partition.tasks)))


def _read_piece(options: Options, maker: BatchMaker, piece: Piece, hint: str, progress: _Progress) -> Iterator[Any]:
    before = progress.records
    try:
        yield from _read_process(options, maker, piece, hint, progress)
        return
    except RequestRefused as refusal:
        halves = piece.halves(refusal) if progress.records == before else ()
        if not halves:
            raise
    for half in halves:
        yield from _read_piece(options, maker, half, hint, progress)
    came = progress.records - before
    if came < (piece.expect or 0):
        why = f"{piece.expect} records were counted, but the halves of their window have {came}"
        raise UnexpectedAnswer(why, retryable=True)


def _read_process(options: Options, maker: BatchMaker, piece: Piece, hint: str, progress: _Progress) -> Iterator[Any]:
    with Process(options, "read", _flags(options, piece), {**piece.config, **progress.config}) as process:
        seen = 0
        try:
            for block in process.blocks():
                lines = block.count(b"\n")
                progress.records += lines
                yield from maker.batches(block, piece.offset + seen)
                seen += lines
        except RecordError as error:
            raise RecordError(f"{error}{hint}") from None
        process.check_records(process.finish(), seen)


def _flags(options: Options, piece: Piece) -> dict[str, int]:
    flags = {"offset": piece.offset}
    if piece.limit is not None:
        flags["limit"] = piece.limit
    if piece.expect is not None:
        flags["expect"] = piece.expect
    if piece.planned_total is not None and options.has("planned_total"):
        flags["planned-total"] = piece.planned_total
    return flags
