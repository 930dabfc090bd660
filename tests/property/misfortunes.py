"""Ways in which an answer goes wrong, for scenarios.py: each is a function that gets a connection, the body of the good
answer, and random numbers, and sends what it likes; the connection closes after it."""

import gzip
import socket
import time
import zlib

NUMBERS = [
    "0",
    "-0",
    "-1",
    "1",
    "3",
    "007",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e9",
    "1e400",
    "0x10",
    "NaN",
    "inf",
    "+5",
    "5.5",
    "1_000",
    "1,000",
    "٣",
    "-9223372036854775809",
]
NUMBERS += ["9" * 40, "", " ", "5 5", "5, 5", "5;5", "\t7"]
HEADERS = [
    "Retry-After",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "RateLimit",
    "RateLimit-Policy",
    "X-Total-Count",
    "X-Total",
    "X-WP-Total",
    "Total-Count",
    "Content-Range",
    "Age",
    "Date",
    "Expires",
    "Last-Modified",
    "Cache-Control",
    "Keep-Alive",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Transfer-Encoding",
    "Link",
    "ETag",
    "Location",
    "Vary",
    "Upgrade",
    "Alt-Svc",
    "Strict-Transport-Security",
    "Set-Cookie",
    "Trailer",
    "X-Next-Page",
    "X-Page",
    "X-Per-Page",
]
PLACED = {"Content-Range": "items 0-2/{}", "RateLimit": '"q";r={};t={}', "RateLimit-Policy": '"q";q={};w={}'}
PLACED |= {"Cache-Control": "max-age={}", "Keep-Alive": "timeout={}, max={}", "Content-Type": "application/json; x={}"}
PLACED |= {"Link": '<?offset={}>; rel="nothing"', "Strict-Transport-Security": "max-age={}", "Alt-Svc": 'h3=":{}"'}


