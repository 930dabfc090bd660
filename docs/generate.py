#!/usr/bin/env python3
"""Documents made from tables: the presets in docs/apis.md and man/restsrc-apis.7, the options in docs/options.md.

    generate.py            TAP: is each document as it would be made now? `make check` asks
    generate.py --write    makes them (`make documents`)

The environment has RESTSRC, the tool.
"""

import datetime
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- made by docs/generate.py: do not edit -->\n", "<!-- end of what is made -->\n"

STYLES = {
    "offset": "offset",
    "page": "page number",
    "cursor": "cursor",
    "last-id": "last id",
    "next-url": "next link",
    "link": "Link header",
    "range": "Range",
    "none": "not at all",
}


class Preset:
    """A file of share/apis: its title, the page that it is after, what its comment says, its options."""

    def __init__(self, path):
        self.name = path.stem
        common, *lists = re.split(r"^\[(.*)\]\n", path.read_text(encoding="utf-8"), flags=re.M)
        lines = common.splitlines()
        self.lists = dict(zip(lists[::2], (self.about(text) for text in lists[1::2]), strict=True))
        comment = [line[1:].strip() for line in lines if line.startswith("#")]
        self.settings = [line for line in lines if line and not line.startswith("#")]
        self.title = comment[0].partition(": ")[2]
        self.page = comment[1]
        text, _, self.tried = " ".join(comment[2:]).partition(" Tried on: ")
        self.text, _, self.date = text.partition("Looked up on ")
        self.date = self.date[:10]
        if not re.fullmatch(r"https://\S+", self.page) or not re.fullmatch(r"\d{4}-\d\d-\d\d", self.date):
            sys.exit(f"{path}: its second line is the address of the API's document, its last one `Looked up on DATE.`")

    @staticmethod
    def about(text):
        """What the comment of a list says."""
        return text.partition("\n")[0].removeprefix("# ") if text.startswith("#") else ""

    def get(self, name):
        return next((line.partition(" = ")[2] for line in self.settings if line.partition(" = ")[0] == name), None)

    @property
    def reads(self):
        return not self.title.endswith("(write)")

    def cells(self, played):
        style = self.get("paginate") or "offset"
        counts = self.get("count-from") and "(no count)" not in self.title
        tried = [self.tried.rstrip(".")] if self.tried else []
        tried += ["played"] if self.name in played else []
        return (
            f"[`{self.name}`]({self.page})",
            self.title.removesuffix("(no count)").removesuffix("(write)").strip()
            + ("; lists: " + ", ".join(f"`{name}`" for name in self.lists) if self.lists else ""),
            (STYLES[style] + (", in the body" if (self.get("page-in") or "").startswith("body") else ""))
            if self.reads
            else "writes",
            "yes" if self.reads and style in ("offset", "page", "range") else "no",
            "yes" if counts else "no",
            "; ".join(tried) or "shape",
            self.date,
        )


def presets():
    return [Preset(path) for path in sorted((ROOT / "share/apis").glob("*.conf"))]


def played():
    """The presets that read a list of tests/data/apis."""
    found = set()
    for path in (ROOT / "tests/data/apis").glob("*.json"):
        for case in json.loads(path.read_text(encoding="utf-8")):
            options = case.get("preset", [])
            found |= {options[i + 1] for i, option in enumerate(options[:-1]) if option == "--api"}
    return found


