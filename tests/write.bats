# restsrc write: what arrives at the server, in which requests; what is tried again and what not; what the receipt says.
load helpers
load sink
setup_file() {
    start_sink
    export odd=$BATS_FILE_TMPDIR/odd
    "$PYTHON3" -c 'import sys; sys.path.insert(0, sys.argv[1]); import records
for i in range(300): sys.stdout.buffer.write(records.odd(i) + b"\n")' "$tests/servers" >"$odd"
}
teardown_file() { stop_server; }

log_of() { curl -sSf "$scenario/_log" | jq -c "$1"; }

# ---- what arrives ----

@test "all records arrive once and in order, in batches of 50, and the receipt says so" {
    sink
    plain 130
    write
    exits 0
    stored_is_input
    receipt_is '[.records, .batches, .requests, .rejected, .retries, .lines_done, .lines_done_later, .lines_unknown]' \
        '[130,3,3,0,0,130,[],[]]'
    receipt_is '.seconds > 0 and .seconds < 60' true
    [ "$(log_of .records | paste -sd,)" = 50,50,30 ]
    [ "$(log_of '.bytes' | jq -s add)" -eq "$(jq .bytes "$out")" ]
    says_nothing
}

@test "records arrive byte for byte: 64-bit numbers, 1.10, 1e400, \\u0000, lone surrogates, equal names, long strings" {
    sink
    in=$odd
    write
    exits 0
    stored_is_input
    tells_the_truth
}

@test "records need not be objects" {
    sink
    printf '%s\n' 1 '"text"' null true '[1, 2]' '-0.0' '[]' >"$in"
    write
    exits 0
    stored_is_input
}

