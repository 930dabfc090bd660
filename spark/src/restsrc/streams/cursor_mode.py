"""Streams along the server's own cursors.

An offset is a cursor, how many records of its page are read, how many are read in all, and how the list is paged: a
cursor means nothing in another style, and `restsrc check` may find another one after a restart. `tail` is what the last
records were, which are looked at before the stream goes on.

The driver walks to where the next batch ends and keeps no records; the task reads the same stretch again. At the end
of a list most servers give no cursor, so the place there is the cursor of the last page and the number of records that
it has so far. Some give one for the next time, and that is taken. With cursor_inclusive the cursor is that of the last
record, and the page there begins with those that have the same one.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from restsrc.digests import digest
from restsrc.errors import OptionError, RequestRefused, UnexpectedAnswer
from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey
from restsrc.process import Process
from restsrc.rows.envelope import at_path
from restsrc.streams.feed import Next, end_by_number, text_at
from restsrc.streams.mode import Offset, drift, part_of
from restsrc.streams.position import MOST, Tail, tail_from, tail_of
from restsrc.streams.settled import Settled

STYLES = ("cursor", "last-id", "next-url", "link")
EXPIRED = (400, 404, 410, 422)  # what servers answer to a cursor that they no longer know

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Place:
    """A place in the list: after `skip` records of the page at `cursor`, where empty means the first page.

    `read` is the number of records before it, `way` how to go on. `query` is sent besides: a token made for the next
    time, or the time that the list was started again from.
    """

    cursor: str
    skip: int
    read: int
    way: survey.Paging
    tail: Tail = field(default_factory=Tail)
    query: str = ""

    def offset(self) -> Offset:
        place: Offset = {"cursor": self.cursor, "skip": str(self.skip), "read": str(self.read)}
        place["paginate"] = self.way.style
        more = {"found": dict(self.way.finding), "tail": self.tail.text, "query": self.query}
        return {**place, **{name: value for name, value in more.items() if value}}

    def first(self, query: str = "") -> Place:
        """The beginning of the list, with what is known of its records."""
        return replace(self, cursor="", skip=0, query=query)


@dataclass(frozen=True)
class _Walk:
    """A read from the page of a place on: what the tool says of it, and the records that matter."""

    summary: dict[str, Any]
    before: list[bytes]  # those that the place has skipped, as far as its tail knows them
    last: list[bytes]
    news: int  # how many are not in the tail of the place
    envelope: str  # of the last page
    value: str  # what the last record has as its id, with cursor_inclusive
    ties: int  # how many records at the end have the same


class CursorMode:
    """A StreamMode. One task reads a batch, from cursor to cursor."""

    def __init__(self, options: Options, complaints: Complaints):
        self._options = options
        style = options.given("paginate")  # empty: that of a preset
        if style not in (*STYLES, "auto") and (style or not options.given("api").strip()):
            complaints.add(f"stream_mode cursor needs the option paginate: {', '.join(STYLES)} or auto")
        if options.given("cursor").strip():
            complaints.add("give a stream's first cursor as starting_offset instead of cursor")
        self._begin = options.text("starting_offset")
        self._on_moved, self._on_expired = options.choice("on_moved"), options.choice("on_expired")
        self._lag = options.milliseconds("lag") / 1000
        self._next = Next(options)
        self._id = options.text("id")
        self._inclusive = options.flag_of_tool("cursor_inclusive")
        self._settled = Settled(options)
        self._frozen = 0.0  # when
        self._target: int | None = None  # how many records to end after
        self._looked = False  # at the last page, after that
        self._ends: deque[tuple[float, int]] = deque(maxlen=1000)  # when how many records were there

    def initial(self) -> Offset:
        word = self._begin.strip().lower()
        first = Place("" if word in ("earliest", "latest") else self._begin, 0, 0, self._paging())
        return (replace(self._walk(first, None), read=0) if word == "latest" else first).offset()

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the batch that begins at `start` ends: the walk there is made now."""
        if start is None:  # checked when the reader was made
            raise OptionError("stream_mode cursor needs PySpark 4.2 or later")
        begin = self._place_at(start)
        try:
            return self._end(start, begin, self._bound(begin, most))
        except RequestRefused as refusal:
            return self._expired(start, begin, most, refusal)

    def newest(self) -> Offset | None:
        return None  # only a walk could tell

    def freeze(self) -> None:
        """Nothing is new that is not there when the next batch is planned."""
        self._frozen = time.monotonic()

    def partitions(self, start: Offset, end: Offset) -> list[RestApiPartition]:
        begin = self._place_at(start)
        rows, known = int(part_of(end, "read")) - begin.read, frozenset[str]()
        skip = begin.skip
        if "again" in end:
            rows, known, skip = int(end["again"]), frozenset(begin.tail.records), 0
        if "restart" in end:
            begin = begin.first(end["restart"])
        elif self._inclusive and not skip:
            known = frozenset(begin.tail.records)
        last = "".join(tail_from(end.get("tail", "")).ids[-1:])
        config = {**self._config(begin), **drift(self._options)}
        return [RestApiPartition([Piece(skip, rows, rows, config=config, known=known, last=last)])] if rows else []

    # ---- where a batch ends ----

    def _end(self, start: Offset, begin: Place, most: int | None) -> Offset:
        full = most is not None and most <= 0
        if full and (self._looked or not self._frozen):
            return start
        self._looked = full
        walk = self._read(begin, None if most is None else begin.skip + max(1, most))
        there = walk.summary["records"]
        if there < begin.skip or not self._is_as_it_was(begin, walk):
            return self._again(start, begin, walk)
        rows = there - begin.skip
        if rows == 0 or full:
            return start if rows or not self._frozen else self._refreshed(start, begin, walk)
        return self._stamped(self._after(begin, walk, rows).offset())

    def _is_as_it_was(self, begin: Place, walk: _Walk) -> bool:
        """Whether the records that are skipped are those that were read."""
        if self._inclusive and walk.summary["records"] - walk.news > begin.skip:
            return False  # one of them comes later
        if not begin.skip or not begin.tail.ids:
            return True
        then, now = begin.tail.before(len(walk.before)), tail_of(walk.before, self._id)
        return then.records == now.records if self._inclusive else then.same(now)  # there, all may have the same id

    def _walk(self, begin: Place, most: int | None) -> Place:
        """The place after at most `most` records."""
        walk = self._read(begin, None if most is None else begin.skip + most)
        rows = walk.summary["records"] - begin.skip
        return self._after(begin, walk, rows) if rows > 0 else begin

    def _after(self, begin: Place, walk: _Walk, rows: int) -> Place:
        """The place `rows` records after `begin`."""
        tail = tail_of(walk.last, self._id)
        more = MOST - len(tail.ids)
        if more > 0 and len(walk.last) <= rows:
            old = begin.tail.before(more)
            tail = Tail(old.ids + tail.ids, old.records + tail.records)
        here = replace(begin, read=begin.read + rows, tail=tail)
        summary = walk.summary
        if self._inclusive and walk.value:
            # the tool leaves out one record with the cursor that it begins at
            begun_here = walk.ties == walk.summary["records"] and walk.value == begin.cursor
            return replace(here, cursor=walk.value, skip=walk.ties if begun_here else walk.ties - 1)
        if summary["next_skip"] is not None:
            return self._at(here, summary, "next")
        fresh = self._next.after(walk.envelope, begin.way.style)
        if fresh and fresh.made:
            return replace(here, cursor=fresh.cursor, skip=0, query=fresh.query)
        place = self._at(here, summary, "last")
        return replace(here, cursor=fresh.cursor, skip=0) if fresh and fresh.cursor != place.cursor else place

    def _at(self, here: Place, summary: dict[str, Any], which: str) -> Place:
        """Where to go on (next), or the place in the page of the last record (last)."""
        if summary["cursor_is_secret"]:
            why = "holds a secret of the options, and it would be written to the checkpoint"
            raise UnexpectedAnswer(f"the server's next cursor {why}")
        return replace(here, cursor=summary[f"{which}_cursor"] or "", skip=summary[f"{which}_skip"])

    def _refreshed(self, start: Offset, begin: Place, walk: _Walk) -> Offset:
        """Nothing is new, but the server gives a newer cursor: the last one may expire."""
        fresh = self._next.after(walk.envelope, begin.way.style) if not begin.skip else None
        if fresh is None or not begin.cursor + begin.query:
            return start
        self._looked = True
        return replace(begin, cursor=fresh.cursor, query=fresh.query).offset()

    def _again(self, start: Offset, begin: Place, walk: _Walk) -> Offset:
        """The batch that reads the last page again, because its records are not those that were read."""
        now = tail_of(walk.before, self._id)
        what = f"the list has moved: the {begin.skip} records of its last page are not those that were read"
        if self._on_moved == "fail" or self._inclusive:
            raise UnexpectedAnswer(
                f"{what}. Was one deleted, or do new ones not come at the end? Sort the list so that they do. "
                "With on_moved=reread the page is read again, and what is new is delivered"
            )
        if begin.skip > len(begin.tail.ids) or (begin.tail.ids and not begin.tail.meets(now) and begin.cursor):
            raise UnexpectedAnswer(f"{what}, and further than on_moved=reread can see: read the list anew")
        if not walk.news:
            there = walk.summary["records"]
            return start if there < begin.skip else {**start, "skip": str(there), "again": str(there)}
        _log.warning("restsrc: %s (on_moved is reread)", what)
        place = self._after(replace(begin, skip=0), walk, walk.summary["records"])
        moved = replace(place, read=begin.read + walk.news)
        return self._stamped({**moved.offset(), "again": str(walk.summary["records"])})

    def _expired(self, start: Offset, begin: Place, most: int | None, refusal: RequestRefused) -> Offset:
        """The server does not know the cursor any more, or so it seems."""
        if refusal.http_status not in EXPIRED or not (begin.cursor or begin.query):
            raise refusal
        if self._on_expired == "fail":
            raise RequestRefused(
                f"{refusal}; the checkpoint holds this cursor, after {begin.read} records: has it expired, or was its "
                "record deleted? on_expired=restart reads the list from its beginning, on_expired=since from the time "
                "of the last batch; or begin with a new checkpoint and starting_offset",
                refusal.exit_code,
                refusal.retryable,
                refusal.http_status,
            )
        self._target = None
        query = self._since(start) if self._on_expired == "since" else ""
        walk = self._read(first := begin.first(query), most)
        _log.warning("restsrc: %s: read again (on_expired is %s)", refusal, self._on_expired)
        there = walk.summary["records"]
        place = self._after(replace(first, tail=Tail()), walk, there) if there else first
        moved = replace(place, read=begin.read + walk.news)
        return self._stamped({**moved.offset(), "again": str(there), "restart": query})

    def _since(self, start: Offset) -> str:
        if "at" not in start:
            raise OptionError("on_expired=since: the checkpoint does not say when its last batch was read")
        form = self._options.time_form()
        return f"{self._options.text('param_since')}={form.text(int(start['at']) - round(self._lag * 1000))}"

    def _stamped(self, offset: Offset) -> Offset:
        """With the time, where a stream may have to go on from it."""
        return {**offset, "at": str(time.time_ns() // 1_000_000)} if self._on_expired == "since" else offset

    # ---- how much of it ----

    def _bound(self, begin: Place, most: int | None) -> int | None:
        if self._frozen:
            return self._until_target(begin, most)
        return self._until_seen(begin, most) if self._lag else most

    def _until_target(self, begin: Place, most: int | None) -> int:
        """What was there when Trigger.AvailableNow began, and with `lag` for as long as that."""
        if self._target is None:
            time.sleep(max(0.0, self._frozen + self._lag - time.monotonic()) if self._lag else 0)
            bound = end_by_number(lambda cursor: self._look(begin, cursor), begin.cursor, begin.skip)
            self._target = self._walk(begin, bound).read
        left = max(self._target - begin.read, 0)
        return left if most is None else min(most, left)

    def _look(self, begin: Place, cursor: str) -> tuple[int, str]:
        """How many records the page at a cursor has, and the next cursor; a page that is refused has none."""
        try:
            with Process(
                self._options, "read", {"max-pages": 1}, self._config(replace(begin, cursor=cursor)), probe=True
            ) as process:
                summary = process.finish()
        except RequestRefused:
            return 0, ""
        return summary["records"], summary["next_cursor"] or ""

    def _until_seen(self, begin: Place, most: int | None) -> int:
        """Only as many records as were there `lag` ago: others may still come before the newest of them."""
        now = time.monotonic()
        self._ends.append((now, self._walk(begin, None).read))
        seen = max((read for when, read in self._ends if when <= now - self._lag), default=begin.read)
        left = max(0, seen - begin.read)
        return left if most is None else min(most, left)

    # ---- the list ----

    def _read(self, begin: Place, limit: int | None) -> _Walk:
        """Reads from the page of a place on: `limit` records, or to the end of the list."""
        flags = {"offset": 0} if limit is None else {"offset": 0, "limit": limit}
        first, known = begin.skip - len(begin.tail.ids), set(begin.tail.records)
        before: list[bytes] = []
        last: deque[bytes] = deque(maxlen=MOST)
        number = news = ties = 0
        value = ""
        with Process(self._options, "read", flags, self._config(begin), probe=True, envelopes=True) as process:
            for block in process.blocks():
                for line in block.split(b"\n")[:-1]:
                    if first <= number < begin.skip:
                        before.append(line)
                    if self._inclusive or self._on_moved == "reread" or self._on_expired != "fail":
                        news += digest(line) not in known
                    if self._inclusive:
                        before_it, value = value, text_at(line.decode(), self._id)
                        ties = ties + 1 if value == before_it else 1
                    last.append(line)
                    number += 1
            summary = process.finish()
            envelope = at_path(process.last_page().decode(), "envelope")
        return _Walk(summary, before, list(last), news, envelope, value, ties)

    def _config(self, place: Place) -> dict[str, str]:
        config = dict(place.way.found)
        if place.query:
            config["query"] = f"{config.get('query', self._options.given('query'))}\n{place.query}".strip()
        return {**config, **({"cursor": place.cursor} if place.cursor else {})}

    def _place_at(self, offset: Offset) -> Place:
        cursor = part_of(offset, "cursor")
        skip, read = int(part_of(offset, "skip")), int(part_of(offset, "read"))
        tail = tail_from(offset.get("tail", ""))
        return Place(cursor, skip, read, self._way_of(cursor, offset), tail, offset.get("query", ""))

    def _way_of(self, cursor: str, offset: Offset) -> survey.Paging:
        """How to go on from a cursor. What was found when the stream began holds for good."""
        style, found = offset.get("paginate", ""), offset.get("found", {})
        if self._settled.auto and found:
            return survey.as_found(self._options, found)
        way = self._paging()
        if not cursor:
            return way
        if self._settled.auto:
            why = "come from options given by hand: give them instead of paginate=auto"
            raise OptionError(f"the checkpoint's cursors {why}")
        if style not in ("", way.style):
            why = f"are of the style {style}, not {way.style}: set paginate={style}"
            raise OptionError(f"the checkpoint's cursors {why}")
        return survey.as_found(self._options, found) if found else way

    def _paging(self) -> survey.Paging:
        way = self._settled.paging()
        if way.style not in STYLES:
            instead = ": use stream_mode offset" if way.seekable else ""
            raise OptionError(f"stream_mode cursor can't follow a list in style {way.style}{instead}")
        return way
