"""Columns of a given schema that the records do not have: null in each row, but not without a word.

That a member is nowhere in some records is usual. So only what can't be meant is an error: no column has a member, and
what the columns are called is elsewhere in the record, inside of another member or in another case. What may be meant
is a warning at the end of the task.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from restsrc.errors import UnexpectedAnswer, cut

LONGEST = 300  # characters, for lists of names
ADVICE = "on_new_members=ignore says that it is right"


class Unmet:
    """What one task has met."""

    def __init__(self, columns: Sequence[str], added: Sequence[str] = ()):
        """`columns` are those of the records' members; none: nobody wants to know. `added`: members of our own."""
        self._columns = columns
        self._added = added
        self._empty = list(columns)  # had no value so far
        self.rows = 0
        self._shown: dict[str, Any] | None = None  # the first record that was shown

    def meet(self, record: str | None, rows: Any) -> None:
        """`rows` are those of a batch. `record` is shown where it is the first of a run, and has members without a
        column while a column has no member. UnexpectedAnswer where the columns can't be meant.
        """
        if not self._columns:
            return
        empty = [name for name in self._columns if rows.column(name).null_count == rows.num_rows]
        self._empty = [name for name in self._empty if name in empty]
        self.rows += rows.num_rows
        shown = _object(record) if record and empty else {}
        shown = {name: value for name, value in shown.items() if name not in self._added}
        if not shown:
            return
        self._shown = self._shown or shown
        found = _elsewhere(shown, empty)
        if empty == list(self._columns) and not shown.keys() & empty and _evident(shown, found, empty):
            names, places = _list(self._columns), _list(found.values())
            raise UnexpectedAnswer(
                f"the records have no member for any column of the schema ({names}), but they have {places}: "
                f"{_way_out(found)}; {ADVICE}"
            )

    def warning(self) -> str:
        """One sentence; empty where there is nothing to tell."""
        if not self._shown or not self._empty:
            return ""
        empty = [name for name in self._empty if name not in self._shown]
        found = _elsewhere(self._shown, empty)
        if len(empty) == len(self._columns):
            names = _list(found.values()) or _list(self._shown)
            return f"no column of the schema has a value in {self.rows} rows; the first record has {names}. {ADVICE}"
        if not found:
            return ""
        told = _list(f"{name} (the first record has {place})" for name, place in found.items())
        return f"columns without a value in {self.rows} rows: {told}. {ADVICE}"


def _object(record: str) -> dict[str, Any]:
    made = json.loads(record, parse_int=str, parse_float=str)
    return made if isinstance(made, dict) else {}


def _elsewhere(record: dict[str, Any], columns: Sequence[str]) -> dict[str, str]:
    """column -> where the record has a member of that name: in another case, or inside of an object."""
    folded = {name.lower(): name for name in record}
    found = {name: folded[name.lower()] for name in columns if name.lower() in folded}
    for path, inside in _objects(record):
        for name in columns:
            if name in inside:
                found.setdefault(name, f"{path}.{name}")
    return found


def _objects(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects inside of an object, with their paths, those outside first."""
    inside = [(f"{path}.{name}" if path else name, each) for name, each in value.items() if isinstance(each, dict)]
    yield from inside
    for name, each in inside:
        yield from _objects(each, name)


def _evident(record: dict[str, Any], found: dict[str, str], columns: Sequence[str]) -> bool:
    """Whether the columns can only be meant for what was found: an object around them all, or names in another case."""
    in_case = any("." not in place or place in record for place in found.values())
    around = len(record) == 1 or (len(columns) > 1 and len(found) == len(columns))
    return bool(found) and (in_case or around)


def _way_out(found: dict[str, str]) -> str:
    name, place = next(iter(found.items()))
    if place.lower() == name.lower():
        return "names are the same only in the same case"
    outer = place[: -len(name) - 1]
    return f"let records point inside (a JSONPath that ends in [*].{outer}), or name {outer} struct<{name} ...> in it"


def _list(names: Any) -> str:
    return cut(", ".join(names), LONGEST)
