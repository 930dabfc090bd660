"""Filters that become queries: what the server is asked for, and that no row is ever missing."""

import datetime
import json
import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from pyspark.sql import types as t

import restsrc
from restsrc import RestApiDataSource
from restsrc.errors import OptionError
from restsrc.options import Options
from restsrc.planning import pushdown
from restsrc.planning.dialects import DIALECTS, dialect
from restsrc.planning.predicates import Reading
from restsrc.pushed_reader import SETTING, possible
from restsrc.rows import ddl
from restsrc.times import TimeForm

pytestmark = pytest.mark.skipif(not possible(), reason="PySpark hands filters to Python sources since 4.1")

URL = "http://127.0.0.1:9/items"
COLUMNS = (
    "id long, name string, price decimal(10,2), day date, at timestamp, ok boolean, half double, owner struct<id:int>"
)
SCHEMA = t.StructType([t.StructField(name, kind) for name, kind in ddl.fields(COLUMNS).items()])

LIST = """
ROWS = [
    {"id": i, "name": f"n{i % 7}", "price": i / 4, "day": "2024-01-%02d" % (i % 28 + 1), "at": "2024-03-31T00:30:00Z",
     "ok": i % 2 == 0, "half": i / 2, "owner": {"id": i % 3}}
    for i in range(1000)
]
TESTS = {"": lambda a, b: a == b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b}

def answer(r):
    query = dict(r.query)
    start, size = int(query.pop("offset", 0)), int(query.pop("limit", 100))
    rows = ROWS
    for name, value in query.items():
        column, _, lookup = name.partition("__")
        if column == "refused":
            return 400, {"detail": "no such filter"}
        if column == "id":
            rows = [row for row in rows if TESTS[lookup](row["id"], int(value))]
        if column == "name":
            rows = [row for row in rows if row["name"] == value]
    return {"count": len(rows), "results": rows[start : start + size]}
"""


@pytest.fixture
def pushing(spark):
    """Spark with its setting on."""
    spark.conf.set(SETTING, "true")
    yield spark
    spark.conf.unset(SETTING)


@pytest.fixture
def items(api, pushing):
    """Loads a list of 1,000 records in pages of 100; the server says what it was asked."""
    server = api(LIST)

    def load(schema=COLUMNS, **options):
        options = {"pushdown": "django", "count_from": "body:count", **options}
        return restsrc.load(pushing, f"{server.url}/items", schema, **options)

    load.queries = lambda: [dict(parse_qsl(urlsplit(line["target"]).query)) for line in server.log()]
    load.url = f"{server.url}/items"
    return load


def whole_lists(items):
    """How many requests went without a filter."""
    return sum(not query.keys() - {"offset", "limit"} for query in items.queries())


# What the server is asked for


def filters(name, *arguments):
    from pyspark.sql import datasource

    return getattr(datasource, name)(*arguments)


def eq(column, value):
    return filters("EqualTo", (column,), value)


UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2024, 3, 31, 1, 30, 0, 500000, UTC)
DAY = datetime.date(2024, 2, 29)
MATCHED = (
    '{"bool":{"should":[{"match":{"id":{"query":VALUE,"operator":"and","zero_terms_query":"all"}}},'
    '{"bool":{"must_not":{"exists":{"field":"id"}}}}]}}'
)
CASES = [
    (eq("id", 5), {"equals": "id=5", "django": "id=5", "postgrest": "id=eq.5", "jsonapi": "filter[id]=5"}),
    (eq("id", 5), {"odata": "id eq 5", "scim": "id eq 5"}),
    (eq("id", 2**60 + 1), {"django": "id=1152921504606846977", "equals": None, "odata": None}),
    (eq("name", "it's"), {"odata": "name eq 'it''s'", "scim": 'name eq "it\'s"', "postgrest": "name=eq.it's"}),
    (eq("name", 'a"b,c'), {"scim": 'name eq "a\\"b,c"', "django": 'name=a"b,c', "equals": None, "jsonapi": None}),
    (eq("name", "50%+"), {"django": "name=50%+", "equals": "name=50%+", "postgrest": "name=eq.50%+"}),
    *((eq("name", text), dict.fromkeys(DIALECTS)) for text in ("", " a", "a ", "a\nb", "a{b}", "a\x00", "\u00a0")),
    *((eq("name", text), {"equals": None, "jsonapi": None}) for text in ("null", "TRUE", "!a", ">5", "a,b", "a|b")),
    (eq("ok", True), {"django": "ok=true", "odata": "ok eq true"}),
    (filters("Not", eq("ok", True)), {"django": "ok=false", "postgrest": "ok=eq.false"}),
    (filters("Not", eq("id", 5)), {"postgrest": "id=neq.5", "odata": "id ne 5", "django": None}),
    (filters("Not", eq("id", 2**53)), {"postgrest": None}),
    (filters("Not", eq("name", "a")), dict.fromkeys(DIALECTS)),  # servers may take A for a
    (filters("Not", filters("EqualNullSafe", ("id",), 5)), dict.fromkeys(DIALECTS)),  # has nulls
    (filters("Not", filters("EqualNullSafe", ("id",), None)), {"django": "id__isnull=false"}),
    (filters("EqualNullSafe", ("id",), 5), {"django": "id=5"}),
    (filters("EqualNullSafe", ("id",), None), {"django": "id__isnull=true", "postgrest": "id=is.null"}),
    (filters("GreaterThan", ("id",), -5), {"django": "id__gt=-5", "postgrest": "id=gt.-5", "odata": "id gt -5"}),
    (filters("LessThan", ("id",), 5), {"equals": None, "scim": "id lt 5"}),
    (filters("GreaterThan", ("name",), "a"), dict.fromkeys(DIALECTS)),  # the order of strings is the server's own
    (filters("LessThan", ("half",), 0.5), dict.fromkeys(DIALECTS)),
    (filters("In", ("id",), [3, 1, None]), {"django": "id__in=1,3", "postgrest": "id=in.(1,3)"}),
    (filters("In", ("id",), [3, 1]), {"odata": "(id eq 1 or id eq 3)", "equals": None}),
    (filters("In", ("id",), list(range(200))), {"django": ["id__gte=0", "id__lte=199"]}),
    (filters("Not", filters("In", ("id",), [3, 1])), {"postgrest": "id=not.in.(1,3)", "django": None}),
    (filters("In", ("name",), ["a", "b,c"]), {"postgrest": 'name=in.("a","b,c")', "django": None}),
    (filters("In", ("name",), ['q"\\', "b"]), {"postgrest": 'name=in.("b","q\\"\\\\")'}),
    (filters("IsNull", ("id",)), {"django": "id__isnull=true", "odata": "id eq null", "scim": None}),
    (filters("IsNotNull", ("id",)), {"scim": "id pr", "postgrest": "id=not.is.null"}),
    (filters("StringStartsWith", ("name",), "a%\\_*"), {"postgrest": "name=like.a\\%\\\\\\_**"}),
    (filters("StringContains", ("name",), "o'"), {"odata": "contains(name,'o''')", "django": "name__contains=o'"}),
    (filters("StringEndsWith", ("name",), "x"), {"scim": 'name ew "x"', "equals": None}),
    # Spark has rounded to two digits what the server may have whole.
    (eq("price", Decimal("-1.50")), {"django": ["price__gte=-1.505", "price__lte=-1.495"], "equals": None}),
    (filters("GreaterThan", ("price",), Decimal("2.00")), {"postgrest": "price=gte.1.995"}),
    (filters("In", ("price",), [Decimal("1.00"), Decimal("3.00")]), {"odata": ["price ge 0.995", "price le 3.005"]}),
    # A step more at each end: the server may keep fractions, or round them.
    (eq("at", MOMENT), {"django": ["at__gte=2024-03-31T01:29:59Z", "at__lte=2024-03-31T01:30:01Z"]}),
    (
        filters("LessThan", ("at",), MOMENT),
        {"odata": "at le 2024-03-31T01:30:01Z", "scim": 'at le "2024-03-31T01:30:01Z"'},
    ),
    (eq("at", datetime.datetime(1, 1, 1, tzinfo=UTC)), dict.fromkeys(DIALECTS)),
    (eq("day", DAY), {"django": ["day__gte=2024-02-28", "day__lt=2024-03-02"]}),
    (filters("EqualTo", ("owner", "id"), 2), {"django": "owner__id=2", "odata": "owner/id eq 2", "postgrest": None}),
    (filters("IsNull", ("owner", "id")), {"django": None}),
    (eq("id", 5), {"soql": "id = 5", "jql": "id = 5", "elasticsearch": MATCHED.replace("VALUE", "5")}),
    (eq("name", "it's \\"), {"soql": r"name = 'it\'s \\'", "jql": None}),
    (eq("name", 'a"b'), {"elasticsearch": MATCHED.replace('"id"', '"name"').replace("VALUE", '"a\\"b"'), "jql": None}),
    (eq("name", "a/b"), {"jql": 'name = "a/b"'}),
    (filters("In", ("name",), ["a", "it's"]), {"soql": r"name IN ('a','it\'s')", "jql": 'name IN ("a","it\'s")'}),
    (filters("StringStartsWith", ("name",), "5%_'"), {"soql": r"name LIKE '5\%\_\'%'", "jql": None}),
    (filters("StringContains", ("name",), "a\\"), {"soql": None}),  # what the \ before a wild card means is not sure
    (filters("StringStartsWith", ("name",), "a"), {"elasticsearch": None}),  # of which word?
    (filters("IsNull", ("id",)), {"soql": "id = null", "jql": None, "elasticsearch": None}),  # null_value, unmapped
    (filters("IsNotNull", ("id",)), {"soql": "id != null", "elasticsearch": None}),
    (filters("Not", eq("id", 5)), {"soql": "id != 5", "jql": "id != 5", "elasticsearch": None}),
    (eq("ok", True), {"soql": "ok = true"}),
    (eq("at", MOMENT), {"soql": ["at >= 2024-03-31T01:29:59Z", "at <= 2024-03-31T01:30:01Z"]}),
    (eq("at", MOMENT), {"jql": ['at >= "2024-03-30"', 'at <= "2024-04-02"']}),  # by the clock of the user's profile
    (
        eq("day", DAY),
        {"soql": ["day >= 2024-02-28", "day < 2024-03-02"], "jql": ['day >= "2024-02-28"', 'day < "2024-03-02"']},
    ),
    (eq("price", Decimal("1.50")), {"elasticsearch": None}),  # scaled floats are rounded
    (filters("EqualTo", ("owner", "id"), 2), {"soql": "owner.id = 2", "jql": None}),
    (filters("IsNull", ("owner",)), dict.fromkeys(DIALECTS)),
]


