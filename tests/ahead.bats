# The next page of a style that follows the server, asked for as soon as it is known where it begins. What is read is
# the same as with --parallel 1, where pages are asked for one by one.
load helpers

# drip <<CODE: a list of 60 records, 10 a page, at /next (the body has the link, before the records), /cursor (or the
# cursor) or /link (a Link header has it). A page of WAITS goes on after its first record when another request has come,
# ten seconds at most; with the header Alone at once. CODE may define other(r, at): what is answered instead, or None.
drip() {
    api <<CODE
import json
WAITS = (0, 10, 20, 30, 40)

def lead(r, at):
    return {"next": f"{r.base}{r.path}?at={at}", "cursor": str(at)} if at < 60 else {}

def wait(r, at):
    if at in WAITS and "Alone" not in r.headers and r.until(r.n + 2):
        r.state.setdefault("seen", []).append(at)

def records(r, at, n=10):
    yield json.dumps({"id": at})
    wait(r, at)
    for i in range(at + 1, at + n):
        yield ", " + json.dumps({"id": i})

def body(r, at, to=None, n=10, tail=""):
    yield json.dumps({"count": 60, r.path[1:]: lead(r, at + n if to is None else to).get(r.path[1:])})[:-1]
    yield ', "results": ['
    yield from records(r, at, n)
    yield "]" + tail + "}"

def cut(pieces, after):
    for piece in pieces:
        yield piece
        if piece.endswith(after):
            raise EOFError

def array(r, at):
    yield "["
    yield from records(r, at)
    yield "]"

def linked(r, at, body):
    return 200, body, {"Link": f'<{lead(r, at)["next"]}>; rel="next"'} if at < 60 else {}

def other(r, at):
    return None

$(cat)

def answer(r):
    if r.path == "/seen":
        return r.state.get("seen", [])
    at = int(r.query.get("at", r.query.get("cursor", 0)))
    return other(r, at) or (linked(r, at + 10, array(r, at)) if r.path == "/link" else body(r, at))
CODE
}

end_api() {
    kill "$API_PID"
    wait "$API_PID" 2>/dev/null || true
}

declare -gA style_of=([next]="--paginate next-url" [cursor]="--paginate cursor --next cursor" [link]="--paginate link")

# reads PATH [ARGUMENT...]
reads() {
    read -ra style <<<"${style_of[$1]}"
    restsrc read --retry-delay 0.01 "${style[@]}" "${@:2}" "$api/$1"
}

# The pages that were not whole when another request came, by their first records; and the requests.
seen() { curl -gsSf "$api/seen" | jq -c .; }
asked() { api_log '[.[] | select(.target != "/seen")] | length'; }

# as_alone CODE PATH [ARGUMENT...]: the server with that CODE is read; then a new one with --parallel 1, and all that
# can be seen of the two reads is the same, but for $asked and $seen.
as_alone() {
    summary=$BATS_TEST_TMPDIR/summary
    drip <<<"$1"
    reads "${@:2}" --parallel 1 --header "Alone: 1" --summary-fd 9 9>"$summary"
    outcome >"$BATS_TEST_TMPDIR/alone"
    end_api
    drip <<<"$1"
    reads "${@:2}" --summary-fd 9 9>"$summary"
    outcome >"$BATS_TEST_TMPDIR/early"
    asked=$(asked) seen=$(seen)
    end_api
    diff "$BATS_TEST_TMPDIR/alone" "$BATS_TEST_TMPDIR/early"
    echo "during $seen; $asked requests"
    [ "$seen" != "[]" ]
}

outcome() {
    echo "exit code $status"
    cat "$out" "$err" <(jq -c '[.records, .pages, .retries, .next_cursor, .next_skip, .last_cursor]' "$summary") |
        sed "s|$api|API|g"
}

@test "the next page is asked for as soon as its link or cursor has come" {
    drip </dev/null
    for path in next cursor link; do
        reads $path
        exits 0
        wrote_ids 0 59
        says_nothing
    done
    [ "$(seen)" = "[0,10,20,30,40,0,10,20,30,40,0,10,20,30,40]" ]
    [ "$(asked)" -eq 18 ]
}

