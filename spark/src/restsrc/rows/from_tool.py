"""The fast path to Arrow record batches: `restsrc read --output arrow`.

The tool makes columns of the records that fit the schema, and hands on the text of those that do not, or that are
written in a rare way. They go through the exact path, which says what they are, and the mode says what becomes of a
malformed one. A caller who has to look at the bytes of records gets the texts of all besides.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from pyspark.sql import types as t

from restsrc.option_table import FAILFAST
from restsrc.process import ArrowOutput
from restsrc.rows.decode import BatchMaker, PageValues
from restsrc.rows.newcomers import FAIL, WARN
from restsrc.rows.scalars import Formats
from restsrc.rows.spark_time import fixed_offset

MISFIT, RECORD = "restsrc misfit", "restsrc record"  # columns of the tool that have texts of records
ZONES = "/usr/share/zoneinfo"  # where the tool looks for time zones


class ArrowMaker(BatchMaker):
    """Makes record batches of one schema from those of the tool."""

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
        self._taken = None if named_arrays else _taken(self.columns, self._formats)
        self._zone = _zone_of_tool(time_zone)

    def wanted(self, texts: bool = False) -> ArrowOutput:
        """What the tool is to make. Where it can't take a type, it hands on the text of each record, as with `texts`.

        With them, `texts_of` its batches says what the records are.
        """
        taken = self._taken
        fields = [*taken.fields, _text_column(MISFIT, "misfit")] if isinstance(taken, t.StructType) else []
        if texts or self._special.raw or not fields:
            fields.append(_text_column(RECORD, "record"))
        every = self._special.rescued or self.newcomers.on == FAIL
        new_members = "every" if every else "first" if self.newcomers.on == WARN else "ignore"
        return ArrowOutput(t.StructType(fields).json(), self._zone, new_members)

    def begin(self) -> None:
        """Another run of the tool begins. Its first record shows what its records are: objects, arrays, bare values."""
        self._shaped = False

    def batch(
        self,
        made: Any,
        first_record: int = 0,
        page: PageValues | None = None,
        chosen: Sequence[int] | None = None,
    ) -> Any:
        """The rows of one batch of the tool, as a `pyarrow.RecordBatch`. With `chosen`, only those in these places.

        `first_record` is the number of the first one in messages. RecordError for a malformed record in mode FAILFAST.
        `page(name, numbers)` gives the values of one of the special columns `page` for the records of these numbers.
        """
        misfits = made.column(RECORD if self._taken is None else MISFIT)
        # The tool always hands on the text of a first record that is not an object, or has not all columns.
        first = self._look(misfits[0].as_py()) if made.num_rows else None
        rows = self._rows(made, misfits, first_record, page, chosen)
        self.unmet.meet(first, rows)
        return rows

    def _rows(
        self, made: Any, misfits: Any, first_record: int, page: PageValues | None, chosen: Sequence[int] | None
    ) -> Any:
        import pyarrow as pa

        numbers: Sequence[int] = range(first_record, first_record + made.num_rows)
        if chosen is not None:
            places = pa.array(chosen, pa.int64())
            made, misfits, numbers = made.take(places), misfits.take(places), [numbers[place] for place in chosen]
        texts = made.column(RECORD) if RECORD in made.schema.names else None
        fitting = None if self._taken is None else made.columns[: len(self.columns.fields)]
        if misfits.null_count == made.num_rows and fitting is not None:
            nothing = pa.nulls(made.num_rows, pa.string())
            return self._batch(fitting, nothing, texts, nothing, page, numbers)
        return self._merged(fitting, self._read(misfits.to_pylist(), numbers), texts, numbers, page)


def texts_of(made: Any) -> list[bytes]:
    """The texts of the records of one batch of the tool, where it hands them on."""
    import pyarrow as pa

    texts: list[bytes] = made.column(RECORD).cast(pa.binary()).to_pylist()
    return texts


def texts_wanted() -> ArrowOutput:
    """The tool is to hand on nothing but the texts."""
    return ArrowOutput(t.StructType([_text_column(RECORD, "record")]).json(), "", "ignore")


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
