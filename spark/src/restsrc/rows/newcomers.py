"""Members of records that have no column: told, kept or refused, but not lost without a word."""

from __future__ import annotations

import json
from collections.abc import Iterable

from restsrc.errors import RecordError

FAIL, WARN, IGNORE = "fail", "warn", "ignore"


class Newcomers:
    """What one task has met. `on` is FAIL, WARN or IGNORE."""

    def __init__(self, on: str):
        self.on = on
        self._first: dict[str, int] = {}  # path -> the first record where it was seen

    def meet(self, paths: Iterable[str], record: int) -> None:
        """They are in `record` or soon after it. RecordError where that is to be an error."""
        for path in paths:
            if self.on == FAIL:
                raise RecordError(
                    f"record {record}: the member {path} has no column (on_new_members is fail): add it to the schema, "
                    "or keep such members with rescued_data_column"
                )
            self._first.setdefault(path, record)

    def warning(self) -> str:
        """One sentence that names them all; empty where there is none."""
        if self.on != WARN or not self._first:
            return ""
        names = ", ".join(f"{path} (from record {record} on)" for path, record in self._first.items())
        return (
            f"members that are not in the schema are left out: {names}. Give a schema that has them, raise "
            "sample_records, keep them with rescued_data_column, or set on_new_members to fail or ignore"
        )


def rescued(unknown: list[tuple[str, str]]) -> str | None:
    """The members of one record that have no column, as a JSON object of their paths; None where there are none.

    A path through an array or a map may be there more than once: then its value is a list of what was there.
    """
    if not unknown:
        return None
    texts: dict[str, list[str]] = {}
    for path, text in unknown:
        texts.setdefault(path, []).append(text)
    members = (
        f"{json.dumps(path, ensure_ascii=False)}:{'[' + ','.join(found) + ']' if many(path) else found[-1]}"
        for path, found in texts.items()
    )
    return "{" + ",".join(members) + "}"


def many(path: str) -> bool:
    """Whether a path leads through an array or a map."""
    return "[]" in path or "{}" in path
