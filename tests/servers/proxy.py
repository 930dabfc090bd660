#!/usr/bin/env python3
"""A proxy in front of a real server, that adds the misfortunes of the sink: requests that are lost before or after the
server has taken them, answers cut short, 429, 500.

    proxy.py --target URL [--port N] [--until-eof]

It starts, ends and is addressed like sink.py, with the same words about failure; what stands behind the first path
segment is the path on the target. For reads there are no misfortunes.
"""

import http.client
import sys
import threading
from urllib.parse import urlsplit

from fault import serve
from scenario import Answer, Drop
from sink import Sink, afterwards, before

HOP = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}
mine = threading.local()


class Proxy(Sink):
    target = None

    def take(self, s, entry):
        before(s, self)
        return afterwards(s, self, self.forward())

    def look(self, s):
        return self.forward()

    def forward(self):
        """The target's own answer; Drop where it gives none."""
        parts = urlsplit(self.path)
        path = "/" + parts.path.lstrip("/").partition("/")[2] + (f"?{parts.query}" if parts.query else "")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        if not hasattr(mine, "connection"):
            mine.connection = http.client.HTTPConnection(self.target.hostname, self.target.port)
        try:
            mine.connection.request(self.command, path, self.body or None, headers)
            answer = mine.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            mine.connection.close()
            raise Drop from problem
        kept = {
            name: value for name, value in answer.getheaders() if name.lower() in ("location", "retry-after", "etag")
        }
        return Answer(answer.status, body, kept, answer.getheader("Content-Type", "application/json"))


if __name__ == "__main__":
    at = sys.argv.index("--target")
    Proxy.target = urlsplit(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    serve(Proxy, "A proxy in front of a real server, that adds the misfortunes of the sink.")
