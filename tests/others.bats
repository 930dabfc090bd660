# What has crashed, hung or misled other tools, as their issues tell: jq, simdjson, jsoncpp, curl, requests, Arrow.
load helpers
setup_file() { start_server "$PYTHON3" "$tests/servers/raw.py"; }
teardown_file() { stop_server; }

# sends TEXT [LATE]: $list answers these bytes (printf %b), the last LATE of them a moment later; nothing follows.
sends() {
    printf '%b' "$1" >"$BATS_TEST_TMPDIR/bytes"
    list="$server/file:${BATS_TEST_TMPDIR//\//%2f}%2fbytes${2:+:$2}/items"
}

# Without a page after the first; what hangs fails soon.
reads() { restsrc read --paginate none --max-time 5 --retry 0 "$@" "$list"; }

# page BODY: an answer with this body.
page() { sends "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${#1}\r\n\r\n$1"; }

@test "jq 2976, 47: numbers with exponents beyond all bounds are records as they stand, and can be compared" {
    for number in -2645e-1141622225 53333399E9999933333331 1e-999999999999 99999999999999999999e99999999999; do
        page "[{\"n\":$number},{\"n\":0}]"
        reads
        exits 0
        wrote "{\"n\":$number}"$'\n''{"n":0}'
        reads --records '$[?@.n<1e9999999999 || @.n>=1]'
        exits 0
        reads --since-path n --state "$BATS_TEST_TMPDIR/state-$number"
        exits 0
        reads --output arrow
        exits 0
    done
}

@test "jq 1234: words that are no literals, of any length" {
    for length in 1 255 256 257 4096 70000; do
        page "$(printf 'a%.0s' $(seq "$length"))"
        reads
        exits 76
        wrote_nothing
    done
}

@test "jsoncpp 56, jansson 282, jq 1136: a hundred thousand levels" {
    "$PYTHON3" -c 'import sys; n = 100000
for name, text in ("records", "[" * n + "666" + "]" * n), ("error", "{\"error\":" * n + "1" + "}" * n):
    status = "200 OK" if name == "records" else "400 Bad Request"
    open(f"{sys.argv[1]}/{name}", "w").write(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}")' \
        "$BATS_TEST_TMPDIR"
    for name in records error; do
        list="$server/file:${BATS_TEST_TMPDIR//\//%2f}%2f$name/items"
        reads
        [ "$status" = 76 ] || [ "$status" = 69 ]
        wrote_nothing
        restsrc check --retry 0 "$list"
        [ "$status" != 0 ] && [ "$status" -lt 124 ]
    done
}

@test "simdjson 913, 2137, 1729, 1310: lines that are cut or wrong after good ones are never the end of the list" {
    lines() { sends "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${#1}\r\n\r\n$1" "$2"; }
    for text in 'true  {' '1 2 [} 3' '{"a":1}\n{"b"' '"  "  "' '{"a":1}\n{"a":"\xc3' '1\n\n\n"'; do
        text=$(printf '%b' "$text")
        lines "$text" 1
        reads
        [ "$status" = 75 ] || exits 76
        wrote_nothing
    done
    lines "$(printf '%5000s' '') 1$(printf '%5000s' '') 2"
    reads
    exits 0
    wrote $'1\n2'
}

@test "curl 3968: 204 that says it is chunked has no body to wait for" {
    sends 'HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n'
    reads
    exits 0
    wrote_nothing
}

@test "curl 4341: the end of the last chunk comes in a packet of its own" {
    for late in 1 2 3 4 5 6 7 12; do
        sends 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[{"a":1}]\r\n0\r\n\r\n' "$late"
        reads
        exits 0
        wrote '{"a":1}'
    done
}

@test "curl 3796: an empty member after a gzip stream" {
    "$PYTHON3" -c 'import gzip, sys
body = gzip.compress(b"[{\"a\":1}]") + bytes.fromhex("1f8b08000000000000ff010000ffff0000000000000000")
head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
sys.stdout.buffer.write(head + body)' \
        >"$BATS_TEST_TMPDIR/bytes"
    list="$server/file:${BATS_TEST_TMPDIR//\//%2f}%2fbytes/items"
    reads
    exits 0
    wrote '{"a":1}'
}

@test "requests 3133, 2622: a blank before a colon, and a line that is no header, hide no Content-Length" {
    for line in 'X-FRAME-OPTIONS : SAMEORIGIN' 'Set-Cookie: a=b; \r\nSecure' ': x' 'X Y: z'; do
        sends "HTTP/1.1 200 OK\r\n$line\r\nContent-Length: 9\r\n\r\n[{\"a\":1}]"
        reads
        # Either is fine: the records, or an error at once.
        [ "$status" -ne 0 ] || wrote '{"a":1}'
        [ "$status" = 0 ] || [ "$status" = 75 ] || exits 76
        says_not "timed out"
    done
}

@test "Arrow 47417, 9783, 11222, 11044: nulls, lists after nulls, equal names, a name that is null" {
    for records in '{"all":[null,null,null]}' '{"a":null},{"a":[1]},{"a":null}' '{"a":[]},{"a":[null]},{"a":[[1]]}' \
        '{"x":1,"y":2,"y":3},{"y":1,"y":2}' '{"null":["xyz"]},{"null":null}' '{}' '{"a":{}},{"a":{"b":null}}'; do
        page "[$records]"
        reads --output arrow
        [ "$status" = 0 ] || [ "$status" = 76 ]
        says_not "signal"
        reads
        exits 0
        [ "$(jq -sc . "$out")" = "$(jq -c . <<<"[$records]")" ]
    done
}
