#!/usr/bin/env python3
"""Instructions that the splitter takes for a byte, and the Arrow columns for a record, against stored figures.

    make bench-guard, or bench/guard.py [--store]

They are counted by callgrind, so that it does not matter what else the machine does. More than a quarter above the
figures in bench/instructions.json fails; --store writes what was counted there, after a change that is meant. The
figures are those of one compiler's -O2 on a processor with AVX2; elsewhere, and without valgrind or nginx, the tests
are skipped.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, find_nginx, has, nginx

import pages

STORED = ROOT / "bench/instructions.json"
RECORDS, MOST = 3000, 1.25
# name: (style of the pages, options, the function in which instructions are counted)
COUNTED = {
    **{f"splitter, {style} JSON": (style, [], "split_feed") for style in pages.STYLES},
    "columns": ("compact", ["--output", "arrow"], "columns_add"),
}


def tool():
    return os.environ.get("RESTSRC", str(ROOT / "src/restsrc"))


def compiler():
    """Such as gcc 12; None where it is not gcc with -O2 alone."""
    comment = subprocess.run(["readelf", "-p", ".comment", tool()], capture_output=True, text=True, check=False).stdout
    found = re.search(r"GCC: \(.*\) (\d+)\.", comment)
    makefile = Path(tool()).resolve().parent.parent / "Makefile"
    flags = re.search(r"^CFLAGS = (.*)$", makefile.read_text(), re.M) if makefile.exists() else None
    sanitized = "asan" in subprocess.run(["ldd", tool()], capture_output=True, text=True, check=False).stdout
    plain = flags and "-O2" in flags[1].split() and not sanitized
    return f"gcc {found[1]}" if found and plain and "clang" not in comment else None


def reason_to_skip():
    if not has("valgrind"):
        return "valgrind is not installed"
    if "avx2" not in Path("/proc/cpuinfo").read_text():
        return "this processor has no AVX2"
    if not compiler():
        return "restsrc was not built by gcc with -O2"
    try:
        find_nginx()
    except SystemExit:
        return "nginx is not installed"
    return None


def count(style, options, function):
    folder = pages.pages(RECORDS, 1000, style)
    size = sum(file.stat().st_size for file in folder.glob("*-*.json"))
    with nginx(folder) as server, tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary, "out")
        valgrind = ["valgrind", "--tool=callgrind", "--collect-atstart=no", f"--toggle-collect={function}"]
        argv = [*valgrind, f"--callgrind-out-file={out}", tool(), "read", "--quiet", "--page-size", "1000", *options]
        done = subprocess.run(
            [*argv, f"{server}/items"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
        if done.returncode:
            sys.exit(f"Bail out! {done.stderr.decode(errors='replace')}")
        counted = int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])
    return round(counted / (size if function == "split_feed" else RECORDS), 3)


def main():
    reason = reason_to_skip()
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    figures = stored.get(compiler() or "", {})
    if "--store" in sys.argv:
        if reason:
            sys.exit(reason)
        stored[compiler()] = {name: count(*what) for name, what in COUNTED.items()}
        STORED.write_text(json.dumps(stored, indent=1) + "\n")
        return
    if not reason and not figures:
        reason = f"no figures are stored for {compiler()}"
    print(f"1..{len(COUNTED)}")
    for number, (name, what) in enumerate(COUNTED.items(), 1):
        if reason:
            print(f"ok {number} - {name} # SKIP {reason}")
            continue
        got, most = count(*what), figures[name] * MOST
        right = "ok" if got <= most else "not ok"
        print(f"{right} {number} - {name}: no more instructions than before")
        print(f"# {got}, and at most {most:.3f} (stored: {figures[name]})", flush=True)


if __name__ == "__main__":
    main()
