#!/usr/bin/env python3
"""Well-known APIs, as their public documentation describes them (share/apis/NAME.conf has its address): their
parameters, page sizes, envelopes, links and errors. Each refuses what the real one would refuse, and every parameter
that it does not document: a misspelled one would otherwise go unnoticed. And lists in the shapes of frameworks, which
ignore what they do not know.

    apis.py [--port N] [--until-eof]

It starts, ends and is addressed like fault.py: the first path segment is a scenario, a comma separated list of words.

    /SCENARIO/NAME[/...]    the list of the API of that name (vendors.py, frameworks.py; some have more below it)
    /SCENARIO/NAME/_records NDJSON: what a correct reader must write
    /SCENARIO/_log          as in fault.py

Words: n=N (the number of records, 250); those of fault.py about failure and HTTP do not apply.
"""

import frameworks  # noqa: F401  (they register themselves)
import vendors  # noqa: F401
from fault import Handler, serve
from scenario import Answer, Refused, Scenario
from shapes import LISTS, SHAPES


class ApiHandler(Handler):
    made_of = Scenario

    def own(self, s, rest):
        name, _, last = rest.partition("/")
        if last == "_records":
            return Answer(body=b"".join(row + b"\n" for row in self.rows(s, name)), type="application/x-ndjson")
        return super().own(s, rest)

    def rows(self, s, name):
        return [SHAPES[name](i, row) for i, row in enumerate(s.rows[: s.number("n", 250)])]

    def make(self, s, rest):
        name = rest.split("/")[0]
        if name not in LISTS or self.command not in ("GET", "POST"):
            return Answer(404, b'{"message":"Not Found"}')
        self.scenario_log = s.log
        try:
            return LISTS[name](self, self.rows(s, name))
        except Refused as refused:
            return refused.answer


if __name__ == "__main__":
    serve(ApiHandler, __doc__.splitlines()[0])
