"""A secret in every option that takes one is looked for wherever Spark could put it.

That is: plans, event log, logs of the driver and of the workers, errors, checkpoints, command lines and environments.
"""

import base64
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import process
from restsrc import tool
from restsrc.redaction import HIDDEN
from streaming import at_most

MARK = "Zq7" + uuid.uuid4().hex[:6]  # in every secret. No word in them is one that makes Spark hide them by itself
USER = f"me:{MARK}-pass w%"
BEARER, KEY = f"{MARK}-bearer", f"{MARK}-k/y &%"


@pytest.fixture(scope="module")
def guard():
    yield from process("guard.py")


class Guarded:
    """Lists behind credentials. What the server wants is in files, for its words stand in URLs, which are no secret."""

    def __init__(self, server, folder):
        self._server, self._folder, self._count = server, folder, 0

    def base(self, *words):
        self._count += 1
        file = self._folder / f"words{self._count}"
        file.write_text("".join(f"{word}\n" for word in words))
        return f"{self._server}/n=25,id={uuid.uuid4().hex},more={quote(str(file), safe='').replace('%2F', '%2f')}"

    def simple(self):
        yield f"need=bearer:{BEARER}", {"bearer": BEARER}
        yield f"need=basic:{USER}", {"user": USER}
        yield f"need=header:X-Api-Key:{KEY}", {"header": f"X-Api-Key: {KEY}\nX-Other: {BEARER}"}
        yield f"need=header:Cookie:session={KEY}; theme=dark", {"header": f"Cookie: session={KEY}; theme=dark"}
        yield f"need=header:Authorization:Token {KEY}", {"header": f"Authorization: Token {KEY}"}
        yield f"need=query:k:{KEY}", {"query_secret": f"k={KEY}"}
        yield f"need=query:access_token:{KEY}", {"query": f"access_token={KEY}"}

    def oauth(self):
        client = {"oauth_client_id": "me", "oauth_client_secret": f"{MARK} s3:c%t"}
        yield ["need=token", f"client=me:{MARK} s3:c%t"], client
        more = {"oauth_auth": "body", "oauth_param": f"extra={KEY}"}
        yield ["need=token", f"client=me:{MARK} s3:c%t", "client-auth=body", f"form=extra:{KEY}"], {**client, **more}
        yield (
            ["need=token", f"refresh={MARK}-refresh"],
            {"oauth_client_id": "me", "oauth_refresh_token": f"{MARK}-refresh"},
        )

    def reads(self):
        """Options for reading, each with a secret at another place; the server takes no other."""
        for word, options in self.simple():
            yield {"url": f"{self.base(word)}/items", **options}
        for words, options in self.oauth():
            base = self.base(*words)
            yield {"url": f"{base}/items", "oauth_token_url": f"{base}/token", **options}
        url = f"{self.base(f'need=basic:{USER}', f'need=query:api_key:{KEY}')}/items?api_key={quote(KEY, safe='')}"
        yield {"url": url.replace("://", f"://{quote(USER, safe=':')}@")}


def refused(options):
    """The same of servers that say no and repeat what they were sent, as JSON and as text."""
    return [{**options, "url": options["url"].replace("/n=", f"/echo={how},n=")} for how in ("error", "text")]


def writes(server, staging):
    target = f"{server}/answer=count,id={uuid.uuid4().hex}/items"
    for options in (
        {"bearer": BEARER},
        {"user": USER},
        {"header": f"X-Api-Key: {KEY}"},
        {"query_secret": f"k={KEY}", "idempotent": "true"},
    ):
        yield {"url": target, **options}
    basic = base64.b64encode(USER.encode()).decode()
    for options, said in ({"bearer": BEARER}, f"Bearer {BEARER}"), ({"user": USER}, f"{USER} and {basic}"):
        yield {
            "url": f"{server}/refuse=400,detail={f'not with {said}'.encode().hex()},id={uuid.uuid4().hex}/items",
            **options,
        }
    yield {"url": target.replace("://", f"://{quote(USER, safe=':')}@") + f"?api_key={MARK}-key"}
    yield {
        "url": f"{staging}/id={uuid.uuid4().hex}/items",
        "bearer": BEARER,
        "stage_url": f"stage/{{job_id}}/{{batch_id}}/{{partition_id}}/{{attempt}}?token={MARK}-stage",
        "commit_url": f"commit/{{job_id}}/{{batch_id}}?token={MARK}-commit",
        "abort_url": f"abort/{{job_id}}/{{batch_id}}?token={MARK}-abort",
    }


def test_spark_hides_each_option_that_the_tool_says_may_hold_a_secret():
    by_itself = re.compile("(?i)secret|password|token|access[.]?key|url")  # spark.redaction.regex, options.regex
    answer = subprocess.run([tool.find(), "help", "options"], capture_output=True, text=True, check=True)
    table = [json.loads(line) for line in answer.stdout.splitlines()]
    rows = {row["name"].replace("-", "_"): row["may_hold_secret"] for row in table}
    assert {"bearer", "user", "header", "query", "proxy", "data", "url"} <= {name for name, may in rows.items() if may}
    for name, may in rows.items():
        if may:
            assert by_itself.search(name) or re.search(HIDDEN, name), name
        else:
            assert not re.search(HIDDEN, name), name
    assert re.search(HIDDEN, "path")


def files_with(mark, folder):
    return [str(path) for path in Path(folder).rglob("*") if path.is_file() and mark in path.read_bytes()]


def test_secrets_are_nowhere_that_spark_writes_to(tmp_path, guard, sink_server, staging_server):
    private, work = tmp_path / "private", tmp_path / "work"
    private.mkdir()
    work.mkdir()
    reads, targets = list(Guarded(guard, private).reads()), list(writes(sink_server, staging_server))
    pairs = zip((reads[i] for i in (0, 1, 5, 7, -1)), (targets[i] for i in (0, 1, 3, -2, -1)))
    streams = [[{**read, **at_most(20)}, target] for read, target in pairs]
    wrong = [options for good in reads for options in refused(good)]
    cases = private / "cases.json"
    cases.write_text(json.dumps({"mark": MARK, "reads": reads + wrong, "writes": targets, "streams": streams}))
    job = subprocess.run(
        [sys.executable, Path(__file__).with_name("secrets_job.py"), cases, work],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        cwd=work,
        env={
            **os.environ,
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
    )
    (work / "log").write_bytes(job.stdout)
    assert job.returncode == 0, job.stdout.decode(errors="replace")[-3000:]
    counts = json.loads(job.stdout.splitlines()[-1])
    staged = 1  # takes bad rows, too
    assert (counts["done"], counts["failed"]) == (
        len(reads) + len(targets) + staged + len(streams),
        len(wrong) + len(targets) - staged,
    )
    assert counts["tools"] > 50
    assert any(b"SparkListenerSQLExecutionStart" in path.read_bytes() for path in (work / "events").rglob("events_*"))
    spellings = {MARK, base64.b64encode(USER.encode()).decode().rstrip("=")}
    assert not [line for line in job.stdout.splitlines() if any(text.encode() in line for text in spellings)][:3]
    assert not [
        str(path)
        for path in work.rglob("*")
        if path.is_file() and any(text.encode() in path.read_bytes() for text in spellings)
    ]
