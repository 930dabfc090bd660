# Rates: what --rate promises, what servers ask for, and what the processes of a machine share.
load helpers
load guard
setup_file() { start_guard; }
teardown_file() { stop_server; }

# start N COMMAND...: so many in the background; $n is the number of each. finish: waits; all must have succeeded.
start() {
    pids=()
    for ((n = 1; n <= $1; n++)); do
        n=$n "${@:2}" 3>&- &
        pids+=($!)
    done
}
finish() { for pid in "${pids[@]}"; do wait "$pid" || return 1; done; }

# gap N: the time between request N (from 0) and the next. took [N]: between request N (0) and the last. (When a request
# reaches the server says little about when it began on a busy machine, so small gaps are not looked at one by one.)
gap() { times | jq -s ".[$1 + 1] - .[$1]"; }
took() { times | jq -s "last - .[${1:-0}]"; }
# Requests a second over all of them.
per_second() { times | jq -s '(length - 1) / (last - first)'; }

# paused STATUS SECONDS: after the first answer with that status no request began for that long, but for those that
# already had.
paused() {
    curl -sSf "$scenario/_log" | jq -es --argjson status "$1" --argjson pause "$2" \
        '(map(select(.status == $status))[0].time) as $t | map(.time - $t | select(. > 0.1)) as $later |
         ($later | length > 0) and ($later | min >= $pause)' || { times; return 1; }
}

# ---- --rate ----

@test "--rate takes N a second, minute, hour or day" {
    for rate in 25/s 1500/m 90000/h 2160000/d; do
        list "n=120,rate=$(encoded $rate)"
        restsrc read --page-size 10 --rate $rate "$list"
        exits 0
        wrote_records
        [ "$(log length)" -eq 13 ] # 12 pages, and a look past the total
        at_least "$(took)" 0.34 # 11 * 0.04, but for what a busy machine adds to the first
        at_most "$(took)" 2
    done
}

@test "--rate wants a unit" {
    for rate in 10 10/ 10/x 10/sec 0/s -1/s x/s ''; do
        restsrc read --rate "$rate" "$server/items"
        exits 64
        says "10/s"
    done
}

@test "a pause saves nothing up: no burst after it" {
    list n=120,delay=0.3:20
    restsrc read --page-size 10 --parallel 1 --rate 25/s "$list"
    exits 0
    at_least "$(took 3)" 0.24 # 8 * 0.04; with a burst it would be 0.1
}

@test "--rate holds for all requests of the window, retries, and count" {
    list n=80,fail=500:2:30,fail=500:1:40
    restsrc read --page-size 10 --parallel 8 --retry-delay 0 --rate 25/s "$list"
    exits 0
    wrote_records
    [ "$(log length)" -eq 12 ] # 8 pages, 3 of them again, and a look past the total
    at_least "$(took)" 0.3
    list n=5,nocount
    restsrc count --rate 3/s "$list"
    exits 0
    at_least "$(gap 0)" 0.25
}

# ---- --rate-scope machine ----

@test "8 processes at 50/s together stay within 5% of 50/s" {
    read_one() { "$RESTSRC" read --page-size 10 --rate 50/s --rate-scope machine "$list" >"$BATS_TEST_TMPDIR/out.$n"; }
    for try in 1 2 3 4; do # too many requests are never right; too few come of a machine that has no time for us
        list n=170,try=$try
        start 8 read_one
        finish
        [ "$(log length)" -ge 136 ]
        rate=$(per_second)
        echo "measured: $rate requests/s"
        at_most "$rate" 52.5
        ! at_least "$rate" 47.5 || break
    done
    at_least "$rate" 47.5
    records_of_list >"$BATS_TEST_TMPDIR/records"
    for n in 1 5 8; do cmp "$BATS_TEST_TMPDIR/records" "$BATS_TEST_TMPDIR/out.$n"; done
}

@test "with scope process each has its own" {
    list n=100
    read_one() { "$RESTSRC" read --page-size 10 --rate 25/s "$list" >/dev/null; }
    start 4 read_one
    finish
    at_least "$(per_second)" 60
}

