# read --for-each: many lists, each made of a line of a file.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# Lists of 37 N % 250 records: /offset/N, /page/N, /cursor/N, /link/N, /none/N; 404, 403, 401 and 503 are refused.
lists_api() {
    api <<'END'
import json, time
def answer(r):
    kind, name = r.path.strip("/").split("/")[:2]
    if not name.isdigit():
        return [{"id": r.target, "header": r.headers.get("X-Name"), "body": r.json}]
    n = int(name)
    if n in (404, 503, 403, 401):
        return n, {"message": "no"}
    time.sleep(0.03 if n % 7 == 1 else 0)
    total, size = n * 37 % 250, int(r.query.get("limit", 30))
    at = int(r.query.get("offset", r.query.get("cursor", 0)))
    at = (int(r.query["page"]) - 1) * size if "page" in r.query else at
    end = min(at + size, total) if kind != "none" else total
    page = [{"id": f"{n}-{i}", "price": "PRICE"} for i in range(at, end)]
    if kind == "cursor":
        page = {"items": page, "next_cursor": str(end) if end < total else None}
    link = f'<{r.base}{r.path}?offset={end}>; rel="next"' if end < total else f'<{r.base}{r.path}>; rel="first"'
    return 200, json.dumps(page, separators=",:").replace('"PRICE"', "1.10"), {"Link": link}
END
}

each() { restsrc read --retry 1 --retry-delay 0.01 --for-each lines "$@"; }

# What a loop over the lines FROM to TO would give.
wanted() {
    for n in $(seq "$1" "$2"); do
        seq 0 $((n * 37 % 250 - 1)) | sed "s/.*/{\"repo\":\"r $n\",\"id\":\"$n-&\",\"price\":1.10}/"
    done
}

repos() { jq -nc "range(1; $1) | {id: ., repo: {name: \"r \\(.)\"}}"; }

@test "--for-each reads a list for each line, in order, with what --keep keeps before each record, in every style" {
    lists_api
    repos 12 >lines
    wanted 1 11 >expected
    for style in offset page cursor link none; do
        each --parallel 5 --paginate "$style" --page-size 30 --keep repo=repo.name --summary-fd 2 "$api/$style/{id}"
        exits 0
        diff expected "$out"
        [ "$(jq .parents "$err")" -eq 11 ]
        [ "$(jq .records "$err")" -eq "$(wc -l <expected)" ]
    done
    each --parallel 1 --keep repo=repo.name "$api/offset/{id}"
    diff expected "$out"
}

@test "{PATH} may stand in the URL, --query, --header and --data" {
    lists_api
    echo '{"a":{"b":"x/y é"},"n":7,"l":[1]}' >lines
    each --paginate none --query 'q={a.b}' --header 'X-Name: {n}' --data '{"v":"{l}"}' --method POST "$api/none/{a.b}"
    exits 0
    diff <(jq -c . "$out") - <<<'{"id":"/none/x%2Fy%20%C3%A9?q=x%2Fy%20%C3%A9","header":"7","body":{"v":[1]}}'
}

@test "{since} and {until} are times where --since or --until is given, else members of a line" {
    lists_api
    echo '{"since":"mine","n":"a"}' >lines
    each --paginate none "$api/none/{n}/{since}"
    [ "$(jq -r .id "$out")" = /none/a/mine ]
    each --paginate none --since 2026-01-31 --until 2026-02-01 "$api/none/{n}/{since}/{until}"
    [ "$(jq -r .id "$out")" = /none/a/2026-01-31/2026-02-01 ]
}

@test "a list that fails stops the run after those before it, or goes to the reject file with its reason" {
    lists_api
    jq -nc '(1, 2, 404, 3, 503, 403, 4) | {id: .}' >lines
    each "$api/offset/{id}"
    exits 69
    says 'input line 3: HTTP 404'
    [ "$(wc -l <"$out")" -eq 111 ]
    each --reject-file bad "$api/offset/{id}"
    exits 0
    says '3 lists have failed: see bad'
    [ "$(wc -l <"$out")" -eq 370 ]
    diff <(jq -c '[.record.id, .line, .http_status, .records]' bad) - <<END
[404,3,404,0]
[503,5,503,0]
[403,6,403,0]
END
    each --reject-file bad --max-rejects 1 "$api/offset/{id}"
    exits 69
    says 'more than --max-rejects 1'
}

@test "credentials that are wrong are wrong for all lists" {
    lists_api
    jq -nc '(1, 401, 2) | {id: .}' >lines
    each --reject-file bad "$api/offset/{id}"
    exits 77
    [ ! -s bad ]
}

@test "a list that is empty is no fault, nor is a 404 that --on takes for one, nor a file without lines" {
    lists_api
    jq -nc '(250, 404, 1) | {id: .}' >lines
    each --on 404=empty --keep of=id "$api/offset/{id}"
    exits 0
    [ "$(jq -c .of "$out" | sort | uniq -c | tr -s ' ')" = " 37 1" ]
    : >lines
    each "$api/offset/{id}"
    exits 0
    wrote_nothing
}

@test "a name that a record has itself, and a line that is wrong, are errors" {
    lists_api
    echo '{"id":1}' >lines
    each --keep id "$api/offset/{id}"
    exits 76
    says 'has a member id itself'
    each --keep x=y "$api/offset/{id}"
    exits 65
    says 'input line 1: has nothing for --keep x=y'
    each "$api/offset/{name}"
    exits 65
    each "$api/offset/1"
    exits 64
    printf '{"id":1}\n{"id":\n' >lines
    each "$api/offset/{id}"
    exits 65
    says 'input line 2 is not JSON'
    [ "$(wc -l <"$out")" -eq 37 ]
    each --paginate auto "$api/offset/{id}"
    exits 64
}

