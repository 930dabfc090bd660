#!/usr/bin/env python3
"""make lint: what can be said of the code without running it. One line a check, after its output: `PASS: lint: NAME`
or `FAIL: lint: NAME`. Exit code 1 when one fails.

    .venv/bin/python tests/lint.py [--quick] [-- COMPILER FLAGS]
    .venv/bin/python tests/lint.py --fix

--quick leaves out what takes longer than seconds; --fix gives C and Python their layout instead. The tools come from
tests/requirements-lint.txt (./bootstrap lint installs them), mandoc from the system.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
WIDTH = 120

ROOTS = (
    "bootstrap",
    "configure.ac",
    "Makefile.am",
    ".ci",
    "bench",
    "packaging",
    "share/completions",
    "spark",
    "src",
    "tests",
)
# Neither ours to lay out nor written by hand.
SKIPPED_FOLDERS = {
    "node_modules",
    "found",
    ".cache",
    "data",
    "__pycache__",
    "build",
    "dist",
    ".pytest_cache",
    ".ruff_cache",
}
GENERATED = {"src/cli/presets_builtin.c"}

# What a file is, by the end of its name or its first line.
KINDS = {
    "C": r"\.[ch]$",
    "shell": r"\.(sh|bash|bats)$|^#!.*sh\b|^# shellcheck shell=",
    "Python": r"\.py$|^#!.*python",
    "make": r"\.(mk|am|ac)$|^#compdef",
}

# What mandoc says of lines and of manuals that are not installed is not about the page.
NO_FAULT = re.compile(r"longer than 80 bytes|no blank before trailing delimiter|referenced manual")


def kind_of(path):
    names = [kind for kind, pattern in KINDS.items() if re.search(pattern, path.name)]
    if not names and not path.suffix:
        with path.open("rb") as file:
            first = file.readline(200).decode(errors="replace")
        names = [kind for kind, pattern in KINDS.items() if re.search(pattern, first)]
    return names[0] if names else None


def walk():
    for root in ROOTS:
        if (ROOT / root).is_file():
            yield ROOT / root
        for folder, folders, names in os.walk(ROOT / root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            yield from (Path(folder, name) for name in names if not Path(folder, name).is_symlink())


def of_kind(kind):
    names = (str(path.relative_to(ROOT)) for path in walk() if kind_of(path) == kind)
    return sorted(set(names) - GENERATED)


C, SHELL, PYTHON, OTHER = map(of_kind, ("C", "shell", "Python", "make"))
MANUALS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "man").glob("*.[1-9]"))


def run(*command, folder=ROOT, errors=subprocess.STDOUT):
    """(is well, output) of a command; a tool of ours by its name."""
    tool = TOOLS / command[0]
    command = [str(tool) if tool.exists() else command[0], *command[1:]]
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True)
    except FileNotFoundError:
        return False, f"{command[0]} is not there: run ./bootstrap lint"
    return done.returncode == 0, done.stdout


def lines(_):
    """No line is too long, ends with blanks, or has tabs in C and Python; each file ends with a line end."""
    faults = []
    for name in C + SHELL + PYTHON + OTHER:
        text = (ROOT / name).read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > WIDTH:
                faults.append(f"{name}:{number}: {len(line)} columns")
            if line != line.rstrip():
                faults.append(f"{name}:{number}: blanks at the end")
            if "\t" in line and name in C + PYTHON:
                faults.append(f"{name}:{number}: a tab")
        if not text.endswith("\n") or text.endswith("\n\n"):
            faults.append(f"{name}: it does not end with one line end")
    return not faults, "\n".join(faults)


def compiled():
    return [name for name in C if name.startswith("src/") and name.endswith(".c")]


def each_compiled(command):
    """One run for each file, as these work on one file at a time: what command(name) says of those with faults."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: run(*command(name)), compiled()))
    return all(well for well, _ in results), "".join(output for well, output in results if not well)


def tidy(flags):
    return each_compiled(lambda name: ["clang-tidy", "--quiet", name, "--", *flags])


def manuals(_):
    # What it says of its own database goes to stderr, into the middle of lines.
    _, output = run("mandoc", "-T", "lint", "-W", "style", *MANUALS, errors=subprocess.DEVNULL)
    faults = [line for line in output.splitlines() if not NO_FAULT.search(line)]
    return not faults, "\n".join(faults)


def cppcheck(flags):
    """Of what it looks for, what is a fault: no style, and nothing that depends on headers of other libraries."""
    hidden = ["--suppress=missingInclude", "--suppress=missingIncludeSystem"]
    chosen = [flag for flag in flags if flag.startswith(("-I", "-D")) and not flag.startswith("-I/usr/include")]
    kinds = "--enable=warning,performance,portability"
    return run("cppcheck", "-q", "--error-exitcode=1", "--std=c11", kinds, *hidden, *chosen, "src")


# Where gcc's analyzer errs, and how it is told.
ANALYZER_ERRS = {
    # (iconv_t)-1 says that there is none; it takes that for memory, which is lost
    "src/http/charset.c": ["-Wno-analyzer-malloc-leak"],
}


def analyzer(flags):
    """gcc -fanalyzer, which follows calls within a file."""
    if "Free Software Foundation" not in run("gcc", "--version")[1]:
        return True, "no gcc here"
    always = [*flags, "-fanalyzer", "-Werror", "-c", "-o", os.devnull]
    return each_compiled(lambda name: ["gcc", *always, *ANALYZER_ERRS.get(name, []), name])


# (name, what it takes the compiler's flags and gives, whether it is quick)
CHECKS = [
    ("lines", lines, True),
    ("clang-format", lambda _: run("clang-format", "--dry-run", "-Werror", *C), True),
    ("clang-tidy", tidy, False),
    ("cppcheck", cppcheck, False),
    ("gcc -fanalyzer", analyzer, False),
    ("shellcheck", lambda _: run("shellcheck", *SHELL), True),
    ("ruff", lambda _: run("ruff", "check", "--quiet", *PYTHON), True),
    ("ruff format", lambda _: run("ruff", "format", "--quiet", "--check", "--diff", *PYTHON), True),
    ("mypy", lambda _: run("mypy", folder=ROOT / "spark"), False),
    ("mandoc", manuals, True),
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--fix", action="store_true", help="give C and Python their layout, and no more")
    arguments.add_argument("--quick", action="store_true", help="without clang-tidy and mypy")
    arguments.add_argument("flags", nargs="*", help="what the compiler is given")
    options = arguments.parse_args()
    if options.fix:
        done = [run("clang-format", "-i", *C), run("ruff", "format", *PYTHON)]
        print("".join(output for _, output in done), end="")
        return 0 if all(well for well, _ in done) else 1
    failed = False
    for name, check, is_quick in CHECKS:
        if options.quick and not is_quick:
            continue
        well, output = check(options.flags)
        failed |= not well
        print(
            "" if well else output.rstrip("\n") + "\n",
            f"{'PASS' if well else 'FAIL'}: lint: {name}",
            sep="",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
