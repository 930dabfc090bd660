"""Several lists, read as one: each is read whole by one task, and a task may have several."""

from __future__ import annotations

from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey
from restsrc.process import without_secrets

MOST_TASKS = 32


def partitions(options: Options, complaints: Complaints) -> list[RestApiPartition]:
    """No list is counted, so that many short ones cost no more than their pages; all are paged in the same way.

    OptionError for options that are about one list.
    """
    if options.offset or options.limit is not None or options.choice("partition_by") != "offset":
        complaints.add("offset, limit and partition_by are for one list, but there are several URLs")
    complaints.raise_any()
    found = survey.paging(options).found
    pieces = [Piece(config={**found, "url": url}, name=without_secrets(url)) for url in options.urls]
    tasks = min(options.optional_integer("num_partitions") or MOST_TASKS, len(pieces))
    return [RestApiPartition(pieces[number::tasks]) for number in range(tasks)]