@pytest.mark.parametrize("given, wanted", CASES)
def test_a_filter_in_each_dialect(given, wanted):
    found = Reading(SCHEMA, TimeForm("iso")).predicates([given])
    for name, expected in wanted.items():
        way = DIALECTS[name]
        clauses = [way.clause(pushdown._usual(one.path, way) or "", one.operator, one.value) for one in found]
        clauses = [clause for one, clause in zip(found, clauses) if pushdown._usual(one.path, way) and clause]
        assert clauses == (expected if isinstance(expected, list) else [expected] if expected else []), name


def test_in_mode_permissive_a_null_may_be_a_misfit():
    assert Reading(SCHEMA, TimeForm("iso"), True).predicates([filters("IsNull", ("id",))]) == []


@pytest.mark.parametrize("value, holds", [("-0.01", True), ("-0.02", False), ("0.00", True), (None, False)])
def test_what_spark_has_rounded_is_not_ignored(value, holds):
    """The server has -0.005, which is no less than the bound; Spark has made -0.01 of it."""
    found = Reading(SCHEMA, TimeForm("iso")).predicates([filters("GreaterThan", ("price",), Decimal("0.00"))])
    assert found[0].holds(value and Decimal(value)) == holds


def test_local_times_with_an_hour_that_comes_twice():
    """In Paris 2:30 is on 2024-10-27 both 0:30 and 1:30 UTC: both are asked for."""
    form = TimeForm("%Y-%m-%d %H:%M:%S", "Europe/Paris")
    for hour in (0, 1):
        low, high = Reading(SCHEMA, form).predicates([eq("at", datetime.datetime(2024, 10, 27, hour, 30, tzinfo=UTC))])
        assert low.value.text <= "2024-10-27 02:00:00" and high.value.text >= "2024-10-27 03:00:00"


def made(way, given, schema=SCHEMA):
    """The options with filters, where nothing was asked for before."""
    kept, pushdown.in_common = pushdown.in_common, lambda token, clauses: clauses
    try:
        return way.ask(schema, given, "x").options
    finally:
        pushdown.in_common = kept


