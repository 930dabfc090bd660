"""The fault server's pagination styles. Each is a row of STYLES: where a request wants its page to begin, and how an
answer leads to the next one. A page begins at a position: an offset, or OFFSET.K for the K-th of the empty pages that
the word gap puts there.

    /SCENARIO/items       offset and limit
    /SCENARIO/pages       page (from 1) and page_size
    /SCENARIO/cursor      cursor and limit; the body has next_cursor
    /SCENARIO/last-id     starting_after and limit; the body has has_more
    /SCENARIO/next        the body has the URL of the next page
    /SCENARIO/link        a Link header has it
    /SCENARIO/range       Range and Content-Range, as PostgREST does it
    /SCENARIO/whole       the whole list at once

Words about all of them
    names=PLACE:LIMIT          names of the two parameters
    in=query|header|body       where the parameters are looked for; body: a POST of a JSON object (names may have dots)
    json                       parameters are JSON text: texts have quotes
    size=N                     records in a page when no limit is sent (100)
    repeat                     the place asked for is ignored
    short=K:M                  the page that starts at offset K gives only M records
    insert=OFFSET:K            pages from OFFSET on are those of a list that K records were added in front of
    hide=K                     record K is left out of its page, which is shorter for it; may repeat
    put=PATH:JSON              another member of the body
    put-at=OFFSET:PATH:JSON    the same, of the page that starts there
    hole=OFFSET                the page that starts there is empty
    total-at=OFFSET:JSON       the total that pages from OFFSET on tell
    link[=FORM]                a Link header: plain, many (links in it), headers (many of them), quoted, relative, odd,
                               rels, single (apostrophes for quotes), bare (no brackets), broken, results (a next link
                               on every page, which says whether there is anything)
pages:  base=0                 pages are counted from 0
        past=last              a page past the end is the last page again
cursor, last-id, next, link:
    next=PATH|header:NAME      where the next cursor or URL is (next_cursor, next)
    more[=PATH], more=none     has_more, true or false (last-id has it unless none)
    end=null|empty|false|absent|stay   what the last page tells for next; stay: a cursor that leads to an empty page
                                       with itself
    cursor=odd|plain|number|object     what cursors look like (odd: all that must be percent-encoded)
    fresh                      no cursor is given twice
    scroll                     cursor: the server keeps the place; every page has the same cursor
    circle=OFFSET:TO           the page that ends at OFFSET leads on to TO
    gap=OFFSET[:K]             K (1) empty pages before the page that starts at OFFSET
    no-next=OFFSET             the page that starts at OFFSET leads nowhere
    inclusive                  last-id: the page begins with the record of that id
    gone=K                     last-id: record K is not there any more
    form=absolute|path|relative|query|network|http|foreign|ftp   how URLs are written
range:  shift=K                the page begins K records later than asked
        no-range               no Content-Range is told
whole:  ndjson[=TYPE]          one record a line, as that Content-Type (application/x-ndjson)
        huge=BYTES             an array of the n records over and over, until it has so many bytes
"""

import json
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from scenario import Answer, Refused, error

FIRST_ID = 9007199254740993  # of records.odd(0); ids are two apart


class Style(NamedTuple):
    names: str
    locate: Callable  # (s, request) -> position
    tell: (
        Callable  # (s, request, tree, answer, after): says in the body or a header that the next page begins at `after`
    )
    target: Callable = None  # (s, request, position) -> query string for links; None: place=POSITION


def put(tree, path, value):
    *above, name = path.split(".")
    for step in above:
        tree = tree.setdefault(step, {})
    tree[name] = value


def render(tree):
    if isinstance(tree, bytes):
        return tree
    return b"{" + b", ".join(json.dumps(k).encode() + b": " + render(v) for k, v in tree.items()) + b"}"


def bad(text):
    return Refused(error(400, text))


# Where the page begins.


def names(s, request):
    return s.get("names", request.style.names).split(":")


def number(s, request, name, default):
    try:
        value = int(request.param(s, name, default))
    except ValueError:
        value = -1
    if value < 0:
        raise bad(f"{name} is no natural number")
    return value


def limit_of(s, request):
    limit = number(s, request, names(s, request)[1], s.number("size", 100))
    return min(limit, s.number("cap", limit))


