# A real server from PyPI, datasette: next links, and tokens for the same.
load helpers
load styles

rows=2500
venv=$tests/../.venv/bin/python
is_there() { [ -x "$venv" ] && "$venv" -c 'import datasette' 2>/dev/null; }

setup_file() {
    is_there || return 0
    "$venv" "$tests/servers/datasette_server.py" --rows $rows --records >"$BATS_FILE_TMPDIR/rows"
    start_server "$venv" "$tests/servers/datasette_server.py" --rows $rows
}
teardown_file() { [ -z "${server_id:-}" ] || stop_server; }
setup() { [ -n "${server:-}" ] || skip "no datasette: run ./bootstrap"; }

wrote_rows() { tail -n "+$((${1:-0} + 1))" "$BATS_FILE_TMPDIR/rows" | head -n "${2:-$rows}" | cmp - "$out"; }

@test "next_url" {
    list="$server/plain/items.json?_shape=objects"
    whole_and_in_part wrote_rows --paginate next-url --param-limit _size --page-size 1000
    whole_and_in_part wrote_rows --paginate next-url
    counts
    wrote $rows
}

@test "next as a cursor" {
    list="$server/plain/items.json?_shape=objects"
    whole_and_in_part wrote_rows --paginate cursor --param-cursor _next --param-limit _size
    counts
    wrote $rows
}

@test "Link headers" {
    list="$server/plain/items.json?_shape=array"
    whole_and_in_part wrote_rows --paginate link --param-limit _size --page-size 500
}

@test "NDJSON" {
    list="$server/plain/items.json?_shape=array&_nl=on&_size=1000"
    options=(--paginate none)
    reads
    exits 0
    wrote_rows 0 1000
}

@test "a parameter that it takes for a filter is not sent" {
    list="$server/plain/items.json?_shape=objects"
    options=(--paginate next-url)
    reads --verbose --limit 10
    exits 0
    says_not 'limit='
}
