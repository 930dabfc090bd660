"""Reads that are killed at random points and started again by the same command line: with --output each record is in
the file exactly once, in every style; on standard output none is lost, and only those that had left
just before come again. With --for-each, in windows of time, with {since} and with --newest-first, too.

    stops.py RESTSRC [KILLS [SEED]]

Runs until so many processes have been killed (signal 9).
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
RECORDS, CAP, PIECE = 611, 20, 47
BEGIN = 1_767_225_600  # 2026
LIST = [
    json.dumps({"id": n, "at": BEGIN + 60 * (n // 3), "text": "x" * (n % 7)}, separators=(",", ":"))
    for n in range(RECORDS)
]

SERVER = """
import json, time
ALL = [json.loads(line) for line in open(FILE)]
CAP, PIECE = 20, 47
def answer(r):
    time.sleep(0.003)
    q, style, piece = r.query, *(r.path.strip("/") + "/").split("/")[:2]
    known = ALL[: r.state.get("length")] if style == "since" else ALL
    LIST = known[int(piece) * PIECE:][:PIECE] if piece else known
    if style == "since":
        LIST = [one for one in LIST if one["at"] >= float(q["from"])]
    if "since" in q:
        LIST = [one for one in ALL if float(q["since"]) <= one["at"] < float(q["until"])]
    if style == "length":
        r.state["length"] = int(piece)
    if style == "newest":
        LIST = ALL[: r.state["length"]][::-1]
    size = min(int(q.get("limit", CAP)), CAP)
    style = "page" if "page" in q else style
    at = {"page": lambda: (int(q.get("page", 1)) - 1) * size,
          "last-id": lambda: int(q["cursor"]) + 1 - LIST[0]["id"] if "cursor" in q else 0,
          "cursor": lambda: int(q.get("cursor", "c0")[1:])}.get(style, lambda: int(q.get("offset", 0)))()
    page, end = LIST[at:at + size], at + size
    body = {"results": page}
    more = end < len(LIST)
    link = f"{r.base}{r.path}?offset={end}"
    if style == "cursor":
        body["next_cursor"] = f"c{end}" if more else None
    if style == "next-url":
        body["next"] = link if more else None
    if style == "offset":
        body["total"] = len(LIST)
    return 200, body, {"Link": f'<{link}>; rel="next"'} if style == "link" and more else {}
"""
STYLES = ("offset", "page", "cursor", "last-id", "next-url", "link", "window", "newest", "since")


class Server:
    def __init__(self, folder):
        (folder / "list").write_text("".join(line + "\n" for line in LIST))
        (folder / "api.py").write_text(SERVER.replace("FILE", repr(str(folder / "list"))))
        command = [sys.executable, str(HERE.parent / "servers" / "small.py"), str(folder / "api.py"), "--until-eof"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.url = self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def one_list(tool, url, style, folder, rng, to_file, each):
    """Kills and starts again until the list is complete. Returns how often it was killed."""
    for file in folder.glob("*"):
        file.unlink()
    command = [tool, "read", "--quiet", "--paginate", style, "--state", str(folder / "state"), f"{url}/{style}"]
    command += ["--parallel", str(rng.choice((1, 4)))]
    if style == "newest":
        command[command.index("newest")] = "offset"
        return grown(
            [*command, "--newest-first", "--since-path", "at", "--since", "0"], url, folder / "output", rng, to_file
        )
    if style == "window":
        command[command.index("window")] = rng.choice(("offset", "page"))
        command += [
            "--window",
            f"PT{rng.choice((7, 40, 100))}M",
            "--query",
            "since={since}",
            "--query",
            "until={until}",
        ]
        command += ["--since", str(BEGIN), "--until", str(BEGIN + 60 * RECORDS), "--page-size", str(CAP)]
        command += ["--time-format", "epoch_s", *rng.choice(([], ["--since-path", "at"]))]
    if each:
        (folder / "lines").write_text("".join(f'{{"p":{p}}}\n' for p in range(-(-RECORDS // PIECE))))
        command += ["--for-each", str(folder / "lines"), "--keep", "p"]
        command[command.index(f"{url}/{style}")] += "/{p}"
    if style == "since":
        command[command.index("since")] = rng.choice(("offset", "page"))
        command += ["--query", "from={since}", "--since", "0", "--since-path", "at"]
        return grown(command, url, folder / "output", rng, to_file)
    if style in ("offset", "page"):
        command += ["--page-size", str(rng.choice((CAP, 50)) if style == "offset" else CAP)]
    return killed_until_done(command, folder / "output", rng, to_file)


def grown(command, url, output, rng, to_file):
    """Twice: the list has grown before the second time."""
    command += ["--page-size", str(CAP)]
    kills = 0
    for length in (RECORDS // 2, RECORDS):
        urllib.request.urlopen(f"{url}/length/{length}").close()
        kills += killed_until_done(command, output, rng, to_file)
    return kills


def killed_until_done(command, output, rng, to_file):
    """Each time it may go on for a little longer, so that it gets somewhere on a slow machine, too; in the end for
    minutes, in which it would be done if it did not hang."""
    command = [*command, "--output", str(output)] if to_file else command
    for kills in range(30):
        with open(os.devnull if to_file else output, "ab") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
        try:
            error = process.communicate(timeout=rng.uniform(0.005, 0.2) * 1.2**kills)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            continue
        assert process.returncode == 0, (process.returncode, error)
        return kills
    raise AssertionError("it never ends")


def check(folder, kills, to_file, each, what, style):
    wanted = [f'{{"p":{n // PIECE},{line[1:]}' for n, line in enumerate(LIST)] if each else LIST
    if style == "newest":
        wanted = [*LIST[: RECORDS // 2][::-1], *LIST[RECORDS // 2 :][::-1]]
    known = set(wanted)
    lines = (folder / "output").read_text().splitlines()
    if not to_file:  # what a killed run wrote last may be half a line, and come again
        whole = [line for line in lines if line in known]
        most = 3 * 100 if style == "window" else CAP  # a page; what is put aside of windows goes out at once
        assert len(lines) <= RECORDS + kills * (most + 1), (what, "too many come again", len(lines), kills)
        lines = list(dict.fromkeys(whole))
    if style == "since" and each:  # the second run goes through the parents again
        lines, wanted = sorted(lines), sorted(wanted)
    assert lines == wanted, (what, len(lines), [line for line in wanted if line not in set(lines)][:3])


def main():
    tool, most, seed = (
        sys.argv[1],
        int([*sys.argv, "15"][2]),
        int([*sys.argv, "", ""][3] or random.randrange(10**6)),
    )
    rng = random.Random(seed)
    killed = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "run").mkdir()
        server = Server(folder)
        try:
            turn = 0
            while sum(killed.values()) < most or turn < len(STYLES):
                style, to_file = STYLES[turn % len(STYLES)], turn // len(STYLES) % 3 != 2
                each = style not in ("window", "newest") and rng.random() < 0.5
                kills = one_list(tool, server.url, style, folder / "run", rng, to_file, each)
                check(folder / "run", kills, to_file, each, (seed, style, to_file, each), style)
                killed[style] = killed.get(style, 0) + kills
                turn += 1
        finally:
            server.stop()
    print(f"{sum(killed.values())} kills in {turn} reads, seed {seed}: {killed}")


main()
