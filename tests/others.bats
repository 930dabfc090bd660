# What has crashed, hung or misled other tools, as their issues tell: jq, simdjson, yajl, cJSON, curl, requests, Arrow,
# Airbyte, dlt and others.
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

@test "jq 3110, 1290: a NUL byte is no value, no blank and no end" {
    for text in '[1\0]' '[1]\0' '\0[1]' '1\n\0\n1\n\0 \0' '\0\x06\xff' '[{"a":"x\0y"}]' '[{"a":1},\0]' \
        '{"items":[{"a":1}],"n\0":1}'; do
        for type in json x-ndjson; do
            size=$(printf '%b' "$text" | wc -c)
            sends "HTTP/1.1 200 OK\r\nContent-Type: application/$type\r\nContent-Length: $size\r\n\r\n$text"
            reads
            exits 76
            wrote_nothing
            says "not JSON"
        done
    done
}

@test "jq 3389: characters of several bytes that lie across the ends of what is read at once" {
    for text in é € 😀; do
        for before in 4091 4092 4093 4094 4095 4096 16380 16381 16382 16383 65534 65535; do
            printf '{"a":"%s%s"}\n' "$(printf "%${before}s" '')" "$text"
        done
    done >"$BATS_TEST_TMPDIR/records"
    { printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n'; cat "$BATS_TEST_TMPDIR/records"; } \
        >"$BATS_TEST_TMPDIR/bytes"
    list="$server/file:${BATS_TEST_TMPDIR//\//%2f}%2fbytes:end/items"
    for more in "" --stream; do
        reads $more
        exits 0
        cmp "$BATS_TEST_TMPDIR/records" "$out"
    done
    api <<'END'
def answer(r):
    r.state["body"] = r.body or r.state["body"]
    return r.state["body"]
END
    "$RESTSRC" write --body ndjson --batch-size 100 --batch-bytes 9999999 "$api/items" \
        <"$BATS_TEST_TMPDIR/records" >"$out"
    curl -gsSf "$api/items" | cmp - "$BATS_TEST_TMPDIR/records"
}

# Each text as a value, a name, an error, a link, an access token.
@test "yajl 260, yajl-ruby 176, cJSON 30, json-parser 68, rethinkdb 6183: escapes that are cut, and halves of pairs" {
    "$PYTHON3" - "$BATS_TEST_TMPDIR" <<'END'
import json, sys
texts = [r'"\uD800\\u0"', r'"\uDBFF\\u "', r'"\uD800\\DC00"', r'"\ud800\\\\a"', r'"\uD800\u"', r'"\uD800\u0',
         '"\\', r'"000\\', r'{"[unull\uDC', r'"AAAA\ud800\uxxx"XXXXX"', r'"\u005g"', r'"\udc00"', r'"\ud800\ud800"']
shapes = ['[{"a":%s}]', '[{%s:1}]', '{"error":{"message":%s}}', '{"items":[{"a":1}],"next":%s}', '{"access_token":%s}']
for n, (text, shape) in enumerate((text, shape) for text in texts for shape in shapes):
    body = shape % text
    try:
        right = json.loads(body) and ("[" in shape or "items" in shape)
    except ValueError:
        right = False
    with open(f"{sys.argv[1]}/{n}", "w") as file:
        file.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with open(f"{sys.argv[1]}/{n}.body", "w") as file:
        file.write(body if right else "")
END
    for file in "$BATS_TEST_TMPDIR"/*.body; do
        bytes=${file%.body} wanted=$(sed 's/^{"items"://; s/^\[//; s/\].*//' "$file")
        list="$server/file:${bytes//\//%2f}/items"
        reads
        if [ "$wanted" ]; then
            exits 0
            wrote "$wanted"
        else
            [ "$status" = 75 ] || exits 76
            wrote_nothing
        fi
        for more in "--output arrow" "--records a" "--paginate auto" "--oauth-token-url $list --oauth-client-id me"; do
            # shellcheck disable=SC2086 # options and their arguments
            reads $more
            [ "$status" -lt 124 ]
        done
    done
}

@test "botocore 3778, codex 36308: cursors that go round in a circle, of whatever length, end with an error" {
    api <<'END'
def answer(r):
    length = int(r.query["length"])
    at = int(r.query.get("cursor") or 0)
    return {"items": [{"id": r.n * 10 + i} for i in range(3)], "next_cursor": at % length + 1,
            "next": f"/items?length={length}&cursor={at % length + 1}"}
END
    for length in 2 3 7; do
        for style in cursor next-url; do
            restsrc read --paginate "$style" "$api/items?length=$length"
            exits 76
            says "again"
            [ "$(wc -l <"$out")" -le $((9 * length)) ]
        done
    done
}

@test "airbyte 81516: a link that is never null: the page that leads to itself is the last" {
    api <<'END'
ROWS = [{"id": i, "at": i // 3} for i in range(14)]
def answer(r):
    rows = [row for row in ROWS if row["at"] >= int(r.query["since"])][:5]
    return {"legs": rows, "count": len(rows), "next_page": f"{r.base}/legs?since={rows[-1]['at']}"}
END
    restsrc read --paginate next-url --next next_page --records legs --cursor-inclusive "$api/legs?since=0"
    exits 0
    says "leads to itself"
    [ "$(jq -s 'map(.id) | unique | length' "$out")" -eq 14 ]
}

@test "dlt 4225: has_more asks for nothing beyond --limit and --max-pages" {
    api <<'END'
def answer(r):
    at, limit = int(r.query["offset"]), int(r.query["limit"])
    return {"items": [{"id": at + i} for i in range(limit)], "has_more": True}
END
    seen=0
    for case in "--limit 7:7:3" "--limit 6:6:2" "--max-pages 2:6:2"; do
        IFS=: read -r more records requests <<<"$case"
        # shellcheck disable=SC2086 # an option and its argument
        restsrc read --has-more has_more --page-size 3 --parallel 1 $more "$api/items"
        exits 0
        wrote_ids 0 $((records - 1))
        [ "$(api_log length)" -eq $((seen += requests)) ]
    done
}

@test "curl 21706: a Content-Length of 0 beside chunks, or beside another one, hides no records" {
    for headers in 'Content-Length: 0\r\nTransfer-Encoding: chunked' 'Transfer-Encoding: chunked\r\nContent-Length: 0' \
        'Content-Length: 0\r\nContent-Length: 9' 'Content-Length: 9\r\nContent-Length: 0' 'Content-Length: 0, 9'; do
        [[ $headers == *chunked* ]] && body='9\r\n[{"a":1}]\r\n0\r\n\r\n' || body='[{"a":1}]'
        sends "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n$headers\r\n\r\n$body"
        reads
        if [ "$status" = 0 ]; then
            wrote '{"a":1}'
        else
            exits 76
            wrote_nothing
        fi
    done
}

@test "bun 34922, druid 13492: a compressed body that is cut is none, however the answer ends" {
    for coding in gzip deflate; do
        for how in close chunks; do
            "$PYTHON3" - "$coding" "$how" >"$BATS_TEST_TMPDIR/bytes" <<'END'
import gzip, os, sys, zlib
body = b"".join(b'{"id":%d,"text":"%s"}\n' % (n, os.urandom(30).hex().encode()) for n in range(3000))
body = (gzip if sys.argv[1] == "gzip" else zlib).compress(body)
body = body[: len(body) // 2]
head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: %s\r\n" % sys.argv[1]
if sys.argv[2] == "chunks":
    head, body = head + "Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
sys.stdout.buffer.write(head.encode() + b"\r\n" + body)
END
            list="$server/file:${BATS_TEST_TMPDIR//\//%2f}%2fbytes:end/items"
            reads
            exits 75
            wrote_nothing
            reads --stream
            exits 75
            says "cut"
        done
    done
}