def by_offset(s, request):
    return str(number(s, request, names(s, request)[0], 0))


def by_page(s, request):
    base = s.number("base", 1)
    page = number(s, request, names(s, request)[0], base)
    if page < base:
        raise Refused(error(404, "no such page"))
    if s.get("past") == "last":
        page = min(page, base + (s.n - 1) // request.limit)
    return str((page - base) * request.limit)


def by_place(s, request):
    """A cursor or a link of our own."""
    if "scroll" in s.words and s.pages:
        return str(request.limit * s.pages)
    token = request.param(s, names(s, request)[0], None)
    if token in (None, ""):
        return "0"
    found = re.search(r"[0-9.]+", token)
    if not found or ("fresh" not in s.words and token != cursor_text(s, found[0])):
        raise bad(f"no cursor of ours: {token}")
    return found[0]


def by_last_id(s, request):
    last = request.param(s, names(s, request)[0], None)
    if last in (None, ""):
        return "0"
    if not last.isdigit() or int(last) < FIRST_ID or (int(last) - FIRST_ID) % 2:
        raise bad(f"no id of ours: {last}")
    return str((int(last) - FIRST_ID) // 2 + ("inclusive" not in s.words))


def by_range(s, request):
    asked = re.fullmatch(r"(\d+)-(\d+)?", request.headers.get("Range", "0-"))
    if not asked:
        raise bad("Range is not FIRST-LAST")
    first = int(asked[1]) + s.number("shift", 0)
    request.limit = min(request.limit, int(asked[2]) - int(asked[1]) + 1) if asked[2] else request.limit
    if counts(s, request) and first >= s.n and first:
        raise Refused(Answer(416, b'{"message":"Requested range not satisfiable"}', {"Content-Range": f"*/{s.n}"}))
    return str(first)


def counts(s, request):
    return "content-range" in s.words or request.headers.get("Prefer") == "count=exact"


def by_nothing(s, request):
    request.limit = s.n
    return "0"


# How the next page is told. `after` is its position, or None behind the last one.


def cursor_text(s, place):
    kind = s.get("cursor", "plain" if s.get("in") == "header" else "odd")
    return {"odd": f'o{place}+/=& %2B"\u00e9?#', "plain": f"p{place}", "number": place, "object": f'{{"at": {place}}}'}[
        kind
    ]


def cursor_json(s, place):
    text = cursor_text(s, place)
    return (text if s.get("cursor") in ("number", "object") else json.dumps(text)).encode()


def fresh(s, text):
    return f"{text}~{s.pages}" if "fresh" in s.words else text


END = {"null": b"null", "empty": b'""', "false": b"false", "-1": b"-1", "absent": None, "stay": None}


def tell_next(s, tree, answer, name, value, header):
    """At a PATH of the body, or in a header; value None: the end."""
    where, _, header_name = name.partition(":")
    if where == "header":
        if value is not None:
            answer.headers[header_name] = header
    elif value is not None:
        put(tree, name, value)
    elif END[s.get("end", "null")] is not None:
        put(tree, name, END[s.get("end", "null")])


def tell_more(s, tree, after, default):
    more = s.get("more", "has_more" if "more" in s.words or default else "none")
    if more != "none":
        put(tree, more, b"false" if after is None else b"true")


def tell_cursor(s, request, tree, answer, after):
    text = after and fresh(s, cursor_text(s, after))
    if "scroll" in s.words:
        after = after and "1"
        text = after and cursor_text(s, after)
    value = after and (cursor_json(s, after) if "fresh" not in s.words else json.dumps(text).encode())
    tell_next(s, tree, answer, s.get("next", "next_cursor"), value, text)
    tell_more(s, tree, after, False)


def tell_last_id(s, request, tree, answer, after):
    tell_more(s, tree, after, True)


def tell_url(s, request, tree, answer, after):
    url = after and link_to(s, request, after, s.get("form", "absolute"))
    tell_next(s, tree, answer, s.get("next", "next"), url and json.dumps(url).encode(), url)
    tell_more(s, tree, after, False)


def tell_nothing(*_):
    pass


def tell_range(s, request, tree, answer, after):
    got = request.got
    span = f"{request.offset}-{request.offset + got - 1}" if got else "*"
    total = s.get("content-range", str(s.n)) if counts(s, request) else "*"
    if "no-range" not in s.words:
        answer.headers["Content-Range"] = f"{span}/{total}"
    answer.status = 206 if total != "*" and got < s.n else 200


# Links.


def query_of(s, request, place):
    place_name, limit_name = names(s, request)
    if request.style.target:
        place = request.style.target(s, request, place)
    else:
        place = fresh(s, cursor_text(s, place))
    sent = f"&{limit_name}={request.limit}" if limit_name in request.query else ""
    return f"?{quote(place_name)}={quote(place)}{sent}"


def link_to(s, request, place, form):
    host, path, query = request.headers["Host"], request.path.partition("?")[0], query_of(s, request, place)
    scheme = "https" if request.server.secure else "http"
    return {
        "absolute": f"{scheme}://{host}{path}{query}",
        "path": f"{path}{query}",
        "relative": path.rpartition("/")[2] + query,
        "query": query,
        "network": f"//{host}{path}{query}",
        "http": f"http://{host}{path}{query}",
        "foreign": f"{scheme}://localhost:{request.server.server_address[1]}{path}{query}",
        "ftp": f"ftp://{host}{path}{query}",
    }[form]


def last_place(s, request):
    return str(max(s.n - 1, 0) // request.limit * request.limit)


def link_headers(s, request, answer, after):
    """The word link: a header with a link to the next page, among others."""
    form = s.get("link", "plain")
    shape = "query" if form == "relative" else s.get("form", "absolute")

    def url(place):
        return link_to(s, request, place, shape)

    links = [f'<{url(after)}>; rel="next"'] if after else []
    first, last = f'<{url("0")}>; rel="first"', f'<{url(last_place(s, request))}>; rel="last"'
    if form in ("many", "headers"):
        links = [first, *links, last]
    if form == "quoted":
        links = [
            f'<{url("0")}>; title="a, <b>; rel=\\"next\\", <c>;rel=next"; rel=first',
            *(f'<{url(after)}>; title="1, 2; \\"3\\""; rel="next"' for _ in links),
        ]
    if form == "odd":
        links = [
            f"<{url('0')}>;rel=prefetch;rel=next",
            *(f"<{url(after)}> ;title*=UTF-8''n%c3%a4chste; x ; type=\"a/b\" ;\tREL = next" for _ in links),
        ]
    if form == "rels":
        links = [
            f'<{url("0")}>; rel="nextish prev-next"',
            *(f'<{url(after)}>; rel="https://example.org/more NEXT"' for _ in links),
        ]
    if form == "single":
        links = [f"<{url('0')}>; rel='first'", *(f"<{url(after)}>; rel='next'" for _ in links)]
    if form == "bare":
        links = [f"{url('0')}; rel=first", *(f"{url(after)}; rel=next" for _ in links)]
    if form == "broken":
        links = [f"<{url(after)}; rel=next" for _ in links]
    if form == "results":
        links = [f'<{url(after or s.n)}>; rel="next"; results="{"true" if after else "false"}"']
    if links:
        answer.headers["Link"] = links if form == "headers" else ", ".join(links)


STYLES = {
    "items": Style("offset:limit", by_offset, tell_nothing, lambda s, request, place: place),
    "pages": Style(
        "page:page_size",
        by_page,
        tell_nothing,
        lambda s, request, place: str(int(place) // request.limit + s.number("base", 1)),
    ),
    "cursor": Style("cursor:limit", by_place, tell_cursor),
    "last-id": Style("starting_after:limit", by_last_id, tell_last_id),
    "next": Style("place:limit", by_place, tell_url),
    "link": Style("place:limit", by_place, tell_nothing),
    "range": Style("-:-", by_range, tell_range),
    "whole": Style("-:-", by_nothing, tell_nothing),
}


# The page.


def total_text(s, offset):
    word = s.get("total", str(s.n))
    for start, text in s.pairs("total-at"):
        word = text if offset >= int(start) else word
    if word.startswith("grow:"):
        return str(s.n + int(word[5:]) * (s.pages - 1))
    return {"none": None, "zero": "0"}.get(word, word)


def rows_of(s, request):
    limit = request.limit
    for k, m in s.parts("short"):
        limit = min(limit, int(m)) if int(k) == request.offset else limit
    if request.place != str(request.offset) or str(request.offset) in s.words.get("hole", ()):  # one of the empty pages
        limit = 0
    first = request.offset - sum(int(k) for k_from, k in s.parts("insert") if request.offset >= int(k_from))
    end = min(first + limit, s.n)
    left_out = {int(k) for word in ("hide", "gone") for k in s.words.get(word, ())}
    rows = s.rows[first:end]
    if left_out:
        rows = [row for i, row in enumerate(rows, first) if i not in left_out]
    return rows, end


def after_of(s, request, end):
    """Where the next page begins; None: there is none."""
    if str(request.offset) in s.words.get("no-next", ()):
        return None
    for at, to in s.parts("circle"):
        if int(at) == end:
            return to
    base, _, step = request.place.partition(".")
    for part in s.parts("gap"):
        count = int(part[1]) if len(part) > 1 else 1
        if step and int(part[0]) == int(base):
            return f"{base}.{int(step) + 1}" if int(step) < count else base
        if not step and int(part[0]) == end:
            return f"{end}.1"
    return str(end) if end < s.n or s.get("end") == "stay" else None


def place(s, request):
    """Sets where the page begins and how long it may be."""
    request.limit = limit_of(s, request)
    request.place = request.style.locate(s, request)
    if "repeat" in s.words:
        request.place = "0"
    request.offset = int(request.place.partition(".")[0])


def page(s, request):
    rows, end = rows_of(s, request)
    request.got = len(rows)
    after = after_of(s, request, end)
    with s.lock:
        s.pages += 1
        total = total_text(s, request.offset)
    answer, tree = Answer(), {}
    request.style.tell(s, request, tree, answer, after)
    if "link" in s.words or request.style is STYLES["link"]:
        link_headers(s, request, answer, after)
    if "header-total" in s.words:
        answer.headers[s.get("header-total", "X-Total-Count")] = total or ""
    if "content-range" in s.words and "Content-Range" not in answer.headers:
        span = f"{request.offset}-{request.offset + len(rows) - 1}" if rows else "*"
        answer.headers["Content-Range"] = f"items {span}/{s.get('content-range', total) or '*'}"
    whole_body(s, answer, rows) if "ndjson" in s.words or "huge" in s.words else page_body(
        s, request.offset, answer, rows, total, tree
    )
    return answer


def page_body(s, offset, answer, rows, total, tree):
    body = b"[" + b", ".join(rows) + b"]"
    answer.body = body if s.get("envelope") == "array" else envelope(s, offset, body, total, tree)


def envelope(s, offset, rows, total, told):
    tree = {}
    if "noise" in s.words:
        tree = {
            "links": b'[{"rel":"next","href":"?x=]}"}]',
            "meta": {"results_url": b'"\\"results\\":["', "pages": b"[[1],[]]"},
        }
    if total is not None:
        put(tree, s.get("total-name", "total"), total.encode())
    put(tree, s.get("envelope", "results"), rows)
    if "noise" in s.words:
        tree["facets"] = b'{"results":[1,2,{"data":[]}],"total":-7}'
        tree["next"] = b"null"
    merge(tree, told)
    for path, value in s.pairs("put"):
        put(tree, path, value.encode())
    for start, rest in s.pairs("put-at"):
        if int(start) == offset:
            path, _, value = rest.partition(":")
            put(tree, path, value.encode())
    return render(tree)


def merge(tree, more):
    for name, value in more.items():
        if isinstance(value, dict):
            merge(tree.setdefault(name, {}), value)
        else:
            tree[name] = value


def whole_body(s, answer, rows):
    if "huge" in s.words:
        answer.pieces = huge(s, rows)
    else:
        answer.body = b"".join(row + b"\n" for row in rows)
    if "ndjson" in s.words:
        answer.type = s.get("ndjson", "application/x-ndjson")


def huge(s, rows):
    """The records over and over until the list has that many bytes."""
    lines = "ndjson" in s.words
    block = (b"\n" if lines else b", ").join(rows)
    size = s.number("huge", 0)
    yield b"" if lines else b"["
    for sent in range(0, size, len(block)):
        yield block + (b"\n" if lines else b", " if sent + len(block) < size else b"]")
