"""Which ranges of the list are read by which task."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace

from restsrc.child import Child
from restsrc.errors import UnexpectedAnswer
from restsrc.options import Options

PAGES_PER_RANGE = 50
MOST_RANGES = 32
SEEKABLE = ("offset", "page", "range")  # values of the option paginate


@dataclass(frozen=True)
class Range:
    """The records [offset, offset + limit); without a limit, to the end."""

    offset: int
    limit: "int | None"


@dataclass(frozen=True)
class Plan:
    """`total`: the count that the ranges were cut by; `page_size`: what the server really gives. None: not known.

    `found`: options that every task needs besides the user's own.
    """

    ranges: "list[Range]"
    total: "int | None" = None
    page_size: "int | None" = None
    found: "dict[str, str]" = field(default_factory=dict)


def cut(offset: int, end: int, page_size: int, parts: "int | None" = None) -> "list[Range]":
    """[offset, end) cut at multiples of `page_size` into about equal ranges, none of them empty.

    Without `parts`: about PAGES_PER_RANGE pages each, at most MOST_RANGES, at least 2 where there are 2 pages.
    An empty or tiny Spark task costs more than many pages under way inside one tool.
    """
    if end <= offset:
        return []
    first, last = offset // page_size, -(-end // page_size)
    pages = last - first
    if parts is None:
        parts = min(MOST_RANGES, max(-(-pages // PAGES_PER_RANGE), 2))
    parts = min(parts, pages)
    bounds = [offset, *((first + pages * part // parts) * page_size for part in range(1, parts)), end]
    return [Range(start, stop - start) for start, stop in zip(bounds, bounds[1:])]


def make(options: Options) -> Plan:
    """Asks the server for its count and one page, and cuts. One range where there is no count or no way to seek."""
    if options.limit == 0:
        return Plan([])
    found = discovered(options) if options.get("paginate", "") == "auto" else {}
    return replace(_cut(options, found), found=found)


def _cut(options: Options, found: "dict[str, str]") -> Plan:
    offset, limit = options.offset, options.limit
    style = found.get("paginate") or options.get("paginate", "") or (preset_style(options) if options.get("api", "") else "offset")
    if style not in SEEKABLE:
        return _one_range(options, f"the style {style} can't start in the middle of the list")
    try:
        total = count(options, **found)
    except UnexpectedAnswer as error:
        if options.get("count_from", "auto") != "auto":
            raise
        return _one_range(options, f"the server tells no count: {error}")
    end = total if limit is None else min(total, offset + limit)
    if end <= offset:
        return Plan([], total)
    page_size = real_page_size(options, **found)
    if page_size is None:
        return Plan([Range(offset, end - offset)], total)
    return Plan(cut(offset, end, page_size, options.num_partitions), total, page_size)


def count(options: Options, **config: "str | int") -> int:
    """The number of records in the list. UnexpectedAnswer where the server tells none."""
    with Child(options, "count", {}, **config) as child:
        text = child.text()
        child.finish()
    return int(text)


def discovered(options: Options) -> "dict[str, str]":
    """What `restsrc check` finds out about the API: options for reading it that the user has not given. UnexpectedAnswer where that is not clear."""
    with Child(options, "check", {}) as child:
        finding = json.loads(child.text())
        child.finish()
    if not finding["style"]:
        raise UnexpectedAnswer("restsrc check does not find out how the API pages its lists: set the option paginate")
    found = {name.replace("-", "_"): value for name, value in finding["options"].items()}
    return {name: value for name, value in found.items() if name == "paginate" or not options.get(name, "")}


def preset_style(options: Options) -> str:
    """The style of the preset that the option api names. Makes no request."""
    with Child(options, "read", {"limit": 0}, probe=True) as child:
        return child.finish()["style"]


def real_page_size(options: Options, **config: str) -> "int | None":
    """How many records the server puts on a page; it may be fewer than it was asked for."""
    with Child(options, "read", {"offset": options.offset, "max-pages": 1}, probe=True, **config) as child:
        summary = child.finish()
    return summary.get("page_size") or summary["records"] or None


def _one_range(options: Options, why: str) -> Plan:
    logging.getLogger("restsrc").warning("restsrc: reading in one Spark task, because %s", why)
    return Plan([Range(options.offset, options.limit)])
