"""The plan of a read as text: what was asked to make it, and for each task the command that does the same by hand."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from restsrc import log
from restsrc.errors import OptionError
from restsrc.journal import Journal, Run
from restsrc.options import Options, option_text
from restsrc.partition import Piece
from restsrc.planning import batch
from restsrc.planning.pushdown import GUARD
from restsrc.planning.time_query import WindowPiece
from restsrc.process import Config, flag_words

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def explain(df: DataFrame | None = None, **options: str | int | float | bool) -> str:
    """The plan of a batch read, made anew: the API is asked what the planning asks, and no task runs.

        print(restsrc.explain(url="https://api.example.com/items", page_size=1000, bearer=token))
        print(restsrc.explain(df))

    For each task the text has the command that reads the same records in a shell. What may be secret is not in it, but
    in the files that it names. `df` is a DataFrame of `spark.read.format("rest-api")`, whatever has been done to it
    since; with Spark Connect its options can't be had. OptionError as for a read.
    """
    given = {name: option_text(value) for name, value in options.items()}
    asked = Options({**(_options_of(df) if df is not None else {}), **given})
    asked.journal = Journal()
    with _heard() as notes:
        partitions = batch.partitions(asked)
    commands = _Commands(asked)
    lines = [f"asked: {sum(int(run.told('requests')) for run in asked.journal.runs)} requests"]
    for run in asked.journal.runs:
        lines += [f"  {commands.text(run.command, run.flags, run.config)}", f"    {_answer(run)}"]
    lines += [f"note: {note}" for note in notes]
    for number, partition in enumerate(partitions):
        lines.append(f"task {number} of {len(partitions)}")
        for piece in partition.pieces:
            config = _config(asked, piece, len(partitions))
            lines += [f"  {piece.text}", f"  {commands.text('read', piece.flags(asked), config)}"]
    return "\n".join([*lines, *commands.files(), ""])


def _config(options: Options, piece: Piece, tasks: int) -> Config:
    """As a task has it."""
    config = {**piece.config, **options.part_of_rate(tasks)}
    return {"on_drift": "ignore", **config} if isinstance(piece, WindowPiece) else config


def _answer(run: Run) -> str:
    told = run.summary
    if run.command == "count":
        return f"{told['records']} records" if told else "no count"
    if not told:
        return run.command
    size = f", pages of {told['page_size']}" if told.get("page_size") else ""
    records = "no count" if told["records"] is None else f"{told['records']} records"
    return f"{records}{size}, style {told['style']}"


class _Commands:
    """Command lines, and the configuration files with what may not stand in them."""

    def __init__(self, options: Options):
        self._options = options
        self._names: dict[tuple[tuple[str, str], ...], str] = {}  # what is in a file -> its name

    def text(self, command: str, flags: Mapping[str, str | int | None], config: Config) -> str:
        words, hidden, url = ["restsrc", command], [], ""
        for name, value, secret in self._options.settings(command, **config):
            if name == "url" and not _may_be_secret(value):
                url = value
            elif secret and value not in self._found(name, config):
                hidden.append((name, value))
            else:
                words += [f"--{name}"] if value == "true" else [f"--{name}", value]
        words += [word for flag in flags.items() for word in flag_words(*flag)]
        if hidden:
            words[2:2] = ["--config", self._names.setdefault(tuple(hidden), f"secrets-{len(self._names)}.conf")]
        return shlex.join([*words, *([url] if url else [])])

    def _found(self, name: str, config: Config) -> list[str]:
        """The values of an option that are the planning's, and not the user's."""
        own = self._options.given(name.replace("-", "_")).splitlines()
        return [value for value in str(config.get(name.replace("-", "_")) or "").splitlines() if value not in own]

    def files(self) -> Iterator[str]:
        for values, name in self._names.items():
            yield f'{name}, which only you may read, has your own values as lines NAME = "VALUE", \\ before \\ and ":'
            yield f"  {', '.join(dict.fromkeys(option for option, _ in values))}"


def _may_be_secret(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return bool(parts.query or "@" in parts.netloc)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """The warnings of the planning."""
    notes: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            notes.append(record.getMessage().removeprefix("restsrc: "))

    listener = Listener(logging.WARNING)
    log.LOGGER.addHandler(listener)
    try:
        yield notes
    finally:
        log.LOGGER.removeHandler(listener)


def _options_of(df: Any) -> dict[str, str]:
    """What `df` was loaded with. OptionError where it is not of this source, or that can't be seen."""
    if not hasattr(df, "_jdf"):
        raise OptionError("the options of a DataFrame can't be had with Spark Connect: give explain() the options")
    leaves = df._jdf.queryExecution().analyzed().collectLeaves()
    for number in range(leaves.size()):
        leaf = leaves.apply(number)
        if leaf.getClass().getSimpleName() == "DataSourceV2Relation" and "rest-api" in leaf.table().name():
            given = dict(leaf.options().asCaseSensitiveMap())
            return {name: value for name, value in given.items() if name != GUARD}
    raise OptionError("the DataFrame is not of the format rest-api")
