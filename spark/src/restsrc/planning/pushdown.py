"""Which filters of a query the server is asked for, and how the plan changes by them.

Spark applies every filter itself as well: what is asked for costs or saves bytes, and must never lose a row.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from pyspark.sql.types import StructType

from restsrc.errors import OptionError, cut
from restsrc.option_table import PERMISSIVE
from restsrc.options import Options
from restsrc.planning import clauses
from restsrc.planning.dialects import Dialect, Moment, dialect
from restsrc.planning.narrowed import narrowed, narrows
from restsrc.planning.predicates import Predicate, Reading
from restsrc.tool import preset_text

GUARD = "_restsrc_guard"  # a column that is always null, and filtered by in every query: see pushed_frames

_log = logging.getLogger("restsrc")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Asked:
    """What the server is asked for. `options`: the user's, with it. `texts`: what is asked, by parameter and filter.

    `checks`: what the records must then fulfil, with the text of it; with `nulls` also those without a value may come.
    """

    options: Options
    texts: tuple[str, ...] = ()
    checks: tuple[tuple[Predicate, str], ...] = ()
    nulls: bool = False

    def blame(self, message: str) -> str:
        """The message of a refusal, with what the user can do."""
        what = ", ".join(self.texts)
        return f"{message}; pushdown asked for {what}: if that is wrong, set pushdown_columns or leave pushdown out"


class Pushdown:
    """What the options say about filters."""

    def __init__(self, options: Options):
        """OptionError where the options about pushdown are wrong, or don't go with others."""
        self._options = options
        preset = preset_text(options.find_tool(), options.given("api")) if options.given("api") else ""
        self._way = dialect(options, preset)
        if self._way is None:
            return
        self._parameters = _columns(options)
        self._taken = clauses.in_use(options, preset, self._way)
        if options.offset or options.limit is not None:
            raise OptionError("pushdown doesn't go with offset and limit: they count the records of the whole list")
        if "_offset" in (options.parsed("metadata_columns") or []):
            raise OptionError("pushdown doesn't go with the metadata column _offset: it counts those of the whole list")

    def ask(self, schema: StructType, filters: Sequence[Any], token: str) -> Asked:
        """What the server is asked for, given the filters of a query over the data source that `token` names."""
        bounds: dict[str, Predicate] = {}
        found: dict[str, Predicate] = {}
        for one in _reading(self._options, schema).predicates(filters):
            if narrows(self._options, one):
                bounds.setdefault(f"{'.'.join(one.path)} {one.operator} {one.value}", one)
            elif self._way and (clause := self._clause(one, self._way)):
                found.setdefault(clause, one)
        fitting = clauses.short_enough(list(found), self._way) if self._way else []
        kept = in_common(token, [*bounds, *fitting])  # also of none: a query that needs all rows counts
        options = narrowed(self._options, [bounds[text] for text in kept if text in bounds])
        wanted = [text for text in kept if text in found]
        added = clauses.added(options, self._way, wanted) if self._way and wanted else None
        both = {**bounds, **(found if added else {})}
        return self._told(added or options, {text: both[text] for text in kept if text in both})

    def _told(self, options: Options, asked: dict[str, Predicate]) -> Asked:
        texts = {text: f"{cut(text, 80)} (filter {one.filter})" for text, one in asked.items()}
        days = self._way is not None and self._way.days
        checks = [(one, texts[text]) for text, one in asked.items() if not (days and isinstance(one.value, Moment))]
        return Asked(options, tuple(texts.values()), tuple(checks), bool(self._way and self._way.wrapped))

    def _clause(self, one: Predicate, way: Dialect) -> str | None:
        column = self._parameters.get(".".join(one.path)) if self._parameters else _usual(one.path, way)
        clause = way.clause(column, one.operator, one.value) if column else None
        parameter = way.parameter or (clause or "").split("=")[0]
        return clause if parameter not in self._taken else None


def _reading(options: Options, schema: StructType) -> Reading:
    form = options.time_form()
    return Reading(_members(options, schema), form, options.choice("mode") == PERMISSIVE)


def _members(options: Options, schema: StructType) -> StructType:
    """The columns that records have as members: not those that come from elsewhere."""
    others = {options.text(name) for name in ("raw_column", "rescued_data_column", "column_name_of_corrupt_record")}
    others |= {GUARD, *(options.parsed("metadata_columns") or [])}
    others |= {part.split("=")[0].strip() for part in options.text("envelope_columns").split(",")}
    return StructType([each for each in schema.fields if each.name not in others and each.name != "_corrupt_record"])


def _columns(options: Options) -> dict[str, str]:
    """The option pushdown_columns: the columns that go over, with their parameters. Empty: all."""
    pairs = [part.strip().partition("=") for part in options.text("pushdown_columns").split(",") if part.strip()]
    if any(not name.strip() or (sign and not to.strip()) for name, sign, to in pairs):
        raise OptionError("pushdown_columns takes columns such as id, created=created_at, customer.id=customer")
    return {name.strip(): to.strip() or name.strip() for name, _, to in pairs}


def _usual(path: tuple[str, ...], way: Dialect) -> str | None:
    if way.inside and path[0] == way.inside:
        path = path[1:]
    elif way.inside and path[0].startswith("_"):  # what the API says about the record
        return None
    if all(map(_NAME.fullmatch, path)) and (way.nested or len(path) == 1):
        return way.nested.join(path)
    return None


def in_common(token: str, clauses: list[str]) -> list[str]:
    """Those of the clauses that all queries over this data source have had so far.

    Spark (4.1 to 4.3) keeps one plan for each data source, the last that was made, and two queries of one DataFrame, or
    two sides of a join, may both read by it. So the plan must have the rows of all of them. What they have asked for is
    kept, as digests, where Spark has its own temporary files on the driver.
    """
    digests = {hashlib.sha256(clause.encode()).hexdigest(): clause for clause in clauses}
    folder = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    if not token or not folder or not Path(folder).is_dir():
        return []
    try:
        with open(Path(folder) / f"restsrc-{token}", "a+", encoding="ascii", opener=_private) as file:
            flock(file, LOCK_EX)
            file.seek(0)
            before = file.read().split()
            common = {digest: clause for digest, clause in digests.items() if digest in before or not before}
            file.truncate(0)
            file.write("\n".join(["asked", *common]))
    except OSError as error:
        _log.warning("restsrc: no filter is pushed down: %s: %s", folder, error.strerror)
        return []
    if len(common) < len(clauses):
        _log.warning(
            "restsrc: this DataFrame was filtered in another way before, and Spark keeps one plan for both: all they"
            " need is read, %s. Call load() again for each query",
            "by the filters that they share" if common else "without filters",
        )
    return list(common.values())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def unheeded(asked: Asked, batch: Any) -> list[str]:
    """Warnings about what the server seems to ignore, by the first records that came."""
    warnings = []
    for one, text in asked.checks:
        if one.path[0] not in batch.schema.names:
            continue
        values = batch.column(batch.schema.get_field_index(one.path[0])).to_pylist()
        for name in one.path[1:]:
            values = [value and value.get(name) for value in values]
        wrong = sum(not one.holds(value) for value in values if not (asked.nulls and value is None))
        if wrong:
            warnings.append(
                f"the server seems to ignore {text}, which pushdown asked for: "
                f"{wrong} of the first {len(values)} records don't fulfil it. Spark filters them"
            )
    return warnings
