"""Spark options: checked against the tool's own table, and written as the configuration that a child reads."""

from __future__ import annotations

import difflib
import json
import re
import subprocess
from dataclasses import dataclass
from typing import Mapping

from restsrc import tool
from restsrc.errors import OptionError, ToolFailure
from restsrc.rows.decode import FAILFAST, MODES

# Options that only Spark knows, with what they are for.
SPARK_ONLY = {
    "path": "the URL, as given to load()",
    "num_partitions": "how many ranges to cut the list into",
    "mode": "what becomes of malformed records: FAILFAST, PERMISSIVE or DROPMALFORMED",
    "column_name_of_corrupt_record": "the column for the text of malformed records in mode PERMISSIVE",
    "sample_records": "how many records the schema is inferred from",
    "time_zone": "the time zone of timestamps that name none",
    "restsrc_binary": "the path of the restsrc tool, the same on all machines",
    "partition_by": "how a batch read is cut: by offset, time or key",
    "lower_bound": "where the first range of partition_by begins",
    "upper_bound": "where the last range of partition_by ends",
    "partition_query": "the query for a range of keys, such as id__gte={lower}&id__lt={upper}",
    "partition_duration": "how long the windows of partition_by time or stream_mode time are",
    "param_since": "the query parameter for the beginning of a window of time, which belongs to it",
    "param_until": "the query parameter for its end, which does not belong to it",
    "until_inclusive": "whether the server takes records of the very time in param_until",
    "time_format": "how times are told to the server: iso, iso_ms, epoch_s or epoch_ms",
    "window_rows": "windows of time with so many records or more are halved, for the server can't give them whole",
    "stream_mode": "what a stream's offsets are: offset, time or cursor",
    "starting_offset": "where a new stream begins: earliest, latest, or an offset, a time or a cursor",
    "rows_per_batch": "how many rows a stream reads in one batch at most",
    "on_shrink": "when the list of a stream gets shorter: fail, reset or ignore",
    "lag": "how long a stream waits for late records, behind the clock",
    "poll_interval": "how long a stream that found nothing new waits before it asks again",
    "ignore_null_fields": "whether members that are null are left out when rows are written",
    "stage_url": "where rows are written instead of url, until they are committed",
    "commit_url": "what is called when all rows are written",
    "abort_url": "what is called when a write has failed",
}

# Options of the tool that this package sets itself or that mean nothing here, with what to do instead.
RESERVED = {
    "config": "give its options as Spark options",
    "config_fd": "it carries the Spark options to the tool",
    "summary_fd": "the summary is checked here",
    "error_format": "errors become exceptions",
    "die_with_parent": "it is always on",
    "quiet": "warnings go to the log of the driver or executor",
    "progress_meter": "there is no terminal",
    "expect": "it is set from the count",
    "planned_total": "it is set from the count",
    "max_pages": "use limit",
}


@dataclass(frozen=True)
class ToolOption:
    """A row of `restsrc help options`; `name` as the tool spells it."""

    name: str
    type: str
    commands: tuple[str, ...]
    repeat: bool
    in_file: bool  # may stand in a configuration file
    choices: tuple[str, ...]


