"""Records that are not objects, as objects: arrays whose places have a meaning, and bare values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from json import dumps

from restsrc.rows.exact import elements

VALUE = "value"  # the column of a bare value

Reshape = Callable[[str], str]


def reshape(first: str, columns: Sequence[str], names: Sequence[str] | None) -> Reshape | None:
    """What makes objects of the records of a list that begins with `first`. None: they are objects already.

    Arrays are read by place, with `names` if there are some, else with the columns; then they must be as long as those,
    or else they stay what they are, which is malformed. Where the only column is `value`, it gets the whole array.
    """
    if first[:1] == "{":
        return None
    if first[:1] != "[" or (names is None and list(columns) == [VALUE]):
        return _wrapped if VALUE in columns else None
    labels = [f"{dumps(name)}:" for name in names or columns]

    def by_place(line: str) -> str:
        values = elements(line) if line[:1] == "[" else None
        if values is None or (len(values) != len(labels) if names is None else len(values) > len(labels)):
            return line
        return "{" + ",".join(label + value for label, value in zip(labels, values)) + "}"

    return by_place


def _wrapped(line: str) -> str:
    return f'{{"{VALUE}":{line}}}'
