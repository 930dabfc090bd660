"""The fast path to Arrow record batches: `restsrc read --output arrow`.

The tool makes columns of the records that fit the schema, and hands on the text of those that do not, or that are
written in a rare way. They go through the exact path (`exact`), which says what they are, and the mode says what
becomes of a malformed one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import RecordError
from restsrc.option_table import DROPMALFORMED, FAILFAST
from restsrc.process import ArrowOutput
from restsrc.rows.decode import BatchMaker, PageValues
from restsrc.rows.exact import Row
from restsrc.rows.newcomers import FAIL, WARN, rescued
from restsrc.rows.scalars import Formats
from restsrc.rows.shape import reshape
from restsrc.rows.spark_time import fixed_offset

MISFIT, RECORD = "restsrc misfit", "restsrc record"  # columns of the tool that have texts of records
ZONES = "/usr/share/zoneinfo"  # where the tool looks for time zones


class ArrowMaker(BatchMaker):
    """Makes record batches of one schema from those of the tool, and also from blocks of lines."""

    def __init__(
        self,
        schema: t.StructType,
        mode: str = FAILFAST,
        *,
        time_zone: str = "UTC",
        named_arrays: bool = False,
        **more: Any,
    ):
        """As BatchMaker. `named_arrays`: records may be arrays, and `array_names` says of what."""
        super().__init__(schema, mode, time_zone=time_zone, **more)
        self._types = [part.type for part in self._arrow_schema if part.name not in self._special.names]
        taken = None if named_arrays else _taken(self.columns, self._formats)
        self._by_tool = taken is not None
        self.wanted = self._ask(taken, time_zone)

    def _ask(self, taken: t.DataType | None, time_zone: str) -> ArrowOutput:
        """What the tool is to make. Where it can't take a type, it hands on the text of each record."""
        fields = [*taken.fields, _text_column(MISFIT, "misfit")] if isinstance(taken, t.StructType) else []
        if self._special.raw or not fields:
            fields.append(_text_column(RECORD, "record"))
        every = self._special.rescued or self.newcomers.on == FAIL
        new_members = "every" if every else "first" if self.newcomers.on == WARN else "ignore"
        return ArrowOutput(t.StructType(fields).json(), _zone_of_tool(time_zone), new_members)

    def begin(self) -> None:
        """Another run of the tool begins. Its first record shows what its records are: objects, arrays, bare values."""
        self._shaped = False

    def batch(self, made: Any, first_record: int = 0, page: PageValues | None = None) -> Any:
        """The rows of one batch of the tool, as a `pyarrow.RecordBatch`.

        `first_record` is the number of the first one in messages. RecordError for a malformed record in mode FAILFAST.
        `page(name, numbers)` gives the values of one of the special columns `page` for the records of these numbers.
        """
        import pyarrow as pa

        names = made.schema.names
        texts: Any = made.column(names.index(RECORD)) if RECORD in names else None
        misfits = made.column(names.index(MISFIT)) if self._by_tool else texts
        fitting = [made.column(place) for place in range(len(self.columns.fields))] if self._by_tool else None
        if not self._shaped and made.num_rows:
            self._look(misfits[0].as_py())
        if misfits.null_count == made.num_rows and fitting is not None:
            numbers = range(first_record, first_record + made.num_rows)
            nothing = pa.nulls(made.num_rows, pa.string())
            return self._batch(fitting, nothing, texts, nothing, page, numbers)
        return self._merged(fitting, self._read(misfits.to_pylist(), first_record), texts, first_record, page)

    def _look(self, first: str | None) -> None:
        """The text of the first record of all, which the tool always hands on where it is not an object."""
        self._reshape = reshape(first, self.columns.names, self.array_names) if first else None
        self._shaped = True

    def _read(self, lines: Sequence[str | None], first_record: int) -> _Exact:
        """Reads these lines by the exact path. None stands for a record that fits."""
        found = _Exact()
        for place, line in enumerate(lines):
            if line is None:
                found.add(place, place)
                continue
            row, error = self._records.parse(self._reshape(line) if self._reshape else line)
            number = first_record + place
            if error is not None and self._mode == FAILFAST:
                raise RecordError(f"record {number}: {error}")
            if error is not None and self._mode == DROPMALFORMED:
                continue
            rest = None
            if self._unknown is not None:
                self.newcomers.meet((path for path, _ in self._unknown), number)
                rest = rescued(self._unknown) if self._special.rescued else None
            found.add(place, len(lines) + len(found.rows), None if error is None else line, rest)
            found.rows.append(row)
        return found

    def _merged(
        self, fitting: list[Any] | None, exact: _Exact, texts: Any, first_record: int, page: PageValues | None
    ) -> Any:
        """The records that fit, and between them those that the exact path has read."""
        import pyarrow as pa

        values = zip(*exact.rows) if exact.rows else [[] for _ in self.columns.fields]
        columns = [pa.array(column, kind) for column, kind in zip(values, self._types)]
        if fitting is not None:
            order = pa.array(exact.order, pa.int64())
            columns = [pa.concat_arrays(pair).take(order) for pair in zip(fitting, columns)]
        corrupt, rest = (pa.array(texts, pa.string()) for texts in (exact.corrupt, exact.rest))
        raw = texts.take(pa.array(exact.places, pa.int64())) if self._special.raw else None
        return self._batch(columns, corrupt, raw, rest, page, [first_record + place for place in exact.places])


