"""Texts of records to Arrow record batches that Spark takes as they are: the exact path (`exact`), and all that it has
in common with the fast one (`from_tool`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError
from restsrc.option_table import DROPMALFORMED, FAILFAST, PERMISSIVE
from restsrc.rows.exact import RecordParser, Row, Unknown
from restsrc.rows.newcomers import IGNORE, Newcomers, rescued
from restsrc.rows.scalars import Formats
from restsrc.rows.shape import Reshape, reshape
from restsrc.rows.unmet import Unmet


def arrow_schema(schema: t.StructType) -> Any:
    """The `pyarrow.Schema` that Spark wants for `schema`."""
    from pyspark.sql.pandas.types import to_arrow_schema

    if "timezone" in inspect.signature(to_arrow_schema).parameters:  # PySpark 4.2 and later
        return to_arrow_schema(schema, timezone="UTC")
    return to_arrow_schema(schema)


@dataclass(frozen=True)
class Special:
    """The names of the columns that do not come from the members of a record; empty: there is none.

    `corrupt` gets the text of a malformed record in mode PERMISSIVE, if the schema has it; `raw` the text of each
    record; `rescued` what has no column. `page` names those whose values the caller has: see `ArrowMaker.batch`.
    """

    corrupt: str = ""
    raw: str = ""
    rescued: str = ""
    page: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(filter(None, (self.corrupt, self.raw, self.rescued, *self.page)))


PageValues = Callable[[str, Sequence[int]], Any]


class BatchMaker:
    """Makes record batches of one schema from the texts of records, one at a time, by the exact path."""

    def __init__(
        self,
        schema: t.StructType,
        mode: str = FAILFAST,
        corrupt_column: str = "",
        time_zone: str = "UTC",
        *,
        formats: Formats | None = None,
        special: Special | None = None,
        newcomers: Newcomers | None = None,
        unmet: Unmet | None = None,
    ):
        """OptionError where the schema can't be read from JSON, or not in that mode.

        `special` may name `corrupt_column` too. `time_zone` is that of timestamps that name none. `newcomers` hears of
        members that have no column, `unmet` of columns that have no member.
        """
        self._mode = mode
        self._formats = formats or Formats()
        self._special = special or Special(corrupt=corrupt_column)
        self.columns = data_columns(schema, self._special)
        if mode == PERMISSIVE and _has_required(self.columns):
            raise OptionError("mode PERMISSIVE puts null where a value is malformed, but the schema has NOT NULL in it")
        self.newcomers = newcomers or Newcomers(IGNORE)
        self.unmet = unmet or Unmet(())
        self._unknown: Unknown | None = [] if self._special.rescued or self.newcomers.on != IGNORE else None
        self._malformed = 0  # records that were not an error
        self._first_malformed = ""
        self.array_names: Sequence[str] | None = None  # of the places of records that are arrays
        self._reshape: Reshape | None = None
        self._shaped = False
        self._records = RecordParser(self.columns, time_zone, self._formats, self._unknown)
        self._arrow_schema = arrow_schema(schema)
        self._types = [field.type for field in self._arrow_schema if field.name not in self._special.names]

    def batch_of_lines(self, block: bytes, first_record: int = 0) -> Any:
        """The rows of whole lines, as a `pyarrow.RecordBatch`. The mode says what becomes of a malformed record.

        `first_record` is the number of the first one in messages. RecordError for a malformed one in mode FAILFAST.
        """
        import pyarrow as pa

        lines = block.decode().split("\n")[:-1]
        if lines:
            self._look(lines[0])
        numbers = range(first_record, first_record + len(lines))
        return self._merged(None, self._read(lines, numbers), pa.array(lines, pa.string()), numbers, None)

    def warnings(self) -> list[str]:
        """What else there is to tell of the records so far."""
        return [text for text in (self._lost(), self.newcomers.warning(), self.unmet.warning()) if text]

    def _lost(self) -> str:
        special, nulls = self._special, self._mode == PERMISSIVE
        if not self._malformed or (nulls and (special.raw or special.corrupt in self._arrow_schema.names)):
            return ""
        fate = f"have nulls, and there is no column {special.corrupt} for their texts" if nulls else "are left out"
        return f"mode {self._mode}: {self._malformed} malformed records {fate}: the first is {self._first_malformed}"

    def _look(self, first: str | None) -> str | None:
        """The first record of all says what the records are: objects, arrays or bare values. None: an object.

        Gives it back as an object, if it is the first.
        """
        if self._shaped:
            return None
        self._reshape = reshape(first, self.columns.names, self.array_names) if first else None
        self._shaped = True
        return self._reshape(first) if first and self._reshape else first

    def _read(self, lines: Sequence[str | None], numbers: Sequence[int]) -> _Exact:
        """Reads these lines. None stands for a record that fits, and was read."""
        found = _Exact()
        for place, line in enumerate(lines):
            if line is None:
                found.add(place, place)
                continue
            row, error = self._records.parse(self._reshape(line) if self._reshape else line)
            if error is not None and self._mode == FAILFAST:
                raise RecordError(f"record {numbers[place]}: {error}")
            if error is not None:
                self._malformed += 1
                self._first_malformed = self._first_malformed or f"record {numbers[place]}: {error}"
                if self._mode == DROPMALFORMED:
                    continue
            rest = None
            if self._unknown is not None:
                self.newcomers.meet((path for path, _ in self._unknown), numbers[place])
                rest = rescued(self._unknown) if self._special.rescued else None
            found.add(place, len(lines) + len(found.rows), None if error is None else line, rest)
            found.rows.append(row)
        return found

    def _merged(
        self, fitting: list[Any] | None, exact: _Exact, texts: Any, numbers: Sequence[int], page: PageValues | None
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
        return self._batch(columns, corrupt, raw, rest, page, [numbers[place] for place in exact.places])

    def _batch(
        self,
        columns: list[Any],
        corrupt: Any,
        raw: Any,
        rest: Any,
        page: PageValues | None,
        numbers: Sequence[int],
    ) -> Any:
        import pyarrow as pa

        data, special = iter(columns), self._special
        own = {special.corrupt: corrupt, special.raw: raw, special.rescued: rest}
        arrays = []
        for part in self._arrow_schema:
            if part.name not in special.names:
                arrays.append(next(data))
            elif part.name in own:
                arrays.append(own[part.name])
            else:
                arrays.append(page(part.name, numbers).cast(part.type) if page else pa.nulls(len(numbers), part.type))
        return pa.RecordBatch.from_arrays(arrays, schema=self._arrow_schema)


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


def data_columns(schema: t.StructType, special: Special) -> t.StructType:
    """The columns that come out of the records' members. OptionError where the special ones are of a wrong type."""
    if not schema.fields:
        raise OptionError("the schema has no columns")
    texts = {special.corrupt: "malformed records", special.raw: "the text of records"}
    texts[special.rescued] = "members without a column"
    for part in schema.fields:
        if part.name in texts and part.name and not (isinstance(part.dataType, t.StringType) and part.nullable):
            raise OptionError(f"the column {part.name} for {texts[part.name]} must be a nullable STRING")
    if len(set(schema.names)) != len(schema.names):
        raise OptionError("the schema has two columns of one name")
    return t.StructType([field for field in schema.fields if field.name not in special.names])


def arrow_type(kind: t.DataType) -> Any:
    """The Arrow type that Spark wants for one of its own."""
    return arrow_schema(t.StructType([t.StructField("x", kind)])).field(0).type


def _has_required(kind: t.DataType) -> bool:
    """Whether the type has NOT NULL anywhere in it."""
    if isinstance(kind, t.StructType):
        return any(not field.nullable or _has_required(field.dataType) for field in kind.fields)
    if isinstance(kind, t.ArrayType):
        return not kind.containsNull or _has_required(kind.elementType)
    if isinstance(kind, t.MapType):
        return not kind.valueContainsNull or _has_required(kind.valueType)
    return False
