# {since} and {until} in requests: --since, --until, --time-format, --since-path with --state.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# Records with times; `grown` has how many there are (50). Those after the time in `after`, or in the body, come.
timed_api() {
    api <<END
import os
from datetime import datetime, timedelta, timezone
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
def answer(r):
    path = "$BATS_TEST_TMPDIR/grown"
    n = int(open(path).read()) if os.path.exists(path) else 50
    after = r.query.get("after") or (r.json or {}).get("after") or ""
    rows = [{"id": i, "at": (START + timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%SZ")} for i in range(n)]
    rows = [row for row in rows if row["at"] > str(after)]
    at, size = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 100)), 10)
    broken = os.path.exists("$BATS_TEST_TMPDIR/broken") and at >= 20
    return (503, "") if broken else rows[at : at + size]
END
}

asked() { api_log -r '.[-1].target' | sed 's/.*after=\([^&]*\).*/\1/'; }

@test "{since} and {until} are filled in the URL, the query, a header and the body" {
    timed_api
    restsrc call --since 2026-01-01T00:00:00Z --until 2026-02-01 --query 'u={until}' --header 'X-From: {since}' \
        --data '{"after": "{since}", "text": "from {since} on", "n": "{until}"}' "$api/{since}/x?after={since}"
    exits 0
    api_log -r '.[-1] | .target, .headers["X-From"], .body' >seen
    diff seen - <<'END'
/2026-01-01T00%3A00%3A00Z/x?after=2026-01-01T00%3A00%3A00Z&u=2026-02-01
2026-01-01T00:00:00Z
{"after": "2026-01-01T00:00:00Z", "text": "from 2026-01-01T00:00:00Z on", "n": "2026-02-01"}
END
}

@test "--time-format: iso, iso_ms, epoch_s, epoch_ms and strftime's notation, from any writing" {
    timed_api
    while IFS='|' read -r since format wanted; do
        restsrc call --since "$since" --time-format "$format" --query 'after={since}' "$api/"
        exits 0
        [ "$(asked)" = "$wanted" ] || { echo "$since $format: $(asked)"; return 1; }
    done <<'END'
2026-01-31|iso|2026-01-31T00%3A00%3A00Z
2026-01-31T08:00:00.25+01:00|iso_ms|2026-01-31T07%3A00%3A00.250Z
2026-01-31T00:00:00Z|epoch_s|1769817600
1769817600|epoch_ms|1769817600000
1769817600|epoch_us|1769817600000000
1769817600500000000|epoch_ns|1769817600500000000
1970-01-01|epoch_ms|0
1769817600500|iso_ms|2026-01-31T00%3A00%3A00.500Z
2026-01-31 10:30|%d.%m.%Y %H:%M|31.01.2026%2010%3A30
END
    restsrc call --since 1769817600 --time-format epoch_s --data '{"after":"{since}","s":"x{since}"}' "$api/"
    [ "$(api_log -r '.[-1].body')" = '{"after":1769817600,"s":"x1769817600"}' ]
}

@test "a duration is so long before now, and {until} is now" {
    timed_api
    restsrc call --since P1DT12H --time-format epoch_s --query 'after={since}' --query 'u={until}' "$api/"
    api_log -r '.[-1].target' >target
    since=$(asked) until=$(sed 's/.*u=//' target) now=$(date +%s)
    [ $((until - since)) -ge 129599 ] && [ $((until - since)) -le 129601 ] && [ $((now - until)) -le 20 ]
    for wrong in P1M P1Y P P1H later; do
        restsrc call --since "$wrong" --time-format iso --query 'after={since}' "$api/"
        exits 64
        says "--since takes a time"
    done
}

@test "a state of a style is there before --paginate auto finds out which it is" {
    timed_api
    restsrc read --state state --since-path at --since 2026-01-01T05:00:00Z -o list "$api/?after={since}"
    exits 0
    echo 90 >grown
    restsrc read --paginate auto --state state --since-path at -o more "$api/?after={since}"
    exits 0
    diff <(jq .id more) <(seq 50 89)
}