def table(head, rows):
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def between(path, made):
    """The document with what is made in its place between the two marks."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n" + made + "\n" + END + rest.partition(END)[2]


def apis_md():
    head = ("preset", "what it is", "pages by", "ranges in parallel", "count", "tried against", "looked up")
    lists = played()
    return between(ROOT / "docs/apis.md", table(head, [preset.cells(lists) for preset in presets()]))


def roff(text):
    """Text as lines of mdoc: one sentence a line, nothing that troff would read as its own."""
    text = text.replace("\\", "\\e").replace("--", "\\-\\-")
    lines = re.split(r"(?<=[^ .][.:]) (?=[A-Z0-9])", text)
    return "".join(("\\&" if line[:1] in ".'" else "") + line + "\n" for line in map(str.strip, lines) if line)


def page_7_lists(preset):
    if preset.lists:
        yield f".Pp\nIts lists,\n.Li restsrc read --api {preset.name} Ar NAME :\n.Bl -tag -width Ds -compact\n"
        for name, about in preset.lists.items():
            yield f".It Li {name}\n{roff(about)}"
        yield ".El\n"


def page_7():
    newest = max(preset.date for preset in presets())
    day = datetime.date.fromisoformat(newest)
    out = [
        '.\\" SPDX-License-Identifier: MIT\n.\\" Made by docs/generate.py from share/apis: do not edit.\n',
        f".Dd {day:%B} {day.day}, {day.year}\n.Dt RESTSRC-APIS 7\n.Os\n",
        ".Sh NAME\n.Nm restsrc-apis\n.Nd presets of restsrc for APIs that are well known\n",
        ".Sh DESCRIPTION\n.Fl -api Ar NAME\nof\n.Xr restsrc 1\ntakes the options of a preset, a file as\n"
        ".Xr restsrc-config 5\ndescribes it.\nEach has here what the API leaves out unless it is asked, the most that "
        "a list can give, how it counts, the credentials, and the options that the preset sets.\n"
        "It was written after the page that is named, on the day that is named; no account with a vendor was used.\n"
        ".Bl -tag -width Ds\n",
    ]
    for preset in presets():
        title = preset.title.replace("\\", "\\e")
        out.append(f".It Cm {preset.name}\n{title}.\n.Pp\n{roff(preset.text)}")
        out.append(f"Looked up on {preset.date}:\n.Lk {preset.page}\n.Bd -literal -offset indent\n")
        out += [setting.replace("\\", "\\e").replace("--", "\\-\\-") + "\n" for setting in preset.settings]
        out.append(".Ed\n")
        out += page_7_lists(preset)
    out.append(".El\n.Sh SEE ALSO\n.Xr restsrc 1 ,\n.Xr restsrc-config 5\n")
    return "".join(out)


def tool_options():
    told = subprocess.run([os.environ["RESTSRC"], "help", "options"], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in told.stdout.splitlines()]


def spark_rows():
    """The rows of the tables of options in spark/README.md, which pytest compares with the data source's own table."""
    text = (ROOT / "spark/README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", text, re.M))


def spark_name(option, secrets):
    """What an option of the tool is called in Spark. A secret is a value there, not a file."""
    name = option["name"]
    if name.removesuffix("-file") in secrets:
        name = name.removesuffix("-file")
    return name.replace("-", "_")


def options_md():
    options = tool_options()
    secrets = {
        option["name"]
        for option in options
        if option["secret"] and option["name"] + "-file" in {other["name"] for other in options}
    }
    reserved = set(
        re.findall(
            r'^    "([a-z_]+)": "',
            (ROOT / "spark/src/restsrc/option_table.py")
            .read_text(encoding="utf-8")
            .partition("RESERVED = {")[2]
            .partition("\n}")[0],
            re.M,
        )
    )
    out = [
        "# Options\n\nEvery option of the tool, and what it is called in Spark. A configuration file has them without "
        "the dashes, one `name = value` a line. `restsrc help read` shows those of a command, `man restsrc` explains "
        "them.\n\n"
    ]
    groups = list(dict.fromkeys(option["group"] for option in options))
    shown = set()
    for group in groups:
        rows = []
        for option in options:
            name = spark_name(option, secrets)
            if option["group"] != group or option["name"] in secrets:
                continue
            shown.add(name)
            off = option["type"] == "flag" and option["default"] == "true"
            argument = f" {option['argument']}" if option["argument"] else ""
            spark = "" if name in reserved or not option["file"] else f"`{name}`"
            rows.append(
                (
                    f"`--{'no-' if off else ''}{option['name']}{argument}`",
                    spark,
                    "" if option["type"] == "flag" or not option["default"] else f"`{option['default']}`",
                    ", ".join(option["commands"]) if len(option["commands"]) < 6 else "all",
                    ("do not " if off else "") + option["help"],
                )
            )
        out.append(f"## {group[0].upper()}{group[1:]}\n\n")
        out.append(table(("option", "in Spark", "default", "commands", "what it does"), rows) + "\n")
    rows = [
        (f"`{name}`", *(cell.replace("\\|", "|") for cell in re.split(r" \| ", rest)))
        for name, rest in spark_rows().items()
        if name not in shown
    ]
    out.append("## In Spark only\n\n")
    out.append("The guide to the data source, `spark/README.md`, says more about each.\n\n")
    out.append(table(("option", "takes", "default", "what it does"), [row for row in rows if len(row) == 4]))
    return "".join(out)


DOCUMENTS = {
    "docs/apis.md": apis_md,
    "man/restsrc-apis.7": page_7,
    "docs/options.md": options_md,
}


def main():
    if sys.argv[1:] == ["--write"]:
        for name, make in DOCUMENTS.items():
            (ROOT / name).write_text(make(), encoding="utf-8")
        return
    print(f"1..{len(DOCUMENTS)}")
    wrong = 0
    for number, (name, make) in enumerate(DOCUMENTS.items(), 1):
        path, made = ROOT / name, make()
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        wrong += there != made
        print(f"{'ok' if there == made else 'not ok'} {number} - {name} is as its tables say")
        if there != made:
            print("# `make documents` makes it anew")
            for line in list(difflib.unified_diff(there.splitlines(), made.splitlines(), lineterm="", n=0))[:20]:
                print(f"# {line}")
    sys.exit(bool(wrong))


main()
