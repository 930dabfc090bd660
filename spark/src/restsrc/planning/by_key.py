"""A batch read cut by key: each task reads a range of whole numbers, with a query that the user gives."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from itertools import pairwise

from restsrc import templates
from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey

Bounds = tuple[int | None, int | None]


def partitions(options: Options, complaints: Complaints) -> list[RestApiPartition]:
    """As Spark's JDBC source does it: the bounds only say where to cut.

    So the first range has no lower bound and the last no upper one, except where one parameter needs both.
    OptionError where an option is missing or wrong; UnexpectedAnswer where the server does not heed the bounds.
    """
    template = options.given("partition_query")
    lower, upper = _bounds(options, complaints)
    closed = _closed(template)
    first, last = _narrowed(options.keys, (lower, upper) if closed else (None, None))
    if first is not None and last is not None and first >= last:
        return []
    lower = first if first is not None else lower if last is None else min(lower, last)
    upper = last if last is not None else max(lower, upper)
    parts = max(1, min(options.integer("num_partitions"), upper - lower))
    inner = [lower + (upper - lower) * part // parts for part in range(1, parts)]
    found = survey.paging(options).found
    pieces = [_piece(options, template, found, *pair) for pair in pairwise([first, *inner, last])]
    for key in {inner[0], inner[-1]} if inner else {lower, upper} if closed else ():
        empty = _piece(options, template, found, key, key)
        survey.check_empty(options, empty.config, f"partition_query from {key} up to {key}")
    return [RestApiPartition([piece]) for piece in pieces]


def _narrowed(keys: Bounds, bounds: Bounds) -> Bounds:
    """What both leave; None: no bound."""
    low, high = ([bound for bound in pair if bound is not None] for pair in zip(keys, bounds))
    return max(low, default=None), min(high, default=None)


def _bounds(options: Options, complaints: Complaints) -> tuple[int, int]:
    for name in ("lower_bound", "upper_bound"):
        complaints.needs(name, "a whole number near the least or greatest key")
    complaints.needs("num_partitions", "how many ranges of keys to read")
    template = options.given("partition_query")
    needed = complaints.needs("partition_query", "for example id__gte={lower}&id__lt={upper}")
    if needed and templates.names("partition_query", template) != {"lower", "upper"}:
        complaints.add(f"the option partition_query is {template!r}; it needs {{lower}} and {{upper}} in it")
    lower, upper = complaints.key("lower_bound"), complaints.key("upper_bound")
    if lower > upper:
        complaints.add("lower_bound is greater than upper_bound")
    complaints.raise_any()
    return lower, upper


def _closed(template: str) -> bool:
    """Whether a parameter needs both bounds, so that no range can be without one."""
    closed = any(_names(part) == {"lower", "upper"} for part in template.split("&"))
    if closed:
        logging.getLogger("restsrc").warning(
            "restsrc: only keys from lower_bound on and below upper_bound are read, "
            "because partition_query has both in one parameter"
        )
    return closed


def _names(part: str) -> set[str]:
    return templates.names("partition_query", part)


def _piece(options: Options, template: str, found: Mapping[str, str], lower: int | None, upper: int | None) -> Piece:
    """The records from `lower` on and below `upper`; None: without that bound.

    The parameters of the template whose bounds are there become lines of the option query, which the tool
    percent-encodes.
    """
    lines = found.get("query", options.given("query")).splitlines()
    for part in template.split("&"):
        values = {name: str(bound) for name, bound in (("lower", lower), ("upper", upper)) if bound is not None}
        if _names(part) <= values.keys():
            lines.append(templates.fill(part, values))
    return Piece(config={**found, "query": "\n".join(lines)}, name=_text(lower, upper))


def _text(lower: int | None, upper: int | None) -> str:
    since = "" if lower is None else f" from {lower} on"
    return f"keys{since}{'' if upper is None else f' below {upper}'}"
