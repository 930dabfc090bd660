"""Rows that go into a run of the tool while what it makes of them comes out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from restsrc.process import Process


@contextmanager
def feeding(process: Process, lines: Iterator[memoryview], whole: bool) -> Iterator[None]:
    """In the `with`, the lines go to the process, on a thread: so it never waits for us while we wait for it.

    `whole`: these are all lines, and the input ends with them. What making them meets is raised at the end of the
    `with`, instead of what the process says of an input that is cut short.
    """
    problems: list[Exception] = []

    def feed() -> None:
        try:
            for some in lines:
                if not process.feed(some):
                    return
            if whole:
                process.end_input()
        except Exception as problem:
            problems.append(problem)
            process.end_input()

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield
        feeder.join()
    except Exception:
        if not problems:
            raise
    if problems:
        raise problems[0]