@test "white space within a record stays, that around it goes; blank lines and CRLF are fine" {
    sink
    printf ' {"i": 1,  "a" : [ 1 ]}\t\r\n\n  \r\n{"i":2}\r\n\n' >"$in"
    write
    exits 0
    [ "$(stored)" = '{"i": 1,  "a" : [ 1 ]}
{"i":2}' ]
    receipt_is '[.records, .lines_done]' '[2,4]'
}

@test "a byte order mark at the start of the input is dropped, one elsewhere is 65" {
    sink
    printf '\xef\xbb\xbf{"i":1}\n{"i":2}\n' >"$in"
    write
    exits 0
    [ "$(stored)" = '{"i":1}
{"i":2}' ]
    for text in '{"i":1}\n\xef\xbb\xbf{"i":2}\n' '\xef\xbb\xbf\xef\xbb\xbf{"i":1}\n'; do
        printf '%b' "$text" >"$in"
        write
        exits 65
        says "byte order mark"
    done
}

@test "empty input makes no request" {
    sink
    for text in '' '\n' '\n\n \r\n'; do
        printf '%b' "$text" >"$in"
        write
        exits 0
        receipt_is '[.records, .batches, .requests, .lines_done, .lines_unknown]' '[0,0,0,0,[]]'
    done
    requests_are 0
}

@test "--parallel 8: all records once, eight batches under way at the same time" {
    sink hold
    plain 1000
    write --parallel 8 --batch-size 25 3>&- &
    eventually saw_requests 8
    requests_are 8
    curl -sSf "$scenario/_release"
    wait $!
    stored_is_input_sorted
    [ "$(log_of .open | sort -n | tail -n 1)" -eq 8 ]
}

@test "--parallel 1 has one batch under way, the next one only when it is answered" {
    sink delay=0.02
    plain 200
    write
    exits 0
    stored_is_input
    [ "$(log_of .open | sort -u)" = 1 ]
}

@test "input that comes in dribs and drabs makes the same batches" {
    sink
    plain 103
    feed() { while read -r line; do printf '%s' "${line:0:9}"; printf '%s\n' "${line:9}"; done <"$in"; }
    feed | "$RESTSRC" write --batch-size 10 "$url" >"$BATS_TEST_TMPDIR/out"
    stored_is_input
    [ "$(log_of .records | paste -sd,)" = 10,10,10,10,10,10,10,10,10,10,3 ]
}

# ---- shapes of bodies ----

@test "--body array is the default: application/json" {
    sink
    plain 3
    write
    exits 0
    [ "$(log_of '.headers["Content-Type"]')" = '"application/json"' ]
}

@test "--body object:KEY wraps the array, whatever the key" {
    for key in records 'a"b\c' 'é:x'; do
        sink "key=$(jq -rn --arg k "$key" '$k | @uri')"
        in=$odd
        write --body "object:$key"
        exits 0
        stored_is_input
    done
}

@test "--body ndjson: a line for each record, application/x-ndjson" {
    sink
    in=$odd
    write --body ndjson
    exits 0
    stored_is_input
    [ "$(log_of '.headers["Content-Type"]' | sort -u)" = '"application/x-ndjson"' ]
    [ "$(log_of '.records' | jq -s add)" -eq 300 ]
}

@test "--ndjson-prefix: Elasticsearch's _bulk takes it" {
    sink bulk,partial=elastic
    in=$odd
    write --body ndjson --ndjson-prefix '{"index":{}}' --batch-size 100 --ids _id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    stored_is_input
    receipt_is '[.records, .rejected, .batches]' '[300,0,3]'
    [ "$(sort -u "$BATS_TEST_TMPDIR/ids" | wc -l)" -eq 300 ]
}

@test "--body single: one request a record" {
    sink
    plain 20
    write --body single
    exits 0
    stored_is_input
    requests_are 20
    [ "$(log_of '[.records, .bytes]' | head -n 1)" = "[1,$(head -n 1 "$in" | tr -d '\n' | wc -c)]" ]
}

@test "--body single:KEY: one request a record, with a name around it" {
    sink key=item
    plain 5
    write --body single:item
    exits 0
    stored_is_input
    requests_are 5
}

@test "--header has the last word about the Content-Type" {
    sink
    plain 5
    write --body ndjson --header 'Content-Type: application/vnd.x+ndjson'
    exits 0
    [ "$(log_of '.headers["Content-Type"]')" = '"application/vnd.x+ndjson"' ]
}

@test "--compress-body sends gzip, with the same keys as without" {
    sink keys
    plain 500
    write --compress-body --idempotency-key k
    exits 0
    stored_is_input
    [ "$(log_of '.headers["Content-Encoding"]' | sort -u)" = '"gzip"' ]
    [ "$(log_of .bytes | jq -s add)" -lt "$(($(jq .bytes "$out") / 2))" ]
    write --idempotency-key k
    exits 0
    stored_is_input
}

@test "--batch-size and --batch-bytes: whichever is reached first; a body is never larger" {
    for body in array object:some_key ndjson single:some_key; do
        sink "$([ "${body#*:}" = "$body" ] || echo key=some_key,)max-bytes=120,body=$body"
        plain 40
        write --body "$body" --batch-bytes 120 --batch-size 3
        exits 0
        stored_is_input
    done
    sink
    plain 40
    write --batch-bytes 120 --batch-size 3
    [ "$(log_of '.records' | sort -u | paste -sd,)" = 1,3 ]
    write --batch-bytes 120
    [ "$(log_of 'select(.records > 3)' | head -n 1 | jq '.bytes <= 120')" = true ]
}

@test "a record larger than --batch-bytes is 65, with its line" {
    sink
    { plain 3; cat "$in"; printf '{"i":4,"x":"%0200d"}\n' 0; } >"$in.2"
    in=$in.2
    write --batch-bytes 100 --batch-size 1
    exits 65
    says "input line 4" "--batch-bytes"
    receipt_is '[.records, .lines_done]' '[3,3]'
    tells_the_truth
}

@test "a line without end does not fill the memory: 65" {
    sink
    head -c 3000000 /dev/zero | tr '\0' 1 >"$in"
    write --batch-bytes 100000
    exits 65
    says "input line 1" "--batch-bytes"
    requests_are 0
}

@test "a huge record passes" {
    sink
    { plain 2; cat "$in"; printf '{"i":3,"x":"%03000000d"}\n' 0; printf '{"i":4}\n'; } >"$in.2"
    in=$in.2
    write
    exits 0
    stored_is_input
}

# ---- addresses ----

@test "--url-template: the values percent-encoded once, as opaque bytes" {
    sink
    printf '%s\n' '{"k":"a b"}' '{"k":"a/b?c#d%20&e=+"}' '{"k":"\u00e9漢\ud83d\ude00"}' '{"k":9007199254740993}' \
        '{"k":1.10}' '{"k":true}' '{"k":"a\u0000b"}' \
        '{"k":"x","k":"last"}' >"$in"
    write --method PUT --body single --url-template "$url/{k}"
    exits 0
    stored_is_input
    log_of .target | jq -r 'split("/items/")[1]' >"$BATS_TEST_TMPDIR/targets"
    printf '%s\n' a%20b a%2Fb%3Fc%23d%2520%26e%3D%2B %C3%A9%E6%BC%A2%F0%9F%98%80 9007199254740993 1.10 true a%00b \
        last | diff - "$BATS_TEST_TMPDIR/targets"
}

@test "--url-template: several PATHs, nested ones, relative to the URL, with --query" {
    sink
    printf '%s\n' '{"a":{"b":"x y"},"c.d":7}' >"$in"
    url="$url/"
    write --method PATCH --body single --url-template '{a.b}/{c.d}?v={/a/b}' --query 'q=1 2'
    exits 0
    [ "$(log_of '[.method, (.target | split("/items/")[1])]')" = '["PATCH","x%20y/7?v=x%20y&q=1%202"]' ]
}

@test "--url-template: a missing, empty or structured value is 65, with the line; the records before it are written" {
    for value in null '""' '{}' '[1]' '"."' '".."' '"\u002e."'; do
        sink
        printf '%s\n' '{"k":1}' "{\"k\":$value}" '{"k":3}' >"$in"
        write --method PUT --body single --url-template "$url/{k}"
        exits 65
        says "input line 2"
        receipt_is '[.records, .lines_done, .lines_unknown]' '[1,1,[]]'
        [ "$(stored)" = '{"k":1}' ]
        curl -sS -X DELETE "$url/1"
    done
    echo '{"x":1}' >"$in"
    write --method PUT --body single --url-template "$url/{k}"
    exits 65
    says "input line 1: the record has no k for --url-template"
}

@test "--url-template that is none is 64, before anything is read" {
    sink
    plain 1
    for template in "$url/{i" "$url/i}" "$url/{}" "$url/{a{b}}" "$url/i"; do
        write --body single --url-template "$template"
        exits 64
        says "--url-template"
    done
    write --url-template "$url/{i}"
    exits 64
    says "--body single"
    write --body single --method GET --url-template "$url/{i}"
    exits 64
    requests_are 0
}

@test "--method PUT by id: written twice, there once" {
    sink
    plain 10
    for time in 1 2; do
        write --method PUT --body single --url-template "$url/{i}"
        exits 0
    done
    stored_is_input
    requests_are 20
}

@test "options that are wrong are 64" {
    sink
    plain 1
    for wrong in "--body list" "--body object" "--body object:" "--body array:x" \
        "--body ndjson --ndjson-prefix nonsense" "--ndjson-prefix {}" \
        "--batch-size 0" "--batch-bytes 0" "--parallel 0" "--ids-file x" "--method GET" "--data {}" \
        "--body-template {}" \
        "--body object:a --data []" "--body form --record-template {}" "--batch-time 1 --end-marker x" \
        "--idempotency-key k --idempotency-header a:b"; do
        # shellcheck disable=SC2086
        write $wrong
        exits 64
        wrote_nothing
    done
    write --idempotency-key $'a\nX-Evil: 1'
    exits 64
    write --body ndjson --ndjson-prefix $'{"a":\n1}'
    exits 64
    requests_are 0
}

# ---- torn input ----

@test "a last line without end: 65, its number, nothing of its batch is sent" {
    sink
    plain 70
    printf '{"i":71}' >>"$in"
    write
    exits 65
    says "input line 71" "cut short"
    receipt_is '[.records, .lines_done, .lines_unknown]' '[50,50,[]]'
    stored_is_head 50
}

@test "a line that is not JSON: 65, its number, nothing of its batch is sent" {
    n=0
    for line in '{"i":1' '{"i":01}' "{'i':1}" '{"i":1}{"i":2}' '{"i":"\x01"}' '{"i":"\xff"}' 'NaN' '\x00' \
        '{"i":1}\x00' '[1,]'; do
        sink "n=$((++n))"
        plain 60
        printf '%b\n{"i":62}\n' "$line" >>"$in"
        write
        exits 65
        says "input line 61"
        receipt_is '[.lines_done, .lines_unknown]' '[50,[]]'
        stored_is_head 50
    done
}

@test "an invalid line among several batches under way: those before it are done, and told as done" {
    sink delay=0.05
    plain 100
    sed -i 95s/.*/nonsense/ "$in"
    write --parallel 4 --batch-size 30
    exits 65
    says "input line 95"
    receipt_is '[.lines_done, .lines_done_later, .lines_unknown]' '[90,[],[]]'
    tells_the_truth
}

@test "a failing batch before an invalid line is the failure that counts" {
    sink delay=0.05,fail=403:i31
    plain 100
    sed -i 95s/.*/nonsense/ "$in"
    write --parallel 4 --batch-size 30
    exits 77
    says "input lines 31-60"
    receipt_is '[.lines_done, .lines_done_later]' '[30,[[61,90]]]'
    tells_the_truth
}

@test "--end-marker: with it all is well" {
    sink
    plain 100
    cp "$in" "$in.2"
    echo END >>"$in"
    write --end-marker END
    exits 0
    in=$in.2
    stored_is_input
    sink id=crlf
    sed 's/$/\r/' "$in.2" >"$in"
    printf 'END\r\n\r\n' >>"$in"
    write --end-marker END
    exits 0
    [ "$(stored | wc -l)" -eq 100 ]
}

@test "--end-marker: without it the input is torn, and the last batch is not sent, even a full one" {
    for n in 100 120; do
        sink "n=$n"
        plain "$n"
        write --end-marker END
        exits 65
        says "end marker is missing" "after line $n"
        receipt_is .lines_done "$((n == 100 ? 50 : 100))"
        tells_the_truth
    done
    : >"$in"
    write --end-marker END
    exits 65
    printf END >"$in"
    write --end-marker END
    exits 65
}

@test "--end-marker: more after it is 65" {
    sink
    plain 20
    printf 'END\n{"i":22}\n' >>"$in"
    write --end-marker END
    exits 65
    says "input line 22" "after the end marker"
    requests_are 0
}

@test "--end-marker: it may stand alone" {
    sink
    echo END >"$in"
    write --end-marker END
    exits 0
    requests_are 0
}

# ---- what is tried again, and what not ----

@test "stored, then closed without an answer, on a second request: a bare POST is not repeated by libcurl either" {
    sink drop-nth=2
    plain 130
    write
    exits 0
    stored_is_input
    [ "$(log_of .connection | sort -u | wc -l)" -eq 3 ]
}

@test "servers that end connections at random moments, with or without a word: no bare POST is stored twice" {
    "$PYTHON3" "$tests/property/kept.py" "$RESTSRC" 12
}

@test "the same with a key that is heeded: connections are kept, each record is there once" {
    sink drop-nth=2,keys
    plain 250
    write --idempotency-key k
    exits 0
    stored_is_input
    [ "$(requests)" -gt 5 ]
    tells_the_truth
}

@test "a bare POST stored and dropped: 75, the lines are named, it is not repeated" {
    for word in drop=1:1 after=500:1:1 after=502:1:1 after=504:1:1 cut=3:1:1 lose=1:1; do
        sink "$word"
        plain 130
        write
        exits 75
        says "lines 51-100" "may or may not have been stored"
        receipt_is '[.records, .lines_done, .lines_done_later, .lines_unknown, .requests]' '[50,50,[],[[51,100]],2]'
        requests_are 2
        tells_the_truth
    done
}

@test "PATCH is treated like POST, PUT is tried again" {
    sink drop=1
    plain 5
    write --method PATCH --body single --url-template "$url/{i}"
    exits 75
    receipt_is '[.lines_unknown, .requests]' '[[[1,1]],1]'
    sink drop=1,id=put
    write --method PUT --body single --url-template "$url/{i}"
    exits 0
    stored_is_input
    receipt_is '[.retries, .requests]' '[1,6]'
}

@test "500 after store, with a key that is heeded: each record once" {
    for word in after=500:1:1 drop=2:1 cut=0:3:0 lose=1; do
        sink "$word,keys=X-Key"
        plain 130
        write --idempotency-key k --idempotency-header X-Key
        exits 0
        stored_is_input
        tells_the_truth
    done
}

@test "with a key and --no-idempotent nothing is repeated that may have been stored" {
    sink after=500:1
    plain 10
    write --idempotency-key k --no-idempotent
    exits 75
    requests_are 1
    receipt_is .lines_unknown '[[1,10]]'
    [ "$(log_of '.headers["Idempotency-Key"] | test("^k-[0-9a-f]{16}-0$")')" = true ]
}

@test "429, and 503 with Retry-After, are repeated: the server did not take it" {
    for word in fail=429:2 fail=429:1,retry-after=0 fail=503:2,retry-after=0 fail=503:1,retry-after=1; do
        sink "$word"
        plain 10
        write
        exits 0
        stored_is_input
        says "try 2"
    done
}

@test "429 until the end: 75, and nothing is unknown" {
    for word in fail=429 fail=503,retry-after=0; do
        sink "$word"
        plain 10
        write --retry 2
        exits 75
        requests_are 3
        receipt_is '[.lines_done, .lines_unknown, .retries]' '[0,[],2]'
        tells_the_truth
    done
}

@test "a bare 503 is not repeated" {
    sink fail=503:1
    plain 10
    write
    exits 75
    requests_are 1
    receipt_is .lines_unknown '[[1,10]]'
}

@test "what an earlier try may have stored stays unknown, whatever the last one met with" {
    for word in drop=1,fail=429:9:1 after=500:1,fail=403:9:1 drop=1,fail=404:9:1; do
        sink "$word"
        plain 10
        write --idempotency-key k --retry 2
        receipt_is '[.lines_done, .lines_unknown]' '[0,[[1,10]]]'
        tells_the_truth
    done
}

@test "a try that libcurl repeated by itself may have been taken, too, and counts as a request" {
    sink drop-nth=2,fail=404:9:2,keys
    plain 130
    write --idempotency-key k
    exits 69
    receipt_is '[.lines_done, .lines_unknown, .requests, .retries]' '[50,[[51,100]],3,1]'
    requests_are 3
    tells_the_truth
}

free_port() { "$PYTHON3" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

@test "a refused connection is tried again, until the server is there" {
    sink
    plain 130
    port=$(free_port)
    late=http://127.0.0.1:$port/late
    "$RESTSRC" write --retry 200 --retry-delay 0.05 "$late/items" <"$in" >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/err" 3>&- &
    writer=$!
    eventually grep -q "try 3" "$BATS_TEST_TMPDIR/err"
    "$PYTHON3" "$tests/servers/sink.py" --port "$port" >/dev/null 3>&- &
    late_server=$!
    wait "$writer"
    curl -sSf "$late/_stored" | cmp - "$in"
    kill "$late_server"
}

@test "a connection refused until the end: 75, and nothing is unknown" {
    sink
    plain 10
    url=http://127.0.0.1:$(free_port)/items
    write --retry 2
    exits 75
    receipt_is '[.requests, .retries, .lines_done, .lines_unknown]' '[3,2,0,[]]'
}

@test "a time-out: 75 and unknown for a bare POST, repeated with a key" {
    sink hang=1
    plain 10
    write --max-time 0.3
    exits 75
    receipt_is '[.requests, .lines_unknown]' '[1,[[1,10]]]'
    sink hang=1,keys
    write --max-time 0.3 --idempotency-key k
    exits 0
    stored_is_input
}

@test "a time-out before the connection was there is tried again: nothing was sent" {
    sink
    plain 10
    "$PYTHON3" -c 'import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
full = [socket.socket() for _ in range(8)]
for c in full: c.setblocking(False); c.connect_ex(s.getsockname())
print(s.getsockname()[1], flush=True); sys.stdin.read()' < <(exec sleep 60) >"$BATS_TEST_TMPDIR/port" 3>&- &
    full=$!
    eventually test -s "$BATS_TEST_TMPDIR/port"
    url=http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")/items
    write --retry 1 --connect-timeout 0.2
    kill "$full"
    exits 75
    receipt_is '[.requests, .lines_unknown]' '[2,[]]'
}

@test "refusals are not repeated, and nothing is unknown" {
    for pair in 400:69 401:77 403:77 404:69 405:69 409:69 415:69 422:69; do
        sink "fail=${pair%:*}:9:1"
        plain 130
        write
        exits "${pair#*:}"
        says "input lines 51-100" "HTTP ${pair%:*}" "status ${pair%:*} as asked"
        requests_are 2
        receipt_is '[.lines_done, .lines_unknown]' '[50,[]]'
        tells_the_truth
    done
}

@test "--error-format json on failure; the receipt is there all the same" {
    sink after=500:1:1
    plain 130
    write --error-format json
    exits 75
    [ "$(tail -n 1 "$err" | jq -c '[.exit, .http_status, .retryable, .offset]')" = '[75,500,true,null]' ]
    tells_the_truth
}

# ---- redirects ----

@test "307 and 308 are followed, with method and body" {
    for status in 307 308; do
        sink "redirect=same:$status"
        plain 60
        write
        exits 0
        stored_is_input
        requests_are 4
    done
}

@test "301, 302 and 303 come after the deed: 76, the lines are unknown" {
    for status in 301 302 303; do
        sink "redirect=same:$status"
        plain 60
        write
        exits 76
        receipt_is '[.lines_done, .lines_unknown, .requests]' '[0,[[1,50]],1]'
    done
}

@test "a redirect to another origin is refused, to itself too: nothing is stored, nothing unknown" {
    for word in redirect=other:307 redirect=loop:308; do
        sink "$word"
        plain 10
        write
        exits 76
        receipt_is '[.lines_done, .lines_unknown]' '[0,[]]'
        tells_the_truth
    done
    sink redirect=other:307,id=trusted
    write --trust-host localhost
    exits 0
    stored_is_input
}

# ---- answers that deny what their status says ----

@test "an answer need not be JSON: empty, 204, text" {
    for word in answer=none body= body=OK,type=text%2Fplain 'body=%3Cp%3Edone,type=text%2Fhtml' \
        body=%7Bok%7D,type=text%2Fplain body=60 gzip chunked=7; do
        sink "$word"
        plain 60
        write
        exits 0
        stored_is_input
    done
}

@test "200 with a web page is 76: that was no API" {
    sink 'created=200,type=text%2Fhtml,body=%0A%3C!DOCTYPE%20html%3E%3Chtml%3E'
    plain 10
    write
    exits 76
    says "web page"
    receipt_is .lines_unknown '[[1,10]]'
}

@test "200 with an error is 76, and told; an empty one is none" {
    for body in '{"error":{"message":"the database is away"}}' '{"errors":["the database is away"]}' \
        '{"error":"the database is away"}'; do
        sink "created=200,body=$(jq -rn --arg b "$body" '$b | @uri')"
        plain 10
        write
        exits 76
        says "the database is away" "lines 1-10"
        receipt_is '[.records, .lines_done, .lines_unknown]' '[0,0,[[1,10]]]'
    done
    for body in '{"error":null,"errors":[]}' '{"errors":false}' '{"error":"","errors":0}' '{"errors":{}}'; do
        sink "body=$(jq -rn --arg b "$body" '$b | @uri')"
        plain 10
        write
        exits 0
        stored_is_input
    done
}

@test "JSON cut short in a whole answer: 75 and unknown for a bare POST, repeated with a key" {
    sink "body=$(jq -rn '"{\"items\":[{}," | @uri')"
    plain 10
    write
    exits 75
    says "cut short"
    receipt_is '[.requests, .lines_unknown]' '[1,[[1,10]]]'
    write --idempotency-key k --retry 1
    exits 75
    receipt_is .requests 2
}

@test "what claims to be JSON and is none: 76, unknown" {
    sink "body=$(jq -rn '"{nonsense}" | @uri')"
    plain 10
    write
    exits 76
    says "not JSON"
    receipt_is .lines_unknown '[[1,10]]'
}

@test "an answer larger than --max-page-bytes: 76, unknown, for it was a 201" {
    sink "answer=echo"
    plain 10
    write --max-page-bytes 100
    exits 76
    receipt_is '[.lines_done, .lines_unknown]' '[0,[[1,10]]]'
}

# ---- ids ----

@test "--ids: the ids that the server gave, in the order of the input, 64-bit ones exactly" {
    sink answer=ids
    plain 130
    write --ids id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    "$PYTHON3" -c 'for i in range(130): print(9007199254740993 + 2 * i)' | cmp - "$BATS_TEST_TMPDIR/ids"
    sink answer=echo
    write --parallel 4 --ids /id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    [ "$(sort -u "$BATS_TEST_TMPDIR/ids" | wc -l)" -eq 130 ]
}

@test "--ids of a single record's answer, of results somewhere else, and of answers without" {
    sink answer=echo
    plain 3
    write --body single --ids id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    printf '%s\n' 9007199254740993 9007199254740995 9007199254740997 | cmp - "$BATS_TEST_TMPDIR/ids"
    sink partial=nested
    write --results data.outcome --result-error code --ids meta.uid --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/ids")" = 9007199254740997 ]
    sink id=none
    write --ids id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    printf 'null\nnull\nnull\n' | cmp - "$BATS_TEST_TMPDIR/ids"
}

# ---- keys ----

keys() { log_of '.headers["Idempotency-Key"]'; }

@test "keys are the same in another run, and distinct for equal batches" {
    sink
    for i in 1 2 3; do printf '{"a":1}\n{"a":2}\n'; done >"$in"
    write --idempotency-key p --batch-size 2
    exits 0
    keys >"$BATS_TEST_TMPDIR/first"
    [ "$(sort -u "$BATS_TEST_TMPDIR/first" | wc -l)" -eq 3 ]
    write --idempotency-key p --batch-size 2
    keys | tail -n 3 | cmp - "$BATS_TEST_TMPDIR/first"
    write --idempotency-key other --batch-size 2
    keys | tail -n 3 | sed 's/^"other/"p/' | cmp - "$BATS_TEST_TMPDIR/first"
}

@test "the same input again, with keys that are heeded, stores nothing twice; equal batches are all stored" {
    sink keys
    for i in 1 2 3 4; do printf '{"a":1}\n'; done >"$in"
    for time in 1 2; do
        write --idempotency-key p --batch-size 1 --parallel 2
        exits 0
        receipt_is .records 4
    done
    stored_is_input
}

# ---- receipts ----

@test "with several batches under way and one failing, the receipt says what came after it" {
    sink after=500:i201,delay=0.05:i201,fail=404:i301,delay=0.03:i301
    plain 500
    write --parallel 8
    exits 75
    says "input lines 201-250"
    receipt_is '[.lines_done, .lines_unknown, (.lines_done_later | length > 0)]' '[200,[[201,250]],true]'
    tells_the_truth
}

@test "whatever goes wrong, the receipt tells the truth about every line" {
    first=${RESTSRC_SEED:-4711}
    for seed in $(seq "$first" $((first + 5))); do
        sink "chaos=$seed:20"
        plain 200
        write --parallel $((seed % 8 + 1)) --batch-size $((seed % 13 + 3)) --retry 3 || true
        tells_the_truth || { echo "seed $seed"; false; }
        sink "chaos=$seed:40,keys"
        write --parallel $((seed % 8 + 1)) --batch-size $((seed % 13 + 3)) --idempotency-key k --retry 3
        tells_the_truth || { echo "seed $seed, keys"; false; }
    done
}

@test "resuming at the line after lines_done completes the store" {
    sink fail=403:1:2
    plain 230
    write
    exits 77
    tail -n +$(($(jq .lines_done "$out") + 1)) "$in" >"$in.rest"
    "$RESTSRC" write "$url" <"$in.rest" >"$out"
    stored_is_input
}

@test "a receipt that cannot be written is 74" {
    sink
    plain 10
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" write "$url" <"$in" >/dev/full 2>"$err" || status=$?
    exits 74
    stored_is_input
}

@test "standard input that is closed or a folder is 74" {
    sink
    err=$BATS_TEST_TMPDIR/err status=0
    timeout 20 "$RESTSRC" write "$url" <&- >/dev/null 2>"$err" || status=$?
    exits 74
    status=0
    timeout 20 "$RESTSRC" write "$url" </ >/dev/null 2>"$err" || status=$?
    exits 74
    says "cannot read the input"
}

# ---- the end of a run ----

sees_part_of_a_body() { log_of 'select(.torn and .bytes > 0)' | grep -q .; }

@test "kill -9 in mid-write: no torn batch at the server; the same input again completes it" {
    sink keys,slow=2000000
    plain 60000
    "$RESTSRC" write --batch-size 30000 --idempotency-key k "$url" <"$in" >/dev/null 3>&- &
    writer=$!
    eventually sees_part_of_a_body
    kill -9 "$writer"
    wait "$writer" || true
    [ "$(log_of .status)" = null ]
    [ "$(stored | wc -l)" -eq 0 ]
    scenario=$server/id=$BATS_TEST_NUMBER,keys
    url=$scenario/items
    write --batch-size 30000 --idempotency-key k
    exits 0
    stored_is_input
}

@test "kill -9 with several batches under way, and with compression: whole batches only" {
    sink delay=0.05
    plain 5000
    "$RESTSRC" write --batch-size 100 --parallel 4 --compress-body "$url" <"$in" >/dev/null 3>&- &
    writer=$!
    eventually saw_requests 9
    kill -9 "$writer"
    wait "$writer" || true
    eventually eval '[ "$(log_of "select(.status == null and (.torn | not))" | wc -l)" -eq 0 ] || true'
    [ "$(($(stored | wc -l) % 100))" -eq 0 ]
    stored | "$PYTHON3" -c 'import json, sys
numbers = sorted(json.loads(line)["i"] for line in sys.stdin)
assert len(set(numbers)) == len(numbers)
begins = {n - (n - 1) % 100 for n in numbers}
assert all(set(range(first, first + 100)) <= set(numbers) for first in begins)'
}

@test "SIGTERM and SIGINT end it by the signal; the receipt names what was under way" {
    for signal in TERM INT; do
        sink "hold=9:2,signal=$signal"
        plain 300
        status=0 out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
        "$RESTSRC" write "$url" <"$in" >"$out" 2>"$err" 3>&- &
        writer=$!
        eventually saw_requests 3
        kill -$signal "$writer"
        wait "$writer" || status=$?
        [ "$status" -eq "$([ "$signal" = TERM ] && echo 143 || echo 130)" ]
        receipt_is '[.lines_done, .lines_unknown]' '[100,[[101,150]]]'
        curl -sSf "$scenario/_release"
        tells_the_truth
        says_nothing
    done
}

@test "SIGTERM while it waits for input ends it, and the receipt is true" {
    sink
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    "$RESTSRC" write --batch-size 2 "$url" <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
    writer=$!
    exec {feed}>"$BATS_TEST_TMPDIR/fifo"
    printf '{"i":1}\n{"i":2}\n{"i":3}\n' >&"$feed"
    eventually eval '[ "$(stored | wc -l)" -eq 2 ]'
    kill "$writer"
    status=0
    wait "$writer" || status=$?
    exec {feed}>&-
    [ "$status" -eq 143 ]
    out=$BATS_TEST_TMPDIR/out
    printf '{"i":1}\n{"i":2}\n{"i":3}\n' >"$in"
    tells_the_truth
    receipt_is '.requests' 1
}

@test "--die-with-parent: the parent killed with -9, nothing more is sent" {
    sink hold
    plain 500
    bash -c '"$RESTSRC" write --die-with-parent "$1" <"$2" >/dev/null & echo $! >"$3"; wait' bash "$url" "$in" \
        "$BATS_TEST_TMPDIR/child" 3>&- &
    parent=$!
    eventually saw_requests 1
    child=$(cat "$BATS_TEST_TMPDIR/child")
    kill -9 "$parent"
    eventually eval '! [ -e "/proc/$child" ] || grep -q "^State:[[:space:]]*Z" "/proc/$child/status"'
    requests_are 1
}

# ---- memory and pace ----

sleeps() { grep -q '^State:[[:space:]]*S' "/proc/$1/status"; }

@test "standard input is read only as fast as batches go" {
    sink hold
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    "$RESTSRC" write "$url" <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
    writer=$!
    "$PYTHON3" -c 'import os, sys
line = b"{\"x\":\"%s\"}\n" % (b"y" * 1000)
for i in range(5000):
    os.write(1, line)
    os.pwrite(3, b"%8d" % (i + 1), 0)' >"$BATS_TEST_TMPDIR/fifo" 3>"$BATS_TEST_TMPDIR/progress" &
    feeder=$!
    eventually saw_requests 1
    before=-1
    eventually eval \
        'last=$before; before=$(cat "$BATS_TEST_TMPDIR/progress"); [ "$before" = "$last" ] && sleeps "$feeder"'
    echo "lines taken: $before"
    [ "$before" -lt 400 ]
    curl -sSf "$scenario/_release"
    wait "$writer"
    wait "$feeder"
    [ "$(stored | wc -l)" -eq 5000 ]
}

@test "60 MB of input are written within 24 MiB of memory" {
    not_sanitized "needs memory of its own"
    sink blind
    generate='import sys
line = b"{\"x\":\"%s\"}\n" % (b"y" * 1000)
for _ in range(int(sys.argv[1])): sys.stdout.buffer.write(line * 100)'
    peak_of_child='import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)'
    peak=$("$PYTHON3" -c "$generate" "${MEMORY_TEST_LINES:-600}" |
        "$PYTHON3" -c "$peak_of_child" "$RESTSRC" write --parallel 2 --batch-size 500 "$url" 2>&1 \
            >"$BATS_TEST_TMPDIR/out")
    out=$BATS_TEST_TMPDIR/out
    receipt_is .records "${MEMORY_TEST_LINES:-600}00"
    echo "peak: $peak KiB"
    [ "$peak" -lt 24576 ]
}

@test "what the server has only queued is accepted, not stored: the receipt and a warning say so" {
    sink created=202
    plain 130
    write
    exits 0
    receipt_is '[.records, .accepted]' '[130,130]'
    says "130 of 130 records were accepted, not stored yet"
    sink
    write
    exits 0
    receipt_is '[.records, .accepted]' '[130,0]'
    says_nothing
}

@test "a job is told as such, whatever the status, and the answers that name it are kept for each record" {
    cd "$BATS_TEST_TMPDIR" || return 1
    api <<'END'
KINDS = {
    "/id": (200, {"job_id": "j1"}),
    "/open": (200, {"name": "operations/17", "done": False}),
    "/count": (200, {"ok": True, "queued": 3}),
    "/text": (200, {"message": "Batch accepted for processing"}),
    "/header": (200, "", {"Operation-Location": "/jobs/j1"}),
    "/empty": (202, "", {"Content-Location": "/jobs/j1"}),
}
def answer(r):
    return KINDS[r.path]
END
    for kind in id open count text header empty; do
        seq 3 | jq -c '{n: .}' | "$RESTSRC" write --answers-file answers "$api/$kind" >receipt 2>err
        [ "$(jq -c '[.records, .accepted]' receipt)" = '[3,3]' ]
        grep -q 'accepted, not stored yet' err
        [ "$(sort answers | uniq -c | grep -c '^ *3 {')" -eq 1 ] || { cat answers; return 1; }
    done
    [ "$(jq -r .location answers | sort -u)" = /jobs/j1 ]
}

@test "without a body, the Location is the answer: --ids location" {
    cd "$BATS_TEST_TMPDIR" || return 1
    api <<'END'
def answer(r):
    return 201, "", {"Location": f"/items/{r.json['n']}"}
END
    seq 2 | jq -c '{n: .}' | "$RESTSRC" write --body single --ids location --ids-file ids "$api/items" >receipt 2>err
    [ "$(paste -sd' ' ids)" = '"/items/1" "/items/2"' ]
    [ "$(jq .accepted receipt)" -eq 0 ]
}
