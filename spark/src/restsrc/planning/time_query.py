"""How a window of time is asked for, and which of the records that come belong to it.

All times are milliseconds since 1970. A window is [start, end). What the API takes for the ends of one, `bounds` says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from restsrc.digests import digest
from restsrc.options import Complaints, Options
from restsrc.partition import Piece
from restsrc.rows.envelope import at_path
from restsrc.times import TimeForm, time_text

TOO_LARGE = (400, 413, 414, 422)  # the statuses with which servers answer when they are asked for too much at once
SINCE, UNTIL = ("{since}", "{lower}"), ("{until}", "{upper}")
TEMPLATES = ("url", "query", "header", "data")  # options that may have them
MARKS = {"\x01": "{since}", "\x02": "{until}"}  # where they are, while other braces are doubled
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True)
class TimeQuery:
    """How a window is asked for.

    `since` and `until` name the parameters, empty where there is none. `templates` has the options of TEMPLATES that
    say where the times go instead. `bounds`: which ends the API takes for a part of a window. `path`: where a record
    has its time; then one step more is asked for at each end, and what is outside of the window is dropped here.
    `query` has the lines of the user's own option of that name, `found` and `finding` are those of `survey.Paging`.
    """

    since: str
    until: str
    form: TimeForm
    bounds: str = "[)"
    path: str = ""
    query: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    finding: Mapping[str, str] = field(default_factory=dict)

    @property
    def endless(self) -> bool:
        """The API can't be told where a window ends."""
        return not self.until and not any(word in text for text in self.templates.values() for word in UNTIL)

    def config(self, start: int, end: int, wide: bool = False) -> dict[str, str]:
        """The options for a run of the tool that reads or counts a window. `wide`: with one step more at each end."""
        return self._config(*self._ends(start, end, wide))

    def line(self, start: int, end: int) -> dict[str, str]:
        """The window as a line for a run with the options of `for_each`."""
        since, until = self._ends(start, end)
        return {"since": since, "until": until}

    def for_each(self, options: Options) -> dict[str, str]:
        """The options for a run of the tool that counts many windows. All braces but ours are those of the user."""
        since, until = MARKS
        config = self._config(since, until, encoded=False)
        given = {
            name: config.get(name) or (options.url if name == "url" else options.given(name)) for name in TEMPLATES
        }
        return {**config, **{name: _template(name, text) for name, text in given.items() if text}}

    def _ends(self, start: int, end: int, wide: bool = False) -> tuple[str, str]:
        first = start if self.bounds[0] == "[" else self.form.before(start)
        last = end if self.bounds[1] == ")" else self.form.before(end)
        if wide and self.path:
            first, last = self.form.before(first), self.form.after(last)
        return self.form.text(first), self.form.text(last)

    def _config(self, since: str, until: str, encoded: bool = True) -> dict[str, str]:
        times = {**dict.fromkeys(SINCE, since), **dict.fromkeys(UNTIL, until)}
        config = {name: _filled(text, times, encoded and name == "url") for name, text in self.templates.items()}
        lines = [config.get("query", self.query), self.finding.get("query", "")]
        if "header" in config and "header" in self.finding:
            config["header"] += "\n" + self.finding["header"]
        if not self.templates:
            lines += [f"{name}={text}" for name, text in self._parameters(times) if name]
        return {**self.found, **config, "query": "\n".join(filter(None, lines)).strip()}

    def _parameters(self, times: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(self.since, times[SINCE[0]]), (self.until, times[UNTIL[0]])]

    def middle(self, start: int, end: int) -> int | None:
        """Where to halve a window. None: it is as small as can be."""
        half = self.form.floor(start + (end - start) // 2)
        if half <= start:
            half = self.form.after(start)
        return half if start < half < end else None

    def text(self, start: int, end: int) -> str:
        return f"the window from {time_text(start, 'iso_ms')} to {time_text(end, 'iso_ms')}"

    def has(self, record: bytes, start: int, end: int) -> bool:
        """Whether a record belongs to the window by its time. One that has none there does."""
        if not self.path:
            return True
        text = at_path(record.decode(), self.path)
        at = self.form.parse(text) if text else None
        return at is None or start <= at < end


def _filled(text: str, times: Mapping[str, str], encoded: bool) -> str:
    for word, value in times.items():
        text = text.replace(word, quote(value, safe="") if encoded else value)
    return text


def _template(name: str, text: str) -> str:
    """The text as a template of the tool's, which has {{ for a brace: in JSON only in strings."""
    if name == "data":
        text = _STRING.sub(lambda string: _doubled(string[0]), text)
    else:
        text = "\n".join(map(_doubled, text.split("\n")))
    for mark, word in MARKS.items():
        text = text.replace(mark, word)
    return text


def _doubled(text: str) -> str:
    """Names of files stay, and what credentials fill."""
    if text.lstrip().startswith("@") or "{token}" in text:
        return text
    return text.replace("{", "{{").replace("}", "}}")


def query_of(options: Options, complaints: Complaints) -> TimeQuery:
    """What the options say. Complaints where they do not go together."""
    given = {name: options.url if name == "url" else options.given(name) for name in TEMPLATES}
    lines = options.given("partition_query")
    given["query"] = f"{given['query']}\n{lines}".strip()
    templates = {name: text for name, text in given.items() if any(word in text for word in (*SINCE, *UNTIL))}
    bounds = options.choice("bounds")
    if options.flag("until_inclusive"):
        bounds = bounds[0] + "]"
    since, until = (
        options.given(name).strip() if options.gives(name) else options.text(name)
        for name in ("param_since", "param_until")
    )
    form = options.time_form()
    query = TimeQuery(since, until, form, bounds, options.text("since_path"), given["query"], templates)
    if templates and any(options.given(name).strip() for name in ("param_since", "param_until")):
        complaints.add("param_since and param_until are for parameters: {since} and {until} say where the times go")
    if not templates and not query.since:
        complaints.add("param_since is empty: a window needs its beginning")
    if query.endless and not query.path:
        complaints.add(
            "without param_until the API gives all that is newer: say with since_path where a record has its time, "
            "so that what comes after the window is left for the next one"
        )
    return query


@dataclass(frozen=True, kw_only=True)
class WindowPiece(Piece):
    """A whole window.

    `expect` is how many records were counted. `cap`: with so many or more the server has not given all of it.
    `wanted` has the digests of the only records that are taken.
    """

    time: TimeQuery
    start: int
    end: int
    cap: int | None = None
    counted: bool = False
    wanted: frozenset[str] | None = None

    def cut(self) -> Sequence[WindowPiece]:
        """Its two halves. Empty: it is as small as can be."""
        middle = self.time.middle(self.start, self.end)
        if middle is None:
            return ()
        return [
            replace(self, start=start, end=end, expect=None, config=self.time.config(start, end, wide=True))
            for start, end in ((self.start, middle), (middle, self.end))
        ]

    def flags(self, options: Options) -> dict[str, int]:
        """A window is read whole, and counted by itself."""
        return {"offset": 0}

    def keeps(self, record: bytes) -> bool:
        """Whether a record that the server gives for the window is taken."""
        if not self.time.has(record, self.start, self.end):
            return False
        if not self.known and self.wanted is None:
            return True
        name = digest(record)
        return name not in self.known and (self.wanted is None or name in self.wanted)

    @property
    def keeps_all(self) -> bool:
        """Whether `keeps` is true for all records."""
        return not (self.known or self.wanted is not None or self.time.path)


def piece(time: TimeQuery, start: int, end: int, expect: int | None = None, cap: int | None = None) -> WindowPiece:
    config = time.config(start, end, wide=True)
    return WindowPiece(
        expect=expect,
        config=config,
        time=time,
        start=start,
        end=end,
        cap=cap,
        counted=expect is not None,
        name=time.text(start, end),
    )