@test "of different rates the lowest wins, whoever was first" {
    list n=50
    slow() { "$RESTSRC" read --page-size 10 --rate 5/s --rate-scope machine "$list?who=slow" >/dev/null; }
    quick() { "$RESTSRC" read --page-size 10 --rate 500/s --rate-scope machine "$list?who=quick" >/dev/null; }
    start 1 slow
    eventually eval '[ "$(log length)" -ge 1 ]'
    slow_pids=("${pids[@]}")
    start 1 quick
    finish
    pids=("${slow_pids[@]}")
    finish
    at_most "$(per_second)" 5.8
}

@test "a process without a rate keeps to that of the others" {
    list n=50
    slow() { "$RESTSRC" read --page-size 10 --rate 10/s --rate-scope machine "$list?who=slow" >/dev/null; }
    any() { "$RESTSRC" read --page-size 10 --rate-scope machine "$list?who=any" >/dev/null; }
    start 1 slow
    eventually eval '[ "$(log length)" -ge 1 ]'
    slow_pids=("${pids[@]}")
    start 1 any
    finish
    pids=("${slow_pids[@]}")
    finish
    at_most "$(per_second)" 14
}

@test "where nothing can be shared there is a warning, and the rate holds for the process" {
    list n=50
    mkdir -p "$XDG_CACHE_HOME"
    restsrc read --page-size 10 --rate 25/s --rate-scope machine "$list"
    file=$(echo "$XDG_CACHE_HOME"/restsrc/rate-*)
    rm "$file"
    mkdir "$file" # in the way
    list n=50,again
    restsrc read --page-size 10 --rate 25/s --rate-scope machine "$list"
    exits 0
    says "--rate-scope machine holds for this process only"
    [ "$(grep -c warning "$err")" -eq 1 ]
    at_least "$(took)" 0.1
}

# ---- what servers ask for ----

@test "429 with Retry-After holds all requests of the process" {
    list n=1000,fail=429:1:100,retry-after=1
    restsrc read --page-size 50 --parallel 4 "$list"
    exits 0
    wrote_records
    paused 429 0.9
}

@test "503 with a date in Retry-After too" {
    list n=1000,fail=503:1:100,retry-after=date:2
    restsrc read --page-size 50 --parallel 4 "$list"
    exits 0
    wrote_records
    paused 503 0.9
}

@test "when nothing remains of the budget the next request waits, after a good answer too" {
    for headers in 'say=1:X-RateLimit-Remaining:0,say=1:X-RateLimit-Reset:1' \
        'say=1:RateLimit-Remaining:0,say=1:RateLimit-Reset:1' \
        'say=1:RateLimit:limit=5%2C remaining=0%2C reset=1' 'say=1:RateLimit:%22a%22;r=9;t=9%2C %22b%22;r=0;t=1'; do
        list "n=20,${headers// /%20}"
        restsrc read --page-size 10 --parallel 1 "$list"
        exits 0
        wrote_records
        says_nothing
        at_least "$(gap 0)" 0.9
    done
}

@test "a long wait for a new budget is told" {
    list n=20,say=1:X-RateLimit-Remaining:0,say=1:X-RateLimit-Reset:60
    "$RESTSRC" read --page-size 10 --parallel 1 "$list" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    eventually grep -qF "nothing more for 60 s, it says" "$BATS_TEST_TMPDIR/err"
    kill $!
    wait $! || true
    [ "$(grep -c "nothing more" "$BATS_TEST_TMPDIR/err")" -eq 1 ]
}

@test "Reset as a time of day, and headers with something remaining" {
    list "n=20,say=1:X-RateLimit-Remaining:0,say=1:X-RateLimit-Reset:$((EPOCHSECONDS + 2))"
    restsrc read --page-size 10 --parallel 1 "$list"
    exits 0
    at_least "$(gap 0)" 0.8
    list "n=20,say=9:X-RateLimit-Remaining:1,say=9:X-RateLimit-Reset:60"
    start=$(clock)
    restsrc read --page-size 10 --parallel 1 "$list"
    exits 0
    at_most "$(clock) - $start" 5
}