def asked(given, schema=SCHEMA, **options):
    """The lines of the option query with a filter."""
    return made(pushdown.Pushdown(Options({"url": URL, **options})), [given], schema).given("query").splitlines()


def test_names_of_parameters():
    assert asked(eq("id", 5), pushdown="django", pushdown_columns="id=number") == ["number=5"]
    assert asked(eq("name", "a"), pushdown="django", pushdown_columns="id=number") == []
    nested = filters("EqualTo", ("owner", "id"), 2)
    assert asked(nested, pushdown="postgrest", pushdown_columns="owner.id=owner_id, name") == ["owner_id=eq.2"]


STATEMENTS = [
    ("q", "SELECT Id FROM Account", "SELECT Id FROM Account WHERE id = 5"),
    ("q", "select Id from Account where a = 1 or b = ')x' order by Id", "(a = 1 or b = ')x') AND id = 5 order by Id"),
    ("q", "SELECT Id, (SELECT Id FROM Contacts WHERE x = 1 LIMIT 5) FROM Account", "FROM Account WHERE id = 5"),
    ("q", r"SELECT Id FROM A WHERE b = 'it\'s LIMIT' FOR VIEW", r"(b = 'it\'s LIMIT') AND id = 5 FOR VIEW"),
    ("q", "SELECT Where__c FROM A", "FROM A WHERE id = 5"),
    ("q", "SELECT Id FROM Account LIMIT 10", None),
    ("q", "SELECT MAX(Id) id FROM Account", None),
    ("q", "SELECT Id FROM A WHERE b = 'open", None),
    ("q", "", None),
    ("jql", "project = P or x = 1 ORDER BY id", "jql=(project = P or x = 1) AND id = 5 ORDER BY id"),
    ("jql", "ORDER BY created", "jql=id = 5 ORDER BY created"),
    ("jql", "", "jql=id = 5"),
    ("$filter", "a eq 1 or b eq 'order by'", "$filter=(a eq 1 or b eq 'order by') and id eq 5"),
]


@pytest.mark.parametrize("parameter, text, wanted", STATEMENTS)
def test_a_statement_of_the_users_own_keeps_its_meaning(parameter, text, wanted, caplog):
    query = f"{parameter}={text}" if text else ""
    way = {"q": "soql", "jql": "jql", "$filter": "odata"}[parameter]
    got = asked(eq("id", 5), pushdown=way, query=query)
    assert got[0].endswith(wanted) if wanted else got == query.splitlines()
    assert ("no filter is pushed down" in caplog.text) == (wanted is None)


@pytest.mark.parametrize("data", ["", '{"query":{"term":{"a":1}},"sort":["id"]}'])
def test_a_search_of_the_users_own_goes_along(data):
    schema = t.StructType().add("_id", "string").add("_source", t.StructType().add("id", "long"))
    way = pushdown.Pushdown(Options({"url": URL, "pushdown": "elasticsearch", "data": data}))
    got = made(way, [filters("EqualTo", ("_source", "id"), 5), eq("_id", "a")], schema)
    body = json.loads(got.given("data"))
    assert body["query"]["bool"]["filter"] == [json.loads(MATCHED.replace("VALUE", "5"))]
    assert body["query"]["bool"]["must"] == ([{"term": {"a": 1}}] if data else [])
    assert body.get("sort") == (["id"] if data else None)


def test_a_body_that_is_not_at_hand_is_left_alone():
    assert asked(eq("id", 5), pushdown="elasticsearch", data="@body.json") == []


def test_a_url_does_not_get_too_long():
    names = [chr(0x65E5) * 90 + str(number) for number in range(5)]
    lists = [filters("In", (column,), names) for column in ("name", "title", "text")]
    schema = t.StructType().add("name", "string").add("title", "string").add("text", "string").add("id", "long")
    way = pushdown.Pushdown(Options({"url": URL, "pushdown": "django"}))
    got = made(way, [*lists, eq("id", 5)], schema).given("query")
    assert got == "id=5"


@pytest.mark.parametrize(
    "options", [{"url": URL + "?$filter=a%20eq%201"}, {"partition_query": "$filter=id ge {lower}"}]
)
def test_an_expression_that_is_not_in_the_option_query_is_left_alone(options):
    assert asked(eq("id", 5), pushdown="odata", **options) == []


