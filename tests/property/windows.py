"""Windows of time, read from servers that differ at random: which ends of a stretch they take as their own, how they
write times, page, refuse and cap. With --since-path they may give more than was asked for, too: whole days, or all
from or up to a bound. Each record comes once.

    windows.py RESTSRC [COUNT [SEED]]
"""

import json
import pathlib
import random
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import loopback

FIRST = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)
STEPS = {"iso": 1, "iso_ms": 0.001, "epoch_s": 1, "epoch_ms": 0.001, "date": 86400}


class Api:
    """What the server is in a round."""

    def __init__(self, r):
        self.form = r.choice(list(STEPS))
        self.has_lower, self.has_upper = r.random() < 0.5, r.random() < 0.5
        self.style, self.page = r.choice(["offset", "cursor", "none"]), r.randint(2, 30)
        self.total, self.mixed, self.refusal = r.random() < 0.5, r.random() < 0.3, r.choice([400, 413, 422])
        self.longest = r.choice([0, 0, 3, 9]) * DAY
        self.days = r.choice([2, 10, 60])
        grain = r.choice([60, 3600] if self.form == "date" else [1, 60, 3600, 86400])
        parts = [0, 0.25, 0.5, 0.999] if self.form in ("iso", "iso_ms", "epoch_ms") else [0]
        seconds = sorted(
            r.randrange(0, self.days * 86400 // grain) * grain + r.choice(parts) for _ in range(r.randint(0, 200))
        )
        zone = timezone(timedelta(hours=r.choice([0, 2])))
        times = [FIRST + timedelta(seconds=n) for n in seconds]
        self.rows = [
            (when, {"id": n, "at": when.astimezone(zone).isoformat(timespec="milliseconds")})
            for n, when in enumerate(times)
        ]
        self.refused, self.cap = self._limits(r, seconds)
        self.more = "" if self.refused or self.cap or self.longest else r.choice(["", "", "days", "after", "before"])
        self.path = bool(self.more) or r.random() < 0.6

    def _limits(self, r, seconds):
        """The smallest window has three steps of records, at the most: they must pass."""
        steps = Counter(int(n // STEPS[self.form]) for n in seconds)
        least = max((steps[n - 1] + steps[n] + steps[n + 1] for n in list(steps)), default=0)
        kind = r.choice(["", "refused", "cap"])
        return least + r.randint(0, 40) if kind == "refused" else 0, least + r.randint(1, 40) if kind == "cap" else 0

    def time(self, text):
        if self.form.startswith("epoch"):
            return datetime.fromtimestamp(int(text) / (1000 if self.form == "epoch_ms" else 1), timezone.utc)
        return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=timezone.utc)

    def has(self, when, start, end):
        when = when.replace(hour=0, minute=0, second=0, microsecond=0) if self.form == "date" else when
        after = start < when or (self.has_lower and start == when)
        return after and (when < end or (self.has_upper and when == end))

    def asked(self, start, end):
        if self.more == "days":
            end += DAY
            start, end = (when.replace(hour=0, minute=0, second=0, microsecond=0) for when in (start, end))
        start = FIRST - DAY if self.more == "before" else start
        return start, FIRST + 100 * DAY if self.more == "after" else end

    def answer(self, query):
        start, end = self.asked(self.time(query["from"]), self.time(query["to"]))
        rows = [row for when, row in self.rows if self.has(when, start, end)]
        if (self.longest and end - start > self.longest) or (self.refused and len(rows) > self.refused):
            return self.refusal, {"error": "too much"}
        if self.cap:
            rows = rows[: self.cap]
        elif self.mixed:
            random.Random(1).shuffle(rows)
        at = int(query.get("offset", query.get("cursor", 0)))
        size = min(int(query.get("limit", 100)), self.page) if self.style == "offset" else self.page
        page, rest = rows[at : at + size], at + size < len(rows)
        if self.style == "cursor":
            return 200, {"items": page, "next_cursor": str(at + size) if rest else None}
        if self.style == "offset":
            return 200, {"total": len(rows), "items": page} if self.total else page
        return 200, rows


class Handler(loopback.Quiet):
    api = None

    def do_GET(self):
        status, body = self.api.answer(dict(parse_qsl(urlsplit(self.path).query)))
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def command(tool, url, api, r):
    window = r.choice(["P1D", "P7D", "P30D"] + ([] if api.form == "date" else ["PT5H", "P100D"]))
    since, until = (when.strftime("%Y-%m-%dT%H:%M:%SZ") for when in (FIRST - DAY, FIRST + (api.days + 1) * DAY))
    words = [tool, "read", "-q", "--retry", "0", "--paginate", api.style, "--window", window, "--since", since]
    words += ["--until", until, "--parallel", str(r.choice([1, 3, 8])), "--page-size", str(r.choice([5, 100]))]
    words += ["--time-format", api.form] if api.form != "iso" or r.random() < 0.5 else []
    words += ["--since-path", "at"] if api.path else []
    words += ["--result-limit", str(api.cap)] if api.cap else []
    return [*words, f"{url}/list?from={{since}}&to={{until}}"]


def main(tool, count=100, seed=1):
    server = loopback.start(Handler)
    for number in range(int(seed), int(seed) + int(count)):
        r = random.Random(number)
        Handler.api = Api(r)
        words = command(tool, server.url, Handler.api, r)
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        ids = sorted(json.loads(line)["id"] for line in done.stdout.splitlines())
        if done.returncode or ids != list(range(len(Handler.api.rows))):
            lost, twice = set(range(len(Handler.api.rows))) - set(ids), [n for n, k in Counter(ids).items() if k > 1]
            print(f"seed {number}: exit {done.returncode}, lost {sorted(lost)}, twice {twice}: {done.stderr}")
            print(" ".join(words))
            return 1
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
