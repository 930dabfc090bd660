# A bad day: broken connections, servers that fail, slow down or send us elsewhere. The output is the same, or the exit
# code says why not.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

retries() { jq .retries "$BATS_TEST_TMPDIR/summary"; }

# Reads $list with quick retries and a summary; for retries().
read_through() { restsrc_summary read --retry-delay 0.01 "$@" "$list"; }
restsrc_summary() { restsrc "$1" --summary-fd 4 "${@:2}" 4>"$BATS_TEST_TMPDIR/summary"; }

# ---- broken connections ----

@test "a connection cut in mid-page gives the same bytes as none" {
    list n=1000,cut=300:5000
    read_through
    exits 0
    wrote_records
    [ "$(retries)" -eq 1 ]
    says "try 2"
}

@test "connections cut in many pages at once, some again, give the same bytes" {
    list n=1000,cut=0:1:2,cut=100:20,cut=200:-1,cut=300:0:2,cut=500:4000:3,cut=900:17
    read_through --parallel 8
    exits 0
    wrote_records
    [ "$(retries)" -eq 10 ]
}

@test "a compressed page cut short gives the same bytes" {
    list n=500,gzip,cut=0:100,cut=200:-1,cut=300:500:2
    read_through
    exits 0
    wrote_records
}

@test "a chunked page cut short gives the same bytes" {
    list n=500,chunked=50,cut=0:100,cut=200:-1,cut=300:500:2
    read_through
    exits 0
    wrote_records
}

@test "a page that is cut every time is never written, the pages before it are" {
    list n=1000,cut=300:5000:9
    read_through --retry 2
    exits 75
    wrote_records 0 300
    says "given up after 3 tries"
    [ "$(log 'map(select(.target | contains("offset=300&"))) | length')" -eq 3 ]
}

@test "--quiet says nothing of retries, and still what the error is" {
    list n=1000,cut=300:5000:9
    read_through --retry 2 --quiet
    exits 75
    [ "$(wc -l <"$err")" -eq 1 ]
}

@test "JSON cut short in a complete answer is asked for again" {
    list n=500,truncate=200:3000:2
    read_through
    exits 0
    wrote_records
    [ "$(retries)" -eq 2 ]
}

@test "JSON cut short every time is an error" {
    list n=500,truncate=200:3000
    read_through --retry 2
    exits 75
    wrote_records 0 200
    says "cut short"
}

@test "connections closed without an answer are tried again" {
    list n=1000,fail=drop:3:200,fail=drop:1:500
    read_through
    exits 0
    wrote_records
}

@test "a server that closes every connection after its answer is read all the same" {
    list n=1000,drop-idle
    read_through --parallel 3 --page-size 20
    exits 0
    wrote_records
    list n=1000,close
    read_through --parallel 3 --page-size 20
    exits 0
    wrote_records
}

@test "a refused connection is tried again and then 75" {
    restsrc read --retry 2 --retry-delay 0.01 http://127.0.0.1:1/items
    exits 75
    says "given up after 3 tries" 127.0.0.1
    restsrc count --retry 0 http://127.0.0.1:1/items
    exits 75
}

@test "a server that speaks no TLS is 77, and not asked again" {
    restsrc read --error-format json "https${server#http}/items"
    exits 77
    says_not "try 2"
    says '"retryable":false'
}

# ---- time ----

@test "--max-time ends a request that hangs, and the next one brings the page" {
    list n=500,hang=200:1
    read_through --max-time 0.5
    exits 0
    wrote_records
    [ "$(retries)" -eq 1 ]
}

@test "a page that hangs in the middle is no page" {
    list n=500,hang=200:1:5000
    read_through --max-time 0.5
    exits 0
    wrote_records
}

@test "a server that says nothing any more is 75" {
    list n=500,hang=200
    read_through --max-time 0.2 --retry 1
    exits 75
    wrote_records 0 200
}

@test "--speed-limit and --speed-time end a request that crawls" {
    list n=500,slow=2000
    read_through --speed-limit 1000000 --speed-time 1 --retry 0
    exits 75
    wrote_nothing
}

