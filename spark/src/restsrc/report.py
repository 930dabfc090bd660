"""What a task or a write has done: one line of the log, and JSON where the option report says."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pyspark import TaskContext

from restsrc import kept_files, log, templates
from restsrc.errors import OptionError, OutputError, cut
from restsrc.options import Options

READ = ("partition_id", "attempt", "batch_id", "job_id")
WRITE = ("batch_id", "job_id")
DONE, FAILED = "done", "failed"
LONGEST = 500  # characters, for ranges


def check(options: Options, known: Sequence[str], needed: Sequence[str] = ()) -> None:
    """OptionError where the option report can't be the name of a file for each one who reports."""
    target = options.given("report")
    if not target:
        return
    named = templates.names("report", target)
    unknown = named - set(known)
    missing = set(needed) - named
    if unknown or missing:
        has = ", ".join(f"{{{name}}}" for name in known)
        why = f"has {{{min(unknown)}}}, but can have {has}" if unknown else f"needs {{{min(missing)}}} in it"
        raise OptionError(f"the option report is {target!r}; it {why}, so that each one who reports has a file")
    kept_files.check_place("report", templates.fill(target, dict.fromkeys(named, "0")))


def of_read(options: Options, ranges: Sequence[str], whole: bool, stream: bool) -> None:
    """A task that has read its ranges; not `whole`: it has failed, or Spark wants no more."""
    if options.journal is None:
        return
    told = options.journal.sums()
    shown = cut(", ".join(ranges), LONGEST)
    text = f"{shown}: {_sentence('records', told)}{'' if whole else '; ended early'}"
    log.tell(logging.INFO, f"restsrc: {text}", alone=False, ranges=shown, whole=str(whole).lower(), **told)
    context = TaskContext.get()
    if context is None or not options.given("report"):
        return
    told = {"ranges": list(ranges), "whole": whole, **told}
    place: dict[str, Any] = {"partition_id": context.partitionId(), "attempt": context.attemptNumber()}
    if stream:
        place["job_id"] = context.getLocalProperty("sql.streaming.queryId") or ""
        place["batch_id"] = int(context.getLocalProperty("streaming.sql.batchId") or 0)
    _put(options, {**place, **told}, {"job_id": "", "batch_id": 0, **place})


def of_write(options: Options, job: Mapping[str, Any], outcome: str, receipts: Sequence[Mapping[str, Any]]) -> None:
    """A write that has come to its end, well or not. `job`: its job_id, batch_id and seconds."""
    names = ("records", "accepted", "rejected", "requests", "retries", "bytes", "waited")
    told = {name: round(sum(one[name] for one in receipts), 3) for name in names}
    done = outcome == DONE
    text = (
        f"the write {'is done' if done else 'has failed'}: {told['records']} rows stored, {told['rejected']} rejected"
    )
    text += ", 0 unknown" if done else " by the tasks that succeeded (those that failed say it in their errors)"
    text += f", in {told['requests']} requests with {told['retries']} retries, {job['seconds']:.1f} s"
    again = [one["partition_id"] for one in receipts if one["requests"] and not one["attempt"].startswith("0-")]
    if again:
        text += f"; partitions that were tried again: {cut(', '.join(map(str, again)), LONGEST)}"
    told = {"outcome": outcome, "unknown": 0 if done else None, **told}
    log.tell(logging.INFO, f"restsrc: {text}", alone=job["batch_id"] is None, **told, **job)
    _put(options, {**job, **told, "partitions": list(receipts)}, {**job, "batch_id": job["batch_id"] or 0})


def _sentence(what: str, told: Mapping[str, Any]) -> str:
    text = f"{told[what]} {what} in {told['pages']} pages, {told['requests']} requests, {told['bytes']} bytes, "
    return text + f"{told['retries']} retries, waited {told['waited']:.1f} s of {told['seconds']:.1f} s"


def _put(options: Options, told: Mapping[str, Any], place: Mapping[str, Any]) -> None:
    """A report that can't be written is a warning: what it would tell of is done."""
    target = options.given("report")
    if target:
        values = {name: quote(str(value), safe="") for name, value in place.items()}
        try:
            kept_files.put("report", templates.fill(target, values), json.dumps(told).encode() + b"\n")
        except OutputError as problem:
            log.warn(str(problem))
