"""What was measured as tables, JSON and plots."""

import datetime
import json
import os
import platform
import subprocess

from common import PEERS_PYTHON, ROOT, has_module

BENCH = ROOT / "bench"
# A part: what its tables differ in, and whose time the others are told in.
PARTS = {
    "read": (("style", "page"), "curl"),
    "peers": (("style",), "restsrc"),
    "size": (("records",), "curl"),
    "latency": (("parallel",), "ideal"),
    "follow": ((), "curl in a loop"),
    "count": ((), "curl"),
    "write": ((), "curl --data-binary"),
    "arrow": ((), "restsrc --output arrow"),
    "spark read": (("page",), "ready Arrow batches"),
    "spark write": ((), "seed's pattern"),
    "spark memory": ((), ""),
}


def groups(rows, keys):
    found = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found.items()


def base_of(rows, name):
    if name == "ideal":
        return rows[0]["ideal"]
    return next((row["wall"] for row in rows if row["name"] == name), rows[0]["wall"])


def title(part, keys, values, rows):
    about = [f"{key} {value}" for key, value in zip(keys, values)]
    if "records" in rows[0] and "records" not in keys:
        about.append(f"{rows[0]['records']:,} records")
    if "ideal" in rows[0]:
        about.append(f"ideal {rows[0]['ideal']:.2f} s")
    return f"**{part}**" + (": " + ", ".join(about) if about else "")


def table(rows, base):
    yield "| | wall s | least to most | times | processor s | peak MiB |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        cells = [
            row["name"].replace("|", "\\|"),
            f"{row['wall']:.3f}",
            f"{row['least']:.3f} to {row['most']:.3f}",
            f"{row['wall'] / base:.2f}",
            f"{row['processor']:.2f}" if row["processor"] else "",
            f"{row['peak_mib']:.0f}" if row["processor"] or row["peak_mib"] else "",
        ]
        yield "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def tables(rows):
    lines = []
    for part, (keys, base) in PARTS.items():
        for values, group in groups([row for row in rows if row["part"] == part], keys):
            lines += [title(part, keys, values, group), "", *table(group, base_of(group, base)), ""]
    return "\n".join(lines)


def machine():
    """Date, processors, and what was compared with what."""
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    curl = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=False).stdout.split(" ")
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.date.today().isoformat(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[2],
        "model": model,
        "curl": curl[1] if len(curl) > 1 else "",
        "commit": commit.stdout.strip(),
    }


def kept(rows):
    """Of the last run, the parts that did not run now."""
    file = BENCH / "results.json"
    before = json.loads(file.read_text())["rows"] if file.exists() else []
    return [row for row in before if row["part"] not in {row["part"] for row in rows}] + rows


def write(rows, options):
    about, rows = machine(), kept(rows)
    results = {**about, "rounds": options.rounds, "rows": rows}
    (BENCH / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    plotted = has_module(PEERS_PYTHON, "matplotlib")
    if plotted:
        subprocess.run([PEERS_PYTHON, BENCH / "plots.py"], check=True)
    text = (
        "# The last run of `make bench`\n\n"
        f"{about['date']}, commit {about['commit']}, {about['processors']} processors ({about['model']}; load "
        f"{about['load']:.0f}, with this and other work), curl "
        f"{about['curl']}, medians of rounds in which all take turns. *Times* is the time in that of "
        "the first row, of the ideal where there is one, of ready Arrow batches in Spark's reads. Pages come from an "
        "nginx on the same machine; `bench/run` says what each part does.\n\n"
    )
    if plotted:
        text += "".join(f"![{name}]({name}.png)\n" for name in ("peers", "page-size", "records", "latency")) + "\n"
    (BENCH / "RESULTS.md").write_text(text + tables(rows))
