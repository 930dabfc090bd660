# restsrc count --for-each: many lists, each counted exactly, in one run.
load helpers

# lists ROUTE: the lists /list/N have N records. ROUTE says where the API counts them: /count, or the pages.
lists() {
    api <<END
PAGES = "$1" == "pages"
def answer(r):
    n = int(r.query.get("n") or r.path.split("/")[2])
    if r.path.endswith("/count"):
        return (404, {}) if PAGES else {"total": n}
    at = int(r.query.get("offset", 0))
    return {"total": n, "results": [{"id": i} for i in range(n)][at:at + int(r.query.get("limit", 100))]}
END
    seq 29 -1 0 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
}

counts() { restsrc count --for-each "$BATS_TEST_TMPDIR/lines" "$@"; }

@test "the counts come in the order of the lines, from counting URLs" {
    lists count
    for options in "" "--parallel 1" "--parallel 16" "--rate 1000/s"; do
        read -ra given <<<"$options"
        counts "${given[@]}" "$api/list/{n}"
        exits 0
        says_nothing
        diff "$out" <(seq 29 -1 0)
    done
    [ "$(api_log length)" -eq 120 ]
}

@test "and from pages: what the first lists show need not be asked for again" {
    lists pages
    for options in "" "--parallel 1" "--parallel 16" "--rate 1000/s"; do
        read -ra given <<<"$options"
        asked=$(api_log length)
        counts "${given[@]}" "$api/list?n={n}"
        exits 0
        says_nothing
        diff "$out" <(seq 29 -1 0)
        [ "$(api_log "length - $asked")" -lt 60 ]
    done
}

@test "that a server drops filters where it does not know our parameters is found out for each list" {
    api <<'END'
def answer(r):
    n = 50 if "limit" in r.query else int(r.query["most"])
    at = int(r.query.get("offset", 0))
    rows = [{"id": i} for i in range(min(n, 50))]
    return {"total": len(rows), "results": rows[at:][:int(r.query.get("limit", 100))]}
END
    printf '{"n":%s}\n' 80 60 50 40 7 >"$BATS_TEST_TMPDIR/lines"
    counts --count-from body:total "$api/x?most={n}"
    exits 0
    diff "$out" <(printf '%s\n' 50 50 50 40 7)
}

@test "the requests of several lists are under way at the same time" {
    api <<'END'
def answer(r):
    n = int(r.path.split("/")[2])
    r.state[n] = n % 4 == 3 or r.until(n - n % 4 + 4)
    return {"total": n} if r.state[n] else (400, {})
END
    seq 0 15 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list/{n}"
    exits 0
    diff "$out" <(seq 0 15)
}

@test "so are those that prove each count" {
    api <<'END'
from threading import Barrier, BrokenBarrierError
FOUR = Barrier(4, timeout=10)
def answer(r):
    proof = "limit" not in r.query
    if r.path.endswith("/count"):
        return 404, {}
    if proof:
        try:
            FOUR.wait()
        except BrokenBarrierError:
            return 400, {}
    return {"total": 50, "results": [{"id": i} for i in range(50 if proof else 1)]}
END
    seq 0 15 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list?n={n}"
    exits 0
    says_nothing
    [ "$(grep -cx 50 "$out")" -eq 16 ]
    [ "$(api_log 'map(select(.target | test("limit|count") | not)) | length')" -eq 16 ]
}

@test "with --rate all that counts ask for keeps to it" {
    api <<'END'
from time import monotonic
TIMES = []
def answer(r):
    if r.path == "/pace":
        return (len(TIMES) - 1) / (TIMES[-1] - TIMES[0])
    TIMES.append(monotonic())
    return (404, {}) if r.path.endswith("/count") else {"total": 50, "results": [{"id": 1}]}
END
    seq 0 5 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts --rate 40/s "$api/list?n={n}"
    exits 0
    [ "$(curl -s "$api/pace" | jq '. < 44')" = true ]
}

