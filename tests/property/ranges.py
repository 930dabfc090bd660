"""Random ranges of lists on random servers: whatever page sizes they cap at, whatever comes short, late, broken or
without a total, each record of the range comes out once, in order, byte for byte.

    ranges.py RESTSRC SERVER [SEED]
"""

import random
import subprocess
import sys
from urllib.request import urlopen

READS = 40


def scenario(rng, page_size):
    """The words of a fault server that, in the end, gives every record."""
    n = rng.choice([0, 1, 2, rng.randrange(300), page_size, 3 * page_size])
    words = [f"n={n}", rng.choice(["kind=odd", "kind=mixed"])]
    if rng.random() < 0.5:
        words.append(f"cap={rng.randrange(1, 2 * page_size)}")
    for _ in range(rng.randrange(4)):
        words.append(f"short={rng.randrange(300)}:{rng.randrange(1, page_size + 1)}")
    words += (
        [rng.choice(["total=none", "total=zero", "header-total", "header-total,total=none"])]
        if rng.random() < 0.6
        else []
    )
    words += ["past=404"] if rng.random() < 0.4 else []
    words += [rng.choice(["pretty", "gzip", "chunked=99", "noise", "bom", "drop-idle"])] if rng.random() < 0.5 else []
    for _ in range(rng.randrange(3)):
        start = rng.randrange(0, 300, page_size) if rng.random() < 0.5 else rng.randrange(300)
        words.append(
            rng.choice(
                [
                    f"cut={start}:{rng.randrange(2000)}",
                    f"fail=503:1:{start}",
                    f"fail=drop:1:{start}",
                    f"truncate={start}:{rng.randrange(99)}:1",
                    f"delay=0.01:{start}",
                ]
            )
        )
    return ",".join(words)


def span(rng, page_size):
    """--offset and --limit, by preference near the edges of pages."""
    near = [0, 1, page_size - 1, page_size, page_size + 1, 2 * page_size]
    offset = rng.choice([0, rng.choice(near), rng.randrange(320)])
    limit = rng.choice([None, rng.choice(near), rng.randrange(320)])
    return offset, limit


def check(restsrc, server, seed):
    rng = random.Random(seed)
    page_size = rng.choice([1, 2, 3, 7, 10, 50, 100])
    words = scenario(rng, page_size)
    offset, limit = span(rng, page_size)
    base = f"{server}/id=range{seed},{words}"
    command = [
        restsrc,
        "read",
        "--retry-delay",
        "0",
        "--quiet",
        "--offset",
        str(offset),
        "--page-size",
        str(page_size),
        "--parallel",
        str(rng.randrange(1, 9)),
    ]
    command += ["--limit", str(limit)] if limit is not None else []
    run = subprocess.run([*command, f"{base}/items"], capture_output=True, timeout=60)
    expected = urlopen(f"{base}/_records?offset={offset}" + (f"&limit={limit}" if limit is not None else "")).read()
    if run.returncode or run.stdout != expected:
        got, want = run.stdout.count(b"\n"), expected.count(b"\n")
        sys.exit(
            f"seed {seed}: exit {run.returncode}, {got} records instead of {want}\n"
            f"{' '.join(command)} {base}/items\n{run.stderr.decode()}"
        )


def main():
    restsrc, server, seed = sys.argv[1], sys.argv[2], int((sys.argv[3:] or [random.randrange(2**32)])[0])
    for i in range(seed, seed + READS):
        check(restsrc, server, i)


main()