@pytest.mark.parametrize("options", [{"query": "id=7"}, {"url": URL + "?id=7"}, {"param_limit": "id"}])
def test_a_parameter_that_is_in_use_is_left_alone(options):
    assert asked(eq("id", 5), pushdown="django", **options) == options.get("query", "").splitlines()
    assert asked(eq("id", 5), pushdown="django", pushdown_columns="id=limit") == []


def test_a_filter_of_the_users_own_counts_as_well():
    assert asked(eq("id", 5), pushdown="odata", query="$filter=a eq 1 or b eq 2\n$select=id") == [
        "$select=id",
        "$filter=(a eq 1 or b eq 2) and id eq 5",
    ]


def test_columns_that_are_no_members_are_not_asked_for():
    schema = t.StructType().add("_url", "string").add("raw", "string").add("total", "long").add("id", "long")
    options = {"metadata_columns": "_url", "raw_column": "raw", "envelope_columns": "total"}
    for column in ("_url", "raw"):
        assert asked(eq(column, "x"), schema, pushdown="django", **options) == []
    assert asked(eq("total", 5), schema, pushdown="django", **options) == []


def test_a_dialect_of_the_users_own(tmp_path):
    table = {"operators": {"=": "where[{column}]={value}", ">=": "min_{column}={value}"}, "nested": "."}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(table))
    for given in (json.dumps(table), str(file)):
        assert asked(filters("GreaterThanOrEqual", ("id",), 5), pushdown_templates=given) == ["min_id=5"]


@pytest.mark.parametrize(
    "given", ["{", "{}", '{"operators": {"==": "x"}}', '{"operators": {}, "lists": "x"}', "/no/file"]
)
def test_a_wrong_dialect_is_an_error(given):
    with pytest.raises(OptionError, match="pushdown_templates"):
        dialect(Options({"url": URL, "pushdown_templates": given}), "")


@pytest.mark.parametrize("options", [{"limit": "5"}, {"offset": "5"}, {"metadata_columns": "_offset"}])
def test_what_counts_the_whole_list_does_not_go_with_it(options):
    with pytest.raises(OptionError, match="pushdown doesn't go with"):
        pushdown.Pushdown(Options({"url": URL, "pushdown": "django", **options}))


# What Spark makes of it


def test_a_filter_saves_requests(items):
    assert [row.id for row in items().filter("id = 5").collect()] == [5]
    asked = items.queries()
    assert len(asked) <= 8, asked  # the plan's second page does not wait for the count, so it may be one more
    assert all(query["id"] == "5" for query in asked)
    assert [row.id for row in items(None, sample_records=100).filter("id >= 997").collect()] == [997, 998, 999]
    assert whole_lists(items) == 1  # the sample for the schema


def test_nobody_sees_the_guard(items):
    assert items().columns == [field.name for field in SCHEMA] and items(None).filter("id = 5").first().name == "n5"


def test_each_query_of_one_frame_has_all_its_rows(items):
    """Spark keeps one plan for each load: it would give the rows of the first filter to the others."""
    frame = items()
    assert frame.filter("id = 5").count() == 1
    assert frame.filter("id = 6").count() == 1
    assert frame.count() == 1000
    assert frame.filter("name = 'n1' OR id = 3").count() == 144


@pytest.mark.parametrize("how", ["union", "join", "subquery", "whole"])
def test_each_side_of_a_query_has_all_its_rows(items, pushing, how):
    frame = items()
    five, six = frame.filter("id = 5"), frame.filter("id = 6")
    if how == "union":
        assert five.union(six).count() == 2
    elif how == "join":
        assert five.crossJoin(six).count() == 1
    elif how == "whole":
        assert five.union(frame).count() == 1001
    else:
        frame.createOrReplaceTempView("pushed")
        assert pushing.sql("SELECT (SELECT max(id) FROM pushed) - id FROM pushed WHERE id = 5").first()[0] == 994
        pushing.catalog.dropTempView("pushed")


def test_what_queries_share_is_asked_for(items):
    frame = items()
    assert frame.filter("id >= 990").count() == 10
    before = len(items.queries())
    assert frame.filter("id >= 990 AND name = 'n3'").count() == 2
    assert all(query.keys() >= {"id__gte"} and "name" not in query for query in items.queries()[before:])