@test "with --state and --since-path each run gives what is newer than all that came before" {
    timed_api
    run_it() {
        restsrc read --state state --since 2026-01-01T05:00:00Z --since-path at -o list "$api/?after={since}"
    }
    run_it
    exits 0
    diff <(jq .id list) <(seq 6 49)
    [ "$(jq -r .newest state)" = 2026-01-03T01:00:00Z ]
    run_it
    exits 0
    diff <(jq .id list) <(seq 6 49)
    echo 90 >grown
    run_it
    exits 0
    diff <(jq .id list) <(seq 6 89)
    [ "$(asked)" = 2026-01-03T01%3A00%3A00Z ]
}

@test "a run that was stopped goes on with the same times" {
    timed_api
    touch broken
    restsrc read --retry 0 --state state --since P9999D --time-format iso_ms --since-path at --output list \
        --query 'after={since}' --query 'u={until}' "$api/"
    exits 75
    api_log -r '.[-1].target' | grep -o 'after=.*' >first
    rm broken
    restsrc read --retry 0 --state state --since P9999D --time-format iso_ms --since-path at --output list \
        --query 'after={since}' --query 'u={until}' "$api/"
    exits 0
    diff <(jq .id list) <(seq 0 49)
    api_log -r '.[-1].target' | grep -o 'after=.*' >second
    diff <(sed 's/&offset.*//' first) <(sed 's/&offset.*//' second)
}

@test "without --since-path the next {since} is the {until} of before" {
    timed_api
    restsrc read --state state --since 2026-01-01 --until 2026-01-31 --query 'after={since}' "$api/"
    exits 0
    restsrc read --state state --since 2026-01-01 --query 'after={since}' "$api/"
    exits 0
    [ "$(asked)" = 2026-01-31 ]
}

@test "without --since-path, where the server has its clock behind ours: the next {since} is by its clock" {
    api <<'END'
import email.utils, time

def answer(r):
    behind = 3600 if r.path == "/behind" else -3600
    at = time.time() - behind - (0 if r.state else 10)
    row = {"id": len(r.state), "at": time.strftime("%FT%TZ", time.gmtime(at))}
    r.state[r.n] = row
    rows = [row for row in r.state.values() if row["at"] >= r.query.get("since", "")]
    return 200, rows, {"Date": email.utils.formatdate(time.time() - behind, usegmt=True)}
END
    restsrc read --paginate none --state state --since P1D --query 'since={since}' "$api/behind"
    exits 0
    says "the server's clock is 36" "behind this machine's"
    wrote_ids 0 0
    restsrc read --paginate none --state state --since P1D --query 'since={since}' "$api/behind"
    exits 0
    wrote_ids 1 1
    restsrc read --paginate none --state ahead --since P1D --query 'since={since}' "$api/ahead"
    says_nothing
    for format in iso_ms epoch_s '%Y-%m-%d %H:%M'; do
        restsrc read --paginate none --state "$format" --since P1D --time-format "$format" --query 'since={since}' \
            "$api/behind"
        exits 0
        says "behind this machine's"
    done
    restsrc read --paginate none --state given --since P2D --until 2099-01-01 --query 'since={since}' "$api/behind"
    says_nothing
}

@test "write has its own {since}: what the record has there" {
    timed_api
    echo '{"since":"x"}' >line
    "$RESTSRC" write --body single --method PUT "$api/{since}" <line
    [ "$(api_log -r '.[-1].target')" = /x ]
}

@test "{since} without a value, and a value without {since}, are usage errors" {
    timed_api
    restsrc read --query 'after={since}' "$api/"
    exits 64
    says "{since} needs --since"
    restsrc read --since 2026-01-01 "$api/"
    exits 64
    says "need a {since} or {until}"
    restsrc read --query 'filter={"a":{"b":1}}' "$api/"
    exits 0
}

