"""Streams along the server's own cursors. A stream's offset is a cursor, how many records of its page are read, and how many in all.

The driver walks to where the next batch ends without keeping anything; the task reads the same stretch again. At the end of
a list servers tell no cursor, so the place there is the last page's cursor and the number of records it has so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from restsrc.child import Child
from restsrc.errors import UnexpectedAnswer
from restsrc.options import Options
from restsrc.settings import Settings, part_of
from restsrc.task import Piece, ReadTask

STYLES = ("cursor", "last-id", "next-url", "link")
SECRETS = ("bearer", "user", "query_secret", "oauth_client_secret", "oauth_refresh_token")


@dataclass(frozen=True)
class Place:
    """After `skip` records of the page at `cursor` (empty: the first page); `read` records lie before it."""

    cursor: str
    skip: int
    read: int

    @staticmethod
    def of(offset: dict) -> "Place":
        return Place(part_of(offset, "cursor"), int(part_of(offset, "skip")), int(part_of(offset, "read")))

    def offset(self) -> dict:
        return {"cursor": self.cursor, "skip": str(self.skip), "read": str(self.read)}


class CursorMode:
    def __init__(self, settings: Settings):
        self._options = settings.options
        style = self._options.get("paginate", "cursor" if settings.given("api") else "offset")
        if style not in STYLES:
            settings.refuse(f"stream_mode cursor needs the option paginate: {', '.join(STYLES)}")
        if settings.given("cursor"):
            settings.refuse("give a stream's first cursor as starting_offset instead of cursor")
        self._begin = self._options.get("starting_offset", "earliest")
        self._frozen = False
        self._target: "int | None" = None  # how many records to end after

    def initial(self) -> dict:
        if self._begin.strip().lower() == "latest":
            end = self._walk(Place("", 0, 0), None)
            return Place(end.cursor, end.skip, 0).offset()
        return Place("" if self._begin.strip().lower() == "earliest" else self._begin, 0, 0).offset()

    def latest(self, start: dict, most: "int | None") -> dict:
        """Where the batch that begins at `start` ends."""
        begin = Place.of(start)
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

    def tasks(self, start: dict, end: dict) -> "list[ReadTask]":
        begin, rows = Place.of(start), Place.of(end).read - Place.of(start).read
        config = {"on_drift": self._options.get("on_drift", "ignore"), **_config(begin)}
        return [ReadTask([Piece(begin.skip, rows, rows, config=config)])] if rows else []

    def _walk(self, begin: Place, most: "int | None") -> Place:
        """The place after at most `most` records."""
        if most == 0:
            return begin
        summary = self._probe(begin, begin.skip, most)
        rows = summary["records"]
        if rows == 0:
            return begin
        if summary["next_skip"] is not None:
            return self._place(summary, 0, begin.read + rows)
        to_last = begin.skip + rows - 1  # counted from the page that we began in; the last record's page has a cursor
        if to_last == 0:
            return Place(begin.cursor, 1, begin.read + rows)
        last = self._probe(begin, 0, to_last)
        if last["records"] != to_last or last["next_skip"] is None:
            raise UnexpectedAnswer("the list is not the same when it is read again from a cursor", retryable=True)
        return self._place(last, 1, begin.read + rows)

    def _probe(self, begin: Place, skip: int, limit: "int | None") -> dict:
        flags = {"offset": skip} if limit is None else {"offset": skip, "limit": limit}
        with Child(self._options, "read", flags, probe=True, **_config(begin)) as child:
            return child.finish()

    def _place(self, summary: dict, more: int, read: int) -> Place:
        cursor = summary["next_cursor"] or ""
        if _has_secret(cursor, self._options):
            raise UnexpectedAnswer(
                "the server's next cursor holds a secret of the options, and it would be written to the checkpoint"
            )
        return Place(cursor, summary["next_skip"] + more, read)


def _config(place: Place) -> "dict[str, str]":
    return {"cursor": place.cursor} if place.cursor else {}


def _has_secret(cursor: str, options: Options) -> bool:
    """Whether the value of an option that is a secret is in the cursor, as it is or percent-encoded."""
    for name in SECRETS:
        for line in options.get(name, "").splitlines():
            value = line.partition("=")[2] if name == "query_secret" else line
            if value and (value in cursor or quote(value, safe="") in cursor):
                return True
    return False
