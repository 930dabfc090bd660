"""What `restsrc read --output arrow` makes of records: a list of our own, and the tool as a process. And the lines that
`restsrc write --input arrow` makes of rows.
"""

import subprocess

import loopback
import pyarrow as pa

from restsrc import tool
from restsrc.options import Options
from restsrc.process import Process
from restsrc.rows.encode import END, FLAGS, Encoder


def lines(batches, schema, *arguments):
    """The rows of record batches as lines: what the tool would send in one request."""
    encoder = Encoder(schema)
    stream = b"".join(message for batch in batches for message in encoder.messages(batch)) + END
    return sent(stream, *(f"--{name}={value}" for name, value in FLAGS.items()), *arguments)


def sent(stream, *arguments):
    """The lines that the tool would send of an Arrow stream."""
    words = ["--input", "arrow", "--dry-run", "--body", "ndjson", "--batch-size", "1000000"]
    command = [tool.find(), "write", *words, *arguments, "http://127.0.0.1:9/items"]
    done = subprocess.run(command, input=stream, capture_output=True)
    assert done.returncode == 0, done.stderr
    _, found, body = done.stdout.decode().partition(" --data-binary '")
    # shlex takes minutes for megabytes; no NUL is in JSON
    return body.replace("'\\''", "\0").partition("'")[0].replace("\0", "'").split("\n")[:-1] if found else []


class Listing:
    """A list with these records (JSON texts) on one page, for as long as it is `with`."""

    def __init__(self):
        listing = self

        class Handler(loopback.Quiet):
            def do_GET(self):
                body = b"[" + b",".join(listing.records) + b"]"
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.records = []
        self._server = loopback.start(Handler)
        self.url = f"{self._server.url}/items"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def run(self, records, *arguments):
        """(exit code, bytes on standard output, standard error) of a read of these records."""
        self.records = records
        done = subprocess.run(
            [tool.find(), "read", "--paginate", "none", "--output", "arrow", *arguments, self.url], capture_output=True
        )
        return done.returncode, done.stdout, done.stderr.decode()

    def made(self, maker, block, first_record=0, choose=None):
        """What the maker makes of a block of lines that the tool reads: record batches.

        `choose` looks at a batch of the tool's, texts and all, and says which places to take.
        """
        self.records = block.split(b"\n")[:-1]
        with Process(
            Options({"url": self.url, "paginate": "none"}), "read", {}, arrow=maker.wanted(choose is not None)
        ) as process:
            maker.begin()
            batches, seen = [], 0
            for made in process.batches():
                chosen = choose(made) if choose else None
                batches.append(maker.batch(made, first_record + seen, lambda _, numbers: pa.array(numbers), chosen))
                seen += made.num_rows
            process.check_records(process.finish(), seen)
        return batches

    def table(self, records, *arguments):
        """The table that they become."""
        code, stream, errors = self.run(records, *arguments)
        assert code == 0, errors
        with pa.ipc.open_stream(stream) as reader:
            table = reader.read_all()
        table.validate(full=True)
        return table
