"""Times and lengths of time, as options and APIs write them. Inside, both are whole milliseconds."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from restsrc.rows.spark_time import timestamp_micros

_MS = {"ms": 1, "s": 1000, "sec": 1000, "second": 1000, "m": 60_000, "min": 60_000, "minute": 60_000}
_MS |= {"h": 3_600_000, "hour": 3_600_000, "d": 86_400_000, "day": 86_400_000, "w": 604_800_000, "week": 604_800_000}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.ASCII)

# How times are written for the API, with the smallest step of each form in milliseconds.
TIME_FORMATS = {"iso": 1000, "iso_ms": 1, "epoch_s": 1000, "epoch_ms": 1}


def milliseconds(text: str) -> int:
    """Of a duration such as "90" (seconds), "90s", "15 minutes", "1.5h" or "1 day". ValueError for any other text."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(text)
    number, unit = found[1], found[2] or "s"
    if unit not in _MS:
        unit = unit.removesuffix("s")
    if unit not in _MS:
        raise ValueError(text)
    return round(float(number) * _MS[unit])


def time_text(ms: int, form: str) -> str:
    """A time, given in milliseconds since 1970, in the form `form` of TIME_FORMATS."""
    if form == "epoch_ms":
        return str(ms)
    if form == "epoch_s":
        return str(ms // 1000)
    text = datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms % 1000:03d}Z" if form == "iso_ms" else f"{text}Z"


def time_of(text: str, form: str, zone: str = "UTC", exact: bool = False) -> int:
    """Milliseconds since 1970 of `text`: a time in ISO form or, where `form` is epoch_s or epoch_ms, a number.

    `zone` is for times that name none. Parts of the form's smallest step are dropped. ValueError for any other text,
    and for parts of a step where the time must be `exact`.
    """
    step = TIME_FORMATS[form]
    if form.startswith("epoch") and re.fullmatch("[0-9]{1,15}", text.strip(), re.ASCII):
        return int(text) * step
    micros = timestamp_micros(text, zone)
    if exact and micros % (1000 * step):
        raise ValueError(text)
    return micros // (1000 * step) * step
