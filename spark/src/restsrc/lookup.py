"""Look-ups: each row of a DataFrame with the answer to a request made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql import types as t

from restsrc import log, session, templates
from restsrc.errors import OptionError, RestsrcError, ToolFailure, cut
from restsrc.feeding import feeding
from restsrc.options import Options, option_text
from restsrc.process import Process
from restsrc.rows.decode import BatchMaker, arrow_schema
from restsrc.rows.encode import END, FLAGS, Encoder
from restsrc.rows.exact import member
from restsrc.rows.unmet import Unmet

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_ROW = re.compile(r"\brow ([0-9]+)\b")
UNFIT = ("into", "reject_file", "max_rejects", "output")  # what Spark has its own way for


def lookup(
    df: DataFrame, *, url: str, schema: str | t.DataType, into: str = "answer", **options: str | int | float | bool
) -> DataFrame:
    """The rows of `df`, each with the answer to its request as the column `into`.

        lookup(orders, url="https://api.example.com/customers/{customer_id}", schema="name string, city string",
               into="customer", bearer=token, on="404=empty", rate="50/s")

    `{COLUMN}` in `url` and in the options `query`, `header` and `data` (JSON, sent by POST) stands for the row's value,
    `{COLUMN.FIELD}` for a part of it. `schema` is the type of the answer, as DDL or a type of Spark's. The other
    options are those of the source: credentials, rate, retries, `parallel`. Each task runs one tool, which keeps the
    order, has several requests under way and makes equal requests once. With `batch_size` so many different values go
    into one request, and `id` says where in its part of the answer each value is again (`records`: where the parts
    are). A row with a null in a column that is asked
    for is not looked up: its answer is null; so is one that `on` calls empty. Any other error fails the query.

    It also works in Structured Streaming. OptionError for what can be seen to be wrong before any request is made.
    """
    given = {name: option_text(value) for name, value in options.items()}
    unfit = [name for name in UNFIT if name in given]
    if unfit:
        raise OptionError(f"a lookup in Spark has no option {unfit[0]}")
    if into in df.columns:
        raise OptionError(f"there is a column {into} already: name another one with into")
    if isinstance(schema, str):
        schema = df.sparkSession.createDataFrame([], schema).schema
    checked = Options({"url": url, **given})
    checked.single("a lookup")
    columns = templates.columns("a lookup", df.schema, {"url": url, **given})
    shown = [name for name in df.columns if any(name in (n, n.split(".")[0]) for n in _names_of_ids(url, given))]
    task = _Task(checked, columns, t.StructField(into, schema), session.time_zone(checked, df), shown)
    return df.mapInArrow(task, t.StructType([*df.schema.fields, t.StructField(into, schema)]))


def _names_of_ids(url: str, given: dict[str, str]) -> set[str]:
    """The columns whose values may be told: those of the URL, which messages have; ids. Others may be secret."""
    options = {
        "url": url,
        **({name: given.get(name, "") for name in ("query", "data")} if "batch_size" in given else {}),
    }
    return {name for option, text in options.items() for name in templates.names_in(option, text)}


@dataclass
class _Place:
    """How many rows of the partition came before the batch at hand, and how many of them the tool was given."""

    rows: int = 0
    lines: int = 0

    def told(self, error: RestsrcError, there: Any, asked: Any, shown: list[str]) -> RestsrcError:
        """The error with the row of the partition, and what it asks for, where the tool names its line."""
        found = _ROW.search(str(error))
        index = int(found[1]) - self.lines - 1 if found else -1
        if not found or not 0 <= index < asked.num_rows:
            return error
        row = [n for n, asks in enumerate(there.to_pylist()) if asks][index] + self.rows + 1
        values = ", ".join(f"{name}={cut(str(asked.column(name)[index].as_py()), 60)}" for name in shown)
        message = str(error)[: found.start()] + f"row {row}" + (f" ({values})" if values else "")
        return type(error)(message + str(error)[found.end() :], error.exit_code, error.retryable, error.http_status)

    def pass_by(self, rows: int, lines: int) -> None:
        self.rows += rows
        self.lines += lines


class _Task:
    """What runs in each task: record batches in, the same with one column more out. It is pickled to the executors."""

    def __init__(
        self, options: Options, columns: t.StructType, answer: t.StructField, time_zone: str, shown: list[str]
    ):
        self._options = options
        self._columns = columns
        self._answer = answer
        self._time_zone = time_zone
        self._shown = shown
        Encoder(columns)  # OptionError on the driver
        BatchMaker(t.StructType([answer]), time_zone=time_zone)

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        encoder = Encoder(self._columns)
        unmet = Unmet([] if self._options.given("on_new_members") else self._members())
        maker = BatchMaker(t.StructType([self._answer]), time_zone=self._time_zone, unmet=unmet)
        config = {"into": self._answer.name, "time_zone": self._time_zone, **self._options.part_of_rate(None)}
        place = _Place()
        with Process(self._options, "lookup", FLAGS, config, fed="rows of the partition") as process:
            for batch in batches:
                yield self._looked_up(process, encoder, maker, batch, place)
            process.feed(END)
            process.text()  # closes the input
            process.finish()
        for warning in maker.warnings():
            log.warn(warning)

    def _looked_up(self, process: Process, encoder: Encoder, maker: BatchMaker, batch: Any, place: _Place) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = batch.select(self._columns.names)
        there = pa.array([True] * batch.num_rows, pa.bool_())
        for column in keys.columns:
            there = pc.and_(there, pc.is_valid(column))
        asked = keys.filter(there)
        try:
            parts = [part.column(0) for part in self._ask(process, encoder, maker, asked)]
        except RestsrcError as error:
            raise place.told(error, there, asked, self._shown) from None
        place.pass_by(batch.num_rows, asked.num_rows)
        answers = pa.chunked_array(parts, arrow_schema(t.StructType([self._answer])).field(0).type)
        places = pc.subtract(pc.cumulative_sum(there.cast(pa.int64())), 1)
        column = answers.take(pc.if_else(there, places, None)).combine_chunks()
        column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        return pa.RecordBatch.from_arrays([*batch.columns, column], [*batch.schema.names, self._answer.name])

    def _ask(self, process: Process, encoder: Encoder, maker: BatchMaker, rows: Any) -> Iterator[Any]:
        with feeding(process, encoder.messages(rows), whole=False):
            for block in _lines(process, rows.num_rows):
                part = maker.batch_of_lines(block)
                self._meet(maker.unmet, block, part.column(0))
                yield part

    def _members(self) -> list[str]:
        kind = self._answer.dataType
        return kind.names if isinstance(kind, t.StructType) else []

    def _meet(self, unmet: Unmet, block: bytes, answers: Any) -> None:
        """Whether what is asked for is in the answers at all."""
        import pyarrow as pa

        names, there = self._members(), answers.drop_null()
        if not names or not there:
            return
        line = block.split(b"\n")[answers.is_valid().index(True).as_py()].decode()
        at = None if unmet.rows else member(line, self._answer.name)
        first = line[at[0] : at[1]] if at else None
        unmet.meet(first, pa.RecordBatch.from_arrays(there.flatten(), names=names))


def _lines(process: Process, wanted: int) -> Iterator[bytes]:
    """So many lines of the tool's, in blocks. The exception that says why, where it gives fewer."""
    rest = b""
    while wanted:
        piece = process.read()
        if not piece:
            process.finish()
            raise ToolFailure("restsrc lookup ended before it had answered all rows")
        end = piece.rfind(b"\n") + 1
        block, rest = (rest + piece[:end], piece[end:]) if end else (b"", rest + piece)
        if block:
            wanted -= block.count(b"\n")
            yield block
