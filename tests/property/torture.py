"""Whatever call fails, a run ends, with the right result or an exit code that says why, and never half a request.

    torture.py RESTSRC FAULT SINK SHIM [SHARE [CASE...]]

FAULT and SINK are URLs of fault.py and sink.py. SHIM is torture.c as a shared object for LD_PRELOAD; without SHIM ("")
RESTSRC was linked with it. Each call of malloc, realloc, read (recv), write (send), poll, open and of those that make
files last goes wrong once, or one in SHARE of them (1), in each of CASES: with an errno, interrupted by a signal, which
changes nothing, or with a part of the bytes alone, which changes nothing either.
"""

import collections
import errno
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request

LAST = 700  # of the many allocations before them most are the start of the program and its libraries
MEMORY, IO = (errno.ENOMEM,), (errno.EIO, errno.EINTR, 0)
HOW = {"malloc": MEMORY, "realloc": MEMORY, "read": IO, "write": IO, "poll": (errno.ENOMEM, errno.EINTR)}
HOW |= {"open": (errno.EMFILE,), "file": (errno.ENOSPC, errno.EIO)}
# Out of memory; a file, reading or writing; the network. A curl that can't start for lack of memory may say 75, too.
CODES = {"malloc": {70, 75}, "realloc": {70, 75}, "read": {66, 74, 75}, "write": {74, 75}, "poll": {70, 74, 75}}
CODES |= {"open": {66, 70, 74, 75, 77}, "file": {66, 74, 75}}
TOKEN = "a-token-of-16-ch"
SCHEMA = '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}}]}'
PAGES = ("--page-size", "3")
STRETCH = ("--since", "2024-01-01T00:00:00Z", "--until", "2024-01-03T00:00:00Z")
CONFIG = "retry = 0\n[one]\nurl = http://127.0.0.1:1\n# Three records a page.\n[three]\npage-size = 3\nurl = "


def lines(*texts):
    return b"".join(text + b"\n" for text in texts)


class Case:
    """A command line, and what is wrong with its end. `right` is what it wrote when nothing failed."""

    stdin, right = b"", b""

    def __init__(self, name, *words, n=7, stdin=b""):
        self.name, self.given, self.n, self.stdin = name, words, n, stdin

    def words(self, tool):
        return [*self.given, f"{tool.fault}/kind=flat,n={self.n},cap=3,id=torture-{self.name}/items"]

    def login(self, tool):
        return ["--bearer-file", tool.token]

    def prepare(self, tool):
        """Before each run."""

    def problem(self, tool, done):
        if done.returncode == 0 and done.stdout != self.right:
            return "it says 0, and something is not there"
        if not self.right.startswith(done.stdout):
            return "its output is not a part of the right one"
        return None


class Lines(Case):
    def problem(self, tool, done):
        return super().problem(tool, done) or (
            "its last line is torn" if done.stdout[-1:] not in (b"", b"\n") else None
        )


class Check(Case):
    """It may know less than without failures, but nothing else."""

    def problem(self, tool, done):
        known = set(re.findall(rb"^(?:records|pages|count): .*", self.right, re.M))
        told = set(re.findall(rb"^(?:records|pages|count): .*", done.stdout, re.M))
        if done.returncode == 0:
            return None if known and known <= told else "it says 0, and something is not there"
        return "it fails, and knows all" if known and known <= told else None


class Each(Lines):
    """Requests that are made of lines of the input."""

    def words(self, tool):
        return [*self.given, f"{tool.fault}/kind=flat,n=7,id=torture-{self.name}/items"]


