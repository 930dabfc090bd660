#!/usr/bin/env python3
"""A REST service that takes rows in two phases: what is staged shows only after its commit, all of it or nothing.

    staging.py [--port N] [--until-eof]

It starts and ends like fault.py. The first path segment is a name, with rows of its own (in one SQLite database
in memory).

    POST /NAME/stage/JOB/BATCH/PARTITION/ATTEMPT   stages the records of the body, an array; a key in the header
                                  Idempotency-Key does so once, wherever it was sent to
    POST /NAME/commit/JOB/BATCH   shows what the attempts named in the body staged, and forgets what others did; the
                                  body is what restsrc's Spark writer sends: {"overwrite": false, "partitions":
                                  [{"partition_id", "attempt", "records"}]}. Again: shows nothing more. 409 if one of
                                  them has not staged so many records
    POST /NAME/abort/JOB/BATCH    forgets what is staged; what is committed stays
    GET  /NAME/rows?offset=&limit=   {"total": N, "results": [...]}, in the order of commits
    GET  /NAME/rows/count            {"total": N}
    GET  /NAME/staged                {"total": N}
    GET  /NAME/_log                  NDJSON, one object a request: method, target, headers, body, status

Any number of processes may talk to it, and be killed while they do: each request is one transaction.
"""

import json
import sqlite3
import threading
from urllib.parse import unquote

from fault import Handler, serve
from scenario import Answer, Refused, error

TABLES = """
CREATE TABLE staged (name, job, batch, partition, attempt, row);
CREATE INDEX staged_by_job ON staged (name, job, batch);
CREATE TABLE keys (name, key, PRIMARY KEY (name, key));
CREATE TABLE commits (name, job, batch, PRIMARY KEY (name, job, batch));
CREATE TABLE rows (number INTEGER PRIMARY KEY, name, row);
CREATE INDEX rows_by_name ON rows (name);
"""
database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
turn = threading.Lock()  # for the database


class Name:
    """What a scenario is here: requests are counted by name, rows are in the database."""

    def __init__(self, text):
        self.name, self.words, self.log, self.lock, self.open = text, {}, [], threading.Condition(), 0

    def get(self, key, default=None):
        return default


def one(statement, *values):
    return database.execute(statement, values).fetchone()[0]


def stage(name, body, key, job, batch, partition, attempt):
    if key:
        if one("SELECT count(*) FROM keys WHERE name = ? AND key = ?", name, key):
            return {"staged": "already"}
        database.execute("INSERT INTO keys VALUES (?, ?)", (name, key))
    rows = [(name, job, batch, int(partition), attempt, json.dumps(row)) for row in json.loads(body)]
    database.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)", rows)
    return {"staged": len(rows)}


def commit(name, body, key, job, batch):
    if one("SELECT count(*) FROM commits WHERE name = ? AND job = ? AND batch = ?", name, job, batch):
        abort(name, body, key, job, batch)
        return {"committed": "already"}
    told = json.loads(body)
    if told["overwrite"]:
        database.execute("DELETE FROM rows WHERE name = ?", (name,))
    for part in told["partitions"]:
        which = (name, job, batch, part["partition_id"], part["attempt"])
        where = "FROM staged WHERE name = ? AND job = ? AND batch = ? AND partition = ? AND attempt = ?"
        if one(f"SELECT count(*) {where}", *which) != part["records"]:
            raise Refused(error(409, f"partition {part['partition_id']} has not staged {part['records']} records"))
        database.execute(f"INSERT INTO rows (name, row) SELECT name, row {where} ORDER BY rowid", which)
    database.execute("INSERT INTO commits VALUES (?, ?, ?)", (name, job, batch))
    abort(name, body, key, job, batch)
    return {"committed": one("SELECT count(*) FROM rows WHERE name = ?", name)}


def abort(name, body, key, job, batch):
    gone = database.execute("DELETE FROM staged WHERE name = ? AND job = ? AND batch = ?", (name, job, batch))
    return {"dropped": gone.rowcount}


POSTS = {"stage": stage, "commit": commit, "abort": abort}


class Staging(Handler):
    made_of = Name

    def make(self, s, rest):
        what, *parts = map(unquote, rest.split("/"))
        with turn:
            database.execute("BEGIN")
            try:
                told = self.post(s.name, what, parts) if self.command == "POST" else self.look(s.name, what, parts)
                database.execute("COMMIT")
                return Answer(body=told if isinstance(told, bytes) else json.dumps(told).encode())
            except (ValueError, TypeError, KeyError) as problem:
                return error(404 if isinstance(problem, KeyError) else 400, repr(problem))
            except Refused as refused:
                return refused.answer
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    def post(self, name, what, parts):
        return POSTS[what](name, self.body, self.headers.get("Idempotency-Key"), *parts)

    def look(self, name, what, parts):
        table = {"rows": "rows", "staged": "staged"}[what]
        total = one(f"SELECT count(*) FROM {table} WHERE name = ?", name)
        if what == "staged" or parts == ["count"]:
            return {"total": total}
        page = [int(self.query.get(key, [default])[0]) for key, default in (("limit", 100), ("offset", 0))]
        rows = database.execute("SELECT row FROM rows WHERE name = ? ORDER BY number LIMIT ? OFFSET ?", (name, *page))
        return b'{"total": %d, "results": [%s]}' % (total, b", ".join(row.encode() for (row,) in rows))


if __name__ == "__main__":
    database.executescript(TABLES)
    serve(Staging, "A REST service that takes rows in two phases.")
