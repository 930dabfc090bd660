#!/usr/bin/env python3
"""The lists of well-known APIs (tests/data/apis, played by tests/servers/played.py), each read without being told how.

    lists.py [WORD]     TAP; the environment has RESTSRC, the tool; WORD: only lists with it in their name or file

Of each list, at several lengths, `restsrc check` and `restsrc read --paginate auto` are asked. `check`: the style that
must be found, "*" where several read it, "?" where none need be, "" where it is not asked. Then all records come once
and in their order, by the command line that check printed, too; by six requests at the most, none of them twice unless
that is to see whether the order holds still. Where it is not found out, at odd lengths, that is 76 and nothing written,
never wrong records. `preset`: options that read it as well. `count`: the API counts exactly.

`list`: [NAME, FOLDER]: the preset's list of that name, of which the server has path, in FOLDER.

With `traps` a list is read by its preset where something is missing or counted wrongly: a list of [N, OPTIONS, READ,
COUNT]. READ and COUNT are an exit code, or text that must be said, or both as [CODE, TEXT]; COUNT may be a number as
text. What is read with 0 and without a word must be all; what is counted with 0 must be true.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "servers"))
import loopback  # noqa: E402
from played import Played  # noqa: E402

MOUNTED = []
LOCK = threading.Lock()


class Handler(loopback.Quiet):
    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        played = MOUNTED[int(self.path.split("/")[1])]
        status, tree, headers = played.answer(self.command, self.path, self.headers, body)
        raw = json.dumps(tree).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": len(raw)} | headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = handle_request


class Trial:
    """One list at one length."""

    def __init__(self, case, n, url):
        with LOCK:
            MOUNTED.append(None)
            number = len(MOUNTED) - 1
        self.case, self.n = case, n
        self.played = MOUNTED[number] = Played(case, n, f"{url}/{number}")
        self.list = f"{url}/{number}{case['path']}"
        name, folder = case.get("list", ("", ""))
        self.by_name = ["--base-url", f"{url}/{number}{folder}", name] if name else [self.list]
        self.options = case.get("options", [])
        self.problems = []

    def run(self, *arguments):
        self.played.begin()
        command = [os.environ["RESTSRC"], *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def wrong(self, what, done):
        lines = (done.stdout[-300:] + done.stderr[-600:]).splitlines()
        self.problems += [f"n={self.n}: {what}", *("    " + line for line in lines)]

    def judge_requests(self, what, done):
        """Of discovery: six at the most, none twice."""
        asked = self.played.log
        again = [one for one in asked if asked.count(one) > 1 and not done.returncode]
        if len(asked) > 6:
            self.wrong(f"{what}: {len(asked)} requests", done)
        if again:
            self.wrong(f"{what}: asked twice for {again[0]}", done)

    def judge_records(self, what, done, must):
        wanted = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in self.played.records())
        if done.returncode == 0 and done.stdout != wanted:
            self.wrong(f"{what}: {done.stdout.count(chr(10))} records, not {self.n}, or others", done)
        elif done.returncode not in ((0,) if must else (0, 76)):
            self.wrong(f"{what}: exit {done.returncode}", done)

    def check(self, must):
        style = self.case["check"]
        done = self.run("check", *self.options, self.list)
        self.judge_requests("check", done)
        if done.returncode not in ((0,) if must else (0, 76)):
            return self.wrong(f"check: exit {done.returncode}", done)
        if done.returncode:
            return None
        line = re.search(r"^shell: +restsrc (.*)$", done.stdout, re.M)
        found = re.search(r"--paginate ([a-z-]+)", done.stdout)[1]
        if must and "count" in self.case and f"count:    {self.n} (" not in done.stdout:
            self.wrong("check: the count is not found", done)
        if must and style not in ("*", "?") and found != style:
            self.wrong(f"check: found {found} instead of {style}", done)
        return self.judge_records("the line of check", self.run(*shlex.split(line[1])), must)

    def all(self, must):
        if self.case["check"] and (must or self.case["check"] == "?"):
            self.check(must)
        if self.case["check"]:
            done = self.run("read", "--paginate", "auto", *self.options, self.list)
            self.judge_records("auto", done, must)
        if "preset" in self.case:
            self.by_preset()
        return self.problems

    def spring(self, options, read, count):
        """Of `traps`."""
        for what, wanted in (("read", read), ("count", count)):
            if wanted is None:
                continue
            done = self.run(what, *self.case["preset"], *options, *self.by_name)
            code, text = (
                wanted if isinstance(wanted, list) else (wanted, "") if isinstance(wanted, int) else (0, wanted)
            )
            if done.returncode != code or text not in done.stdout + done.stderr:
                self.wrong(f"{what} {' '.join(options)}: exit {done.returncode}, not {wanted}", done)
            if what == "read" and code == 0 and not text:
                self.judge_records("preset", done, True)
            if code == 0 and not text and done.stderr:
                self.wrong(f"{what}: says something", done)
        return self.problems

    def by_preset(self):
        done = self.run("read", *self.case["preset"], *self.options, *self.by_name)
        self.judge_records("preset", done, True)
        done = self.run("count", *self.case["preset"], *self.options, *self.by_name)
        if "count" in self.case and done.stdout.strip() != str(self.n):
            self.wrong(f"preset: counts {done.stdout.strip()}", done)
        elif "count" not in self.case and done.returncode == 0 and done.stdout.strip() != str(self.n):
            self.wrong("preset: counts where the API does not", done)


def lengths(case):
    """One record, a full page, one record more, several pages."""
    ways = case["pages"] if isinstance(case["pages"], list) else [case["pages"]]
    size = min(ways[-1].get("default", 20), 100)
    return [1, size, size + 1, 2 * size + size // 2 + 1]


def judge(number, case, url):
    if "traps" in case:
        problems = [line for n, *rest in case["traps"] for line in Trial(case, n, url).spring(*rest)]
        return number, case, problems
    most = lengths(case)
    problems = [line for n in most for line in Trial(case, n, url).all(n == most[-1] and case["check"] != "?")]
    return number, case, problems


def tell(number, case, problems):
    text = f"{'not ok' if problems else 'ok'} {number} - {case['file']}: {case['name']}\n"
    sys.stdout.write(text + "".join(f"# {line}\n" for line in problems))
    sys.stdout.flush()
    return not problems


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    cases = [
        {"file": file.stem} | case
        for file in sorted((HERE / "data/apis").glob("*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]
    cases = [case for case in cases if word in case["file"] + ": " + case["name"]]
    server = loopback.start(Handler)
    print(f"1..{len(cases)}", flush=True)
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda pair: judge(*pair, server.url), enumerate(cases, 1))
        good = [tell(number, case, problems) for number, case, problems in told]
    server.shutdown()
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
