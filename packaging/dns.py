#!/usr/bin/env python3
"""A name server on 127.0.0.53 that knows one name, which is 127.0.0.1: dns.py NAME. It prints a line when it listens,
and ends after 60 s."""

import socket
import struct
import sys


def answer(query: bytes, known: bytes) -> bytes:
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    kind = struct.unpack(">H", question[-4:-2])[0]
    name = question[:-5].lower()
    found = name == known and kind == 1
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1") if found else b""
    code = 0x8180 if name == known else 0x8183  # no such name
    return query[:2] + struct.pack(">HHHHH", code, 1, len(record) and 1, 0, 0) + question + record


def main(name: str) -> None:
    known = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.53", 53))
        server.settimeout(60)
        print("up", flush=True)
        while True:
            query, sender = server.recvfrom(512)
            server.sendto(answer(query, known), sender)


if __name__ == "__main__":
    main(sys.argv[1])
