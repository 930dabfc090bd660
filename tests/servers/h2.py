#!/usr/bin/env python3
"""A server of HTTP/2 that ends each stream as soon as its headers have come; the body of the request is never read.

    h2.py CERT KEY WAY

WAY is goaway (it has taken no stream, it says), refused (REFUSED_STREAM), reset (INTERNAL_ERROR, and nothing said
before), 400 (that status, then NO_ERROR: RFC 9113, section 8.1) or 400-at-once (in one TLS record). It prints
`https://127.0.0.1:PORT` once it listens, and ends with SIGTERM. A few frames by hand; only the standard library."""

import contextlib
import socket
import ssl
import sys
import threading

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM = 0, 2, 7
END_STREAM, END_HEADERS = 1, 4
STATUS_400 = b"\x8c"  # in the static table of HPACK
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def code(number):
    return number.to_bytes(4, "big")


def receive(sock, n):
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def answer(sock, stream, way):
    ends = {"refused": REFUSED_STREAM, "reset": INTERNAL_ERROR}
    if way == "goaway":
        sock.sendall(frame(GOAWAY, 0, 0, code(0) + code(NO_ERROR)))
        return
    end = frame(RST_STREAM, 0, stream, code(ends.get(way, NO_ERROR)))
    if way.startswith("400"):
        body = b'{"message": "no"}'
        answer = frame(HEADERS, END_HEADERS, stream, STATUS_400) + frame(DATA, END_STREAM, stream, body)
        if way == "400-at-once":
            end = answer + end
        else:
            sock.sendall(answer)
    sock.sendall(end)


def serve(sock, way):
    receive(sock, len(PREFACE))
    sock.sendall(frame(SETTINGS, 0, 0))
    while True:
        head = receive(sock, 9)
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
        payload = receive(sock, int.from_bytes(head[:3], "big"))
        if kind == SETTINGS and not flags & 1:
            sock.sendall(frame(SETTINGS, 1, 0))
        elif kind == PING and not flags & 1:
            sock.sendall(frame(PING, 1, 0, payload))
        elif kind == HEADERS:
            answer(sock, stream, way)


def handle(sock, context, way):
    with contextlib.suppress(OSError), context.wrap_socket(sock, server_side=True) as secure:
        serve(secure, way)


def main(cert, key, way):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"https://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        threading.Thread(target=handle, args=(listener.accept()[0], context, way), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:4])
