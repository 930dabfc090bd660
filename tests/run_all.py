"""Every test: the code itself (`make lint`), builds with other compilers (`make check-compilers`), C units and bats
(`make check`), fuzzing for some seconds (`make fuzz-short`), then the Python package (pytest, with a real Spark), and a
core of that with the oldest PySpark (`make check-oldest`). One sum at the end.

    .venv/bin/python tests/run_all.py [PYTEST ARGUMENT...]

One line a suite while all is well; the details of what failed, and everything in .bootstrap/*.log. Exit code 1 on any
failure.
"""

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".bootstrap"
OUTCOMES = {
    "PASS": "passed",
    "XFAIL": "passed",
    "FAIL": "failed",
    "XPASS": "failed",
    "ERROR": "failed",
    "SKIP": "skipped",
}


def run(name, command):
    """Run a suite with its output in a log; the exit code and the log's path."""
    log = LOGS / f"{name}.log"
    with log.open("w") as out:
        code = subprocess.run(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ).returncode
    return code, log


def result_files():
    """Automake's TAP driver leaves, for each test file, X.trs and X.log with a line `PASS: FILE 1 name` a test."""
    return [path for folder in ("tests", "src", "bench") for path in (ROOT / folder).rglob("*.trs")]


def results(path):
    """[(outcome, name)] of one test file. That bats exits 1 after a failed test is not one more failure."""
    found = re.findall(
        r"^(PASS|XFAIL|FAIL|XPASS|ERROR|SKIP): (.*)$", path.with_suffix(".log").read_text(errors="replace"), re.M
    )
    failed = any(outcome == "FAIL" for outcome, _ in found)
    return [(OUTCOMES[outcome], name) for outcome, name in found if not (failed and "exited with status" in name)]


def make_check():
    for old in result_files():
        old.unlink()
    code, log = run("check", ["make", f"-j{os.cpu_count()}", "check"])
    found = [result for path in sorted(result_files()) for result in results(path)]
    failures = [name for outcome, name in found if outcome == "failed"]
    return code, ROOT / "test-suite.log" if failures else log, Counter(outcome for outcome, _ in found), failures


def make_lines(target):
    """A target that prints `PASS: NAME`, `FAIL: NAME` or `SKIP: NAME` for each check."""
    code, log = run(target, ["make", "-s", target])
    found = re.findall(r"^(PASS|FAIL|SKIP): (.*)$", log.read_text(errors="replace"), re.M)
    failures = [name for outcome, name in found if outcome == "FAIL"]
    return code, log, Counter(OUTCOMES[outcome] for outcome, _ in found), failures


def pytest(arguments):
    report = LOGS / "pytest.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "spark/tests", f"--junit-xml={report}", *arguments]
    code, log = run("pytest", command)
    counts, failures = Counter(), []
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():
        kinds = {child.tag for child in case}
        bad = kinds & {"failure", "error"}
        counts["failed" if bad else "skipped" if "skipped" in kinds else "passed"] += 1
        if bad:
            failures.append(f"{case.get('classname')}::{case.get('name')}")
    return code, log, counts, failures


def suite(title, check):
    """Run one suite and say how it went. A suite that breaks without naming a test, or has no tests, is one failure."""
    print(f"{title} ... ", end="", flush=True)
    start = time.monotonic()
    code, log, counts, failures = check()
    if (code and not failures) or not counts:
        counts["failed"] += 1
        failures.append(f"exit code {code}")
    print(f"{sentence(counts)} ({time.monotonic() - start:.0f} s)", flush=True)
    if failures:
        print(*(f"    FAILED {failure}" for failure in failures), sep="\n")
        print(end_of(log), flush=True)
    return counts


def end_of(log):
    lines = re.sub(r"\n{3,}", "\n\n", log.read_text(errors="replace")).splitlines()
    return "\n".join([f"--- the end of {log.relative_to(ROOT)}", *lines[-200:], "---"])


def sentence(counts):
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def main():
    LOGS.mkdir(exist_ok=True)
    total = suite("lint", lambda: make_lines("lint"))
    total += suite("builds with other compilers", lambda: make_lines("check-compilers"))
    total += suite("C unit tests and bats", make_check)
    total += suite("fuzzing", lambda: make_lines("fuzz-short"))
    total += suite("pytest", lambda: pytest(sys.argv[1:]))
    total += suite("the oldest PySpark", lambda: make_lines("check-oldest"))
    print(sentence(total))
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
