"""Lists of APIs, played after a table: a list is a JSON object of tests/data/apis that says how the API pages and what
its answers look like.

    name, doc       what it is, and the page that says so
    path            of the list; what a request asks for beside its pages is ignored, unless `unknown` is "refuse" (400)
                    or "filter" (an empty list); `known` names more parameters
    method, data    of the requests (GET)
    require         {"header": {NAME: REGEX}, "query": {NAME: REGEX}, "body": {PATH: REGEX}}: else 401 and 400
    pages           how it pages, or a list of such ways: the first whose `place` or `begin` is asked for, else the last
        by          offset, page, cursor, after (the id of the last record), range, none; scroll: a cursor that stays
                    the same, and the end is an empty page
        id          for after: the member of the record that is asked for (id)
        place, size the parameters; in the body they are PATHs with dots; size null: the size is the server's own
        in          query (default), body, header
        default, cap, over    page size without a parameter; the most; "refuse": 400 for more
        base        the number of the first page or record
        begin       the value of `place` that begins the list; without it no cursor is told
        window      a place beyond so many records is refused
        reach       the list ends after so many, whatever the total says
        links       "token": a next link has the place only
    counted         a total says so many at the most
    other           {PATH: answer} of other paths of the API
    filter          [NAME, VALUE, N]: only N records, unless NAME=VALUE is asked for
    hide            every so-manieth record is left out of its page, after it was cut
    record          a record, with {i}
    answer, headers what comes, with the words below in braces; a text that is only a word becomes its value. A member
                    whose name ends with ? is left out where a word in it has no value, and so is an element of a list
    words           records got size total offset page pages more more_text last self (the URL) origin; at the end of
                    the list without a value: next (a URL) next_path next_local (the path after `context`) cursor
                    next_offset next_page remaining; {word|text}: text where it has none
"""

import base64
import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Missing(Exception):
    """A word that has no value."""


def word_of(words, text):
    name, bar, other = text.partition("|")
    value = words[name]
    if value is None and not bar:
        raise Missing(name)
    return other if value is None else value


def fill(shape, words, strict=False):
    """The shape with its words filled in. One without a value is null, or Missing where strict."""
    if isinstance(shape, dict):
        return dict(member for name, value in shape.items() for member in fill_member(name, value, words, strict))
    if isinstance(shape, list):
        return [item for value in shape for item in fill_item(value, words)]
    if not isinstance(shape, str):
        return shape
    try:
        if re.fullmatch(r"\{[a-z_]+(\|[^}]*)?\}", shape):
            return word_of(words, shape[1:-1])
        return re.sub(r"\{([a-z_]+(\|[^}]*)?)\}", lambda m: str(word_of(words, m[1])), shape)
    except Missing:
        if strict:
            raise
        return None


def fill_member(name, value, words, strict):
    try:
        yield name.removesuffix("?"), fill(value, words, strict or name.endswith("?"))
    except Missing:
        if not name.endswith("?"):
            raise


def fill_item(value, words):
    try:
        yield fill(value, words, True)
    except Missing:
        return


def lookup(tree, path):
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


