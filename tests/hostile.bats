# Servers that no library would make: numbers that are none, answers cut anywhere, bodies without end. Nothing is lost
# without a word, nothing crashes, hangs or shows a secret.
load helpers
setup_file() { start_server "$PYTHON3" "$tests/servers/raw.py"; }
teardown_file() { stop_server; }

# hostile SCENARIO: $list, of this test alone.
hostile() { list="$server/$1/$BATS_TEST_NUMBER-$RANDOM"; }

wrote_page() { printf '{"id":%d}\n' 1 2 3 | diff - "$out"; }

# took LEAST MOST: so many seconds went by since $began.
took() {
    awk -v from="$began" -v to="$EPOCHREALTIME" -v least="$1" -v most="$2" \
        'BEGIN { t = to - from; if (t >= least && t <= most) exit 0; print "took " t " s"; exit 1 }'
}

# ---- numbers ----

@test "a time that is no finite number in the headers about rates is no trap" {
    for reset in 1e308d infs inf nan 1e400 -1e308 99999999999999999999999 1e18d1e18d; do
        hostile "header:X-RateLimit-Remaining=0:X-RateLimit-Reset=$reset"
        restsrc read "$list"
        exits 0
        wrote_page
    done
}

@test "Retry-After takes a fraction, a unit and an ISO time" {
    for after in 0.6 600ms "$(date -u -d '+4 seconds' +%FT%T)Z"; do
        hostile "once:429:Retry-After=${after//:/%3A}"
        began=$EPOCHREALTIME
        restsrc read --retry-delay 0 "$list"
        exits 0
        wrote_page
        took 0.55 5
    done
}

@test "Retry-After of 0, or of a time that has passed, is the usual delay, whatever else the headers say" {
    for after in 0 -1 1999-01-01T00%3A00%3A00Z; do
        hostile "once:503:Retry-After=$after:X-RateLimit-Remaining=0:X-RateLimit-Reset=250"
        began=$EPOCHREALTIME
        restsrc read --retry-delay 0.4 "$list"
        exits 0
        wrote_page
        took 0.4 10
    done
}

@test "400, 403 and 420 are rate limits where their body says so" {
    for code in 400 403 420; do
        for text in 'rate%20limit%20exceeded' '{"reason"="rateLimitExceeded"}' 'Quota%20exceeded' \
            'too%20many%20requests'; do
            hostile "says:$code:$text"
            restsrc read --retry-delay 0.01 "$list"
            exits 0
            wrote_page
        done
    done
    hostile "says:400:quota%20is%20required"
    restsrc read --retry-delay 0.01 "$list"
    exits 69
}

@test "a last page that is no whole number, or one too large to count with, is no count" {
    for page in 9223372036854775807 4611686018427387905 2e3 -3 0x10 1.5; do
        hostile "header:Link=<%3Fpage=1>;rel=first,<%3Fpage=2>;rel=next,<%3Fpage=$page>;rel=last"
        restsrc count --count-from last-page --paginate page "$list"
        exits 76
        wrote_nothing
    done
}

@test "a Content-Range with an end beyond all numbers is another range than the one asked for" {
    for range in 0-9223372036854775807 0-9223372036854775808 0--1 9223372036854775806-9223372036854775807 2e3-4; do
        hostile "header:Content-Range=items%20$range%2F3"
        restsrc read --paginate range "$list"
        exits 76
        wrote_nothing
    done
}

# ---- answers that are not whole ----

write() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$RESTSRC" write --retry-delay 0.01 "$@" "$list" <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
}
receipt() { jq -c "$1" "$out"; }

@test "a good answer whose headers break off is none: 75, and a write's lines are unknown" {
    printf '{"id":%d}\n' 1 2 >"$BATS_TEST_TMPDIR/in"
    for text in 200%20OK $'200 OK\r\n' Content-Len ndjson 'rel=nex' $'rel=next\r\n'; do
        hostile "cut-head:$text"
        for style in none offset link; do
            restsrc read --paginate "$style" --retry 1 --retry-delay 0.01 "$list"
            exits 75
            wrote_nothing
        done
        restsrc call --retry 1 --retry-delay 0.01 "$list"
        exits 75
        wrote_nothing
        write
        exits 75
        [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[[1,2]]]' ]
    done
}

