# restsrc as a process among others: signals, pipes, descriptors, messages, secrets, memory.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# A process that is no more, or only waits to be reaped.
gone() { ! [ -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"; }
sleeps() { grep -q '^State:[[:space:]]*S' "/proc/$1/status"; }

with_summary() { restsrc "$@" --summary-fd 4 4>"$BATS_TEST_TMPDIR/summary"; }
summary() { jq -c "$1" "$BATS_TEST_TMPDIR/summary"; }
last_error() { tail -n 1 "$err" | jq -c "$1"; }

# ---- the summary ----

@test "--summary-fd: what was read, as one JSON object" {
    list n=1000,fail=500:2:300
    with_summary read --offset 50 --limit 500 --retry-delay 0.01 --page-size 100 "$list"
    exits 0
    [ "$(wc -l <"$BATS_TEST_TMPDIR/summary")" -eq 1 ]
    [ "$(summary '[.last_cursor, .last_skip]')" = '[null,null]' ]
    [ "$(summary '[.records, .retries, .total, .first_offset, .next_offset, .next_cursor, .page_size]')" = \
        '[500,0,1000,50,550,null,100]' ]
    [ "$(summary .pages)" -eq 5 ]
    [ "$(summary .bytes)" -eq "$(wc -c <"$out")" ]
    # one more, to see that a page begins where it is asked to, also between multiples of its size
    [ "$(summary '.http')" = '{"200":6}' ]
    [ "$(summary '.requests == 6 and .waited < 0.1 and .seconds > 0 and .seconds < 60')" = true ]
}

@test "the summary has the requests of all tries, and the time lost between them" {
    list n=1000,fail=500:2:300
    with_summary read --limit 500 --retry-delay 0.25 --page-size 100 --parallel 1 "$list"
    exits 0
    [ "$(summary '[.requests, .retries, .http["500"]]')" = '[7,2,2]' ]
    [ "$(summary '.waited >= 0.5 and .waited <= .seconds')" = true ]
}

@test "the summary has the size of the pages that the server really gives" {
    list n=500,cap=30,total=none
    with_summary read --page-size 100 "$list"
    exits 0
    [ "$(summary '[.records, .total, .page_size]')" = '[500,null,30]' ]
}

@test "the summary is written after a failure too, with what was written until then" {
    list n=1000,fail=500:9:300
    with_summary read --retry 1 --retry-delay 0.01 "$list"
    exits 75
    wrote_records 0 300
    [ "$(summary '[.records, .next_offset, .retries, .http["500"]]')" = '[300,300,1,2]' ]
    [ "$(summary .bytes)" -eq "$(wc -c <"$out")" ]
}

@test "the summary says where to go on after --max-pages" {
    list n=1000
    with_summary read --offset 10 --max-pages 3 --quiet "$list"
    exits 0
    next=$(summary .next_offset)
    [ "$next" -eq 310 ]
    cp "$out" "$BATS_TEST_TMPDIR/first"
    restsrc read --offset "$next" "$list"
    cat "$BATS_TEST_TMPDIR/first" "$out" >"$BATS_TEST_TMPDIR/both"
    out=$BATS_TEST_TMPDIR/both
    wrote_records 10
}

@test "the summary of --limit 0 says that nothing was read" {
    list n=10
    with_summary read --offset 5 --limit 0 "$list"
    exits 0
    [ "$(summary '[.records, .pages, .bytes, .next_offset, .http]')" = '[0,0,0,5,{}]' ]
}

@test "--summary-fd that is not open is an error before anything is read" {
    list n=10
    restsrc read --summary-fd 77 "$list" 77>&-
    exits 64
    wrote_nothing
    says --summary-fd
}

# ---- the envelopes ----

@test "--envelope-fd: what each page has beside its records, with its URL and time" {
    list n=250
    restsrc read --offset 50 --limit 120 "$list?api_key=sesame" --envelope-fd 5 5>"$BATS_TEST_TMPDIR/pages"
    exits 0
    wrote_records 50 120
    [ "$(jq -c .records "$BATS_TEST_TMPDIR/pages" | tr '\n' ' ')" = '100 20 ' ]
    [ "$(jq -c '[.envelope.total, .envelope.results]' "$BATS_TEST_TMPDIR/pages" | uniq)" = '[250,[]]' ]
    jq -e '.fetched_at > 1700000000 and (.url | contains("offset="))' "$BATS_TEST_TMPDIR/pages"
    ! grep -q sesame "$BATS_TEST_TMPDIR/pages" || false
}

@test "--envelope-fd has a line for an empty page, too; the server's clock is told there and by a count" {
    api <<'END'
def answer(r):
    more = "cursor=" not in r.target
    answer = {"items": [{"id": 1}] if more else [], "cursor": "c1", "has_more": more, "total": 1}
    return 200, answer, {"Date": "Sat, 01 Jun 2024 10:00:00 GMT"}
END
    restsrc read --paginate cursor --has-more has_more "$api/items" --envelope-fd 5 5>"$BATS_TEST_TMPDIR/pages"
    exits 0
    [ "$(jq -c '[.records, .envelope.cursor, .date]' "$BATS_TEST_TMPDIR/pages" | tr '\n' ' ')" = \
        '[1,"c1","Sat, 01 Jun 2024 10:00:00 GMT"] [0,"c1","Sat, 01 Jun 2024 10:00:00 GMT"] ' ]
    restsrc count --count-from body:total --summary-fd 5 "$api/items" 5>"$BATS_TEST_TMPDIR/count"
    exits 0
    jq -e '.records == 1 and .requests == 1 and (.date | endswith("GMT"))' "$BATS_TEST_TMPDIR/count"
}

@test "--envelope-fd does not go with --stream, and must be open" {
    list n=10
    restsrc read --paginate none --stream --envelope-fd 1 "$list"
    exits 64
    restsrc read --envelope-fd 77 "$list" 77>&-
    exits 64
    says --envelope-fd
}

# ---- errors as JSON ----

@test "--error-format json: the last line on stderr is one object" {
    list n=1000,status=404:300
    restsrc read --error-format json "$list"
    exits 69
    [ "$(last_error '[.exit, .http_status, .offset, .retryable]')" = '[69,404,300,false]' ]
    [ "$(last_error 'keys')" = '["exit","http_status","message","offset","retryable","url"]' ]
    last_error .message | grep 404
    last_error .url | grep -F "/items?offset=300&limit=100"
}

@test "--error-format json says which failures may pass" {
    restsrc read --error-format json --retry 0 http://127.0.0.1:1/items
    exits 75
    [ "$(last_error '[.exit, .http_status, .retryable]')" = '[75,null,true]' ]
    list status=503
    restsrc count --error-format json --retry 0 "$list"
    exits 75
    [ "$(last_error '[.exit, .http_status, .retryable, .offset]')" = '[75,503,true,null]' ]
    list html
    restsrc read --error-format json "$list"
    exits 76
    [ "$(last_error '[.exit, .http_status, .retryable]')" = '[76,200,false]' ]
}

@test "--error-format json holds for usage and configuration errors" {
    restsrc read --error-format json --ofset 1 "$server"
    exits 64
    [ "$(last_error '[.exit, .url, .http_status, .offset, .retryable]')" = '[64,null,null,null,false]' ]
    echo 'nonsense = 1' >"$BATS_TEST_TMPDIR/config"
    restsrc read --error-format json --config "$BATS_TEST_TMPDIR/config" "$server"
    exits 78
    [ "$(last_error .exit)" -eq 78 ]
}

@test "--error-format json is JSON whatever the server says, and UTF-8 wherever a long text is cut" {
    last_error_is_json() {
        tail -n 1 "$err" | "$PYTHON3" -c 'import json, sys; json.loads(sys.stdin.buffer.read())["message"]'
    }
    list "status=400"
    restsrc read --error-format json --query $'q=\x1b[31m"\\\xff' "$list"
    exits 69
    last_error_is_json
    for text in '"' $'\x1b\x01' $(printf 'é%.0s' {1..700}) x$(printf 'é%.0s' {1..700}) $(printf '😀%.0s' {1..700}); do
        list "body=$(jq -rn --arg t "$text" '{error: $t} | tojson | @uri')"
        restsrc read --error-format json "$list"
        exits 76
        last_error_is_json
    done
}

# ---- standard output ----

@test "a full disk is 74" {
    list n=1000
    status=0
    "$RESTSRC" read "$list" >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
    err=$BATS_TEST_TMPDIR/err
    exits 74
    says "standard output"
    status=0
    "$RESTSRC" count "$list" >/dev/full 2>"$err" || status=$?
    exits 74
    status=0
    "$RESTSRC" help read >/dev/full 2>"$err" || status=$?
    exits 74
}

@test "a reader that has seen enough ends the read, which is no failure" {
    list n=5000
    err=$BATS_TEST_TMPDIR/err
    set -o pipefail
    "$RESTSRC" read "$list" 2>"$err" | head -n 1 >"$BATS_TEST_TMPDIR/out"
    says_nothing
    [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
    [ "$(log length)" -lt 50 ]
}

@test "what a read has told by other means is still told when its reader has gone" {
    list n=5000
    "$RESTSRC" read --summary-fd 9 "$list" 9>"$BATS_TEST_TMPDIR/summary" | head -n 1 >"$BATS_TEST_TMPDIR/out"
    [ "$(jq '.records < 5000 and .next_offset == .records' "$BATS_TEST_TMPDIR/summary")" = true ]
    mkfifo "$BATS_TEST_TMPDIR/gone"
    err=$BATS_TEST_TMPDIR/err status=0
    exec 8<>"$BATS_TEST_TMPDIR/gone"
    exec 9>"$BATS_TEST_TMPDIR/gone"
    exec 8<&-
    "$RESTSRC" read --envelope-fd 9 "$list" >/dev/null 2>"$err" || status=$?
    exec 9>&-
    exits 74
    says "Broken pipe"
}

@test "a count or a receipt that nobody takes is 74" {
    list n=100
    set +o pipefail
    { sleep 0.1 && "$RESTSRC" count "$list" || echo $? >"$BATS_TEST_TMPDIR/status"; } | true
    [ "$(cat "$BATS_TEST_TMPDIR/status")" = 74 ]
}

@test "a closed standard output is 74" {
    list n=100
    err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" read "$list" 2>"$err" >&- || status=$?
    exits 74
}

# ---- signals ----

# interrupted SIGNAL: while the reader is slow, in the middle of a line. Sets status; $out is all that came.
interrupted() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    list n=5000
    "$RESTSRC" read --page-size 5000 "$list" >"$BATS_TEST_TMPDIR/fifo" 2>"$err" 3>&- &
    child=$!
    exec {reader}<"$BATS_TEST_TMPDIR/fifo"
    dd bs=1001 count=50 iflag=fullblock of="$out" <&"$reader" 2>/dev/null
    eventually sleeps "$child" # the pipe is full
    kill -"$1" "$child"
    cat <&"$reader" >>"$out"
    exec {reader}<&-
    wait "$child" || status=$?
}

whole_lines_of_list() {
    records_of_list >"$BATS_TEST_TMPDIR/records"
    cmp -n "$(wc -c <"$out")" "$BATS_TEST_TMPDIR/records" "$out"
    [ "$(tail -c 1 "$out" | od -An -c | tr -d ' ')" = '\n' ]
    [ "$(wc -l <"$out")" -lt 5000 ]
}

@test "SIGTERM while the reader is slow: ended by the signal, no torn line" {
    interrupted TERM
    exits 143
    whole_lines_of_list
    says "$(wc -l <"$out") records are out"
}

@test "SIGINT while the reader is slow: ended by the signal, no torn line" {
    interrupted INT
    exits 130
    whole_lines_of_list
    says "$(wc -l <"$out") records are out"
}

@test "SIGTERM while the server is silent ends at once" {
    list hang=0
    "$RESTSRC" read "$list" 3>&- &
    child=$!
    eventually eval '[ "$(log length)" -eq 1 ]'
    kill -TERM "$child"
    status=0
    wait "$child" || status=$?
    [ "$status" -eq 143 ]
}

@test "SIGTERM while waiting for the next try ends at once" {
    list status=503
    "$RESTSRC" read --retry-delay 100 "$list" 3>&- 2>"$BATS_TEST_TMPDIR/err" &
    child=$!
    eventually grep -q "try 2" "$BATS_TEST_TMPDIR/err"
    kill -TERM "$child"
    status=0
    wait "$child" || status=$?
    [ "$status" -eq 143 ]
}

@test "--die-with-parent: the parent killed with -9, the child is gone" {
    list hang=0
    bash -c '"$RESTSRC" read --die-with-parent "$1" & echo $! >"$2"; wait' bash "$list" "$BATS_TEST_TMPDIR/child" 3>&- &
    parent=$!
    eventually eval '[ "$(log length)" -eq 1 ]'
    child=$(cat "$BATS_TEST_TMPDIR/child")
    ! gone "$child" || false
    kill -9 "$parent"
    eventually gone "$child"
}

# ---- what people see ----

@test "--verbose shows requests, answers and retries on stderr" {
    list n=250,fail=503:1:100
    restsrc read --verbose --retry-delay 0.01 "$list"
    exits 0
    wrote_records
    says "> GET $list?offset=0&limit=100" "< 503" "< 200" "try 2"
}

@test "nothing is shown while all is well" {
    list n=250
    restsrc read "$list"
    says_nothing
}

@test "progress is shown on a terminal only, and not with --no-progress-meter" {
    list n=300,delay=0.3:100,delay=0.3:200
    on_terminal() {
        script -qec "'$RESTSRC' read --parallel 1 $1 '$list' >'$BATS_TEST_TMPDIR/out'" /dev/null </dev/null
    }
    out=$BATS_TEST_TMPDIR/out
    on_terminal "" >"$BATS_TEST_TMPDIR/drawn"
    wrote_records
    grep -aE ' 66 % \[#{13} {7}\] 200 records, [0-9]+/s, .* to go, 2 pages' "$BATS_TEST_TMPDIR/drawn"
    tail -n 1 "$BATS_TEST_TMPDIR/drawn" | grep -aE "restsrc: 300 records, [0-9.]+ kB, [0-9.]+ s, [34] pages"
    ! on_terminal --no-progress-meter | grep "records, " || false
    ! on_terminal --quiet | grep "records, " || false
    restsrc read --parallel 1 "$list"
    says_nothing
}

@test "progress is not drawn where the reader of a pipe has the terminal" {
    list n=300,delay=0.3:100
    script -qec "'$RESTSRC' read --parallel 1 '$list' | wc -l" /dev/null </dev/null >"$BATS_TEST_TMPDIR/drawn"
    [ "$(tr -d '\r' <"$BATS_TEST_TMPDIR/drawn")" = 300 ]
}

@test "progress has the width of the terminal" {
    list n=300,delay=0.3:100,delay=0.3:200
    script -qec "stty cols 30; '$RESTSRC' read --parallel 1 '$list' >/dev/null" /dev/null </dev/null |
        tr '\r' '\n' | sed 's/\x1b\[K//' | grep -a ' 66 %' >"$BATS_TEST_TMPDIR/drawn"
    [ "$(head -n 1 "$BATS_TEST_TMPDIR/drawn" | tr -d '\n' | wc -c)" -le 29 ]
}

@test "progress of a write: batches, and how much of the file is read" {
    list n=300
    "$RESTSRC" read --quiet "$list" >"$BATS_TEST_TMPDIR/in"
    api <<'END'
import time

def answer(r):
    time.sleep(0.15)
    return 201, ""
END
    script -qec "'$RESTSRC' write '$api/items' <'$BATS_TEST_TMPDIR/in'" /dev/null </dev/null >"$BATS_TEST_TMPDIR/drawn"
    grep -aE ' % .*records, .* to go, [0-9]+ batch(es)?' "$BATS_TEST_TMPDIR/drawn"
    grep -aE "restsrc: 300 records, [0-9.]+ kB, [0-9.]+ s, 6 batches" "$BATS_TEST_TMPDIR/drawn"
    tail -n 1 "$BATS_TEST_TMPDIR/drawn" | grep -a '"records":300'
}

@test "messages are one line, whatever the server says" {
    list "body=$(jq -rn '{error: "one\ntwo\r\u001b[31mthree"} | tojson | @uri')"
    restsrc read "$list"
    exits 76
    [ "$(wc -l <"$err")" -eq 1 ]
    ! grep $'\x1b' "$err" || false
}

# ---- secrets ----

@test "secrets in the URL are sent and appear in no message" {
    list n=10,status=404 '?api_key=hidden&token=hidden&a=shown'
    list=${list/:\/\//://me:hidden@}
    for format in text json; do
        restsrc read --verbose --error-format "$format" --query access_token=hidden --query sig=hidden "$list"
        exits 69
        says_not hidden
        says a=shown api_key=***
    done
    [ "$(log -r '.[0].target | [scan("hidden")] | length')" -eq 4 ]
    [ "$(log -r '.[0].headers.Authorization')" = "Basic $(printf me:hidden | base64)" ]
}

@test "secrets appear in no message about retries, redirects, refused connections and counts" {
    list 'status=503' '?password=hidden'
    restsrc read --verbose --retry 1 --retry-delay 0.01 "$list"
    says "try 2"
    says_not hidden
    list redirect=other '?password=hidden'
    restsrc read --verbose "$list"
    exits 76
    says_not hidden
    restsrc count --verbose --retry 0 'http://me:hidden@127.0.0.1:1/items?secret=hidden'
    exits 75
    says_not hidden
    restsrc read 'http://me:hidden@127.0.0.1:notaport/items'
    exits 64
    says_not hidden
}

@test "headers appear in no message" {
    list n=10,require-header=X-Key:other
    restsrc read --verbose --header 'X-Key: hidden' --header 'Authorization: Bearer hidden' "$list"
    exits 77
    says_not hidden
}

# ---- memory ----

@test "a list of 80 MB is read within 40 MiB of memory" {
    not_sanitized "needs memory of its own"
    "$PYTHON3" -c 'for i in range(20000): print("{\"i\":%d,\"text\":\"%s\"}" % (i, "x" * 4000))' \
        >"$BATS_TEST_TMPDIR/large"
    list "file=$(jq -rn --arg f "$BATS_TEST_TMPDIR/large" '$f | @uri')"
    peak_of_child='import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)'
    peak=$("$PYTHON3" -c "$peak_of_child" "$RESTSRC" read --page-size 500 --parallel 4 "$list" 2>&1 \
        >"$BATS_TEST_TMPDIR/out")
    cmp "$BATS_TEST_TMPDIR/large" "$BATS_TEST_TMPDIR/out"
    echo "peak: $peak KiB"
    [ "$peak" -lt 40960 ]
}

@test "requests go on while the reader of standard output makes us wait" {
    list n=4000,delay=0.1
    summary=$BATS_TEST_TMPDIR/summary
    "$RESTSRC" read --page-size 1000 --max-time 0.6 --retry 0 --summary-fd 9 "$list" 9>"$summary" |
        (sleep 1.5; cat) >"$BATS_TEST_TMPDIR/out"
    out=$BATS_TEST_TMPDIR/out
    wrote_records
    [ "$(jq .records "$summary")" -eq 4000 ]
}
