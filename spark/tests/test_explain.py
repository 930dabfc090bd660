"""explain(): the plan as text. Its commands, run in a shell, give the rows that Spark has."""

import json
import os
import re
import subprocess

import pytest

import restsrc
from conftest import REPO


def run(text, folder, secrets=""):
    """The records of all tasks, each by its command, as the shell takes it."""
    for name in re.findall("^(secrets-[0-9]+.conf), which", text, re.MULTILINE):
        (folder / name).write_text(secrets)
        (folder / name).chmod(0o600)
    tool = {**os.environ, "PATH": f"{os.path.dirname(os.environ['RESTSRC_BIN'])}:{os.environ['PATH']}"}
    commands = re.findall("^  (restsrc read .*)$", text.split("\ntask 0 of", 1)[1], re.MULTILINE)
    done = [
        subprocess.run(line, shell=True, cwd=folder, env=tool, capture_output=True, text=True, check=True)
        for line in commands
    ]
    return [json.loads(line) for one in done for line in one.stdout.split("\n")[:-1]]


def rows(read, url, schema, **options):
    return [row.asDict() for row in read(url, **options).schema(schema).load().collect()]


def test_a_list_cut_by_offset(read, fault, tmp_path):
    scenario = fault("n=1000")
    text = restsrc.explain(url=scenario.url, page_size=100, num_partitions=3)
    assert text.startswith(f"asked: {len(scenario.log())} requests\n")
    assert "1000 records, pages of 100, style offset" in text and "task 2 of 3" in text
    records = run(text, tmp_path)
    spark = rows(read, scenario.url, "id long, i long", page_size=100, num_partitions=3)
    assert [(record["id"], record["i"]) for record in records] == [(row["id"], row["i"]) for row in spark]
    assert len(records) == 1000


def test_secrets_are_in_files(read, fault, tmp_path):
    scenario = fault("n=300,require-header=Authorization:Bearer%20sesame")
    options = {"bearer": "sesame", "header": "X-Key: open sesame", "query": "q=it's"}
    text = restsrc.explain(url=f"{scenario.url}?api_key=sesame", page_size=100, **options)
    assert "sesame" not in text
    secrets = (
        f'bearer = sesame\nheader = "X-Key: open sesame"\nquery = "q=it\'s"\nurl = "{scenario.url}?api_key=sesame"\n'
    )
    assert [record["i"] for record in run(text, tmp_path, secrets)] == list(range(300))
    asked = scenario.log()[-1]
    assert "api_key=sesame" in str(asked) and "q=it" in str(asked)


@pytest.mark.parametrize(
    "options",
    [
        {
            "partition_by": "key",
            "lower_bound": 0,
            "upper_bound": 1000,
            "num_partitions": 3,
            "partition_query": "id__gte={lower}&id__lt={upper}",
        },
        {
            "partition_by": "time",
            "lower_bound": "2024-01-01T00:00:00Z",
            "upper_bound": "2024-01-01T00:10:00Z",
            "partition_duration": "4m",
        },
    ],
)
def test_a_list_cut_by_key_or_time(read, growing, tmp_path, options):
    scenario = growing("n=1000")
    records = run(restsrc.explain(url=scenario.url, page_size=100, **options), tmp_path)
    spark = rows(read, scenario.url, "id long", page_size=100, **options)
    assert sorted(record["id"] for record in records) == sorted(row["id"] for row in spark) != []


def test_several_lists_and_what_the_planning_warns_of(read, fault, tmp_path):
    urls = [fault(f"n={n}").url for n in (30, 0, 7)]
    text = restsrc.explain(urls="\n".join(urls))
    assert [record["i"] for record in run(text, tmp_path)] == [*range(30), *range(7)]
    text = restsrc.explain(url=fault("n=300").url.replace("/items", "/links"), paginate="link")
    assert "note: reading in one Spark task, because the style link can't start in the middle" in text


def test_the_options_of_a_dataframe(read, fault):
    scenario = fault("n=300")
    df = read(scenario.url, page_size=100, limit=250).schema("i long").load()
    assert restsrc.explain(df.filter("i > 3").select("i")) == restsrc.explain(
        url=scenario.url, page_size=100, limit=250
    )


def test_the_readme_shows_a_real_plan(fault):
    """But for the address."""
    readme = (REPO / "spark" / "README.md").read_text()
    shown = readme.split("restsrc.explain(", 1)[1].split("```\n")[2]
    scenario = fault("n=2000")
    text = restsrc.explain(url=scenario.url, page_size=100, bearer="sesame")
    assert shown == text.replace(scenario.url, "https://api.example.com/items")
