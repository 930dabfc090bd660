"""Streams over a list that only grows at its end. An offset is the number of records read so far: {"offset": "0"}.

It may have more: `tail`, what the last of these records were, which are looked at before the stream goes on; `from`,
where a batch begins that reads the last records again, because the list has moved; and with paginate=auto `found`, how
the list is paged.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import by_offset, survey
from restsrc.streams.mode import Offset, drift, part_of
from restsrc.streams.position import MOST, Tail, tail_from, tail_of
from restsrc.streams.settled import Settled

LOOKS = 3  # at what would be bad news, because one answer may come from a copy that is behind
PAUSE = 0.5  # seconds between them
NEEDS_COUNT = (
    "stream_mode offset needs the number of records: say where it is with count_from, or use stream_mode cursor"
)

_log = logging.getLogger("restsrc")


class OffsetMode:
    """A StreamMode. The list is counted for each batch, and cut as in a batch read."""

    def __init__(self, options: Options, complaints: Complaints):
        self._options = options
        self._on_shrink = options.choice("on_shrink")
        self._on_moved = options.choice("on_moved")
        self._begin = options.text("starting_offset").strip().lower()
        if self._begin not in ("earliest", "latest") and not (self._begin.isascii() and self._begin.isdigit()):
            complaints.add(
                f"the option starting_offset is {self._begin!r}; it takes earliest, latest or a whole number"
            )
        if not options.counts:
            complaints.add("stream_mode offset needs the number of records: count_from can't be none")
        style = options.given("paginate")
        if style not in ("", *survey.SEEKABLE, "auto"):
            complaints.add(_cannot_seek(style))
        self._settled = Settled(options)
        self._newest: int | None = None  # the last count
        self._target: int | None = None  # where to end
        self._page_size: int | None = None
        self._waits = False
        self._checked = False  # that the server heeds offsets

    def initial(self) -> Offset:
        begin = {"earliest": "0", "latest": None}.get(self._begin, self._begin)
        return {**_offset(self._count() if begin is None else int(begin)), **self._kept()}

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the batch that begins at `start` ends; at the list's end where PySpark does not say where it begins."""
        self._settled.hear(start or {})
        if start is None:
            total = self._count()
            return self._with_tail(total if self._target is None else min(total, self._target))
        begin = _number(start)
        total = self._count_twice(begin)
        bound = total if self._target is None else min(total, self._target)
        moved = self._moved(start, begin, total)
        if moved is not None and (self._on_moved == "reread" or total >= begin):
            return self._again(start, begin, total, moved)
        if total < begin:
            if self._shrunk(begin, total) == "ignore":
                return start
            begin = 0
        end = max(begin, bound)
        end = end if most is None else min(end, begin + most)
        if end == begin == _number(start):
            return start
        offset = self._with_tail(end)
        return offset if _number(offset) > begin or begin != _number(start) else start

    def newest(self) -> Offset | None:
        return None if self._newest is None else _offset(self._newest)

    def freeze(self) -> None:
        """From now on nothing is new."""
        self._target = self._count()

    def partitions(self, start: Offset, end: Offset) -> list[RestApiPartition]:
        self._settled.hear(end, start)
        begin, stop = _number(start), _number(end)
        known: frozenset[str] = frozenset()
        if "from" in end:
            begin, known = int(part_of(end, "from")), frozenset(tail_from(start.get("tail", "")).records)
        elif stop < begin:
            self._shrunk(begin, stop)
            begin = 0  # an end before its start means that the list was read again from its beginning
        last = tail_from(end.get("tail", "")).ids[-1:]
        if self._on_shrink != "fail" or known:
            there = self._count()
            stop, last = min(stop, there), last if stop <= there else ()
        few = stop - begin <= self._options.integer("page_size")
        page_size = self._learned_page_size(few)
        if begin and not self._checked:
            survey.check_offsets(self._options, self._paging().found)
            self._checked = True
        config: dict[str, str | int | None] = {**self._paging().found, **drift(self._options)}
        if page_size:
            config["page_size"] = page_size
        parts = 1 if few else self._options.optional_integer("num_partitions")
        ranges = by_offset.cut(begin, stop, page_size or max(1, stop), parts)
        pieces = [Piece(part.offset, part.limit, part.limit, config=config, known=known) for part in ranges]
        pieces[-1:] = [replace(piece, last="".join(last)) for piece in pieces[-1:]]
        return [RestApiPartition([piece]) for piece in pieces]

    # ---- whether the list is what it was ----

    def _count_twice(self, least: int) -> int:
        """The count; looked at again where it is low, because a copy may be behind for a moment.

        All is new to a stream that begins: then the pages are looked at, too.
        """
        total = self._count() if least or self._page_size else self._look()
        for _ in range(LOOKS - 1):
            if total >= least:
                break
            time.sleep(PAUSE)
            total = max(total, self._count())
        return total

    def _moved(self, start: Offset, begin: int, total: int) -> Tail | None:
        """The records that are now where the last ones were. None: they are the same, or nothing is known of them."""
        tail = tail_from(start.get("tail", ""))
        if not tail.ids:
            return None
        for look in range(LOOKS):
            if look:
                time.sleep(PAUSE)
            now = self._tail(begin, len(tail.ids)) if total else Tail()
            if tail.same(now):
                return None
        return now

    def _again(self, start: Offset, begin: int, total: int, now: Tail) -> Offset:
        """The batch that reads the last records again. UnexpectedAnswer where it would not have all that is new."""
        tail = tail_from(start.get("tail", ""))
        first = begin - len(tail.ids)
        what = f"the list has moved: the {len(tail.ids)} records before {begin} are not those that they were"
        if self._on_moved == "fail":
            raise UnexpectedAnswer(
                f"{what}. Was one deleted, or do new ones not come at the end? Sort the list so that they do, or use "
                "stream_mode time. With on_moved=reread these records are read again, and what is new is delivered"
            )
        if first and not (now.ids and now.ids[0] in tail.ids):
            raise UnexpectedAnswer(f"{what}, and further than on_moved=reread can see: read the list anew")
        _log.warning("restsrc: %s (on_moved is reread)", what)
        return {**self._with_tail(total), "from": str(min(first, total))}

    def _with_tail(self, number: int) -> Offset:
        """The offset of a place; an earlier one where the list does not have yet what was counted."""
        if not number:
            return {**_offset(0), **self._kept()}
        tail = self._tail(number, MOST)
        there = max(0, number - MOST) + len(tail.ids)
        if there < number:
            _log.warning("restsrc: the API counts %d records, but its list ends at %d for now", number, there)
        return {**_offset(there), **({"tail": tail.text} if tail.ids else {}), **self._kept()}

    def _tail(self, end: int, most: int) -> Tail:
        """The last records before `end`."""
        first = max(0, end - most)
        config = self._paging().found
        lines = survey.lines(self._options, config, {"offset": first, "limit": end - first})
        return tail_of(lines, self._options.text("id"))

    def _shrunk(self, begin: int, total: int) -> str:
        """What to do about a list that is shorter than what was read: reset or ignore."""
        text = f"the list has {total} records, fewer than the {begin} that the stream has come to"
        if self._on_shrink == "fail":
            raise UnexpectedAnswer(
                f"{text}. With on_shrink=reset it is read again from its beginning, "
                "with on_shrink=ignore the stream waits until it is longer"
            )
        if not self._waits or self._on_shrink == "reset":
            _log.warning("restsrc: %s (on_shrink is %s)", text, self._on_shrink)
        self._waits = self._on_shrink == "ignore"
        return self._on_shrink

    # ---- the list ----

    def _paging(self) -> survey.Paging:
        """How the list is paged. OptionError where no read can begin in the middle of it."""
        way = self._settled.paging()
        if not way.seekable:
            raise OptionError(_cannot_seek(way.style))
        return way

    def _kept(self) -> Offset:
        """What an offset says of that."""
        self._paging()
        return self._settled.kept()

    def _count(self) -> int:
        found = self._paging().found
        try:
            self._newest = survey.count(self._options, found)
        except UnexpectedAnswer as error:
            raise UnexpectedAnswer(
                f"{error}; {NEEDS_COUNT}", error.exit_code, error.retryable, error.http_status
            ) from None
        return self._newest

    def _look(self) -> int:
        """The count, in one run of the tool with a look at two pages."""
        look = survey.look(self._options, self._paging().found)
        if look.total is None:
            raise UnexpectedAnswer(f"{look.doubt}; {NEEDS_COUNT}")
        self._newest = look.total
        if look.page_size and look.page_size < look.total:  # so there was a second page, and another one
            self._page_size = look.page_size
            self._checked = True
        return look.total

    def _learned_page_size(self, few: bool) -> int | None:
        """The page size that the server really gives. `few` rows make one task without it, but not in style page.

        It depends on nothing that a restart forgets, because a batch that is read again must be cut as before: sinks
        may rely on it.
        """
        if few and self._paging().style != "page":
            return None
        if self._page_size is None:  # a list of one page does not show how long a page can be
            self._look()
        return self._page_size


def _cannot_seek(style: str) -> str:
    return f"stream_mode offset can't start in the middle of a list in style {style}: use stream_mode cursor"


def _offset(number: int) -> Offset:
    return {"offset": str(number)}


def _number(offset: Offset) -> int:
    return int(part_of(offset, "offset"))
