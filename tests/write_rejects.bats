# restsrc write and records that the server does not want: found, named, kept; the others are written.
load helpers
load sink
setup_file() { start_sink; }
teardown_file() { stop_server; }

# write_rejects OPTIONS: with a reject file, $rejects.
write_rejects() {
    rejects=$BATS_TEST_TMPDIR/rejects
    write --reject-file "$rejects" "$@"
}
reject() { jq -c "$1" "$rejects"; }

hex() { od -An -v -tx1 | tr -d ' \n'; }

# The good lines of the input, in order.
stored_are_the_good() {
    grep -v '"bad"' "$in" >"$BATS_TEST_TMPDIR/good"
    stored | cmp - "$BATS_TEST_TMPDIR/good"
}

# ---- refused, and a part of it stored ----

# gives_in_order KEYS: the servers' store has these, each once, in this order.
api_stored() { [ "$(curl -gsSf "$api/stored" | jq -c .)" = "$1" ] || { curl -gsSf "$api/stored"; return 1; }; }

@test "an answer that says at which record it stopped: those before it are stored, the others are sent again" {
    api <<'END'
import json
# Splunk's HTTP Event Collector indexes what comes before the event that it refuses, and nothing after it.
def answer(r):
    store = r.state.setdefault("store", [])
    if r.path == "/stored":
        return store
    for n, event in enumerate(map(json.loads, r.body.decode().splitlines())):
        if not event["event"]:
            return 400, {"text": "Event field cannot be blank", "code": 13, "invalid-event-number": n}
        store.append(event["event"])
    return {"text": "Success", "code": 0}
END
    url=$api/services/collector in=$BATS_TEST_TMPDIR/in
    printf '{"event":"%s"}\n' a b '' c '' '' d e >"$in"
    write_rejects --body ndjson
    exits 0
    api_stored '["a","b","c","d","e"]'
    [ "$(reject '[.line, .http_status, .error.text]')" = '[3,400,"Event field cannot be blank"]
[5,400,"Event field cannot be blank"]
[6,400,"Event field cannot be blank"]' ]
    receipt_is '[.records, .rejected, .lines_done, .lines_unknown]' '[5,3,8,[]]'
    write --body ndjson
    exits 69
    api_stored '["a","b","c","d","e","a","b"]'
    receipt_is '[.records, .rejected, .lines_done, .lines_done_later, .lines_unknown]' '[2,1,3,[],[]]'
    write_rejects --body ndjson --on '400=partial:text' # which is no number
    exits 76
    says "does not say at which record"
    receipt_is .lines_unknown '[[1,8]]'
}

@test "--on WHEN=partial:PATH: an API that stops at the first bad record, and says where" {
    api <<'END'
def answer(r):
    store = r.state.setdefault("store", [])
    if r.path == "/stored":
        return store
    for n, record in enumerate(r.json):
        if record["i"] % 4 == 0:
            return 422, {"message": "no multiples of four", "at": {"row": n}}
        store.append(record["i"])
    return 201, {}
END
    url=$api/items in=$BATS_TEST_TMPDIR/in
    seq 10 | sed 's/.*/{"i":&}/' >"$in"
    write_rejects --on '422=partial:at.row' --batch-size 7
    exits 0
    api_stored '[1,2,3,5,6,7,9,10]'
    [ "$(reject .line)" = $'4\n8' ]
}

@test "a refusal that speaks of a part leaves open what is stored, and is not sent again in halves" {
    api <<'END'
ANSWERS = [
    {"code": "invalid", "message": "partial write: field type conflict: input field x is a string dropped=1"},
    {"error": "partial write: points beyond retention policy dropped=1"},
    "entry ignored, reason: 'entry too far behind' for stream: {a=\"b\"},\ntotal ignored: 1 out of 3",
    {"message": "The batch was partially applied"},
]
def answer(r):
    store = r.state.setdefault("store", [])
    if r.path == "/stored":
        return store
    store.append(len(r.json))
    return 400, ANSWERS[int(r.path[-1])]
END
    in=$BATS_TEST_TMPDIR/in
    plain 3
    for n in 0 1 2 3; do
        url=$api/$n
        write_rejects
        exits 76
        receipt_is '[.records, .rejected, .lines_unknown]' '[0,0,[[1,3]]]'
    done
    api_stored '[3,3,3,3]'
}

@test "a refusal that speaks of a part and names its errors: the rest is stored" {
    api <<'END'
# InfluxDB 3 with accept_partial.
def answer(r):
    return 400, {"error": "partial write of line protocol occurred",
                 "data": [{"original_line": "x", "line_number": 2, "error_message": "invalid column type"}]}
END
    url=$api/items in=$BATS_TEST_TMPDIR/in
    plain 3
    write_rejects --body ndjson
    exits 0
    receipt_is '[.records, .rejected, .lines_done]' '[2,1,3]'
    [ "$(reject .line)" = 2 ]
}

# ---- refused as a whole ----

@test "without --reject-file a refused batch ends the run: 69, and a hint" {
    sink
    plain_but 130 77
    write
    exits 69
    says "input lines 51-100" "HTTP 400: no good: 77" "--reject-file"
    receipt_is '[.records, .rejected, .lines_done, .lines_unknown]' '[50,0,50,[]]'
    stored_is_head 50
}

@test "a bad record among a thousand is found and named, with few requests; the others are written in order" {
    sink
    plain_but 1000 618
    write_rejects --batch-size 1000
    exits 0
    record='{"i":618,"name":"record 618","bad":"no good: 618"}'
    [ "$(reject .)" = '{"record":'"$record"',"line":618,"http_status":400,"error":"HTTP 400: no good: 618"}' ]
    stored_are_the_good
    tells_the_truth
    [ "$(requests)" -le 21 ]
    says "1 record was rejected: see $rejects"
}

@test "400, 413 and 422 are refusals of records, others are not" {
    for code in 400 413 422; do
        sink "refuse=$code"
        plain_but 60 20
        write_rejects
        exits 0
        [ "$(reject '[.line, .http_status]')" = "[20,$code]" ]
        stored_are_the_good
    done
    for pair in 401:77 403:77 404:69 409:69 415:69; do
        sink "refuse=${pair%:*}"
        plain_but 60 20
        write_rejects
        exits "${pair#*:}"
        requests_are 1
        [ ! -s "$rejects" ]
    done
}

@test "the first, the last, neighbours, many" {
    for bad in 1 50 51 "1 50 51 100 101 130" "64 65 66" "$(seq -s ' ' 3 7 130)"; do
        sink "bad=$(echo "$bad" | tr ' ' .)"
        # shellcheck disable=SC2086
        plain_but 130 $bad
        write_rejects
        exits 0
        [ "$(reject .line | paste -sd' ')" = "$bad" ]
        stored_are_the_good
        tells_the_truth
    done
}

@test "all bad: nothing is written, each is named" {
    sink
    # shellcheck disable=SC2046
    plain_but 60 $(seq 60)
    write_rejects
    exits 0
    [ "$(reject .line | paste -sd' ')" = "$(seq -s ' ' 60)" ]
    [ "$(stored | wc -l)" -eq 0 ]
    receipt_is '[.records, .rejected, .lines_done]' '[0,60,60]'
}

@test "several batches under way: the rejects stand in the order of the input" {
    sink delay=0.01
    # shellcheck disable=SC2046
    plain_but 400 $(seq 5 29 400)
    write_rejects --parallel 8 --batch-size 20
    exits 0
    [ "$(reject .line | paste -sd' ')" = "$(seq -s ' ' 5 29 400)" ]
    tells_the_truth
}

@test "a batch that is too large (413) is halved until it fits" {
    sink max-bytes=300
    plain 100
    write_rejects
    exits 0
    stored_is_input
    receipt_is '[.records, .rejected]' '[100,0]'
    sink max-bytes=300,id=without
    write
    exits 0
    stored_is_input
}

@test "one record that is too large alone (413) is a reject, and without a reject file the end: 69" {
    sink max-bytes=300
    plain 10
    sed -i "7s/name/$(printf 'x%.0s' $(seq 400))/" "$in"
    write
    exits 69
    says "input line 7" "HTTP 413" "--reject-file"
    receipt_is '[.records, .lines_done, .lines_unknown]' '[6,6,[]]'
    sink max-bytes=300,id=kept
    write_rejects
    exits 0
    [ "$(reject '[.line, .http_status]')" = "[7,413]" ]
    receipt_is '[.records, .rejected, .lines_done]' '[9,1,10]'
}

@test "rejects keep their bytes" {
    sink
    printf '%s\n' '{"i":1}' '{"i":2, "bad":true,"n":9007199254740993,"x":1.10,"y":1e400,"z":"a\u0000b\ud800"}' >"$in"
    write_rejects
    exits 0
    grep -qF '{"record":{"i":2, "bad":true,"n":9007199254740993,"x":1.10,"y":1e400,"z":"a\u0000b\ud800"},"line":2,' \
        "$rejects"
}

@test "what the server says of a reject may be anything: the file is JSON all the same" {
    for hex in "$(printf '\xe9\xff\x01"\\ \n' | hex)" "$(printf 'é%.0s' $(seq 149) | hex)61" \
        "$(printf 'x%0900d' 0 | hex)" \
        "$(printf '{"detail":"\xe9\\u0000x"}' | hex)"; do
        sink "detail=$hex"
        plain_but 3 2
        write_rejects
        exits 0
        "$PYTHON3" -c 'import json, sys
[reject] = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert reject["line"] == 2 and reject["error"].startswith("HTTP 400"), reject' "$rejects"
        sink id=replay
        write --replay "$rejects" --max-rejects 1
        exits 0
    done
}

@test "--body single: each refused record is a reject at once" {
    sink
    plain_but 20 3 9
    write_rejects --body single
    exits 0
    stored_are_the_good
    requests_are 20
}

@test "--ndjson-prefix goes with each half" {
    sink bulk
    plain_but 64 40
    write_rejects --body ndjson --ndjson-prefix '{"index":{}}'
    exits 0
    stored_are_the_good
}

@test "with keys, halves have keys of their own, and a retry in between stores nothing twice" {
    sink keys,after=500:1:2,drop=1:5
    plain_but 120 33 90
    write_rejects --idempotency-key k
    exits 0
    stored_are_the_good
    tells_the_truth
    curl -sSf "$scenario/_log" | jq -r 'select(.status == 201) | .headers["Idempotency-Key"]' >"$BATS_TEST_TMPDIR/keys"
    [ "$(sort "$BATS_TEST_TMPDIR/keys" | uniq -d)" = "" ]
}

@test "a half that fails for another reason ends the run; the receipt knows what came before it in its batch" {
    sink deny=403:i40
    plain_but 130 10
    write_rejects
    exits 77
    says "input lines 26-50"
    receipt_is '[.lines_done, .lines_unknown, .rejected]' '[25,[],1]'
    tells_the_truth
    sink after=500:i40
    write_rejects
    exits 75
    receipt_is '[.lines_done, .lines_unknown, .rejected]' '[25,[[26,50]],1]'
    tells_the_truth
}

@test "the same in a batch after one that failed" {
    sink after=500:i1,delay=0.1:i1,deny=403:i140
    plain_but 200 105
    write_rejects --parallel 4
    exits 75
    says "input lines 1-50"
    tells_the_truth
}

# ---- limits ----

@test "--max-rejects: one more ends the run with 69" {
    sink
    plain_but 200 10 20 30 130
    write_rejects --max-rejects 3
    exits 69
    says "input line 130" "--max-rejects 3"
    [ "$(reject .line | paste -sd' ')" = "10 20 30 130" ]
    tells_the_truth
    sink id=four
    write_rejects --max-rejects 4
    exits 0
    stored_are_the_good
}

@test "--max-rejects 0 with a reject file names the first" {
    sink
    plain_but 100 70
    write_rejects --max-rejects 0
    exits 69
    [ "$(reject .line)" = 70 ]
    tells_the_truth
}

@test "--max-rejects without a reject file: the lines are named on stderr" {
    sink
    plain_but 100 20 70
    write --max-rejects 2
    exits 0
    stored_are_the_good
    says 'input line 20 was rejected: "HTTP 400: no good: 20"' "input line 70"
    write --max-rejects 2 --quiet
    says_nothing
}

@test "a reject file that cannot be made is 74, before anything is sent; a full one is 74 too" {
    sink
    plain_but 60 3
    write --reject-file "$BATS_TEST_TMPDIR/none/rejects"
    exits 74
    requests_are 0
    write --reject-file /dev/full
    exits 74
    tells_the_truth
    [ "$(jq -c '[.rejected, .lines_done]' "$out")" = '[0,2]' ] # it is nowhere, so it is not done
}

@test "a file that is read, or is the other output, is not emptied: 64" {
    sink
    plain 5
    write --reject-file "$in"
    exits 64
    write --ids id --ids-file "$in"
    exits 64
    write --ids id --ids-file "$BATS_TEST_TMPDIR/x" --reject-file "$BATS_TEST_TMPDIR/x"
    exits 64
    [ "$(wc -l <"$in")" -eq 5 ]
    requests_are 0
    write --reject-file /dev/null --ids id --ids-file /dev/null
    exits 0
}

# ---- results of single records in a 2xx ----

@test "CouchDB's _bulk_docs: a conflict in a 201 is a reject" {
    sink partial=couchdb
    plain_but 130 7 77
    write_rejects
    exits 0
    stored_are_the_good
    tells_the_truth
    [ "$(reject '[.line, .http_status, .error]' | head -n 1)" = '[7,null,"conflict"]' ]
    requests_are 3
}

@test "Elasticsearch's _bulk: an error in an item is a reject, with its status and reason" {
    sink partial=elastic,bulk
    plain_but 130 7 77
    write_rejects --body ndjson --ndjson-prefix '{"create":{}}' --ids _id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    stored_are_the_good
    [ "$(reject '[.line, .http_status, .error.reason]' | tail -n 1)" = '[77,400,"no good: 77"]' ]
    [ "$(sed -n '7p;77p' "$BATS_TEST_TMPDIR/ids" | sort -u)" = null ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/ids")" -eq 130 ]
}

@test "a status of 400 or more in an element is a reject" {
    sink partial=status
    plain_but 60 7
    write_rejects
    exits 0
    stored_are_the_good
    [ "$(reject '[.line, .http_status]')" = '[7,422]' ]
}

@test "a list of errors: what is not null in it is a reject" {
    sink partial=errors
    plain_but 60 7
    write_rejects
    exits 0
    stored_are_the_good
    [ "$(reject '[.line, .error]')" = '[7,{"name":["no good: 7"]}]' ]
}

@test "--results, --result-error, --result-status: somewhere else" {
    sink partial=nested
    plain_but 60 7
    write_rejects --results data.outcome --result-error meta.why
    exits 0
    stored_are_the_good
    [ "$(reject '[.line, .error]')" = '[7,"no good: 7"]' ]
    sink partial=status,id=status
    write_rejects --results /results --result-status /status
    exits 0
    [ "$(reject '[.line, .http_status]')" = '[7,422]' ]
}

@test "--results that leads nowhere is 76, and the lines are unknown: nobody can say what was accepted" {
    sink
    plain 60
    for path in results stored; do
        write --results "$path"
        exits 76
        says "--results"
        receipt_is '[.lines_done, .lines_unknown]' '[0,[[1,50]]]'
    done
    sink answer=none
    write --results results
    exits 0
}

@test "without a reject file a reject in a 2xx ends the run: 69; the others of its batch are done, and told so" {
    sink partial=couchdb
    plain_but 130 7 9
    write
    exits 69
    says 'input line 7 was rejected: "conflict"' "input line 9 was rejected"
    requests_are 1
    receipt_is '[.records, .rejected, .lines_done]' '[48,2,50]'
    tells_the_truth
}

@test "what is refused after a try that may have been taken is unknown, not rejected" {
    sink drop=1,deny=422:1000:1
    plain 130
    write_rejects --idempotency-key k --batch-size 10
    exits 69
    receipt_is '[.records, .rejected, .lines_done, .lines_unknown]' '[0,0,0,[[1,10]]]'
    [ ! -s "$rejects" ]
    sink keys,drop=1,partial=couchdb
    plain_but 130 7
    write_rejects --idempotency-key k --batch-size 10
    exits 75
    says "an earlier try may have stored"
    receipt_is '[.records, .rejected, .lines_done, .lines_unknown]' '[0,0,0,[[1,10]]]'
    tells_the_truth
}

@test "--answers-file: what the answer has for each record, beside the records" {
    sink partial=elastic,bulk
    plain_but 60 7
    write_rejects --body ndjson --ndjson-prefix '{"index":{}}' --answers-file "$BATS_TEST_TMPDIR/answers"
    exits 0
    [ "$(jq -c .index.status "$BATS_TEST_TMPDIR/answers" | sort | uniq -c | tr -s ' ')" = " 59 201
 1 400" ]
    [ "$(sed -n 7p "$BATS_TEST_TMPDIR/answers" | jq -r .status,.index.status | paste -sd' ')" = "null 400" ]
    sink answer=echo,id=single
    plain 3
    write --body single --answers-file "$BATS_TEST_TMPDIR/answers"
    [ "$(jq .i "$BATS_TEST_TMPDIR/answers" | paste -sd' ')" = "1 2 3" ]
    sink answer=none,id=none
    write --answers-file "$BATS_TEST_TMPDIR/answers"
    [ "$(sort -u "$BATS_TEST_TMPDIR/answers")" = null ]
}

@test "--ids that leads nowhere is told" {
    sink answer=ids
    plain 60
    write --ids number --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    says "no answer had an id at --ids"
    write --ids id --ids-file "$BATS_TEST_TMPDIR/ids"
    says_nothing
}

@test "a success that denies itself leaves the lines unknown" {
    for body in '{"ok":false}' '{"success":false,"message":"quota"}' '{"status":"error","message":"x"}' \
        '{"results":[{"errors":["x"]}]}'; do
        sink "created=200,body=$(jq -rn --arg b "$body" '$b | @uri'),n=${#body}"
        plain 3
        write
        exits 76
        receipt_is '[.records, .lines_done, .lines_unknown]' '[0,0,[[1,3]]]'
    done
    sink "created=207,body=$(jq -rn '"{\"result\":1}" | @uri')"
    plain 3
    write
    exits 76
    says "HTTP 207" "--results"
}

@test "an answer that gives the records back, with a status or an error of their own, is no reject" {
    sink answer=echo
    for i in $(seq 5); do echo "{\"i\":$i,\"path\":\"/x\",\"status\":404,\"error\":\"n\\u00e9\"}"; done >"$in"
    write
    exits 0
    stored_is_input
    sink answer=echo,id=single
    write --body single
    exits 0
    stored_is_input
}

@test "the answer to a single record is its result, for the paths that are given" {
    sink "created=200,body=$(jq -rn '"{\"ok\":false,\"reason\":\"no such thing\"}" | @uri')"
    plain 3
    write_rejects --body single --result-error reason
    exits 0
    [ "$(reject '[.line, .error]' | head -n 1)" = '[1,"no such thing"]' ]
    receipt_is '[.records, .rejected]' '[0,3]'
}

# ---- refused for now ----

@test "what is refused for now in a 2xx is sent again, alone, until it is taken: each record is there once" {
    for shape in elastic,bulk:ndjson status:array; do
        sink "partial=${shape%:*}"
        plain 130
        sed -i '7s/}$/,"busy":1}/; 40s/}$/,"busy":3}/; 77s/}$/,"busy":1}/' "$in"
        body=(--body "${shape#*:}")
        [ "${shape#*:}" = array ] || body+=(--ndjson-prefix '{"index":{}}')
        write "${body[@]}"
        exits 0
        stored_is_input_sorted
        receipt_is '[.records, .rejected, .retries, .requests, .lines_done]' '[130,0,4,7,130]'
        [ "$(curl -sSf "$scenario/_log" | jq -c .records | paste -sd' ')" = "50 2 1 1 50 1 30" ]
        says "refused for now" "try 2 of 6"
    done
}

@test "refused for now until the end: 75, and nothing is unknown; with a reject file it is a reject" {
    sink partial=elastic,bulk
    plain 60
    sed -i '7s/}$/,"busy":100}/' "$in"
    write --body ndjson --ndjson-prefix '{"index":{}}' --retry 2
    exits 75
    says "input line 7" "given up after 3 tries" "queue capacity"
    receipt_is '[.records, .rejected, .lines_done, .lines_done_later, .lines_unknown]' '[49,0,6,[[8,50]],[]]'
    sink partial=elastic,bulk,id=kept
    write_rejects --body ndjson --ndjson-prefix '{"index":{}}' --retry 2
    exits 0
    [ "$(reject '[.line, .http_status, .error.type]')" = '[7,429,"es_rejected_execution_exception"]' ]
    receipt_is '[.records, .rejected, .lines_done]' '[59,1,60]'
}

@test "some refused for now, some for good: both are told, in the order of the lines, and ids beside their records" {
    sink partial=elastic,bulk
    plain_but 60 3 20
    sed -i '2s/}$/,"busy":1}/; 30s/}$/,"busy":2}/' "$in"
    write_rejects --body ndjson --ndjson-prefix '{"index":{}}' --ids _id --ids-file "$BATS_TEST_TMPDIR/ids"
    exits 0
    [ "$(reject .line | paste -sd' ')" = "3 20" ]
    [ "$(grep -n null "$BATS_TEST_TMPDIR/ids" | paste -sd' ')" = "3:null 20:null" ]
    receipt_is '[.records, .rejected, .lines_done]' '[58,2,60]'
}

@test "killed while it waits to send some again: the receipt has what is stored, and calls nothing unknown" {
    sink partial=elastic,bulk
    plain 5
    sed -i '2s/}$/,"busy":1}/' "$in"
    "$RESTSRC" write --body ndjson --ndjson-prefix '{"index":{}}' --retry-delay 30 "$url" <"$in" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    local pid=$!
    eventually grep -q "refused for now" "$BATS_TEST_TMPDIR/err"
    kill -TERM "$pid"
    wait "$pid" || true
    out=$BATS_TEST_TMPDIR/out
    receipt_is '[.records, .lines_done, .lines_done_later, .lines_unknown]' '[4,1,[[3,5]],[]]'
}

@test "random batches, refused, throttled, reordered, dropped at random: what is told of each line is what is stored" {
    "$PYTHON3" "$tests/property/writes.py" "$RESTSRC"
}

# ---- rules ----

@test "--on: a conflict counts as done, as a reject, or ends the run" {
    sink refuse=409
    plain_but 5 3
    write --body single --on 409=ok
    exits 0
    receipt_is '[.records, .rejected]' '[5,0]'
    write_rejects --body single
    exits 0
    [ "$(reject '[.line, .http_status]')" = '[3,409]' ]
    write_rejects --body single --on 409=fail
    exits 69
    says "input line 3"
}

@test "--on: a test of a success says that it is a reject; the reject has what the server said" {
    sink "created=200,body=$(jq -rn '"{\"verdict\":\"nope\",\"note\":\"too old\"}" | @uri')"
    plain 2
    write_rejects --body single --on '200 $.verdict=="nope"=reject'
    exits 0
    [ "$(reject '[.line, .http_status, .error.note]' | head -n 1)" = '[1,200,"too old"]' ]
}

# ---- replay ----

@test "--replay sends the records of a reject file again; what is rejected again lands in another" {
    sink
    plain_but 130 7 77 99
    write_rejects
    exits 0
    sed -i 's/,"bad":"no good: 7*"//' "$rejects"
    mv "$rejects" "$rejects.1"
    sink id=again
    write_rejects --replay "$rejects.1"
    exits 0
    [ "$(stored | wc -l)" -eq 2 ]
    [ "$(reject '[.line, .record.i]')" = '[3,99]' ]
    receipt_is '[.records, .rejected, .lines_done]' '[2,1,3]'
}

@test "--replay sends the very bytes of the records" {
    sink
    record='{"i":1,"n":9007199254740993,"x":1.10,"y":1e400,"z":"a\u0000b"}'
    printf '%s\n' '{"record":'"$record"',"line":7,"http_status":400,"error":"record"}' >"$BATS_TEST_TMPDIR/rejects"
    : >"$in"
    write --replay "$BATS_TEST_TMPDIR/rejects"
    exits 0
    [ "$(stored)" = '{"i":1,"n":9007199254740993,"x":1.10,"y":1e400,"z":"a\u0000b"}' ]
}

@test "--replay of what is no reject file is 65, of none at all 66, into itself 64" {
    sink
    plain 3
    write --replay "$in"
    exits 65
    says "input line 1" "reject file"
    write --replay "$BATS_TEST_TMPDIR/none"
    exits 66
    write --replay "$in" --reject-file "$in"
    exits 64
    [ "$(wc -l <"$in")" -eq 3 ]
    requests_are 0
}

@test "what a server says of a record is one line of plain text on the terminal" {
    odd='\u001b[31m\u0085\u009b2J\u202e\u2028'
    for text in "$odd" "$(printf '%b' "${odd/u001b/u00a0}")"; do
        body="[{\"status\":400,\"error\":\"no${text}thing\"},{\"status\":201}]"
        sink "created=200,body=$(jq -rn --arg b "$body" '$b | @uri'),n=${#text}"
        plain 2
        write --max-rejects 1 --verbose
        exits 0
        says "input line 1 was rejected"
        shows_plain_text "$err"
    done
}