class Write(Case):
    """A line that the receipt, if it came out, does not name is stored if it is before lines_done, and not after it."""

    SENT = tuple(b'{"id":%d}' % n for n in range(1, 8))
    BAD = ()

    def __init__(self, name, words, *more):
        super().__init__(name, "write", "--batch-size", "3", "--idempotency-key", "k", *more, stdin=lines(*self.SENT))
        self.scenario = words

    def words(self, tool):
        self.stored = f"{tool.sink}/{self.scenario},id=torture-{self.name}-{os.getpid()}-{tool.runs}"
        return [*self.given, f"{self.stored}/items"]

    def problem(self, tool, done):
        stored = tool.get(f"{self.stored}/_stored").split(b"\n")[:-1]
        if len(set(stored)) != len(stored) or not set(stored) <= {line for line in self.SENT if line not in self.BAD}:
            return f"stored: {stored}"
        if not done.stdout:
            return None if done.returncode else "no receipt"
        receipt = json.loads(done.stdout)
        unknown = {n for first, last in receipt["lines_unknown"] for n in range(first, last + 1)}
        later = {n for first, last in receipt["lines_done_later"] for n in range(first, last + 1)}
        for n, line in enumerate(self.SENT, 1):
            done_with = n <= receipt["lines_done"] or n in later
            if n not in unknown and (line in stored) != (done_with and line not in self.BAD):
                return f"line {n}: {receipt}, stored: {stored}"
        if done.returncode == 0 and receipt["lines_done"] != len(self.SENT):
            return f"it says 0: {receipt}"
        return self.more_problems(tool, done, receipt)

    def more_problems(self, tool, done, receipt):
        return None


class Rejects(Write):
    """One bad record: it is in the reject file if the receipt counts it, and the file of ids has a line for each."""

    SENT = (*Write.SENT[:4], b'{"id":5,"bad":true}', *Write.SENT[5:])
    BAD = SENT[4:5]

    def __init__(self, name, words):
        super().__init__(name, words)
        self.given += (
            "--reject-file",
            "FOLDER/rejects",
            "--ids",
            "id",
            "--ids-file",
            "FOLDER/ids",
            "--max-rejects",
            "1",
        )

    def more_problems(self, tool, done, receipt):
        rejects = tool.file("rejects").splitlines()
        if receipt["rejected"] and [json.loads(line)["line"] for line in rejects] != [5]:
            return f"{receipt}, and the reject file is {rejects}"
        if done.returncode == 0 and len(tool.file("ids").splitlines()) != len(self.SENT):
            return f"it says 0, and the file of ids is {tool.file('ids')}"
        return None


class State(Lines):
    """To a file, with a state: the file has its name when it is whole; the same command again makes it so."""

    def __init__(self, name, *words):
        super().__init__(name, "read", *PAGES, "--state", "FOLDER/state", "--output", "FOLDER/list", *words)

    def problem(self, tool, done):
        if not self.right:
            self.right = tool.file("list")
        if done.stdout or (done.returncode == 0 and tool.file("list") != self.right):
            return "it says 0, and the list is not in the file"
        if tool.file("list") not in (b"", self.right):
            return f"what has its name is not whole: {tool.file('list')}"
        if done.returncode:
            again = tool.run(self, again=True)
            if again.returncode or tool.file("list") != self.right:
                return f"the run after it: {again}, {tool.file('list')}"
        return None


class Resumed(State):
    """The second run after a first that a server's failure ended: on the state and the part that it left."""

    def words(self, tool):
        own = f"id=torture-{self.name}-{os.getpid()}"  # it fails once
        return [*self.given, f"{tool.fault}/kind=flat,n=7,cap=3,{own},fail=503:1:3/items"]

    def prepare(self, tool):
        kept = tool.folder / f"kept-{self.name}"
        if not kept.exists():
            assert tool.run(self, again=True).returncode == 75
            assert tool.file("list.part") == self.first(tool), tool.file("list.part")
            shutil.copytree(tool.own, kept)
        shutil.rmtree(tool.own)
        shutil.copytree(kept, tool.own)

    def first(self, tool):
        return tool.get(f"{tool.fault}/kind=flat,n=7/_records?limit=3")


