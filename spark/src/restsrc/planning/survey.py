"""What the API is asked before its list is cut.

How many records the list has, how it pages, how long its pages are, and whether it heeds offsets and bounds. `config`
in these functions holds options that win over the user's: those of `Paging.found`, and the query of a range.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from restsrc import log
from restsrc.errors import RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.process import Config, Process

SEEKABLE = ("offset", "page", "range")  # values of the option paginate
MANY = {"header", "query"}  # options that repeat, one value a line: what is found is added to what is given

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Paging:
    """How a list is paged.

    `style` is a value of the option paginate. `found` holds the options that each request needs besides the user's own,
    `finding` what `restsrc check` said, which has nothing of the user's options in it.
    """

    style: str
    found: Mapping[str, str] = field(default_factory=dict)
    finding: Mapping[str, str] = field(default_factory=dict)

    @property
    def seekable(self) -> bool:
        """Whether a read can begin in the middle of the list."""
        return self.style in SEEKABLE


def count(options: Options, config: Config) -> int:
    """The number of records in the list. UnexpectedAnswer where the server gives none."""
    with Process(options, "count", {}, config) as process:
        text = process.text()
        process.finish()
    return int(text)


def lines(options: Options, config: Config, flags: dict[str, int]) -> list[bytes]:
    """The records of a short stretch of the list, for a look at them."""
    with Process(options, "read", flags, {"on_drift": "ignore", **config}) as process:
        text = b"".join(process.blocks())
        process.finish()
    return text.split(b"\n")[:-1]


def paging(options: Options) -> Paging:
    """How the list is paged: as the options or the preset say, or as `restsrc check` finds with a few requests."""
    given = options.given("paginate")
    if given == "auto":
        return as_found(options, _discovered(options))
    if options.given("api") and not given:
        return Paging(_preset_style(options))
    return Paging(options.text("paginate"))


def as_found(options: Options, finding: Mapping[str, str]) -> Paging:
    """The paging that `restsrc check` has found, now or before a restart. The user's own options win over it."""
    found = {name: value for name, value in finding.items() if name in MANY | {"paginate"} or not options.given(name)}
    for name in MANY & found.keys():
        found[name] = f"{options.given(name)}\n{found[name]}".strip()
    return Paging(found["paginate"], found, finding)


def lasting_paging(options: Options) -> Paging:
    """As `paging`, for a list that grows: what is found now must hold for good, whatever was found before a restart.

    UnexpectedAnswer where nobody can see yet how the list goes on. The page size that is found depends on how long
    the list is now, and decides which task reads what, so it is left out.
    """
    way = paging(options)
    if not way.found:
        return way
    if not way.seekable:
        _must_go_on(options, way)
    return as_found(options, {name: value for name, value in way.finding.items() if name != "page_size"})


def _must_go_on(options: Options, way: Paging) -> None:
    first = _pages(options, 1, way.found)
    if first["next_cursor"] is None:
        raise UnexpectedAnswer(
            "paginate is auto, and how the list goes on is not seen yet: "
            f"it has {first['records']} records, on one page. "
            "Start when it has more, or set the option paginate or api to what it is"
        )


def _discovered(options: Options) -> dict[str, str]:
    """The options that `restsrc check` finds. UnexpectedAnswer where it is not sure."""
    with Process(options, "check", {}) as process:
        finding = json.loads(process.text())
        if not finding["style"]:
            raise UnexpectedAnswer(
                f"restsrc check does not find how the list is paged: {finding['doubt']}; set the option paginate"
            )
        process.finish()
    return {name.replace("-", "_"): value for name, value in finding["options"].items()}


def _preset_style(options: Options) -> str:
    """The style of the preset that the option api names. Makes no request."""
    with Process(options, "read", {"limit": 0}, probe=True) as process:
        return str(process.finish()["style"])


@dataclass(frozen=True)
class Look:
    """What a list is like before it is read.

    `total`: how many records it has; None: the server gives no count, and `doubt` says why. `page_size`: how many the
    server puts on a page, perhaps fewer than it was asked for; None: nothing is known, or wanted, of pages. `first`:
    a digest of the first record; empty: not known.
    """

    total: int | None
    page_size: int | None
    doubt: str
    first: str = ""


def look(options: Options, config: Config) -> Look:
    """Counts the list and reads two pages, from the option offset on, in one run of the tool.

    UnexpectedAnswer where the pages are the same, because then the server ignores which one is asked for: tasks that
    read one page each could not notice that. Also where there is no count at the option count_from.
    """
    with Process(options, "read", {"plan": None, "offset": options.offset}, config) as process:
        text = process.text()
        process.finish()
    told = json.loads(text)
    return Look(told["total"], told["page_size"], told["doubt"] or "", told["first"] or "")


def check_first(options: Options, config: Config, first: str) -> None:
    """Where the list does not begin with the record of this digest any more: as the option on_drift says, a warning or
    UnexpectedAnswer.
    """
    drift = options.text("on_drift")
    if drift == "ignore":
        return
    found = lines(options, config, {"offset": options.offset, "limit": 1})
    if found and _digest(found[0]) == first:
        return
    why = (
        "the list has grown since its read was planned, and begins with another record: where records come in before "
        "others, some are read twice and some not at all. Call load() again, or cut the list by key or time"
    )
    if drift == "fail":
        raise UnexpectedAnswer(why, retryable=True)
    log.warn(why)


def _digest(record: bytes) -> str:
    """As `restsrc read --plan` has it: FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in record:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def check_offsets(options: Options, config: Config) -> None:
    """UnexpectedAnswer where the server ignores offsets.

    For lists that may be too short for two pages: the first two records are asked for one by one.
    """
    with Process(options, "read", {"offset": 0, "limit": 2}, {**config, "page_size": 1}, probe=True) as process:
        process.finish()


def check_empty(options: Options, config: Config, what: str) -> None:
    """UnexpectedAnswer where a range that ends where it begins has a record.

    Then the server ignores one of the bounds, or takes the upper one as part of the range. A server that refuses such
    a range proves nothing, which is not an error. `what` names the range in the message.
    """
    try:
        with Process(options, "read", {"limit": 1}, config) as process:
            record = process.text()
            process.finish()
    except RequestRefused as refusal:
        _log.debug("restsrc: nothing is seen of an empty range: %s", refusal)
        return
    if record:
        raise UnexpectedAnswer(
            f"the server gives records for {what}: does it heed both bounds, and is the upper one left out?"
        )


def _pages(options: Options, most: int, config: Config) -> dict[str, Any]:
    """The summary of a read of the first pages."""
    with Process(options, "read", {"offset": options.offset, "max-pages": most}, config, probe=True) as process:
        return process.finish()