@test "lists wait for a slow one before them, some hundreds of them; a line that is wrong waits, too" {
    api <<'END'
def answer(r):
    n = int(r.path.split("/")[2])
    if n == 0 and not r.until(300):
        return 400, {}
    r.state[n] = True
    return {"total": n}
END
    seq 0 2000 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts --parallel 8 "$api/list/{n}"
    exits 0
    diff "$out" <(seq 0 2000)
    printf '{"n":0}\n{"m":1}\n{"n":1}\n' >"$BATS_TEST_TMPDIR/lines"
    counts --reject-file "$BATS_TEST_TMPDIR/rejects" "$api/list/{n}"
    exits 0
    diff "$out" <(printf '0\nnull\n1\n')
}

@test "lines from standard input that come slowly are counted as they come" {
    lists count
    mkfifo "$BATS_TEST_TMPDIR/in"
    "$RESTSRC" count --for-each - "$api/list/{n}" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
    exec 7>"$BATS_TEST_TMPDIR/in"
    for n in 5 3 8; do
        echo "{\"n\":$n}" >&7
        eventually grep -qx $n "$BATS_TEST_TMPDIR/out"
    done
    exec 7>&-
    wait $!
    diff "$BATS_TEST_TMPDIR/out" <(printf '5\n3\n8\n')
}

@test "a list that can't be counted ends the run, or is null and a line of --reject-file" {
    api <<'END'
def answer(r):
    n = int(r.path.split("/")[2])
    return (413, {"message": "too much"}) if n == 7 else {"total": n}
END
    seq 0 9 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list/{n}"
    exits 69
    diff "$out" <(seq 0 6)
    says "input line 8" "too much"
    counts --reject-file "$BATS_TEST_TMPDIR/rejects" --summary-fd 9 "$api/list/{n}" 9>"$BATS_TEST_TMPDIR/summary"
    exits 0
    diff "$out" <(seq 0 9 | sed s/7/null/)
    [ "$(jq -c '[.record, .line, .http_status]' "$BATS_TEST_TMPDIR/rejects")" = '[{"n":7},8,413]' ]
    [ "$(jq .records "$BATS_TEST_TMPDIR/summary")" -eq 38 ]
    counts --reject-file "$BATS_TEST_TMPDIR/rejects" --max-rejects 0 "$api/list/{n}"
    exits 69
}

@test "credentials that are wrong end the run; a line that is wrong does when its turn comes" {
    api <<'END'
def answer(r):
    return (401, {}) if "/list/3" in r.path else {"total": 1}
END
    seq 0 9 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts --reject-file "$BATS_TEST_TMPDIR/rejects" --count-from "url:count" "$api/list/{n}/"
    exits 77
    printf '{"n":1}\n{"m":2}\n{"n":4}\n' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list/{n}"
    exits 65
    wrote 1
    says "line 2"
    printf '{"n":1}\n[]\n' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list/{n}"
    exits 65
    wrote 1
    printf '{"n":1}\n{"n":' >"$BATS_TEST_TMPDIR/lines"
    counts "$api/list/{n}"
    exits 65
}

@test "each list has its own query, header and body; a total that our parameters make is found out for each" {
    api <<'END'
def answer(r):
    n = int(r.headers["X-N"])
    if r.json != {"n": n} or r.query.get("q") != f"a {n}":
        return 400, {}
    if "limit" in r.query: # it is a filter here
        return {"total": 0, "results": []}
    return {"total": n, "results": [{"id": i} for i in range(min(n, 100))]}
END
    seq 3 12 | jq -c '{n: .}' >"$BATS_TEST_TMPDIR/lines"
    counts --method POST --data '{"n":"{n}"}' --query 'q=a {n}' --header 'X-N: {n}' --count-from body:total "$api/x"
    exits 0
    diff "$out" <(seq 3 12)
}

@test "--for-each of count needs a template, and does not go with --plan" {
    echo '{}' >"$BATS_TEST_TMPDIR/lines"
    counts "http://localhost/x"
    exits 64
    counts --plan "http://localhost/{n}"
    exits 64
    says "--plan"
}
