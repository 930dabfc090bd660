"""What feeds say at their end about how to go on the next time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from restsrc.options import Options
from restsrc.rows.envelope import at_path

MORE = ("has_more", "hasMore", "more", "has_next", "hasNext")
CURSORS = ("next_cursor", "cursor", "nextCursor", "next_page_token", "nextPageToken")


@dataclass(frozen=True)
class Fresh:
    """Where to begin the next time. `made`: the server has made it for that."""

    cursor: str
    query: str = ""
    made: bool = False


class Next:
    """Finds it in the last page, by the options delta, next and has_more."""

    def __init__(self, options: Options):
        name, separator, path = options.text("delta").partition("=")
        self._delta, self._name = (
            (path, name) if separator and not name.startswith("$") else (options.text("delta"), "")
        )
        given = options.given("next").split("\n")[0].strip()
        plain = given and "=" not in given and not given.startswith("header:")
        self._next = [given] if plain else [] if given else list(CURSORS)
        self._more = [options.given("has_more").strip()] if options.given("has_more").strip() else list(MORE)

    def after(self, envelope: str, style: str) -> Fresh | None:
        """None: the page does not say."""
        if self._delta and (value := text_at(envelope, self._delta)):
            return Fresh("", f"{self._name}={value}", True) if self._name else Fresh(value, "", True)
        if style != "cursor" or not self._says_last(envelope):
            return None
        value = next(filter(None, (text_at(envelope, path) for path in self._next)), "")
        return Fresh(value) if value else None

    def _says_last(self, envelope: str) -> bool:
        """The page says itself that there is no more, so that a cursor beside it is for later."""
        wanted = {path: "true" if path.startswith("!") else "false" for path in self._more}
        return any(at_path(envelope, path.removeprefix("!")) == word for path, word in wanted.items())


def text_at(envelope: str, path: str) -> str:
    """A text or a number at a PATH. Empty: there is none."""
    text = at_path(envelope, path) if envelope.startswith("{") else ""
    if not text or text[0] in "{[ntf":
        return ""
    return str(json.loads(text)) if text[0] == '"' else text


def end_by_number(look: Callable[[str], tuple[int, str]], cursor: str, skip: int) -> int | None:
    """How many records there are after a cursor that is a number of records. None: it is none.

    `look` says how many records the page at a cursor has, and the next cursor. With such cursors the end of a list that
    grows as fast as it is read can be found.
    """
    size, following = look(cursor)
    first = int(cursor) if cursor.isdigit() else 0
    if not following.isdigit() or (cursor and not cursor.isdigit()) or int(following) - first != size:
        return None
    low, high = int(following), 2 * int(following) - first + 1
    while look(str(high))[0]:
        low, high = high, 2 * high - first
        if high - first > 1 << 40:
            return None
    while high - low > max(1, size):
        middle = (low + high) // 2
        low, high = (middle, high) if look(str(middle))[0] else (low, middle)
    return high - first - skip
