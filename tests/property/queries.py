"""Random queries through the tool: what the server is asked is what urllib makes of the URL and what was added.

    queries.py RESTSRC SERVER [SEED]

SERVER is raw.py, whose log has every target. A URL with any query is called with any --query, and read by offset and
limit, which take the place of parameters of the same name.
"""

import random
import subprocess
import sys
import urllib.request
from urllib.parse import parse_qsl, quote, unquote, urlsplit

CASES = 150
PLAIN = "abcXYZ019-._~"
IN_QUERY = PLAIN + "?&=+/:@!$'()*,;[]" + "%"
ANY = IN_QUERY + ' "#<>\\^`{|}é€😀'


def text(rng, alphabet, most):
    return "".join(rng.choices(alphabet, k=rng.randrange(most)))


def some_query(rng):
    """What a person might write after the '?': escapes that are ones, and '%' that are none."""
    pieces = [
        rng.choice([text(rng, IN_QUERY, 6), quote(text(rng, ANY, 4)), "offset=7", "limit=3", "%6fffset=9", "q=why?"])
        for _ in range(rng.randrange(6))
    ]
    return rng.choice(["", "&", "?"]).join(pieces) + rng.choice(["", "?", "&", "="])


def pairs(query):
    """Names and values as bytes, so that what is no UTF-8 can be compared. A '+' is a blank here on both sides."""
    return parse_qsl(query, keep_blank_values=True, encoding="latin-1")


def parameters(query):
    """The parameters as they stand."""
    return [p for p in query.split("&") if p]


def name(parameter):
    return unquote(parameter.partition("=")[0], encoding="latin-1")


def main(restsrc, server, seed):
    rng = random.Random(seed)
    want = []
    for n in range(CASES):
        query = some_query(rng)
        added = [(text(rng, ANY.replace("=", ""), 5) + "n", text(rng, ANY, 8)) for _ in range(rng.randrange(1, 4))]
        url = f"{server}/page/{seed}-{n}?{query}"
        options = [option for k, v in added for option in ("--query", f"{k}={v}")]
        subprocess.run([restsrc, "call", *options, url], check=True, stdout=subprocess.DEVNULL)
        encoded = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in added)
        want.append((url, parameters(query), pairs(query) + pairs(encoded)))
        subprocess.run(
            [restsrc, "read", "--limit", "1", "--page-size", "2", "-q", url], check=True, stdout=subprocess.DEVNULL
        )
        kept = [p for p in parameters(query) if name(p) not in ("offset", "limit")]
        want.append((url, kept, [*pairs("&".join(kept)), ("offset", "0"), ("limit", "1")]))
    log = urllib.request.urlopen(f"{server}/_log").read().decode()
    targets = [line.split(" ")[1] for line in log.splitlines() if f"/page/{seed}-" in line]
    assert len(targets) == len(want), (len(targets), len(want))
    for target, (url, kept, expected) in zip(targets, want):
        query = target.partition("?")[2]
        assert pairs(query) == expected, (
            f"seed {seed}: {url}: asked for {target}, which is {pairs(query)}, not {expected}"
        )
        assert parameters(query)[: len(kept)] == kept, f"seed {seed}: {url}: asked for {target}: not as it was written"
        assert urlsplit(target).path == urlsplit(url).path


main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6))