@test "a slow server is waited for" {
    list n=30,slow=20000
    read_through
    exits 0
    wrote_records
    says_nothing
}

# ---- statuses ----

@test "a 500 that goes away gives the same bytes" {
    list n=1000,fail=500:2:300
    read_through
    exits 0
    wrote_records
    [ "$(retries)" -eq 2 ]
}

@test "each status that may pass is tried again" {
    for code in 408 425 429 500 502 503 504 507 509 520 522 524 529 530 598 599; do
        list "n=150,fail=$code:1"
        read_through
        exits 0
        wrote_records
        [ "$(jq ".http[\"$code\"]" "$BATS_TEST_TMPDIR/summary")" -eq 1 ]
    done
}

@test "each status that never goes away has its exit code" {
    for pair in 408:75 425:75 429:75 500:75 501:75 502:75 503:75 504:75 505:75 522:75 524:75 599:75 \
        400:69 402:69 404:69 405:69 409:69 410:69 418:69 422:69 451:69 401:77 403:77; do
        list "status=${pair%:*}"
        read_through --retry 1
        exits "${pair#*:}"
        wrote_nothing
        says "HTTP ${pair%:*}" "status ${pair%:*} as asked"
    done
}

@test "statuses that will not pass are not tried again" {
    for code in 400 401 403 404 410 422 501 505 511; do
        list "status=$code"
        read_through --retry 3
        [ "$(log length)" -eq 1 ]
    done
}

@test "a refusal in the middle of a list ends the read after the pages before it" {
    list n=1000,status=403:300
    read_through --parallel 8
    exits 77
    wrote_records 0 300
}

@test "a 404 in the middle of a list whose total is known is an error" {
    list n=1000,status=404:300
    read_through
    exits 69
    wrote_records 0 300
}

@test "--retry 0 tries once" {
    list fail=503:1
    read_through --retry 0
    exits 75
    [ "$(log length)" -eq 1 ]
}

@test "--retry takes any number" {
    list n=5,fail=503:1
    read_through --retry 9223372036854775807
    exits 0
    wrote_records
    says_not "of -"
}

@test "--retry-max-time starts no try after it" {
    list status=503
    restsrc read --retry 100 --retry-delay 0.2 --retry-max-time 0.5 "$list"
    exits 75
    [ "$(log length)" -le 4 ]
    [ "$(log length)" -ge 2 ]
}

# ---- Retry-After ----

@test "Retry-After in seconds is heeded, before --retry-delay" {
    list n=150,fail=429:1:0,retry-after=1
    read_through
    exits 0
    wrote_records
    [ "$(log '.[1].time - .[0].time > 0.95')" = true ]
}

@test "Retry-After as a date is heeded" {
    list n=150,fail=503:1:0,retry-after=date:3
    read_through
    exits 0
    wrote_records
    [ "$(log '.[1].time - .[0].time > 0.95')" = true ]
}

@test "429 slows all requests down, not only its own" {
    list n=2000,fail=429:1:400,retry-after=1
    read_through
    exits 0
    wrote_records
    # Those already under way may still arrive; nothing else does while the server wants to be left alone.
    filter='(map(select(.status == 429))[0].time) as $t | map(select(.time > $t + 0.3 and .time < $t + 0.9)) | length'
    [ "$(log "$filter")" -eq 0 ]
}

# ---- redirects ----

@test "redirects within the origin are followed" {
    for code in 301 302 303 307 308; do
        list "n=250,redirect=same:$code"
        read_through
        exits 0
        wrote_records
    done
}

@test "a redirect to another origin is refused, and named" {
    list n=250,redirect=other
    read_through
    exits 76
    wrote_nothing
    says "http://localhost:"
    [ "$(log length)" -eq 1 ]
}

@test "redirects without end are an error" {
    list n=250,redirect=loop
    read_through
    exits 76
    says redirects
    [ "$(log length)" -eq 6 ]
}

@test "--max-redirs 0 follows none" {
    list n=250,redirect=same
    read_through --max-redirs 0
    exits 76
    [ "$(log length)" -eq 1 ]
}

@test "a status 300 that leads nowhere is no answer" {
    list status=304
    read_through
    exits 76
    wrote_nothing
}
