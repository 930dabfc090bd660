"""What the API is asked before a list is cut: how many records it has, how it pages, how long its pages are, what it heeds."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from typing import Mapping

from restsrc.errors import RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.process import Process

SEEKABLE = ("offset", "page", "range")  # values of the option paginate
MANY = {"header", "query"}  # options that repeat, one value a line: what is found joins what is given


@dataclass(frozen=True)
class Paging:
    """`style`, in the words of the option paginate. `found`: options that each request needs besides the user's own."""

    style: str
    found: "Mapping[str, str]" = field(default_factory=dict)

    @property
    def seekable(self) -> bool:
        return self.style in SEEKABLE


def count(options: Options, **config: "str | int") -> int:
    """The number of records in the list. UnexpectedAnswer where the server tells none."""
    with Process(options, "count", {}, **config) as child:
        text = child.text()
        child.finish()
    return int(text)


def paging(options: Options) -> Paging:
    """How the list is paged: as the options say, by the preset's style, or as `restsrc check` finds out with a few requests."""
    given = options.get("paginate", "")
    if given == "auto":
        found = discovered(options)
        return Paging(found["paginate"], found)
    return Paging(given or (preset_style(options) if options.get("api", "") else "offset"))


def lasting_paging(options: Options) -> Paging:
    """As `paging`, for a list that grows: what is found now must hold for good, whatever was found before a restart.

    UnexpectedAnswer where nobody can see yet how the list goes on. The page size that is found depends on the list's length, and
    with it which task reads what, so it is left out.
    """
    way = paging(options)
    if not way.found:
        return way
    if not way.seekable:
        _must_go_on(options, way)
    return replace(way, found={name: value for name, value in way.found.items() if name != "page_size"})


def _must_go_on(options: Options, way: Paging) -> None:
    first = _pages(options, 1, **way.found)
    if first["next_cursor"] is None:
        raise UnexpectedAnswer(
            f"paginate is auto, and how the list goes on is not seen yet: it has {first['records']} records, on one page. "
            "Start when it has more, or set the option paginate or api to what it is"
        )


def discovered(options: Options) -> "dict[str, str]":
    """What `restsrc check` finds: options for reading the list besides the user's. UnexpectedAnswer where that is not clear."""
    with Process(options, "check", {}) as child:
        finding = json.loads(child.text())
        child.finish()
    if not finding["style"]:
        raise UnexpectedAnswer(f"restsrc check does not find how the list is paged: {finding['doubt']}; set the option paginate")
    found = {name.replace("-", "_"): value for name, value in finding["options"].items()}
    for name in MANY & found.keys():
        found[name] = f"{options.get(name, '')}\n{found[name]}".strip()
    return {name: value for name, value in found.items() if name in MANY | {"paginate"} or not options.get(name, "")}


def preset_style(options: Options) -> str:
    """The style of the preset that the option api names. Makes no request."""
    with Process(options, "read", {"limit": 0}, probe=True) as child:
        return child.finish()["style"]


def real_page_size(options: Options, **config: str) -> "int | None":
    """How many records the server puts on a page; it may be fewer than it was asked for.

    Two pages are read: UnexpectedAnswer where they are the same, because the server ignores which one is asked for. Tasks of one page
    each could not tell.
    """
    summary = _pages(options, 2, **config)
    return summary.get("page_size") or summary["records"] or None


def check_offsets(options: Options, **config: str) -> None:
    """The same of a list that may be too short for two pages: its first two records are asked for, one by one."""
    with Process(options, "read", {"offset": 0, "limit": 2}, probe=True, **{**config, "page_size": 1}) as child:
        child.finish()


def check_empty(options: Options, config: Mapping, what: str) -> None:
    """UnexpectedAnswer where a range that ends where it begins has a record: the server ignores one of its bounds, or takes the
    upper one for a part of it. Nothing is said where the server refuses such a range.
    """
    try:
        with Process(options, "read", {"limit": 1}, **config) as child:
            record = child.text()
            child.finish()
    except RequestRefused as refusal:
        logging.getLogger("restsrc").debug("restsrc: nothing is seen of an empty range: %s", refusal)
        return
    if record:
        raise UnexpectedAnswer(f"the server gives records for {what}: does it heed both bounds, and is the upper one left out?")


def _pages(options: Options, most: int, **config: str) -> dict:
    """The summary of reading the first pages."""
    with Process(options, "read", {"offset": options.offset, "max-pages": most}, probe=True, **config) as child:
        return child.finish()