# ---- only what is new, chosen here ----

# A list without a filter, but for `from`. `rows` has its records by lines; from the third page on `broken` breaks it.
plain_api() {
    api <<END
import json, os
def answer(r):
    rows = [json.loads(line) for line in open("$BATS_TEST_TMPDIR/rows")]
    if r.query.get("order") == "desc":
        rows.reverse()
    if "from" in r.query:
        rows = [row for row in rows if row["at"] >= r.query["from"]]
    at = int(r.query.get("offset", 0))
    broken = os.path.exists("$BATS_TEST_TMPDIR/broken") and at >= 20
    return (503, "") if broken else rows[at : at + 10]
END
}

# Records FROM to TO, five a minute.
make_rows() {
    for i in $(seq "$1" "$2"); do
        printf '{"id":%d,"at":"2026-01-01T%02d:%02d:00Z"}\n' "$i" $((i / 300)) $((i / 5 % 60))
    done
}

in_any_order() { diff <(jq .id "$1" | sort -n) <(seq "$2" "$3"); }

@test "--since-path without {since}: what is older is dropped, and each run gives what is new, also of the same time" {
    plain_api
    make_rows 0 52 >rows
    run_it() {
        restsrc read --state state --since 2026-01-01T01:05:00+01:00 --since-path at -o list --summary-fd 2 "$api/"
    }
    run_it
    exits 0
    diff <(jq .id list) <(seq 25 52)
    [ "$(jq .records "$err")" -eq 28 ]
    run_it
    diff <(jq .id list) <(seq 25 52)
    make_rows 0 71 >rows
    run_it
    exits 0
    diff <(jq .id list) <(seq 25 71)
    [ "$(jq .records "$err")" -eq 19 ]
}

@test "an API that takes {since} as its own gives no record twice, and none of the same time is lost" {
    plain_api
    run_it() { restsrc read --state state --since 2026-01-01T00:05:00Z --since-path at -o list "$api/?from={since}"; }
    for n in 52 52 53 56 71 71; do
        make_rows 0 "$n" >rows
        run_it
        exits 0
        diff <(jq .id list) <(seq 25 "$n")
    done
}

@test "a record from the future does not hide those that come until then, and comes once" {
    plain_api
    run_it() { restsrc read --state state --since 2026-01-01T00:00:00Z --since-path at -o list "$api/$filter"; }
    for filter in '?from={since}' ''; do
        rm -f state list
        for n in 9 9 20 31; do
            { make_rows 0 "$n"; printf '{"id":%d,"at":"2999-01-01T00:00:00Z"}\n' 900; } >rows
            run_it
            exits 0
            diff <(jq .id list | sort -n) <(seq 0 "$n"; echo 900)
        done
    done
}

@test "--overlap goes back in the unit of the numbers; {since} by months has none twice" {
    plain_api
    for unit in 1 1000 1000000 1000000000; do
        rm -f state
        printf '{"id":%d,"at":%d}\n' 1 $((1767225600 * unit)) 2 $((1767312000 * unit)) >rows
        restsrc read --state state --since 0 --overlap P1D --since-path at --query 'x={since}' "$api/"
        printf '{"id":3,"at":%d}\n' $((1767270000 * unit)) >>rows
        restsrc read --state state --since 0 --overlap P1D --since-path at --query 'x={since}' "$api/"
        exits 0
        wrote_ids 3 3
        api_log -r '.[-1].target' | grep -q "x=$((1767225600 * unit))&"
    done
    rm state
    for day in 01 20 31; do
        printf '{"id":%d,"at":"2026-01-%s"}\n' "${day#0}" "$day" >>days
        cp days rows
        restsrc read --state state --since 2026-01-01 --time-format %Y-%m --since-path at "$api/?from={since}"
        exits 0
        wrote_ids "${day#0}" "${day#0}"
    done
}

