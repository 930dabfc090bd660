"""What goes wrong before, in and after a page: a small function for each of the fault server's words about failure."""

import gzip
import json
import time
import zlib
from email.utils import formatdate

import records
from scenario import Answer, Drop, at, error

# Before the page: the first of GATES to return an answer wins.


def gate_delay(s, request):
    for part in s.parts("delay"):
        if at(part, 1, request.offset):
            time.sleep(float(part[0]))


def gate_barrier(s, request):
    for clients, offset in s.parts("barrier"):
        n = int(clients)
        if request.offset is not None and request.offset >= int(offset):
            with s.lock:
                s.lock.wait_for(lambda n=n: s.seen.get("barrier") or s.open >= n, 5)
                s.seen["barrier"] = 1
                s.lock.notify_all()


def gate_require(s, request):
    for name, value in s.parts("require-query"):
        if request.query.get(name) != [value]:
            return error(400, f"query parameter {name} is missing or wrong")
    for path, value in s.pairs("require-body"):
        if request.member(path) != value:
            return error(400, f"member {path} of the body is missing or wrong")
    for name, value in s.pairs("require-header"):
        if request.headers.get(name) != value:
            answer = error(401, f"header {name} is missing or wrong")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer


def gate_fail(s, request):
    for part in s.parts("fail"):
        if at(part, 2, request.offset) and s.first(("fail", *part), part[1]):
            if part[0] == "drop":
                raise Drop
            return error(int(part[0]))
    for part in s.parts("status"):
        if at(part, 1, request.offset):
            return Answer(int(part[0]), s.get("body-of").encode()) if "body-of" in s.words else error(int(part[0]))


def gate_redirect(s, request):
    for part in s.parts("redirect"):
        here = request.path.replace("/items", "/moved", 1)
        port = request.server.server_address[1]
        target = {
            "same": here,
            "other": f"http://localhost:{port}{here}",
            "loop": request.path,
            "bare": here.partition("?")[0],
        }[part[0]]
        if "/moved" not in request.path:
            return Answer(int(part[1]) if len(part) > 1 else 302, headers={"Location": target})


BODIES = {
    "html": ("text/html; charset=utf-8", b"<!DOCTYPE html>\n<html><body><form>Please log in</form></body></html>\n"),
    "garbage": ("application/json", b"\x00\xff\xfe\x80 not JSON \x1b[31m\r\n"),
    "blank": ("application/json", b""),
    "error200": ("application/json", b'{"error":{"code":"E42","message":"the database is away"}}'),
}


def gate_body(s, request):
    if request.what == "count" and "count" in s.words:
        return None
    for word, (kind, body) in BODIES.items():
        if word in s.words and at(["", s.get(word, "")], 1, request.offset):
            return Answer(body=body, type=kind)
    if "body" in s.words:
        return Answer(body=s.get("body", "").encode(), type=s.get("type", "application/json"))
    if "body-file" in s.words:
        with open(s.get("body-file"), "rb") as file:
            return Answer(body=file.read(), type=s.get("type", "application/json"))


def gate_answers(s, request):
    """The k-th request gets what line K of the file says, those after the last one the last."""
    if "answers" not in s.words:
        return None
    with open(s.get("answers"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    with s.lock:
        k = s.seen["answers"] = s.seen.get("answers", 0) + 1
    port, here = request.server.server_address[1], request.path.partition("?")[0]
    line = json.loads(lines[min(k, len(lines)) - 1].replace("SELF", f"http://127.0.0.1:{port}{here}"))
    body = line.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(line.get("status", 200), text.encode(), line.get("headers", {}))


def gate_count(s, request):
    if request.what != "count":
        return None
    if "nocount" in s.words:
        return error(int(s.get("nocount", 404)))
    if s.get("count") == "html":
        return Answer(body=BODIES["html"][1], type=BODIES["html"][0])
    return Answer(body=s.get("count", '{"total": %N}').replace("%N", str(s.n)).encode())


def gate_past(s, request):
    past = s.get("past", "empty")
    if past not in ("empty", "last") and 0 < request.offset >= s.n:
        return error(int(past), "past the end")


GATES = (
    gate_delay,
    gate_barrier,
    gate_require,
    gate_fail,
    gate_redirect,
    gate_answers,
    gate_body,
    gate_count,
    gate_past,
)


# After the page.


def shape(s, request, answer):
    """What the words about the body do to a page."""
    body = records.pretty(answer.body) if "pretty" in s.words else answer.body
    body = (b"\xef\xbb\xbf" if "bom" in s.words else b"") + body + b" " * int(s.get("pad", 0))
    for part in s.parts("truncate"):
        if at(part, 0, request.offset) and s.first(("truncate", *part), part[2] if len(part) > 2 else None):
            body = body[: int(part[1])]
    answer.body = body


def interrupt(s, request, answer):
    """Where in the (encoded) body the answer breaks off, if it does."""
    for part in s.parts("cut"):
        if at(part, 0, request.offset) and s.first(("cut", *part), part[2] if len(part) > 2 else 1):
            stop = int(part[1])
            answer.stop = stop if stop >= 0 else len(answer.body) + stop
    for part in s.parts("hang"):
        if at(part, 0, request.offset) and s.first(("hang", *part), part[1] if len(part) > 1 and part[1] else None):
            answer.stop, answer.then = int(part[2]) if len(part) > 2 else -1, "hang"


def retry_after(s):
    value, _, ahead = s.get("retry-after", "").partition(":")
    if value == "date":
        value = formatdate(time.time() + float(ahead or 2), usegmt=True)
    return {"Retry-After": value} if value else {}


# The body's compression.


def flushed(body):
    """gzip whose last block and trailer are missing, though all of the body is there."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH)


GZIP = {
    None: lambda body: gzip.compress(body, 1),
    "force": lambda body: gzip.compress(body, 1),
    "members": lambda body: gzip.compress(body[: len(body) // 2]) + gzip.compress(body[len(body) // 2 :]) + bytes(100),
    "cut": flushed,
}


def compress(s, request, answer):
    if not answer.body:
        return
    if "gzip" in s.words and ("gzip" in request.headers.get("Accept-Encoding", "") or s.get("gzip") == "force"):
        answer.body = GZIP[s.get("gzip")](answer.body)
        answer.headers["Content-Encoding"] = "gzip"
    if "deflate" in s.words:
        answer.body = zlib.compress(answer.body)[2:-4] if s.get("deflate") == "bare" else zlib.compress(answer.body)
        answer.headers["Content-Encoding"] = "deflate"
    if "encoded" in s.words:
        answer.headers["Content-Encoding"] = s.get("encoded")
