"""The options of the data source: one table.

`options` checks what the user gave by it, and takes defaults from it; `help(RestApiDataSource)` and the lists in the
README are printed from it. The other options are the tool's own, and its table (`restsrc help options`) has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Literal

from pyspark.sql.types import DataType

from restsrc.errors import cut
from restsrc.rows import ddl
from restsrc.rows.newcomers import FAIL, IGNORE, WARN
from restsrc.rows.spark_time import check_zone
from restsrc.rows.time_pattern import TimePattern
from restsrc.times import TIME_FORMATS, milliseconds, time_form

FAILFAST, PERMISSIVE, DROPMALFORMED = MODES = ("FAILFAST", "PERMISSIVE", "DROPMALFORMED")

Type = Literal[
    "text", "integer", "flag", "choice", "mode", "duration", "zone", "bound", "pattern", "columns", "names", "time_form"
]

_INTEGER = re.compile("-?[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True)
class SparkOption:
    """A row of the table.

    `default` is what counts where the user gives nothing, written as the user would write it. Where there is none,
    `otherwise` says what happens then. `least` bounds an integer. `of_tool`: the tool has the option too, and the row
    says what it means from Spark; without a default here, the tool's own counts.
    """

    name: str
    type: Type
    default: str | None
    help: str
    choices: tuple[str, ...] = ()
    otherwise: str = ""
    least: int = 0
    of_tool: bool = False

    def parse(self, text: str) -> Any:
        """What `text` means: an int (of milliseconds for a duration), a bool or a str. ValueError for a wrong text."""
        return _PARSERS[self.type](self, text)

    def complaint(self, text: str) -> str:
        """What to tell a user who gave `text`, which can't be parsed."""
        what = {
            "integer": f"it takes a whole number of {self.least} or more",
            "flag": "it takes true or false",
            "choice": f"it takes {', '.join(self.choices)}",
            "mode": f"it can be {', '.join(self.choices)}",
            "duration": "it takes a duration such as 30s, 15 minutes or 1d",
            "zone": "it takes a time zone such as Europe/Paris or +01:00, and this is not a time zone",
            "names": f"it takes some of {', '.join(self.choices)}",
            "pattern": "it takes a pattern such as MM/dd/yyyy HH:mm",
            "columns": "it takes columns such as id long, tags map<string,string>",
            "time_form": f"it takes {', '.join(TIME_FORMATS)}, or a whole pattern such as %Y-%m-%d %H:%M",
        }[self.type]
        return f"the option {self.name} is {shown(text)}; {what}"


def whole_number(text: str, least: int) -> int:
    """ValueError unless `text` is a whole number that is not below `least` and fits into 64 bits."""
    if not _INTEGER.fullmatch(text.strip()) or not least <= int(text) < 2**63:
        raise ValueError(text)
    return int(text)


def shown(value: str) -> str:
    """A value as it stands in messages: quoted, and not longer than 40 characters."""
    return repr(cut(value, 40))


def _choice(option: SparkOption, text: str) -> str:
    wanted = text.strip().lower()
    for choice in option.choices:
        if choice.lower() == wanted:
            return choice
    raise ValueError(text)


def _flag(option: SparkOption, text: str) -> bool:
    if text.strip().lower() not in ("true", "false"):
        raise ValueError(text)
    return text.strip().lower() == "true"


def _zone(option: SparkOption, text: str) -> str:
    check_zone(text)
    return text


def _pattern(option: SparkOption, text: str) -> TimePattern:
    return TimePattern(text)


def _names(option: SparkOption, text: str) -> list[str]:
    names = text.replace(",", " ").split()
    if set(names) - set(option.choices):
        raise ValueError(text)
    return names


def _columns(option: SparkOption, text: str) -> dict[str, DataType]:
    return ddl.fields(text)


_PARSERS: dict[Type, Callable[[SparkOption, str], Any]] = {
    "text": lambda option, text: text,
    "bound": lambda option, text: text,
    "integer": lambda option, text: whole_number(text, option.least),
    "duration": lambda option, text: milliseconds(text),
    "choice": _choice,
    "mode": _choice,
    "flag": _flag,
    "zone": _zone,
    "pattern": _pattern,
    "columns": _columns,
    "names": _names,
    "time_form": lambda option, text: time_form(text),
}