@dataclass
class _Exact:
    """What became of the records of a batch.

    For each that is not dropped: its `places` in the batch; its `order`, which is where its values are: in the tool's
    columns, or after them in those of `rows`; its text if it is malformed, and what is rescued of it.
    """

    places: list[int] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    corrupt: list[str | None] = field(default_factory=list)
    rest: list[str | None] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def add(self, place: int, order: int, corrupt: str | None = None, rest: str | None = None) -> None:
        self.places.append(place)
        self.order.append(order)
        self.corrupt.append(corrupt)
        self.rest.append(rest)


def _text_column(name: str, role: str) -> t.StructField:
    return t.StructField(name, t.StringType(), True, {"restsrc": role})


def _zone_of_tool(name: str) -> str:
    """The zone as the tool takes it; empty where it does not know it: then the exact path reads times without zone."""
    offset = fixed_offset(name)
    if offset is None:
        return name if os.path.isfile(os.path.join(ZONES, name)) else ""
    minutes, rest = divmod(abs(offset) // 1_000_000, 60)
    return "" if rest else f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


_AS_IT_IS = (
    *(t.ByteType, t.ShortType, t.IntegerType, t.LongType, t.FloatType, t.DoubleType, t.BooleanType, t.DecimalType),
    t.BinaryType,
)


def _taken(kind: t.DataType, formats: Formats) -> t.DataType | None:
    """The type as the tool takes it; None where one in it, or a format, is not for the tool."""
    if isinstance(kind, _AS_IT_IS):
        return kind
    if isinstance(kind, t.StringType):
        return t.StringType()
    if isinstance(kind, t.DateType):
        return None if formats.date else kind
    if isinstance(kind, (t.TimestampType, t.TimestampNTZType)):
        return None if formats.timestamp or formats.unit else kind
    if isinstance(kind, t.ArrayType):
        element = _taken(kind.elementType, formats)
        return element and t.ArrayType(element, kind.containsNull)
    if isinstance(kind, t.MapType) and isinstance(kind.keyType, t.StringType):
        value = _taken(kind.valueType, formats)
        return value and t.MapType(t.StringType(), value, kind.valueContainsNull)
    if isinstance(kind, t.StructType):
        fields = [(part, _taken(part.dataType, formats)) for part in kind.fields]
        made = [t.StructField(part.name, taken, part.nullable) for part, taken in fields if taken]
        return t.StructType(made) if made and len(made) == len(fields) else None
    return None
