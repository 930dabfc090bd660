#!/usr/bin/env python3
"""What documented APIs answer to a batch, and whether restsrc write takes each answer as the API's document says.

    answers.py [CASES...]     TAP; the environment has RESTSRC, the tool; CASES: the files in tests/data/answers:
                              documented.ndjson is after the documents of APIs, reported.ndjson after reports of users,
                              shapes.ndjson has shapes without either

A case is a line of JSON: api, doc (where the API's document is), seen (where its text was looked up: that document, a
specification or a client that the vendor publishes, or a report; without it, the answer is as its author remembers
the document), body, method and prefix (as the options --body,
--method and --ndjson-prefix have them), sent (the records), status, type and answer (JSON, or a text), and fates, a
letter a record: s stored, r rejected, a sent again alone, u unknown. why: what the reject of a record must say.
queued: the answer is about a job that is still to be done, so the receipt calls the records accepted; else only 202
says so.

Each case is one run of restsrc against a server that gives the answer to the first request, and 204 to what comes after
it. The records of the second request are those that were sent again.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

LOOKED_UP = 106  # so many cases, at the least, are after a text that was looked up
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "servers"))
import loopback  # noqa: E402

CASES = []
REQUESTS = {}


class Handler(loopback.Quiet):
    def do_POST(self):
        number = int(self.path.strip("/"))
        case, seen = CASES[number], REQUESTS.setdefault(number, [])
        seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if len(seen) > 1:
            self.reply(204, "application/json", "")
            return
        answer = case["answer"]
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        self.reply(case["status"], case.get("type", "application/json"), text)

    def reply(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if status != 204 else b"")

    do_PUT = do_POST


def records_of(case, body):
    if case["body"] == "ndjson":
        lines = [json.loads(line) for line in body.splitlines()]
        return lines[1::2] if "prefix" in case else lines
    whole = json.loads(body)
    if case["body"].startswith("object:"):
        whole = whole[case["body"].partition(":")[2]]
    return [whole] if case["body"] == "single" else whole


def spread(ranges):
    return {n for first, last in ranges for n in range(first, last + 1)}


def run(tool, url, case, number):
    """The fates of the records, and what their rejects say."""
    with tempfile.TemporaryDirectory() as folder:
        rejects = pathlib.Path(folder) / "rejects"
        line = [
            tool,
            "write",
            "--retry",
            "1",
            "--retry-delay",
            "0.01",
            "--body",
            case["body"],
            "--reject-file",
            rejects,
        ]
        line += ["--ndjson-prefix", case["prefix"]] if "prefix" in case else []
        line += ["--method", case.get("method", "POST"), f"{url}/{number}"]
        text = "".join(json.dumps(record) + "\n" for record in case["sent"])
        done = subprocess.run(line, input=text, capture_output=True, text=True, timeout=60, check=False)
        receipt = json.loads(done.stdout)
        kept = map(json.loads, rejects.read_text(encoding="utf-8").splitlines())
        rejected = {one["line"]: json.dumps(one["error"]) for one in kept}
    again = [record for body in REQUESTS[number][1:] for record in records_of(case, body)]
    stored = set(range(1, receipt["lines_done"] + 1)) | spread(receipt["lines_done_later"])
    fates = ""
    for n, record in enumerate(case["sent"], 1):
        unknown = n in spread(receipt["lines_unknown"])
        fates += "u" if unknown else "r" if n in rejected else "a" if record in again else "s" if n in stored else "-"
    return fates, rejected, receipt["accepted"], done


def check(number, name, tool, url):
    case = CASES[number - 1]
    fates, rejected, accepted, done = run(tool, url, case, number - 1)
    problems = [] if fates == case["fates"] else [f"fates {fates} instead of {case['fates']}"]
    for at, text in case.get("why", {}).items():
        if fates == case["fates"] and text not in rejected[int(at) + 1]:
            problems.append(f"record {at} is rejected because of {rejected[int(at) + 1]}, not {text}")
    queued = fates.count("s") if case.get("queued", case["status"] == 202) else 0
    if accepted != queued:
        problems.append(f"the receipt calls {accepted} records accepted, not {queued}")
    if ("accepted, not stored yet" in done.stderr) != (accepted > 0 and done.returncode == 0):
        problems.append("the warning and the receipt differ")
    wanted = 76 if "u" in case["fates"] else 0
    if done.returncode != wanted:
        problems.append(f"exit {done.returncode} instead of {wanted}")
    print(f"{'not ok' if problems else 'ok'} {number} - {name}")
    for problem in problems:
        print(f"# {problem}")
    if problems:
        print("".join(f"# {line}\n" for line in done.stderr.splitlines()), end="")
    return not problems


def main():
    tool = os.environ["RESTSRC"]
    for name in sys.argv[1:] or sorted((HERE / "data/answers").glob("*.ndjson")):
        with open(name, encoding="utf-8") as file:
            CASES.extend(map(json.loads, file))
    server = loopback.start(Handler)
    print(f"1..{len(CASES) + (not sys.argv[1:])}")
    good = [check(n, case["api"], tool, server.url) for n, case in enumerate(CASES, 1)]
    if not sys.argv[1:]:
        seen = sum("seen" in case for case in CASES)
        good.append(seen >= LOOKED_UP)
        print(f"{'ok' if good[-1] else 'not ok'} {len(good)} - {seen} answers are after texts that were looked up")
    server.shutdown()
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
