"""What stands beside the records of a page, as columns: what each page told, and which records are of which page."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError
from restsrc.rows.exact import RecordParser, member

OFFSET, URL, FETCHED_AT = "_offset", "_url", "_fetched_at"
METADATA: dict[str, t.DataType] = {OFFSET: t.LongType(), URL: t.StringType(), FETCHED_AT: t.TimestampType()}


def names(text: str) -> dict[str, str]:
    """The columns that an option asks for, with their PATHs: `time`, or `taken_at=meta.time`, with commas or lines."""
    parts = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
    pairs = (part.partition("=") for part in parts)
    return {name.strip(): path.strip() or name.strip() for name, _, path in pairs}


class Pages:
    """The pages of one run of the tool, as its --envelope-fd tells of them, and what they put into columns."""

    def __init__(
        self, told: Callable[[], bytes], first_record: int, schema: t.StructType, paths: Mapping[str, str], zone: str
    ):
        """`told` waits for the next line. `paths` has the columns of `schema` that come from the envelope."""
        self._told = told
        self._paths = paths
        self._columns = t.StructType([field for field in schema.fields if field.name in paths])
        self._parser = RecordParser(self._columns, zone)
        self._types = {field.name: field.dataType for field in schema.fields}
        self._starts = [first_record]  # of each page, and of the one to come
        self._pages: list[dict[str, Any]] = []
        self._first = ""  # the envelope of the first page

    def first(self) -> str:
        """The envelope of the first page; empty where there is none."""
        while not self._pages and self._hear():
            pass
        return self._first

    def values(self, name: str, numbers: Sequence[int]) -> Any:
        """The values of the column `name` for the records of these numbers, which ascend, as an Arrow array."""
        import pyarrow as pa

        if name == OFFSET:
            return pa.array(numbers, pa.int64())
        while numbers and self._starts[-1] <= numbers[-1] and self._hear():
            pass
        pages = [self._pages[bisect_right(self._starts, number) - 1] for number in numbers]
        from restsrc.rows.decode import arrow_type

        return pa.array([page[name] for page in pages], arrow_type(self._types[name]))

    def _hear(self) -> bool:
        line = self._told().decode()
        if not line:
            return False
        page = json.loads(line)
        at = member(line, "envelope")
        envelope = line[at[0] : at[1]] if at else ""
        self._first = self._first if self._pages else envelope
        self._starts.append(self._starts[-1] + page["records"])
        self._pages.append(
            {
                URL: page["url"],
                FETCHED_AT: round(page["fetched_at"] * 1_000_000),
                **self._members(envelope),
            }
        )
        return True

    def _members(self, envelope: str) -> dict[str, Any]:
        texts = {name: at_path(envelope, path) for name, path in self._paths.items()}
        record = ",".join(f"{json.dumps(name)}:{text}" for name, text in texts.items() if text)
        row, error = self._parser.parse(f"{{{record}}}")
        if error:
            raise OptionError(f"envelope_columns: {error}")
        return dict(zip(self._columns.names, row))


def at_path(text: str, path: str) -> str:
    """The JSON text at a PATH: a member's whole name, else names with dots between, or a JSON Pointer. Empty: none."""
    whole = member(text, path)
    if whole:
        return text[whole[0] : whole[1]]
    steps = path[1:].split("/") if path.startswith("/") else path.removeprefix("$").removeprefix(".").split(".")
    for step in steps:
        found = member(text, step.replace("~1", "/").replace("~0", "~") if path.startswith("/") else step)
        if not found:
            return ""
        text = text[found[0] : found[1]]
    return text