@test "lists of --for-each, too" {
    drip </dev/null
    printf '{"p":"%s"}\n' next next >"$BATS_TEST_TMPDIR/lines"
    restsrc read --paginate next-url --for-each "$BATS_TEST_TMPDIR/lines" --parallel 4 "$api/{p}"
    exits 0
    diff <(jq -r .id "$out") <(seq 0 59; seq 0 59)
    says_nothing
    [ "$(asked)" -eq 12 ]
}

@test "pages are asked for one by one with --parallel 1, by POST, and by the ids of records" {
    drip <<'END'
def records(r, at, n=10):
    yield json.dumps({"id": at})
    if at + n < 60 and r.until(r.n + 2, 0.05):
        r.state.setdefault("seen", []).append(at)
    for i in range(at + 1, at + n):
        yield ", " + json.dumps({"id": i})
def other(r, at):
    if r.json:
        return body(r, int(r.json.get("cursor", 0)))
    if r.path == "/ids":
        at = int(r.query.get("after", -1)) + 1
        return body(r, at) if at < 60 else {"results": []}
END
    reads next --parallel 1
    exits 0
    wrote_ids 0 59
    reads cursor --page-in body --data '{"a":1}'
    exits 0
    wrote_ids 0 59
    restsrc read --paginate last-id --param-cursor after "$api/ids"
    exits 0
    wrote_ids 0 59
    [ "$(seen)" = "[]" ]
}

@test "a page that is cut after its cursor is read again" {
    as_alone 'WAITS = (0, 20)
def other(r, at):
    if at == 0 and not r.state.get("cut"):
        r.state["cut"] = True
        return cut(body(r, at), "1}")' next
    wrote_ids 0 59
    says "try 2"
}

@test "an early page that is cut is asked for again" {
    drip <<'END'
def wait(r, at): # page 10 goes on when the cut has been noticed: after it, page 20 would be a page as any other
    if at in (0, 10) and r.until(r.n + 2) and at == 10:
        r.until_cut(1)
def other(r, at):
    if at == 20 and not r.state.get("cut"):
        r.state["cut"] = True
        return cut(body(r, at), "21}")
END
    reads next
    exits 0
    wrote_ids 0 59
    says_nothing
    [ "$(asked)" -eq 7 ]
}

@test "a page that stays cut ends the read, whatever came of the next one" {
    as_alone 'WAITS = (0, 10)
def other(r, at):
    return cut(body(r, at), "29}") if at == 20 else None' next --retry 1
    exits 75
    wrote_ids 0 19
}

@test "where a page leads elsewhere at its end, it is gone on there" {
    style_of[cursor]="--paginate cursor" # the usual places have an order, and the better one comes last
    as_alone 'WAITS = (0, 10, 20)
def other(r, at):
    if at == 20:
        return body(r, at, to=50, tail=", \"next_cursor\": \"30\"")' cursor
    wrote_ids 0 59
}

@test "where a page says at its end that it is the last one, it is, and no other is asked for early" {
    as_alone 'WAITS = (0,)
def other(r, at):
    return body(r, at, tail=", \"has_more\": " + ("true" if at < 20 else "false"))' cursor
    wrote_ids 0 29
    [ "$asked" -eq 3 ]
}

@test "--has-more: nothing is asked for before it has been said" {
    drip <<'END'
WAITS = ()
def other(r, at):
    return body(r, at, tail=', "on": ' + ("true" if at < 20 else "false"))
END
    reads cursor --has-more on --on-drift ignore
    exits 0
    wrote_ids 0 29
    [ "$(asked)" -eq 3 ]
}

@test "an error beside the records ends the read" {
    as_alone 'def other(r, at):
    return body(r, at, tail=", \"error\": \"half of it is missing\"") if at == 20 else None' next --on-drift fail
    exits 76
    wrote_ids 0 19
}

