"""Values of options that only Spark knows, with their units; all that is wrong is said at once."""

from __future__ import annotations

import re
from typing import Any, Sequence

from restsrc.errors import OptionError
from restsrc.options import Options
from restsrc.times import TIME_FORMATS, milliseconds, time_of


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
