"""Writes: one `restsrc write` per partition, and the two phases of a target that can take back what was sent.

`Delivery` is the whole of it, for batches and streams alike: `send` in each task, then `commit` or `abort` on the driver. It
holds plain fields only, for it is pickled to other processes. What a commit needs to know travels in the receipts.
"""

from __future__ import annotations

import json
import logging
import os
import re
import uuid
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Any, Iterable, Iterator, Sequence
from urllib.parse import quote, urljoin

from pyspark.sql.datasource import WriterCommitMessage
from pyspark.sql.types import StructType

from restsrc import upstream
from restsrc.errors import InputError, OptionError, RestsrcError, ToolFailure
from restsrc.options import Options
from restsrc.process import Process
from restsrc.rows.encode import Encoder

ROWS_AT_A_TIME = 10_000  # where Spark hands over rows one by one
PLACEHOLDERS = ("job_id", "batch_id", "partition_id", "attempt")
FILES = ("reject_file", "ids_file")  # for Spark, what the names of files begin with

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Job:
    """What is committed as one: a batch job, or batch number `batch` of the streaming query `id`."""

    id: str
    batch: "int | None" = None


@dataclass(frozen=True)
class Place:
    """Who sends: `attempt` is another one for each try of a task, also after a restart of the driver."""

    partition: int
    attempt: str


@dataclass(frozen=True)
class Receipt(WriterCommitMessage):
    """What a task wrote, as the tool counted it."""

    partition_id: int
    attempt: str
    records: int = 0
    rejected: int = 0
    batches: int = 0
    bytes: int = 0


