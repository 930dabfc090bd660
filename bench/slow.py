"""Pages that take a while: python slow.py FOLDER SECONDS. The URL is the first line; ends when stdin ends."""

import asyncio
import sys
import urllib.parse
from pathlib import Path

folder, seconds = Path(sys.argv[1]), float(sys.argv[2])


async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(head.split(b" ", 2)[1].decode()).query))
            await asyncio.sleep(seconds)
            file = folder / f"{query.get('offset')}-{query.get('limit')}.json"
            status, body = ("200 OK", file.read_bytes()) if file.exists() else ("404 Not Found", b"{}")
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/items", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)


asyncio.run(main())
