"""A POST that must not be sent twice goes over the connection of the one before, where the server says that it stays
open. Servers that end it at random moments, with or without a word: no record is stored twice, the receipt is right.

    kept.py RESTSRC [RUNS [SEED]]
"""

import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from writes import spread

RECORDS = 300
NEVER = 10**9
IDLE = ("at once", "later")  # the connection ends between two requests


class Server:
    """Each connection ends after `after` requests, at the moment `when`."""

    def __init__(self, rng):
        self.says = rng.choice(["keep-alive", "keep-alive", "nothing", "close"])
        self.when = rng.choice([*IDLE, "in the request", "before it is stored", "before the answer"])
        self.how = rng.choice(["end", "reset", "half"])
        self.after = rng.choice([NEVER, 1, rng.randrange(2, 20), rng.randrange(100, RECORDS)])
        self.lag = rng.choice([0, 0.0002, 0.002])
        self.stored, self.connections, self.lock = [], 0, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection, connection.makefile("rb") as source:
                left = self.after
                while left and self.answer(connection, source, left):
                    left -= 1
                self.end(connection)
        except OSError:
            pass

    def answer(self, connection, source, left):
        """False: the connection is to end."""
        last = left == 1
        length = 0
        if not (line := source.readline()) or (last and self.when == "in the request"):
            return False
        while line := source.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        records = json.loads(source.read(length))
        if last and self.when == "before it is stored":
            return False
        with self.lock:
            self.stored += records
        if last and self.when == "before the answer":
            return False
        word = "close" if last and self.says == "close" else "keep-alive"
        said = "" if self.says == "nothing" else f"Connection: {word}\r\n"
        connection.sendall(f"HTTP/1.1 201 Created\r\n{said}Content-Length: 2\r\n\r\n{{}}".encode())
        if last and self.when == "later":
            time.sleep(self.lag)
        return True

    def end(self, connection):
        if self.how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.how == "half":
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(1)
            while connection.recv(65536):
                pass

    def is_honest(self):
        """It ends connections between two requests only, and never one of which it has said that it stays open."""
        return self.when in IDLE and (self.says != "keep-alive" or self.after in (1, NEVER))


def write(program, server):
    url = f"http://127.0.0.1:{server.listener.getsockname()[1]}/items"
    lines = "".join(f'{{"n":{n}}}\n' for n in range(1, RECORDS + 1))
    done = subprocess.run(
        [program, "write", "--batch-size", "1", url],
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    server.listener.close()
    return done


def check(server, done):
    receipt = json.loads(done.stdout)
    stored = [record["n"] for record in server.stored]
    assert len(set(stored)) == len(stored), "a record is there twice"
    unknown = spread(receipt["lines_unknown"])
    known = set(range(1, receipt["lines_done"] + 1)) | spread(receipt["lines_done_later"])
    assert known <= set(stored) <= known | unknown, f"not as the receipt says: {receipt}"
    assert bool(unknown) == (done.returncode == 75), f"exit {done.returncode}: {done.stderr}"
    if server.is_honest():
        assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    if server.says == "nothing" and done.returncode == 0:
        assert server.connections >= RECORDS, "connections were kept of which the server has said nothing"


def main():
    program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    seeds = [int(sys.argv[3])] if len(sys.argv) > 3 else range(runs)
    kept = unknown = 0
    for seed in seeds:
        server = Server(random.Random(seed))
        done = write(program, server)
        try:
            check(server, done)
        except AssertionError as problem:
            told = {name: getattr(server, name) for name in ("says", "when", "how", "after", "lag", "connections")}
            sys.exit(f"seed {seed}: {problem}\n{told}")
        kept += done.returncode == 0 and server.connections < RECORDS
        unknown += done.returncode == 75
    print(f"{len(seeds)} runs, {unknown} with a record that may be stored; in {kept} connections were kept")
    if len(seeds) > 1 and not kept and not os.environ.get("KEEPS_NONE"):
        sys.exit("no connection was ever kept")


if __name__ == "__main__":
    main()
