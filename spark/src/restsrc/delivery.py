"""How rows get to an API: one `restsrc write` for each partition, and two phases where the target can keep rows back.

`Delivery` does it for batches and streams: `send` in each task, then `commit` or `abort` on the driver. It holds
plain fields only, because it is pickled to other processes. What a commit needs to know travels in the receipts.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import chain, islice
from typing import Any
from urllib.parse import quote, urljoin

from pyspark.sql.datasource import WriterCommitMessage
from pyspark.sql.types import StructType

from restsrc import kept_files, report, session, templates, upstream, worker
from restsrc.errors import InputError, OptionError, RequestRefused, RestsrcError, ToolFailure
from restsrc.kept_files import Kept
from restsrc.options import Options
from restsrc.process import Process
from restsrc.rows.encode import END, FLAGS, Encoder

ROWS_AT_A_TIME = 10_000  # where Spark hands over rows one by one
ALREADY = re.compile(r"\b(already|duplicate|done before|exists)\b|is committed", re.IGNORECASE)  # of a 409
TOLD = (
    "partition_id",
    "attempt",
    "records",
    "rejected",
    "batches",
    "bytes",
    "accepted",
)  # of each receipt, to the target
PLACEHOLDERS = ("job_id", "batch_id", "partition_id", "attempt")

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Job:
    """What is committed as one: the batch write `id`, or batch number `batch` of the streaming query `id`."""

    id: str
    batch: int | None = None
    began: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True)
class Place:
    """Who sends. `attempt` is another text for each try of a task, also after a restart of the driver."""

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
    accepted: int = 0
    requests: int = 0
    retries: int = 0
    waited: float = 0
    seconds: float = 0


class Delivery:
    """How rows of one schema get to their target."""

    def __init__(self, options: Options, schema: StructType, overwrite: bool = False, stream: bool = False):
        """OptionError for what can be seen to be wrong before any row is sent. The tool looks at its options, too."""
        options.single("a write")
        self._options = options
        self._schema = schema
        self._overwrite = overwrite
        self._stage = self._template("stage_url", None)
        self._commit = self._template("commit_url", PLACEHOLDERS[:2])
        self._abort = self._template("abort_url", PLACEHOLDERS[:2])
        self._check = self._template("commit_check_url", PLACEHOLDERS[:2])
        if self._check and not self._commit:
            raise OptionError("the option commit_check_url needs commit_url")
        if overwrite and not (self._stage and self._commit):
            raise OptionError(
                "save mode overwrite needs the options stage_url and commit_url, and so does output mode complete: "
                "the commit replaces what is there. Without them use mode append"
            )
        if self._stage and not self._commit:
            raise OptionError("the option stage_url needs commit_url: nothing that is staged would ever be committed")
        if self._stage and "{attempt}" not in self._stage and not options.flag("idempotent"):
            why = "what a task staged before it failed can't be told from its next try"
            _log.warning("restsrc: stage_url has no {attempt}: %s", why)
        if options.offset or options.limit is not None:
            raise OptionError("the options offset and limit are for reading: all rows are written")
        kept_files.check(options)
        report.check(options, report.WRITE, report.WRITE[:1] if stream else ())
        Encoder(self._schema)
        self._try_out()

    def send(self, job: Job, batches: Iterator[Any]) -> Receipt:
        """Sends all rows of a partition, which come as `pyarrow.RecordBatch`es. Runs in a task.

        RecordError for a value that JSON can't hold; InputError where an earlier stage of the query has failed; what
        `Process.finish` raises where the target does not take the rows. The message names the rows that are done.
        """
        place = Place(*kept_files.here())
        first = next(batches, None)
        if first is None:
            return Receipt(place.partition, place.attempt)
        worker.settle()
        with Kept(self._options, place.partition, place.attempt) as files:
            return self._run(job, place, files, chain([first], batches))

    def commit(self, job: Job, messages: Sequence[Receipt | None]) -> None:
        """Tells the target that all tasks have succeeded, if it has a commit_url. Runs on the driver."""
        self._look_at_receipts([receipt for receipt in messages if receipt])
        if self._commit:
            try:
                self._call(self._commit, "commit", job, messages)
            except RequestRefused as refusal:
                if not self._is_committed(job, refusal):
                    raise
                _log.warning("restsrc: the commit was refused, but is there already: %s", refusal)
        self._report(job, report.DONE, messages)

    def _report(self, job: Job, outcome: str, messages: Sequence[Receipt | None]) -> None:
        about = {"job_id": job.id, "batch_id": job.batch, "seconds": round(time.time() - job.began, 3)}
        report.of_write(self._options, about, outcome, [asdict(receipt) for receipt in messages if receipt])

    def _is_committed(self, job: Job, refusal: RequestRefused) -> bool:
        """Whether an earlier try of the same commit went through: its answer may have been lost."""
        if not self._check:
            return refusal.http_status == 409 and bool(ALREADY.search(str(refusal)))
        config = {"url": templates.fill(self._check, _values(job)), "method": "GET", "data": None}
        try:
            with Process(self._options, "call", {}, config) as process:
                process.text()
                process.finish()
            return True
        except RequestRefused:
            return False

    def _look_at_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Says what was rejected, or only queued. RequestRefused where all rows were rejected and nobody allowed it."""
        rejected, stored = sum(one.rejected for one in receipts), sum(one.records for one in receipts)
        if accepted := sum(one.accepted for one in receipts):
            _log.warning(
                "restsrc: %d of %d rows were accepted, not stored yet: the API works on them later", accepted, stored
            )
        if not rejected:
            return
        where = ", ".join(f"{one.partition_id} ({one.rejected})" for one in receipts if one.rejected)
        text = f"{rejected} of {rejected + stored} rows were rejected, in partitions {where}"
        _log.warning("restsrc: %s", text)
        if not stored and not self._options.given("max_rejects").strip():
            files = self._options.given("reject_file")
            kept = f"; they are in {files}PARTITION-ATTEMPT.ndjson" if files else ""
            raise RequestRefused(f"{text}{kept}. max_rejects says how many of a partition are bearable")

    @property
    def aborts(self) -> bool:
        """Whether the target wants to know of failures."""
        return bool(self._abort)

    def abort(self, job: Job, messages: Sequence[Receipt | None]) -> None:
        """Tells the target that a task or the commit has failed, if it has an abort_url. Runs on the driver.

        It does not fail itself, because that would hide why the query failed.
        """
        self._report(job, report.FAILED, messages)
        if self.aborts:
            try:
                self._call(self._abort, "abort", job, messages)
            except RestsrcError as error:
                _log.warning("restsrc: the abort failed: %s", error)

    # ---- in a task ----

    def _run(self, job: Job, place: Place, files: dict[str, str], batches: Iterable[Any]) -> Receipt:
        encoder, rows = Encoder(self._schema), 0
        with self._process(job, place, files) as process:
            for batch in batches:
                if not all(map(process.feed, encoder.messages(batch))):
                    break
                rows += batch.num_rows
            else:
                if not upstream.is_complete():
                    why = f"ends after row {rows}: an earlier stage of the query has failed"
                    raise InputError(f"partition {place.partition} {why}")
                process.feed(END)
            told = process.text()
            try:
                process.finish()
            except RestsrcError as error:
                raise type(error)(f"{error}{_stored(told)}", error.exit_code, error.retryable) from None
        counts = json.loads(told)
        if counts["records"] + counts["rejected"] + counts["skipped"] != rows:
            raise ToolFailure(f"partition {place.partition} has {rows} rows, but restsrc's receipt says {told.strip()}")
        numbers = {one.name: counts[one.name] for one in fields(Receipt) if one.name in counts}
        return Receipt(place.partition, place.attempt, **numbers)

    def _process(self, job: Job, place: Place, files: dict[str, str]) -> Process:
        key = self._options.given("idempotency_key") or job.id
        config = {
            "url": templates.fill_some(self._stage, _values(job, place)) if self._stage else self._options.url,
            "idempotency_key": _key(key, job.batch, place.partition, self._try(place)),
            "idempotent": self._options.text("idempotent"),
            "time_zone": session.time_zone(self._options),
            **self._options.part_of_rate(None),
            **files,
        }
        rows = f"rows of partition {place.partition}"
        return Process(self._options, "write", FLAGS, config, fed=rows)

    def _try(self, place: Place) -> str | None:
        """The part of the keys that names the try. None: keys are the same in each try of a task.

        Where each try stages its rows by itself, a server that heeds keys must not skip those of the next try.
        """
        return place.attempt if "{attempt}" in self._stage else None

    # ---- on the driver ----

    def _template(self, name: str, placeholders: Sequence[str] | None) -> str:
        """An option that is a URL with placeholders; it may be relative to `url`. Empty where it is not given.

        None: others than Spark's are PATHs of a row, which the tool knows.
        """
        text = self._options.given(name)
        named = templates.names(name, text)
        unknown = set() if placeholders is None else named - set(placeholders)
        if unknown:
            known = ", ".join(f"{{{one}}}" for one in placeholders or ())
            raise OptionError(f"the option {name} has the placeholder {{{min(unknown)}}}; it can have {known}")
        return urljoin(self._options.url, text) if text else ""

    def _try_out(self) -> None:
        """Lets the tool look at its options and at the URLs: without rows it makes no request."""
        files = {name: os.devnull for name in kept_files.FILES if self._options.given(name)}
        values, zone = _values(Job("0"), Place(0, "0")), session.time_zone(self._options)
        urls = [self._options.url, *([templates.fill_some(self._stage, values)] if self._stage else [])]
        urls += [_braced(templates.fill(url, values)) for url in (self._commit, self._abort, self._check) if url]
        for url in urls:
            config = {**files, **self._options.part_of_rate(None), "url": url, "time_zone": zone}
            with Process(self._options, "write", FLAGS, config, fed="no rows") as process:
                process.feed(END)
                process.text()
                process.finish()

    def _call(self, url: str, what: str, job: Job, messages: Sequence[Receipt | None]) -> None:
        """Calls the target until it answers. So it must take the same commit or abort twice.

        The key is that of the batch, whatever attempts are named, so that a target that heeds keys does not commit a
        batch twice.
        """
        told = {
            "job_id": job.id,
            "batch_id": job.batch or 0,
            "overwrite": self._overwrite,
            "partitions": [{name: getattr(receipt, name) for name in TOLD} for receipt in messages if receipt],
        }
        config = {
            "url": templates.fill(url, _values(job)),
            "method": "POST",
            "data": "-",
            "idempotency_key": _key(job.id, job.batch, what),
            "idempotent": "true",
        }
        with Process(self._options, "call", {}, config, fed=what) as process:
            process.feed(json.dumps(told).encode())
            process.text()
            process.finish()


def _values(job: Job, place: Place | None = None) -> dict[str, str]:
    """What the placeholders of a URL stand for."""
    values = {"job_id": job.id, "batch_id": job.batch or 0}
    if place:
        values.update(partition_id=place.partition, attempt=place.attempt)
    return {name: quote(str(value), safe="") for name, value in values.items()}


def _braced(url: str) -> str:
    """For a write, whose URL is a template."""
    return url.replace("{", "{{").replace("}", "}}")


def _key(*parts: Any) -> str:
    return "-".join(str(part) for part in parts if part is not None)


def _stored(receipt: str) -> str:
    """What a receipt says about the rows that are stored although the write has failed. Empty: there is no receipt."""
    try:
        last = json.loads(receipt)["lines_done"]
    except (ValueError, KeyError):
        return ""
    return f"; rows 1-{last} are done" if last else "; no row is known to be stored"


def row_batches(rows: Iterator[Any], schema: StructType) -> Iterator[Any]:
    """Rows as Arrow record batches, for versions of PySpark whose writers get rows."""
    from pyspark.sql.conversion import LocalDataToArrowConversion

    while some := list(islice(rows, ROWS_AT_A_TIME)):
        yield from LocalDataToArrowConversion.convert(some, schema, False).to_batches()
