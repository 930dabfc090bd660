"""What the user asked for: checked by two tables, and written as the configuration that a run of the tool reads.

`option_table` has the options that only Spark knows or that mean something else here, `restsrc help options` those of
the tool. A new option of the tool needs no Python.
"""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from restsrc import config_file, tool
from restsrc.errors import OptionError
from restsrc.journal import Journal
from restsrc.option_table import RESERVED, ROWS, SYNONYMS, shown, squeezed, whole_number
from restsrc.times import TimeForm, time_of
from restsrc.tool import ToolOption, tool_options

# Spark 4.3 hands a Python source that is read or written as a table of the catalog none of the table's OPTIONS, and
# when such a table is made, its properties instead.
CATALOG = {"provider", "owner"}
NO_TABLE = (
    "the option url is missing: the URL of the API's list. "
    "Spark gives the OPTIONS of a CREATE TABLE to no data source in Python. What works in SQL: "
    "CREATE TEMPORARY VIEW v USING `rest-api` OPTIONS (url '...'), then SELECT FROM v or INSERT INTO v; "
    "SELECT ... FROM t WITH (url = '...') for a table that was created with its columns; "
    "in Python .option('url', '...').load() and createOrReplaceTempView"
)


class Options:
    """The options of one reader or writer, with the tool's table, so that they can travel to the executors.

    `url`, `offset` and `limit` say what is read. The other values are asked for by name and type, defaults included;
    all were checked when this object was made. The repr shows names only, because values may be secret.
    """

    def __init__(self, given: Mapping[str, str]):
        """`given`: the options as Spark hands them over. OptionError, with all that is wrong, where something is."""
        self._given = {name.lower().replace("-", "_"): value for name, value in given.items()}
        self._table = tool_options(self.find_tool())
        self._given = config_file.merged(self._given, self._table)
        wrong = [*_wrong_names(self._given, self._table), *_wrong_values(self._given, self._table)]
        self.urls = self._lists(wrong)
        self.url = self.urls[0] if self.urls else ""
        if given.keys() >= CATALOG or (not self.url and not given.keys() - CATALOG):
            wrong = [NO_TABLE]
        elif not self.url:
            wrong.append("the option url is missing: the URL of the API's list")
        if wrong:
            raise OptionError("; ".join(wrong))
        self.journal: Journal | None = None  # what is done with these options, where somebody wants to know
        self.keys: tuple[int | None, int | None] = (None, None)  # the range of keys that filters leave
        self.offset = self.integer("offset")
        self.limit = self.optional_integer("limit")

    def __repr__(self) -> str:
        return f"Options({', '.join(sorted(self._given))})"

    def _lists(self, wrong: list[str]) -> list[str]:
        """The URLs, by whatever option they are given."""
        found = {}
        for name in ("url", "urls", "path", "paths"):
            text = self.given(name)
            try:
                lines = json.loads(text) if name == "paths" and text else text.splitlines()
            except ValueError:
                lines = []
            found[name] = [line.strip() for line in lines if line.strip()]
        given = [urls for urls in found.values() if urls]
        if any(urls != given[0] for urls in given):
            wrong.append(
                "load() and the options url and urls name different URLs"
                if len(given[0]) > 1
                else "load() and the option url name two URLs"
            )
        return given[0] if given else []

    def adding(self, **more: str) -> Options:
        """The same with these values, which win over the user's."""
        new = copy.copy(self)
        new._given = {**self._given, **more}
        return new

    def single(self, what: str) -> None:
        """OptionError where there are several URLs; `what` can have one only."""
        if len(self.urls) > 1:
            raise OptionError(f"{what} takes one URL, but {len(self.urls)} are given")

    def asking_for(self, members: Iterable[str]) -> Options:
        """The same, with the members that the API is to send, by the option fields_param, and what `id` and
        `since_path` are in.
        """
        name, also = self.given("fields_param").strip(), (self.given("id"), self.given("since_path"))
        wanted = dict.fromkeys((*members, *(re.split("[./]", path.lstrip("$./"))[0] for path in also if path)))
        if not name or not wanted:
            return self
        return self.adding(query=f"{self.given('query')}\n{name}={','.join(wanted)}".strip())

    def find_tool(self) -> str:
        """The tool on this machine: an executor may have it elsewhere than the driver."""
        return tool.find(self._given.get("restsrc_binary"))

    def has(self, name: str) -> bool:
        """Whether the tool has such an option."""
        return name in self._table

    def given(self, name: str) -> str:
        """What the user gave, as it is; empty where that is nothing."""
        return self._given.get(name, "")

    def gives(self, name: str) -> bool:
        """Whether the user gave it, also as nothing."""
        return name in self._given

    def text(self, name: str) -> str:
        """What the user gave, or else the default; empty where there is none."""
        row, option, value = ROWS.get(name), self._table.get(name), self._given.get(name)
        if value is not None and (value.strip() or row is None):
            return value
        if row and row.default is not None:
            return row.default
        return (option.default or "") if option else ""

    def integer(self, name: str) -> int:
        """The value of an option that has a default."""
        return int(self.text(name))

    def optional_integer(self, name: str) -> int | None:
        """None: not given, and there is no default."""
        text = self.text(name)
        return int(text) if text else None

    def flag(self, name: str) -> bool:
        return bool(self.parsed(name))

    def flag_of_tool(self, name: str) -> bool:
        """A flag that only the tool knows."""
        return self.text(name).strip().lower() == "true"

    def choice(self, name: str) -> str:
        """One of the row's choices, spelled as there."""
        return str(self.parsed(name))

    def milliseconds(self, name: str) -> int:
        """The value of a duration; 0 where it is not given and has no default."""
        return int(self.parsed(name) or 0)

    def time_form(self) -> TimeForm:
        """How the API writes its times: time_format and api_time_zone."""
        return TimeForm(str(self.parsed("time_format")), self.text("api_time_zone"))

    def spoken(self, text: str) -> str:
        """A message of the tool in the words of Spark: its options have no hyphens, and some are not the user's."""

        def word(found: re.Match[str]) -> str:
            name = found[2].replace("-", "_")
            if name not in self._table and name.removeprefix("no_") not in self._table:
                return found[0]
            return f"{found[1]}{name}" if found[1] else f"the option {name}"

        return _OPTION.sub(word, _EXPECT.sub(r"\1", text))

    def parsed(self, name: str) -> Any:
        """What the row's type makes of the text; None where it is not given and has no default."""
        text = self.text(name)
        return ROWS[name].parse(text) if text else None

    @property
    def counts(self) -> bool:
        """Whether the list may be counted: count_from is not none."""
        return not _is_none(self.text("count_from"))

    def part_of_rate(self, tasks: int | None) -> dict[str, str]:
        """What goes into a task's configuration where `rate` is for the whole cluster and `tasks` share it.

        None: how many is not known. OptionError where the rate can't be divided.
        """
        rate = self.given("rate").strip()
        if self.choice("rate_scope") != "cluster" or not rate:
            return {}
        counts = [count for count in (tasks, self.optional_integer("slots")) if count]
        if not counts:
            raise OptionError("rate_scope=cluster needs the option slots for a write: how many tasks run at once")
        number, unit = rate.split("/", 1)
        return {"rate": f"{float(number) / min(counts):.6g}/{unit}"}

    def config(self, command: str, **more: str | int | None) -> str:
        """The same as the text of a configuration file."""
        return "".join(f"{name} = {_quoted(value)}\n" for name, value, _ in self.settings(command, **more))

    def _values(self, more: Mapping[str, str | int | None]) -> dict[str, str | int | None]:
        values: dict[str, str | int | None] = {**self._given, "url": self.url, **more}
        if self.choice("rate_scope") == "cluster":
            values["rate_scope"] = "process"  # the tool knows of one machine only
        return values

    def settings(self, command: str, **more: str | int | None) -> Iterator[tuple[str, str, bool]]:
        """The options that `command` has, but the range: name and value, as a file for the tool has them, and whether
        the value may be secret.

        `more` wins over what the user gave; None leaves an option out.
        """
        for name, value in self._values(more).items():
            option = self._table.get(name)
            if value is None or option is None or name in ("offset", "limit") or command not in option.commands:
                continue
            if not option.in_file or (name in ROWS and not ROWS[name].of_tool):  # an option of this package's own
                continue
            text = str(value)
            if name == "count_from" and _is_none(text):  # that nothing is counted is decided here
                continue
            single_values = filter(str.strip, re.split("\r?\n", text)) if option.repeat else [text]
            yield from ((option.name, _tidy(single, option), option.may_hold_secret) for single in single_values)


