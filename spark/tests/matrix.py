"""The core of the tests with other versions of PySpark, Python and Java, each in a virtual environment of its own.

    matrix.py             all that can be had here; then the table of spark/README.md is made anew
    matrix.py oldest      the oldest PySpark alone, as in continuous integration
    matrix.py install     what that needs, and no test

One after the other. It prints a line for each test, and what was left out and why. The environments are in
.bootstrap/matrix, and what pytest said, too.
"""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SPARK = Path(__file__).resolve().parents[1]
CACHE = SPARK.parent / ".bootstrap" / "matrix"
README = SPARK / "README.md"

OLDEST, *OTHERS, NEWEST = "4.0", "4.1", "4.2", "4.3"
CORE = {
    "options": ["test_options.py"],
    "batch read": ["test_read.py", "test_sql.py"],
    "batch write": ["test_write.py"],
    "stream read": ["test_stream.py", "test_stream_offset.py"],
    "stream write": ["test_stream_write.py"],
}
QUICK = ("options", "batch read", "batch write", "stream read")  # for continuous integration
PACKAGES = ["pyarrow", "pandas>=2,<3", "pytest>=8", "hypothesis>=6"]  # PySpark 4.0 to 4.3 want pandas before 3


@dataclass(frozen=True)
class Place:
    """What the tests are run with."""

    spark: str
    python: Path
    java: Path | None = None  # None: the one that Spark takes by itself

    @property
    def home(self):
        return CACHE / f"spark{self.spark}-{self.python.name}"

    @property
    def program(self):
        return self.home / "bin" / "python"


# What can be had ------------------------------------------------------------------------------------------------------


