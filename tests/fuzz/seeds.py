"""First inputs for fuzzing, of what the tests' servers answer: pages of the lists in tests/data/apis, and answers to
batches in tests/data/answers.

    seeds.py FOLDER     FOLDER/NAME/ gets those of fuzz_NAME
"""

import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "servers"))
import played  # noqa: E402

MOST = 4096  # as fuzz/run has it


def pages():
    """(URL, headers, body) of a page of each list, by each way to page it, and of its last page."""
    for file in sorted((TESTS / "data/apis").glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            url = f"https://api.example{case['path']}"
            for n in (1, 7):
                player = played.Played(case, n, "https://api.example")
                player.rows_asked = player.rows
                for way in player.ways():
                    given = {"query": {way.get("size") or "": "3"}, "header": {}, "body": {}}
                    _, body, headers = player.page(way, given, url, {})
                    yield url, headers, json.dumps(body)


def seeds():
    """(NAME, input)"""
    for url, headers, body in pages():
        head = "".join(f"{name}: {value}\n" for name, value in headers.items())
        yield "split", body
        yield "envelope", f"{url}\n\nauto\n{head}\n{body}"
        yield "lookup", f"\nid\n[1,3]\n{body}"
    for file in sorted((TESTS / "data/answers").glob("*.ndjson")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            answer = case["answer"] if isinstance(case["answer"], str) else json.dumps(case["answer"])
            yield "results", chr(len(case["sent"]) - 1) + answer


def main(folder):
    for number, (name, text) in enumerate(sorted(set(seeds()))):
        there = pathlib.Path(folder, name)
        there.mkdir(parents=True, exist_ok=True)
        if len(text) <= MOST:
            (there / str(number)).write_text(text, encoding="utf-8")


main(sys.argv[1])
