"""The partitions of a batch read, by the option partition_by."""

from __future__ import annotations

from restsrc.options import Complaints, Options
from restsrc.partition import RestApiPartition
from restsrc.planning import by_key, by_list, by_offset, by_time

PLANNERS = {"offset": by_offset.partitions, "time": by_time.partitions, "key": by_key.partitions}


def partitions(options: Options) -> list[RestApiPartition]:
    """The partitions that read what the options ask for; none of them is empty where the API gives a count.

    Asks the API how long the list is and how it pages. OptionError where options do not go together; UnexpectedAnswer
    where the API does not answer as the options say; what `Process.finish` raises where it can't be asked.
    """
    by = options.choice("partition_by")
    complaints = Complaints(options)
    if len(options.urls) == 1 and by != "offset" and (options.offset or options.limit is not None):
        complaints.add(f"offset and limit don't go with partition_by {by}: use lower_bound and upper_bound")
    for name in ("lower_bound", "upper_bound", "partition_query", "partition_column"):
        if by == "offset" and options.given(name).strip():
            complaints.add(f"the option {name} needs partition_by: time or key")
    return (PLANNERS[by] if len(options.urls) == 1 else by_list.partitions)(options, complaints)
