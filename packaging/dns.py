#!/usr/bin/env python3
"""A name server on 127.0.0.53 that knows one name: dns.py NAME ADDRESS... (IPv4, IPv6).

Names below empty.example exist, too, but have no address.
What does not fit into a datagram of 512 bytes it tells by TCP. It prints a line when it listens, and ends after 60 s.
"""

import ipaddress
import socketserver
import struct
import sys
import threading

PLACE = ("127.0.0.53", 53)
KINDS = {1: 4, 28: 6}  # A, AAAA: versions of IP


def answer(query: bytes, known: bytes, addresses: "list[bytes]", most: int) -> bytes:
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    if question[:-5].lower().endswith(b"\x05empty\x07example"):
        return query[:2] + struct.pack(">HHHHH", 0x8180, 1, 0, 0, 0) + question
    if question[:-5].lower() != known:
        return query[:2] + struct.pack(">HHHHH", 0x8183, 1, 0, 0, 0) + question  # no such name
    length = {4: 4, 6: 16}.get(KINDS.get(int.from_bytes(question[-4:-2], "big"), 0))
    found = [address for address in addresses if len(address) == length]
    records = [b"\xc0\x0c" + question[-4:] + struct.pack(">IH", 60, len(address)) + address for address in found]
    whole = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0) + question + b"".join(records)
    return whole if len(whole) <= most else query[:2] + struct.pack(">HHHHH", 0x8380, 1, 0, 0, 0) + question


def main(name: str, *texts: str) -> None:
    known = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    addresses = [ipaddress.ip_address(text).packed for text in texts]

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            query, sock = self.request
            sock.sendto(answer(query, known, addresses, 512), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            query = self.rfile.read(int.from_bytes(self.rfile.read(2), "big"))
            told = answer(query, known, addresses, 65535)
            self.wfile.write(len(told).to_bytes(2, "big") + told)

    socketserver.TCPServer.allow_reuse_address = True
    with socketserver.UDPServer(PLACE, Datagram) as datagrams, socketserver.TCPServer(PLACE, Stream) as streams:
        for server in (datagrams, streams):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        print("up", flush=True)
        threading.Event().wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
