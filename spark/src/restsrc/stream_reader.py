"""What Spark calls for a streaming read: where a batch begins and ends, which partitions it has, and reading them.

What offsets mean is known to the mode of the stream, in `streams/`. PySpark before 4.2 tells a source neither where a
batch begins nor how much it may take, so there are two readers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
from pyspark.sql.types import StructType

from restsrc import report
from restsrc.columns import Columns
from restsrc.options import Complaints, Options
from restsrc.reader import counted, read_partition
from restsrc.streams.cursor_mode import CursorMode
from restsrc.streams.mode import Offset, StreamMode
from restsrc.streams.offset_mode import OffsetMode
from restsrc.streams.time_mode import TimeMode

MODES: dict[str, Callable[[Options, Complaints], StreamMode]] = {
    "offset": OffsetMode,
    "time": TimeMode,
    "cursor": CursorMode,
}
# Options that not all modes heed, and those that do. What makes no difference is an error: it was meant to make one.
TIME, FOLLOWED = ("time",), ("cursor",)
HEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("lookback", "recheck", "bounds", "since_path", "until_inclusive", "param_until"), TIME),
    **dict.fromkeys(("partition_duration", "window_rows", "partition_query"), TIME),
    **dict.fromkeys(("on_expired", "delta"), FOLLOWED),
    **dict.fromkeys(("lower_bound", "upper_bound", "pushdown", "pushdown_columns", "pushdown_templates"), ()),
    "fields_param": (),
    **dict.fromkeys(("lag", "param_since", "time_format", "api_time_zone"), TIME + FOLLOWED),
    "on_shrink": ("offset",),
    "on_moved": ("offset", "cursor"),
    "num_partitions": ("offset", "time"),
}
HAS_LIMITS = hasattr(DataSourceStreamReader, "getDefaultReadLimit")  # PySpark 4.2 and later

_log = logging.getLogger("restsrc")


class RestApiStreamReader(DataSourceStreamReader):
    """What Spark calls for a streaming read, in all versions of PySpark."""

    def __init__(self, options: Options, schema: StructType, hint: str = ""):
        """OptionError where the options do not go together or `schema` can't be read. `hint`: as in RestApiReader."""
        options.single("a stream")
        complaints = Complaints(options)
        for option in ("offset", "limit"):
            if options.given(option).strip():
                complaints.add(
                    f"the option {option} can't be given for a stream: use starting_offset and rows_per_batch"
                )
        mode = options.choice("stream_mode")
        for option, modes in HEEDED.items():
            if options.given(option).strip() and mode not in modes:
                where = " and ".join(modes)
                complaints.add(
                    f"stream_mode {mode} takes no notice of {option}" + (f": it is for {where}" if where else "")
                )
        self._options = options
        self._schema = schema
        self._hint = hint
        self._rows_per_batch = options.optional_integer("rows_per_batch")
        self._poll_seconds = options.milliseconds("poll_interval") / 1000
        self._mode = MODES[options.choice("stream_mode")](options, complaints)
        self._check_version(complaints)
        complaints.raise_any()
        report.check(options, report.READ, ("partition_id", "batch_id"))
        Columns(options).batch_maker(schema, bool(hint))  # a schema that can't be read is an error before any task

    def initialOffset(self) -> Offset:
        """Where a new query begins; a query with a checkpoint begins there."""
        return self._mode.initial()

    def partitions(self, start: Offset, end: Offset) -> Sequence[InputPartition]:
        """What each task reads of the batch between two offsets. Runs on the driver."""
        return counted(self._mode.partitions(start, end))

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """The records of a partition as `pyarrow.RecordBatch`es of the schema. Runs in a task."""
        return read_partition(self._options, self._schema, partition, self._hint, stream=True)

    def commit(self, end: Offset) -> None:
        """The batch up to `end` is done. The API keeps no state for us: what is read is in Spark's checkpoint."""
        _log.debug("restsrc: read up to %s", end)

    def stop(self) -> None:
        """Nothing is left to stop: each run of the tool ends with its `with`, or with this process."""

    def _check_version(self, complaints: Complaints) -> None:
        """Complains about options that this PySpark has no way to heed."""


if HAS_LIMITS:
    from pyspark.sql.streaming.datasource import (
        ReadAllAvailable,
        ReadLimit,
        ReadMaxRows,
        SupportsTriggerAvailableNow,
    )

    class LimitedStreamReader(RestApiStreamReader, SupportsTriggerAvailableNow):
        """PySpark 4.2 and later."""

        _quiet_until = 0.0  # when to ask again, after nothing new was found

        def getDefaultReadLimit(self) -> ReadLimit:
            """How much a batch takes at most."""
            return ReadMaxRows(self._rows_per_batch) if self._rows_per_batch else ReadAllAvailable()

        def latestOffset(self, start: Offset, limit: ReadLimit) -> Offset:
            """Where the batch that begins at `start` ends. After nothing was new, not asked within poll_interval."""
            if time.monotonic() < self._quiet_until:
                return start
            end = self._mode.latest(start, limit.max_rows if isinstance(limit, ReadMaxRows) else None)
            if end == start:
                self._quiet_until = time.monotonic() + self._poll_seconds
            return end

        def reportLatestOffset(self) -> Offset | None:
            """The end of the list as far as it is known, for the progress of the query."""
            return self._mode.newest()

        def prepareForTriggerAvailableNow(self) -> None:
            """The query ends with what is there now."""
            self._mode.freeze()


class UnlimitedStreamReader(RestApiStreamReader):
    """PySpark 4.0 and 4.1, which take all there is in each batch."""

    _asked = 0.0  # when the last answer came
    _last: Offset | None = None

    def latestOffset(self) -> Offset:  # type: ignore[override]  # as PySpark had it before 4.2
        """The end of the list."""
        if self._last is None or time.monotonic() >= self._asked + self._poll_seconds:
            self._last = self._mode.latest(None, None)
            self._asked = time.monotonic()
        return self._last

    def _check_version(self, complaints: Complaints) -> None:
        needs = {
            "rows_per_batch": self._rows_per_batch is not None,
            "stream_mode cursor": self._options.choice("stream_mode") == "cursor",
            "on_shrink ignore": self._options.choice("on_shrink") == "ignore",
        }
        for what in (what for what, used in needs.items() if used):
            complaints.add(f"{what} needs PySpark 4.2 or later")


def stream_reader(options: Options, schema: StructType, hint: str = "") -> RestApiStreamReader:
    """The reader for this PySpark."""
    return (LimitedStreamReader if HAS_LIMITS else UnlimitedStreamReader)(options, schema, hint)
