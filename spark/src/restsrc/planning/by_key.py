"""A batch read cut by key: each task reads the records of a range of whole numbers, by a query of the user's."""

from __future__ import annotations

import logging
from typing import Mapping

from restsrc.options import Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey
from restsrc.settings import Settings


def partitions(settings: Settings) -> "list[RestApiPartition]":
    """As Spark's JDBC source does it: the bounds only say where to cut, so the first range has no lower and the last no upper one."""
    options = settings.options
    for name in ("lower_bound", "upper_bound"):
        settings.needs(name, "a whole number near the least or greatest key")
    settings.needs("num_partitions", "how many ranges of keys to read")
    template = options.get("partition_query", "")
    if settings.needs("partition_query", "for example id__gte={lower}&id__lt={upper}"):
        if "{lower}" not in template or "{upper}" not in template:
            settings.refuse(f"the option partition_query is {template!r}; it needs {{lower}} and {{upper}} in it")
    lower, upper = (settings.integer(name, -(2**63), 0) for name in ("lower_bound", "upper_bound"))
    if lower > upper:
        settings.refuse("lower_bound is greater than upper_bound")
    settings.check()
    parts = max(1, min(options.num_partitions, upper - lower))
    inner = [lower + (upper - lower) * part // parts for part in range(1, parts)]
    outer = (lower, upper) if _closed(template) else (None, None)
    bounds = [outer[0], *inner, outer[1]]
    found = survey.paging(options).found
    pieces = [_keys(options, template, found, *pair) for pair in zip(bounds, bounds[1:])]
    for key in {bounds[1], bounds[-2]} if parts > 1 else {*outer} - {None}:
        survey.check_empty(options, _keys(options, template, found, key, key).config, f"partition_query from {key} up to {key}")
    return [RestApiPartition([piece]) for piece in pieces]


def _closed(template: str) -> bool:
    """Whether a parameter needs both bounds, so that no range can be without one."""
    closed = any("{lower}" in part and "{upper}" in part for part in template.split("&"))
    if closed:
        logging.getLogger("restsrc").warning(
            "restsrc: only keys from lower_bound on and below upper_bound are read, "
            "because partition_query has both in one parameter"
        )
    return closed


def _keys(options: Options, template: str, found: "Mapping[str, str]", lower: "int | None", upper: "int | None") -> Piece:
    """The parameters of the template whose bounds are there, as lines of the option query, which the tool percent-encodes."""
    lines = found.get("query", options.get("query", "")).splitlines()
    for part in template.split("&"):
        if ("{lower}" in part and lower is None) or ("{upper}" in part and upper is None):
            continue
        lines.append(part.replace("{lower}", str(lower)).replace("{upper}", str(upper)))
    return Piece(config={**found, "query": "\n".join(lines)})
