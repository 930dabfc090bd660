"""Lines of JSON to Arrow record batches that Spark takes as they are.

The fast path is pyarrow.json on a block of whole lines. It is taken only for types where it gives the same rows as
the exact path (`exact`). What it refuses goes to the exact path: a number in a string column, 1e400, a member given
twice. A refused block is halved first, so that one odd record does not slow down the whole block.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError
from restsrc.option_table import DROPMALFORMED, FAILFAST, PERMISSIVE
from restsrc.rows.exact import RecordParser, Unknown
from restsrc.rows.newcomers import FAIL, IGNORE, Newcomers, rescued
from restsrc.rows.scalars import Formats
from restsrc.rows.shape import Reshape, reshape

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


@dataclass(frozen=True)
class Special:
    """The names of the columns that do not come from the members of a record; empty: there is none.

    `corrupt` gets the text of a malformed record in mode PERMISSIVE, if the schema has it; `raw` the text of each
    record; `rescued` what has no column. `page` names those whose values the caller has: see `BatchMaker.batches`.
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
    """Makes record batches of one schema from blocks of whole lines."""

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
    ):
        """OptionError where the schema can't be read from JSON, or not in that mode.

        `special` may name `corrupt_column` too. `time_zone` is that of timestamps that name none. `newcomers` hears of
        members that have no column.
        """
        self._mode = mode
        self._time_zone = time_zone
        self._formats = formats or Formats()
        self._special = special or Special(corrupt=corrupt_column)
        self.columns = data_columns(schema, self._special)
        self._has_required = _has_required(self.columns)
        if self._has_required and mode == PERMISSIVE:
            raise OptionError("mode PERMISSIVE puts null where a value is malformed, but the schema has NOT NULL in it")
        self.newcomers = newcomers or Newcomers(IGNORE)
        self._unknown: Unknown | None = [] if self._notices() else None
        self._met: set[str] = set()  # paths that Arrow has found beside the schema
        self.array_names: Sequence[str] | None = None  # of the places of records that are arrays
        self._reshape: Reshape | None = None
        self._shaped = False
        self._records = RecordParser(self.columns, time_zone, self._formats, self._unknown)
        self._arrow_schema = arrow_schema(schema)
        self._fast_schema = _fast_schema(self.columns, self._formats)
        self._refusals = 0 if self._fast_schema is not None else REFUSALS_IN_A_ROW

    def batches(self, block: bytes, first_record: int = 0, page: PageValues | None = None) -> Iterator[Any]:
        """The rows of `block` as `pyarrow.RecordBatch`es.

        Each line of `block` ends in a newline. `first_record` is the number of the first one in messages. RecordError
        for a malformed record in mode FAILFAST. `page(name, numbers)` gives the values of one of the special columns
        `page` for the records of these numbers.
        """
        self._look_at(block)
        if self._refusals >= REFUSALS_IN_A_ROW:
            yield from _slices(self.exact_batch(block, first_record, page), len(block))
            return
        batch = self.fast_batch(block, first_record, page)
        middle = block.find(b"\n", len(block) // 2) + 1
        if batch is not None:
            self._refusals = 0
            yield from _slices(batch, len(block))
        elif len(block) > SMALLEST_HALF and middle < len(block):
            head = block[:middle]
            yield from self.batches(head, first_record, page)
            yield from self.batches(block[middle:], first_record + head.count(b"\n"), page)
        else:
            self._refusals += 1
            yield from _slices(self.exact_batch(block, first_record, page), len(block))

    def fast_batch(self, block: bytes, first_record: int = 0, page: PageValues | None = None) -> Any:
        """The rows of `block` by the fast path; None where it can't or must not be taken."""
        import pyarrow as pa
        from pyarrow import json

        lines = block.count(b"\n")
        texts = block.decode().split("\n")[:-1] if self._special.raw or self._reshape else []
        if self._reshape:
            block = "".join(f"{self._reshape(line)}\n" for line in texts).encode()
        # pyarrow.json crashes on a line that says null.
        if self._fast_schema is None or block.count(b"\n{") + block.startswith(b"{") != lines:
            return None
        unexpected = "ignore" if self._unknown is None else "infer"
        try:
            table = json.read_json(
                pa.BufferReader(block),
                json.ReadOptions(use_threads=False, block_size=len(block) + 1),
                json.ParseOptions(explicit_schema=self._fast_schema, unexpected_field_behavior=unexpected),
            )
            if self._unknown is not None and not self._told(table.schema, block, first_record):
                return None
            columns = [
                _convert(_one_array(table.column(field.name)), field.dataType, self._time_zone)
                for field in self.columns.fields
            ]
        except pa.ArrowException:
            return None
        if table.num_rows != lines:
            return None
        if self._has_required and any(map(_lacks_required, columns, self.columns.fields)):
            return None
        nothing = pa.nulls(lines, pa.string())
        numbers = range(first_record, first_record + lines)
        return self._batch(
            columns, nothing, pa.array(texts if self._special.raw else [], pa.string()), nothing, page, numbers
        )

    def exact_batch(self, block: bytes, first_record: int = 0, page: PageValues | None = None) -> Any:
        """The rows of `block`, read one record at a time. The mode says what becomes of a malformed one."""
        import pyarrow as pa

        rows, corrupt, kept, texts, rest = [], [], [], [], []
        for number, line in enumerate(block.decode().split("\n")[:-1], first_record):
            row, error = self._records.parse(self._reshape(line) if self._reshape else line)
            if error is not None:
                if self._mode == FAILFAST:
                    raise RecordError(f"record {number}: {error}")
                if self._mode == DROPMALFORMED:
                    continue
            rows.append(row)
            kept.append(number)
            texts.append(line)
            corrupt.append(None if error is None else line)
            if self._unknown is not None:
                self.newcomers.meet((path for path, _ in self._unknown), number)
                rest.append(rescued(self._unknown) if self._special.rescued else None)
        values = zip(*rows) if rows else [[] for _ in self.columns.fields]
        types = [field.type for field in self._arrow_schema if field.name not in self._special.names]
        columns = [pa.array(column, kind) for column, kind in zip(values, types)]
        text = [pa.array(column, pa.string()) for column in (corrupt, texts, rest)]
        return self._batch(columns, text[0], text[1], text[2], page, kept)

    def _look_at(self, block: bytes) -> None:
        """The first record of all says what the records are: objects, arrays or bare values."""
        if not self._shaped and block:
            first = block[: block.index(b"\n")].decode()
            self._reshape = reshape(first, self.columns.names, self.array_names)
            self._shaped = True

    def _told(self, found: Any, block: bytes, first_record: int) -> bool:
        """Tells the newcomers of what Arrow has met beside the schema. False: only the exact path can do what is to be
        done about it.
        """
        fresh = set(_unexpected(found, self._fast_schema)) - self._met
        if fresh and (self._special.rescued or self.newcomers.on == FAIL):
            return False
        self._met |= fresh
        for number, line in enumerate(block.decode().split("\n")[:-1] if fresh else (), first_record):
            self._records.parse(self._reshape(line) if self._reshape else line)
            self.newcomers.meet((path for path, _ in self._unknown or ()), number)
        return True

    def _notices(self) -> bool:
        return bool(self._special.rescued) or self.newcomers.on != IGNORE

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
        for field in self._arrow_schema:
            if field.name not in special.names:
                arrays.append(next(data))
            elif field.name in own:
                arrays.append(own[field.name])
            else:
                arrays.append(
                    page(field.name, numbers).cast(field.type) if page else pa.nulls(len(numbers), field.type)
                )
        return pa.RecordBatch.from_arrays(arrays, schema=self._arrow_schema)


def data_columns(schema: t.StructType, special: Special) -> t.StructType:
    """The columns that come out of the records' members. OptionError where the special ones are of a wrong type."""
    if not schema.fields:
        raise OptionError("the schema has no columns")
    texts = {special.corrupt: "malformed records", special.raw: "the text of records"}
    texts[special.rescued] = "members without a column"
    for field in schema.fields:
        if field.name in texts and field.name and not (isinstance(field.dataType, t.StringType) and field.nullable):
            raise OptionError(f"the column {field.name} for {texts[field.name]} must be a nullable STRING")
    if len(set(schema.names)) != len(schema.names):
        raise OptionError("the schema has two columns of one name")
    return t.StructType([field for field in schema.fields if field.name not in special.names])


def _unexpected(found: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """The paths of the fields that Arrow has found beside the wanted ones, if they hold anything."""
    import pyarrow as pa

    for field in found:
        at = wanted.get_field_index(field.name)
        if at < 0:
            if not pa.types.is_null(field.type):
                yield path + field.name
            continue
        have, want = field.type, wanted.field(at).type
        while pa.types.is_list(have) and pa.types.is_list(want):
            have, want = have.value_type, want.value_type
        if pa.types.is_struct(have):
            yield from _unexpected(have, want, f"{path}{field.name}.")


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


def _fast_schema(columns: t.StructType, formats: Formats) -> Any:
    """The schema that pyarrow.json reads; None where one of the types, or a format, is not for the fast path."""
    import pyarrow as pa

    fields = [(field.name, _fast_type(field.dataType, formats)) for field in columns.fields]
    if not fields or any(kind is None for _, kind in fields):
        return None
    return pa.schema(fields)


def _fast_type(kind: t.DataType, formats: Formats) -> Any:
    import pyarrow as pa

    if formats.date and isinstance(kind, t.DateType):
        return None
    if (formats.timestamp or formats.unit) and isinstance(kind, (t.TimestampType, t.TimestampNTZType)):
        return None
    if isinstance(kind, _AS_IT_IS):
        return arrow_type(kind)
    if isinstance(kind, t.DecimalType):
        # pyarrow.json multiplies by 10^scale without looking: in 128 bits that can wrap around to a wrong number.
        # 38 digits times at most 10^38 stay within 256 bits, so that _convert can look afterwards.
        return pa.decimal256(38, kind.scale)
    if isinstance(kind, _READ_AS_STRING):
        return pa.string()
    if isinstance(kind, t.ArrayType):
        element = _fast_type(kind.elementType, formats)
        return element if element is None else pa.list_(pa.field("element", element))
    if isinstance(kind, t.StructType):
        fields = _fast_schema(kind, formats)
        return fields if fields is None else pa.struct(list(fields))
    return None


def _convert(array: Any, kind: t.DataType, time_zone: str) -> Any:
    """What pyarrow.json has read, as Spark's type. ArrowInvalid where it may differ from what the exact path gives."""
    import pyarrow as pa

    if isinstance(kind, t.DecimalType):
        array.validate(full=True)  # each value has at most 38 digits
        return array.cast(arrow_type(kind))
    if isinstance(kind, t.DateType):
        return _matching(array, _DATE).cast(pa.date32())
    if isinstance(kind, t.TimestampType):
        return _timestamps(array, time_zone)
    if isinstance(kind, t.TimestampNTZType):
        return _matching(array, _NO_ZONE).cast(pa.timestamp("us"))
    if isinstance(kind, t.StructType):
        children = [_convert(array.field(at), f.dataType, time_zone) for at, f in enumerate(kind.fields)]
        return pa.StructArray.from_arrays(children, fields=list(arrow_type(kind)), mask=array.is_null())
    if isinstance(kind, t.ArrayType):
        values = _convert(array.values, kind.elementType, time_zone)
        return pa.ListArray.from_arrays(array.offsets, values, type=arrow_type(kind), mask=array.is_null())
    return array


def arrow_type(kind: t.DataType) -> Any:
    """The Arrow type that Spark wants for one of its own."""
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
