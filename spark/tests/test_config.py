"""The options config and list: a configuration file of the tool, read on the driver."""

import json
import subprocess

import pytest

from restsrc import tool
from restsrc.errors import OptionError
from restsrc.options import Options
from restsrc.process import Process

LISTS = """
def answer(r):
    return [{"id": 1, "of": r.path}] if r.query.get("offset", "0") == "0" else []
"""

ODD = """\ufeff# common lines
  base-url =  {url}  \r
bearer-file = {folder}/token
header = X-A: 1 # not a comment
header = "X-B: \\"quoted\\" \\\\"
header = X-D: all
query = mode=all
query = more=1
query = more=2
quiet
 allow-repeats\t
[orders]
# the orders
url = /orders?a=b=c
query = "q=x y\\tz"
query = mode=own
header = X-D: own
page-size = 7
page-size = 9
[refunds]
url = /refunds
nonsense only counts in its own list
"""


@pytest.fixture
def conf(api, tmp_path):
    server = api(LISTS)
    (tmp_path / "token").write_text("secret-of-the-file\n")
    path = tmp_path / "shop.conf"
    path.write_bytes(ODD.format(url=server.url, folder=tmp_path).encode())
    for file in (path, tmp_path / "token"):
        file.chmod(0o600)
    return server, path, tmp_path


def asked(server, options):
    with Process(options, "read", {}) as process:
        process.text()
        process.finish()
    return server.log()[-1]


def test_it_means_what_it_means_to_the_tool(conf):
    server, path, _ = conf
    command = [tool.find(), "read", "--config", str(path), "orders"]
    subprocess.run(command, check=True, capture_output=True)
    by_tool = server.log()[-1]
    assert asked(server, Options({"config": str(path), "list": "orders"})) == by_tool
    assert by_tool["headers"]["X-D"] == "own" and by_tool["target"].count("more=") == 2
    assert "mode=own" in by_tool["target"] and "mode=all" not in by_tool["target"]
    assert by_tool["headers"]["X-B"] == '"quoted" \\' and "limit=9" in by_tool["target"]


def test_what_is_given_wins_and_what_repeats_adds_up(conf):
    server, path, folder = conf
    options = Options({"config": str(path), "list": "orders", "page_size": "3", "header": "X-C: 2", "bearer": "mine"})
    for file in (path, folder / "token"):
        file.unlink()  # tasks need none
    one = asked(server, options)
    assert "limit=3" in one["target"]
    assert one["headers"]["Authorization"] == "Bearer mine"
    assert {"X-A", "X-B", "X-C"} <= one["headers"].keys()
    assert "secret-of-the-file" not in repr(options)


def test_a_data_frame_of_a_list(spark, conf):
    _, path, _ = conf
    frame = spark.read.format("rest-api").option("config", path).option("list", "orders").option("paginate", "none")
    assert [row.of for row in frame.load().collect()] == ["/orders"]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("[a]\nurl = x", "", r"has the lists a: name one of them with the option list"),
        ("[a]\nurl = x", "b", "has the lists a"),
        ("url = http://x/", "b", "has no lists"),
        ("url = http://x/\nbearr = secret", "", "line 2: no option of the tool"),
        ("page_size = 3", "", "line 1: no option of the tool"),
        ("page-size 3", "", "line 1: expected page-size = VALUE"),
        ('query = "a', "", "line 1: the quoted value of query is not closed"),
        ("bearer-file = nowhere", "", "nowhere can't be read on the driver: No such file"),
        ("url = http://x/\nexpect = 3", "", "option expect can't be given from Spark"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, name, message):
    path = tmp_path / "conf"
    path.write_text(text)
    with pytest.raises(OptionError, match=message) as error:
        Options({"config": str(path), "list": name})
    assert "secret" not in str(error.value)


def test_a_list_needs_a_file_or_a_preset():
    with pytest.raises(OptionError, match="the option list needs config"):
        Options({"list": "a", "url": "http://x/"})
    config = Options({"list": "issues", "api": "github"}).config("read")
    assert json.loads(next(line for line in config.splitlines() if line.startswith("url")).split(" = ")[1]) == "issues"