# By the headings under which the README has them.
GROUPS: dict[str, tuple[SparkOption, ...]] = {
    "Reads": (
        SparkOption("url", "text", None, "the URL of the API's list", of_tool=True, otherwise="required"),
        SparkOption("path", "text", None, "the same: Spark puts the argument of `load` and `save` here"),
        SparkOption(
            "config",
            "text",
            None,
            "a configuration file of the tool, on the driver, which reads it and the files of secrets in it; options "
            "that are given win",
            of_tool=True,
        ),
        SparkOption("list", "text", None, "the list of `config` or of the preset (`api`), where it has several"),
        SparkOption("urls", "text", None, "several lists, one URL a line, read as one"),
        SparkOption("paths", "text", None, "the same: Spark puts the list of `load([...])` here, as JSON"),
        SparkOption(
            "offset", "integer", None, "the first record to read, from 0", of_tool=True, otherwise="the beginning"
        ),
        SparkOption("limit", "integer", None, "how many records to read", of_tool=True, otherwise="to the end"),
        SparkOption(
            "num_partitions",
            "integer",
            None,
            "how many ranges to cut the list into",
            otherwise="about fifty pages each, 2 to 32 ranges; beyond 32,000 pages one for each 1,000",
            least=1,
        ),
        SparkOption("mode", "mode", FAILFAST, "what becomes of malformed records", MODES),
        SparkOption(
            "column_name_of_corrupt_record",
            "text",
            "_corrupt_record",
            "the column for the text of malformed records in mode `PERMISSIVE`",
        ),
        SparkOption("sample_records", "integer", "1000", "how many records a schema is inferred from", least=1),
        SparkOption(
            "schema_hints",
            "columns",
            None,
            "columns of an inferred schema, and their types whatever the sample says: `tags map<string,string>`",
        ),
        SparkOption(
            "on_new_members",
            "choice",
            None,
            "what becomes of members that have no column: an error, a warning that names them, or nothing",
            (FAIL, WARN, IGNORE),
            otherwise="`warn` where the schema was inferred; else of columns without a member alone",
        ),
        SparkOption(
            "fields_param",
            "text",
            None,
            "the parameter by which the API sends only some members: a batch asks for those that have columns, `a,b`",
        ),
        SparkOption("raw_column", "text", None, "the column for the record itself, as the server wrote it"),
        SparkOption(
            "metadata_columns",
            "names",
            None,
            "columns for the record's number in the list, the URL of its page (without secrets), and when that came",
            ("_offset", "_url", "_fetched_at"),
        ),
        SparkOption(
            "envelope_columns",
            "text",
            None,
            "columns for what stands beside the list in a page: `time`, or `taken_at=meta.time`, with commas between",
        ),
        SparkOption(
            "columns_from",
            "text",
            None,
            "where in the answer the names of the columns are, if records are arrays",
            otherwise="by place, as many as the schema has",
        ),
        SparkOption(
            "rescued_data_column", "text", None, "the column for the members that have no column of their own, as JSON"
        ),
        SparkOption(
            "time_zone",
            "zone",
            None,
            "the zone of timestamps that name none, and the zone that timestamps are written in",
            of_tool=True,
            otherwise="`spark.sql.session.timeZone` if the session sets it, else UTC",
        ),
        SparkOption(
            "timestamp_format", "pattern", None, "how TIMESTAMPs are written, with the letters of Spark's patterns"
        ),
        SparkOption("date_format", "pattern", None, "how DATEs are written"),
        SparkOption(
            "timestamp_unit",
            "choice",
            None,
            "what a number in a TIMESTAMP counts since 1970, also one in quotes or with a fraction",
            ("s", "ms", "us", "ns"),
            otherwise="seconds, up to the year 9999",
        ),
        SparkOption(
            "report",
            "text",
            None,
            "where what was done is written as JSON, a path or URI: of a write one file; of a read one for each task, "
            "with `{partition_id}` and perhaps `{attempt}` in it; of a stream with `{batch_id}`",
        ),
        SparkOption(
            "restsrc_binary",
            "text",
            None,
            "the path of the restsrc tool, the same on all machines",
            otherwise="looked for on each machine",
        ),
    ),
    "Cutting a batch read": (
        SparkOption("partition_by", "choice", "offset", "what the list is cut by", ("offset", "time", "key")),
        SparkOption(
            "lower_bound", "bound", None, "where the first range begins: a whole number for keys, a time for times"
        ),
        SparkOption("upper_bound", "bound", None, "where the last range ends"),
        SparkOption(
            "partition_query",
            "text",
            None,
            "the query for a range of keys, a template with `{lower}` and `{upper}`, not percent-encoded",
        ),
        SparkOption(
            "partition_column",
            "text",
            None,
            "the column that has what the list is cut by: a filter on it narrows the bounds",
            otherwise="filters don't",
        ),
    ),
    "Filters that become queries": (
        SparkOption(
            "pushdown",
            "choice",
            None,
            "the dialect that filters are written in for the API; `auto`: that of the preset (`api`)",
            ("auto", "equals", "django", "postgrest", "jsonapi", "odata", "scim", "elasticsearch", "soql", "jql"),
            otherwise="filters stay with Spark alone",
        ),
        SparkOption(
            "pushdown_columns",
            "text",
            None,
            "which columns, with the parameter where the API calls it otherwise: `id, created=created_at`",
            otherwise="those of the schema, by their names",
        ),
        SparkOption(
            "pushdown_templates",
            "text",
            None,
            "a dialect of your own, as JSON or the name of a file on the driver",
        ),
    ),
    "Rates": (
        SparkOption(
            "rate_scope",
            "choice",
            "process",
            "what `rate` is for: each task, all tasks of a machine, or the cluster, in equal parts for its tasks",
            ("process", "machine", "cluster"),
            of_tool=True,
        ),
        SparkOption(
            "slots",
            "integer",
            None,
            "scope `cluster`: how many tasks the cluster runs at once; each then has `rate` / min(tasks, slots)",
            otherwise="as many as there are; a write needs it",
            least=1,
        ),
    ),
    "Writes": (
        SparkOption(
            "idempotent",
            "flag",
            "false",
            "whether the server heeds the idempotency key: then batches that may have been stored are sent again",
            of_tool=True,
        ),
        SparkOption(
            "idempotency_key",
            "text",
            None,
            "what keys begin with; give the same again to a job that is started again",
            of_tool=True,
            otherwise="a random name of the job",
        ),
        SparkOption(
            "ignore_null_fields",
            "flag",
            "true",
            "whether members that are null are left out, as `to_json` does",
            of_tool=True,
        ),
        SparkOption(
            "nan_as",
            "choice",
            "error",
            "what NaN and infinity are written as, for which JSON has no number; `string`: as `to_json` writes them",
            ("error", "null", "string"),
            of_tool=True,
        ),
        SparkOption(
            "reject_file",
            "text",
            None,
            "what the names of the files for rejected rows begin with, on the executors or as a URI (`s3://...`): "
            "`rejects-` makes `rejects-PARTITION-ATTEMPT.ndjson` for each partition that has some; with `for_each`, "
            "for the parents whose lists fail",
            of_tool=True,
            otherwise="none are kept",
        ),
        SparkOption(
            "ids_file",
            "text",
            None,
            "the same for the files of the ids that the server gave",
            of_tool=True,
            otherwise="none are kept",
        ),
        SparkOption(
            "max_rejects",
            "integer",
            None,
            "how many rejected rows of one partition are bearable",
            of_tool=True,
            otherwise="0; with `reject_file` any number, but not all rows of a job",
        ),
        SparkOption("stage_url", "text", None, "where rows are written instead of `url`, until they are committed"),
        SparkOption("commit_url", "text", None, "what is called when all rows are written"),
        SparkOption(
            "commit_check_url",
            "text",
            None,
            "what is asked (GET) after a commit was refused: 2xx says that it is there all the same",
            otherwise="a 409 that says so itself is believed",
        ),
        SparkOption("abort_url", "text", None, "what is called when a write has failed"),
    ),
    "Streams": (
        SparkOption("stream_mode", "choice", "offset", "what a stream's offsets are", ("offset", "time", "cursor")),
        SparkOption(
            "starting_offset",
            "bound",
            "earliest",
            "where a new query begins: `earliest`, `latest`, or a number, time or cursor; mode `time` needs "
            "`latest` or a time",
        ),
        SparkOption(
            "rows_per_batch", "integer", None, "how many rows a batch has at most", otherwise="all there are", least=1
        ),
        SparkOption("poll_interval", "duration", "1s", "how long not to ask again after nothing was new"),
        SparkOption(
            "on_shrink",
            "choice",
            "fail",
            "mode `offset`, when the list is shorter than what was read: `reset` reads it again from its beginning, "
            "`ignore` waits until it is longer",
            ("fail", "reset", "ignore"),
        ),
        SparkOption(
            "on_moved",
            "choice",
            "fail",
            "modes `offset` and `cursor`, when the last records that were read are not at their places: `reread` reads "
            "them again and delivers what is new",
            ("fail", "reread"),
        ),
        SparkOption(
            "on_expired",
            "choice",
            "fail",
            "mode `cursor`, when the server refuses the cursor of the checkpoint: `restart` reads the list from its "
            "beginning, `since` from the time of the last batch, by `param_since`",
            ("fail", "restart", "since"),
        ),
        SparkOption(
            "delta",
            "text",
            None,
            "mode `cursor`: PATH of a link or token that the last page has for the next time (`@odata.deltaLink`); "
            "`syncToken=nextSyncToken` names its parameter",
        ),
        SparkOption(
            "lag",
            "duration",
            None,
            "how long after its time a record may become visible; mode `cursor`: how long it must have been there",
            otherwise="1m in mode `time`, else 0",
        ),
        SparkOption(
            "lookback",
            "duration",
            None,
            "mode `time`: how much of what was read is read again with each batch, for records that come late",
            otherwise="nothing",
        ),
        SparkOption(
            "recheck",
            "duration",
            "15m",
            "mode `time`: how much of what was read is counted again with each batch, to warn of late records",
        ),
    ),
    "Windows of time, in batches and streams": (
        SparkOption("param_since", "text", "since", "the query parameter for the beginning of a window"),
        SparkOption(
            "param_until", "text", "until", "the query parameter for the end of a window; empty: there is none"
        ),
        SparkOption(
            "time_format",
            "time_form",
            "iso",
            "how times are written for the server: a name, or a pattern of strftime",
            of_tool=True,
        ),
        SparkOption(
            "api_time_zone",
            "zone",
            None,
            "the zone of times that the API reads and writes as local ones, without saying so",
            otherwise="UTC, and times end with Z",
        ),
        SparkOption(
            "bounds",
            "choice",
            "[)",
            "which ends the server takes for a part of a window: `[` and `]` belong to it, `(` and `)` do not",
            ("[)", "(]", "()", "[]"),
        ),
        SparkOption(
            "since_path",
            "text",
            None,
            "PATH of a record's time: then windows are asked for with a step more at each end, and cut here",
            of_tool=True,
        ),
        SparkOption(
            "until_inclusive",
            "flag",
            "false",
            "the same as `bounds` with `]`",
        ),
        SparkOption(
            "partition_duration",
            "duration",
            None,
            "the length of the windows that are read side by side",
            otherwise="by their number of records",
        ),
        SparkOption(
            "window_rows",
            "integer",
            None,
            "a window with so many records or more is halved, because the server can't give it whole",
            otherwise="no bound",
            least=1,
        ),
    ),
}

