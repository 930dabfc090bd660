"""The server's clock. "Now" is what it says, because its own times are compared with the ends of windows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

NOTICED = 5000  # milliseconds

_log = logging.getLogger("restsrc")


def difference(date: str, earliest: int, latest: int) -> int | None:
    """By how much the server's clock is ahead of ours, in milliseconds, at least; 0 where they may be the same.

    `date` is its header, which has whole seconds; it was written between two moments of our clock. None: it is no date.
    """
    try:
        told = round(parsedate_to_datetime(date).timestamp() * 1000)
    except (TypeError, ValueError):
        return None
    least, most = told - latest, told + 1000 - earliest
    return 0 if least <= 0 <= most else least


class Clock:
    """Our clock, set by the server's."""

    def __init__(self, local: Callable[[], int] = lambda: time.time_ns() // 1_000_000):
        self._local = local
        self._ahead = 0
        self._warned = False
        self.heard = False  # an answer has come, whether it tells the time or not
        self.asked = self._local()  # when the last request was made

    def now(self) -> int:
        """Milliseconds since 1970 by the server's clock, as far as it is known. A request may be made after it."""
        self.asked = self._local()
        return self.asked + self._ahead

    def hear(self, summary: dict[str, Any]) -> None:
        """What an answer says of the server's clock."""
        self.heard = True
        ahead = difference(str(summary.get("date") or ""), self.asked, self._local())
        if ahead is None:
            return
        self._ahead = ahead
        if abs(ahead) > NOTICED and not self._warned:
            self._warned = True
            word = "ahead of" if ahead > 0 else "behind"
            _log.warning(
                "restsrc: the server's clock is %.1f s %s ours: times are taken by it", abs(ahead) / 1000, word
            )