def said(*command):
    """What a command prints; empty where it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def pythons():
    """{"3.12": its program}: those on PATH and those of pyenv that can make an environment."""
    found = {}
    own = Path(sys.executable).resolve()
    folders = [own.parent, *map(Path, os.get_exec_path()), *Path.home().glob(".pyenv/versions/*/bin")]
    for version in ("3.10", "3.11", "3.12", "3.13", "3.14"):
        for program in (folder / f"python{version}" for folder in folders):
            if version not in found and said(str(program), "-c", "import venv, ensurepip; print(1)"):
                found[version] = program
    return found


def java_version(home):
    shown = re.search(r'version "(\d+)', said(f"{home}/bin/java", "-version"))
    return int(shown[1]) if shown else 0


def javas():
    """{17: its home}: those in the usual folder of Linux that Spark 4 runs on."""
    found = {java_version(home): home for home in sorted(Path("/usr/lib/jvm").glob("*"))}
    return {version: home for version, home in sorted(found.items()) if version >= 17}


def installed(folder, python, packages):
    """Whether the environment is there; made where it is not."""
    done = folder / "done"
    if done.exists() and done.read_text() == "\n".join(packages):
        return True
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(f"installing {' '.join(packages)} into {folder.relative_to(SPARK.parent)}", flush=True)
    for command in ([python, "-m", "venv", folder], [folder / "bin" / "python", "-m", "pip", "install", *packages]):
        end = ["--disable-pip-version-check", "--no-compile", "-q"] if "pip" in command else []
        ran = subprocess.run([*command, *end], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode:
            print(ran.stdout)
            return False
    done.write_text("\n".join(packages))
    return True


def install(place):
    return installed(place.home, place.python, ["setuptools", f"pyspark=={place.spark}.*", *PACKAGES])


def own_python():
    """The Python that made the environment that runs this."""
    program = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return program if program.exists() else Path(sys.executable)


def places():
    python, java = own_python(), {version: home for version, home in javas().items() if version != java_of()}
    yield from (Place(spark, python) for spark in (NEWEST, *reversed(OTHERS), OLDEST))
    yield from (Place(NEWEST, other) for name, other in pythons().items() if other.name != python.name)
    yield from (Place(NEWEST, python, home) for home in java.values())
    yield from (Place(OLDEST, python, home) for version, home in java.items() if version <= 21)  # it knows none later


def java_of():
    """The version that Spark takes by itself."""
    return java_version(os.environ["JAVA_HOME"]) if os.environ.get("JAVA_HOME") else java_version("/usr")


# The tests ------------------------------------------------------------------------------------------------------------


def run(place, kinds):
    """[(file, test, outcome, why)] of the tests of these kinds."""
    report = place.home / "report.xml"
    report.unlink(missing_ok=True)
    files = [SPARK / "tests" / name for kind in kinds for name in CORE[kind]]
    environment = {**os.environ, "PYTHONPATH": str(SPARK / "src")}
    if place.java:
        environment["JAVA_HOME"] = str(place.java)
    with (place.home / "log").open("w") as log:
        command = [place.program, "-m", "pytest", "-p", "no:cacheprovider", f"--junit-xml={report}", *files]
        subprocess.run(command, cwd=place.home, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    return list(results(report)) if report.exists() else []


def results(report):
    for case in ElementTree.parse(report).iter("testcase"):
        found = {child.tag: child for child in case}
        skipped = found["skipped"].get("message") if "skipped" in found else ""
        outcome = "FAIL" if found.keys() & {"failure", "error"} else "SKIP" if skipped else "PASS"
        yield f"{case.get('classname').rpartition('.')[2]}.py", case.get("name"), outcome, skipped


def named(place):
    """What it really is: (PySpark, Python, Java, pyarrow)."""
    text = "import platform as p, pyspark as s, pyarrow as a; print(s.__version__, p.python_version(), a.__version__)"
    spark, python, arrow = said(str(place.program), "-c", text).split()
    return spark, python, str(java_version(place.java) if place.java else java_of()), arrow


def shown(outcomes, files):
    counts = Counter(outcome for file, _, outcome, _ in outcomes if file in files)
    words = {"PASS": "passed", "FAIL": "FAILED", "SKIP": "left out"}
    return ", ".join(f"{counts[outcome]} {word}" for outcome, word in words.items() if counts[outcome]) or "FAILED"


def tried(place, kinds=tuple(CORE)):
    """The row of the table; None where this can't be had. Whether all is well; the reasons of what is left out."""
    if not install(place):
        print(f"SKIP: PySpark {place.spark} for {place.python.name} can't be had")
        return None, True, set()
    names = named(place)
    outcomes = run(place, kinds)
    for file, test, outcome, why in outcomes:
        print(f"{outcome}: PySpark {names[0]}, Python {names[1]}, Java {names[2]}: {file} {test} {why}".rstrip())
    if not outcomes:
        print(f"FAIL: PySpark {names[0]}: no test was run, see {place.home}/log")
    row = f"| {' | '.join([*names, *(shown(outcomes, files) for files in CORE.values())])} |"
    good = bool(outcomes) and all(outcome != "FAIL" for _, _, outcome, _ in outcomes)
    return row, good, {why for *_, why in outcomes if why}


# The table ------------------------------------------------------------------------------------------------------------


def section(rows, reasons):
    heads = ["PySpark", "Python", "Java", "pyarrow", *CORE]
    return "\n".join(
        [
            f"`make check-matrix` has run a core of the tests with each of these, last on {date.today()}:",
            "",
            f"| {' | '.join(heads)} |",
            f"|{'---|' * len(heads)}",
            *rows,
            "",
            "What was left out, and why:",
            "",
            *(f"- {reason}" for reason in sorted(reasons)),
        ]
    )


BEGIN, END = "<!-- made by make check-matrix: do not edit -->", "<!-- end of what is made -->"


def write_table(rows, reasons):
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{section(rows, reasons)}\n\n{END}{rest.partition(END)[2]}")


def main(what="all"):
    oldest = Place(OLDEST, own_python())
    if what == "install":
        return 0 if install(oldest) else 1
    done = [tried(oldest, QUICK)] if what == "oldest" else [tried(place) for place in places()]
    good = all(well for _, well, _ in done)
    if what == "all" and good:
        write_table([row for row, *_ in done if row], set().union(*(reasons for *_, reasons in done)))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
