"""Streams over a list that only grows at its end: a stream's offset is the number of records read so far, {"offset": "0"}."""

from __future__ import annotations

import logging

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import by_offset, survey
from restsrc.settings import Settings
from restsrc.streams.mode import part_of

_log = logging.getLogger("restsrc")


class OffsetMode:
    def __init__(self, settings: Settings):
        self._options = settings.options
        self._on_shrink = settings.choice("on_shrink", ("fail", "reset", "ignore"))
        self._begin = self._options.get("starting_offset", "earliest").strip().lower()
        if self._begin not in ("earliest", "latest") and not (self._begin.isascii() and self._begin.isdigit()):
            settings.refuse(f"the option starting_offset is {self._begin!r}; it takes earliest, latest or a whole number")
        style = self._options.get("paginate", "auto")
        if style not in (*survey.SEEKABLE, "auto"):
            settings.refuse(_cannot_seek(style))
        self._way: "survey.Paging | None" = None  # not known before the first request
        self._newest: "int | None" = None  # the last count
        self._target: "int | None" = None  # where to end
        self._page_size: "int | None" = None
        self._waits = False
        self._checked = False  # that the server heeds offsets

    def initial(self) -> dict:
        begin = {"earliest": "0", "latest": None}.get(self._begin, self._begin)
        return _offset(self._count() if begin is None else int(begin))

    def latest(self, start: "dict | None", most: "int | None") -> dict:
        """Where the batch that begins at `start` ends. PySpark before 4.2 doesn't tell `start`: at the list's end."""
        total = self._count()
        bound = total if self._target is None else min(total, self._target)
        if start is None:
            return _offset(bound)
        begin = _number(start)
        if total < begin:
            if self._shrunk(begin, total) == "ignore":
                return start
            begin = 0
        end = max(begin, bound)
        return _offset(end if most is None else min(end, begin + most))

    def newest(self) -> "dict | None":
        return None if self._newest is None else _offset(self._newest)

    def freeze(self) -> None:
        """From now on nothing is new."""
        self._target = self._count()

    def tasks(self, start: dict, end: dict) -> "list[RestApiPartition]":
        begin, stop = _number(start), _number(end)
        if stop < begin:
            self._shrunk(begin, stop)
            begin = 0  # an end before its start means that the list was read again from its beginning
        if self._on_shrink != "fail":
            stop = min(stop, self._count())
        if begin and not self._checked:
            survey.check_offsets(self._options, **self._paging().found)
            self._checked = True
        few = stop - begin <= int(self._options.get("page_size", "100"))
        page_size = self._learned_page_size(stop, few)
        config = {**self._paging().found, "on_drift": self._options.get("on_drift", "ignore")}  # that the list grows is no drift
        if page_size:
            config["page_size"] = page_size
        ranges = by_offset.cut(begin, stop, page_size or max(1, stop), 1 if few else self._options.num_partitions)
        return [RestApiPartition([Piece(part.offset, part.limit, part.limit, config=config)]) for part in ranges]

    def _shrunk(self, begin: int, total: int) -> str:
        """What to do about it: reset or ignore."""
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

    def _paging(self) -> survey.Paging:
        """Whichever is found, also another one after a restart: styles that seek give the same records for the same offsets."""
        if self._way is None:
            way = survey.lasting_paging(self._options)
            if not way.seekable:
                raise OptionError(_cannot_seek(way.style))
            self._way = way
        return self._way

    def _count(self) -> int:
        found = self._paging().found
        try:
            self._newest = survey.count(self._options, **found)
        except UnexpectedAnswer as error:
            hint = "stream_mode offset needs the number of records: say where it is with count_from, or use stream_mode cursor"
            raise UnexpectedAnswer(f"{error}; {hint}", error.exit_code, error.retryable, error.http_status) from None
        return self._newest

    def _learned_page_size(self, total: int, few: bool) -> "int | None":
        """The page size that the server really gives. `few` rows make one task without it; numbers of pages mean nothing without.

        It depends on nothing that a restart forgets: a batch that is read again must be cut as before, for those who write it on.
        """
        if few and self._paging().style != "page":
            return None
        if self._page_size is None:
            size = survey.real_page_size(self._options, **self._paging().found)
            if size is None or size >= total:  # a list of one page doesn't tell how long a page can be
                return size
            self._page_size = size
        return self._page_size


def _cannot_seek(style: str) -> str:
    return f"stream_mode offset can't start in the middle of a list in style {style}: use stream_mode cursor"


def _offset(number: int) -> dict:
    return {"offset": str(number)}


def _number(offset: dict) -> int:
    return int(part_of(offset, "offset"))
