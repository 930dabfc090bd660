"""The partitions of a batch read, by the option partition_by."""

from __future__ import annotations

from restsrc.options import Options
from restsrc.partition import RestApiPartition
from restsrc.planning import by_key, by_offset, by_time
from restsrc.settings import Settings


def partitions(options: Options) -> "list[RestApiPartition]":
    settings = Settings(options)
    by = settings.choice("partition_by", ("offset", "time", "key"))
    if by != "offset" and (options.offset or options.limit is not None):
        settings.refuse(f"offset and limit don't go with partition_by {by}: use lower_bound and upper_bound")
    for name in ("lower_bound", "upper_bound", "partition_query"):
        if by == "offset" and settings.given(name):
            settings.refuse(f"the option {name} needs partition_by: time or key")
    make = {"time": by_time.partitions, "key": by_key.partitions}.get(by, by_offset.partitions)
    return make(settings)