ROWS = {row.name: row for rows in GROUPS.values() for row in rows}

# Options of the tool that this package sets itself or that mean nothing here, with what to do instead.
RESERVED = {
    "config_fd": "it carries the Spark options to the tool",
    "summary_fd": "the summary is checked here",
    "envelope_fd": "use metadata_columns and envelope_columns",
    "error_format": "errors become exceptions",
    "die_with_parent": "it is always on",
    "quiet": "warnings go to the log of the driver or executor",
    "progress_meter": "there is no terminal",
    "expect": "it is set from the count",
    "planned_total": "it is set from the count",
    "max_pages": "use limit",
    "for_each": "use restsrc.load(spark, url, for_each=...), because a data source sees no tables",
    "fields": "columns are chosen with .schema(...) or select()",
}


_BEARER = "a token is given as bearer"
_LOGIN = "a name and password are given as user, NAME:PASSWORD"
_KEY = "a key is given as header, `X-API-Key: KEY`, or as query_secret, `api_key=KEY`: whichever the API wants"
_QUERY = "parameters of the API are given as query, one NAME=VALUE a line"

# What others call an option, without `_`, and what it is here.
SYNONYMS = {
    **dict.fromkeys(
        ("token", "auth", "accesstoken", "authtoken", "apitoken", "bearertoken", "jwt", "authorization"), _BEARER
    ),
    **dict.fromkeys(("password", "username", "login", "basicauth", "pass", "passwd"), _LOGIN),
    **dict.fromkeys(("apikey", "apisecret", "subscriptionkey"), _KEY),
    **dict.fromkeys(("params", "queryparams", "parameters", "filter", "filters", "where", "sort", "orderby"), _QUERY),
    **dict.fromkeys(
        ("columns", "select", "requiredcolumns"),
        f"columns are chosen with .schema(...) or select(); {_QUERY}",
    ),
    **dict.fromkeys(("perpage", "pagelimit", "limitperpage", "chunksize", "fetchsize", "size"), "it is page_size"),
    **dict.fromkeys(("endpoint", "uri", "host"), "it is url"),
    **dict.fromkeys(("httpheaders", "requestheaders"), "it is header, one NAME: VALUE a line"),
    **dict.fromkeys(
        ("timeout", "readtimeout", "requesttimeout"), "it is max_time, and connect_timeout for the connection"
    ),
    **dict.fromkeys(("retries", "maxretries", "numretries"), "it is retry"),
    **dict.fromkeys(
        ("verify", "verifyssl", "sslverify", "insecure"), "certificates are checked; name your own with cacert"
    ),
    **dict.fromkeys(("root", "jsonpath", "datapath", "datafield", "recordspath", "rootpath"), "it is records"),
    **dict.fromkeys(("partitions", "numslices", "parallelism"), "it is num_partitions"),
    **dict.fromkeys(("timestampntzformat",), "it is timestamp_format"),
    **dict.fromkeys(("samplingratio", "samplesize"), "it is sample_records"),
    **dict.fromkeys(("checkpointlocation", "queryname"), "it is for streams"),
    **dict.fromkeys(("mergeschema", "inferschema"), "a schema is inferred where none is given; see schema_hints"),
    "maxrecords": "it is limit",
    "rowlimit": "it is limit",
    "ratelimit": "it is rate, N/s or N/m",
    "batch": "it is batch_size",
    "proxyurl": "it is proxy",
}


