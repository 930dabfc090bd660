"""A list that is filtered as PostgREST does (/postgrest) and as OData does (/odata), for small.py to serve.

The rows are those that are hardest to ask for: 400, or FILTERED_ROWS. filtered_django.py has the same behind
django-filter. Values are compared exactly and as their own types, as PostgreSQL does; what the grammar does not allow
is a 400.
"""

import datetime
import json
import os
import random
import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

NAMES = [None, "", "a", "A", " a", "a ", "ab", "it's", "50%", "5_0", "a+b", "x,y", 'q"uote', "b\\s", "\u00e9t\u00e9"]
NAMES += ["null", "%", "*", "(x)", "a.b", "a&b=c", "#1", "\u65e5\u672c", "o''o", "50", "true", "?q", "a/b", "1,2", "-"]
NAMES += ["eq.a", "a b"]
MOMENTS = [
    "2016-12-31T23:59:58Z",  # a leap second is after :59
    "2016-12-31T23:59:59.999999Z",
    "2017-01-01T00:00:00Z",
    "2024-03-31T00:59:59.5Z",  # Europe: the clock is set forward at 1:00 UTC, and back on 2024-10-27
    "2024-03-31T01:00:00Z",
    "2024-03-31T01:30:00.000001Z",
    "2024-10-26T23:30:00Z",
    "2024-10-27T00:30:00Z",
    "2024-10-27T01:30:00Z",
    "2024-02-29T23:59:59.999Z",
    "1969-12-31T23:59:59.25Z",
]
SIZE = 100


def rows(count):
    """The rows as JSON has them."""
    chosen = random.Random(21)
    for number in range(count):
        amounts = [round(chosen.uniform(-9, 9), digits) for digits in (4, 2)]
        amount = chosen.choice([None, 0, -0.005, 1.005, *amounts])
        day = datetime.date(2024, 2, 26) + datetime.timedelta(days=chosen.randrange(8))
        owner = chosen.choice([None, {"id": chosen.randrange(4)}, {"id": None}])
        yield {
            "id": number - 10,
            "name": chosen.choice(NAMES),
            "amount": amount,
            "ok": chosen.choice([None, True, False]),
            "day": chosen.choice([None, day.isoformat()]),
            "seen": chosen.choice([None, *MOMENTS]),
            "owner": owner,
        }


ROWS = list(rows(int(os.environ.get("FILTERED_ROWS", 400))))


class BadRequest(Exception):
    """The query is not of the grammar."""


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


TYPES = {
    "id": int,
    "name": str,
    "amount": Decimal,
    "ok": lambda text: {"true": True, "false": False}[text],
    "day": datetime.date.fromisoformat,
    "seen": moment,
    "owner/id": int,
}
KEPT = {
    "amount": lambda value: Decimal(repr(value)),
    "day": datetime.date.fromisoformat,
    "seen": moment,
}
TESTS = {
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "ge": lambda a, b: a >= b,
}


def value_of(row, column):
    for name in column.split("/"):
        row = row and row.get(name)
    return KEPT.get(column, lambda value: value)(row) if row is not None else None


def parsed(column, text):
    try:
        return TYPES[column](text)
    except (KeyError, ValueError, ArithmeticError) as problem:
        raise BadRequest(f"{column}: {text}") from problem


# PostgREST: COLUMN=[not.]OPERATOR.VALUE


def listed(text):
    """The elements of (a,"b,c")."""
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"|([^",()]+)', text[1:-1])
    return [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in pieces]


def like(pattern):
    """A LIKE pattern as a regular expression."""
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(piece) or re.escape(piece[-1]) for piece in pieces), re.DOTALL)


def postgrest_test(column, text):
    """A test of rows; what is null is neither true nor false."""
    negated = text.startswith("not.")
    operator, _, rest = text.removeprefix("not.").partition(".")
    if operator == "is" and rest == "null":
        return lambda row: (value_of(row, column) is None) != negated
    if operator == "in":
        wanted = [parsed(column, one) for one in listed(rest)]
        test = lambda value: value in wanted  # noqa: E731
    elif operator == "like":
        test = lambda value: bool(like(rest.replace("*", "%")).fullmatch(value))  # noqa: E731
    elif operator in TESTS:
        wanted = parsed(column, rest)
        test = lambda value: TESTS[operator](value, wanted)  # noqa: E731
    else:
        raise BadRequest(f"no operator {operator}")
    return lambda row: value_of(row, column) is not None and test(value_of(row, column)) != negated


def postgrest(r):
    given = parse_qsl(urlsplit(r.target).query, keep_blank_values=True)
    tests = [postgrest_test(column, text) for column, text in given if column not in ("limit", "offset", "order")]
    found = [row for row in ROWS if all(test(row) for test in tests)]
    asked = re.fullmatch(r"(\d+)-(\d*)", r.headers.get("Range", "0-"))
    start = int(asked[1])
    page = found[start : min(start + SIZE, int(asked[2] or start + SIZE) + 1)]
    where = f"{start}-{start + len(page) - 1}" if page else "*"
    return 206, page, {"Content-Range": f"{where}/{len(found)}"}


