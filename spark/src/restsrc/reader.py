"""The batch reader, and how a task reads its partition: one run of `restsrc read` for each piece of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from restsrc import kept_files, log, report, worker
from restsrc.columns import Columns
from restsrc.errors import RecordError
from restsrc.feeding import feeding
from restsrc.journal import Journal
from restsrc.kept_files import Kept
from restsrc.options import Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import batch
from restsrc.planning.pushdown import GUARD
from restsrc.planning.time_query import WindowPiece
from restsrc.process import Config, Process
from restsrc.rows.encode import FLAGS
from restsrc.rows.envelope import Pages
from restsrc.rows.from_tool import texts_of
from restsrc.window_read import WindowReads


class RestApiReader(DataSourceReader):
    """What Spark calls for a batch read."""

    def __init__(self, options: Options, schema: StructType, hint: str = ""):
        """OptionError where `schema` can't be read. `hint` is added to the message when a record does not fit it."""
        maker = Columns(options).batch_maker(schema, bool(hint))  # a schema that can't be read is an error here
        self._options = options
        self._members = [name for name in maker.columns.names if name != GUARD]
        self._schema = schema
        self._hint = hint
        report.check(options, report.READ[:2], report.READ[:1])

    def partitions(self) -> Sequence[InputPartition]:
        """What each task reads. Runs on the driver, once for each load(): Spark keeps the plan with the DataFrame.

        Records are whole here, so that equal pages are the same page.
        """
        made = batch.partitions(self._options)
        return counted(_proved(made) if self._may_be_equal() else made)

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """The records of a partition as `pyarrow.RecordBatch`es of the schema. Runs in a task."""
        asking = self._options.asking_for(self._members)
        return read_partition(asking, self._schema, partition, self._hint)

    def _may_be_equal(self) -> bool:
        """Whether records may be equal because the API leaves out what tells them apart."""
        given = self._options.given
        identified = given("id") or "id" in self._members
        return bool(given("fields_param").strip() and not identified and not self._options.gives("allow_repeats"))


def _proved(partitions: Sequence[RestApiPartition]) -> Sequence[RestApiPartition]:
    """The same. Where the driver has seen that offsets count, records without their ids may be equal in two pages."""
    for partition in partitions:
        partition.pieces = tuple(
            replace(piece, config={**piece.config, "allow_repeats": "true"}) if "page_size" in piece.config else piece
            for piece in partition.pieces
        )
    return partitions


def counted(partitions: Sequence[RestApiPartition]) -> Sequence[RestApiPartition]:
    """The same; each knows how many there are, and whether it is the first."""
    for number, partition in enumerate(partitions):
        partition.tasks = len(partitions)
        partition.first = number == 0
    return partitions


def read_partition(
    options: Options, schema: StructType, partition: InputPartition, hint: str = "", stream: bool = False
) -> Iterator[Any]:
    """The records of a partition as Arrow record batches. `hint`: the schema was inferred, and so are its faults.

    RecordError, with `hint` at the end of its message, where a record does not fit the schema; UnexpectedAnswer where
    there are fewer records than planned; what `Process.finish` raises where the tool fails.
    """
    if not isinstance(partition, RestApiPartition):
        return  # there are no partitions: then Spark makes up one of its own, and reads it
    worker.settle()
    task = _Task(options, schema, hint, partition.tasks, stream, looked_at=partition.first and not stream)
    with _told(task, options, [piece.text for piece in partition.pieces], stream):
        for piece in partition.pieces:
            yield from task.read(piece.today(options))


def read_lists(
    options: Options, schema: StructType, parents: Iterator[memoryview], hint: str, tasks: int | None, stream: bool
) -> Iterator[Any]:
    """The same of the list of each of `parents`, which come as an Arrow stream.

    `tasks`: how many tasks read such lists, if that is known.
    """
    worker.settle()
    task = _Task(options, schema, hint, tasks, stream, looked_at=not stream)
    with _told(task, options, ["lists of parents"], stream):
        yield from task.read_lists(parents)


@contextmanager
def _told(task: _Task, options: Options, ranges: Sequence[str], stream: bool) -> Iterator[None]:
    """What is done in the `with` goes to the log and to the report."""
    whole = False
    options.journal = Journal()
    try:
        yield
        whole = True
    finally:
        task.warn()
        report.of_read(options, ranges, whole, stream)
        options.journal = None


