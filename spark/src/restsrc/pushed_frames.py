"""DataFrames of `spark.read` whose filters reach the server.

Spark (4.1 to 4.3) keeps the plan of a Python source with what load() gave, and asks the source again only for a query
that has a filter: after a query with one, a query without would have the rows of the first. So what is loaded with
pushdown has a filter in each query, on a column that is always null and that nobody sees. Only load() can add it.
"""

from __future__ import annotations

import functools
import json
import logging
from typing import TYPE_CHECKING, Any

from pyspark.sql import types as t

from restsrc import pushed_reader
from restsrc.planning.pushdown import GUARD

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FORMAT = "rest-api"
OPTIONS = {"pushdown", "pushdown_templates", "partition_column"}

_log = logging.getLogger("restsrc")


def teach(session: SparkSession) -> None:
    """Has load() of the session's readers add the filter, for this format with pushdown. All else is as it was."""
    reader: Any = type(session.read)
    before = reader.load
    if hasattr(before, "restsrc"):
        return

    @functools.wraps(before)
    def load(
        self: Any,
        path: Any = None,
        format: Any = None,  # noqa: A002 as Spark calls it
        schema: Any = None,
        **options: Any,
    ) -> DataFrame:
        if not _may_push(self, format, options):
            return before(self, path, format, schema, **options)  # type: ignore[no-any-return]
        known, given = _state(self)
        session = self._client if hasattr(self, "_client") else self._spark
        fresh = session.read.format(FORMAT).options(**{**given, **options})  # the user's own may load again
        return _guarded(session, fresh, known if schema is None else schema, lambda reader: before(reader, path))

    load.restsrc = True  # type: ignore[attr-defined]
    reader.load = load


def _guarded(session: SparkSession, reader: Any, schema: Any, loaded: Any) -> DataFrame:
    if not _can_push(session):
        return loaded(reader.schema(schema) if schema else reader)  # type: ignore[no-any-return]
    if schema:
        whole = schema if isinstance(schema, t.StructType) else session.createDataFrame([], schema).schema
        reader = reader.schema(t.StructType([*whole.fields, t.StructField(GUARD, t.BooleanType())]))
    else:
        reader = reader.option(GUARD, "true")
    frame = loaded(reader)
    return frame.filter(frame[GUARD].isNull()).drop(GUARD)  # type: ignore[no-any-return]


def _may_push(reader: Any, form: str | None, options: dict[str, Any]) -> bool:
    """Whether it is of this format, and has a dialect. A reader of a kind that we don't know is left as it is."""
    try:
        known = reader._format if hasattr(reader, "_format") else reader._jreader.source()
        if (form or known or "").lower() != FORMAT:
            return False
        return any(name.lower().replace("-", "_") in OPTIONS for name in (*options, *_state(reader)[1]))
    except Exception:  # also what Py4J raises
        return False


def _state(reader: Any) -> tuple[t.StructType | str | None, dict[str, str]]:
    """The schema and the options that a reader was given so far."""
    if hasattr(reader, "_options"):  # Spark Connect
        text = reader._schema
        return t.StructType.fromJson(json.loads(text)) if text[:1] == "{" else text, reader._options
    inner = reader._jreader
    schema = inner.userSpecifiedSchema()
    known = t.StructType.fromJson(json.loads(schema.get().json())) if schema.isDefined() else None
    convert = reader._spark._jvm.scala.jdk.javaapi.CollectionConverters
    return known, dict(convert.asJava(inner.extraOptions().originalMap()))


def _can_push(session: SparkSession) -> bool:
    """Whether Spark can hand filters over; a warning where it can't."""
    if not pushed_reader.possible():
        _log.warning("restsrc: pushdown needs PySpark 4.1 or later: this one reads the whole list")
        return False
    if str(session.conf.get(pushed_reader.SETTING, "false")).lower() != "true":
        _log.warning("restsrc: pushdown needs the setting %s=true: the whole list is read", pushed_reader.SETTING)
        return False
    return True