@test "--newest-first ends at the first page that has nothing new" {
    plain_api
    make_rows 0 499 >rows
    run_it() {
        restsrc read --parallel 1 --state state --newest-first --since 2026-01-01 --since-path at "$api/?order=desc"
    }
    run_it
    exits 0
    in_any_order "$out" 0 499
    make_rows 0 521 >rows
    before=$(api_log length)
    run_it
    exits 0
    in_any_order "$out" 500 521
    [ $(($(api_log length) - before)) -le 5 ]
}

overlapping() { restsrc read --state state --overlap PT15M --since 2026-01-01T00:00:00Z --since-path at "$api/$1"; }

@test "--overlap: records that come late are found, and what has come is dropped" {
    plain_api
    { make_rows 0 9; make_rows 20 99; } >rows
    overlapping '?from={since}'
    exits 0
    [ "$(wc -l <"$out")" -eq 90 ]
    make_rows 0 104 >rows
    overlapping '?from={since}'
    exits 0
    in_any_order "$out" 100 104
    { make_rows 0 9; make_rows 20 29; make_rows 32 99; } >rows
    rm state
    overlapping ''
    make_rows 0 99 >rows
    overlapping ''
    exits 0
    in_any_order "$out" 30 31
}

@test "a run that was stopped, of a list with its newest records first, loses none of the older ones" {
    plain_api
    make_rows 0 9 >rows
    run_it() {
        restsrc read --retry 0 --state state --since 2026-01-01 --since-path at -o list "$api/?order=desc&from={since}"
    }
    run_it
    make_rows 0 79 >rows
    touch broken
    run_it
    exits 75
    rm broken
    run_it
    exits 0
    in_any_order list 0 79
}

@test "a record that has nothing to compare is kept, and told" {
    plain_api
    { make_rows 1 1; printf '%s\n' '{"id":2}' '{"id":3,"at":null}' '{"id":4,"at":1767312000}'; } >rows
    restsrc read --since 2026-01-02 --since-path at "$api/"
    exits 0
    says "nothing at --since-path"
    diff <(jq -c .id "$out") <(seq 2 4)
    restsrc read --since 2026-01-01 --until 2026-01-02 --since-path at -q "$api/"
    diff <(jq -c .id "$out") <(seq 1 3)
}

@test "what grows may be a number of any size, or a text that is no time" {
    plain_api
    printf '{"id":%s,"at":"%s"}\n' 9007199254740992 b 9007199254740993 c 9007199254740994 d >rows
    restsrc read --since 9007199254740993 --since-path id "$api/"
    diff <(jq -r .at "$out") <(printf '%s\n' c d)
    restsrc read --state state --since-path at "$api/"
    printf '{"id":4,"at":"%s"}\n' d e >>rows
    restsrc read --state state --since-path at "$api/"
    exits 0
    diff <(jq -r .at "$out") <(printf '%s\n' d e)
}

