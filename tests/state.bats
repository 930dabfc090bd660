# A read that goes on where it was stopped: --state, --output, --deadline, signals.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# A list of 500, or of so many as the file `grown` says; from the place on that the file `broken` says, it fails.
growing_api() {
    api <<END
import os
def number(name, fallback):
    path = "$BATS_TEST_TMPDIR/" + name
    return int(open(path).read()) if os.path.exists(path) else fallback
def answer(r):
    n, broken = number("grown", 500), number("broken", 10**9)
    at, size = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    if at >= broken:
        return 503, ""
    link = f'<{r.base}/links?offset={at + 100}>; rel="next"'
    page = [{"id": i} for i in range(at, min(at + size, n))]
    return 200, page, {"Link": link} if r.path == "/links" and at + 100 < n else {}
END
}

@test "a read that is killed at random points goes on: each record is in the file once, in every style" {
    "$PYTHON3" "$tests/property/stops.py" "$RESTSRC" 15 "${RESTSRC_SEED:-7}"
}

@test "--output: the file gets its name when it is whole" {
    growing_api
    echo 300 >broken
    restsrc read --retry 0 --output list "$api/"
    exits 75
    [ ! -e list ] && [ -e list.part ]
    rm broken
    restsrc read -o list "$api/"
    exits 0
    wrote_nothing
    diff <(jq .id list) <(seq 0 499)
    [ ! -e list.part ]
}

@test "--output keeps a file of before as it is until the new one is whole, with its mode, also through a link" {
    growing_api
    echo before >real
    chmod 640 real
    ln -s real list
    echo 100 >broken
    restsrc read --retry 0 --output list "$api/"
    exits 75
    [ "$(cat list)" = before ]
    rm broken
    restsrc read --output list "$api/"
    exits 0
    [ -L list ] && [ "$(stat -c %a real)" = 640 ] && [ "$(wc -l <real)" -eq 500 ]
}

@test "--output writes to what is no file in place" {
    growing_api
    mkfifo pipe
    timeout 20 cat pipe >list 3>&- &
    restsrc read --output pipe "$api/"
    exits 0
    wait $!
    diff <(jq .id list) <(seq 0 499)
}

@test "a fault in mid list: the same command line goes on, in styles that seek and in those that follow" {
    growing_api
    for style in offset link; do
        url=$api/${style/offset/}
        rm -f state list
        echo 300 >broken
        restsrc read --retry 0 --paginate "$style" --state state --output list "${url/link/links}"
        exits 75
        rm broken
        restsrc read --retry 0 --paginate "$style" --state state --output list --summary-fd 2 "${url/link/links}"
        exits 0
        diff <(jq .id list) <(seq 0 499)
        [ "$(jq .records "$err")" -eq 200 ]
    done
}

@test "with a state a list that has grown gives what is new, and the file of --output grows" {
    growing_api
    for style in offset link; do
        url=$api/${style/offset/}
        rm -f state list grown
        restsrc read --paginate "$style" --state state --output list "${url/link/links}"
        exits 0
        echo 733 >grown
        restsrc read --paginate "$style" --state state "${url/link/links}" --output list --summary-fd 2
        exits 0
        diff <(jq .id list) <(seq 0 732)
        [ "$(jq .records "$err")" -eq 233 ]
        restsrc read --paginate "$style" --state state "${url/link/links}" --output list --summary-fd 2
        exits 0
        [ "$(jq .records "$err")" -eq 0 ]
        diff <(jq .id list) <(seq 0 732)
    done
}

@test "--max-pages and --limit: the next run goes on, and --limit counts all runs" {
    growing_api
    restsrc read --state state --max-pages 2 --limit 333 "$api/"
    exits 0
    wrote_ids 0 199
    restsrc read --state state --max-pages 2 --limit 333 "$api/"
    exits 0
    wrote_ids 200 332
    restsrc read --state state --max-pages 2 --limit 333 "$api/"
    exits 0
    wrote_nothing
}

@test "a limit inside a page of a list that is followed: the rest of the page comes next" {
    growing_api
    restsrc read --paginate link --state state --limit 150 "$api/links"
    wrote_ids 0 149
    restsrc read --paginate link --state state --limit 160 "$api/links"
    wrote_ids 150 159
}

@test "a state knows many lists, and its lines can be read and changed" {
    growing_api
    restsrc read --state state --limit 10 "$api/?a=1"
    restsrc read --state state --limit 20 "$api/?b=2"
    restsrc read --state state --limit 30 "$api/?a=1"
    exits 0
    wrote_ids 10 29
    printf '%s\n' '[1,"?a=1","offset",30,30]' '[1,"?b=2","offset",20,20]' >expected
    diff <(jq -c '[.version, .list[-4:], .style, .offset, .records]' state) expected
    [ "$(stat -c %a state)" = 600 ]
    jq -c '.offset = 490' state >changed
    restsrc read --state changed "$api/?b=2"
    exits 0
    wrote_ids 490 499
}

