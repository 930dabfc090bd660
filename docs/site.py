#!/usr/bin/env python3
"""The documents as a site: site/index.html. `make site` installs MkDocs and runs this.

    site.py MKDOCS [FOLDER]     MKDOCS: the program; FOLDER: where the site goes (site)

Pages outside of docs/ (the guide to the data source, figures, changes) become pages of the site. A link to anything
else of the repository becomes its text. A link that leads nowhere is an error.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {
    "index.md": "Welcome",
    "start.md": "Getting started",
    "paginate.md": "Which --paginate?",
    "recipes.md": "Recipes",
    "spark.md": "Spark",
    "streams.md": "Streams",
    "options.md": "Options",
    "apis.md": "Presets",
    "guarantees.md": "Guarantees",
    "reliability.md": "Tests of the promises",
    "troubleshooting.md": "Troubleshooting",
    "performance.md": "Performance",
    "results.md": "All figures",
    "comparison.md": "Comparison",
    "deploy.md": "Deployment",
    "versions.md": "Versions",
    "changes.md": "Changes",
    "security.md": "Security",
}
ELSEWHERE = {
    "spark/README.md": "spark.md",
    "bench/RESULTS.md": "results.md",
    "CHANGELOG.md": "changes.md",
    "SECURITY.md": "security.md",
}
CONFIG = """site_name: restsrc
docs_dir: docs
theme:
  name: readthedocs
  highlightjs: false
plugins: [search]
extra_css: [wide.css]
markdown_extensions: [tables, fenced_code, toc]
validation: {links: {not_found: warn, anchors: warn, unrecognized_links: warn}}
"""
WIDE = """.rst-content table.docutils { display: block; overflow-x: auto; }
.rst-content table.docutils td,
.rst-content table.docutils th { white-space: normal; overflow-wrap: normal; min-width: 5.5em; }
.rst-content table.docutils td:last-child { min-width: 9em; }
.rst-content td code, .rst-content th code { white-space: normal; }
.rst-content pre { overflow-x: auto; }
.wy-nav-content { max-width: 72em; }
"""


def sources():
    """(the file, its name in the site)"""
    yield from ((path, path.name) for path in (ROOT / "docs").glob("*.md"))
    yield from ((ROOT / name, page) for name, page in ELSEWHERE.items())


def relink(text, path, folder):
    """The text of a page with links that are right in the site; pictures are taken along."""
    places = {source.resolve(): page for source, page in sources()}

    def link(match):
        picture, words, address = match.groups()
        target, hash_mark, anchor = address.partition("#")
        if re.match(r"[a-z]+:", address) or not target:
            return match[0]
        there = (path.parent / target).resolve()
        if picture:
            shutil.copy(there, folder / there.name)
            return f"![{words}]({there.name})"
        if there in places:
            return f"[{words}]({places[there]}{hash_mark}{anchor})"
        if not there.exists():
            sys.exit(f"{path}: a link to {target}, which is not there")
        return words

    return re.sub(r"(!?)\[([^][]*)\]\(([^()\s]+)\)", link, text)


def plain_bars(text):
    """Bars in code of a table: GitHub wants a backslash before them, and takes it away; MkDocs shows it."""
    return re.sub(
        r"^\\|.*$", lambda row: re.sub(r"`[^`]*`", lambda c: c[0].replace("\\|", "|"), row[0]), text, flags=re.MULTILINE
    )


def heading(path):
    return path.read_text(encoding="utf-8").partition("\n")[0].strip("# ")


def main():
    mkdocs, to = sys.argv[1], pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "site").resolve()
    with tempfile.TemporaryDirectory() as folder:
        docs = pathlib.Path(folder) / "docs"
        docs.mkdir()
        for path, page in sources():
            text = relink(path.read_text(encoding="utf-8"), path, docs)
            (docs / page).write_text(plain_bars(text), encoding="utf-8")
        (docs / "wide.css").write_text(WIDE, encoding="utf-8")
        there = sorted(page for _, page in sources())
        titles = {page: PAGES[page] for page in PAGES if page in there}
        titles |= {page: heading(docs / page) for page in there if page not in PAGES}
        nav = "".join(f'  - "{title}": {page}\n' for page, title in titles.items())
        config = pathlib.Path(folder) / "mkdocs.yml"
        config.write_text(CONFIG + "nav:\n" + nav, encoding="utf-8")
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        command = [mkdocs, "build", "--quiet", "--strict", "--config-file", config, "--site-dir", to]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


main()