@test "times as HTTP, Ruby and Java write them are compared as times, not as texts" {
    plain_api
    local times=("Thu, 01 Jan 2026 10:00:00 +0000" "Fri, 02 Jan 2026 10:00:00 +0000" "2026-01-01 10:00:00 +0200"
        "2026-01-01 09:00:00 UTC" "2026-01-01T10:00:00+02:00[Europe/Paris]" "2026-01-01T09:30:00+01:00[Europe/Paris]"
        "2026-01-01T10:00:00,5Z" "2026-01-01T10:00:00,55Z")
    for ((i = 0; i < ${#times[@]}; i += 2)); do
        printf '{"id":1,"at":"%s"}\n' "${times[i]}" >rows
        restsrc read --state "state$i" --since-path at "$api/"
        exits 0
        printf '{"id":2,"at":"%s"}\n' "${times[i + 1]}" >>rows
        restsrc read --state "state$i" --since-path at "$api/"
        exits 0
        says_nothing
        wrote "$(tail -n 1 rows)"
    done
}

@test "a time in a form that is not known hides no record, and is told: --time-format names its form" {
    plain_api
    local times=("10/31/2025 02:00 PM" "01/02/2026 01:00 PM" "31.10.2025" "02.01.2026" "31-OCT-25" "02-JAN-26"
        "Oct 31, 2025" "Jan 2, 2026" "Fri Oct 31 10:00:00 2025" "Thu Jan  1 10:00:00 2026" "2026-01-01 10:00 PST"
        "2026-01-01 10:00 EST")
    for ((i = 0; i < ${#times[@]}; i += 2)); do
        printf '{"id":1,"at":"%s"}\n' "${times[i]}" >rows
        restsrc read --state "state$i" --since-path at "$api/"
        exits 0
        printf '{"id":2,"at":"%s"}\n' "${times[i + 1]}" >>rows
        restsrc read --state "state$i" --since-path at "$api/"
        exits 0
        says "\"${times[i]}\" is in no form of times that is known" --time-format
        cmp rows "$out"
    done
    printf '{"id":1,"at":"%s"}\n' "${times[0]}" >rows
    restsrc read --state known --since-path at --time-format '%m/%d/%Y %I:%M %p' "$api/"
    printf '{"id":2,"at":"%s"}\n' "${times[1]}" >>rows
    restsrc read --state known --since-path at --time-format '%m/%d/%Y %I:%M %p' "$api/"
    says_nothing
    wrote "$(tail -n 1 rows)"
    restsrc read --state wrong --since-path at --time-format '%m/%d %Y' "$api/"
    says "no form of times that is known"
}

@test "--overlap, --newest-first, --since-path and --time-format are checked" {
    plain_api
    for wrong in "--overlap P1D" --newest-first "--since-path at" "--since-path at --state s --overlap P1M" \
        "--since 2026-01-01 --since-path at --time-format rfc3339"; do
        # shellcheck disable=SC2086 # words
        restsrc read $wrong "$api/"
        exits 64
    done
}

@test "a record whose time is none is no bookmark: what is newer than the others comes the next time" {
    api <<'END'
def answer(r):
    rows = [{"id": 1, "at": "2026-01-01"}, {"id": 2, "at": "2026-01-02"}]
    odds = {"text": "unknown", "flag": True, "empty": "", "zero": "0000-00-00T00:00:00Z", "null": None}
    odd = odds[r.path.split("/")[1]]
    rows.insert(0 if r.path.endswith("first") else 2, {"id": 9, "at": odd})
    if r.query.get("grown"):
        rows.append({"id": 3, "at": "2026-01-03"})
    return rows[int(r.query.get("offset", 0)):]
END
    for odd in text flag empty zero null; do
        for where in first last; do
            rm -f state
            restsrc read --state state --since 2025-01-01 --since-path at "$api/$odd/$where"
            exits 0
            [ "$(jq -s length "$out")" -eq 3 ]
            says "nothing at --since-path to compare"
            [ "$(jq -r .newest state)" = 2026-01-02 ]
            sed -i "s|/$where\"|/$where?grown=1\"|" state
            restsrc read --state state --since 2025-01-01 --since-path at "$api/$odd/$where?grown=1"
            exits 0
            jq -e 'select(.id == 3)' "$out" >/dev/null
            ! jq -e 'select(.id < 3)' "$out" || false
        done
    done
}

@test "a --since that is no time proves no record old; --until before it, or P1Y, is an error" {
    timed_api
    restsrc read --since yesterday --since-path at "$api/i"
    exits 0
    [ "$(wc -l <"$out")" -eq 50 ]
    says "nothing at --since-path to compare"
    for wrong in '--since P1Y' '--since P1M' '--since 2026-02-01 --until 2026-01-01'; do
        # shellcheck disable=SC2086
        restsrc read $wrong --since-path at "$api/i?after={since}"
        exits 64
        wrote_nothing
    done
}
