#!/usr/bin/env python3
"""Dependencies of the C tool point downward only: between folders, and between the files of a folder without a circle.

Prints TAP. A module is a .c file with its .h file. The rules are the tables below; after the sources themselves come
small trees that break a rule each, which must be found out.
"""

import pathlib
import re
import sys
import tempfile

# An include may name its own folder, or one of a later line.
FOLDERS = [["cli"], ["discover"], ["pages", "write"], ["arrow"], ["http"], ["json"], ["base"]]
RANK = {name: rank for rank, names in enumerate(FOLDERS) for name in names}

# Headers of libraries, and the files that may include them.
LIBRARIES = {
    "curl/": {
        "http/attempt.c",
        "http/client.c",
        "http/connection.c",
        "http/dry.c",
        "http/failure.c",
        "http/http.c",
        "http/oauth.c",
        "http/transfer.c",
        "http/url.c",
    },
    "cjson/": {"cli/report.c", "http/token.c", "json/error_body.c"},
    "zlib.h": {"http/gzip.c"},
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def module(path):
    return path.rsplit(".", 1)[0]


def circle(graph):
    """A circle of modules as a list that ends where it begins, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        path.append(node)
        found = next((c for c in map(visit, sorted(graph.get(node, ()))) if c), None)
        path.pop()
        done.add(node)
        return found

    return next((c for c in map(visit, sorted(graph)) if c), None)


def faults_of_file(name, text, known):
    folder = name.split("/")[0]
    for kind, included in INCLUDE.findall(text):
        for prefix, allowed in LIBRARIES.items():
            if included.startswith(prefix) and name not in allowed:
                yield f"{name} includes {included}, which only {', '.join(sorted(allowed))} may"
        if kind == "<":
            continue
        to = included.split("/")[0]
        if included not in known:
            yield f"{name} includes {included}: an include names a file with its folder"
        elif to != folder and RANK[to] <= RANK[folder]:
            yield f"{name} includes {included}, which does not lie below it"


def unnamed(root):
    """The files that the map in HACKING.md does not name, one sentence each."""
    hacking = (root.parent / "HACKING.md").read_text()
    for folder in RANK:
        part = re.search(rf"^### {folder}/.*?(?=^#|\Z)", hacking, re.MULTILINE | re.DOTALL)
        named = set(re.findall(r"`(\w+)`", part[0])) if part else set()
        for name in sorted({p.stem for p in (root / folder).glob("*.[ch]")} - named - {"presets_builtin"}):
            yield f"HACKING.md does not name {folder}/{name}"


def faults(root):
    """What is wrong with the tree of sources at root, one sentence each."""
    files = {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.rglob("*.[ch]"))}
    graph = {}
    for name, text in files.items():
        if name.split("/")[0] not in RANK:
            yield f"{name} lies in no folder that this test knows"
            continue
        yield from faults_of_file(name, text, files)
        to = {module(included) for kind, included in INCLUDE.findall(text) if included in files}
        graph.setdefault(module(name), set()).update(to - {module(name)})
    found = circle(graph)
    if found:
        yield "a circle: " + " > ".join(found)


# Trees that break a rule, by what is said about them; None: nothing is.
TREES = {
    "includes downward are fine": ({"cli/a.c": '#include "base/b.h"', "base/b.h": ""}, None),
    "an include that points up": ({"base/a.c": '#include "cli/b.h"', "cli/b.h": ""}, "base/a.c includes cli/b.h"),
    "an include of a folder beside": ({"pages/a.c": '#include "write/b.h"', "write/b.h": ""}, "not lie below"),
    "a circle of two headers": ({"pages/a.h": '#include "pages/b.h"', "pages/b.h": '#include "pages/a.h"'}, "a circle"),
    "a circle through sources": (
        {"http/a.c": '#include "http/b.h"', "http/a.h": "", "http/b.c": '#include "http/a.h"', "http/b.h": ""},
        "http/a > http/b > http/a",
    ),
    "a circle of three": (
        {f"json/{x}.c": f'#include "json/{y}.h"' for x, y in ["ab", "bc", "ca"]} | {f"json/{x}.h": "" for x in "abc"},
        "a circle",
    ),
    "curl where it does not belong": ({"pages/a.c": "#include <curl/curl.h>"}, "pages/a.c includes curl/curl.h"),
    "cJSON where it does not belong": ({"cli/main.c": "#include <cjson/cJSON.h>"}, "includes cjson/cJSON.h"),
    "zlib where it does not belong": ({"http/http.c": "#include <zlib.h>"}, "includes zlib.h"),
    "curl where it belongs": ({"http/url.c": "#include <curl/curl.h>"}, None),
    "an include without its folder": ({"base/a.c": '#include "b.h"', "base/b.h": ""}, "with its folder"),
    "a folder that nobody knows": ({"misc/a.c": ""}, "no folder"),
}


def faults_of_tree(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text + "\n")
        return list(faults(root))


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "src"
    wrong = list(faults(root))
    strange = list(unnamed(root))
    results = [
        ("includes point downward, without a circle", not wrong, wrong),
        ("the map in HACKING.md names every file", not strange, strange),
    ]
    for name, (files, said) in TREES.items():
        found = faults_of_tree(files)
        good = said in " ".join(found) if said else not found
        results.append((f"found out: {name}" if said else name, good, found))
    print(f"1..{len(results)}")
    for number, (name, good, notes) in enumerate(results, 1):
        print(f"{'' if good else 'not '}ok {number} - {name}")
        for note in [] if good else notes:
            print(f"# {note}")


main()
