"""Lines of JSON to Arrow record batches that Spark takes as they are.

The fast path is pyarrow.json on a block of whole lines. It is taken only for types where it gives the same rows as
the exact path (`exact`). What it refuses goes to the exact path: a number in a string column, 1e400, a member given
twice. A refused block is halved first, so that one odd record does not slow down the whole block.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError
from restsrc.option_table import DROPMALFORMED, FAILFAST, PERMISSIVE
from restsrc.rows.exact import RecordParser

BATCH_BYTES = 1 << 20  # of JSON: small enough for an early stop, large enough to cost nothing
SMALLEST_HALF = 64 << 10
REFUSALS_IN_A_ROW = 8  # of the smallest pieces; then the fast path is given up, because all data may be like that

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIMESTAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
_NO_ZONE = _TIMESTAMP + "$"
_ZONE = _TIMESTAMP + r"(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])$"


def arrow_schema(schema: t.StructType) -> Any:
    """The `pyarrow.Schema` that Spark wants for `schema`."""
    from pyspark.sql.pandas.types import to_arrow_schema

    if "timezone" in inspect.signature(to_arrow_schema).parameters:  # PySpark 4.2 and later
        return to_arrow_schema(schema, timezone="UTC")
    return to_arrow_schema(schema)


class BatchMaker:
    """Makes record batches of one schema from blocks of whole lines."""

    def __init__(self, schema: t.StructType, mode: str = FAILFAST, corrupt_column: str = "", time_zone: str = "UTC"):
        """OptionError where the schema can't be read from JSON, or not in that mode.

        `corrupt_column` names the column that gets the text of a malformed record in mode PERMISSIVE, if the schema
        has it. `time_zone` is that of timestamps that name none.
        """
        self._mode = mode
        self._time_zone = time_zone
        self._corrupt_column = corrupt_column
        self._columns = _data_columns(schema, corrupt_column)
        self._has_required = _has_required(self._columns)
        if self._has_required and mode == PERMISSIVE:
            raise OptionError("mode PERMISSIVE puts null where a value is malformed, but the schema has NOT NULL in it")
        self._arrow_schema = arrow_schema(schema)
        self._records = RecordParser(self._columns, time_zone)
        self._fast_schema = _fast_schema(self._columns)
        self._refusals = 0 if self._fast_schema is not None else REFUSALS_IN_A_ROW

    def batches(self, block: bytes, first_record: int = 0) -> Iterator[Any]:
        """The rows of `block` as `pyarrow.RecordBatch`es.

        Each line of `block` ends in a newline. `first_record` is the number of the first one in messages. RecordError
        for a malformed record in mode FAILFAST.
        """
        if self._refusals >= REFUSALS_IN_A_ROW:
            yield from _slices(self.exact_batch(block, first_record), len(block))
            return
        batch = self.fast_batch(block)
        middle = block.find(b"\n", len(block) // 2) + 1
        if batch is not None:
            self._refusals = 0
            yield from _slices(batch, len(block))
        elif len(block) > SMALLEST_HALF and middle < len(block):
            head = block[:middle]
            yield from self.batches(head, first_record)
            yield from self.batches(block[middle:], first_record + head.count(b"\n"))
        else:
            self._refusals += 1
            yield from _slices(self.exact_batch(block, first_record), len(block))

    def fast_batch(self, block: bytes) -> Any:
        """The rows of `block` by the fast path; None where it can't or must not be taken."""
        import pyarrow as pa
        from pyarrow import json

        lines = block.count(b"\n")
        # pyarrow.json crashes on a line that says null.
        if self._fast_schema is None or block.count(b"\n{") + block.startswith(b"{") != lines:
            return None
        try:
            table = json.read_json(
                pa.BufferReader(block),
                json.ReadOptions(use_threads=False, block_size=len(block) + 1),
                json.ParseOptions(explicit_schema=self._fast_schema, unexpected_field_behavior="ignore"),
            )
            columns = [
                _convert(_one_array(table.column(field.name)), field.dataType, self._time_zone)
                for field in self._columns.fields
            ]
        except pa.ArrowException:
            return None
        if table.num_rows != lines:
            return None
        if self._has_required and any(map(_lacks_required, columns, self._columns.fields)):
            return None
        return self._batch(columns, pa.nulls(lines, pa.string()))

    def exact_batch(self, block: bytes, first_record: int = 0) -> Any:
        """The rows of `block`, read one record at a time. The mode says what becomes of a malformed one."""
        import pyarrow as pa

        rows, corrupt = [], []
        for number, line in enumerate(block.decode().split("\n")[:-1], first_record):
            row, error = self._records.parse(line)
            if error is not None:
                if self._mode == FAILFAST:
                    raise RecordError(f"record {number}: {error}")
                if self._mode == DROPMALFORMED:
                    continue
            rows.append(row)
            corrupt.append(None if error is None else line)
        values = zip(*rows) if rows else [[] for _ in self._columns.fields]
        types = [field.type for field in self._arrow_schema if field.name != self._corrupt_column]
        columns = [pa.array(column, kind) for column, kind in zip(values, types)]
        return self._batch(columns, pa.array(corrupt, pa.string()))

    def _batch(self, columns: list[Any], corrupt: Any) -> Any:
        import pyarrow as pa

        rest = iter(columns)
        arrays = [corrupt if field.name == self._corrupt_column else next(rest) for field in self._arrow_schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self._arrow_schema)