@test "--for-each - takes lines as they come; --output names a file" {
    lists_api
    repos 10 | "$RESTSRC" read --for-each - --output all --keep repo=repo.name "$api/offset/{id}"
    diff <(wanted 1 9) all
    mkfifo pipe
    timeout 20 "$RESTSRC" read --for-each - "$api/offset/{id}" <pipe >first 3>&- &
    reader=$!
    exec 9>pipe
    echo '{"id":1}' >&9
    eventually grep -q '"1-36"' first
    exec 9>&-
    wait "$reader"
}

@test "lists that wait for a slow one do not fill memory" {
    not_sanitized "needs memory of its own"
    api <<'END'
import time
def answer(r):
    at, slow = int(r.query["offset"]), r.path == "/slow"
    seen = r.state.setdefault("seen", [])
    seen.append(r.path)
    while slow and at == 0: # until the others ask for no more
        before = len(seen)
        time.sleep(0.5)
        if len(seen) == before:
            break
    end = 20 if slow else 150
    return b"[" + b",".join(RECORD for _ in range(at, min(at + 10, end))) + b"]" if at < end else []
RECORD = b'"' + b"x" * 1000000 + b'"'
END
    printf '{"p":"%s"}\n' slow a b >lines
    args=(--allow-repeats --page-size 10 --for-each lines)
    (ulimit -v 300000 && timeout 60 "$RESTSRC" read "${args[@]}" "$api/{p}" | wc -l >count)
    [ "$(cat count)" -eq 320 ]
}

# Lists that grow, of records with times: /N?after=TIME.
growing_lists() {
    api <<'END'
import os
def answer(r):
    n = int(r.path.strip("/"))
    if os.path.exists(f"broken{n}") and int(r.query.get("offset", 0)) >= 10:
        return 503, ""
    length = 25 + (10 if os.path.exists("grown") else 0)
    rows = [{"id": f"{n}-{i}", "at": f"2026-01-{n:02}T{i:02}:00:00Z"} for i in range(length)]
    rows = [row for row in rows if row["at"] > r.query.get("after", "")]
    at = int(r.query.get("offset", 0))
    return rows[at : at + 10]
END
}

@test "--state: a run that failed goes on in the list that failed, with those that it has not begun" {
    growing_lists
    jq -nc '(1, 2, 3, 4) | {id: .}' >lines
    : >broken3
    each --state state --keep n=id --output all "$api/{id}"
    exits 75
    [ "$(jq -c 'select(.parent) | [.parent.n, .offset, .done]' state | tr '\n' ' ')" = \
        "[1,25,true] [2,25,true] [3,10,false] [4,0,false] " ]
    rm broken3
    each --state state --keep n=id --output all --summary-fd 2 "$api/{id}"
    exits 0
    [ "$(jq .records "$err")" -eq 40 ]
    diff <(jq -r .id all) <(for n in 1 2 3 4; do seq -f "$n-%g" 0 24; done)
    [ "$(jq -c 'select(.parent | not) | [.records, .bytes, .done, .run]' state)" = "[100,$(wc -c <all),true,1]" ]
    restsrc help state
    grep -q 'parent ' "$out"
}

@test "--state: each list has its own {since}, and a line of the state may be deleted" {
    growing_lists
    jq -nc '(1, 2) | {id: .}' >lines
    args=(--state state --keep n=id --since 2026-01-01 --since-path at --query 'after={since}')
    each "${args[@]}" "$api/{id}"
    exits 0
    [ "$(wc -l <"$out")" -eq 50 ]
    [ "$(jq -c 'select(.parent) | [.parent.n, .newest]' state | tr '\n' ' ')" = \
        '[1,"2026-01-01T24:00:00Z"] [2,"2026-01-02T24:00:00Z"] ' ]
    each "${args[@]}" "$api/{id}"
    wrote_nothing
    : >grown
    jq -c 'select(.parent.n != 2)' state >edited
    mv edited state
    jq -nc '(3, 2, 1) | {id: .}' >lines
    each "${args[@]}" "$api/{id}"
    exits 0
    diff <(jq -r .id "$out") <(seq -f 3-%g 0 34; seq -f 2-%g 0 34; seq -f 1-%g 25 34)
}

@test "--new-only leaves out the lists that the state has whole; a list that was rejected is read on" {
    growing_lists
    jq -nc '(1, 2, 3) | {id: .}' >lines
    : >broken2
    each --state state --keep n=id --reject-file bad "$api/{id}"
    exits 0
    [ "$(wc -l <"$out")" -eq 60 ]
    : >grown
    rm broken2
    jq -nc '(1, 2, 3, 4) | {id: .}' >lines
    each --state state --keep n=id --new-only "$api/{id}"
    exits 0
    diff <(jq -r .id "$out") <(seq -f 2-%g 10 34; seq -f 4-%g 0 34)
    each --state state --keep n=id "$api/{id}"
    diff <(jq -r .id "$out") <(seq -f 1-%g 25 34; seq -f 3-%g 25 34)
}

@test "--state needs --keep, which tells the lines apart" {
    growing_lists
    printf '{"id":%s,"x":1}\n' 1 2 >lines
    each --state state "$api/{id}"
    exits 64
    each --state state --keep x "$api/{id}"
    exits 65
    says 'input line 2: --keep keeps the same of it as of line 1'
    each --new-only "$api/{id}"
    exits 64
}
