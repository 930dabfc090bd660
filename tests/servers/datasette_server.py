#!/usr/bin/env python3
"""A real server: datasette over a small SQLite table, which pages by a token (next, to be sent as _next) and by whole
URLs (next_url).

    datasette_server.py [--rows N] [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens
    datasette_server.py [--rows N] --records         print the rows as NDJSON: what a correct reader must write

The list is /plain/items.json?_shape=objects, with _size rows a page.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path


def rows(n):
    for i in range(1, n + 1):
        yield {
            "id": i,
            "name": f'n\u00e4me "{i}" \U0001f600',
            "half": i / 2,
            "big": 9007199254740993 + 2 * i,
            "none": None,
        }


def make(path, n):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, half REAL, big INTEGER, none TEXT)")
    database.executemany("INSERT INTO items VALUES (:id, :name, :half, :big, :none)", rows(n))
    database.commit()
    database.close()


def serve(path):
    import uvicorn
    from datasette.app import Datasette

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            print(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True)

    app = Datasette([str(path)], settings={"max_returned_rows": 1000}).app()
    Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")).run()


def end_with_stdin():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main():
    arguments = argparse.ArgumentParser(description="datasette over a small table.")
    arguments.add_argument("--rows", type=int, default=1000)
    arguments.add_argument("--records", action="store_true", help="print the rows and end")
    arguments.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    options = arguments.parse_args()
    if options.records:
        for row in rows(options.rows):
            print(json.dumps(row, separators=(",", ":")))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.db"
        make(path, options.rows)
        if options.until_eof:
            threading.Thread(target=end_with_stdin, daemon=True).start()
        serve(path)


if __name__ == "__main__":
    main()
