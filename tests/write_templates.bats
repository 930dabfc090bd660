# restsrc write and requests that are made of the record: URL, query, headers, bodies, forms, deletions; batches that
# close by time.
load helpers
load sink
setup_file() { start_sink; }
teardown_file() { stop_server; }

# What the server saw of the requests that write, one a line.
targets() { curl -sSf "$scenario/_log" | jq -r 'select(.method != "GET") | .target' | sed "s|.*/items||"; }
header() { curl -sSf "$scenario/_log" | jq -r "select(.method != \"GET\") | .headers[\"$1\"]"; }

@test "the URL itself may be a template, with --query" {
    sink
    plain 3
    url="$url/{i}"
    write -X PUT --body single --query v=1 --query 'n={name}'
    exits 0
    stored_is_input
    [ "$(targets | paste -sd' ')" = "/1?v=1&n=record%201 /2?v=1&n=record%202 /3?v=1&n=record%203" ]
}

@test "--header and --query with a {PATH}: of the record; JSON in a header is no template; {{ is a brace" {
    sink
    plain 2
    write --body single -H 'X-Name: {name}/{i}' -H 'X-Json: {"a":{"b":1}}' -H 'X-Brace: {{i}} {i}'
    exits 0
    [ "$(header X-Name | paste -sd, )" = "record 1/1,record 2/2" ]
    [ "$(header X-Json | sort -u)" = '{"a":{"b":1}}' ]
    [ "$(header X-Brace | paste -sd,)" = "{i} 1,{i} 2" ]
}

@test "a value that would break a header is 65, with its line" {
    sink
    printf '%s\n' '{"i":1,"n":"a"}' '{"i":2,"n":"a\r\nX-Evil: 1"}' >"$in"
    write --body single -H 'X-Name: {n}'
    exits 65
    says "input line 2" "control character" "--header"
    requests_are 1
}

@test "a {PATH} needs one record a request: 64" {
    sink
    plain 2
    for wrong in "--header X:{i}" "--query a={i}" "--url-template /{i}"; do
        # shellcheck disable=SC2086
        write $wrong
        exits 64
        says "--body single"
    done
    requests_are 0
}

@test "--ndjson-prefix with a value of the record" {
    sink bulk
    printf '%s\n' '{"i":9007199254740993,"sku":"a\"b"}' >"$in"
    write --body ndjson --ndjson-prefix '{"index":{"_id":"{sku}","n":"{i}"}}'
    exits 0
    stored_is_input
    printf '%s\n' '{"i":1}' >"$in"
    write --body ndjson --ndjson-prefix '{"index":{"_id":"{sku}"}}'
    exits 65
    says "input line 1" "--ndjson-prefix"
}

@test "members beside the list: --data with --body object:KEY, and --body-template" {
    sink key=rows,id=beside
    plain 3
    write --body object:rows --data '{}'
    exits 0
    stored_is_input
    sink answer=none
    write --body-template '{"all":false,"rows":"{records}"}'
    exits 0
    [ "$(stored)" = "{\"all\":false,\"rows\":[$(paste -sd, "$in")]}" ]
    sink answer=none,id=data
    write --body object:in.rows --data '{"in":{"rows":null},"all":false}'
    exits 0
    [ "$(stored)" = "{\"in\":{\"rows\":[$(paste -sd, "$in")]},\"all\":false}" ]
}

@test "--record-template: what is sent for a record" {
    sink
    printf '%s\n' '{"i":1,"n":1.10}' '{"i":2,"n":9007199254740993}' >"$in"
    write --record-template '{"resource":"{}","request":{"method":"PUT","url":"Patient/{i}"}}'
    exits 0
    [ "$(stored | head -n 1)" = '{"resource":{"i":1,"n":1.10},"request":{"method":"PUT","url":"Patient/1"}}' ]
    stored | grep -qF '"n":9007199254740993}'
}

@test "PATCH leaves out what the URL has, --omit what it names; --omit '' nothing" {
    sink
    printf '%s\n' '{"i":1,"name":"a","secret":"s"}' >"$in"
    write -X PATCH --body single --url-template "$url/{i}"
    exits 0
    [ "$(stored)" = '{"name":"a","secret":"s"}' ]
    write -X PATCH --body single --url-template "$url/{i}" --omit ''
    [ "$(stored)" = '{"i":1,"name":"a","secret":"s"}' ]
    write -X PUT --body single --url-template "$url/{i}" --omit secret
    [ "$(stored)" = '{"i":1,"name":"a"}' ]
}