# OData: $filter with and, or, parentheses, comparisons and functions of strings

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|([(),])|([^\s(),']+))")
FUNCTIONS = {
    "startswith": lambda value, other: value.startswith(other),
    "endswith": lambda value, other: value.endswith(other),
    "contains": lambda value, other: other in value,
}


class Filter:
    """A parser by recursive descent; each method returns a test of rows."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if not found:
                raise BadRequest(text[at:])
            quoted, sign, word = found.groups()
            self.tokens.append(("text", quoted.replace("''", "'")) if quoted is not None else ("word", sign or word))
            at = found.end()

    def next(self, *wanted):
        token = self.tokens.pop(0) if self.tokens else ("end", "")
        if wanted and (token[0] != "word" or token[1] not in wanted):
            raise BadRequest(f"{token[1]} instead of {wanted}")
        return token

    def ahead(self, word):
        return bool(self.tokens) and self.tokens[0] == ("word", word)

    def whole(self):
        test = self.either()
        if self.tokens:
            raise BadRequest(f"{self.tokens[0][1]} at the end")
        return test

    def either(self):
        tests = [self.both()]
        while self.ahead("or"):
            self.next()
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self):
        tests = [self.one()]
        while self.ahead("and"):
            self.next()
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self):
        word = self.next()[1]
        if word == "(":
            test = self.either()
            self.next(")")
            return test
        if word in FUNCTIONS:
            self.next("(")
            column = self.next()[1]
            self.next(",")
            kind, text = self.next()
            self.next(")")
            if kind != "text":
                raise BadRequest(text)
            return lambda row: value_of(row, column) is not None and FUNCTIONS[word](value_of(row, column), text)
        return self.comparison(word)

    def comparison(self, column):
        operator = self.next("eq", "ne", "lt", "le", "gt", "ge")[1]
        kind, text = self.next()
        if (kind, text) == ("word", "null"):
            return lambda row: (value_of(row, column) is None) == (operator == "eq")
        if (kind == "text") != (TYPES.get(column) is str):
            raise BadRequest(f"{column} {operator} {text}")
        wanted = parsed(column, text)

        def test(row):
            value = value_of(row, column)
            return operator == "ne" if value is None else TESTS[operator](value, wanted)

        return test


# SOQL: one clause; text is compared without case

_SOQL = re.compile(r"([\w.]+) (=|!=|<=|>=|<|>|LIKE|IN|NOT IN) (.+)", re.DOTALL)
_SOQL_TEXT = re.compile(r"'((?:[^'\\]|\\['\\%_])*)'")
_SOQL_TESTS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def soql_test(clause):
    found = _SOQL.fullmatch(clause)
    if not found:
        raise BadRequest(clause)
    column, operator, rest = found[1].replace(".", "/"), found[2], found[3]
    value = lambda row: folded(value_of(row, column))  # noqa: E731
    if rest == "null":
        return lambda row: (value(row) is None) == (operator == "=")
    if operator.endswith("IN"):
        wanted = [soql_value(column, one) for one in re.findall(r"'(?:[^'\\]|\\.)*'|[^(),]+", rest[1:-1])]
        return lambda row: (value(row) in wanted) == (operator == "IN")
    if operator == "LIKE":
        pattern = like(_SOQL_TEXT.fullmatch(rest)[1].lower())
        return lambda row: value(row) is not None and bool(pattern.fullmatch(value(row)))
    wanted = soql_value(column, rest)
    compare = TESTS[_SOQL_TESTS[operator]]
    return lambda row: operator == "!=" if value(row) is None else compare(value(row), wanted)


def folded(value):
    return value.lower() if isinstance(value, str) else value


def soql_value(column, text):
    quoted = _SOQL_TEXT.fullmatch(text)
    if bool(quoted) != (TYPES[column] is str):
        raise BadRequest(text)
    return folded(parsed(column, re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text))


# A search: one clause of a bool query; text is cut into words, but for long ones, and no field of its own is `day`


def search_test(query):
    ((kind, about),) = query.items()
    if kind == "bool":
        some = [search_test(one) for one in about.get("should", [])]
        none = [search_test(about["must_not"])] if "must_not" in about else []
        return lambda row: (not some or any(one(row) for one in some)) and not any(one(row) for one in none)
    if kind == "exists":
        return lambda row: indexed(row, about["field"]) is not None
    ((field, wanted),) = about.items()
    if kind == "match":
        words = words_of(wanted["query"])
        return lambda row: indexed(row, field) is not None and words <= words_of(indexed(row, field))
    ((operator, bound),) = wanted.items()
    limit = parsed(field.replace(".", "/"), str(bound))
    return lambda row: indexed(row, field) is not None and TESTS[operator](indexed(row, field), limit)


def words_of(value):
    return set(re.findall(r"\w+", value.lower())) if isinstance(value, str) else {value}


def indexed(row, field):
    value = value_of(row, field.replace(".", "/"))
    return None if field == "day" or (isinstance(value, str) and len(value) > 5) else value


def odata(r):
    test = Filter(r.query["$filter"]).whole() if "$filter" in r.query else lambda row: True
    found = [row for row in ROWS if test(row)]
    start = int(r.query.get("$skiptoken", 0))
    answer = {"@odata.count": len(found), "value": found[start : start + SIZE]}
    if start + SIZE < len(found):
        answer["@odata.nextLink"] = f"{r.base}{r.path}?{urlencode({**r.query, '$skiptoken': start + SIZE})}"
    return answer


def answer(r):
    try:
        return (postgrest if r.path == "/postgrest" else odata)(r)
    except BadRequest as problem:
        return 400, json.dumps({"error": {"code": "22P02", "message": f"bad filter: {problem}"}})
