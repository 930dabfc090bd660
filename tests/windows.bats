# --window: a long stretch of time in windows, which go in parallel, and are halved where the API can't give them.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# 400 records, one each 6 hours from 2026-01-01 on, some of the same time, and some with parts of a second. CASE says
# which ends belong to a window, and what the API refuses: `most=N` days, `cap=N` records, `refuse=N` with a 400.
windows_api() {
    api <<END
import time
from datetime import datetime, timedelta, timezone
CASE = "$1".split()
WORDS = dict(word.split("=") for word in CASE if "=" in word)
FIRST = datetime(2026, 1, 1, tzinfo=timezone.utc)
def moment(text):
    text = text.replace("Z", "+00:00")
    when = datetime.fromtimestamp(int(text), timezone.utc) if text.isdigit() else datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
def at(i):
    return FIRST + timedelta(hours=6 * (i // 4 * 4), milliseconds=250 * (i % 3 == 1))
ROWS = [(at(i), {"id": i, "at": at(i).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"}) for i in range(400)]
ACTIVE, MOST = [0], [0]
def answer(r):
    if r.path == "/most":
        return MOST[0]
    since, until = moment(r.query["since"]), moment(r.query["until"])
    if until - since > timedelta(days=int(WORDS.get("most", 9999)), hours=1):
        return 400, {"error": "the range is too long"}
    found = [row for when, row in ROWS
             if (since < when or ("from" in CASE and since == when))
             and (when < until or ("to" in CASE and when == until))]
    if len(found) > int(WORDS.get("refuse", 9999)):
        return 422, {"error": "too many results"}
    ACTIVE[0] += 1
    MOST[0] = max(MOST[0], ACTIVE[0])
    time.sleep(0.02 if "slow" in CASE else 0)
    ACTIVE[0] -= 1
    found = found[: int(WORDS.get("cap", 9999))]
    offset = int(r.query.get("offset", 0))
    page = found[offset : offset + min(int(r.query.get("limit", 100)), 20)]
    return {"total": len(found), "results": page} if "total" in CASE else page
END
}

read_windows() {
    restsrc read --since 2026-01-01T00:00:00Z --until 2026-07-01T00:00:00Z "$@" "$api/?since={since}&until={until}"
}

@test "nothing is lost or doubled at the bounds, whichever ends the API takes as its own, also without --since-path" {
    for ends in "" from to "from to"; do
        windows_api "$ends total"
        for path in "--since-path at" ""; do
            for window in P30D P1D PT7H; do
                # shellcheck disable=SC2086 # words
                read_windows --window $window $path
                exits 0
                [ -z "$path" ] || jq .id "$out" | sort -nc
                [ -n "$path" ] || [[ $ends == *from* ]] || printf '{"id":%d}\n' 0 2 3 >>"$out" # at --since itself
                diff <(jq .id "$out" | sort -n) <(seq 0 399) || { echo "$ends $path $window"; return 1; }
            done
        done
        stop_server
    done
}

@test "windows that the API refuses, or caps, are halved, and later ones are as short as need be" {
    for case in "from most=7" "from refuse=13" "from cap=15" "from total cap=15"; do
        windows_api "$case"
        limit=()
        [[ $case != *cap* ]] || limit=(--result-limit 15)
        read_windows --window P90D --since-path at "${limit[@]}"
        exits 0
        diff <(jq .id "$out") <(seq 0 399)
        stop_server
    done
}

@test "one dense spot, for which windows are refused until they are tiny, does not make all later ones tiny" {
    api <<'END'
from datetime import datetime, timedelta
FIRST = datetime(2026, 1, 2)
ROWS = [FIRST + timedelta(seconds=i) for i in range(20)] + [FIRST + timedelta(days=i) for i in range(1, 60)]
def answer(r):
    since, until = (datetime.strptime(r.query[name], "%Y-%m-%dT%H:%M:%SZ") for name in ("from", "to"))
    found = [{"id": i, "at": at.isoformat() + "Z"} for i, at in enumerate(ROWS) if since <= at < until]
    return (413, {"error": "too many"}) if len(found) > 3 else found
END
    restsrc read --paginate none --window P30D --since 2026-01-01T00:00:00Z --until 2026-03-10T00:00:00Z \
        --since-path at --parallel 2 "$api/?from={since}&to={until}"
    exits 0
    [ "$(jq .id "$out" | sort -n | uniq | wc -l)" = 79 ]
    [ "$(wc -l <"$out")" = 79 ]
    [ "$(api_log length)" -lt 400 ]
}

@test "a window that can't be made smaller is an error, which names it; what comes before it is out" {
    windows_api "from cap=2"
    read_windows --window P30D --since-path at --result-limit 2
    exits 76
    says "can't be made smaller" "window 2026-01-01T00:00:00Z to 2026-01-01T00:00:01Z"
    windows_api "from refuse=0"
    read_windows --window P30D --since-path at
    exits 69
    says "too many results"
}

@test "windows go in parallel, and --parallel 1 gives the same" {
    windows_api "from slow"
    read_windows --window P10D --since-path at --parallel 6
    exits 0
    diff <(jq .id "$out") <(seq 0 399)
    most=$("$RESTSRC" call "$api/most")
    [ "$most" -gt 2 ] && [ "$most" -le 6 ]
    read_windows --window P10D --since-path at --parallel 1
    diff <(jq .id "$out") <(seq 0 399)
}

@test "{since} and {until} of each window in the header and the body, by epochs, dates and strftime" {
    api <<'END'
def answer(r):
    return [{"asked": [(r.json or {}).get("since"), r.headers.get("X-Until")]}]
END
    restsrc read --paginate none --since 2026-01-01 --until 2026-01-08 --window P3D --time-format epoch_s \
        --data '{"since":"{since}"}' --header 'X-Until: {until}' --header 'X-Own: 1' "$api/"
    exits 0
    diff <(jq -c .asked "$out") - <<'END'
[1767225600,"1767484800"]
[1767484799,"1767744000"]
[1767743999,"1767830400"]
END
    [ "$(api_log -r '.[0].headers["X-Own"]')" = 1 ]
    restsrc read --paginate none --since 01.01.2026 --until 04.01.2026 --window P2D --time-format %d.%m.%Y \
        --query 's={since}' --query 'u={until}' "$api/{since}"
    exits 0
    api_log -r '.[-2:] | .[].target' | sort | diff - <(
        printf '%s\n' '/01.01.2026?s=01.01.2026&u=03.01.2026' '/02.01.2026?s=02.01.2026&u=04.01.2026'
    )
}

keeping_state() {
    restsrc read --retry 0 --state state -o list --window P30D --since-path at "$@" "$api/?since={since}&until={until}"
}

@test "--state: each run gives what is new, also where the last window was not whole" {
    windows_api "from most=40"
    keeping_state --since 2026-01-01T00:00:00Z --until 2026-03-02T00:00:00Z
    exits 0
    diff <(jq .id list) <(seq 0 "$(jq -s 'map(.id) | max' list)")
    for until in 2026-07-01T00:00:00Z 2026-08-01T00:00:00Z; do
        keeping_state --until $until
        exits 0
        diff <(jq .id list) <(seq 0 399)
    done
}

killed() {
    rm -f state list list.part
    windows_api "$ends slow"
    run_it() {
        exec "$RESTSRC" read --state state -o list --window P5D "${path[@]}" --since 2026-01-01 --until 2026-07-01 \
            "$api/?since={since}&until={until}"
    }
    for delay in 0.05 0.1 0.15 0.2 0.3 0.4; do
        run_it 3>&- &
        sleep "$delay"
        kill -9 $! 2>/dev/null || true
        wait $! 2>/dev/null || true
    done
    (run_it)
    [ -n "${path[*]}" ] || [[ $ends == *from* ]] || printf '{"id":%d}\n' 0 2 3 >>list # at --since itself
    diff <(jq .id list | sort -n) <(seq 0 399)
    stop_server
}

@test "a run with windows that is killed again and again has each record once" {
    path=(--since-path at)
    for ends in from to; do killed; done
}

@test "also without --since-path" {
    path=()
    for ends in from "from to" ""; do killed; done
}

# HOURS MEMBER: an API that takes times as those of a zone so far away, or those of another member.
other_times_api() {
    api <<END
from datetime import datetime, timedelta
def text(i):
    return (datetime(2026, 1, 1) + timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%SZ")
ROWS = [{"id": i, "at": text(i), "changed": text(i + i % 3 * 40)} for i in range(400)]
def answer(r):
    since, until = (
        (datetime.strptime(r.query[name], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=$1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("since", "until")
    )
    return [row for row in ROWS if since <= row["$2"] < until]
END
}

@test "an API that takes times in another zone, or those of another member, loses no record in silence" {
    for other in "5 at" "-9 at" "0 changed" "0 at"; do
        # shellcheck disable=SC2086 # words
        other_times_api $other
        for window in PT6H P1D P3D; do
            restsrc read --paginate none --window $window --since-path at --since 2026-01-01 --until 2026-01-15 \
                "$api/?since={since}&until={until}"
            [ "$other" != "0 at" ] || { exits 0; wrote_ids 0 335; continue; }
            exits 76
            says "in another time zone, or those of another member"
        done
        stop_server
    done
}

@test "--window is checked" {
    windows_api from
    for wrong in "--window P1M" "--window PT0.5S" "--window P1D --limit 5" "--window P1D --paginate auto" \
        "--window P30D --time-format %Y-%m"; do
        # shellcheck disable=SC2086 # words
        read_windows $wrong
        exits 64
    done
    restsrc read --window P1D --since 2026-01-01 "$api/?since={since}"
    exits 64
    restsrc read --window P1D "$api/?since={since}&until={until}"
    exits 64
}

@test "servers that differ at random in bounds, times, pages, refusals and caps: each record comes once" {
    timeout 100 "$PYTHON3" "$tests/property/windows.py" "$RESTSRC" 30 "${RESTSRC_SEED:-1}"
}