@test "a hint that answers are to come is no answer" {
    echo '{"id":1}' >"$BATS_TEST_TMPDIR/in"
    for code in 100 102 103; do
        hostile "hint-only:$code"
        restsrc read --paginate none --retry 0 "$list"
        exits 75
        wrote_nothing
        write
        exits 75
        [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[[1,1]]]' ]
    done
}

@test "204 and 205 that come with content, whole or cut, are an error, and nothing of it is written" {
    echo '{"id":1}' >"$BATS_TEST_TMPDIR/in"
    for code in 204 205; do
        for body in '{"results":[{"id":1},{"id":2}],"next' '[{"id":1},{"id":2' '{"count' '[{"id":1}]' x; do
            for style in offset cursor none next-url; do
                hostile "status:$code:$body"
                restsrc read --paginate "$style" --retry 0 "$list"
                exits 76
                wrote_nothing
            done
            restsrc call "$list"
            exits 76
            wrote_nothing
            list=${list//\{/%7B} # to write, a brace begins a template
            list=${list//\}/%7D}
            write
            exits 76
            [ "$(receipt .lines_done)" = 0 ]
        done
        hostile "status:$code:"
        restsrc read --paginate none "$list"
        exits 0
        wrote_nothing
        write
        exits 0
    done
}

@test "a success before the body has been taken is none: the lines are unknown" {
    awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"id\":%d,\"pad\":\"%01000d\"}\n", i, 0 }' >"$BATS_TEST_TMPDIR/in"
    for how in 200 201 200:reset; do
        hostile "early:$how"
        for line in "" "--idempotency-key k" "--method PUT"; do
            read -ra words <<<"$line"
            write --batch-size 20000 --batch-bytes 30000000 --retry 1 "${words[@]}"
            exits 75
            [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[[1,20000]]]' ]
        done
    done
}

@test "a refusal before the body has been taken counts: nothing is unknown" {
    awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"id\":%d,\"pad\":\"%01000d\"}\n", i, 0 }' >"$BATS_TEST_TMPDIR/in"
    for pair in 413:69 401:77 422:69; do
        hostile "early:${pair%:*}"
        write --batch-size 20000 --batch-bytes 30000000
        exits "${pair#*:}"
        [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[]]' ]
    done
}

@test "the status of what is no success counts, whatever its body is compressed with" {
    for coding in br gzip zstd deflate 'gzip,br'; do
        for code in 503 429 302 307; do
            hostile "coded:$code:$coding"
            restsrc read --retry-delay 0.01 "$list"
            exits 0
            wrote_page
        done
        for pair in 401:77 403:77 404:69; do
            hostile "coded:${pair%:*}:$coding"
            restsrc read "$list"
            exits "${pair#*:}"
            says "HTTP ${pair%:*}"
        done
    done
}

@test "what is no compression in Content-Encoding is none" {
    for coding in utf-8 UTF8 iso-8859-1 aws-chunked identity none 'identity,utf-8'; do
        hostile "header:Content-Encoding=$coding"
        restsrc read "$list"
        exits 0
        wrote_page
    done
}

@test "a body without end has one: of errors, redirects, and gzip of nothing" {
    for pair in 404:69 302:69 403:77 503:75 200:76 200:gzip:76; do
        hostile "endless:${pair%:*}"
        restsrc read --max-page-bytes 100000 --retry 0 "$list"
        exits "${pair##*:}"
        wrote_nothing
        restsrc call --max-page-bytes 100000 --retry 0 "$list"
        [ "$status" -ne 0 ] && [ "$status" -ne 124 ]
    done
    restsrc read --paginate none --stream --max-page-bytes 100000 --retry 0 "$list"
    exits 76
    wrote_nothing
}