def _data_columns(schema: t.StructType, corrupt_column: str) -> t.StructType:
    """The columns that come out of the records' members."""
    if not schema.fields:
        raise OptionError("the schema has no columns")
    for field in schema.fields:
        if field.name == corrupt_column and not (isinstance(field.dataType, t.StringType) and field.nullable):
            raise OptionError(f"the column {corrupt_column} for malformed records must be a nullable STRING")
    if len(set(schema.names)) != len(schema.names):
        raise OptionError("the schema has two columns of one name")
    return t.StructType([field for field in schema.fields if field.name != corrupt_column])


def _slices(batch: Any, json_bytes: int) -> Iterator[Any]:
    """`batch` cut so that each piece comes from about BATCH_BYTES of JSON."""
    rows = max(1, batch.num_rows * BATCH_BYTES // max(json_bytes, 1))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _one_array(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


_AS_IT_IS = (
    *(t.ByteType, t.ShortType, t.IntegerType, t.LongType, t.FloatType, t.DoubleType, t.BooleanType, t.StringType),
)
_READ_AS_STRING = (t.DateType, t.TimestampType, t.TimestampNTZType)


def _fast_schema(columns: t.StructType) -> Any:
    """The schema that pyarrow.json reads; None where one of the types is not for the fast path."""
    import pyarrow as pa

    fields = [(field.name, _fast_type(field.dataType)) for field in columns.fields]
    if not fields or any(kind is None for _, kind in fields):
        return None
    return pa.schema(fields)


def _fast_type(kind: t.DataType) -> Any:
    import pyarrow as pa

    if isinstance(kind, _AS_IT_IS):
        return _arrow_type(kind)
    if isinstance(kind, t.DecimalType):
        # pyarrow.json multiplies by 10^scale without looking: in 128 bits that can wrap around to a wrong number.
        # 38 digits times at most 10^38 stay within 256 bits, so that _convert can look afterwards.
        return pa.decimal256(38, kind.scale)
    if isinstance(kind, _READ_AS_STRING):
        return pa.string()
    if isinstance(kind, t.ArrayType):
        element = _fast_type(kind.elementType)
        return element if element is None else pa.list_(pa.field("element", element))
    if isinstance(kind, t.StructType):
        fields = _fast_schema(kind)
        return fields if fields is None else pa.struct(list(fields))
    return None


def _convert(array: Any, kind: t.DataType, time_zone: str) -> Any:
    """What pyarrow.json has read, as Spark's type. ArrowInvalid where it may differ from what the exact path gives."""
    import pyarrow as pa

    if isinstance(kind, t.DecimalType):
        array.validate(full=True)  # each value has at most 38 digits
        return array.cast(_arrow_type(kind))
    if isinstance(kind, t.DateType):
        return _matching(array, _DATE).cast(pa.date32())
    if isinstance(kind, t.TimestampType):
        return _timestamps(array, time_zone)
    if isinstance(kind, t.TimestampNTZType):
        return _matching(array, _NO_ZONE).cast(pa.timestamp("us"))
    if isinstance(kind, t.StructType):
        children = [_convert(array.field(at), f.dataType, time_zone) for at, f in enumerate(kind.fields)]
        return pa.StructArray.from_arrays(children, fields=list(_arrow_type(kind)), mask=array.is_null())
    if isinstance(kind, t.ArrayType):
        values = _convert(array.values, kind.elementType, time_zone)
        return pa.ListArray.from_arrays(array.offsets, values, type=_arrow_type(kind), mask=array.is_null())
    return array


def _arrow_type(kind: t.DataType) -> Any:
    return arrow_schema(t.StructType([t.StructField("x", kind)])).field(0).type


def _matching(array: Any, pattern: str) -> Any:
    """`array`, if all its strings match."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.all(pc.match_substring_regex(array, pattern)).as_py() is False:
        raise pa.ArrowInvalid("a string in a form that Arrow and Spark may not read alike")
    return array


def _timestamps(array: Any, time_zone: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.all(pc.match_substring_regex(array, _ZONE)).as_py() is not False:
        return array.cast(pa.timestamp("us", "UTC"))
    local = _matching(array, _NO_ZONE).cast(pa.timestamp("us"))
    if time_zone not in ("UTC", "Z"):
        # A time that a zone skips is refused: Spark and Arrow shift it differently.
        local = pc.assume_timezone(local, time_zone, ambiguous="earliest", nonexistent="raise")
    return local.cast(pa.timestamp("us", "UTC"))


def _has_required(kind: t.DataType) -> bool:
    """Whether the type has NOT NULL anywhere in it."""
    if isinstance(kind, t.StructType):
        return any(not field.nullable or _has_required(field.dataType) for field in kind.fields)
    if isinstance(kind, t.ArrayType):
        return not kind.containsNull or _has_required(kind.elementType)
    if isinstance(kind, t.MapType):
        return not kind.valueContainsNull or _has_required(kind.valueType)
    return False


def _lacks_required(array: Any, field: t.StructField) -> bool:
    """Whether there is a null where the schema says NOT NULL."""
    if not field.nullable and array.null_count:
        return True
    kind = field.dataType
    if isinstance(kind, t.StructType):
        present = array.filter(array.is_valid())
        return any(_lacks_required(present.field(at), child) for at, child in enumerate(kind.fields))
    if isinstance(kind, t.ArrayType):
        return _lacks_required(array.flatten(), t.StructField("element", kind.elementType, kind.containsNull))
    return False