@test "--method DELETE: by the URL, without a body; tried again where it may be done; what has gone then is done" {
    sink
    plain 4
    write -X PUT --body single --url-template "$url/{i}"
    write -X DELETE --body single --url-template "$url/{i}"
    exits 0
    [ -z "$(stored)" ]
    [ "$(curl -sSf "$scenario/_log" | jq -r 'select(.method == "DELETE") | .bytes' | sort -u)" = 0 ]
    sink drop=1:4,id=drop
    write -X PUT --body single --url-template "$url/{i}"
    write -X DELETE --body single --url-template "$url/{i}"
    exits 0
    receipt_is '[.records, .lines_unknown]' '[4,[]]'
    [ -z "$(stored)" ]
    write -X DELETE --body single --url-template "$url/{i}"
    exits 69
    says "input line 1" "HTTP 404"
}

@test "--body form" {
    sink blind
    printf '%s\n' '{"e":"a+b@x.org","m":{"k":[1,null]}}' >"$in"
    write --body form
    exits 0
    [ "$(header Content-Type)" = application/x-www-form-urlencoded ]
    sent='e=a%2Bb%40x.org&m%5Bk%5D%5B0%5D=1&m%5Bk%5D%5B1%5D='
    [ "$(curl -sSf "$scenario/_log" | jq .bytes)" -eq "${#sent}" ]
}

@test "a record larger than --batch-bytes is a reject where rejects are allowed; the others are written" {
    sink
    plain 7
    for line in 1 4 7; do sed -i "${line}s/name/$(printf 'x%.0s' $(seq 500))/" "$in"; done
    rejects=$BATS_TEST_TMPDIR/rejects
    write --batch-bytes 200 --reject-file "$rejects"
    exits 0
    [ "$(jq -c '[.line, .http_status]' "$rejects" | head -n 1)" = '[1,null]' ]
    [ "$(jq -r .error "$rejects" | sort -u)" = "the record is larger than --batch-bytes" ]
    [ "$(jq -c .line "$rejects" | paste -sd' ')" = "1 4 7" ]
    stored | cmp - <(sed '1d;4d;7d' "$in")
    receipt_is '[.records, .rejected, .lines_done, .lines_unknown]' '[4,3,7,[]]'
    jq -c .record "$rejects" | cmp - <(sed -n '1p;4p;7p' "$in")
    sink id=few
    write --batch-bytes 200 --max-rejects 2
    exits 69
    says "input line 7" "--max-rejects 2"
}

@test "--batch-time: what comes slowly is sent all the same; without it a batch waits for more" {
    sink
    mkfifo "$BATS_TEST_TMPDIR/slow"
    "$RESTSRC" write --batch-time 0.05 "$url" <"$BATS_TEST_TMPDIR/slow" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    local pid=$!
    exec 9>"$BATS_TEST_TMPDIR/slow"
    echo '{"i":1}' >&9
    eventually stores 1
    echo '{"i":2}' >&9
    eventually stores 2
    exec 9>&-
    wait "$pid"
    [ "$(jq -c '[.records, .batches]' "$BATS_TEST_TMPDIR/out")" = '[2,2]' ]
}
stores() { [ "$(stored | wc -l)" -eq "$1" ]; }

# ---- change feeds ----

change_api() {
    cd "$BATS_TEST_TMPDIR" || return 1
    api <<'END'
STORE, LOG = {}, []
def answer(r):
    if r.path == "/all":
        return [STORE[k] for k in sorted(STORE)]
    if r.path == "/log":
        return LOG
    LOG.append(f"{r.method} {r.path} {r.body.decode()}")
    key = int(r.path.rsplit("/", 1)[1]) if r.path != "/rows" else r.json["id"]
    if r.headers.get("If-Match") and r.headers["If-Match"] != f'"{STORE.get(key, {}).get("v")}"':
        return 412, {"error": "another version"}
    if r.method == "DELETE":
        return (204, "") if STORE.pop(key, None) else (404, {"error": "not there"})
    if r.method == "POST" and key in STORE:
        return 409, {"error": "there already"}
    STORE[key] = {**(STORE.get(key, {}) if r.method == "PATCH" else {}), **r.json}
    return 201 if r.method == "POST" else 200, STORE[key]
END
}

feed() { status=0; "$RESTSRC" write --body single "$@" >receipt 2>err <lines || status=$?; }
rows_now() { "$RESTSRC" call "$api/all" | jq -cS .; }
asked_for() { "$RESTSRC" call "$api/log" | jq -r '.[]'; }