@test "with scope machine the others wait as well, also when the one that was told has given up" {
    list n=30,fail=429:1,retry-after=1
    restsrc read --retry 0 --rate-scope machine "$list"
    exits 75
    says "HTTP 429"
    restsrc read --rate-scope machine "$list"
    exits 0
    wrote_records
    paused 429 0.9
}

@test "with scope process they do not" {
    list n=30,fail=429:1,retry-after=30
    restsrc read --retry 0 "$list"
    exits 75
    start=$(clock)
    restsrc read "$list"
    exits 0
    at_most "$(clock) - $start" 5
}

@test "a 403 that says when is a rate limit, another one is not" {
    list n=30,fail=403:1,retry-after=1
    restsrc read "$list"
    exits 0
    wrote_records
    paused 403 0.9
    list "status=403,say=9:X-RateLimit-Remaining:0,say=9:X-RateLimit-Reset:1"
    restsrc read --retry 0 "$list"
    exits 75
    list "status=403,say=9:X-RateLimit-Remaining:7,say=9:X-RateLimit-Reset:1"
    restsrc read "$list"
    exits 77
    [ "$(log length)" -eq 1 ]
}

@test "a Retry-After that lasts longer than --retry-max-time ends the run at once" {
    list n=30,fail=429:9,retry-after=30
    start=$(clock)
    restsrc read --retry-max-time 2 "$list"
    exits 75
    at_most "$(clock) - $start" 5
    [ "$(log length)" -eq 1 ]
}

@test "how long to wait, said in the body or in a header that some APIs have in the place of Retry-After, is heeded" {
    api <<'END'
SAYS = {
    "/google": ({"error": {"code": 429, "details": [{"@type": "RetryInfo", "retryDelay": "0.6s"}]}}, {}),
    "/discord": ({"message": "You are being rate limited.", "retry_after": 0.6}, {}),
    "/cosmos": ({}, {"x-ms-retry-after-ms": "600"}),
    "/azure": ({}, {"retry-after-ms": "600"}),
    "/bucket4j": ({}, {"X-Rate-Limit-Retry-After-Seconds": "0.6"}),
    "/words": ({}, {"Retry-After": "0.6 seconds"}),
    "/iso": ({}, {"Retry-After": "PT0.6S"}),
}

def answer(r):
    if r.path not in r.state:
        r.state[r.path] = True
        return 429, *SAYS[r.path]
    return [{"id": 1}]
END
    for kind in google discord cosmos azure bucket4j words iso; do
        restsrc read --paginate none --retry-delay 0 "$api/$kind"
        exits 0
        says "try 2 of 6 in 0.6 s"
        wrote '{"id":1}'
    done
}

@test "an earlier answer's Retry-After is not heeded again" {
    list n=30,fail=429:1,retry-after=1,fail=500:1
    restsrc read --retry-delay 0.01 "$list"
    exits 0
    at_most "$(times | tail -n 1)" 2.5
}

# ---- a real one ----

@test "nginx with limit_req: --rate keeps below it, and without one its 429 are waited for" {
    upstream=$server
    nginx=$BATS_TEST_TMPDIR/nginx
    "$PYTHON3" -c 'import sys; sys.path.insert(0, sys.argv[1]); import nginx_server; nginx_server.find_nginx()' \
        "$tests/servers" 2>/dev/null ||
        skip "no nginx: run ./bootstrap"
    start_server "$PYTHON3" "$tests/servers/nginx_server.py" "$nginx" "$upstream" 2>/dev/null
    list n=80
    limited=$server/limited/${scenario#"$server/"}/items
    restsrc read --page-size 10 --rate 12/s "$limited"
    exits 0
    says_nothing
    [ "$(jq -r .status "$nginx/access.log" | sort | uniq -c | tr -s ' ')" = " 9 200" ]
    restsrc read --page-size 10 --parallel 2 --retry 50 --retry-delay 0.03 "$limited"
    stop_server
    exits 0
    [ "$(wc -l <"$out")" -eq 80 ]
    says "HTTP 429"
}
