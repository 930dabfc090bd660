"""Streams along the server's own cursors.

An offset is a cursor, how many records of its page are read, how many are read in all, and how the list is paged: a
cursor means nothing in another style, and `restsrc check` may find another one after a restart.

The driver walks to where the next batch ends and keeps no records; the task reads the same stretch again. At the end
of a list servers give no cursor, so the place there is the cursor of the last page and the number of records that it
has so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey
from restsrc.process import Process
from restsrc.streams.mode import Offset, drift, part_of

STYLES = ("cursor", "last-id", "next-url", "link")
UNKEPT = (
    "header",
    "query",
    "count_from",
)  # of what is found: not needed; the first two may hold secrets of the options


@dataclass(frozen=True)
class Place:
    """A place in the list: after `skip` records of the page at `cursor`, where empty means the first page.

    `read` is the number of records before it, `way` how to go on.
    """

    cursor: str
    skip: int
    read: int
    way: survey.Paging

    def offset(self) -> Offset:
        place = {"cursor": self.cursor, "skip": str(self.skip), "read": str(self.read), "paginate": self.way.style}
        return {**place, "found": dict(self.way.found)} if self.way.found else place


class CursorMode:
    """A StreamMode. One task reads a batch, from cursor to cursor."""

    def __init__(self, options: Options, complaints: Complaints):
        self._options = options
        self._style = options.given("paginate")  # empty: that of a preset
        if self._style not in (*STYLES, "auto") and (self._style or not options.given("api").strip()):
            complaints.add(f"stream_mode cursor needs the option paginate: {', '.join(STYLES)} or auto")
        if options.given("cursor").strip():
            complaints.add("give a stream's first cursor as starting_offset instead of cursor")
        self._begin = options.text("starting_offset")
        self._way: survey.Paging | None = None  # not known before the first request
        self._frozen = False
        self._target: int | None = None  # how many records to end after

    def initial(self) -> Offset:
        word = self._begin.strip().lower()
        first = Place("" if word in ("earliest", "latest") else self._begin, 0, 0, self._paging())
        return (replace(self._walk(first, None), read=0) if word == "latest" else first).offset()

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the batch that begins at `start` ends: the walk there is made now."""
        if start is None:  # checked when the reader was made
            raise OptionError("stream_mode cursor needs PySpark 4.2 or later")
        begin = self._place_at(start)
        if self._frozen:
            if self._target is None:
                self._target = self._walk(begin, None).read
            most = self._target - begin.read if most is None else min(most, self._target - begin.read)
        return self._walk(begin, most).offset()

    def newest(self) -> Offset | None:
        return None  # only a walk could tell

    def freeze(self) -> None:
        """Nothing is new that is not there when the next batch is planned."""
        self._frozen = True

    def partitions(self, start: Offset, end: Offset) -> list[RestApiPartition]:
        begin = self._place_at(start)
        rows = int(part_of(end, "read")) - begin.read
        config = {**_config(begin), **drift(self._options)}
        return [RestApiPartition([Piece(begin.skip, rows, rows, config=config)])] if rows else []

    def _place_at(self, offset: Offset) -> Place:
        cursor = part_of(offset, "cursor")
        return Place(cursor, int(part_of(offset, "skip")), int(part_of(offset, "read")), self._way_of(cursor, offset))

    def _way_of(self, cursor: str, offset: Offset) -> survey.Paging:
        """How to go on from a cursor. What was found when the stream began holds for good."""
        style, found = offset.get("paginate", ""), offset.get("found", {})
        if self._style != "auto" or not found:
            way = self._paging()
            if not cursor:
                return way
            if self._style == "auto":
                why = "come from options given by hand: give them instead of paginate=auto"
                raise OptionError(f"the checkpoint's cursors {why}")
            if style not in ("", way.style):
                why = f"are of the style {style}, not {way.style}: set paginate={style}"
                raise OptionError(f"the checkpoint's cursors {why}")
            style = way.style
        kept = {name: found[name] for name in found if name == "paginate" or not self._options.given(name)}
        return survey.Paging(style, kept)

    def _paging(self) -> survey.Paging:
        if self._way is None:
            way = survey.lasting_paging(self._options)
            if way.style not in STYLES:
                instead = ": use stream_mode offset" if way.seekable else ""
                raise OptionError(f"stream_mode cursor can't follow a list in style {way.style}{instead}")
            kept = {name: value for name, value in way.found.items() if name not in UNKEPT}
            self._way = survey.Paging(way.style, kept)
        return self._way

    def _walk(self, begin: Place, most: int | None) -> Place:
        """The place after at most `most` records."""
        if most == 0:
            return begin
        summary = self._probe(begin, begin.skip, most)
        rows = summary["records"]
        if rows == 0:
            return begin
        if summary["next_skip"] is not None:
            return self._after(begin, summary, rows)
        to_last = begin.skip + rows - 1  # counted from the page that we began in; the last record's page has a cursor
        if to_last == 0:
            return replace(begin, skip=1, read=begin.read + rows)
        last = self._probe(begin, 0, to_last)
        if last["records"] != to_last or last["next_skip"] is None:
            raise UnexpectedAnswer("the list is not the same when it is read again from a cursor", retryable=True)
        return self._after(begin, last, rows, 1)

    def _probe(self, begin: Place, skip: int, limit: int | None) -> dict[str, Any]:
        """The summary of a read from a place: of `limit` records, or to the end of the list."""
        flags = {"offset": skip} if limit is None else {"offset": skip, "limit": limit}
        with Process(self._options, "read", flags, _config(begin), probe=True) as process:
            return process.finish()

    def _after(self, begin: Place, summary: dict[str, Any], rows: int, more: int = 0) -> Place:
        """The place `rows` records after `begin`, which is `more` records after where the summary's read ended."""
        cursor = summary["next_cursor"] or ""
        if summary["cursor_is_secret"]:
            why = "holds a secret of the options, and it would be written to the checkpoint"
            raise UnexpectedAnswer(f"the server's next cursor {why}")
        return replace(begin, cursor=cursor, skip=summary["next_skip"] + more, read=begin.read + rows)


def _config(place: Place) -> dict[str, str]:
    return {**place.way.found, **({"cursor": place.cursor} if place.cursor else {})}
