"""The tool as a child process, without Spark."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import eventually, gone
from restsrc import errors
from restsrc.options import Options
from restsrc.process import Process


def child(url, command="read", numbers=None, **given):
    return Process(Options({"url": url, "retry": "0", **given}), command, numbers or {})


def test_blocks_are_whole_lines_and_all_of_them(fault):
    scenario = fault("n=1000")
    with child(scenario.url) as running:
        blocks = list(running.blocks())
        summary = running.finish()
    assert all(block.endswith(b"\n") for block in blocks)
    assert b"".join(blocks) == scenario.get("/_records")
    running.check_records(summary, 1000)
    with pytest.raises(errors.UnexpectedAnswer, match="wrote 1000 records, but 999 arrived"):
        running.check_records(summary, 999)


def test_line_longer_than_a_block(fault, tmp_path):
    lines = b"".join(b'{"a":"%s"}\n' % (b"x" * size) for size in (10, 6_000_000, 10, 300_000))
    (tmp_path / "lines").write_bytes(lines)
    with child(fault(f"file={quote(str(tmp_path / 'lines'), safe='')}").url) as running:
        assert b"".join(running.blocks()) == lines
        assert running.finish()["records"] == 4


def test_slow_rows_are_handed_on_before_the_end(fault):
    with child(fault("n=1000,hang=500").url) as running:
        blocks, lines = running.blocks(), 0
        while lines < 100:
            lines += next(blocks).count(b"\n")
    assert gone(running._process.pid)


def test_command_line_says_nothing_secret(fault):
    url = fault("n=1000,hang=0").url
    with child(url, numbers={"offset": 0}, header="X-Key: sesame") as running:
        folder = Path("/proc") / str(running._process.pid)
        words = (folder / "cmdline").read_bytes().decode().split("\0")[1:-1]
        assert "sesame" not in str(words) and url not in str(words)
        assert words[0] == "read" and all(word.lstrip("-").replace("-", "").isalnum() for word in words)
        assert b"sesame" not in (folder / "environ").read_bytes()
        assert os.readlink(folder / "fd" / "0") == "/dev/null"
        assert os.getsid(running._process.pid) == os.getsid(0)


@pytest.mark.parametrize("installed", [True, False])
def test_the_tool_is_told_of_the_certificates_of_certifi(fault, monkeypatch, installed):
    """It takes them where the machine has none (packaging/check.bats)."""
    where = pytest.importorskip("certifi").where()
    if not installed:
        monkeypatch.setitem(sys.modules, "certifi", None)
    with child(fault("n=10,hang=0").url) as running:
        variables = Path("/proc", str(running._process.pid), "environ").read_text().split("\0")
    assert (f"RESTSRC_CA_FALLBACK={where}" in variables) == installed


def test_configuration_larger_than_a_pipe():
    headers = "\n".join([*(f"X-{n}: {'y' * 4000}" for n in range(50)), "the last one is wrong"])
    with child("http://127.0.0.1:9/", header=headers) as running, pytest.raises(errors.OptionError, match="header"):
        running.finish()


FAILURES = [
    ("status=404", {}, errors.RequestRefused, 69),
    ("status=503", {}, errors.ServerUnavailable, 75),
    ("html", {}, errors.UnexpectedAnswer, 76),
    ("require-header=X-Key:1", {}, errors.AccessDenied, 77),
    ("n=10", {"header": "no colon"}, errors.OptionError, 64),
]


@pytest.mark.parametrize("words, given, error, code", FAILURES)
def test_exit_code_becomes_an_exception(fault, words, given, error, code):
    scenario = fault(words)
    with pytest.raises(error) as raised, child(scenario.url, numbers={"offset": 5, "limit": 10}, **given) as running:
        list(running.blocks())
        running.finish()
    assert raised.value.exit_code in (code, 78)
    assert f"exit {raised.value.exit_code}, records 5 to 14 of {scenario.url}" in str(raised.value)
    assert raised.value.retryable == (code == 75)


def test_message_redacts_the_url(fault):
    url = fault("status=404").url.replace("http://", "http://user:sesame@")
    with pytest.raises(errors.RequestRefused) as raised, child(url) as running:
        running.finish()
    assert "sesame" not in str(raised.value)


def test_killed_child_is_no_end_of_data(fault):
    with child(fault("n=1000,hang=500").url) as running:
        blocks = running.blocks()
        next(blocks)
        os.kill(running._process.pid, signal.SIGKILL)
        list(blocks)
        with pytest.raises(errors.ToolFailure, match="killed by signal 9"):
            running.finish()


def test_stderr_does_not_fill_up(fault, caplog):
    with caplog.at_level("INFO", "restsrc"), child(fault("n=200").url, verbose="true", page_size="1") as running:
        list(running.blocks())
        assert running.finish()["records"] == 200
    assert len(caplog.records) > 200


def test_child_dies_with_the_process_that_started_it(fault):
    script = textwrap.dedent(
        """
        import sys, time
        from restsrc.process import Process
        from restsrc.options import Options
        child = Process(Options({"url": sys.argv[1]}), "read", {})
        next(child.blocks())
        print(child._process.pid, flush=True)
        time.sleep(600)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, fault("n=1000,hang=500").url], stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    eventually(lambda: gone(pid))


def test_that_a_file_can_be_read_by_others_is_told_once(fault, tmp_path, caplog):
    token = tmp_path / "token"
    token.write_text("tok-12345")
    token.chmod(0o644)
    for _ in range(3):
        with child(fault("n=1").url, bearer_file=str(token)) as running:
            list(running.blocks())
            running.finish()
    assert caplog.text.count("chmod 600") == 1
