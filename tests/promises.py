#!/usr/bin/env python3
"""Are the tests there that SECURITY.md and docs/reliability.md name? A file named between backquotes must exist, and
what stands after it in brackets, each between quotes, must be how the name of a test in it begins:

    `tests/tls.bats` ("TLS with", "a server that")

TAP on stdout.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = r"`((?:tests|spark/tests|bench)/[\w./*-]+)`"
NAMES = re.compile(FILE + r"(?: \(((?:\"[^\"]+\"(?:, )?)+)\))?")
TEST = re.compile(r'^@test "((?:[^"\\]|\\.)*)" \{$|^def test_(\w+)\(', re.M)


def tests_of(path):
    return [bats or python for bats, python in TEST.findall(path.read_text(encoding="utf-8"))]


def main():
    number = failed = 0
    for document in ("SECURITY.md", "docs/reliability.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for name, quoted in NAMES.findall(text):
            paths = sorted(ROOT.glob(name))
            faults = [] if paths else [f"{name} is not there"]
            known = [test for path in paths if quoted for test in tests_of(path)]
            for begin in re.findall(r'"([^"]+)"', quoted):
                if not any(test.startswith(begin) for test in known):
                    faults.append(f"{name} has no test that begins with '{begin}'")
            number += 1
            failed += bool(faults)
            print("not " * bool(faults) + f"ok {number} - {document}: {name} has the tests that are named")
            print("".join(f"# {fault}\n" for fault in faults), end="")
    print(f"1..{number}")
    return 1 if failed or not number else 0


sys.exit(main())
