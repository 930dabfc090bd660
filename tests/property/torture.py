"""Whatever call fails, a run ends, with the right result or an exit code that says why, and never half a request.

    torture.py RESTSRC FAULT SINK SHIM [SHARE]

FAULT and SINK are URLs of fault.py and sink.py. SHIM is torture.c as a shared object for LD_PRELOAD; without SHIM ("")
RESTSRC was linked with it. Each call of malloc, realloc, read (recv), write (send) and poll goes wrong once, or one in
SHARE of them (1), in a read, a count, a write, a check and a read to Arrow: with an errno, interrupted by a signal,
which changes nothing, or with a part of the bytes alone, which changes nothing either.
"""

import collections
import errno
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

LAST = 700  # of the many allocations before them most are the start of the program and its libraries
SENT = [b'{"id":%d}' % n for n in range(1, 8)]
MEMORY, IO = (errno.ENOMEM,), (errno.EIO, errno.EINTR, 0)
HOW = {"malloc": MEMORY, "realloc": MEMORY, "read": IO, "write": IO, "poll": (errno.ENOMEM, errno.EINTR)}
# Out of memory; a file, reading or writing; the network. A curl that can't start for lack of memory may say 75, too.
CODES = {"malloc": {70, 75}, "realloc": {70, 75}, "read": {66, 74, 75}, "write": {74, 75}, "poll": {70, 74, 75}}
SCHEMA = '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}}]}'


class Commands:
    """The command lines, and what each says when nothing fails."""

    def __init__(self, restsrc, fault, sink, shim, folder):
        self.restsrc, self.fault, self.sink, self.shim = restsrc, fault, sink, shim
        self.token, self.schema, self.runs = folder / "token", folder / "schema", 0
        self.token.write_text("a-token-of-16-ch\n")
        self.token.chmod(0o600)
        self.schema.write_text(SCHEMA)

    def words(self, name):
        if name == "write":
            self.stored = f"{self.sink}/keys,id=torture-{os.getpid()}-{self.runs}"
            return ["write", "--batch-size", "3", "--idempotency-key", "k", f"{self.stored}/items"]
        source = f"{self.fault}/kind=flat,n=7,cap=3,id=torture-{name}/items"
        pages = ["--page-size", "3"] if name in ("read", "arrow") else []
        if name == "arrow":
            return ["read", "--output", "arrow", "--schema", self.schema, *pages, source]
        return [name, *pages, source]

    def run(self, name, **fail):
        """The run; what it says of times is left out."""
        self.runs += 1
        command, *words = self.words(name)
        preload = {"LD_PRELOAD": self.shim} if self.shim else {}
        done = subprocess.run(
            [self.restsrc, command, "--retry", "0", "--bearer-file", self.token, *words],
            input=b"\n".join(SENT) + b"\n" if name == "write" else b"",
            capture_output=True,
            env={**os.environ, **preload, **{f"FAIL_{key.upper()}": str(value) for key, value in fail.items()}},
            timeout=60,
        )
        done.stdout = re.sub(rb" in \d+ ms", b"", done.stdout)
        return done

    def get(self, url):
        with urllib.request.urlopen(url) as answer:
            return answer.read()


def problem(commands, name, done, right, kind, how):
    """What is wrong with a run in which something failed, or None."""
    if done.returncode < 0 or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
        return "it crashed or leaked"
    if how in (0, errno.EINTR) and done.returncode:
        return "a call that was interrupted, or moved a part of the bytes, ended it"
    if done.returncode not in {0} | CODES[kind]:
        return "another exit code"
    if done.returncode and not done.stderr and kind != "write":
        return "it does not say why"
    if name == "write":
        return receipt_problem(commands, done)
    if done.returncode == 0 and done.stdout != right:
        return "it says 0, and something is not there"
    if not right.startswith(done.stdout) or (name == "read" and done.stdout[-1:] not in (b"", b"\n")):
        return "its output is not a part of the right one"
    return None


def receipt_problem(commands, done):
    """A line that the receipt, if it came out, does not name is stored if it is before lines_done, and not after it."""
    stored = commands.get(f"{commands.stored}/_stored").split(b"\n")[:-1]
    if len(set(stored)) != len(stored) or not set(stored) <= set(SENT):
        return f"stored: {stored}"
    if not done.stdout:
        return None if done.returncode else "no receipt"
    receipt = json.loads(done.stdout)
    unknown = {n for first, last in receipt["lines_unknown"] for n in range(first, last + 1)}
    for n, line in enumerate(SENT, 1):
        if n not in unknown and (line in stored) != (n <= receipt["lines_done"]):
            return f"line {n}: {receipt}, stored: {stored}"
    return None if done.returncode or receipt["lines_done"] == len(SENT) else f"it says 0: {receipt}"


def points(total, kind, share):
    """All, or one in `share`; of the first allocations fewer."""
    last = max(1, total - LAST) if kind in ("malloc", "realloc") else 1
    return [*range(1, last, 20 * share), *range(last, total + 1, share)]


def torture(commands, share):
    tried, codes = collections.Counter(), collections.Counter()
    for name in ("read", "count", "write", "check", "arrow"):
        whole = commands.run(name, at=0)
        assert whole.returncode == 0, whole
        calls = dict(re.findall(r"calls of (\w+): (\d+)", whole.stderr.decode()))
        for kind, total in calls.items():
            for how in HOW[kind]:
                for at in points(int(total), kind, share):
                    done = commands.run(name, at=at, kind=kind, how=how)
                    wrong = problem(commands, name, done, whole.stdout, kind, how)
                    assert not wrong, (wrong, name, kind, at, how, done)
                    tried[kind] += 1
                    codes[done.returncode] += 1
    return tried, codes


def check_requests(commands):
    """What was sent was whole, each time."""
    for name in ("read", "count", "check", "arrow"):
        url = f"{commands.fault}/kind=flat,n=7,cap=3,id=torture-{name}/_log"
        for line in commands.get(url).splitlines():
            headers = {key.lower(): value for key, value in json.loads(line)["headers"].items()}
            assert headers.get("authorization") == "Bearer a-token-of-16-ch", line
            assert headers.get("accept", "").startswith("application/json"), line


def main(restsrc, fault, sink, shim, share="1"):
    with tempfile.TemporaryDirectory() as folder:
        commands = Commands(restsrc, fault, sink, shim, pathlib.Path(folder))
        tried, codes = torture(commands, int(share))
        check_requests(commands)
    calls = ", ".join(f"{count} of {kind}" for kind, count in tried.items())
    ends = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    print(f"failed calls: {calls}; exit codes: {ends}")


if __name__ == "__main__":
    main(*sys.argv[1:])
