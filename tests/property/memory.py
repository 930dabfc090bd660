"""Memory that runs out at any point of a run: the right result or exit code 70, and never half a request or a hang.

    memory.py RESTSRC SERVER SHIM [STEP]

SERVER is raw.py. SHIM is memory.c as a shared object for LD_PRELOAD: it fails the allocation number FAIL_AT. Each
STEPth (13) of the last allocations is failed, which are those of the run itself, after the libraries have started.
"""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from tempfile import mkdtemp

OURS = 700  # so many of the allocations are not the start of the libraries, at the least
RECORDS = b'{"id":1}\n{"id":2}\n{"id":3}\n'


def run(command, stdin, **environment):
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **environment}, timeout=60)


def right(name, done):
    if name == "write":
        receipt = json.loads(done.stdout)
        return receipt["lines_done"] == 3
    return done.stdout == (b"3\n" if name == "count" else RECORDS)


def check(restsrc, server, shim, step):
    token = Path(mkdtemp()) / "token"
    token.write_text("a-token-of-16-ch\n")
    token.chmod(0o600)
    for name in ("read", "count", "write"):
        secret, key = ["--bearer-file", token], ["--idempotency-key", "k"] if name == "write" else []
        command = [restsrc, name, *secret, *key, "--retry", "0", f"{server}/page/memory-{name}"]
        stdin = RECORDS if name == "write" else b""
        total = int(run(command, stdin, LD_PRELOAD=shim, FAIL_AT="0").stderr.split(b"allocations: ")[1])
        for at in range(max(total - OURS, 1), total + 1, step):
            done = run(command, stdin, LD_PRELOAD=shim, FAIL_AT=str(at))
            assert done.returncode in (0, 70, 75), (name, at, done)
            assert done.returncode or right(name, done), (name, at, done)
            assert name == "write" or RECORDS.startswith(done.stdout) or done.stdout == b"3\n", (name, at, done)


def check_requests(server):
    """What was sent was whole, each time."""
    for line in urllib.request.urlopen(f"{server}/_log").read().decode().splitlines():
        if "/memory-" in line:
            method, _, headers = line.split(" ", 2)
            sent = json.loads(headers)
            assert sent.get("authorization") == "Bearer a-token-of-16-ch", line
            assert sent.get("accept", "").startswith("application/json"), line
            assert method == "GET" or sent.get("idempotency-key"), line


if __name__ == "__main__":
    check(*sys.argv[1:4], int(sys.argv[4]) if len(sys.argv) > 4 else 13)
    check_requests(sys.argv[2])