@test "lines that only the end of the connection ends: a warning, an error where they are torn or fewer than expected" {
    hostile lines:20
    for more in "" --stream; do
        restsrc read --paginate none $more "$list"
        exits 0
        [ "$(wc -l <"$out")" -eq 20 ]
        says "warning" "how long it is"
        restsrc read --paginate none --expect 20 $more "$list"
        exits 0
        says_nothing
        restsrc read --paginate none --expect 21 $more "$list"
        exits 76
        hostile lines:20:torn
        restsrc read --paginate none --retry 0 $more "$list"
        exits 75
        hostile lines:20
    done
    restsrc call "$list"
    exits 0
    says "warning"
}

# ---- what was never sent ----

@test "where no request was sent nothing is unknown, and it is tried again" {
    printf '{"id":%d}\n' 1 2 >"$BATS_TEST_TMPDIR/in"
    list=https://127.0.0.1:9/items
    write --retry 1 --proxy "$server" # which closes the connection on CONNECT
    exits 75
    says "try 2"
    [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[]]' ]
    list="https${server#http}/items" # which says nothing in TLS
    write --retry 1 --connect-timeout 0.3
    exits 75
    says "try 2"
    [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[]]' ]
    list=http://none.invalid/items
    write --retry 1 --connect-timeout 2
    exits 75
    says "try 2"
    [ "$(receipt '[.lines_done, .lines_unknown]')" = '[0,[]]' ]
}

# A name server that does not answer.
silent_resolver() {
    command -v "${CC:-cc}" >/dev/null || skip "no C compiler"
    cat >"$BATS_TEST_TMPDIR/slow.c" <<'END'
#include <netdb.h>
#include <unistd.h>
int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r)
{
    (void)n, (void)s, (void)h, (void)r;
    for (int i = 0; i < 30; i++)
        sleep(1);
    return EAI_AGAIN;
}
END
    "${CC:-cc}" -fPIC -shared -o "$BATS_TEST_TMPDIR/slow.so" "$BATS_TEST_TMPDIR/slow.c"
}

@test "a name server that does not answer holds up no time-out, no signal and no try" {
    not_sanitized "has to be loaded first"
    grep -q 'ld-linux\|ld-musl' "$RESTSRC" || skip "nothing can be loaded into a static program"
    silent_resolver
    began=$EPOCHREALTIME
    LD_PRELOAD=$BATS_TEST_TMPDIR/slow.so restsrc read --connect-timeout 0.5 --retry 2 --retry-delay 0 \
        http://slow.example/items
    exits 75
    took 1.4 5
    for signal in TERM INT HUP QUIT; do
        began=$EPOCHREALTIME
        LD_PRELOAD=$BATS_TEST_TMPDIR/slow.so timeout --foreground --preserve-status -s "$signal" 0.5 \
            "$RESTSRC" read http://slow.example/items 2>"$BATS_TEST_TMPDIR/err" || status=$?
        took 0 4
    done
}

# ---- queries ----

@test "queries are what a URL library makes of them, whatever they end in" {
    "$PYTHON3" "$tests/property/queries.py" "$RESTSRC" "$server"
}

# ---- memory and time ----

@test "whatever call fails, a run ends with the right result or an exit code that says why" {
    not_sanitized "has an allocator of its own"
    ! grep -q __gcov_init "$RESTSRC" || skip "what a program for make coverage has counted would be lost"
    grep -q 'ld-linux\|ld-musl' "$RESTSRC" || skip "nothing can be loaded into a static program"
    command -v "${CC:-cc}" >/dev/null || skip "no C compiler"
    "$tests/property/torture.sh" "$RESTSRC" 80
}

@test "whatever is wrong with an answer, what comes out is right, or the exit code says why" {
    "$PYTHON3" "$tests/property/scenarios.py" "$RESTSRC" 160 "${RESTSRC_SEED:-1}"
}

@test "an answer that is small on the wire and large as a tree is refused within 500 MB" {
    not_sanitized "needs memory of its own"
    hostile bomb
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    (ulimit -v 600000 && exec "$RESTSRC" read --retry 0 "$list") >"$out" 2>"$err" || status=$?
    exits 76
}

@test "a cursor that no URL can take is an error, not an empty one" {
    hostile large-cursor:9000000
    restsrc read --paginate cursor "$list"
    exits 76
    says "too many to send"
    [ "$(wc -c <"$err")" -lt 3000 ]
}

