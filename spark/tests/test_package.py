"""What the package promises to those who import it, and that its modules depend on each other in one direction."""

import ast
import inspect
import re
import subprocess
from pathlib import Path

import pytest

import restsrc
from conftest import REPO
from restsrc import errors, tool
from restsrc.option_table import GROUPS, ROWS, markdown

PACKAGE = Path(restsrc.__file__).parent

# Each module may import what stands in a line below its own, and nothing else of the package.
LAYERS = [
    "restsrc __main__",
    "datasource explain frames",
    "pushed_frames",
    "pushed_reader for_each lookup",
    "reader writer stream_reader stream_writer",
    "streams.offset_mode streams.time_mode streams.cursor_mode planning.batch delivery",
    "streams.settled",
    "streams.mode streams.delivered streams.position streams.feed columns",
    "planning.by_key planning.by_list planning.by_time",
    "window_read",
    "planning.by_offset planning.counting planning.heeded",
    "planning.time_query",
    "partition",
    "digests",
    "rows.envelope",
    "rows.from_tool planning.pushdown",
    "planning.clauses planning.narrowed",
    "planning.survey planning.count_run rows.decode rows.encode report",
    "rows.shape kept_files planning.predicates feeding",
    "rows.exact rows.infer process redaction session upstream planning.dialects",
    "options rows.scalars worker",
    "config_file option_table",
    "tool",
    "templates times unpacked rows.newcomers rows.unmet rows.time_pattern",
    "rows.spark_time rows.ddl errors journal log notation streams streams.clock planning rows",
]
# Within a line, beside that: what Spark calls for streams uses what it calls for batches.
BESIDE = {("stream_reader", "reader")}


def modules():
    """The names of the package's modules, without `restsrc.`, and their files."""
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__") or "restsrc", path


def imported(path, known):
    """The modules of the package that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "restsrc":
            base = node.module.removeprefix("restsrc").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                yield inner if inner in known else base
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("restsrc.") for a in node.names if a.name.split(".")[0] == "restsrc")


def test_imports_point_one_way():
    layer = {name: number for number, line in enumerate(LAYERS) for name in line.split()}
    assert layer.keys() == {name for name, _ in modules()}
    upward = [
        f"{name} imports {other}"
        for name, path in modules()
        for other in imported(path, layer)
        if layer[other] <= layer[name] and (name, other) not in BESIDE
    ]
    assert upward == []


def test_version_is_the_tools():
    said = subprocess.run([tool.find(), "--version"], capture_output=True, text=True, check=True).stdout
    assert said.split()[1] == restsrc.__version__
    project = (REPO / "spark" / "pyproject.toml").read_text()
    assert not re.search(r'^version = "', project, re.MULTILINE)  # it stands in the package alone


def test_what_the_package_exports():
    exceptions = {name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, Exception)}
    ours = {"RestApiDataSource", "explain", "hide_options", "load", "lookup", "__version__"}
    assert set(restsrc.__all__) == exceptions | ours
    assert all(hasattr(restsrc, name) for name in restsrc.__all__)
    assert (PACKAGE / "py.typed").exists()


def test_help_has_every_option_with_its_default():
    said = inspect.getdoc(restsrc.RestApiDataSource)
    for name, row in ROWS.items():
        (line,) = [line for line in said.splitlines() if line.startswith(f"{name}: ")]
        assert row.default is None or line.endswith(f"({row.default})")
        assert all(choice in line for choice in row.choices)


@pytest.mark.parametrize("group", GROUPS)
def test_readme_has_the_table_of_options(group):
    """To bring the README up to date: print(restsrc.option_table.markdown(GROUP)) for each GROUP of GROUPS."""
    assert markdown(group) in (REPO / "spark" / "README.md").read_text()


def test_a_message_is_one_line_of_plain_text():
    odd = "".join(map(chr, [0x1B, 0x0A, 0x85, 0x9B, 0xAD, 0x200B, 0x2028, 0x202E, 0x2066, 0xFEFF, 0xE0041, 0xDCFF]))
    assert str(errors.RecordError(f"no{odd}number")) == f"no{' ' * len(odd)}number"
    letters = "Z\u00fcrich \u6771\u4eac \U0001f469\u200d\U0001f4bb"
    assert str(errors.RecordError(letters)) == letters
