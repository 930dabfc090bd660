"""One run of `restsrc count --for-each` that is asked for counts as they are wanted: each line has its answer at once.

So all of them have one process, one connection, and what the first ones have shown of the API.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from tempfile import NamedTemporaryFile
from typing import Any

from restsrc.errors import RestsrcError, for_exit_code
from restsrc.options import Options
from restsrc.process import Process

AT_ONCE = 1000  # lines that are fed before their answers are read: neither pipe fills up
TRY_LATER = (74, 75)  # exit codes

Line = Mapping[str, str]


class CountRun:
    """Use it in a `with`: whatever happens, the process is gone afterwards."""

    def __init__(self, options: Options, config: Mapping[str, str]):
        """`config` has the templates that the lines fill."""
        self._options = options
        self._rejects = NamedTemporaryFile()  # noqa: SIM115 (__exit__ closes it)
        flags = {"for-each": "-", "reject-file": self._rejects.name}
        try:
            self._process = Process(options, "count", flags, config, fed="windows")
        except BaseException:
            self._rejects.close()
            raise
        self._answers = self._lines()
        self.counted = False  # a list

    def __enter__(self) -> CountRun:
        return self

    def __exit__(self, *raised: object) -> None:
        self._process.__exit__(*raised)
        self._rejects.close()

    def counts(self, lines: Sequence[Line]) -> list[int | RestsrcError]:
        """How many records the lists of the lines have, or why that is not known.

        What `Process.finish` raises where no list can be counted.
        """
        parts = (lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE))
        return list(chain.from_iterable(map(self._counts, parts)))

    def finish(self) -> dict[str, Any]:
        """The summary, once no more is wanted."""
        self._process.end_input()
        return self._process.finish()

    def _counts(self, lines: Sequence[Line]) -> list[int | RestsrcError]:
        self._process.feed("".join(json.dumps(line) + "\n" for line in lines).encode())
        return [self._answer() for _ in lines]

    def _answer(self) -> int | RestsrcError:
        text = next(self._answers, b"")
        if not text:
            self.finish()
            raise EOFError("restsrc count has ended")
        if text == b"null":
            return self._reason()
        self.counted = True
        return int(text)

    def _reason(self) -> RestsrcError:
        """Of the list that was not counted: the tool writes it down first."""
        told = json.loads(self._rejects.readline())
        code = told["exit"]
        text = f"{self._options.spoken(told['error'])} (restsrc count, exit {code}, {self._process.url})"
        return for_exit_code(code)(text, code, code in TRY_LATER, told["http_status"])

    def _lines(self) -> Iterator[bytes]:
        for block in self._process.blocks():
            yield from block.splitlines()
