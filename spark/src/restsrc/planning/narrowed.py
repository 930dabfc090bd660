"""Filters on the column that a list is cut by: they narrow the bounds, and so need no dialect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import Any

from restsrc.options import Complaints, Options
from restsrc.planning.dialects import Moment
from restsrc.planning.predicates import Predicate
from restsrc.times import TimeForm, time_text


def narrows(options: Options, one: Predicate) -> bool:
    """Whether the predicate is of the option partition_column, and of values that partition_by cuts by."""
    if ".".join(one.path) != options.text("partition_column"):
        return False
    value = one.value[0] if one.operator == "in" and one.value else one.value
    kinds: dict[str, Any] = {"key": int, "time": (Moment, date)}
    wanted = isinstance(value, kinds.get(options.choice("partition_by"), ())) and not isinstance(value, bool)
    return wanted and one.operator in ("=", "in", "<", "<=", ">", ">=")


def narrowed(options: Options, predicates: Sequence[Predicate]) -> Options:
    """The options with the bounds that the predicates, all of them, leave."""
    if not predicates:
        return options
    form = options.time_form()
    pairs = [_range(one, form) for one in predicates]
    low = max((low for low, _ in pairs if low is not None), default=None)
    high = min((high for _, high in pairs if high is not None), default=None)
    if options.choice("partition_by") == "key":
        new = options.adding()
        new.keys = (low, high)
        return new
    complaints = Complaints(options)
    lower, upper = (
        complaints.time(name, str(options.parsed("time_format"))) for name in ("lower_bound", "upper_bound")
    )
    first = lower if low is None else max(lower, form.floor(low))
    last = upper if high is None else min(upper, form.after(form.floor(high)))
    texts = (time_text(at, "iso_ms") for at in (first, max(first, last)))
    return options.adding(**dict(zip(("lower_bound", "upper_bound"), texts)))


def _range(one: Predicate, form: TimeForm) -> tuple[int | None, int | None]:
    """The least value, and the one after the greatest."""
    values = [_number(value) for value in (one.value if one.operator == "in" else [one.value])]
    step = form.after(values[0]) - values[0] if isinstance(one.value, Moment) else 1
    if one.operator[0] == ">":
        return values[0] + (step if one.operator == ">" else 0), None
    if one.operator[0] == "<":
        return None, values[0] + (step if one.operator == "<=" else 0)
    return min(values), max(values) + step


def _number(value: Any) -> int:
    if isinstance(value, Moment):
        return value.ms
    if isinstance(value, date):
        return int(datetime(value.year, value.month, value.day, tzinfo=timezone.utc).timestamp()) * 1000
    return int(value)
