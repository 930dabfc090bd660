"""Values of options that only Spark knows, with their units; all that is wrong is said at once."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Sequence

from restsrc.errors import OptionError
from restsrc.options import Options
from restsrc.spark_time import timestamp_micros

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


def part_of(offset: dict, name: str) -> str:
    """A member of a stream's offset, which may come from an old checkpoint."""
    if name not in offset:
        raise OptionError(f"the checkpoint is of another stream_mode: its offsets have no {name}, but {', '.join(offset)}")
    return offset[name]


class Settings:
    """Reads options one by one and keeps a list of what is wrong, which `check` raises."""

    def __init__(self, options: Options):
        self.options = options
        self._wrong: "list[str]" = []

    def check(self) -> None:
        """OptionError for all that was wrong."""
        if self._wrong:
            raise OptionError("; ".join(self._wrong))

    def refuse(self, text: str) -> None:
        self._wrong.append(text)

    def given(self, name: str) -> bool:
        return self.options.get(name, "").strip() != ""

    def needs(self, name: str, why: str) -> bool:
        if not self.given(name):
            self.refuse(f"the option {name} is missing: {why}")
        return self.given(name)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """The first of `choices` when it is not given."""
        value = self.options.get(name, choices[0]).strip().lower()
        if value not in choices:
            self._bad(name, ", ".join(choices))
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name, ("false", "true")) == "true"

    def duration(self, name: str, default: str) -> int:
        """In milliseconds; the unit is seconds when none is given."""
        try:
            return milliseconds(self.options.get(name, default))
        except ValueError:
            self._bad(name, "a duration such as 30s, 15 minutes or 1d")
            return 0

    def integer(self, name: str, least: int, default: Any = None) -> Any:
        text = self.options.get(name, "").strip()
        if not text:
            return default
        if re.fullmatch("-?[0-9]{1,19}", text, re.ASCII) and least <= int(text) < 2**63:
            return int(text)
        self._bad(name, f"a whole number of {least} or more" if least > -(2**63) else "a whole number")
        return default

    def time(self, name: str, form: str, exact: bool = False) -> int:
        """In milliseconds since 1970."""
        try:
            return time_of(self.options.get(name, ""), form, self.options.time_zone, exact)
        except (ValueError, OverflowError):
            step = "seconds (time_format iso_ms and epoch_ms have milliseconds)" if TIME_FORMATS[form] > 1 else "milliseconds"
            number = " or 1706659200" if form.startswith("epoch") else ""
            self._bad(name, f"a time such as 2024-01-31T00:00:00Z{number}, in whole {step}")
            return 0

    def _bad(self, name: str, takes: str) -> None:
        value = self.options.get(name, "")
        self.refuse(f"the option {name} is {value if len(value) <= 40 else value[:37] + '...'!r}; it takes {takes}")