def option_text(value: str | float | bool) -> str:
    """A value of Python's as an option."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_none(text: str) -> bool:
    return text.strip().lower() == "none"


_EXPECT = re.compile(r"--expect ([0-9]+)", re.ASCII)
_OPTION = re.compile(r"(\()?(?<![\w-])--([a-z]+(?:-[a-z]+)*)", re.ASCII)


class Complaints:
    """Collects what is wrong with options that belong together, to say it all at once."""

    def __init__(self, options: Options):
        self._options = options
        self._wrong: list[str] = []

    def add(self, text: str) -> None:
        self._wrong.append(text)

    def raise_any(self) -> None:
        """OptionError for all that was wrong."""
        if self._wrong:
            raise OptionError("; ".join(self._wrong))

    def needs(self, name: str, why: str) -> bool:
        """Whether the option is given; a complaint where it is not."""
        given = self._options.given(name).strip() != ""
        if not given:
            self.add(f"the option {name} is missing: {why}")
        return given

    def key(self, name: str) -> int:
        """A whole number, also a negative one; 0 where it is not given."""
        text = self._options.given(name)
        try:
            return whole_number(text, -(2**63)) if text.strip() else 0
        except ValueError:
            self.add(f"the option {name} is {shown(text)}; it takes a whole number")
            return 0

    def time(self, name: str, form: str, exact: bool = False) -> int:
        """A time in milliseconds since 1970; `form` and `exact` as in `times.time_of`."""
        text = self._options.given(name)
        try:
            return time_of(text, form, self._options.text("api_time_zone") or self._options.text("time_zone"), exact)
        except (ValueError, OverflowError):
            coarse = TimeForm(form).step > 1
            step = "seconds (time_format iso_ms and epoch_ms have milliseconds)" if coarse else "milliseconds"
            number = " or 1706659200" if form.startswith("epoch") else ""
            takes = f"a time such as 2024-01-31T00:00:00Z{number}, in whole {step}"
            self.add(f"the option {name} is {shown(text)}; it takes {takes}")
            return 0


_INTEGER = re.compile("[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?", re.ASCII)


def _wrong_names(given: Mapping[str, str], table: Mapping[str, ToolOption]) -> list[str]:
    refused = {name: why for name, why in RESERVED.items() if name in table}
    refused |= {
        name: "it is for the command line"
        for name, option in table.items()
        if not (option.in_file or name in refused or name in ROWS)
    }
    known = [*(table.keys() - refused.keys()), *ROWS]
    wrong = []
    for name in given:
        if name in refused:
            wrong.append(f"the option {name} can't be given from Spark: {refused[name]}")
        elif name not in known:
            wrong.append(f"there is no option {name}; {_instead(name, known)}")
    return wrong


def _instead(name: str, known: list[str]) -> str:
    """What to do about an unknown name: what it is called here, or the nearest name if it is near enough."""
    squeezes = {squeezed(one): one for one in known}
    synonym = SYNONYMS.get(squeezed(name))
    near = difflib.get_close_matches(squeezed(name), squeezes, 1, 0.8)
    if synonym:
        return synonym
    return (
        f"did you mean {squeezes[near[0]]}?" if near else "help(RestApiDataSource) and `restsrc help options` list them"
    )


def _wrong_values(given: Mapping[str, str], table: Mapping[str, ToolOption]) -> list[str]:
    """What can be seen without the tool. The tool itself checks the rest when the read or write is planned."""
    wrong = []
    for name, value in given.items():
        if name in RESERVED:
            continue
        if name in ROWS:
            wrong += _wrong_for_spark(name, value)
        elif name in table:
            wrong += _wrong_for_the_tool(name, value, table[name])
        if name in table and "\0" in value:
            wrong.append(f"the option {name} has a NUL character in it")
    return wrong


def _wrong_for_spark(name: str, value: str) -> list[str]:
    """An option with an empty value counts as not given."""
    try:
        if value.strip():
            ROWS[name].parse(value)
    except ValueError as error:
        why = f" ({error})" if ROWS[name].type in ("pattern", "columns") else ""
        return [ROWS[name].complaint(value) + why]
    return []


def _wrong_for_the_tool(name: str, value: str, option: ToolOption) -> list[str]:
    takes = {
        "integer": None if _INTEGER.fullmatch(value.strip()) else "a whole number",
        "number": None if _NUMBER.fullmatch(value.strip()) else "a number",
        "flag": None if value.strip().lower() in ("true", "false") else "true or false",
        "choice": None if value in option.choices or not option.choices else " or ".join(option.choices),
    }.get(option.type)
    return [f"the option {name} is {shown(value)}; it takes {takes}"] if takes else []


def _tidy(value: str, option: ToolOption) -> str:
    if option.type == "flag":
        return value.strip().lower()
    return value if option.type in ("text", "choice") else value.strip()


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