@test "a state that is none, of another style or of a later version is refused" {
    growing_api
    echo '{"id":1}' >state
    restsrc read --state state "$api/"
    exits 78
    says "state, line 1: this is not a state of restsrc"
    restsrc read --state good --limit 10 "$api/"
    restsrc read --state good --paginate page "$api/"
    exits 78
    says "not of --paginate page"
    jq -c '.version = 2' good >later
    restsrc read --state later "$api/"
    exits 78
    says "later version"
}

@test "a state that somebody has broken is refused before anything is asked for" {
    growing_api
    restsrc read --state good --limit 10 "$api/"
    asked=$(api_log length)
    for change in '.offset = -1' '.offset = 1.5' '.offset = "x"' '.skip = -1' '.records = -1' '.bytes = -5' \
        '.bytes = 1e30' '.page_size = -3' '.run = -7' '.version = 0' '.version = "x"' 'del(.version)' 'del(.list)' \
        '[.]' '"x"' '.style = 7'; do
        jq -c "$change" good >broken
        restsrc read --state broken "$api/"
        exits 78
        says "broken, line 1: "
        wrote_nothing
    done
    for text in x '{' '{}' '[]' null '{"version":1'; do
        { cat good; echo "$text"; } >broken
        restsrc read --state broken "$api/"
        exits 78
        says "broken, line 2: this is not a state of restsrc"
    done
    [ "$(api_log length)" -eq "$asked" ]
}

@test "a file that the state does not know is not replaced by what is new" {
    growing_api
    restsrc read --state state --output list "$api/"
    echo 600 >grown
    echo changed >list
    restsrc read --state state --output list "$api/"
    exits 66
    says "move it away"
    rm list
    restsrc read --state state --output list "$api/"
    exits 0
    diff <(jq .id list) <(seq 500 599)
    restsrc read --state other --limit 10 "$api/"
    restsrc read --state other --output list "$api/"
    exits 66
    says "move it away"
}

@test "a file that lost its records is not gone on with" {
    growing_api
    echo 300 >broken
    restsrc read --retry 0 --state state --output list "$api/"
    rm list.part broken
    restsrc read --state state --output list "$api/"
    exits 66
    says "begin again"
}

@test "two runs do not write one file" {
    api <<'END'
import time
def answer(r):
    time.sleep(5)
    return []
END
    "$RESTSRC" read --output list "$api/" 3>&- &
    first=$!
    eventually test -e list.part
    restsrc read --output list "$api/"
    exits 75
    says "another run is writing"
    kill "$first"
    wait "$first" || true
}

@test "two runs do not read one list by one state, but two lists they may" {
    api <<'END'
import time
def answer(r):
    at = int(r.query.get("offset", 0))
    time.sleep(60 if r.path == "/slow" and at else 0)
    return [{"id": i} for i in range(at, min(at + 100, 150))]
END
    "$RESTSRC" read --state state "$api/slow" >first 2>first.err 3>&- &
    first=$!
    eventually test -s first
    restsrc read --state "$PWD/state" "$api/slow"
    exits 75
    says "another run is reading this list with --state"
    wrote_nothing
    restsrc read --state state "$api/fast"
    exits 0
    kill -9 "$first"
    wait "$first" || true
    [ "$(jq -s 'map(.records)' -c state)" = '[100,150]' ]
    restsrc read --state state --deadline 0.2 "$api/slow"
    exits 75
    says "--deadline"
    restsrc read --state /dev/full "$api/fast"
    exits 66
}

# ---- the end of a run ----

slow_api() {
    api <<'END'
import time
def answer(r):
    at = int(r.query.get("offset", 0))
    if at >= 200:
        time.sleep(60)
    return [{"id": i} for i in range(at, at + 100)]
END
}

@test "--deadline: 75, what is out is told, and summary and state know of it" {
    slow_api
    restsrc read --deadline 1 --state state --summary-fd 1 --output list "$api/"
    exits 75
    says "--deadline is over" "200 records are out"
    [ "$(jq .records "$out")" -eq 200 ]
    [ "$(jq -c '[.offset, .records]' state)" = "[200,200]" ]
    [ "$(wc -l <list.part)" -eq 200 ]
}

@test "--deadline holds for every command" {
    api <<'END'
import time
def answer(r):
    time.sleep(60)
END
    for command in count call check; do
        restsrc "$command" --deadline 0.3 "$api/"
        exits 75
        says "--deadline is over"
    done
    status=0
    echo '{"a":1}' | timeout 20 "$RESTSRC" write --deadline 0.3 "$api/" >out 2>err || status=$?
    [ "$status" -eq 75 ]
    grep -F -- "--deadline is over" err
    [ "$(jq -c .lines_unknown out)" = "[[1,1]]" ]
}

@test "a read that is ended by a signal writes its summary, its state and says how many records are out" {
    slow_api
    "$RESTSRC" read --state state --summary-fd 4 "$api/" >out 4>summary 2>err 3>&- &
    reader=$!
    has_come() { [ -e state ] && [ "$(jq .records state)" = 200 ]; }
    eventually has_come
    kill -TERM "$reader"
    status=0
    wait "$reader" || status=$?
    [ "$status" -eq 143 ]
    grep -F "200 records are out" err
    [ "$(jq .records summary)" -eq 200 ] && [ "$(jq .next_offset summary)" -eq 200 ]
    [ "$(jq .offset state)" -eq 200 ]
}
