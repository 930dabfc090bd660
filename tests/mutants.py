#!/usr/bin/env python3
"""make mutants: do the tests notice a fault? One small fault at a time is put into a module that has unit tests of its
own, in a copy of the sources; they are built and run. Of what answers to batches mean, tests/answers.py is a test, too,
and of how lists are found, tests/lists.py. A fault that no test notices is a line of output:

    mutants.py SOURCES [--number N] [--seed S] [--only FOLDER/BEGIN...]

SOURCES is what may be changed: a folder with a configured build. Faults are spread over all modules by the seed, or
over those alone whose names begin as --only says. Exit
code 1 when one stays unnoticed. Not every such fault is one: it may change nothing that anybody could see.
"""

import argparse
import os
import random
import re
import subprocess
import sys
from pathlib import Path

# A module is tested by tests/unit/test_NAME; those whose test has another name, by how theirs begin:
TESTED_BY = {
    "arrow": ["arrow", "cells", "zone", "rows"],
    "arrow/texts": ["arrow", "cells", "rows", "text"],
    "base/digests": ["seen"],
    "discover": ["evidence"],
    "json/jsonpath": ["jsonpath", "jsonpath_suite"],
    "json/order": ["jsonpath", "jsonpath_suite"],
    "json/passing": ["refusal"],
    "json/split": ["split", "corpus", "split_random", "split_lane"],
    "json/template": ["batch"],
    "json/value": ["path", "jsonpath", "refusal"],
    "json/words": ["refusal", "sentence"],
    "pages/ahead": ["styles", "paginate"],
    "pages/link": ["styles", "paginate"],
    "pages/link_header": ["link_header"],
    "pages/paginate": ["paginate", "styles", "coverage"],
    "pages/repeat": ["repeat", "paginate"],
    "pages/seek": ["paginate", "styles", "coverage"],
    "pages/follow": ["paginate", "styles", "coverage"],
    "pages/next": ["styles", "paginate"],
    "pages/more": ["coverage", "paginate"],
    "pages/total": ["total", "coverage"],
    "write/body": ["batch"],
    "write/idempotency": ["batch"],
    "write/place": ["results"],
    "write/reading": ["results"],
    "write/receipt": ["batch"],
    "write/survey": ["results"],
}
# And by these, which run the tool:
SCRIPTS = {
    "tests/answers.py": ("json/refusal", "json/passing", "json/sentence", "json/words", "write/"),
    "tests/lists.py": ("discover/",),
}
# What a fault is: a pattern, and what takes the place of it.
FAULTS = [
    (r" == ", " != "),
    (r" != ", " == "),
    (r" < ", " <= "),
    (r" <= ", " < "),
    (r" > ", " >= "),
    (r" >= ", " > "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r" \+ 1\b", ""),
    (r" - 1\b", ""),
    (r"\breturn true;", "return false;"),
    (r"\breturn false;", "return true;"),
    (r"\bif \(!", "if ("),
    (r"\bif \((?=\w)", "if (!"),
    (r" \+= ", " -= "),
    (r" \+ (?!1\b)", " - "),
    (r"\bleast\(", "most("),
    (r"\bcontinue;", "break;"),
]
TIMEOUT = 300


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def modules(folder, begins):
    """{file: names of its unit tests}, of those whose names begin so"""
    units = {path.stem.removeprefix("test_") for path in (folder / "tests/unit").glob("test_*.c")}
    found = {}
    for path in sorted((folder / "src").glob("*/*.c")):
        name = name_of(path)
        other = max((begin for begin in TESTED_BY if name.startswith(begin)), key=len, default=None)
        tests = TESTED_BY[other] if other else [path.stem] if path.stem in units else []
        if tests and name.startswith(begins):
            found[path] = tests
    return found


def places(path):
    """(where a fault begins, where it ends, what takes its place) in the code, not in comments or quotes."""
    text = path.read_text()
    skipped = [m.span() for m in re.finditer(r'(?s:/\*.*?\*/)|"(?:\\.|[^"\\])*"|^#.*$|\bfor \(.*$', text, re.M)]
    for pattern, instead in FAULTS:
        for found in re.finditer(pattern, text):
            if not any(begin <= found.start() < end for begin, end in skipped):
                yield found.start(), found.end(), instead


def fails(folder, command):
    tool = {**os.environ, "RESTSRC": str(folder / "src/restsrc")}
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT, env=tool)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0 or b"\nnot ok" in b"\n" + done.stdout


def is_noticed(folder, path, tests):
    """None where it does not build, so that it says nothing."""
    programs = [f"tests/unit/test_{name}" for name in tests]
    if subprocess.run(["make", "-s", *programs], cwd=folder, capture_output=True).returncode:
        return None
    if any(fails(folder, [folder / program]) for program in programs):
        return True
    scripts = [script for script, begins in SCRIPTS.items() if name_of(path).startswith(begins)]
    if scripts:
        subprocess.run(["make", "-s", "src/restsrc"], cwd=folder, capture_output=True, check=True)
    return any(fails(folder, [sys.executable, script]) for script in scripts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[""])
    given = parser.parse_args()
    folder, rng = given.folder.resolve(), random.Random(given.seed)
    chosen = modules(folder, tuple(given.only))
    all_places = [(path, tests, place) for path, tests in chosen.items() for place in places(path)]
    rng.shuffle(all_places)
    tried = unnoticed = 0
    for path, tests, (begin, end, instead) in all_places:
        if tried == given.number:
            break
        right = path.read_text()
        path.write_text(right[:begin] + instead + right[end:])
        try:
            noticed = is_noticed(folder, path, tests)
        finally:
            path.write_text(right)
        if noticed is None:
            continue
        tried += 1
        if not noticed:
            unnoticed += 1
            number = right.count("\n", 0, begin)
            line = right.split("\n")[number].strip()
            print(f"{path.relative_to(folder)}:{number + 1}: '{right[begin:end]}' -> '{instead}': {line}", flush=True)
    print(f"{tried} faults in {len(chosen)} modules, {tried - unnoticed} noticed")
    return bool(unnoticed)


sys.exit(main())
