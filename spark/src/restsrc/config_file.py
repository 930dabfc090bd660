"""A configuration file of the tool, read on the driver: the machines that run tasks need not have it.

The text is that of restsrc(1), CONFIGURATION FILES: `name = value` a line, and sections for lists. Files that it names
for secrets, `data` and `header` are read here, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from restsrc.errors import OptionError
from restsrc.tool import ToolOption

OF_A_TERMINAL = ("quiet", "progress_meter")
_LINE = re.compile(r"[ \t\r]*([^ \t\r=]+)[ \t\r]*(=?)(.*)", re.ASCII)
_SECTION = re.compile(r"[ \t]*\[([^\]]*)\][ \t\r]*", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\[\\"nrt])*)"[ \t\r]*', re.ASCII)
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t"}


def options(place: str, wanted: str, table: Mapping[str, ToolOption]) -> dict[str, str]:
    """The options that a file has for the list `wanted`, empty where it has none. One that repeats has a value a line.

    OptionError where it can't be read or has another list; the message has no value in it.
    """
    of_all: dict[str, str] = {}
    of_list: dict[str, str] = {}
    lists: list[str] = []
    for number, line in enumerate(_text(place).removeprefix("\ufeff").split("\n"), 1):
        if section := _SECTION.fullmatch(line):
            lists.append(section[1])
        elif line.strip(" \t\r") and line.lstrip(" \t\r")[0] != "#" and lists[-1:] in ([], [wanted]):
            try:
                name, value = _option(line, table)
            except ValueError as problem:
                raise OptionError(f"config: {place}, line {number}: {problem}") from None
            found = of_list if lists else of_all
            repeats = name in table and table[name].repeat
            found[name] = f"{found[name]}\n{value}" if repeats and name in found else value
    if lists and wanted not in lists:
        raise OptionError(f"config: {place} has the lists {', '.join(lists)}: name one of them with the option list")
    if wanted and not lists:
        raise OptionError(f"config: {place} has no lists: they begin with a line [NAME]")
    found = _joined(of_list, of_all, table)
    return {name: value for name, value in found.items() if name not in OF_A_TERMINAL}


def merged(given: Mapping[str, str], table: Mapping[str, ToolOption]) -> dict[str, str]:
    """The options with those of the file that `config` names. What is given wins; what repeats adds up."""
    place, wanted = given.get("config", "").strip(), given.get("list", "").strip()
    if not place:
        if wanted and not given.get("api", "").strip():
            raise OptionError("the option list needs config, whose list it is, or api")
        return {**given, **({"url": wanted} if wanted else {})}  # the tool knows the lists of a preset
    return _joined(given, options(place, wanted, table), table)


def _joined(first: Mapping[str, str], then: Mapping[str, str], table: Mapping[str, ToolOption]) -> dict[str, str]:
    """The options of both. `first` wins; what repeats adds up, but for parameters (`query`) of one name."""
    new = dict(first)
    for name, value in then.items():
        own = first.get(name, "")
        if not own.strip():
            new[name] = value
        elif name in table and table[name].repeat:
            asked = {line.partition("=")[0].strip() for line in own.splitlines()} if name == "query" else set()
            more = [line for line in value.splitlines() if line.partition("=")[0].strip() not in asked]
            new[name] = "\n".join([own, *more])
    return new


def _option(line: str, table: Mapping[str, ToolOption]) -> tuple[str, str]:
    """Its Spark name, and its value. ValueError says what is wrong."""
    match = _LINE.fullmatch(line)
    name = match[1].replace("-", "_") if match else ""
    option = table.get(name)
    if match is None or not option or match[1] != option.name:
        raise ValueError("no option of the tool")
    if not match[2] and (match[3] or option.type != "flag"):
        raise ValueError(f"expected {option.name} = VALUE")
    value = match[3].strip(" \t\r")
    if value.startswith('"'):
        quoted = _QUOTED.fullmatch(value)
        if not quoted:
            raise ValueError(f"the quoted value of {option.name} is not closed, or has an unknown escape")
        value = re.sub(r"\\(.)", lambda escape: _ESCAPED[escape[1]], quoted[1])
    value = value if match[2] else "true"
    of_file = table.get(name.removesuffix("_file"))
    if name.endswith("_file") and of_file and of_file.may_hold_secret:
        return name.removesuffix("_file"), _text(value).rstrip("\r\n")
    if name in ("data", "header") and value.startswith("@"):
        return name, "\n".join(_lines(value[1:])) if name == "header" else _text(value[1:])
    return name, value


def _lines(place: str) -> Iterator[str]:
    return (line for line in _text(place).splitlines() if line.strip())


def _text(place: str) -> str:
    try:
        return Path(place).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise OptionError(f"config: {place} can't be read on the driver: {why}") from None
