"""results.json as plots: time against page size, records and latency."""

import json
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

BENCH = Path(__file__).resolve().parent
ROWS = json.loads((BENCH / "results.json").read_text())["rows"]


def draw(name, part, x, label, series, note=""):
    """A line a series: series(row) names it, or leaves the row out."""
    lines = {}
    for row in ROWS:
        if row["part"] == part and series(row):
            lines.setdefault(series(row), []).append((row[x], row["wall"], row["least"], row["most"]))
    figure, axes = plt.subplots(figsize=(6.4, 4))
    for key, points in sorted(lines.items()):
        xs, walls, least, most = zip(*sorted(points))
        below = [wall - low for wall, low in zip(walls, least)]
        above = [high - wall for wall, high in zip(walls, most)]
        axes.errorbar(xs, walls, yerr=[below, above], marker="o", capsize=3, label=key)
    axes.set(xscale="log", yscale="log", xlabel=label, ylabel="seconds", title=note)
    axes.grid(alpha=0.3)
    if lines:
        axes.legend()
        figure.savefig(BENCH / f"{name}.png", dpi=110, bbox_inches="tight")
    plt.close(figure)


def ideal(row):
    return row["name"]


draw(
    "page-size",
    "read",
    "page",
    "records a page",
    lambda row: f"{row['name']}, {row['style']}" if row["name"] in ("curl", "restsrc") else None,
)
draw("records", "size", "records", "records", lambda row: row["name"])
ROWS += [
    {**row, "name": "ideal", "wall": row["ideal"], "least": row["ideal"], "most": row["ideal"]}
    for row in ROWS
    if row["part"] == "latency" and row["name"] == "restsrc"
]
draw("latency", "latency", "parallel", "requests at a time", lambda row: row["name"])


def bars(name, part, style):
    """One bar a contestant, the fastest on top."""
    rows = sorted((row for row in ROWS if row["part"] == part and row["style"] == style), key=lambda row: -row["wall"])
    if not rows:
        return
    figure, axes = plt.subplots(figsize=(6.4, 1.8))
    drawn = axes.barh([row["name"] for row in rows], [row["wall"] for row in rows])
    axes.bar_label(drawn, fmt="%.2f s", padding=3)
    axes.set(title=f"{rows[0]['records']:,} records, pages of {rows[0]['page']:,}, {style} JSON", xlabel="seconds")
    axes.margins(x=0.15)
    figure.savefig(BENCH / f"{name}.png", dpi=110, bbox_inches="tight")


bars("peers", "peers", "compact")
