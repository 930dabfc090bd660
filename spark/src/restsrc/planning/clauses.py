"""Where the clauses of a dialect go: parameters, one with an expression or a statement, or the body."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import parse_qsl, quote, urlsplit

from restsrc.options import Options
from restsrc.planning import survey
from restsrc.planning.dialects import LONGEST, Dialect

PAGING = {"limit", "offset", "page", "page_size", "per_page", "cursor", "since", "until"}  # the usual names

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_INNERMOST = re.compile(r"\(([^()]*)\)")

_log = logging.getLogger("restsrc")


def in_use(options: Options, preset: str, way: Dialect) -> set[str]:
    """Parameters that mean something already: the user's own filters, and those that page.

    `preset` is the text of the user's. That of an expression may be in the option query, where more can be added to it.
    """
    sources = ["query_secret", "partition_query", *([] if way.parameter else ["query"])]
    lines = "\n".join(options.given(name) for name in sources)
    names = {line.split("=")[0].strip() for line in re.split("[\r\n&]+", lines)}
    names |= {name for url in options.urls for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    names |= {found[1].strip() for found in re.finditer(r"^(?:param-\w+|query) *= *([^=\n]+)", preset, re.MULTILINE)}
    return names | PAGING | {options.text(f"param_{name}") for name in ("offset", "limit", "page", "cursor", "since")}


def short_enough(clauses: list[str], way: Dialect) -> list[str]:
    """The first of the clauses that make no URL which servers refuse."""
    left, kept = LONGEST, []
    for clause in clauses:
        if way.body or len(quote(clause)) <= left:
            left -= len(quote(clause))
            kept.append(clause)
    return kept


def added(options: Options, way: Dialect, clauses: list[str]) -> Options | None:
    """The options with the clauses. None, and a warning: they can't be added to what the user asks for."""
    more = _body(options, way, clauses) if way.body else _query(options, way, clauses)
    if more is None:
        _log.warning(
            "restsrc: no filter is pushed down: they can't be joined with %s in the option %s",
            way.parameter,
            "data" if way.body else "query",
        )
        return None
    if options.given("paginate") == "auto":  # the whole list shows how it pages, its filtered part may be too short
        options = options.adding(**survey.paging(options).found)
        more = _body(options, way, clauses) if way.body else _query(options, way, clauses)
    return options.adding(**more) if more else None


def _query(options: Options, way: Dialect, clauses: list[str]) -> dict[str, str] | None:
    lines = options.given("query").splitlines()
    if way.parameter:
        own = [line.partition("=")[2] for line in lines if line.partition("=")[0].strip() == way.parameter]
        lines = [line for line in lines if line.partition("=")[0].strip() != way.parameter]
        whole = _expression(way, own[0] if own else "", clauses) if len(own) < 2 else None
        if whole is None:
            return None
        clauses = [f"{way.parameter}={whole}"]
    return {"query": "\n".join([*lines, *clauses])}


def _expression(way: Dialect, text: str, clauses: list[str]) -> str | None:
    """The user's own expression or statement, and the clauses."""
    masked = _masked(text)
    if way.where and not masked.strip():
        return None
    if re.search("[()'\"]", masked) or (way.counted and re.search(rf"\b(?:{way.counted})", masked, re.IGNORECASE)):
        return None
    tail = re.search(rf"\b(?:{way.tail})\b", masked, re.IGNORECASE) if way.tail else None
    end = tail.start() if tail else len(text)
    before = re.search(rf"\b{way.where}\b", masked[:end], re.IGNORECASE) if way.where else None
    begin = before.end() if before else end if way.where else 0
    own = [f"({text[begin:end].strip()})"] if text[begin:end].strip() else []
    head = [text[:begin].strip(), *([way.where] if way.where and not before else [])]
    return " ".join(part for part in (*head, way.all_of.join([*own, *clauses]), text[end:].strip()) if part)


def _masked(text: str) -> str:
    """The same with nothing in quotes, [] for parentheses, and as long. Those without a partner stay."""
    text = _QUOTED.sub(lambda found: "\x00" * len(found[0]), text)
    while (inner := _INNERMOST.sub(lambda found: "[" + "\x00" * len(found[1]) + "]", text)) != text:
        text = inner
    return text


def _body(options: Options, way: Dialect, clauses: list[str]) -> dict[str, str] | None:
    try:
        body = json.loads(options.given("data") or "{}")
        own = json.dumps(body[way.parameter]) if way.parameter in body else ""
        whole = way.body.replace("{own}", "\x00").replace("{clauses}", way.all_of.join(clauses)).replace("\x00", own)
        return {"data": json.dumps({**body, way.parameter: json.loads(whole)}, ensure_ascii=False)}
    except (ValueError, TypeError):
        return None
