# Servers that no library would make: numbers that are none, answers cut anywhere, bodies without end. Nothing is lost without a word, nothing
# crashes, hangs or shows a secret.
load helpers
setup_file() { start_server "$PYTHON3" "$tests/servers/raw.py"; }
teardown_file() { stop_server; }

# hostile SCENARIO: $list, of this test alone.
hostile() { list="$server/$1/$BATS_TEST_NUMBER-$RANDOM"; }

wrote_page() { printf '{"id":%d}\n' 1 2 3 | diff - "$out"; }

# took LEAST MOST: so many seconds went by since $began.
took() { awk -v from="$began" -v to="$EPOCHREALTIME" -v least="$1" -v most="$2" 'BEGIN { t = to - from; if (t >= least && t <= most) exit 0; print "took " t " s"; exit 1 }'; }

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
        for text in 'rate%20limit%20exceeded' '{"reason"="rateLimitExceeded"}' 'Quota%20exceeded' 'too%20many%20requests'; do
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
