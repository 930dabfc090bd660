"""Whether all rows of a task have come: a connection as Spark's workers have it, and what Spark's side does with it."""

import socket
import threading

import pytest

from restsrc import upstream, worker


@pytest.fixture
def connection():
    ours, sparks = socket.socketpair()
    with ours, sparks, ours.makefile("rb", 65536) as infile:
        yield infile, sparks


def main(infile):
    """As in pyspark.worker: the name of the function and of its variable are what is looked for."""
    return [upstream.is_complete() for _ in range(2)]


def test_what_follows_the_rows_says_that_they_are_complete(connection):
    infile, sparks = connection
    sparks.sendall(b"rows" + b"\xff\xff\xff\xfc")
    assert infile.read(4) == b"rows"  # and the rest is in the buffer
    assert main(infile) == [True, True] and infile.read(4) == b"\xff\xff\xff\xfc"


def test_what_follows_the_rows_may_come_later(connection):
    infile, sparks = connection
    threading.Timer(0.05, sparks.sendall, [b"\xff\xff\xff\xfc"]).start()
    assert main(infile) == [True, True] and infile.read(4) == b"\xff\xff\xff\xfc"


def test_the_end_of_the_connection_says_that_they_are_not(connection):
    infile, sparks = connection
    sparks.close()
    assert main(infile) == [False, False]


def test_a_silent_spark_is_believed(connection, monkeypatch):
    monkeypatch.setattr(upstream, "WORD_SECONDS", 0.05)
    assert main(connection[0]) == [True, True]


def test_a_connection_without_a_descriptor_says_nothing():
    """As workers have it with spark.python.use.daemon=false."""
    ours, sparks = socket.socketpair()
    with ours, sparks, ours.makefile("rwb", 65536) as both:

        def main(infile, outfile):
            worker.Consumer().hand_over()
            return upstream.is_complete()

        assert main(both, both)


def test_outside_of_a_worker_nothing_is_known():
    assert upstream.is_complete()
