# A real server, Django REST Framework over real flights, against the CSV that it was loaded from.
load helpers

rows=25000 # more than two pages of the 10,000 that the server gives at most
venv=$tests/../.venv/bin/python

setup_file() {
    [ ! -x "$venv" ] || start_server "$venv" "$tests/servers/flights_server.py" --rows $rows \
        --database "$BATS_FILE_TMPDIR/flights.sqlite3"
}
teardown_file() { [ ! -x "$venv" ] || stop_server; }
setup() { [ -x "$venv" ] || skip "no .venv, so no Django REST Framework: run ./bootstrap"; }

# is_csv [START [STOP [COLUMN=VALUE]]]: $out is these flights of the CSV (of the whole CSV with such a value).
is_csv() {
    PYTHONPATH=$tests/servers "$venv" - "$out" $rows "$@" <<'END'
import json, sys
from itertools import islice
from flights import source

out, rows, start, stop, wanted = (sys.argv[1:] + ["0", sys.argv[2], ""][len(sys.argv) - 3:])
column, _, value = wanted.partition("=")
flights = (flight for flight in source.flights(int(rows)) if not column or str(flight[column]) == value)
expected = list(islice(flights, int(start), int(stop)))
with open(out) as lines:
    got = [json.loads(line) for line in lines]
if got != expected:
    sys.exit(f"{len(got)} flights instead of {len(expected)}, or others")
END
}

@test "all flights are counted" {
    restsrc count "$server/flights/"
    exits 0
    wrote $rows
}

@test "all flights are read, and equal the CSV" {
    restsrc read --page-size 1000 "$server/flights/"
    exits 0
    is_csv
    says_nothing
}

@test "pages larger than the server gives lose nothing" {
    restsrc read --page-size 20000 --expect $rows "$server/flights/"
    exits 0
    is_csv
}

@test "a range of flights is exact, also at the end" {
    restsrc read --offset 12345 --limit 2345 --page-size 500 "$server/flights/"
    exits 0
    is_csv 12345 14690
    restsrc read --offset 24990 --limit 100 "$server/flights/"
    exits 0
    is_csv 24990
    restsrc read --offset 30000 "$server/flights/"
    exits 0
    wrote_nothing
}

@test "filtered flights are counted and read alike" {
    restsrc count "$server/flights/?carrier=UA"
    exits 0
    count=$(cat "$out")
    restsrc read --expect "$count" --query carrier=UA "$server/flights/"
    exits 0
    [ "$(wc -l <"$out")" -eq "$count" ]
    is_csv 0 $rows carrier=UA
}

@test "flights by page number, from the first and from a later one" {
    restsrc read --paginate page --param-limit page_size --page-size 1000 "$server/flights-page/"
    exits 0
    is_csv
    restsrc read --paginate page --param-limit page_size --page-size 500 --offset 10250 \
        --limit 1800 "$server/flights-page/"
    exits 0
    is_csv 10250 12050
}

@test "pages smaller than asked for: their size is learned, and the right flights are read from the middle" {
    restsrc read --paginate page --param-limit page_size --page-size 5000 --offset 10000 \
        --limit 100 "$server/flights-page/"
    exits 0
    is_csv 10000 10100
}

@test "flights by the server's own links" {
    restsrc read --paginate next-url --next next --param-limit page_size --page-size 5000 "$server/flights-cursor/"
    exits 0
    is_csv
}
