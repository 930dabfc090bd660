"""Every test: C units and bats (`make check`), then the Python package (pytest, with a real Spark). One sum at the end.

    .venv/bin/python tests/run_all.py [PYTEST ARGUMENT...]

One line a suite while all is well; the details of what failed, and everything in .bootstrap/*.log. Exit code 1 on any failure.
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
OUTCOMES = {"PASS": "passed", "XFAIL": "passed", "FAIL": "failed", "XPASS": "failed", "ERROR": "failed", "SKIP": "skipped"}


def run(name, command):
    """Run a suite with its output in a log; the exit code and the log's path."""
    log = LOGS / f"{name}.log"
    with log.open("w") as out:
        code = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
    return code, log


def results_of_make():
    """Automake's result files: one `:test-result: PASS name` a test."""
    return [path for folder in ("tests", "src") for path in (ROOT / folder).rglob("*.trs")]


def make_check():
    for old in results_of_make():
        old.unlink()
    code, log = run("check", ["make", f"-j{os.cpu_count()}", "check"])
    lines = [line for path in results_of_make() for line in path.read_text().splitlines()]
    results = [line.split(":", 2)[2].split(None, 1) for line in lines if line.startswith(":test-result:")]
    counts = Counter(OUTCOMES[result[0]] for result in results)
    failures = [" ".join(result) for result in results if OUTCOMES[result[0]] == "failed"]
    return code, log, counts, failures


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
        print(details(log, failures), flush=True)
    return counts


def details(log, failures):
    """What the log has to say: the test log of automake or the end of the output."""
    text = (ROOT / "test-suite.log") if log.name == "check.log" else log
    text = text if text.exists() and failures[-1:] != ["exit code 2"] else log
    lines = re.sub(r"\n{3,}", "\n\n", text.read_text(errors="replace")).splitlines()
    return "\n".join(["", f"--- {text.relative_to(ROOT)} (its last lines)", *lines[-200:], "---"])


def sentence(counts):
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def main():
    LOGS.mkdir(exist_ok=True)
    total = suite("C unit tests and bats", make_check) + suite("pytest", lambda: pytest(sys.argv[1:]))
    print(sentence(total))
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