def test_a_view_and_sql(items, pushing):
    items().createOrReplaceTempView("pushed")
    assert pushing.sql("SELECT name FROM pushed WHERE id = 5").collect() == [("n5",)]
    assert whole_lists(items) == 0
    assert pushing.sql("SELECT count(*) FROM pushed").first()[0] == 1000
    assert pushing.sql("SELECT name FROM {frame} WHERE id = 6", frame=items()).collect() == [("n6",)]
    pushing.catalog.dropTempView("pushed")


def test_a_server_that_refuses_a_filter(items):
    with pytest.raises(Exception) as raised:
        items(pushdown_columns="id=refused").filter("id = 5").collect()
    said = str(raised.value)
    assert "pushdown asked for refused=5 (filter id = 5)" in said and "no such filter" in said


def test_without_the_setting_the_whole_list_is_read(items, pushing, caplog):
    pushing.conf.unset(SETTING)
    assert items().filter("id = 5").count() == 1
    assert re.search(f"pushdown needs the setting {re.escape(SETTING)}=true", caplog.text)
    assert whole_lists(items) > 10


def test_a_setting_that_is_turned_off_between(items, pushing):
    frame = items()
    assert frame.filter("id = 5").count() == 1
    pushing.conf.set(SETTING, "false")
    with pytest.raises(Exception, match="was turned off after a filter of this DataFrame was pushed"):
        frame.count()


def test_a_reader_loads_again_and_again(items, read):
    """Each load() has a plan of its own, so both sides of a join ask for what they need."""
    reader = read(items.url, pushdown="django", count_from="body:count").schema(COLUMNS)
    assert reader.load().columns == SCHEMA.names
    five, six = reader.load().filter("id = 5"), reader.load().filter("id = 6")
    assert five.crossJoin(six).count() == 1 and whole_lists(items) == 0
    assert reader.load().count() == 1000


@pytest.mark.parametrize("given", ["schema", "nothing"])
def test_what_load_itself_is_given(items, pushing, given):
    options = {"pushdown": "django", "count-from": "body:count", "sample_records": 100}
    schema = COLUMNS if given == "schema" else None
    frame = pushing.read.load(items.url, format="REST-API", schema=schema, **options)
    assert [row.id for row in frame.filter("id >= 998").collect()] == [998, 999]
    assert whole_lists(items) == (0 if schema else 1)  # the sample for the schema


def test_other_formats_are_loaded_as_before(items, pushing, tmp_path):
    (tmp_path / "a.json").write_text('{"id": 5}\n{"id": 6}\n')
    frame = pushing.read.format("json").option("pushdown", "x").schema("id long").load(str(tmp_path / "a.json"))
    assert frame.filter("id = 5").count() == 1 and frame.count() == 2


@pytest.mark.parametrize("schema", [COLUMNS, None])
def test_the_plan_of_a_pushed_frame_is_shown(items, schema):
    assert "task 0 of " in restsrc.explain(items(schema))


def test_a_table_of_sql_reads_the_whole_list(items, pushing, caplog):
    """Spark makes its relation without load(), so its plan would be that of the last filter."""
    pushing.sql(
        "CREATE TEMPORARY VIEW pushed (id long) USING `rest-api`"
        f" OPTIONS (url '{items.url}', pushdown 'django', count_from 'body:count')"
    )
    assert pushing.sql("SELECT id FROM pushed WHERE id = 5").count() == 1
    assert pushing.sql("SELECT id FROM pushed").count() == 1000
    pushing.catalog.dropTempView("pushed")
    RestApiDataSource({"url": items.url, "pushdown": "django"}).reader(SCHEMA)
    assert "pushdown needs spark.read.load() in Python" in caplog.text


