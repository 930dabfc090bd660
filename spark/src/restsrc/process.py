"""One run of the restsrc tool: what it is given, what it answers, and that it ends when nobody needs it any more."""

from __future__ import annotations

import fcntl
import json
import os
import queue
import re
import select
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

from restsrc import log, tool, worker
from restsrc.errors import RecordError, RestsrcError, ToolFailure, UnexpectedAnswer, for_exit_code
from restsrc.journal import Run
from restsrc.options import Options

PIPE_BYTES = 1 << 20
FIRST_PIPE_BYTES = 4 << 10  # so that the tool does not read on while Spark looks at the first rows
LAST_WORD_SECONDS = 1
STDERR_LINES = 20
STDERR_LINE_BYTES = 8 << 10
SUMMED = ("read", "count")  # commands that have a summary
Config = Mapping[str, "str | int | None"]


@dataclass(frozen=True)
class ArrowOutput:
    """What `restsrc read --output arrow` is to make: the tool's options schema (its text), time_zone, new_members."""

    schema: str
    time_zone: str
    new_members: str


_VALUE = re.compile(r"input (row [0-9]+): (?=column )")  # that JSON can't hold
_LINE = re.compile(r"\b(input )?line(s?)(?= [0-9])")  # each line that is fed is a row


class Process:
    """A running `restsrc COMMAND`. Use it in a `with`: whatever happens, the process is gone afterwards.

        with Process(options, "read", {"offset": 0, "limit": 100}) as process:
            for block in process.blocks():
                ...
            summary = process.finish()

    Always call `finish`: output that looks complete may come from a tool that has failed. Start it from the main
    thread of a Spark worker, because the kernel ends the tool when the thread that started it ends.
    """

    def __init__(
        self,
        options: Options,
        command: str,
        flags: Mapping[str, str | int | None],
        config: Config | None = None,
        *,
        probe: bool = False,
        fed: str | None = None,
        envelopes: bool = False,
        arrow: ArrowOutput | None = None,
    ):
        """Starts the tool; ToolFailure where that is not possible.

        `flags` go on the command line; None: they have no value. All else goes through a pipe, with the URL and the
        secrets: the user's options, and `config`, which wins over them as `Options.config` says. A `probe` is run for
        its summary only; its warnings are dropped, and its records, too, except with `envelopes`. `fed` says in
        messages what the standard input is; it takes what `feed` is given. Without it there is none. `envelopes`: the
        tool tells of each page, see `page`. `arrow`: the output is for `batches`.
        """
        config = {**(config or {}), **({"time_zone": arrow.time_zone} if arrow else {})}
        self._options = options
        self._command = command
        self._fed = fed
        self.url = without_secrets(str(config.get("url") or options.url))
        self._flags = flags
        self._config = config
        self._summary: bytes | None = None
        self._unheard = False
        config_text = options.config(command, **config)
        with _Pipes() as pipes:
            config_source, config_end = pipes.into()
            self._summary_source, summary_end = pipes.out_of()
            pages_source, pages_end = pipes.out_of() if envelopes else (-1, -1)
            schema_source, schema_end = pipes.into() if arrow else (-1, -1)
            words = self._arguments(config_end, summary_end, pages_end, probe)
            words += _arrow_arguments(arrow, schema_end) if arrow else []
            self._process = _start(
                [options.find_tool(), *words],
                stdin=subprocess.DEVNULL if fed is None else subprocess.PIPE,
                stdout=subprocess.DEVNULL if probe and not envelopes else subprocess.PIPE,
                ends=pipes.its,
            )
        self._pages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        if envelopes:
            threading.Thread(target=self._hear_pages, args=(pages_source,), daemon=True).start()
        self._stderr_tail: deque[str] = deque(maxlen=STDERR_LINES)
        self._stderr_thread = threading.Thread(target=self._drain_stderr, daemon=True)
        self._stderr_thread.start()
        if fed is not None:
            _resize_pipe(_there(self._process.stdin).fileno(), PIPE_BYTES)
        _write_all(config_source, config_text.encode())
        if arrow:
            _write_all(schema_source, arrow.schema.encode())

    def _arguments(self, config_end: int, summary_end: int, pages_end: int, probe: bool) -> list[str]:
        """The command line: nothing secret, only the command, descriptors, numbers and flags."""
        words = [self._command, "--config-fd", str(config_end), "--error-format", "json", "--die-with-parent"]
        words += ["--summary-fd", str(summary_end)] if self._command in SUMMED else []
        words += ["--envelope-fd", str(pages_end)] if pages_end >= 0 else []
        words += ["--quiet"] if probe else []
        return words + [word for flag in self._flags.items() for word in flag_words(*flag)]

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdout:
            self._process.stdout.close()
        if self._process.poll() is None:
            self._end()
        self._process.wait()
        self._close_input()
        self._stderr_thread.join()
        self._write_down()
        os.close(self._summary_source)
        _there(self._process.stderr).close()

    def _end(self) -> None:
        """Where somebody wants to know what was done, the tool has a moment to say it."""
        self._unheard = True
        if self._options.journal is not None:
            self._process.terminate()
            try:
                self._process.wait(LAST_WORD_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        self._process.kill()

    def blocks(self) -> Iterator[bytes]:
        """The standard output in blocks of whole lines, as they come."""
        pieces: list[bytes] = []  # of a line that is not whole
        while piece := self.read():
            end = piece.rfind(b"\n") + 1
            if end:
                yield b"".join((*pieces, piece[:end]))
                pieces = [piece[end:]]
            else:
                pieces.append(piece)

    def batches(self, connection: int = -1) -> Iterator[Any]:
        """The record batches of the standard output, where it is Arrow. `finish` says whether they are all.

        BrokenPipeError where Spark closes the `connection` meanwhile.
        """
        import pyarrow as pa

        source = _there(self._process.stdout).fileno()
        _resize_pipe(source, FIRST_PIPE_BYTES)
        try:
            reader = pa.ipc.open_stream(_Watched(source, connection))
        except pa.ArrowInvalid:  # the tool has failed before it wrote anything
            return
        while True:
            try:
                batch = reader.read_next_batch()
            except (StopIteration, pa.ArrowInvalid):  # the end, or the tool has failed
                return
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    raise
                return
            yield batch
            _resize_pipe(source, PIPE_BYTES)

    def page(self) -> bytes:
        """The next line of the tool about a page, before whose records it comes. Empty: there are no more.

        Only where `envelopes` are asked for. Waits.
        """
        line = self._pages.get()
        if not line:
            self._pages.put(line)
        return line

    def last_page(self) -> bytes:
        """The last of these lines, once all have come. Empty: there is none."""
        last = b""
        while line := self.page():
            last = line
        return last

    def _hear_pages(self, source: int) -> None:
        with open(source, "rb") as lines:
            for line in lines:
                self._pages.put(line)
        self._pages.put(b"")

    def feed(self, data: bytes | memoryview) -> bool:
        """Writes all of `data` to the standard input. False: the tool reads no more, and `finish` says why."""
        data = memoryview(data)
        try:
            while data:
                data = data[os.write(_there(self._process.stdin).fileno(), data) :]
        except BrokenPipeError:
            return False
        return True

    def end_input(self) -> None:
        """Closes the standard input."""
        self._close_input()

    def read(self) -> bytes:
        """What there is of the standard output, once there is something. Empty at its end."""
        return os.read(_there(self._process.stdout).fileno(), PIPE_BYTES)

    def text(self) -> str:
        """All of the standard output, once the input, if any, is closed."""
        self._close_input()
        return _there(self._process.stdout).read().decode()

    def finish(self) -> dict[str, Any]:
        """The summary, once the process has ended; the exception that fits its exit code if it failed."""
        summary = self._read_summary()
        code = self._process.wait()
        self._stderr_thread.join()
        if code:
            raise self._failure(code)
        if self._command not in SUMMED:
            return {}
        try:
            told: dict[str, Any] = json.loads(summary)
            return told
        except ValueError:
            raise ToolFailure(f"restsrc {self._command} ended well but gave no summary ({self._where()})") from None

    def _read_summary(self) -> bytes:
        if self._summary is None:
            self._summary = b""
            while piece := os.read(self._summary_source, 1 << 16):
                self._summary += piece
        return self._summary

    def _write_down(self) -> None:
        """In the journal, if there is one. A tool that was killed gave no summary."""
        if self._options.journal is not None:
            try:
                told = json.loads(self._read_summary())
            except ValueError:
                told = {}
            self._options.journal.runs.append(Run(self._command, self._flags, self._config, told))

    def check_records(self, summary: dict[str, Any], seen: int) -> None:
        """UnexpectedAnswer unless all records that the tool says it wrote came through the pipe."""
        if summary["records"] != seen:
            raise UnexpectedAnswer(
                f"restsrc wrote {summary['records']} records, but {seen} arrived ({self._where()})", retryable=True
            )

    def _failure(self, code: int) -> RestsrcError:
        if code < 0:
            return ToolFailure(f"restsrc {self._command} was killed by signal {-code} ({self._where()})", code, True)
        told = self._last_word()
        message = self._options.spoken(told.get("message") or " / ".join(self._stderr_tail) or "no message")
        value = _VALUE.match(message) if self._fed else None
        if self._fed:
            message = _LINE.sub(r"row\2", _VALUE.sub(r"\1 of the partition: ", message))
        where = self._where(told.get("url"))
        text = f"{message} (restsrc {self._command}, exit {code}, {where})"
        failure = RecordError if value else for_exit_code(code)
        return failure(text, code, bool(told.get("retryable")), told.get("http_status"))

    def _last_word(self) -> dict[str, Any]:
        """What --error-format json said on the last line of stderr."""
        try:
            told = json.loads(self._stderr_tail[-1])
        except (IndexError, ValueError):
            return {}
        return told if isinstance(told, dict) and "exit" in told else {}

    def _where(self, url: str | None = None) -> str:
        """What the tool was at: the range or what it was fed, and the URL without its secrets."""
        offset, length = self._flags.get("offset"), self._flags.get("limit", self._flags.get("expect"))
        url = url or self.url
        if self._fed:
            return f"{self._fed} to {url}"
        if offset is None:
            return url
        if length is None:
            return f"records from {offset} of {url}"
        return f"records {offset} to {int(offset) + int(length) - 1} of {url}"

    def _close_input(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def _drain_stderr(self) -> None:
        """Keeps the last lines. Logs all, but for the error, which becomes an exception, and what it says of its end
        where it is ended.
        """
        while line := _there(self._process.stderr).readline(STDERR_LINE_BYTES):
            text = line.decode(errors="replace").rstrip("\n")
            self._stderr_tail.append(text)
            if not (text.startswith('{"exit":') or self._unheard):
                log.pass_on(self._options.spoken(text))


def flag_words(name: str, value: str | int | None) -> list[str]:
    """A flag as the command line has it."""
    return [f"--{name}"] if value is None else [f"--{name}", str(value)]


def _arrow_arguments(arrow: ArrowOutput, schema_end: int) -> list[str]:
    return ["--output", "arrow", "--schema", f"/dev/fd/{schema_end}", "--new-members", arrow.new_members]


class _Pipes:
    """Pipes of a tool that is about to start. Once it has, it alone keeps its ends; if it could not, none is left."""

    def __init__(self) -> None:
        self.its: list[int] = []
        self._ours: list[int] = []

    def into(self) -> tuple[int, int]:
        """Our end and its end of a pipe that it reads."""
        its, ours = os.pipe()
        return self._keep(ours, its)

    def out_of(self) -> tuple[int, int]:
        """Our end and its end of a pipe that it writes."""
        ours, its = os.pipe()
        return self._keep(ours, its)

    def _keep(self, ours: int, its: int) -> tuple[int, int]:
        self._ours.append(ours)
        self.its.append(its)
        return ours, its

    def __enter__(self) -> _Pipes:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        for end in self.its + (self._ours if failed else []):
            os.close(end)


def _start(words: list[str], stdin: int, stdout: int, ends: list[int]) -> subprocess.Popen[bytes]:
    env = {**os.environ, **tool.authorities()}
    try:
        return subprocess.Popen(
            words, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, pass_fds=ends, bufsize=0, env=env
        )
    except OSError as error:
        raise tool.does_not_run(words[0], error) from None


class _Watched:
    """A pipe as a file for pyarrow. BrokenPipeError where Spark closes the `connection` while we wait."""

    closed = False

    def __init__(self, source: int, connection: int):
        self._source, self._connection = source, connection
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)
        if connection >= 0:
            self._poll.register(connection, worker.GONE)

    def readable(self) -> bool:
        return True

    def read(self, size: int) -> bytes:
        pieces, left = [], size
        while left > 0:
            worker.check(self._poll.poll(), self._connection)
            piece = os.read(self._source, left)
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        pass


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe of a process that was started with it."""
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe


def _write_all(target: int, data: bytes) -> None:
    """Writes and closes. A tool that ended before it had read everything says why itself."""
    try:
        while data:
            data = data[os.write(target, data) :]
    except BrokenPipeError:
        pass
    finally:
        os.close(target)


def _resize_pipe(source: int, size: int) -> None:
    try:
        fcntl.fcntl(source, getattr(fcntl, "F_SETPIPE_SZ", 1031), size)
    except OSError:
        pass  # more than this user may have: the pipe stays as it is


def without_secrets(url: str) -> str:
    """The URL without user and query, for messages where the tool gave none."""
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return "the URL"
