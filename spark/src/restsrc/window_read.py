"""Reads a window of time until it is sure that all of its records have come, and hands them on only then.

While a window is read, records may leave it (a time of change moves on), and the pages behind them shift; pages of
records with equal times may change places. So a window of more than one page is right when it has as many records as
are counted after it, nothing has left it meanwhile, and no record has come twice. Else it is read again, what has come
is kept, and a window that never comes to rest is cut.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from restsrc.errors import RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning import survey
from restsrc.planning.time_query import TOO_LARGE, WindowPiece
from restsrc.process import ArrowOutput, Process
from restsrc.rows.envelope import at_path
from restsrc.rows.from_tool import texts_of
from restsrc.worker import Consumer

TRIES = 6
PAUSE = 0.1  # seconds before the second try, twice as long before each further one
IN_MEMORY = 32 << 20  # bytes of a window; the rest goes to a temporary file

# Some records: who read them, the number of the first, a batch of the tool's, and which of it are taken; None: all.
Part = tuple[Process, int, Any, "list[int] | None"]


@dataclass
class _Attempt:
    """One read of the window."""

    process: Process
    store: IO[bytes]
    lines: set[int] = field(default_factory=set)  # hashes
    order: int = 0  # a hash of all lines, one after the other
    records: int = 0
    twice: bytes = b""  # a record that has come twice
    total: int | None = None  # what the last page counts
    page_size: int = 0
    _writer: Any = None

    def add(self, made: Any) -> None:
        """Keeps a batch of the tool's."""
        import pyarrow as pa

        if self._writer is None:
            self._writer = pa.ipc.new_stream(pa.PythonFile(self.store, "w"), made.schema)
        self._writer.write_batch(made)
        for text in texts_of(made):
            name = hash(text)
            if name in self.lines:
                self.twice = text
            self.lines.add(name)
            self.order = hash((self.order, name))
        self.records += made.num_rows

    def batches(self) -> Iterator[tuple[int, Any]]:
        """Those that were kept, with the numbers of their first records."""
        import pyarrow as pa

        if self._writer is None:
            return
        self._writer.close()
        self.store.seek(0)
        number = 0
        for made in pa.ipc.open_stream(pa.PythonFile(self.store, "r")):
            yield number, made
            number += made.num_rows

    @property
    def one_page(self) -> bool:
        return self.records <= self.page_size