def tool_options(tool: str) -> dict[str, ToolOption]:
    """The tool's options by their Spark names."""
    try:
        answer = subprocess.run(
            [tool, "help", "options"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True
        )
        rows = [json.loads(line) for line in answer.stdout.splitlines()]
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ToolFailure(f"{tool} help options: {error}") from None
    return {
        row["name"].replace("-", "_"): ToolOption(
            row["name"], row["type"], tuple(row["commands"]), row["repeat"], row["file"], tuple(row.get("choices", ()))
        )
        for row in rows
    }


class Options:
    """What the user asked for, checked on the driver, together with the tool's table, so that it can travel to the executors.

    Its repr shows names only: values may be secret.
    """

    def __init__(self, given: Mapping[str, str]):
        """OptionError, with all that is wrong, for the options of a reader or writer as Spark hands them over."""
        self._given = {name.lower().replace("-", "_"): value for name, value in given.items()}
        self._table = tool_options(self.find_tool())
        wrong = [*_wrong_names(self._given, self._table), *_wrong_values(self._given, self._table)]
        self.url = self._given.get("url") or self._given.get("path") or ""
        if not self.url:
            wrong.append("the option url is missing: the URL of the API's list")
        elif {"url", "path"} <= self._given.keys() and self._given["url"] != self._given["path"]:
            wrong.append("load() and the option url name two URLs")
        self.offset = self._integer("offset", 0, wrong) or 0
        self.limit = self._integer("limit", 0, wrong)
        self.num_partitions = self._integer("num_partitions", 1, wrong)
        self.sample_records = self._integer("sample_records", 1, wrong) or 1000
        self.mode = self._given.get("mode", FAILFAST).upper()
        self.corrupt_column = self._given.get("column_name_of_corrupt_record", "_corrupt_record")
        self.time_zone = self._given.get("time_zone", "UTC")
        if self.mode not in MODES:
            wrong.append(f"the option mode is {_shown(self.mode)}; it can be {', '.join(MODES)}")
        wrong += _wrong_zone(self.time_zone)
        if wrong:
            raise OptionError("; ".join(wrong))

    def __repr__(self) -> str:
        return f"Options({', '.join(sorted(self._given))})"

    def find_tool(self) -> str:
        """The tool on this machine: an executor may have it elsewhere than the driver."""
        return tool.find(self._given.get("restsrc_binary"))

    def has(self, name: str) -> bool:
        """Whether the tool has such an option."""
        return name in self._table

    def get(self, name: str, default: str) -> str:
        return self._given.get(name, default)

    def config(self, command: str, **more: "str | int | None") -> str:
        """The text of a configuration file for the tool: all options that `command` has, but the range.

        `more` wins over what the user gave; None leaves an option out.
        """
        values = {**self._given, "url": self.url, **more}
        lines = []
        for name, value in values.items():
            option = self._table.get(name)
            if value is None or option is None or name in ("offset", "limit") or command not in option.commands:
                continue
            value = str(value)
            single_values = filter(str.strip, re.split("\r?\n", value)) if option.repeat else [value]
            lines += [f"{option.name} = {_quoted(_tidy(single, option))}" for single in single_values]
        return "\n".join(lines) + "\n"

    def _integer(self, name: str, least: int, wrong: list[str]) -> "int | None":
        text = self._given.get(name)
        if text is None:
            return None
        if re.fullmatch("[0-9]{1,19}", text.strip(), re.ASCII) and least <= int(text) < 2**63:
            return int(text)
        if name in SPARK_ONLY or _INTEGER.fullmatch(text.strip()):
            wrong.append(f"the option {name} is {_shown(text)}; it takes a whole number of {least} or more")
        return None


_INTEGER = re.compile("[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?", re.ASCII)


def _wrong_names(given: Mapping[str, str], table: Mapping[str, ToolOption]) -> list[str]:
    refused = {name: why for name, why in RESERVED.items() if name in table}
    refused |= {name: "it is for the command line" for name, option in table.items() if not (option.in_file or name in refused)}
    known = [*(table.keys() - refused.keys()), *SPARK_ONLY]
    wrong = []
    for name in given:
        if name in refused:
            wrong.append(f"the option {name} can't be given from Spark: {refused[name]}")
        elif name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"; did you mean {near[0]}?" if near else "; `restsrc help options` lists the tool's options"
            wrong.append(f"there is no option {name}{hint}")
    return wrong


def _wrong_values(given: Mapping[str, str], table: Mapping[str, ToolOption]) -> list[str]:
    """What can be seen without the tool. The tool itself checks the rest when the read is planned."""
    wrong = []
    for name, value in given.items():
        option = table.get(name)
        if option is None or name in RESERVED:
            continue
        takes = {
            "integer": None if _INTEGER.fullmatch(value.strip()) else "a whole number",
            "number": None if _NUMBER.fullmatch(value.strip()) else "a number",
            "flag": None if value.strip().lower() in ("true", "false") else "true or false",
            "choice": None if value in option.choices or not option.choices else " or ".join(option.choices),
        }.get(option.type)
        if takes:
            wrong.append(f"the option {name} is {_shown(value)}; it takes {takes}")
        if "\0" in value:
            wrong.append(f"the option {name} has a NUL character in it")
    return wrong


def _wrong_zone(name: str) -> list[str]:
    from restsrc.rows.spark_time import check_zone

    try:
        check_zone(name)
    except ValueError:
        return [f"the option time_zone is {_shown(name)}, which is not a time zone"]
    return []


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:37] + "...")


def _tidy(value: str, option: ToolOption) -> str:
    if option.type == "flag":
        return value.strip().lower()
    return value if option.type in ("text", "choice") else value.strip()


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