class Delivery:
    """How rows of one schema get to their target. OptionError for what can be seen to be wrong before any row is sent."""

    def __init__(self, options: Options, schema: StructType, overwrite: bool = False):
        self._options = options
        self._schema = schema
        self._overwrite = overwrite
        self._stage, self._commit, self._abort = (self._template(name) for name in ("stage_url", "commit_url", "abort_url"))
        if overwrite and not (self._stage and self._commit):
            raise OptionError(
                "save mode overwrite needs the options stage_url and commit_url, and so does output mode complete: "
                "the commit replaces what is there. Without them use mode append"
            )
        if self._stage and not self._commit:
            raise OptionError("the option stage_url needs commit_url: nothing that is staged would ever be committed")
        if self._stage and "{attempt}" not in self._stage and options.get("idempotent", "false").strip().lower() != "true":
            _log.warning("restsrc: stage_url has no {attempt}: what a task staged before it failed can't be told from its next try")
        if options.offset or options.limit is not None:
            raise OptionError("the options offset and limit are for reading: all rows are written")
        self._encoder()
        self._try_out()

    def send(self, job: Job, batches: Iterator[Any]) -> Receipt:
        """Runs in a task: all rows of its partition, as Arrow record batches, to the target."""
        place = _this_place()
        first = next(batches, None)
        if first is None:
            return Receipt(place.partition, place.attempt)
        files = self._files(place)
        try:
            return self._run(job, place, files, chain([first], batches))
        finally:
            _remove_empty(files.values())

    def commit(self, job: Job, messages: "Sequence[Receipt | None]") -> None:
        """Runs on the driver when all tasks have succeeded."""
        rejected = sum(receipt.rejected for receipt in messages if receipt)
        if rejected:
            _log.warning("restsrc: %d rows were rejected", rejected)
        if self._commit:
            self._call(self._commit, "commit", job, messages)

    @property
    def aborts(self) -> bool:
        """Whether the target wants to know of failures."""
        return bool(self._abort)

    def abort(self, job: Job, messages: "Sequence[Receipt | None]") -> None:
        """Runs on the driver when a task or the commit has failed. It doesn't fail itself: that would hide why."""
        if self.aborts:
            try:
                self._call(self._abort, "abort", job, messages)
            except RestsrcError as error:
                _log.warning("restsrc: the abort failed: %s", error)

    # ---- in a task ----

    def _run(self, job: Job, place: Place, files: "dict[str, str]", batches: Iterable[Any]) -> Receipt:
        encoder, rows = self._encoder(), 0
        marker = f"end-{uuid.uuid4().hex}"  # the end of the input alone could be the end of this process
        with self._child(job, place, files, marker) as child:
            for batch in batches:
                if not all(map(child.feed, encoder.lines(batch, rows + 1))):
                    break
                rows += batch.num_rows
            else:
                if not upstream.is_complete():
                    raise InputError(f"partition {place.partition} ends after row {rows}: the rows before it have failed")
                child.feed(f"{marker}\n".encode())
            told = child.text()
            try:
                child.finish()
            except RestsrcError as error:
                raise type(error)(f"{error}{_stored(told)}", error.exit_code, error.retryable) from None
        counts = json.loads(told)
        if counts["records"] + counts["rejected"] != rows:
            raise ToolFailure(f"partition {place.partition} has {rows} rows, but restsrc's receipt says {told.strip()}")
        return Receipt(place.partition, place.attempt, *(counts[name] for name in ("records", "rejected", "batches", "bytes")))

    def _child(self, job: Job, place: Place, files: "dict[str, str]", marker: str) -> Process:
        config = {
            "url": _fill(self._stage, job, place) if self._stage else self._options.url,
            "idempotency_key": _key(self._options.get("idempotency_key", job.id), job.batch, place.partition, self._try(place)),
            "idempotent": self._options.get("idempotent", "false"),
            **files,
        }
        return Process(self._options, "write", {"end-marker": marker}, fed=f"rows of partition {place.partition}", **config)

    def _try(self, place: Place) -> "str | None":
        """For the keys. Where each try stages its rows by itself, a server must not take those of the next one for seen already."""
        return place.attempt if "{attempt}" in self._stage else None

    def _files(self, place: Place) -> "dict[str, str]":
        given = {name: self._options.get(name, "") for name in FILES}
        names = {name: f"{prefix}{place.partition}-{place.attempt}.ndjson" for name, prefix in given.items() if prefix}
        for option, name in names.items():
            try:
                os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            except OSError as problem:
                raise InputError(f"the folder of the option {option} can't be made: {problem}") from None
        return names

    def _encoder(self) -> Encoder:
        ignore = self._options.get("ignore_null_fields", "true").strip().lower()
        if ignore not in ("true", "false"):
            raise OptionError(f"the option ignore_null_fields is {ignore!r}; it takes true or false")
        return Encoder(self._schema, self._options.time_zone, ignore == "true")

    # ---- on the driver ----

    def _template(self, name: str) -> str:
        """An option that is a URL with placeholders; it may be relative to `url`."""
        text = self._options.get(name, "")
        unknown = set(re.findall(r"\{(.*?)\}", text)) - set(PLACEHOLDERS if name == "stage_url" else PLACEHOLDERS[:2])
        if unknown:
            known = ", ".join(f"{{{one}}}" for one in (PLACEHOLDERS if name == "stage_url" else PLACEHOLDERS[:2]))
            raise OptionError(f"the option {name} has the placeholder {{{min(unknown)}}}; it can have {known}")
        return urljoin(self._options.url, text) if text else ""

    def _try_out(self) -> None:
        """Lets the tool look at its options and the URLs, with no rows and so without a request."""
        files = {name: os.devnull for name in FILES if self._options.get(name, "")}
        filled = [_fill(template, Job("0"), Place(0, "0")) for template in (self._stage, self._commit, self._abort) if template]
        for url in (self._options.url, *filled):
            with Process(self._options, "write", {}, url=url, **files) as child:
                child.text()
                child.finish()

    def _call(self, url: str, what: str, job: Job, messages: "Sequence[Receipt | None]") -> None:
        """Tells the target, again and again if need be: it must take the same commit or abort twice.

        The key is that of the batch, whatever attempts are named, so that one that heeds keys commits no batch twice.
        """
        told = {
            "job_id": job.id,
            "batch_id": job.batch or 0,
            "overwrite": self._overwrite,
            "partitions": [asdict(receipt) for receipt in messages if receipt],
        }
        config = {
            "url": _fill(url, job),
            "method": "POST",
            "data": "-",
            "idempotency_key": _key(job.id, job.batch, what),
            "idempotent": "true",
        }
        with Process(self._options, "call", {}, fed=what, **config) as child:
            child.feed(json.dumps(told).encode())
            child.text()
            child.finish()


def _this_place() -> Place:
    from pyspark import TaskContext

    context = TaskContext.get()
    return Place(context.partitionId(), f"{context.attemptNumber()}-{uuid.uuid4().hex[:8]}")


def _fill(template: str, job: Job, place: "Place | None" = None) -> str:
    values = {"job_id": job.id, "batch_id": job.batch or 0}
    if place:
        values.update(partition_id=place.partition, attempt=place.attempt)
    return re.sub(r"\{(.*?)\}", lambda match: quote(str(values[match[1]]), safe=""), template)


def _key(*parts: Any) -> str:
    return "-".join(str(part) for part in parts if part is not None)


def _stored(receipt: str) -> str:
    """What a receipt says is there although the write has failed; nothing where there is no receipt."""
    try:
        last = json.loads(receipt)["lines_done"]
    except (ValueError, KeyError):
        return ""
    return f"; rows 1-{last} are done" if last else "; no row is known to be stored"


def _remove_empty(files: Iterable[str]) -> None:
    """Most partitions have no rejects."""
    for name in files:
        if os.path.exists(name) and os.path.getsize(name) == 0:
            os.remove(name)


def row_batches(rows: Iterator[Any], schema: StructType) -> Iterator[Any]:
    """Rows as Arrow record batches, for PySparks whose writers get no others."""
    from pyspark.sql.conversion import LocalDataToArrowConversion

    while some := list(islice(rows, ROWS_AT_A_TIME)):
        yield from LocalDataToArrowConversion.convert(some, schema, False).to_batches()
