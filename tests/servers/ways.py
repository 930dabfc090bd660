#!/usr/bin/env python3
"""One small API, and the ways to it that a network may have: a table that tests run read, write and Spark through.

    ways.py FOLDER [--until-eof]

FOLDER takes certificates, keys and the log of nginx. It prints the URL of the API itself once all listen; FOLDER/ways
has a line `NAME URL OPTION...` for each way: a proxy that speaks TLS, a name that is reached by IPv6 only, mutual TLS,
HTTP/2. What can't be had here (no nginx, no IPv6) is left out.

GET /items: 250 records, by offset and limit; /items/count. POST or PUT /items keeps the records of a list; GET /stored
has them. Each way begins with /NAME, and has a store of its own. FOLDER/access.log (see nginx_server.py) and
FOLDER/proxy.log say how the requests came.
"""

import asyncio
import os
import signal
import socket
import ssl
import sys
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import nginx_server
import small

RECORDS, LOCK, STORED = 250, threading.Lock(), {}


def answer(r):
    name, place = r.path.split("/")[1:3]
    stored = STORED.setdefault(name, [])
    if place == "stored":
        return stored
    if r.method != "GET":
        with LOCK:
            stored.extend(r.json)
        return 201, {}
    if r.path.endswith("/count"):
        return {"count": RECORDS}
    first = int(r.query["offset"])
    return [{"id": i} for i in range(first, min(first + int(r.query["limit"]), RECORDS))]


class Api(ThreadingHTTPServer):
    daemon_threads = True
    answer = staticmethod(answer)


class Api6(Api):
    address_family = socket.AF_INET6


def serve(kind, address):
    server = kind((address, 0), small.Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


async def pump(source, target):
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


async def tunnel(reader, writer, log):
    """CONNECT alone: what is asked through it is TLS of its own."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, target = head.decode().split()[:2]
    with log.open("a") as file:
        file.write(f"{method} {target}\n")
    answers, server = await asyncio.open_connection(*target.rsplit(":", 1))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await asyncio.gather(pump(reader, server), pump(answers, writer))


def proxy(folder):
    """A proxy that speaks TLS; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    loop = asyncio.new_event_loop()

    async def take(reader, writer):
        with suppress(OSError, asyncio.IncompleteReadError):
            await tunnel(reader, writer, folder / "proxy.log")

    server = loop.run_until_complete(asyncio.start_server(take, "127.0.0.1", 0, ssl=context))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return server.sockets[0].getsockname()[1]


def has_nginx():
    with suppress(SystemExit):
        return bool(nginx_server.find_nginx())
    return False


def start_nginx(folder, port):
    nginx_server.certificates(folder)
    return nginx_server.start(folder, f"http://127.0.0.1:{port}")


def serve6():
    """The port of a server of ::1 alone, which no other server gets on 127.0.0.1: its name has both addresses."""
    port = serve(Api6, "::1")
    taken = serve6.taken = socket.socket()
    taken.bind(("127.0.0.1", port))
    return port


def ways(folder, ports):
    """Names, URLs and options."""
    if socket.has_ipv6:
        with suppress(OSError):
            yield "ipv6", f"http://six.localhost:{serve6()}", ""
    if ports:
        ca, tls = f"cacert={folder}/ca.pem", f"https://127.0.0.1:{ports['tls']}"
        mutual = f"cert={folder}/client.pem key={folder}/client.key"
        yield "http2", tls, ca
        yield "mutual-tls", f"https://127.0.0.1:{ports['mtls']}", f"{ca} {mutual}"
        yield "https-proxy", tls, f"{ca} proxy=https://127.0.0.1:{proxy(folder)} proxy-cacert={folder}/ca.pem"


def main():
    folder = Path(sys.argv[1]).resolve()
    (folder / "temp").mkdir(parents=True)
    port = serve(Api, "127.0.0.1")
    nginx, ports = start_nginx(folder, port) if has_nginx() else (None, None)

    def end(*_):
        if nginx:
            nginx.terminate()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    lines = [f"{name} {url}/{name} {options}".rstrip() for name, url, options in ways(folder, ports)]
    (folder / "ways").write_text("".join(f"{line}\n" for line in lines))
    print(f"http://127.0.0.1:{port}", flush=True)
    sys.stdin.buffer.read() if "--until-eof" in sys.argv else signal.pause()
    end()


if __name__ == "__main__":
    main()
