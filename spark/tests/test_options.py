"""Options of the user against the tool's own table."""

import pickle
import re
import subprocess
import sys

import pytest

from restsrc import tool
from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.option_table import RESERVED, ROWS, SYNONYMS, squeezed
from restsrc.options import Options
from restsrc.process import Process
from restsrc.tool import tool_options

URL = "http://127.0.0.1:9/items"


def test_every_option_of_the_tool_is_a_spark_option():
    table = tool_options(tool.find())
    values = {"integer": "7", "number": "0.5", "flag": "true", "text": "x"}
    given = {
        name: option.choices[0] if option.choices else values.get(option.type, "x")
        for name, option in table.items()
        if name not in RESERVED and option.in_file
    }
    given["time_zone"] = "UTC"
    config = Options({**given, "url": URL}).config("read")
    for name, option in table.items():
        in_config = f"\n{option.name} = " in "\n" + config
        assert in_config == ("read" in option.commands and name in given and name not in ("offset", "limit"))


def test_names_of_spark_only_options_are_free():
    spark_only = {name for name, row in ROWS.items() if not row.of_tool}
    assert not (spark_only - {"path"}) & tool_options(tool.find()).keys()


@pytest.mark.parametrize(
    "given, message",
    [
        ({"pagesize": "5"}, "there is no option pagesize; did you mean page_size?"),
        ({"headers": "A: b"}, "did you mean header?"),
        ({"zzz": "1"}, "there is no option zzz"),
        ({"config_fd": "3"}, "the option config_fd can't be given from Spark"),
        ({"expect": "3"}, "it is set from the count"),
        ({"page_size": "many"}, "the option page_size is 'many'; it takes a whole number"),
        ({"offset": "-1"}, "the option offset is '-1'"),
        ({"limit": "99999999999999999999"}, "the option limit"),
        ({"compressed": "maybe"}, "it takes true or false"),
        ({"on_drift": "shrug"}, "it takes fail or warn or ignore"),
        ({"mode": "STRICT"}, "it can be FAILFAST, PERMISSIVE, DROPMALFORMED"),
        ({"time_zone": "Mars"}, "not a time zone"),
        ({"num_partitions": "0"}, "a whole number of 1 or more"),
        ({"path": "http://127.0.0.1:9/other"}, "name two URLs"),
        ({"url": ""}, "the option url is missing"),
    ],
)
def test_what_is_wrong_is_said(given, message):
    with pytest.raises(OptionError) as raised:
        Options({"url": URL, **given})
    assert message in str(raised.value)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(OptionError) as raised:
        Options({"pagesize": "5", "mode": "x"})
    assert all(word in str(raised.value) for word in ("pagesize", "mode", "url is missing"))


def test_url_by_load():
    assert Options({"path": URL}).url == URL


def test_configuration_text():
    given = {
        "url": URL + '?q="a"',
        "header": "A: 1\r\n\nB: tab\there ",
        "compressed": " TRUE",
        "page_size": "5",
        "limit": "3",
    }
    assert Options(given).config("read", page_size=7).splitlines() == [
        f'url = "{URL}?q=\\"a\\""',
        'header = "A: 1"',
        'header = "B: tab\\there "',
        'compressed = "true"',
        'page-size = "7"',
    ]
    assert "page-size" not in Options(given).config("count")


def test_repr_keeps_values_to_itself():
    options = pickle.loads(pickle.dumps(Options({"url": "http://u:secret@h/", "header": "Authorization: secret"})))
    assert "secret" not in repr(options) and "header" in repr(options)


def executable(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_where_the_tool_is_looked_for(tmp_path, monkeypatch):
    packages = tmp_path / "lib" / "python3" / "site-packages"
    folders = {name: tmp_path / name for name in ("option", "environment", "scripts", "user", "path")}
    folders |= {"beside": tmp_path / "bin", "target": packages / "bin"}
    places = {name: executable(folder / "restsrc") for name, folder in folders.items()}
    monkeypatch.setattr(tool, "PACKAGE", packages / "restsrc")
    schemes = {None: "scripts", "posix_user": "user"}
    monkeypatch.setattr(tool.sysconfig, "get_path", lambda name, scheme=None: str(tmp_path / schemes[scheme]))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("RESTSRC_BIN", places["environment"])
    assert tool.find(places["option"]) == places["option"]
    assert tool.find() == places["environment"]
    monkeypatch.delenv("RESTSRC_BIN")
    for name in ("beside", "target", "scripts", "user", "path"):
        assert tool.find() == places[name]
        (folders[name] / "restsrc").unlink()
    with pytest.raises(OptionError, match="not found on this machine"):
        tool.find()


def test_named_tool_that_is_not_there(tmp_path):
    with pytest.raises(OptionError, match="restsrc_binary names"):
        tool.find(str(tmp_path / "none"))


def test_python_without_pyarrow_is_told_so():
    script = "import sys; sys.modules['pyarrow'] = None; import restsrc"
    failed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert f"restsrc needs pyarrow, which {sys.executable} does not have" in failed.stderr


@pytest.mark.parametrize(
    "name, said",
    [
        ("password", "user, NAME:PASSWORD"),
        ("username", "user, NAME:PASSWORD"),
        ("token", "a token is given as bearer"),
        ("auth", "a token is given as bearer"),
        ("access_token", "a token is given as bearer"),
        ("api_key", "query_secret, `api_key=KEY`"),
        ("apiKey", "query_secret, `api_key=KEY`"),
        ("per_page", "it is page_size"),
        ("columns", ".schema(...) or select()"),
        ("dateFormat", "did you mean date_format?"),
        ("timestampFormat", "did you mean timestamp_format?"),
        ("numPartitions", "did you mean num_partitions?"),
        ("timeout", "it is max_time"),
        ("root", "it is records"),
        ("frobnicate", "help(RestApiDataSource) and"),
    ],
)
def test_names_that_others_use(name, said):
    with pytest.raises(OptionError) as raised:
        Options({"url": "http://127.0.0.1:9/items", name: "x"})
    assert f"there is no option {name.lower()}; " in str(raised.value) and said in str(raised.value)
    assert ("did you mean" in str(raised.value)) == ("did you mean" in said)


def test_every_synonym_names_an_option():
    known = {*ROWS, *tool_options(tool.find())}
    assert not {name for name in SYNONYMS if name in map(squeezed, known)}
    for hint in set(SYNONYMS.values()):
        assert known & set(re.findall("[a-z_]+", hint)) or "streams" in hint, hint


@pytest.mark.parametrize(
    "said, spoken",
    [
        (
            "no list of records at x: say where with --records",
            "no list of records at x: say where with the option records",
        ),
        ("the total went from 1 to 2 (--on-drift fail)", "the total went from 1 to 2 (on_drift fail)"),
        ("only 3 records where --expect 5 were expected", "only 3 records where 5 were expected"),
        ("--no-compressed and --Page, -- or --unheard-of", "the option no_compressed and --Page, -- or --unheard-of"),
    ],
)
def test_words_of_the_command_line_are_put_into_sparks(said, spoken):
    assert Options({"url": "http://127.0.0.1:9/items"}).spoken(said) == spoken


def test_no_message_of_the_tool_has_its_own_words(fault):
    with (
        pytest.raises(UnexpectedAnswer) as raised,
        Process(Options({"url": fault().url, "records": "x"}), "read", {}) as run,
    ):
        run.finish()
    assert "say where with the option records" in str(raised.value) and "--" not in str(raised.value)
