"""The files of a write: the rows that were rejected, and the ids that the server gave; and of lists of lists: the
parents whose lists failed. One of each for each task.

The options reject_file and ids_file say what their names begin with: a path on the executor, or a URI such as
s3://bucket/rejects-. Files for a URI are written on the executor first, and go to their place when the task ends.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import uuid
from typing import Any

from pyspark import TaskContext

from restsrc import log
from restsrc.errors import InputError, OptionError, OutputError
from restsrc.options import Options
from restsrc.process import without_secrets

FILES = ("reject_file", "ids_file")

_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]+:", re.ASCII)
_ALIASES = {"s3a": "s3", "s3n": "s3"}  # as Hadoop calls them


def check(options: Options) -> None:
    """OptionError where nobody here can write to such a place. Called before any row is computed."""
    for name in FILES:
        check_place(name, options.given(name))


def check_place(option: str, place: str) -> None:
    """The same for one place. A path is looked at where the file is written."""
    if _SCHEME.match(place):
        try:
            _open(place)
        except Exception as problem:  # Arrow has errors of many kinds for URIs
            raise OptionError(f"the option {option} can't be written to: {_told(problem, place)}") from None


def here() -> tuple[int, str]:
    """The partition of this task, and what tells this attempt at it from all others."""
    context = task_context()
    return context.partitionId(), f"{context.attemptNumber()}-{uuid.uuid4().hex[:8]}"


def task_context() -> TaskContext:
    """Spark's own word on the task that this code runs in."""
    context = TaskContext.get()
    if context is None:
        raise RuntimeError("this runs in a Spark task only")
    return context


def put(option: str, place: str, content: bytes) -> None:
    """A whole file at a path or URI, in place of what is there. OutputError where that is not possible."""
    with tempfile.NamedTemporaryFile(prefix="restsrc-") as file:
        file.write(content)
        file.flush()
        _move(file.name, place, option)


class Kept:
    """The files of one task, by option, for the tool to write. Use it in a `with`, also when the task fails."""

    def __init__(self, options: Options, partition: int, attempt: str):
        self._folder = ""  # of those that go elsewhere when they are whole
        self._targets = {
            name: _named(options.given(name), f"{partition}-{attempt}.ndjson") for name in FILES if options.given(name)
        }
        self._local: dict[str, str] = {}

    def __enter__(self) -> dict[str, str]:
        for option, target in self._targets.items():
            if _SCHEME.match(target):
                self._folder = self._folder or tempfile.mkdtemp(prefix="restsrc-")
                self._local[option] = os.path.join(self._folder, option)
            else:
                _make_folder(option, target)
                self._local[option] = target
        return dict(self._local)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Most tasks have no rejects: no file is left for them. OutputError where a file can't get to its place."""
        try:
            for option, local in self._local.items():
                if os.path.exists(local) and os.path.getsize(local) == 0:
                    os.remove(local)
                elif local != self._targets[option] and os.path.exists(local):
                    _move(local, self._targets[option], option)
        except OutputError as problem:
            if kind is None:
                raise
            log.warn(str(problem))  # why the task failed is more important
        finally:
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)


def _named(prefix: str, name: str) -> str:
    """The name goes to the end of the path: a URI may have options of Arrow's after it, ?region=..."""
    path, mark, rest = prefix.partition("?") if _SCHEME.match(prefix) else (prefix, "", "")
    return f"{path}{name}{mark}{rest}"


def _make_folder(option: str, name: str) -> None:
    try:
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    except OSError as problem:
        raise InputError(f"the folder of the option {option} can't be made: {problem}") from None


def _move(local: str, target: str, option: str) -> None:
    try:
        system, path = _open(target)
        system.create_dir(os.path.dirname(path), recursive=True)
        with open(local, "rb") as source, system.open_output_stream(path) as out:
            shutil.copyfileobj(source, out)
    except Exception as problem:  # Arrow has errors of many kinds
        raise OutputError(f"the file of the option {option} can't be written: {_told(problem, target)}") from None


def _told(problem: Exception, uri: str) -> str:
    """What Arrow says, with the URI without its secrets."""
    shown = without_secrets(uri)
    return f"{shown}: {str(problem).replace(uri, shown)}"


def _open(place: str) -> Any:
    """The file system of a URI or path, and the path there."""
    from pyarrow import fs

    if not _SCHEME.match(place):
        return fs.LocalFileSystem(), os.path.abspath(place)

    scheme, colon, rest = place.partition(":")
    return fs.FileSystem.from_uri(_ALIASES.get(scheme.lower(), scheme) + colon + rest)
