"""Lists of lists: the rows of a DataFrame are parents, each of which has a list of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from pyspark.sql import types as t

from restsrc import kept_files, report, session, templates
from restsrc.columns import Columns
from restsrc.errors import InputError, OptionError
from restsrc.feeding import feeding
from restsrc.option_table import GROUPS
from restsrc.options import Options
from restsrc.process import Process
from restsrc.reader import PARENTS, WITH_NULLS, read_lists
from restsrc.rows.encode import END, Encoder

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SAMPLED_PARENTS = 100
UNFIT = (
    *("Cutting a batch read", "Filters that become queries", "Windows of time, in batches and streams"),
    *("Streams", "Writes"),
)  # groups of options
REJECTS = ("reject_file", "max_rejects")  # of writes, and of lists that fail
FORMATS = ("timestamp_format", "date_format", "timestamp_unit")


def children(parents: DataFrame, given: Mapping[str, str], schema: str | t.StructType | None = None) -> DataFrame:
    """The records of the list of each parent, as `restsrc.load` says; `given` has the options.

    OptionError for what can be seen to be wrong before any request is made; without a schema, what reading a sample
    meets.
    """
    options = Options(given)
    options.single("for_each")
    kept_files.check(options)
    for row in (row for group in UNFIT for row in GROUPS[group]):
        if options.given(row.name).strip() and row.name not in REJECTS:
            raise OptionError(f"the option {row.name} does not go with for_each")
    report.check(options, report.READ[:2], report.READ[:1])
    options = options.adding(time_zone=session.time_zone(options, parents))
    kept, paths = _kept(parents.schema, options)
    asked = templates.columns("for_each", parents.schema, given, paths)
    feed = _Feed(asked)
    rows = parents.select([parents[f"`{name.replace('`', '``')}`"] for name in asked.names])
    hint = ""
    if isinstance(schema, str):
        schema = parents.sparkSession.createDataFrame([], schema).schema
    if schema is None:
        hint = f"; the schema was inferred from the first {options.integer('sample_records')} records: give one"
        schema = _sampled(rows, options, feed, kept)
    schema = t.StructType([*(field for field in kept.fields if field.name not in schema.names), *schema.fields])
    _check_times(options, schema, kept)
    options = options.asking_for(name for name in schema.names if name not in kept.names)
    Columns(options).batch_maker(schema, bool(hint))  # a schema that can't be read is an error here
    tasks = options.optional_integer("num_partitions")
    options.part_of_rate(tasks)
    task = _Task(options, feed, schema, hint, tasks, parents.isStreaming)
    return (rows.repartition(tasks) if tasks else rows).mapInArrow(task, schema)


# ---- what is kept of a parent ----


def _kept(parents: t.StructType, options: Options) -> tuple[t.StructType, list[str]]:
    """The columns that `keep` makes, and their paths in the parents."""
    kept, paths = t.StructType(), []
    for line in filter(None, map(str.strip, options.given("keep").splitlines())):
        name, equals, path = line.partition("=")
        path = path if equals else name
        kind = _kind(parents, path)
        if kind is None:
            raise OptionError(f"the option keep has {line}, but {path} is no column, nor a field of one")
        kept.add(name, kind)
        paths.append(path)
    return kept, paths


def _kind(kind: t.DataType, path: str) -> t.DataType | None:
    """The type of what is at a path."""
    for field in kind.fields if isinstance(kind, t.StructType) else ():
        name, found = field.name, None
        if path == name:
            return field.dataType
        if path.startswith(f"{name}."):
            found = _kind(field.dataType, path[len(name) + 1 :])
        if found is not None:
            return found
    return None


def _check_times(options: Options, schema: t.StructType, kept: t.StructType) -> None:
    """Formats are those of the API's times, and not of times that come from Spark."""
    formats = [name for name in FORMATS if options.given(name).strip()]
    for name in kept.names:
        kind = schema[name].dataType.simpleString()
        if formats and ("timestamp" in kind or "date" in kind):
            raise OptionError(f"{formats[0]} is for the times of records: keep {name} as a string")


# ---- the schema of a sample ----


def _sampled(rows: DataFrame, options: Options, feed: _Feed, kept: t.StructType) -> t.StructType:
    if rows.isStreaming:
        raise OptionError("a stream of parents needs a schema")
    batches = rows.limit(SAMPLED_PARENTS).toArrow().to_batches()
    size, columns = options.integer("sample_records"), Columns(options)
    flags: dict[str, str | int] = {**PARENTS, "offset": options.offset, "limit": min(size, options.limit or size)}
    fed = "rows of the sample"
    rejects = {"reject_file": os.devnull} if options.given("reject_file") else {}  # each task has a file of its own
    with (
        Process(
            options, "read", flags, {**rejects, **WITH_NULLS}, fed=fed, envelopes=columns.needs_envelopes
        ) as process,
        feeding(process, feed.messages(batches), whole=True),
    ):
        lines = list(islice((line for block in process.blocks() for line in block.splitlines()), size))
        pages = columns.pages(process, 0, t.StructType())
        envelope = pages.first() if pages and lines else ""
        if len(lines) < size:
            process.finish()
    if not lines:
        raise InputError(f"the lists of the first {SAMPLED_PARENTS} parents are empty: give a schema")
    inferred = columns.inferred([line.decode() for line in lines], envelope)
    return t.StructType([field for field in inferred.fields if field.name not in kept.names])


# ---- tasks ----


class _Feed:
    """Makes messages of parents."""

    def __init__(self, columns: t.StructType):
        self._columns = columns
        Encoder(columns)  # OptionError on the driver

    def messages(self, batches: Iterable[Any]) -> Iterator[memoryview]:
        encoder = Encoder(self._columns)
        for batch in batches:
            yield from encoder.messages(batch)
        yield memoryview(END)


class _Task:
    """What runs in each task: record batches of parents in, those of their records out. Pickled to the executors."""

    def __init__(self, options: Options, feed: _Feed, schema: t.StructType, hint: str, tasks: int | None, stream: bool):
        self._options, self._feed, self._schema = options, feed, schema
        self._more = (hint, tasks, stream)

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        return read_lists(self._options, self._schema, self._feed.messages(batches), *self._more)
