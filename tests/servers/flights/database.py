"""The flights in one SQLite file, made once and then only read."""

import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path

from . import source

CACHE = Path(__file__).resolve().parent.parent / ".cache"


def default_path(rows):
    """Where the file for so many rows (None: all) is kept, outside version control."""
    return CACHE / f"flights-{'all' if rows is None else rows}.sqlite3"


@contextlib.contextmanager
def locked(path):
    """Only one process at a time makes the file."""
    with open(f"{path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure(path, rows=None):
    """Make the file unless it is there. It appears under its name only when complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if not path.exists():
            part = path.with_name(f"{path.name}.part")
            part.unlink(missing_ok=True)
            load(part, rows)
            os.replace(part, path)
    return path


def load(path, rows):
    names = source.columns()
    kinds = ", ".join(f"{name} {'TEXT' if name in source.TEXT else 'INTEGER'}" for name in names)
    marks = ", ".join("?" * len(names))
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"CREATE TABLE flights (id INTEGER PRIMARY KEY, {kinds})")
        database.executemany(f"INSERT INTO flights ({', '.join(names)}) VALUES ({marks})", source.rows(rows))
        database.execute("CREATE INDEX flights_carrier ON flights (carrier)")  # count(*) walks this, not the table
        database.commit()
