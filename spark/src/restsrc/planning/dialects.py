"""How APIs write filters: one table, a row for each dialect, and a template for each operator.

A row promises that its API compares values as their own types, and no more narrowly than Spark: equality of strings may
ignore case or blanks at the end, which only costs bytes. Whatever a value or an operator could lose is not asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from restsrc.errors import OptionError
from restsrc.options import Options

PATTERNS = ("startsWith", "endsWith", "contains")
OPERATORS = ("=", "<>", "<", "<=", ">", ">=", "in", "not in", "is null", "is not null", *PATTERNS)
LITERALS = ("plain", "quoted", "json", "like", "escaped", "escaped like")
MOST_LISTED, LONGEST = 100, 1500  # of values and characters: longer URLs are refused by many servers

# Blanks at the ends are often trimmed, an empty value often means none, and a line break or brace means something to
# the tool.
_STRING = re.compile(r"[^\s\x00-\x1f\x7f{}](?:[^\x00-\x1f\x7f{}]*[^\s\x00-\x1f\x7f{}])?")
_WORDS = r"\w(?:[\w .:@/+%'-]*[\w.:@/+%'-])?"  # nothing that an unknown server may take for an operator or a list
_NOTHING = {"null", "none", "nil", "empty", "undefined", "nan", "true", "false"}


@dataclass(frozen=True)
class Moment:
    """A time as the API takes it, by the option time_format, and in milliseconds since 1970."""

    ms: int
    text: str

    def day(self, more: int) -> date:
        """Its day, and so many more."""
        return datetime.fromtimestamp(self.ms / 1000, timezone.utc).date() + timedelta(days=more)


@dataclass(frozen=True)
class Dialect:
    """A row of the table.

    `operators`: the template NAME=VALUE of each operator that the API has, or of a clause of `parameter`. `{column}`,
    `{value}` and `{values}` are filled in. `parameter` takes all clauses, joined by `all_of`; `any_of` joins those of
    an IN where there is no template for it. `nested` joins the names of a path; without it, only columns that are named
    go over. `literals` and `listed` say how texts are written, alone and in `{values}`, `patterns` in startsWith and
    the like; `strings` is the expression of those that go over as they are. `exact`: numbers of more than 15 digits are
    compared exactly. `decimals`: those with a fraction are, too. `days`: times are asked for by whole days.

    `parameter` may be a statement of the user's own: its condition is after the word `where`, or all of it, and before
    `tail`; where `counted` is in it, nothing is asked for (two expressions). Or it is the member of a JSON body that
    `body` is the template of. `either` is that of alternatives, and `wrapped` that of each clause. `inside`: the member
    of records that names of fields leave out.
    """

    operators: Mapping[str, str]
    parameter: str = ""
    all_of: str = " and "
    any_of: str = ""
    nested: str = ""
    literals: str = "plain"
    listed: str = "plain"
    patterns: str = "plain"
    strings: str = ""
    exact: bool = False
    decimals: bool = True
    days: bool = False
    where: str = ""
    tail: str = ""
    counted: str = ""
    body: str = ""
    either: str = "({clauses})"
    wrapped: str = ""
    inside: str = ""

    def clause(self, column: str, operator: str, value: Any) -> str | None:
        """The text for one predicate. None: the dialect does not have it, or the value would not arrive unchanged."""
        text = self._clause(column, operator, value)
        if text is None or not self.wrapped:
            return text
        return _filled(self.wrapped, column, text)

    def _clause(self, column: str, operator: str, value: Any) -> str | None:
        template = self.operators.get(operator)
        if operator in ("in", "not in"):
            return self._list(template, column, operator, value)
        if template is None:
            return None
        if self.days and isinstance(value, Moment):
            value = value.day(-1 if operator[0] == ">" else 2)
        style = self.patterns if operator in PATTERNS else self.literals
        text = "" if value is None else self._literal(value, style)
        return None if text is None else _filled(template, column, text)

    def _list(self, template: str | None, column: str, operator: str, values: tuple[Any, ...]) -> str | None:
        if len(values) > MOST_LISTED:
            return None
        if template is not None:
            texts = [self._literal(value, self.listed) for value in values]
            if self.listed == "plain" and any("," in text for text in texts if text):
                return None
        elif operator == "in" and (self.any_of or len(values) == 1):
            texts = [self._clause(column, "=", value) for value in values]
        else:
            return None
        if any(text is None for text in texts):
            return None
        given = [text for text in texts if text is not None]
        if template is None:
            joined = self.any_of.join(given)
            return self.either.replace("{clauses}", joined) if len(given) > 1 else joined
        text = _filled(template, column, ",".join(given))
        return text if len(text) <= LONGEST else None

    def _literal(self, value: Any, style: str) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, Decimal)):
            return self._number(Decimal(value)) if isinstance(value, int) or self.decimals else None
        text = value.text if isinstance(value, Moment) else str(value)
        if isinstance(value, (Moment, date)):
            return json.dumps(text) if style == "json" and not text.isdigit() else text
        if not _STRING.fullmatch(text) or len(text) > LONGEST or not self._takes(text):
            return None
        if style == "quoted":
            return "'" + text.replace("'", "''") + "'"
        if style == "json":
            return json.dumps(text, ensure_ascii=False)
        if style == "escaped":
            return "'" + re.sub(r"(['\\])", r"\\\1", text) + "'"
        if style == "escaped like":  # \% is a sign by itself there, so what a \ before it means is not sure
            return None if "\\" in text else re.sub(r"(['%_])", r"\\\1", text)
        return re.sub(r"([\\%_])", r"\\\1", text) if style == "like" else text

    def _takes(self, text: str) -> bool:
        return not self.strings or bool(re.fullmatch(self.strings, text) and text.lower() not in _NOTHING)

    def _number(self, value: Decimal) -> str | None:
        if not self.exact and len(value.normalize().as_tuple().digits) > 15:
            return None
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text


def _filled(template: str, column: str, text: str) -> str:
    values = {"{column}": column, "{value}": text, "{values}": text}
    return re.sub(r"\{\w+\}", lambda found: values.get(found[0], found[0]), template)


def _compared(equal: str, form: str, names: str = "lt le gt ge") -> dict[str, str]:
    """The operators of comparison, of a template for the names that an API has for them."""
    return {"=": equal} | {
        operator: form.replace("NAME", name) for operator, name in zip(("<", "<=", ">", ">="), names.split())
    }


DIALECTS: dict[str, Dialect] = {
    "equals": Dialect({"=": "{column}={value}"}, nested=".", strings=_WORDS),
    "django": Dialect(
        {
            **_compared("{column}={value}", "{column}__NAME={value}", "lt lte gt gte"),
            "in": "{column}__in={values}",
            "is null": "{column}__isnull=true",
            "is not null": "{column}__isnull=false",
            "startsWith": "{column}__startswith={value}",
            "endsWith": "{column}__endswith={value}",
            "contains": "{column}__contains={value}",
        },
        nested="__",
        exact=True,
    ),
    "postgrest": Dialect(
        {
            **_compared("{column}=eq.{value}", "{column}=NAME.{value}", "lt lte gt gte"),
            "<>": "{column}=neq.{value}",
            "in": "{column}=in.({values})",
            "not in": "{column}=not.in.({values})",
            "is null": "{column}=is.null",
            "is not null": "{column}=not.is.null",
            "startsWith": "{column}=like.{value}*",
            "endsWith": "{column}=like.*{value}",
            "contains": "{column}=like.*{value}*",
        },
        listed="json",
        patterns="like",
        exact=True,
    ),
    "jsonapi": Dialect({"=": "filter[{column}]={value}"}, nested=".", strings=_WORDS),
    "odata": Dialect(
        {
            **_compared("{column} eq {value}", "{column} NAME {value}"),
            "<>": "{column} ne {value}",
            "is null": "{column} eq null",
            "is not null": "{column} ne null",
            "startsWith": "startswith({column},{value})",
            "endsWith": "endswith({column},{value})",
            "contains": "contains({column},{value})",
        },
        parameter="$filter",
        any_of=" or ",
        nested="/",
        literals="quoted",
        patterns="quoted",
    ),
    "scim": Dialect(
        {
            **_compared("{column} eq {value}", "{column} NAME {value}"),
            "<>": "{column} ne {value}",
            "is not null": "{column} pr",
            "startsWith": "{column} sw {value}",
            "endsWith": "{column} ew {value}",
            "contains": "{column} co {value}",
        },
        parameter="filter",
        any_of=" or ",
        nested=".",
        literals="json",
        patterns="json",
    ),
    # An analyzed field may have other words than the record, an unmapped one none, and so a long value (ignore_above):
    # documents that show no value are given as well.
    "elasticsearch": Dialect(
        {
            **_compared(
                '{"match":{"{column}":{"query":{value},"operator":"and","zero_terms_query":"all"}}}',
                '{"range":{"{column}":{"NAME":{value}}}}',
                "lt lte gt gte",
            ),
        },
        parameter="query",
        all_of=",",
        any_of=",",
        nested=".",
        literals="json",
        exact=True,
        decimals=False,
        body='{"bool":{"must":[{own}],"filter":[{clauses}]}}',
        either='{"bool":{"should":[{clauses}]}}',
        wrapped='{"bool":{"should":[{value},{"bool":{"must_not":{"exists":{"field":"{column}"}}}}]}}',
        inside="_source",
    ),
    "soql": Dialect(
        {
            **_compared("{column} = {value}", "{column} NAME {value}", "< <= > >="),
            "<>": "{column} != {value}",
            "in": "{column} IN ({values})",
            "not in": "{column} NOT IN ({values})",
            "is null": "{column} = null",
            "is not null": "{column} != null",
            "startsWith": "{column} LIKE '{value}%'",
            "endsWith": "{column} LIKE '%{value}'",
            "contains": "{column} LIKE '%{value}%'",
        },
        parameter="q",
        all_of=" AND ",
        nested=".",
        literals="escaped",
        listed="escaped",
        patterns="escaped like",
        where="WHERE",
        tail=r"WITH|ORDER\s+BY|FOR|UPDATE|ALL\s+ROWS",
        counted=r"LIMIT|OFFSET|GROUP\s+BY|HAVING|(COUNT|COUNT_DISTINCT|SUM|AVG|MIN|MAX)\s*\[",
    ),
    "jql": Dialect(
        {
            **_compared("{column} = {value}", "{column} NAME {value}", "< <= > >="),
            "<>": "{column} != {value}",
            "in": "{column} IN ({values})",
            "not in": "{column} NOT IN ({values})",
        },
        parameter="jql",
        all_of=" AND ",
        literals="json",
        listed="json",
        strings=_WORDS,
        days=True,
        tail=r"ORDER\s+BY",
    ),
}


def dialect(options: Options, preset: str) -> Dialect | None:
    """What the options name; `preset` is the text of theirs. None: nothing.

    OptionError where a table of the user's own can't be read, or the preset names none.
    """
    own, name = options.given("pushdown_templates").strip(), options.text("pushdown")
    if own:
        return _own(own)
    if name == "auto":
        found = re.search(r"^# From Spark: pushdown=(\w+)", preset, re.MULTILINE)
        if not found or found[1] not in DIALECTS:
            raise OptionError(f"pushdown=auto needs a preset (api) that names a dialect: give {', '.join(DIALECTS)}")
        name = found[1]
    return DIALECTS[options.choice("pushdown") if name not in DIALECTS else name] if name else None


def _own(given: str) -> Dialect:
    """A dialect as JSON text or in a file: the members are those of Dialect."""
    try:
        text = given if given.startswith("{") else Path(given).read_text(encoding="utf-8")
        row = json.loads(text)
        wrong = row.keys() - {field.name for field in fields(Dialect)} | row["operators"].keys() - set(OPERATORS)
        styles = {row.get(name, "plain") for name in ("literals", "listed", "patterns")} - set(LITERALS)
        if wrong or styles:
            raise ValueError(f"{', '.join(sorted(wrong | styles))} is not known")
        re.compile(row.get("strings", ""))
        return Dialect(**row)
    except OSError as error:
        raise OptionError(f"pushdown_templates: {given}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError, KeyError, re.error) as error:
        example = '{"operators": {"=": "{column}={value}", ">=": "min_{column}={value}"}}'
        raise OptionError(f"pushdown_templates takes JSON such as {example}: {error}") from None
