"""Streams along the server's own cursors. A stream's offset is a cursor, how many records of its page are read, how many in all,
and how the list is paged: a cursor means nothing in another style, and `restsrc check` may find something else after a restart.

The driver walks to where the next batch ends without keeping anything; the task reads the same stretch again. At the end of
a list servers tell no cursor, so the place there is the last page's cursor and the number of records it has so far.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.options import Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import survey
from restsrc.process import Process
from restsrc.settings import Settings
from restsrc.streams.mode import part_of

STYLES = ("cursor", "last-id", "next-url", "link")
UNKEPT = ("header", "query", "count_from")  # of what is found: not needed, and the first two may hold secrets of the options
SECRETS = ("bearer", "user", "query_secret", "oauth_client_secret", "oauth_refresh_token")
TELLING = re.compile(  # parameters whose values are secrets, as in the tool's url.c
    "(hapi|(api|app|access|auth|subscription|x-api)[-_]?)?key|((access|api|auth|id|private|refresh|session|x-amz-security)[-_]?)?token|"
    "((api|client)_)?secret|pass(word)?|pwd|auth|jwt|sig|(x-amz-)?signature|x-amz-credential|session_?id|appid",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """After `skip` records of the page at `cursor` (empty: the first page); `read` records lie before it."""

    cursor: str
    skip: int
    read: int
    way: survey.Paging

    def offset(self) -> dict:
        place = {"cursor": self.cursor, "skip": str(self.skip), "read": str(self.read), "paginate": self.way.style}
        return {**place, "found": dict(self.way.found)} if self.way.found else place


class CursorMode:
    def __init__(self, settings: Settings):
        self._options = settings.options
        self._style = self._options.get("paginate", "")  # empty: that of a preset
        if self._style not in (*STYLES, "auto") and (self._style or not settings.given("api")):
            settings.refuse(f"stream_mode cursor needs the option paginate: {', '.join(STYLES)} or auto")
        if settings.given("cursor"):
            settings.refuse("give a stream's first cursor as starting_offset instead of cursor")
        self._begin = self._options.get("starting_offset", "earliest")
        self._way: "survey.Paging | None" = None  # not known before the first request
        self._frozen = False
        self._target: "int | None" = None  # how many records to end after

    def initial(self) -> dict:
        word = self._begin.strip().lower()
        first = Place("" if word in ("earliest", "latest") else self._begin, 0, 0, self._paging())
        return (replace(self._walk(first, None), read=0) if word == "latest" else first).offset()

    def latest(self, start: dict, most: "int | None") -> dict:
        """Where the batch that begins at `start` ends."""
        begin = self._place_at(start)
        if self._frozen:
            if self._target is None:
                self._target = self._walk(begin, None).read
            most = self._target - begin.read if most is None else min(most, self._target - begin.read)
        return self._walk(begin, most).offset()

    def newest(self) -> "dict | None":
        return None  # only a walk could tell

    def freeze(self) -> None:
        """Nothing is new that is not there when the next batch is planned."""
        self._frozen = True

    def tasks(self, start: dict, end: dict) -> "list[RestApiPartition]":
        begin = self._place_at(start)
        rows = int(part_of(end, "read")) - begin.read
        config = {**_config(begin), "on_drift": self._options.get("on_drift", "ignore")}
        return [RestApiPartition([Piece(begin.skip, rows, rows, config=config)])] if rows else []

    def _place_at(self, offset: dict) -> Place:
        cursor = part_of(offset, "cursor")
        return Place(cursor, int(part_of(offset, "skip")), int(part_of(offset, "read")), self._way_of(cursor, offset))

    def _way_of(self, cursor: str, offset: dict) -> survey.Paging:
        """How to go on from a cursor: what was found when the stream began holds for good."""
        style, found = offset.get("paginate", ""), offset.get("found", {})
        if self._style != "auto" or not found:
            way = self._paging()
            if not cursor:
                return way
            if self._style == "auto":
                raise OptionError("the checkpoint's cursors come from options given by hand: give them instead of paginate=auto")
            if style not in ("", way.style):
                raise OptionError(f"the checkpoint's cursors are of the style {style}, not {way.style}: set paginate={style}")
            style = way.style
        return survey.Paging(style, {name: found[name] for name in found if name == "paginate" or not self._options.get(name, "")})

    def _paging(self) -> survey.Paging:
        if self._way is None:
            way = survey.lasting_paging(self._options)
            if way.style not in STYLES:
                instead = ": use stream_mode offset" if way.seekable else ""
                raise OptionError(f"stream_mode cursor can't follow a list in style {way.style}{instead}")
            self._way = survey.Paging(way.style, {name: value for name, value in way.found.items() if name not in UNKEPT})
        return self._way

    def _walk(self, begin: Place, most: "int | None") -> Place:
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

    def _probe(self, begin: Place, skip: int, limit: "int | None") -> dict:
        flags = {"offset": skip} if limit is None else {"offset": skip, "limit": limit}
        with Process(self._options, "read", flags, probe=True, **_config(begin)) as child:
            return child.finish()

    def _after(self, begin: Place, summary: dict, rows: int, more: int = 0) -> Place:
        """The place `rows` records after `begin`, which is `more` records behind where the summary's read ended."""
        cursor = summary["next_cursor"] or ""
        if _has_secret(cursor, self._options):
            raise UnexpectedAnswer(
                "the server's next cursor holds a secret of the options, and it would be written to the checkpoint"
            )
        return replace(begin, cursor=cursor, skip=summary["next_skip"] + more, read=begin.read + rows)


def _config(place: Place) -> "dict[str, str]":
    return {**place.way.found, **({"cursor": place.cursor} if place.cursor else {})}


def _has_secret(cursor: str, options: Options) -> bool:
    """Whether the value of an option that is a secret is in the cursor, as it is or percent-encoded."""
    return any(value and (value in cursor or quote(value, safe="") in cursor) for value in _secrets(options))


def _secrets(options: Options) -> "Iterator[str]":
    """Also of parameters in URLs whose names tell that they are."""
    for name in SECRETS:
        for line in options.get(name, "").splitlines():
            yield line.partition("=")[2] if name == "query_secret" else line
    url = urlsplit(options.url)
    yield unquote(url.password or "")
    for name, value in parse_qsl("&".join([url.query, *options.get("query", "").splitlines()])):
        if TELLING.fullmatch(name) and len(value) >= 4:
            yield value