MOST_PATIENCE = 0.5  # seconds
PARENTS = {"for-each": "-", **FLAGS}  # flags
WITH_NULLS = {"ignore_null_fields": "false"}  # of parents: a null is told from what is not there


class _Task:
    """The pieces that one task reads."""

    def __init__(
        self, options: Options, schema: StructType, hint: str, tasks: int | None, stream: bool, looked_at: bool
    ):
        """`looked_at`: Spark may want only its first rows, as it asks the first partition of a list for them."""
        self._options = options
        self._patience = MOST_PATIENCE if looked_at else 0
        self._stream = stream
        self._schema = schema
        self._hint = hint
        self._columns = Columns(options)
        self._maker = self._columns.batch_maker(schema, bool(hint))
        self._config = options.part_of_rate(tasks)  # what all runs of the tool have in common

    def read(self, piece: Piece) -> Iterator[Any]:
        yield from self._window(piece) if isinstance(piece, WindowPiece) else self._run(piece)

    def _window(self, piece: WindowPiece) -> Iterator[Any]:
        """A window of time, which is read until it is sure."""
        wanted = self._maker.wanted(texts=True)
        reads = WindowReads(self._options, self._config, self._columns.needs_envelopes, wanted)
        pages: dict[Process, Pages | None] = {}
        for process, number, made, chosen in reads.parts(piece):
            if process not in pages:
                pages[process] = self._columns.pages(process, 0, self._schema)
                self._maker.begin()
            about = pages[process]
            self._columns.name_arrays(self._maker, about)
            try:
                batch = self._maker.batch(made, number, about.values if about else None, chosen)
            except RecordError as error:
                raise self._malformed(error) from None
            if batch.num_rows:
                yield batch

    def _malformed(self, error: RecordError) -> RecordError:
        """With what to do about it: a stream that is started again meets the same record again."""
        column = self._options.text("column_name_of_corrupt_record")
        advice = f"; mode=PERMISSIVE goes on, with such records as texts in the column {column} if the schema has it"
        return RecordError(f"{error}{advice if self._stream else ''}{self._hint}")

    def warn(self) -> None:
        """Says in the executor's log what was left out."""
        for warning in self._maker.warnings():
            log.warn(warning)

    def _run(self, piece: Piece) -> Iterator[Any]:
        with self._process(piece, piece.flags(self._options)) as process:
            yield from self._rows(process, piece)

    def read_lists(self, parents: Iterator[memoryview]) -> Iterator[Any]:
        of_each = Piece(self._options.offset, self._options.limit)  # of the list of each
        flags: dict[str, str | int] = {**PARENTS, **of_each.flags(self._options)}
        with (
            Kept(self._options, *kept_files.here()) as files,
            self._process(of_each, flags, {**files, **WITH_NULLS}, fed="rows of the partition") as process,
            feeding(process, parents, whole=True),
        ):
            yield from self._rows(process, Piece())

    def _process(
        self, piece: Piece, flags: Mapping[str, str | int], config: Config | None = None, fed: str | None = None
    ) -> Process:
        return Process(
            self._options,
            "read",
            flags,
            {**piece.config, **self._config, **(config or {})},
            fed=fed,
            envelopes=self._columns.needs_envelopes,
            arrow=self._maker.wanted(texts=bool(piece.known or piece.last)),
        )

    def _rows(self, process: Process, piece: Piece) -> Iterator[Any]:
        pages = self._columns.pages(process, piece.offset, self._schema)
        consumer, seen, began = worker.Consumer(), 0, time.monotonic()
        last = None
        self._maker.begin()
        try:
            for made in process.batches(consumer.connection):
                self._columns.name_arrays(self._maker, pages)
                chosen = piece.chosen(texts_of(made)) if piece.known else None
                batch = self._maker.batch(made, piece.offset + seen, pages.values if pages else None, chosen)
                if batch.num_rows:
                    yield batch
                # A look at a list ends with its first rows. Waiting costs less than it saves: pages are under way.
                consumer.hand_over(0 if seen else min(2 * (time.monotonic() - began), self._patience))
                seen += made.num_rows
                last = made
        except RecordError as error:
            raise self._malformed(error) from None
        process.check_records(process.finish(), seen)
        if piece.last and last is not None:
            piece.check_last(texts_of(last.slice(last.num_rows - 1))[0], self._options)
