#!/usr/bin/env python3
"""A name server on 127.0.0.53 that knows one name: dns.py NAME ADDRESS... (IPv4, IPv6).

Names below empty.example exist, too, but have no address; of those below fails.example it says that it failed.
What does not fit into a datagram of 512 bytes it tells by TCP. Another name server, which never answers, is on
127.0.0.55. It prints a line when it listens, and ends after 60 s.
"""

import ipaddress
import socketserver
import struct
import sys
import threading

PLACE = ("127.0.0.53", 53)
SILENT = ("127.0.0.55", 53)
NO_ERROR, FAILURE, NO_SUCH_NAME = 0x8180, 0x8182, 0x8183
KINDS = {1: 4, 28: 6}  # A, AAAA: versions of IP


def question_of(query: bytes) -> bytes:
    return query[12 : query.index(b"\0", 12) + 5]


def without_records(query: bytes, what: int) -> bytes:
    return query[:2] + struct.pack(">HHHHH", what, 1, 0, 0, 0) + question_of(query)


def answer(query: bytes, known: bytes, addresses: "list[bytes]", most: int) -> bytes:
    question = question_of(query)
    name = question[:-5].lower()
    if name.endswith((b"\x05empty\x07example", b"\x05fails\x07example")):
        return without_records(query, NO_ERROR if b"\x05empty" in name else FAILURE)
    if name != known:
        return without_records(query, NO_SUCH_NAME)
    length = {4: 4, 6: 16}.get(KINDS.get(int.from_bytes(question[-4:-2], "big"), 0))
    found = [address for address in addresses if len(address) == length]
    records = [b"\xc0\x0c" + question[-4:] + struct.pack(">IH", 60, len(address)) + address for address in found]
    whole = query[:2] + struct.pack(">HHHHH", NO_ERROR, 1, len(records), 0, 0) + question + b"".join(records)
    return whole if len(whole) <= most else without_records(query, NO_ERROR | 0x0200)  # truncated


def main(name: str, *texts: str) -> None:
    known = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    addresses = [ipaddress.ip_address(text).packed for text in texts]

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            query, sock = self.request
            sock.sendto(answer(query, known, addresses, 512), self.client_address)

    class Silent(socketserver.BaseRequestHandler):
        pass

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            query = self.rfile.read(int.from_bytes(self.rfile.read(2), "big"))
            told = answer(query, known, addresses, 65535)
            self.wfile.write(len(told).to_bytes(2, "big") + told)

    socketserver.TCPServer.allow_reuse_address = True
    servers = [
        socketserver.UDPServer(PLACE, Datagram),
        socketserver.TCPServer(PLACE, Stream),
        socketserver.UDPServer(SILENT, Silent),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("up", flush=True)
    threading.Event().wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
