"""What Spark calls for streams: where a batch begins and ends, which tasks read it, and their reading.

Three modes know what offsets mean: `streams.offset_mode`, `streams.time_mode` and `streams.cursor_mode`. Offsets are all that Spark keeps of a
source in its checkpoint, so the same two must lead to the same records, also after a crash. PySpark before 4.2 tells a source
neither a batch's start nor a limit.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, Iterator, Sequence

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
from pyspark.sql.types import StructType

from restsrc.options import Options
from restsrc.reader import read_partition
from restsrc.rows.decode import BatchMaker
from restsrc.settings import Settings
from restsrc.streams.cursor_mode import CursorMode
from restsrc.streams.mode import StreamMode
from restsrc.streams.offset_mode import OffsetMode
from restsrc.streams.time_mode import TimeMode

MODES: "dict[str, Callable[[Settings], StreamMode]]" = {"offset": OffsetMode, "time": TimeMode, "cursor": CursorMode}
HAS_LIMITS = hasattr(DataSourceStreamReader, "getDefaultReadLimit")  # PySpark 4.2 and later

_log = logging.getLogger("restsrc")


class RestApiStreamReader(DataSourceStreamReader):
    """What all versions of PySpark call."""

    def __init__(self, options: Options, schema: StructType, hint: str):
        settings = Settings(options)
        name = settings.choice("stream_mode", tuple(MODES))
        for option in ("offset", "limit"):
            if settings.given(option):
                settings.refuse(f"the option {option} can't be given for a stream: use starting_offset and rows_per_batch")
        self._options = options
        self._schema = schema
        self._hint = hint
        self._rows_per_batch = settings.integer("rows_per_batch", 1)
        self._poll_seconds = settings.duration("poll_interval", "1s") / 1000
        self._mode = MODES.get(name, OffsetMode)(settings)
        self._check_version(settings, name)
        settings.check()
        self._batch_maker()  # a schema that can't be read is an error before any task starts

    def initialOffset(self) -> dict:
        return self._mode.initial()

    def partitions(self, start: dict, end: dict) -> Sequence[InputPartition]:
        return self._mode.tasks(start, end)

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Runs in a task: its records as Arrow record batches."""
        return read_partition(self._options, self._batch_maker(), partition, self._hint)

    def commit(self, end: dict) -> None:
        """The API keeps no state of ours; what is read is in Spark's checkpoint."""
        _log.debug("restsrc: read up to %s", end)

    def stop(self) -> None:
        """Children end with their `with`, or with this process."""

    def _check_version(self, settings: Settings, mode: str) -> None:
        pass

    def _batch_maker(self) -> BatchMaker:
        options = self._options
        return BatchMaker(self._schema, options.mode, options.corrupt_column, options.time_zone)


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
            return ReadMaxRows(self._rows_per_batch) if self._rows_per_batch else ReadAllAvailable()

        def latestOffset(self, start: dict, limit: ReadLimit) -> dict:
            if time.monotonic() < self._quiet_until:
                return start
            end = self._mode.latest(start, limit.max_rows if isinstance(limit, ReadMaxRows) else None)
            if end == start:
                self._quiet_until = time.monotonic() + self._poll_seconds
            return end

        def reportLatestOffset(self) -> "dict | None":
            return self._mode.newest()

        def prepareForTriggerAvailableNow(self) -> None:
            self._mode.freeze()


class UnlimitedStreamReader(RestApiStreamReader):
    """PySpark 4.0 and 4.1, which take all there is in each batch."""

    _asked = 0.0  # when the last answer came
    _last: "dict | None" = None

    def latestOffset(self) -> dict:
        if self._last is None or time.monotonic() >= self._asked + self._poll_seconds:
            self._last = self._mode.latest(None, None)
            self._asked = time.monotonic()
        return self._last

    def _check_version(self, settings: Settings, mode: str) -> None:
        needs = {
            "rows_per_batch": self._rows_per_batch is not None,
            "stream_mode cursor": mode == "cursor",
            "on_shrink ignore": settings.choice("on_shrink", ("fail", "reset", "ignore")) == "ignore",
        }
        for what in (what for what, used in needs.items() if used):
            settings.refuse(f"{what} needs PySpark 4.2 or later")


def stream_reader(options: Options, schema: StructType, hint: str) -> RestApiStreamReader:
    return (LimitedStreamReader if HAS_LIMITS else UnlimitedStreamReader)(options, schema, hint)