class WindowReads:
    """Reads windows in a task."""

    def __init__(self, options: Options, config: dict[str, str], envelopes: bool, wanted: ArrowOutput):
        """`wanted` has the texts of the records."""
        self._options = options
        self._wanted = wanted
        self._config = config
        self._envelopes = envelopes
        self._id = options.text("id")

    def parts(self, piece: WindowPiece) -> Iterator[Part]:
        """The records that belong to the window.

        UnexpectedAnswer where they can't be had for sure; what `Process.finish` raises where the tool fails.
        """
        attempts: list[_Attempt] = []
        try:
            why = self._read(piece, attempts)
            if why is None:
                yield from _kept(piece, attempts)
                return
        finally:
            for attempt in attempts:
                attempt.store.close()
        halves = piece.cut()
        if not halves:
            raise why
        for half in halves:
            yield from self.parts(half)

    def records(self, piece: WindowPiece) -> Iterator[bytes]:
        """The texts of the same."""
        for _, _, made, chosen in self.parts(piece):
            texts = texts_of(made)
            yield from texts if chosen is None else map(texts.__getitem__, chosen)

    def _read(self, piece: WindowPiece, attempts: list[_Attempt]) -> Exception | None:
        """None: what the attempts have is all there is. Else why it is not: then the window must be cut."""
        before, pause = self._counted(piece), PAUSE
        for last in range(TRIES - 1, -1, -1):
            try:
                attempt = self._once(piece)
            except UnexpectedAnswer as error:  # the tool itself has seen pages that do not fit together
                if last < TRIES - 2:
                    return error
                time.sleep(pause)
                continue
            except RequestRefused as refusal:
                if refusal.http_status in TOO_LARGE and piece.cut():
                    return refusal
                raise
            attempts.append(attempt)
            if piece.cap and attempt.records >= piece.cap:
                why = f"has {attempt.records} records, and the API gives no more than {piece.cap} (window_rows)"
                return UnexpectedAnswer(f"{_text(piece)} {why}. It can't be made smaller: a finer time_format can")
            if attempt.twice:
                if self._same_again(attempts):
                    return None
                if len(attempts) > 1 and attempts[-2].twice:
                    return _no_order(piece)
            after = self._count(piece, attempt, before)
            if self._is_all(attempt, before, after):
                return None
            before, pause = after, 2 * pause
            if last:
                time.sleep(pause)
        if attempts and attempts[-1].twice:
            return _no_order(piece)
        read = attempts[-1].records if attempts else 0
        why = f"{_text(piece)} has {before} records, but {read} came, in {TRIES} tries"
        return UnexpectedAnswer(
            f"{why}: is the API behind its own count, or do records change all the time?", retryable=True
        )

    def _counted(self, piece: WindowPiece) -> int | None:
        """How many records there are to be. The count of the plan is for a window without the steps at its ends."""
        if piece.expect is not None and not piece.time.path:
            return piece.expect
        return survey.count(self._options, {**piece.config, **self._config}) if piece.counted else None

    def _is_all(self, attempt: _Attempt, before: int | None, after: int | None) -> bool:
        if attempt.twice:
            return False
        if before is None or after is None:
            return True
        if attempt.one_page:
            return attempt.records >= min(before, after)
        return before == after == attempt.records

    def _count(self, piece: WindowPiece, attempt: _Attempt, before: int | None) -> int | None:
        """How many records the window has now, at the end of the attempt."""
        if attempt.one_page and before is not None and attempt.records >= before:
            return before
        if attempt.total is not None:
            return attempt.total
        if not piece.counted:
            return None
        return survey.count(self._options, {**piece.config, **self._config})

    def _same_again(self, attempts: list[_Attempt]) -> bool:
        """Records without an id may be the same, all of them; then they come in the same order each time."""
        if len(attempts) < 2 or attempts[-1].order != attempts[-2].order:
            return False
        record = attempts[-1].twice
        return not (record.startswith(b"{") and at_path(record.decode(), self._id))

    def _once(self, piece: WindowPiece) -> _Attempt:
        config = {**piece.config, "on_drift": self._options.given("on_drift") or "ignore", **self._config}
        consumer = Consumer()
        with Process(
            self._options, "read", {"offset": 0}, config, envelopes=self._envelopes, arrow=self._wanted
        ) as process:
            attempt = _Attempt(process, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 (parts closes it)
            for made in process.batches(consumer.connection):
                attempt.add(made)
            summary = process.finish()
            process.check_records(summary, attempt.records)
        attempt.total, attempt.page_size = summary["total"], summary["page_size"] or 0
        return attempt


def _kept(piece: WindowPiece, attempts: list[_Attempt]) -> Iterator[Part]:
    """All of the last attempt, and what only came in the ones before."""
    seen: set[int] = set()
    for attempt in reversed(attempts):
        everything = not seen and piece.keeps_all
        for number, made in attempt.batches():
            chosen = None if everything else _chosen(piece, texts_of(made), seen)
            yield attempt.process, number, made, chosen
        seen |= attempt.lines


def _chosen(piece: WindowPiece, records: list[bytes], seen: set[int]) -> list[int]:
    """The places of those that are wanted."""
    return [place for place, text in enumerate(records) if hash(text) not in seen and piece.keeps(text)]


def _text(piece: WindowPiece) -> str:
    return piece.time.text(piece.start, piece.end)


def _no_order(piece: WindowPiece) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"{_text(piece)}: records come twice and others not at all, because those of equal times change places from "
        "page to page: ask for an order that tells them apart (a sort by time and id, in the option query), or for "
        "larger pages (page_size)"
    )
