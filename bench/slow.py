"""Pages that take a while: python slow.py FOLDER SECONDS [BYTES_PER_SECOND]. A Link header leads to the next one. The
URL is the first line; ends when stdin ends."""

import asyncio
import sys
import urllib.parse
from pathlib import Path

folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
speed = int(sys.argv[3]) if len(sys.argv) > 3 else None
TICK = 0.01  # seconds


def link(query):
    """To the next page, where there is one."""
    size = query.get("limit", "100")
    after = int(query.get("offset", 0)) + int(size)
    there = (folder / f"{after}-{size}.json").exists()
    return f'Link: </items?offset={after}&limit={size}>; rel="next"\r\n' if there else ""


async def send(writer, body):
    piece = max(1, int(speed * TICK)) if speed else len(body)
    for at in range(0, len(body), piece):
        writer.write(body[at : at + piece])
        await writer.drain()
        await asyncio.sleep(TICK if speed else 0)


async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(head.split(b" ", 2)[1].decode()).query))
            await asyncio.sleep(seconds)
            file = folder / f"{query.get('offset', 0)}-{query.get('limit', 100)}.json"
            status, body = ("200 OK", file.read_bytes()) if file.exists() else ("404 Not Found", b"{}")
            head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}{link(query)}\r\n".encode())
            await send(writer, body)
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/items", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)


asyncio.run(main())