def squeezed(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _takes(row: SparkOption, quote: str) -> str:
    names = {
        "integer": "whole number",
        "zone": "time zone",
        "bound": "number or time",
        "columns": "columns",
        "time_form": f"{', '.join(f'{quote}{name}{quote}' for name in TIME_FORMATS)} or a pattern",
        "flag": f"{quote}true{quote}, {quote}false{quote}",
    }
    return ", ".join(f"{quote}{choice}{quote}" for choice in row.choices) or names.get(row.type, row.type)


def markdown(group: str) -> str:
    """The options of a group as they stand in the README."""
    lines = ["| option | takes | default | meaning |", "|---|---|---|---|"]
    for row in GROUPS[group]:
        default = f"`{row.default}`" if row.default is not None else row.otherwise
        lines.append(f"| `{row.name}` | {_takes(row, '`')} | {default} | {row.help} |")
    return "\n".join(lines) + "\n"


def listing() -> str:
    """All options as text, for `help()`."""
    lines = []
    for title, rows in GROUPS.items():
        lines += ["", title, ""]
        for row in rows:
            default = row.default if row.default is not None else row.otherwise
            lines.append(f"{row.name}: {_takes(row, '')}{f' ({default})' if default else ''}".replace("`", ""))
            lines.append(fill(row.help.replace("`", ""), 100, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(lines)