class Printed(Lines):
    """To standard output, with a state: what a run that failed and the next one have written is the whole list."""

    def problem(self, tool, done):
        wrong = super().problem(tool, done)
        if wrong or not done.returncode:
            return wrong
        again = tool.run(self, again=True)
        both = set((done.stdout + again.stdout).splitlines())
        if again.returncode or both != set(self.right.splitlines()):
            return f"the run after it: {again}"
        return None


class Login(Lines):
    """A token is asked for, and kept in the cache of the user; kept: by the run before."""

    def __init__(self, name, kept=False):
        super().__init__(name, "read", *PAGES)
        self.kept = kept

    def login(self, tool):
        secret = ("--oauth-client-id", "me", "--oauth-client-secret-file", tool.token)
        return ["--oauth-token-url", tool.token_url, *secret]

    def prepare(self, tool):
        if self.kept:
            assert tool.run(self, again=True).returncode == 0


class Configured(Lines):
    """The URL is in the file."""

    def words(self, tool):
        return self.given


class Listed(Each):
    """Lists of which one is not there: if the run ends well, each is whole, or in the file of rejects."""

    def words(self, tool):
        return [*self.given, f"{tool.fault}/kind=flat,n=3,id=torture-{self.name}/{{at}}"]

    def problem(self, tool, done):
        if done.returncode:
            return super().problem(tool, done)
        rejects = {json.loads(line)["line"] for line in tool.file("rejects").splitlines()}
        whole = self.right or done.stdout
        expected = whole[: len(whole) // 2 * (3 - len(rejects))]
        return None if 2 in rejects and done.stdout == expected else f"it says 0, and the reject file has {rejects}"


PLACES = lines(b'{"at":"items"}', b'{"at":"nothing"}', b'{"at":"items"}')
PARENTS = lines(*(b'{"n":%d}' % n for n in range(1, 4)))
CASES = [
    Lines("read", "read", *PAGES),
    Lines("streamed", "read", "--paginate", "none", "--stream", "--compressed"),
    Lines("fields", "read", *PAGES, "--fields", "id", "--records", "$.results[*]", "--envelope-fd", "2"),
    Lines("count", "count"),
    Write("write", "keys"),
    Write("changes", "keys,partial=status", "--compress-body", "--parallel", "2"),
    Rejects("rejects", "keys,partial=status,answer=ids"),
    Check("check", "check"),
    Case("call", "call"),
    # So many records that a batch which a failure ends is as long as the right one.
    Case("arrow", "read", "--output", "arrow", "--schema", "FOLDER/../schema", *PAGES, n=6),
    Case("inferred", "read", "--output", "arrow", *PAGES, n=3),
    Each("lookup", "lookup", "--query", "offset={n}", "--query", "limit=1", stdin=PARENTS),
    Each("each", "read", *PAGES, "--for-each", "-", "--keep", "n", "--query", "parent={n}", stdin=PARENTS),
    State("state"),
    Resumed("resumed"),
    Printed("printed", "read", *PAGES, "--state", "FOLDER/state"),
    Printed("since", "read", *PAGES, "--state", "FOLDER/state", "--since-path", "id"),
    Login("token"),
    Login("kept", kept=True),
    Configured("configured", "read", "--config", "FOLDER/../config", "three"),
    Lines(
        "windows", "read", *PAGES, *STRETCH, "--window", "P1D", "--query", "since={since}", "--query", "until={until}"
    ),
    Listed("listed", "read", *PAGES, "--for-each", "-", "--reject-file", "FOLDER/rejects", stdin=PLACES),
]


class Tokens(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}).encode()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve_tokens():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/token"