@test "--method-path: Debezium's changes are inserted, updated and deleted; its row is sent alone" {
    change_api
    cat >lines <<'END'
{"before":null,"after":{"id":1,"n":1.10},"op":"r","source":{"db":"x"}}
{"before":null,"after":{"id":2,"n":9007199254740993},"op":"c"}
{"before":{"id":1,"n":1.10},"after":{"id":1,"n":5},"op":"u"}
{"before":{"id":2,"n":2},"after":null,"op":"d"}
null
END
    feed --method-path op --url-template "rows/{id}" "$api/rows"
    [ "$status" -eq 0 ]
    diff <(asked_for | sed 's/ $//') - <<'END'
POST /rows {"id":1,"n":1.10}
POST /rows {"id":2,"n":9007199254740993}
PUT /rows/1 {"id":1,"n":5}
DELETE /rows/2
END
    [ "$(rows_now)" = '[{"id":1,"n":5}]' ]
    [ "$(jq -c '[.records, .skipped, .lines_done]' receipt)" = '[4,1,5]' ]
    echo '{"payload":{"before":{"id":1},"after":null,"op":"d"}}' >lines
    feed --method-path payload.op "$api/rows/{id}"
    [ "$status" -eq 0 ] && [ "$(rows_now)" = '[]' ]
}

@test "--method-path: Spark's _change_type, without what was there before, and without the column itself" {
    change_api
    cat >lines <<'END'
{"id":1,"n":1,"_change_type":"insert"}
{"id":1,"n":1,"_change_type":"update_preimage"}
{"id":1,"n":2,"_change_type":"update_postimage"}
{"id":2,"n":2,"_change_type":"insert"}
{"id":2,"n":2,"_change_type":"delete"}
END
    feed --method-path _change_type "$api/rows/{id}"
    [ "$status" -eq 0 ]
    asked_for | sed 's/ {.*//' | diff - <(printf '%s\n' 'PUT /rows/1' 'PUT /rows/1' 'PUT /rows/2' 'DELETE /rows/2 ')
    [ "$(rows_now)" = '[{"id":1,"n":2}]' ]
    [ "$(jq -c '[.records, .requests, .skipped, .lines_done]' receipt)" = '[4,4,1,5]' ]
}

@test "--method-path: the words of Iceberg, Flink and other feeds" {
    change_api
    printf '{"id":1,"n":%d,"op":"%s"}\n' 1 INSERT 1 UPDATE_BEFORE 2 UPDATE_AFTER 3 replace 4 MODIFY >lines
    printf '{"id":2,"n":%d,"op":"%s"}\n' 1 +I 1 -U 5 +U >>lines
    printf '{"id":%d,"op":"%s"}\n' 3 +I 4 +I 3 -D 4 REMOVE >>lines
    feed --method-path op "$api/rows/{id}"
    [ "$status" -eq 0 ]
    [ "$(rows_now)" = '[{"id":1,"n":4},{"id":2,"n":5}]' ]
    [ "$(jq .skipped receipt)" -eq 2 ]
}

@test "--method is that of updates, and a line may name a method" {
    change_api
    printf '%s\n' '{"id":1,"n":1,"op":"PUT"}' '{"id":1,"m":2,"op":"update"}' >lines
    feed --method PATCH --method-path op "$api/rows/{id}"
    [ "$status" -eq 0 ]
    [ "$(rows_now)" = '[{"id":1,"m":2,"n":1}]' ]
}

@test "a line that does not say what is to be done ends the run, and those before it are stored" {
    change_api
    printf '%s\n' '{"id":1,"op":"insert"}' '{"id":2,"op":"truncate"}' '{"id":3,"op":"insert"}' >lines
    feed --method-path op "$api/rows/{id}"
    [ "$status" -eq 65 ]
    grep -F 'input line 2: --method-path has "truncate" there' err
    [ "$(jq -c '[.records, .lines_done]' receipt)" = '[1,1]' ]
    [ "$(rows_now)" = '[{"id":1}]' ]
    echo '{"before":null,"after":null,"op":"d"}' >lines
    feed --method-path op "$api/rows/{id}"
    [ "$status" -eq 65 ]
    feed --body array --method-path op "$api/rows"
    [ "$status" -eq 64 ]
    feed --method DELETE --method-path op "$api/rows/{id}"
    [ "$status" -eq 64 ]
}

@test "If-Match from a field: a row that has changed meanwhile is a reject, by PUT and by PATCH" {
    change_api
    printf '%s\n' '{"id":1,"v":1}' '{"id":2,"v":1}' >lines
    feed --method PUT "$api/rows/{id}"
    printf '%s\n' '{"id":1,"v":2,"etag":"\"1\""}' '{"id":2,"v":2,"etag":"\"7\""}' >lines
    for method in PUT PATCH; do
        feed --method $method --header 'If-Match: {etag}' --omit etag --omit id --reject-file rejects "$api/rows/{id}"
        [ "$status" -eq 0 ]
        [ "$(jq -c '[.line, .http_status]' rejects | tail -1)" = '[2,412]' ]
    done
}