class Played:
    """One list of n records."""

    def __init__(self, case, n, base):
        self.case, self.base = case, base
        shape = case.get("record", {"id": "{i}", "name": "record {i}"})
        self.rows = [fill(shape, {"i": i}) for i in range(1, n + 1)]
        self.log = []
        self.scrolled = 0

    def begin(self):
        """Nobody has asked yet."""
        self.log.clear()
        self.scrolled = 0

    def visible(self, rows, first):
        hide = self.case.get("hide")
        return [row for i, row in enumerate(rows, first + 1) if not hide or i % hide]

    def records(self):
        return self.visible(self.rows, 0)

    def answer(self, method, target, headers, body):
        self.log.append((method, target, headers.get("Range"), body))
        try:
            return self.make(method, target, headers, body)
        except Refused as refused:
            return refused.status, {"error": str(refused)}, {}

    # ---- what is asked for ----

    def make(self, method, target, headers, body):
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = parts.path
        if method != self.case.get("method", "GET"):
            raise Refused(405, "method not allowed")
        if not path.endswith(self.case["path"]):
            return self.aside(path, query)
        given = {"query": query, "header": headers, "body": json.loads(body or "{}")}
        self.check(given)
        way = self.choose(given)
        self.check_unknown(query)
        return self.page(way, given, f"{self.base}{path}", query)

    def filtered(self, query):
        """The records that the query leaves."""
        name, value, n = self.case.get("filter", ("", None, None))
        return self.rows if query.get(name) == value else self.rows[:n]

    def aside(self, path, query):
        """What the API has at other paths, such as its count."""
        for name, answer in self.case.get("other", {}).items():
            if path.endswith(name):
                return 200, fill(answer, {"total": min(len(self.filtered(query)), self.case.get("counted", 10**9))}), {}
        raise Refused(404, "not found")

    def check(self, given):
        need = self.case.get("require", {})
        for name, pattern in need.get("header", {}).items():
            if not re.fullmatch(pattern, given["header"].get(name, "")):
                raise Refused(401, f"header {name} is missing or wrong")
        for name, pattern in need.get("query", {}).items():
            if not re.fullmatch(pattern, given["query"].get(name, "")):
                raise Refused(400, f"parameter {name} is missing or wrong")
        for name, pattern in need.get("body", {}).items():
            if not re.fullmatch(pattern, str(lookup(given["body"], name))):
                raise Refused(400, f"member {name} is missing or wrong")

    def ways(self):
        pages = self.case["pages"]
        return pages if isinstance(pages, list) else [pages]

    def asked(self, way, name, given):
        if not way.get(name):
            return None
        where = given[way.get("in", "query")]
        return lookup(where, way[name]) if way.get("in") == "body" else where.get(way[name])

    def choose(self, given):
        for way in self.ways():
            if self.asked(way, "place", given) is not None:
                return way
        return self.ways()[-1]

    def check_unknown(self, query):
        known = {way.get(name) for way in self.ways() for name in ("place", "size")} | set(self.case.get("known", ()))
        known.add(self.case.get("filter", [None])[0])
        unknown = [name for name in query if name not in known]
        if unknown and self.case.get("unknown") == "refuse":
            raise Refused(400, f"unknown parameter {unknown[0]}")
        if unknown and self.case.get("unknown") == "filter":
            self.rows_asked = []
        else:
            self.rows_asked = self.filtered(query)

    # ---- what comes ----

    def size(self, way, given):
        asked = self.asked(way, "size", given)
        if asked is None:
            return way.get("default", 20)
        if not str(asked).isdigit() or int(asked) < 1:
            raise Refused(400, f"invalid value of {way['size']}")
        cap = way.get("cap", 100)
        if int(asked) > cap and way.get("over") == "refuse":
            raise Refused(400, f"{way['size']} is {cap} at most")
        return min(int(asked), cap)

    def start(self, way, size, given):
        """The record that the page begins with, counted from 0."""
        asked = self.asked(way, "place", given)
        if asked is None or asked == way.get("begin"):
            return 0
        if way["by"] in ("offset", "page"):
            if not re.fullmatch(r"-?\d+", str(asked)):
                raise Refused(400, f"invalid value of {way['place']}")
            number = max(0, int(asked) - way.get("base", 1 if way["by"] == "page" else 0))
            return number * size if way["by"] == "page" else number
        if way["by"] == "after":
            ids = [str(row[way.get("id", "id")]) for row in self.rows]
            if str(asked) not in ids:
                raise Refused(400, f"invalid value of {way['place']}")
            return ids.index(str(asked)) + 1
        if way["by"] == "scroll":
            return self.scrolled
        try:
            kind, place = base64.urlsafe_b64decode(str(asked)).decode().split(":")
            assert kind == "place"
            return int(place)
        except (ValueError, AssertionError):
            raise Refused(400, f"invalid value of {way['place']}") from None

    def page(self, way, given, url, query):
        if way["by"] == "range":
            return self.by_range(given["header"])
        rows = self.rows_asked
        size = len(rows) if way["by"] == "none" else self.size(way, given)
        first = self.start(way, size, given)
        self.scrolled = first + size
        if first + size > way.get("window", first + size):
            raise Refused(400, "too deep: use a cursor")
        page = self.visible(rows[first : first + size], first)
        there = min(len(rows), way.get("reach", len(rows)))
        page = page[: max(0, there - first)]
        after = first + size if first + size < there else None
        told = after is not None and ("begin" not in way or self.asked(way, "place", given) is not None)
        words = self.words(way, size, first, after, told, url, query) | {"records": page, "got": len(page)}
        headers = dict(member for member in self.headers(words))
        return self.case.get("status", 200), fill(self.case["answer"], words), headers

    def words(self, way, size, first, after, told, url, query):
        number = way.get("base", 1) + first // size if size else 1
        token = base64.urlsafe_b64encode(f"place:{after}".encode()).decode() if told and way["by"] == "cursor" else None
        last = self.rows[after - 1]["id"] if told and way["by"] == "after" else None
        base = way.get("base", 0)
        place = {"offset": told and after + base, "page": number + 1, "cursor": token, "after": last}.get(way["by"])
        asked = {} if way.get("links") == "token" else dict(query)
        if told and way.get("in", "query") == "query":
            asked[way.get("place")] = place
        link = f"{url}?{urlencode(asked)}" if told else None
        total = min(len(self.rows_asked), self.case.get("counted", len(self.rows_asked)))
        there = min(len(self.rows_asked), way.get("reach", len(self.rows_asked)))
        return {
            "size": size,
            "total": total,
            "offset": first + (base if way["by"] == "offset" else 0),
            "page": number,
            "pages": -(-there // size) if size else 0,
            "more": after is not None,
            "last": after is None,
            "next": link,
            "next_path": link and urlsplit(link)._replace(scheme="", netloc="").geturl(),
            "next_local": link and link[len(self.base + self.case.get("context", "")) :],
            "more_text": str(after is not None).lower(),
            "self": url,
            "origin": self.base,
            "cursor": token,
            "next_offset": after,
            "next_page": number + 1 if told else None,
            "remaining": total - after if told else None,
        }

    def headers(self, words):
        for name, value in self.case.get("headers", {}).items():
            try:
                yield name, str(fill(value, words, True))
            except Missing:
                continue

    def by_range(self, headers):
        """PostgREST: Range: 0-9; the count is told when it is asked for."""
        found = re.fullmatch(r"(?:items=)?(\d+)-(\d+)", headers.get("Range", "0-99999"))
        first, last = int(found[1]), int(found[2])
        total = len(self.rows) if "count=exact" in headers.get("Prefer", "") else "*"
        page = self.rows[first : last + 1][: self.ways()[0].get("cap", 1000)]
        if not page and first:
            return 416, {"message": "Requested range not satisfiable"}, {"Content-Range": f"*/{total}"}
        span = f"{first}-{first + len(page) - 1}" if page else "*"
        return 200, page, {"Content-Range": f"{span}/{total}"}