class Tool:
    """Runs cases, each in an empty folder."""

    def __init__(self, restsrc, fault, sink, shim, folder):
        self.restsrc, self.fault, self.sink, self.shim, self.folder = restsrc, fault, sink, shim, folder
        self.token, self.own, self.runs = folder / "token", folder / "own", 0
        self.token.write_text(f"{TOKEN}\n")
        self.token.chmod(0o600)
        (folder / "schema").write_text(SCHEMA)
        (folder / "config").write_text(f"{CONFIG}{fault}/kind=flat,n=7,cap=3,id=torture-configured/items\n")
        self.token_url = serve_tokens()

    def run(self, case, again=False, **fail):
        """The run; what it says of times is left out."""
        self.runs += 1
        if not again:
            shutil.rmtree(self.own, ignore_errors=True)
            self.own.mkdir()
            case.prepare(self)
        command, *words = [str(word).replace("FOLDER", str(self.own)) for word in case.words(self)]
        failing = {f"FAIL_{key.upper()}": str(value) for key, value in fail.items()}
        preload = {"LD_PRELOAD": self.shim} if self.shim and fail else {}
        done = subprocess.run(
            [self.restsrc, command, *words[:-1], "--retry", "0", *case.login(self), words[-1]],
            input=case.stdin,
            capture_output=True,
            env={**os.environ, "XDG_CACHE_HOME": self.own, **preload, **failing},
            timeout=60,
        )
        done.stdout = re.sub(rb" in \d+ ms", b"", done.stdout)
        return done

    def get(self, url):
        with urllib.request.urlopen(url) as answer:
            return answer.read()

    def file(self, name):
        path = self.own / name
        return path.read_bytes() if path.exists() else b""


def problem(tool, case, done, kind, how):
    """What is wrong with a run in which something failed, or None."""
    if done.returncode < 0 or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
        return "it crashed or leaked"
    if how in (0, errno.EINTR) and done.returncode:
        return "a call that was interrupted, or moved a part of the bytes, ended it"
    if done.returncode not in {0} | CODES[kind]:
        return "another exit code"
    if done.returncode and not done.stderr and kind != "write":
        return "it does not say why"
    return case.problem(tool, done)


def points(total, kind, share):
    """All, or one in `share`; of the first allocations fewer."""
    last = max(1, total - LAST) if kind in ("malloc", "realloc") else 1
    return [*range(1, last, 20 * share), *range(last, total + 1, share)]


def torture(tool, case, share):
    """How often each kind of call failed, and how the runs ended."""
    tried, codes = collections.Counter(), collections.Counter()
    whole = tool.run(case, at=0)
    assert whole.returncode == 0, whole
    case.right = whole.stdout
    assert not (wrong := case.problem(tool, whole)), wrong
    for kind, total in dict(re.findall(r"calls of (\w+): (\d+)", whole.stderr.decode())).items():
        for how in HOW[kind]:
            for at in points(int(total), kind, share):
                done = tool.run(case, at=at, kind=kind, how=how)
                wrong = problem(tool, case, done, kind, how)
                if wrong:
                    print(wrong, case.name, kind, at, how, done)
                tried[kind] += 1
                codes["wrong"] += bool(wrong)
                codes[done.returncode] += 1
    return tried, codes


def check_requests(tool, cases):
    """What was sent was whole, each time."""
    for case in cases:
        if isinstance(case, (Write, Configured)):
            continue
        for line in tool.get(case.words(tool)[-1].rpartition("/")[0] + "/_log").splitlines():
            headers = {key.lower(): value for key, value in json.loads(line)["headers"].items()}
            assert headers.get("authorization") == f"Bearer {TOKEN}", line
            assert headers.get("accept"), line


def main(restsrc, fault, sink, shim, share="1", *names):
    tried, codes = collections.Counter(), collections.Counter()
    cases = [case for case in CASES if case.name in (names or (case.name,))]
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(restsrc, fault, sink, shim, pathlib.Path(folder))
        for case in cases:
            for total, more in zip((tried, codes), torture(tool, case, int(share)), strict=True):
                total.update(more)
        check_requests(tool, cases)
    wrong = codes.pop("wrong")
    calls = ", ".join(f"{count} of {kind}" for kind, count in tried.items())
    ends = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    print(f"{len(cases)} commands; failed calls: {calls}; exit codes: {ends}; {wrong} went wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
