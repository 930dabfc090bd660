# For presets_real.bats and presets_apis.bats: presets against servers that are not ours. A test puts the records into
# $all, as the server itself gives them, one a line.

venv=$tests/../.venv/bin
servers=$tests/servers

setup() { all=$BATS_TEST_TMPDIR/all; }
teardown() { stop_server; }

# rows N [FIRST]: records to fill a server with.
rows() {
    "$PYTHON3" -c 'import json, sys
for i in map(int, range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[1]))):
    row = {"n": i, "title": f"n\u00e4me \"{i}\" \U0001f600 \\", "price": f"{i}.10"}
    print(json.dumps({**row, "half": i / 2, "ok": i % 3 == 0, "none": None}))' "$1" "${2:-0}"
}

# secret TEXT: a file with it, readable by its owner alone; sets $secret.
secret() {
    secret=$BATS_TEST_TMPDIR/secret
    (umask 077 && printf '%s' "$1" >"$secret")
}

# same [FIRST LAST]: what was read is $all, or those lines of it.
same() { jq -c . "$out" | cmp - <(sed -n "${1:-1},${2:-$}p" "$all" | jq -c .); }

# reads N PRESET URL [OPTION...]: the preset reads every one of the N records, once, in the server's order, and a range
# of them.
reads() {
    local n=$1 preset=$2 url=$3
    shift 3
    [ "$(wc -l <"$all")" -eq "$n" ]
    restsrc read --api "$preset" "$@" "$url"
    exits 0
    same
    restsrc read --api "$preset" "$@" --offset 95 --limit 120 "$url"
    exits 0
    same 96 215
}

# counts N PRESET URL [OPTION...]
counts() {
    local n=$1 preset=$2 url=$3
    shift 3
    restsrc count --api "$preset" "$@" "$url"
    exits 0
    wrote "$n"
}

# checked URL [OPTION...]: nobody says what API it is, and the command line that check finds reads everything.
checked() {
    restsrc check "$@"
    exits 0
    line=$(sed -n 's/^shell: *restsrc //p' "$out")
    eval "restsrc $line"
    exits 0
    same
}