def head(*lines, status="200 OK", length=None):
    length = [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/json", *length, *lines, "", ""]).encode()


def whole(body, *lines, **more):
    return head(*lines, length=len(body), **more) + body


def chunked(body, size=100):
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def framed(rng, body):
    """A good answer, in one of the ways to say where it ends; the last is that the connection ends."""
    return rng.choice(
        [
            whole(body),
            head("Transfer-Encoding: chunked") + chunked(body) + b"0\r\n\r\n",
            whole(gzip.compress(body), "Content-Encoding: gzip"),
            head("Connection: close") + body,
        ]
    )


# ---- the ways ----

WAYS = {}  # {name: (function, exit codes)}


def way(*codes):
    """CODES: with which a run may end where it goes wrong each time."""

    def add(function):
        WAYS[function.__name__] = (function, {0, *codes})
        return function

    return add


@way(75, 76)  # 76: a body that the end of the connection ends is empty where it has not begun
def cut(c, body, rng, at=None):
    """At any byte of the first kilobyte, and more often of the first few."""
    answer = framed(rng, body)
    at = at if at is not None else min(rng.randrange(1024), rng.randrange(1024))
    c.send(answer[:at])


@way(75)
def reset(c, body, rng):
    c.send(framed(rng, body)[: rng.randrange(700)])
    time.sleep(0.01)
    c.reset()


@way(75)
def stall(c, body, rng):
    c.send(framed(rng, body)[: rng.choice([0, 5, 100, 300])])
    c.receive(1 << 30)


@way()
def drip(c, body, rng):
    answer, size = framed(rng, body), rng.choice([1, 2, 3, 7])
    for at in range(0, len(answer), size):
        c.send(answer[at : at + size])


@way()
def half_closed(c, body, rng):
    c.send(framed(rng, body))
    c.sock.shutdown(socket.SHUT_WR)
    c.receive(1 << 30)


LIES = [
    "X-Total-Count: 3",
    "Content-Range: items 0-2/3",
    "Retry-After: 60",
    "Content-Length: 5",
    "Content-Encoding: gzip",
]
LIES += ['Link: <?offset=0>; rel="next"', 'RateLimit: "q";r=0;t=60', "Transfer-Encoding: x", "Location: /elsewhere"]


@way()
def informational(c, body, rng):
    """Answers before the answer, whose headers are none of it."""
    for _ in range(rng.choice([1, 3, 20])):
        lines = rng.sample(LIES, 3)
        c.send("\r\n".join([f"HTTP/1.1 {rng.choice([100, 102, 103, 110, 199])} X", *lines, "", ""]).encode())
    c.send(whole(body))


@way()
def trailers(c, body, rng):
    """Headers after the body, which are none of it either."""
    lines = "\r\n".join([*rng.sample(LIES, 3), "", ""]).encode()
    c.send(head("Transfer-Encoding: chunked", "Trailer: X-Total-Count") + chunked(body) + b"0\r\n" + lines)


@way(75)
def two_answers(c, body, rng):
    """A second answer comes with the first: it is not that to the next request."""
    other = rng.choice([b"[]", b'{"results":[],"total":0}', b'{"results":[{"id":7}],"total":1}', b"[{},{},{}]"])
    c.send(whole(body) + whole(other))
    c.receive(1 << 30)


STATUS_LINES = [b"", b"HTTP", b"HTTP/1.1", b"http/1.1 200 OK", b"ICY 200 OK", b"\0\1\2", b"x" * 70000]
STATUS_LINES += [b"HTTP/%s 200 OK" % version for version in (b"9.9", b"0.9", b"1.0", b"1.1 ", b"")]
STATUS_LINES += [
    b"HTTP/1.1 %s Odd" % status for status in b"abc 99999 2000 -200 000 100 101 199 204 205 206 299 304 306 599".split()
]


@way(75, 76)
def status_line(c, body, rng):
    line = rng.choice(STATUS_LINES)
    c.send(line + whole(body)[len("HTTP/1.1 200 OK") :])


@way(75, 76)
def wrong_length(c, body, rng):
    length = rng.choice([len(body) - 1, len(body) + 1, len(body) // 2, len(body) * 2, 0, *NUMBERS])
    c.send(head(length=length) + body)


@way(75, 76)
def two_lengths(c, body, rng):
    c.send(head(f"Content-Length: {rng.choice([0, 1, len(body), len(body) + 9])}", length=len(body)) + body)


@way(75, 76)
def both_framings(c, body, rng):
    length = rng.choice([0, 5, len(body), 10**9])
    coding = rng.choice(["chunked", "Chunked", "gzip, chunked", "chunked, gzip", "identity", "x", "chunked, chunked"])
    c.send(head(f"Transfer-Encoding: {coding}", length=length) + chunked(body) + b"0\r\n\r\n")


WRONG_CHUNKS = [line + b"\r\n" for line in (b"-5", b"zz", b"f" * 18, b"7" + b"f" * 15, b"", b"5 5", b"0")]
WRONG_CHUNKS += [b"5", b"0", b"5;" + b"x" * 70000 + b"\r\n", b"0\r\nX: " + b"y" * 70000, b"0\r\nX\r\n\r\n"]
WRONG_CHUNKS += [b"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"]


@way(75, 76)
def wrong_chunks(c, body, rng):
    good = chunked(body)
    bad = rng.choice(WRONG_CHUNKS)
    at = rng.choice([0, len(good), rng.randrange(len(good))])
    c.send(head("Transfer-Encoding: chunked") + good[:at] + bad)


@way(75, 76)
def endless_head(c, body, rng):
    c.send(b"HTTP/1.1 200 OK\r\n")
    line = rng.choice([b"X-A: b\r\n", b"x" * 1000, b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n", b": \r\n"])
    while True:
        c.send(line * 50)


@way(75, 76)
def endless_body(c, body, rng):
    c.send(head("Transfer-Encoding: chunked"))
    piece = rng.choice([b" ", b"[", b'{"results":[1,1', b"x", b'"' + b"x" * 900, body[:-1]])
    c.for_ever(piece * 50)


@way(75, 76)
def bomb(c, body, rng):
    coding, compress = rng.choice([("gzip", gzip.compress), ("deflate", zlib.compress)])
    coded = compress(rng.choice([b" ", b"[1,", b'{"results":[', b"\0"]) * rng.choice([200_000, 3_000_000]))
    c.send(whole(coded * rng.choice([1, 2]), f"Content-Encoding: {coding}"))


@way(75, 76)
def wrong_coding(c, body, rng):
    coded = gzip.compress(body)
    coding = rng.choice(["gzip", "deflate", "br", "gzip, gzip", "x", "identity"])
    at = rng.randrange(len(coded))
    bent = coded[:at] + bytes([coded[at] ^ (1 + rng.randrange(255))]) + coded[at + 1 :]
    c.send(whole(rng.choice([body, coded, coded[:at], bent]), f"Content-Encoding: {coding}"))


@way(69, 75, 76)
def redirect(c, body, rng):
    elsewhere = ["//", "http://127.0.0.1:1/", "ftp://127.0.0.1/", "?", "http:///", "\\\\x"]
    place = rng.choice([c.target, c.target + "&x", *elsewhere])
    c.send(whole(b"", f"Location: {place}", status=f"{rng.choice([301, 302, 303, 307, 308, 300])} Moved"))


@way(69, 75, 76)
def odd_header(c, body, rng):
    lines = []
    for name in rng.sample(HEADERS, rng.randrange(1, 4)):
        value = PLACED.get(name, "{}").replace("{}", rng.choice(NUMBERS))
        lines.append(f"{name}: {value}")
    status = rng.choice(["200 OK", "200 OK", "429 Slow", "503 Busy", "500 Odd"])
    c.send(whole(body if status[0] == "2" else b"{}", *lines, status=status))


# What takes a time-out each is drawn less often.
NAMES = [
    name for name in WAYS for _ in range(1 if name in ("stall", "half_closed", "endless_head", "two_answers") else 4)
]
