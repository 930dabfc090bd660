"""The columns of a read: those of the records' members, and those that come from elsewhere."""

from __future__ import annotations

import json

from pyspark.sql.types import DataType, StringType, StructField, StructType

from restsrc import session
from restsrc.errors import OptionError, RecordError, cut
from restsrc.option_table import FAILFAST, PERMISSIVE
from restsrc.options import Options
from restsrc.planning.pushdown import GUARD
from restsrc.process import Process
from restsrc.rows import envelope, infer
from restsrc.rows.decode import Special
from restsrc.rows.envelope import METADATA, Pages
from restsrc.rows.exact import elements
from restsrc.rows.from_tool import ArrowMaker
from restsrc.rows.newcomers import IGNORE, WARN, Newcomers
from restsrc.rows.scalars import Formats
from restsrc.rows.shape import VALUE, reshape
from restsrc.rows.unmet import Unmet


class Columns:
    """What the options ask for beside the members of the records."""

    def __init__(self, options: Options):
        self._options = options
        self._raw = options.text("raw_column")
        self._rescued = options.text("rescued_data_column")
        self._metadata: list[str] = options.parsed("metadata_columns") or []
        self._envelope = envelope.names(options.text("envelope_columns"))
        self._names_from = options.text("columns_from")

    @property
    def needs_envelopes(self) -> bool:
        """Whether the tool has to tell of its pages."""
        return bool(self._metadata or self._envelope or self._names_from)

    def inferred(self, lines: list[str], first_envelope: str) -> StructType:
        """The schema of sample records and of the envelope of their page, with all that the options ask for."""
        options, mode = self._options, self._options.choice("mode")
        corrupt = options.text("column_name_of_corrupt_record") if mode == PERMISSIVE else None
        shaped = reshape(lines[0], [VALUE], self._array_names(first_envelope)) if lines else None
        records = [shaped(line) for line in lines] if shaped else lines
        schema = infer.schema_of(records, mode == FAILFAST, corrupt, options.parsed("schema_hints"))
        for name in self._envelope:
            text = envelope.at_path(first_envelope, self._envelope[name])
            kind = infer.schema_of([f'{{"x":{text}}}'])["x"].dataType if text else StringType()
            schema = _with(schema, name, kind)
        for name in self._metadata:
            schema = _with(schema, name, METADATA[name])
        for name in filter(None, (self._rescued, self._raw)):
            schema = _with(schema, name, StringType())
        return schema

    def batch_maker(self, schema: StructType, inferred: bool) -> ArrowMaker:
        """What makes record batches of `schema`. OptionError where it can't be read, or lacks what the options name.

        `inferred`: the schema comes from a sample, so that members which have no column are news.
        """
        options = self._options
        asked = {"raw_column": [self._raw], "rescued_data_column": [self._rescued], "metadata_columns": self._metadata}
        asked["envelope_columns"] = list(self._envelope)
        for option, names in asked.items():
            for name in names:
                if name and name not in schema.names:
                    raise OptionError(f"the schema has no column {name}, which {option} names: add it")
        for name in self._metadata:
            if schema[name].dataType != METADATA[name]:
                raise OptionError(f"the column {name} must be a {METADATA[name].simpleString().upper()}")
        formats = Formats(
            options.parsed("timestamp_format"),
            options.parsed("date_format"),
            options.text("timestamp_unit").strip().lower(),
        )
        special = Special(
            session.corrupt_column(options, schema), self._raw, self._rescued, (*self._metadata, *self._envelope)
        )
        news = options.parsed("on_new_members") or (WARN if inferred and not self._rescued else IGNORE)
        heard = inferred or self._rescued or options.parsed("on_new_members")
        kept = [line.partition("=")[0].strip() for line in options.given("keep").splitlines()]  # of a parent
        members = [name for name in schema.names if name not in (*special.names, *kept, GUARD)]
        return ArrowMaker(
            schema,
            options.choice("mode"),
            time_zone=session.time_zone(options),
            formats=formats,
            special=special,
            newcomers=Newcomers(news),
            unmet=Unmet([] if heard else members, kept),
            named_arrays=bool(self._names_from),
        )

    def pages(self, process: Process, first_record: int, schema: StructType) -> Pages | None:
        """What the pages of a run put into columns; None where no column needs it."""
        if not self.needs_envelopes:
            return None
        return Pages(process.page, first_record, schema, self._envelope, session.time_zone(self._options))

    def name_arrays(self, maker: ArrowMaker, pages: Pages | None) -> None:
        """Gives the maker the names of the places of records that are arrays, where the envelope has them."""
        if self._names_from and pages and maker.array_names is None:
            maker.array_names = self._array_names(pages.first())

    def _array_names(self, first_envelope: str) -> list[str] | None:
        if not self._names_from:
            return None
        text = envelope.at_path(first_envelope, self._names_from)
        if text[:1] != "[":
            raise RecordError(f"columns_from: there is no list of names at {self._names_from} of the answer")
        return [_name(element) for element in elements(text)]


def _name(element: str) -> str:
    """A name, or an object that has it, as column descriptions are often written."""
    for text in (element, *(envelope.at_path(element, member) for member in ("name", "id", "label"))):
        if text[:1] == '"':
            return str(json.loads(text))
    raise RecordError(f"columns_from: {cut(element, 60)} is not a name, nor has it a member name")


def _with(schema: StructType, name: str, kind: DataType) -> StructType:
    """With the column `name`, which wins over a member of that name."""
    return StructType([*(field for field in schema.fields if field.name != name), StructField(name, kind)])