@test "a server that refuses two requests at once is read all the same, and asked one by one from then on" {
    for status in 429 403 500 200; do
        as_alone "WAITS = (0, 10)
def other(r, at):
    if at == 20 and 'Alone' not in r.headers and not r.state.get('refused'):
        r.state['refused'] = True
        return $status, 'Not JSON'" next --retry 0
        wrote_ids 0 59
        [ "$seen" = "[0,10]" ]
        [ "$asked" -eq 7 ]
    done
}

@test "a next page that can't be had is an error after as many tries as ever" {
    as_alone 'def other(r, at):
    return (503, {"message": "gone fishing"}) if at == 20 else None' next --retry 2
    exits 75
    wrote_ids 0 19
    says "gone fishing" "3 tries"
}

@test "a redirect to the next page is followed" {
    as_alone 'def other(r, at):
    if "moved" not in r.query and at == 20:
        return 302, "", {"Location": "/next?at=20&moved=1"}' next
    wrote_ids 0 59
}

@test "a list that goes in a circle is one" {
    as_alone 'def other(r, at):
    return body(r, at, to=10) if at == 40 else None' next
    exits 76
}

@test "no page is asked for that --limit, --max-pages or --newest-first does not need" {
    drip <<<'WAITS = ()'
    for count in 5 10 20; do
        reads cursor --page-size 10 --limit $count
        exits 0
        wrote_ids 0 $((count - 1))
    done
    reads next --limit 5
    wrote_ids 0 4
    reads next --max-pages 2
    wrote_ids 0 19
    reads next --newest-first --since-path id --since 100 --state "$BATS_TEST_TMPDIR/state"
    cat "$err"
    [ "$(asked)" -eq $((1 + 1 + 2 + 1 + 2 + 1)) ]
}

@test "what --limit needs is asked for early" {
    as_alone 'WAITS = (0, 10, 20)' cursor --page-size 10 --limit 35 --offset 3
    wrote_ids 3 37
    [ "$seen" = "[0,10,20]" ]
}

@test "a read with --state that is broken off goes on after what has come, not after what was asked for" {
    as_alone 'def other(r, at):
    return cut(body(r, at), "29}") if at == 20 else None' next --retry 0
    wrote_ids 0 19
    [ "$(jq -r .next_cursor "$summary")" = "$api/next?at=20" ]
}

@test "a server that asks for a pause at the head of a page gets it before the next one" {
    drip <<'END'
import time
WAITS = ()
def other(r, at):
    now = time.monotonic()
    if at == 10:
        r.state["seen"] = [now - r.state["began"] >= 0.9]
    r.state["began"] = now
    if at == 0:
        return 200, body(r, at), {"RateLimit-Remaining": "0", "RateLimit-Reset": "1"}
END
    reads next
    exits 0
    wrote_ids 0 59
    [ "$(seen)" = "[true]" ]
}

@test "records are where the first page has them, also on a page that was asked for before that was known" {
    as_alone 'def body(r, at, n=10):
    yield json.dumps({"next": lead(r, at + n).get("next")})[:-1] + ", \"rows\": ["
    yield from records(r, at, n)
    yield "]" + (", \"data\": [{\"id\": -1}]" if at else "") + "}"' next
    wrote_ids 0 59
}

@test "lines of JSON are lines on every page, also where there is one alone" {
    as_alone 'WAITS = (0,)
def other(r, at):
    n = 1 if at == 10 else 10
    def lines():
        for i in range(at, at + n):
            yield json.dumps({"id": i, "items": [1]}) + "\n"
            if i == at + 2:
                wait(r, at)
    return linked(r, at + n, lines())' link
    [ "$(wc -l <"$out")" -eq 61 ]
}

@test "a server that serves one connection at a time is read all the same" {
    drip <<'END'
one_at_a_time = True
def records(r, at, n=10):
    for i in range(at, at + n):
        yield ", " * (i > at) + json.dumps({"id": i, "text": "x" * 10000})
END
    reads next
    exits 0
    wrote_ids 0 59
}
