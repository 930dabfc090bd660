"""A list cut by offset: ranges of about equal length that begin where a page begins."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey

PAGES_PER_RANGE = 50
MOST_RANGES = 32
LONGEST_RANGE = 1000  # pages: what a task that is lost has to read again


@dataclass(frozen=True)
class Range:
    """The records [offset, offset + limit); without a limit, to the end."""

    offset: int
    limit: int | None


@dataclass(frozen=True)
class Plan:
    """How a list is cut.

    `total` is the count that the ranges were cut by, `page_size` what the server really gives; None: not known.
    `found` holds the options that each task needs besides the user's own, `first` a digest of the first record.
    """

    ranges: list[Range]
    total: int | None = None
    page_size: int | None = None
    found: Mapping[str, str] = field(default_factory=dict)
    first: str = ""


@dataclass(frozen=True)
class LastPiece(Piece):
    """The end of a counted list: the task counts again, so that records are there that have come since the plan.

    `end`: where the user's own limit ends. Up to there the tool looks whether the list goes on after its count, which
    may be capped, or of something else. `first`: a digest of the first record of all, by which the task sees whether
    those that have come since are at the end.
    """

    end: int | None = None
    first: str = ""

    def today(self, options: Options) -> Piece:
        """With the count of today. A list that is shorter than planned is left to `expect`."""
        total = survey.count(options, self.config)
        if self.first and total > (self.planned_total or 0):
            survey.check_first(options, self.config, self.first)
        limit = None if self.end is None else self.end - self.offset
        counted = total - self.offset if limit is None else min(total - self.offset, limit)
        expect = max(counted, self.expect or 0)
        page = self.config.get("page_size")
        if page == total and total < (options.optional_integer("page_size") or 0):
            limit = expect  # the plan has seen that the list is one short page
        return Piece(self.offset, limit, expect, total, self.config)


def partitions(options: Options, complaints: Complaints) -> list[RestApiPartition]:
    """One partition for each range of the plan. A task fails where its range of a counted list has fewer records."""
    complaints.raise_any()
    made = plan(options)
    config: dict[str, str | int | None] = {**made.found}
    if made.page_size:
        config["page_size"] = made.page_size
    if made.total is None:
        return [RestApiPartition([Piece(part.offset, part.limit, config=config)]) for part in made.ranges]
    end = None if options.limit is None else options.offset + options.limit
    first = "" if options.given("fields_param").strip() else made.first  # of which tasks see a part
    ranges = made.ranges or [Range(options.offset, 0)]  # an empty list may grow
    pieces = [Piece(part.offset, part.limit, part.limit, made.total, config) for part in ranges]
    pieces[-1:] = [LastPiece(**vars(last), end=end, first=first) for last in pieces[-1:]]
    return [RestApiPartition([piece]) for piece in pieces]


def cut(offset: int, end: int, page_size: int, parts: int | None = None) -> list[Range]:
    """[offset, end) cut at multiples of `page_size` into about equal ranges, none of them empty.

    Without `parts`: about PAGES_PER_RANGE pages each, at least 2 ranges where there are 2 pages, at most MOST_RANGES as
    long as none of these has more than LONGEST_RANGE pages.
    An empty or tiny Spark task costs more than many pages that one tool has under way at once.
    """
    if end <= offset:
        return []
    first, last = offset // page_size, -(-end // page_size)
    pages = last - first
    if parts is None:
        parts = max(min(MOST_RANGES, max(-(-pages // PAGES_PER_RANGE), 2)), -(-pages // LONGEST_RANGE))
    parts = min(parts, pages)
    bounds = [offset, *((first + pages * part // parts) * page_size for part in range(1, parts)), end]
    return [Range(start, stop - start) for start, stop in pairwise(bounds)]


def plan(options: Options) -> Plan:
    """Asks the server for its count and two pages, at once, and cuts.

    One range where there is no count or no way to seek.
    """
    if options.limit == 0:
        return Plan([])
    way = survey.paging(options)
    return replace(_cut(options, way), found=way.found)


def _cut(options: Options, way: survey.Paging) -> Plan:
    offset, limit = options.offset, options.limit
    if not way.seekable:
        return _one_range(options, f"the style {way.style} can't start in the middle of the list")
    if not options.counts:
        return _one_range(options, "count_from is none")
    look = survey.look(options, way.found)
    total, page_size = look.total, look.page_size
    if total is None:
        return _one_range(options, f"the server gives no count: {look.doubt}")
    end = total if limit is None else min(total, offset + limit)
    if end <= offset:
        return Plan([], total)
    if page_size is None:
        return Plan([Range(offset, end - offset)], total, first=look.first)
    ranges = cut(offset, end, page_size, options.optional_integer("num_partitions"))
    return Plan(ranges, total, page_size, first=look.first)


def _one_range(options: Options, why: str) -> Plan:
    logging.getLogger("restsrc").warning("restsrc: reading in one Spark task, because %s", why)
    return Plan([Range(options.offset, options.limit)])
