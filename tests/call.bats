# restsrc call: one request, the answer's body on standard output, the exit code by its status.
load helpers
load sink
setup_file() { start_sink; }
teardown_file() { stop_server; }

call() { restsrc call --retry-delay 0.01 "$@"; }
log_of() { curl -sSf "$scenario/_log" | jq -c "$1"; }

@test "GET: the body on standard output, byte for byte" {
    sink "body=$(jq -rn '"{\"n\": 9007199254740993,\t\"x\":1.10,\"z\":\"a\\u0000b\"} é" | @uri'),created=200"
    call --data 1 "$url"
    exits 0
    printf '{"n": 9007199254740993,\t"x":1.10,"z":"a\\u0000b"} é' | cmp - "$out"
    sink id=list
    curl -sSf -d '[{"i":1},{"i":2}]' "$url" >/dev/null
    call "$url"
    exits 0
    [ "$(cat "$out")" = '[{"i":1}, {"i":2}]' ]
    [ "$(log_of .method | tail -n 1)" = '"GET"' ]
}

@test "every status has its exit code, and its body is on standard output" {
    for pair in 200:0 201:0 202:0 206:0 301:76 304:76 400:69 401:77 402:69 403:77 404:69 405:69 406:69 408:75 409:69 \
        410:69 412:69 413:69 415:69 \
        418:69 422:69 425:75 429:75 451:69 500:75 501:75 502:75 503:75 504:75 505:75 507:75 522:75 524:75 599:75; do
        sink "fail=${pair%:*}"
        call --retry 0 "$url"
        exits "${pair#*:}"
        [ "${pair%:*}" = 304 ] || [ "$(cat "$out")" = "{\"detail\": \"status ${pair%:*} as asked\"}" ]
        requests_are 1
    done
    sink answer=none
    call --data '[]' "$url"
    exits 0
    wrote_nothing
}

@test "what failed is told: status, what the server says, URL" {
    sink fail=404
    call "$url?api_key=hidden"
    exits 69
    says "HTTP 404: status 404 as asked" "$url?api_key=***"
    call --error-format json "$url"
    [ "$(tail -n 1 "$err" | jq -c '[.exit, .http_status, .retryable]')" = '[69,404,false]' ]
}

@test "--data makes it a POST of JSON; TEXT, @FILE and - are sent byte for byte" {
    sink
    call --data '{"i":1, "x":1.10}' "$url"
    exits 0
    printf '[{"i":2},\n\n{"i":3}]\n' >"$in"
    call --data "@$in" "$url"
    exits 0
    out=$BATS_TEST_TMPDIR/out
    echo '{"i":4,"z":"a\u0000b"}' | "$RESTSRC" call --data - "$url" >"$out"
    [ "$(stored)" = '{"i":1, "x":1.10}
{"i":2}
{"i":3}
{"i":4,"z":"a\u0000b"}' ]
    [ "$(log_of '[.method, .headers["Content-Type"]]' | sort -u)" = '["POST","application/json"]' ]
    [ "$(log_of .bytes | sed -n 2p)" -eq "$(wc -c <"$in")" ]
}

@test "--data @FILE may hold NUL bytes" {
    sink blind
    head -c 10000 /dev/zero >"$in"
    call --data "@$in" --header 'Content-Type: application/octet-stream' "$url"
    exits 0
    [ "$(log_of .bytes)" -eq 10000 ]
}

@test "--data @FILE that is not there is 66" {
    sink
    call --data "@$BATS_TEST_TMPDIR/none" "$url"
    exits 66
    requests_are 0
}

@test "--method: PUT, PATCH, DELETE, HEAD, OPTIONS; a body only where there is one" {
    sink
    call --method PUT --data '{"i":1}' "$url/7"
    exits 0
    call --method PATCH --data '{"i":2}' "$url/7"
    exits 0
    [ "$(stored)" = '{"i":2}' ]
    call --method HEAD "$url/7"
    exits 0
    wrote_nothing
    call --method GET "$url/7"
    [ "$(cat "$out")" = '{"i":2}' ]
    call --method DELETE "$url/7"
    exits 0
    [ "$(stored)" = "" ]
    call --method HEAD "$url/7"
    exits 69
    [ "$(log_of '[.method, .bytes, .headers["Content-Type"]]' | tail -n 4 | paste -sd' ')" = \
        '["HEAD",0,null] ["GET",0,null] ["DELETE",0,null] ["HEAD",0,null]' ]
    call --method POST "$url"
    [ "$(log_of '[.method, .headers["Content-Length"], .headers["Content-Type"]]' | tail -n 1)" = '["POST","0",null]' ]
}

@test "--header and --query" {
    sink require-header=X-Key:yes
    call --query 'a=1 2&' --header 'X-Key: yes' --header 'Content-Type: text/plain' --data 1 "$url?b=3"
    exits 0
    [ "$(log_of '.target | split("/items")[1]')" = '"?b=3&a=1%202%26"' ]
    [ "$(log_of '.headers["Content-Type"]')" = '"text/plain"' ]
}

@test "GET, PUT and DELETE are tried again" {
    for method in GET PUT DELETE HEAD; do
        sink "fail=503:2,lose=1:2,method=$method"
        [ "$method" = PUT ] && data='{"i":1}' || data=
        call --method "$method" ${data:+--data "$data"} "$url${data:+/1}"
        exits 0
        requests_are 4
    done
}

@test "POST and PATCH are not, unless the server surely did not take it" {
    for method in POST PATCH; do
        for word in fail=500:1 fail=503:1 lose=1 drop=1 after=500:1 cut=3:1; do
            sink "$word,method=$method"
            call --method "$method" --data '{"i":1}' "$url"
            exits 75
            requests_are 1
            says "the server may have acted on it"
        done
        for word in fail=429:1 fail=503:1,retry-after=0; do
            sink "$word,method=$method"
            call --method "$method" --data '{"i":1}' "$url"
            exits 0
            requests_are 2
        done
    done
}

@test "--idempotency-key: the key as it is, and POST is tried again" {
    sink after=500:1,drop=1:1,keys=X-Key
    call --data '{"i":1}' --idempotency-key my-key --idempotency-header X-Key "$url"
    exits 0
    requests_are 3
    [ "$(stored)" = '{"i":1}' ]
    [ "$(log_of '.headers["X-Key"]' | sort -u)" = '"my-key"' ]
    sink after=500:1
    call --data '{"i":1}' --idempotency-key my-key --no-idempotent "$url"
    exits 75
    requests_are 1
    call --data 1 --idempotency-key $'a\nX-Evil: 1' "$url"
    exits 64
}

@test "after the last try the last body is written" {
    sink fail=503:1,fail=500:9:1
    call --retry 2 "$url"
    exits 75
    [ "$(cat "$out")" = '{"detail": "status 500 as asked"}' ]
    says "given up after 3 tries"
}

@test "the body of a success that is cut short is not written" {
    sink cut=3:9
    call --method PUT --data '{"i":1}' --retry 1 "$url/1"
    exits 75
    wrote_nothing
    call --method PUT --data '{"i":1}' --max-page-bytes 3 "$url/2" || true
    sink id=large
    call --data '{"i":1}' --max-page-bytes 3 "$url"
    exits 76
    wrote_nothing
}

@test "compressed and chunked bodies are decoded" {
    sink gzip,chunked=3,answer=echo
    call --data '{"i":1}' "$url"
    exits 0
    [ "$(cat "$out")" = '{"id": 9007199254740993, "i":1}' ]
    sink gzip,id=not
    call --no-compressed "$url"
    [ "$(log_of '.headers["Accept-Encoding"]')" = null ]
}

@test "redirects: 307 and 308 with the body; others of a POST are 76; a GET follows all" {
    for status in 307 308; do
        sink "redirect=same:$status"
        call --data '{"i":1}' "$url"
        exits 0
        [ "$(stored)" = '{"i":1}' ]
    done
    for status in 301 302 303; do
        sink "redirect=same:$status"
        call --data '{"i":1}' "$url"
        exits 76
        says "redirects a POST" "may have acted on it"
        call "$url"
        exits 0
        [ "$(cat "$out")" = '[]' ]
    done
    sink redirect=other:307
    call --data 1 "$url"
    exits 76
    says "another origin"
}

@test "a refused connection is tried again, and is 75" {
    call --retry 1 --data 1 http://127.0.0.1:1/items
    exits 75
    says "try 2"
    says_not "may have acted"
    wrote_nothing
}

@test "a full disk is 74" {
    sink
    err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" call "$url" >/dev/full 2>"$err" || status=$?
    exits 74
}

@test "--include: status and headers come before the body, without secrets" {
    api <<'END'
def answer(r):
    return 404, {"no": 1}, {"X-One": "1", "Set-Cookie": "session=hidden", "X-Echo": r.headers["X-Api-Key"]}
END
    echo 'X-Api-Key: verysecret' >"$BATS_TEST_TMPDIR/key"
    restsrc call -i --header @"$BATS_TEST_TMPDIR/key" "$api/"
    exits 69
    [ "$(head -n 1 "$out")" = "HTTP 404" ]
    grep -qx 'X-One: 1' "$out"
    grep -qx 'Set-Cookie: \*\*\*' "$out"
    grep -qx 'X-Echo: \*\*\*' "$out"
    [ "$(sed '1,/^$/d' "$out")" = '{"no": 1}' ]
}
