#!/usr/bin/env python3
"""What each parser costs on its worst cases grows no faster than the text: nothing that a server sends takes minutes.

    cost.py [KB KB...]          TAP, a line for each case of property/cost.c, at these sizes (4 and 16)
    cost.py --time [KB KB...]   seconds of the processor instead of instructions (1024, 2048, 4096, 8192)

Instructions are counted by callgrind, so that it does not matter what else the machine does: they may grow by a third
more than the text, and each byte of the text may cost as many as MOST. Seconds may grow twice as much as the text.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

PROGRAM = os.environ.get("COST", "tests/property/cost")
GROWTH, MOST = 4 / 3, 10000
GROWTH_OF_TIME, LEAST_TIME = 2, 0.02
GROUPS = 2  # processes side by side


def reason_to_skip():
    if subprocess.run(["sh", "-c", "command -v valgrind"], capture_output=True, check=False).returncode:
        return "valgrind is not installed"
    if "asan" in subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=False).stdout:
        return "AddressSanitizer does not go with valgrind"
    return None


def count(cases, sizes):
    """{case: instructions for each size}"""
    with tempfile.TemporaryDirectory() as folder:
        what = [word for case in cases for size in sizes for word in (case, str(size))]
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--collect-atstart=no"]
        counted = ["--toggle-collect=cost_run", "--dump-after=cost_run"]
        done = subprocess.run([*tool, *counted, PROGRAM, *what], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"Bail out! {done.stdout} {done.stderr}")
        figures = {}
        for n, line in enumerate(done.stdout.splitlines(), 1):
            found = re.search(r"^totals: (\d+)", pathlib.Path(folder, f"out.{n}").read_text(), re.M)
            figures.setdefault(line.split("\t")[0], []).append(int(found[1]))
        return figures


def measure(cases, sizes):
    """The same in seconds."""
    figures = {}
    for case in cases:
        what = [word for size in sizes for word in (case, str(size))]
        done = subprocess.run([PROGRAM, "-t", *what], capture_output=True, text=True, check=True)
        figures[case] = [float(line.split("\t")[2]) for line in done.stdout.splitlines()]
    return figures


def problem(figures, sizes, timed):
    times = sizes[-1] / sizes[0]
    least = max(figures[0], LEAST_TIME if timed else 0)
    if figures[-1] > least * times * (GROWTH_OF_TIME if timed else GROWTH):
        return f"from {sizes[0]} to {sizes[-1]} KB it grows by {figures[-1] / least:.1f}"
    if not timed and figures[-1] > MOST * sizes[-1] * 1024:
        return f"a byte costs {figures[-1] / sizes[-1] / 1024:.0f} instructions"
    return None


def main(*words):
    timed = "--time" in words
    sizes = [int(word) for word in words if word.isdigit()] or ([1024, 2048, 4096, 8192] if timed else [4, 16])
    cases = subprocess.run([PROGRAM], capture_output=True, text=True, check=True).stdout.splitlines()
    print(f"1..{len(cases)}")
    reason = None if timed else reason_to_skip()
    if reason:
        for n, case in enumerate(cases, 1):
            print(f"ok {n} - {case} # SKIP {reason}")
        return
    figures = {}
    with ThreadPoolExecutor(GROUPS) as pool:
        for some in pool.map(lambda group: (measure if timed else count)(cases[group::GROUPS], sizes), range(GROUPS)):
            figures.update(some)
    for n, case in enumerate(cases, 1):
        wrong = problem(figures[case], sizes, timed)
        print(f"{'not ok' if wrong else 'ok'} {n} - {case}: its cost grows no faster than the text")
        print(f"# {figures[case]} {wrong or ''}")


if __name__ == "__main__":
    main(*sys.argv[1:])