@pytest.mark.parametrize("parameter, ignored", [("id", False), ("ignored", True)])
def test_a_server_that_ignores_a_filter_costs_bytes_only(api, monkeypatch, tmp_path, caplog, parameter, ignored):
    """As Spark calls the reader, in this process, whose log is at hand."""
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    options = {"url": api(LIST).url + "/items", "count_from": "body:count", "pushdown": "django"}
    source = RestApiDataSource({**options, "pushdown_columns": f"id={parameter}", pushdown.GUARD: "true"})
    schema = t.StructType().add("id", "long").add(pushdown.GUARD, "boolean")
    reader = source.reader(schema)
    given = [filters("IsNull", (pushdown.GUARD,)), filters("GreaterThanOrEqual", ("id",), 990)]
    assert reader.pushFilters(given) == given
    records = sum(batch.num_rows for part in reader.partitions() for batch in reader.read(part))
    assert records == (1000 if ignored else 10)
    warnings = [line for line in caplog.messages if "seems to ignore" in line]
    assert len(warnings) == ignored
    if ignored:
        assert "ignored__gte=990 (filter id >= 990)" in warnings[0] and "100 of the first 100 records" in warnings[0]


def test_filters_without_the_guard_are_not_asked_for(api, monkeypatch, tmp_path):
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    server = api(LIST)
    source = RestApiDataSource({"url": f"{server.url}/items", "pushdown": "django", pushdown.GUARD: "true"})
    reader = source.reader(t.StructType().add("id", "long").add(pushdown.GUARD, "boolean"))
    reader.pushFilters([eq("id", 5)])
    reader.partitions()
    assert all("id=" not in line["target"] for line in server.log())


# Bounds of ranges, which need no dialect

KEYS = {
    "partition_by": "key",
    "partition_query": "id__gte={lower}&id__lt={upper}",
    "lower_bound": 0,
    "upper_bound": 1000,
    "num_partitions": 4,
    "partition_column": "id",
    "pushdown": "",
}


@pytest.mark.parametrize(
    "condition, rows, least, most",
    [
        ("id = 5", 1, 5, 5),
        ("id >= 900 AND id < 950", 50, 900, 949),
        ("id IN (7, 9)", 2, 7, 9),
        ("id > 990", 9, 991, None),
        ("id > 2000", 0, 2001, None),
    ],
)
def test_a_filter_on_the_key_narrows_the_ranges(items, condition, rows, least, most):
    frame = items(**KEYS)
    assert frame.filter(condition).count() == rows
    asked = [query for query in items.queries() if "id__gte" in query]
    assert asked and all(int(query["id__gte"]) >= least for query in asked), asked
    assert most is None or all(int(query["id__lt"]) <= most + 1 for query in asked), asked
    assert frame.count() == 1000  # all ranges again


def test_a_filter_that_no_key_fulfils_asks_for_nothing(items):
    frame = items(**KEYS)
    assert frame.filter("id > 5 AND id < 3").count() == 0
    assert not any("id__gte" in query for query in items.queries())


HOURS = """
import datetime

BEGIN = datetime.datetime(2024, 1, 1)
ROWS = [{"id": i, "at": f"{BEGIN + datetime.timedelta(hours=i):%Y-%m-%dT%H:%M:%SZ}"} for i in range(1000)]

def answer(r):
    rows = [row for row in ROWS if r.query.get("since", "") <= row["at"] < r.query.get("until", "Z")]
    start, size = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    return {"count": len(rows), "results": rows[start : start + size]}
"""


@pytest.mark.parametrize(
    "condition, rows",
    [
        ("at >= '2024-01-10T00:00:00Z' AND at < '2024-01-11T00:00:00Z'", 24),
        ("at = '2024-01-10T05:00:00Z'", 1),
        ("at < '2024-01-01T02:00:00Z'", 2),
        ("at > '2030-01-01T00:00:00Z'", 0),
    ],
)
def test_a_filter_on_the_time_narrows_the_windows(api, pushing, condition, rows):
    server = api(HOURS)
    options = {"partition_by": "time", "lower_bound": "2024-01-01T00:00:00Z", "upper_bound": "2024-03-01T00:00:00Z"}
    frame = restsrc.load(
        pushing,
        f"{server.url}/items",
        "id long, at timestamp",
        partition_column="at",
        count_from="body:count",
        **options,
    )
    assert frame.filter(condition).count() == rows
    given = [dict(parse_qsl(urlsplit(line["target"]).query)) for line in server.log()]
    assert all(query.get("until", "") < "2024-01-12" for query in given if rows) and len(given) < 30
    assert frame.count() == 1000


def test_a_column_without_ranges_is_an_error(items):
    with pytest.raises(Exception, match="the option partition_column needs partition_by: time or key"):
        items(partition_column="id").count()
