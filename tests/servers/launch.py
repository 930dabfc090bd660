"""For servers that are programs of their own: start one on a free loopback port, print its URL when it answers, end it
on SIGTERM or with --until-eof when stdin ends."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    return parser


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, server):
    """Until it answers, and not with 503: Not yet."""
    while server.poll() is None:
        try:
            return OPEN(url, timeout=30).close()
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return None
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit(f"the server ended with {server.returncode}")


def launch(command, url, until_eof, ready="/", fill=None, environment=None, folder=None):
    """Its output is on stderr, where a test shows it when it fails. fill(url), if there is one, puts records in before
    the URL is printed."""
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **(environment or {})},
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        wait_for(url + ready, server)
        if fill:
            fill(url)
        if until_eof:
            threading.Thread(target=lambda: (sys.stdin.buffer.read(), server.terminate()), daemon=True).start()
        print(url, flush=True)
        server.wait()
    finally:
        server.terminate()
        server.wait()
