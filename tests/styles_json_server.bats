# A real server from npm, json-server: page numbers, offsets, Link headers, X-Total-Count.
load helpers
load styles

rows=2500
json_server=$tests/servers/json-server
is_there() { [ -d "$json_server/node_modules" ] && command -v node >/dev/null; }

setup_file() {
    "$PYTHON3" - $rows >"$BATS_FILE_TMPDIR/data.json" <<'END'
import json, sys
rows = [
    {"id": i, "name": f"n\u00e4me {i} \U0001f600", "half": i / 2 if i % 2 else i, "tags": [], "none": None}
    for i in range(1, int(sys.argv[1]) + 1)
]
print(json.dumps({"items": rows}, ensure_ascii=False))
END
    ! is_there || start_server node "$json_server/server.js" "$BATS_FILE_TMPDIR/data.json"
}
teardown_file() { ! is_there || stop_server; }
setup() { is_there || skip "no json-server: run ./bootstrap"; }

# wrote_rows [FIRST COUNT]: $out is these of the records that json-server was given.
wrote_rows() {
    jq -c '.items[]' "$BATS_FILE_TMPDIR/data.json" | tail -n "+$((${1:-0} + 1))" | head -n "${2:-$rows}" | cmp - "$out"
}

@test "_page and _limit" {
    list=$server/items
    whole_and_in_part wrote_rows --paginate page --param-page _page --param-limit _limit
    counts
    wrote $rows
    counts --count-from header:X-Total-Count
    wrote $rows
    counts --count-from last-page
    wrote $rows
}

@test "_start and _limit" {
    list=$server/items
    whole_and_in_part wrote_rows --paginate offset --param-offset _start --param-limit _limit
    counts
    wrote $rows
}

@test "Link headers" {
    list="$server/items?_page=1"
    whole_and_in_part wrote_rows --paginate link --param-limit _limit
    counts
    wrote $rows
    list="$server/items?_page=1"
    options=(--paginate link)
    reads --limit 25
    exits 0
    wrote_rows 0 25
}

@test "the whole list in one answer, streamed or not" {
    list=$server/items
    whole_and_in_part wrote_rows --paginate none
    reads --stream
    exits 0
    wrote_rows
}

@test "filters are kept from page to page" {
    list="$server/items"
    for style in "page --param-page _page" "link --query _page=1" "offset --param-offset _start"; do
        read -ra options <<<"--paginate $style --param-limit _limit --query id_gte=100 --query id_lte=1500"
        reads
        exits 0
        wrote_rows 99 1401
        counts
        wrote 1401
    done
}

@test "wrong names for the parameters are errors, not other records" {
    list=$server/items
    options=(--paginate page) # it ignores both and gives all at once, each time
    reads
    exits 76
    wrote_rows
    says "the same page again"
    options=(--paginate page --param-page p --param-limit _limit)
    reads
    exits 76
    says "the same page again"
}
