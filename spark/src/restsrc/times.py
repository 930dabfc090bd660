"""Times and lengths of time, as options and APIs write them. Inside, both are whole milliseconds."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from restsrc.rows.spark_time import timestamp_micros

_MS = {"ms": 1, "s": 1000, "sec": 1000, "second": 1000, "m": 60_000, "min": 60_000, "minute": 60_000}
_MS |= {"h": 3_600_000, "hour": 3_600_000, "d": 86_400_000, "day": 86_400_000, "w": 604_800_000, "week": 604_800_000}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.ASCII)

# How times are told to the API, with the smallest step of each in milliseconds.
TIME_FORMATS = {"iso": 1000, "iso_ms": 1, "epoch_s": 1000, "epoch_ms": 1}


def milliseconds(text: str) -> int:
    """Of "90", "90s", "15 minutes", "1.5h", "1 day". ValueError for anything else."""
    found = _DURATION.fullmatch(text.strip().lower())
    unit = found[2] if found else None
    if unit == "":
        unit = "s"
    if unit not in _MS and unit is not None:
        unit = unit.removesuffix("s")
    if unit not in _MS:
        raise ValueError(text)
    return round(float(found[1]) * _MS[unit])


def time_text(ms: int, form: str) -> str:
    """A time, in milliseconds since 1970, as `form` of TIME_FORMATS has it."""
    if form == "epoch_ms":
        return str(ms)
    if form == "epoch_s":
        return str(ms // 1000)
    text = datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms % 1000:03d}Z" if form == "iso_ms" else f"{text}Z"


def time_of(text: str, form: str, zone: str = "UTC", exact: bool = False) -> int:
    """The other way round, in milliseconds. ISO times go with every form. Parts of a step are dropped. ValueError otherwise, and for
    parts of a step where it must be `exact`.
    """
    step = TIME_FORMATS[form]
    if form.startswith("epoch") and re.fullmatch("[0-9]{1,15}", text.strip(), re.ASCII):
        return int(text) * step
    micros = timestamp_micros(text, zone)
    if exact and micros % (1000 * step):
        raise ValueError(text)
    return micros // (1000 * step) * step