# cpu COMMAND...: how many seconds of the processor it took, in $seconds.
cpu() {
    local TIMEFORMAT=%U
    seconds=$({ time "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || true; } 2>&1)
    echo "$seconds s of CPU: ${*:0:60}"
}
below() { awk -v seconds="$seconds" -v most="$1" 'BEGIN { exit !(seconds < most) }'; }

@test "nothing takes the square of its length: pages that are nearly alike, a long line, many options" {
    not_sanitized "is slow"
    cpu "$RESTSRC" read --page-size 200000 --limit 400000 "$server/near:200000/$BATS_TEST_NUMBER"
    below 3
    "$PYTHON3" -c 'print("{\"x\":\"%s\"}" % ("y" * 50000000))' >"$BATS_TEST_TMPDIR/line"
    cpu sh -c '"$0" write --batch-bytes 60000000 "$1" <"$2"' "$RESTSRC" "$server/page/$BATS_TEST_NUMBER" \
        "$BATS_TEST_TMPDIR/line"
    below 4
    for option in header=X:y query=a=b trust-host=h; do
        yes "${option%%=*} = ${option#*=}" | head -n 50000 >"$BATS_TEST_TMPDIR/config"
        cpu "$RESTSRC" read --limit 0 --config "$BATS_TEST_TMPDIR/config" "$server/page"
        below 3
        cpu "$RESTSRC" read --retry 0 --config "$BATS_TEST_TMPDIR/config" "$server/page"
        below 3
    done
}

# ---- signals ----

@test "each signal that would end the process ends it in order: whole lines, and the receipt" {
    for signal in HUP QUIT TERM INT USR1 USR2 ALRM XCPU; do
        list="$server/hang/$BATS_TEST_NUMBER-$signal"
        printf '{"id":%d}\n' 1 2 >"$BATS_TEST_TMPDIR/in"
        "$RESTSRC" write "$list" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
        child=$!
        eventually asked "$signal"
        kill "-$signal" "$child"
        status=0
        wait "$child" || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        [ "$(jq -c '[.lines_done, .lines_unknown]' "$BATS_TEST_TMPDIR/out")" = '[0,[[1,2]]]' ]
    done
}
asked() { curl -s "$server/_log" | grep -q "/hang/$BATS_TEST_NUMBER-$1 "; }

@test "SIGHUP is ignored under nohup" {
    list="$server/hang/$BATS_TEST_NUMBER-nohup"
    nohup "$RESTSRC" read --max-time 1.5 --retry 0 --paginate none "$list" </dev/null >/dev/null 2>&1 3>&- &
    child=$!
    eventually asked nohup
    kill -HUP "$child"
    status=0
    wait "$child" || status=$?
    [ "$status" -eq 75 ]
}

# ---- byte order marks ----

@test "a byte order mark before a configuration, a file of headers or a secret is not part of it" {
    hostile page
    printf '\xef\xbb\xbfpage-size = 7\n' >"$BATS_TEST_TMPDIR/config"
    printf '\xef\xbb\xbfX-One: 1\n' >"$BATS_TEST_TMPDIR/headers"
    printf '\xef\xbb\xbfsecret-0123456789\n' >"$BATS_TEST_TMPDIR/token"
    chmod 600 "$BATS_TEST_TMPDIR/token" "$BATS_TEST_TMPDIR/headers"
    restsrc read --config "$BATS_TEST_TMPDIR/config" --header "@$BATS_TEST_TMPDIR/headers" \
        --bearer-file "$BATS_TEST_TMPDIR/token" "$list"
    exits 0
    curl -s "$server/_log" | grep -F "${list#"$server"}?offset=0&limit=7" >"$BATS_TEST_TMPDIR/log"
    grep -F '"x-one": "1"' "$BATS_TEST_TMPDIR/log" | grep -qF '"Bearer secret-0123456789"'
}

@test "one page for any offset, as long as its total, is the whole list: once, with a warning" {
    for size in 3 100; do
        hostile same
        restsrc read --page-size "$size" "$list"
        exits 0
        wrote_page
        says "the same page for any offset"
    done
}
