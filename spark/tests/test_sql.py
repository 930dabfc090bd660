"""The source in SQL: what works, and what Spark does not give a chance to work."""

import pytest


@pytest.fixture
def name(spark):
    """Of a view or table that is dropped afterwards."""
    yield "of_the_api"
    spark.catalog.dropTempView("of_the_api")
    spark.sql("DROP TABLE IF EXISTS of_the_api")


def test_temporary_view(spark, fault, name):
    spark.sql(f"CREATE TEMPORARY VIEW {name} USING `rest-api` OPTIONS (url '{fault('n=120').url}', page_size '50')")
    assert spark.sql(f"SELECT count(*), max(i) FROM {name}").first() == (120, 119)


def test_temporary_view_with_columns(spark, fault, name):
    spark.sql(f"CREATE TEMPORARY VIEW {name} (i BIGINT) USING `rest-api` OPTIONS (url '{fault('n=5').url}')")
    assert spark.sql(f"SELECT sum(i) FROM {name}").first()[0] == 10


def test_insert_into_a_view(spark, sink, name):
    target = sink()
    spark.sql(f"CREATE TEMPORARY VIEW {name} (i BIGINT) USING `rest-api` OPTIONS (url '{target.url}')")
    spark.sql(f"INSERT INTO {name} VALUES (1), (2)")
    assert sorted(row["i"] for row in target.stored()) == [1, 2]


def test_select_with_options(spark, fault, name):
    spark.sql(f"CREATE TABLE {name} (i BIGINT) USING `rest-api`")
    assert spark.sql(f"SELECT count(*) FROM {name} WITH (url = '{fault('n=5').url}')").first()[0] == 5


@pytest.mark.parametrize("text", ["SELECT * FROM {}", "INSERT INTO {} VALUES (1)"])
def test_table_of_the_catalog_says_what_works(spark, name, text):
    spark.sql(f"CREATE TABLE {name} (i BIGINT) USING `rest-api` OPTIONS (url 'http://127.0.0.1:9/items')")
    with pytest.raises(Exception) as raised:
        spark.sql(text.format(name)).collect()
    said = str(raised.value)
    assert "Spark gives the OPTIONS of a CREATE TABLE to no data source" in said and "did you mean" not in said
    assert "CREATE TEMPORARY VIEW v USING `rest-api`" in said and "WITH (url = '...')" in said


@pytest.mark.parametrize("rest", ["", " AS SELECT 9L AS i"])
def test_create_table_says_what_works(spark, name, rest):
    with pytest.raises(Exception) as raised:
        spark.sql(f"CREATE TABLE {name} USING `rest-api` OPTIONS (url 'http://127.0.0.1:9/items'){rest}")
    assert "CREATE TEMPORARY VIEW v USING" in str(raised.value) and "did you mean" not in str(raised.value)
