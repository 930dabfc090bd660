# To look without doing: --dry-run, --verbose twice.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

shop() {
    api <<'END'
import gzip
def answer(r):
    if r.method != "GET":
        body = gzip.decompress(r.body) if r.headers.get("Content-Encoding") == "gzip" else r.body
        return 200, {"echo": body.decode()}, {"X-Seen": "yes", "Set-Cookie": "sid=cookie-value"}
    return 200, [{"id": 1}], {"X-Seen": "yes", "X-Echo": r.headers.get("Authorization", "-")}
END
    printf 'token-of-the-test\n' >"token's file"
    printf 'name:pass-word-1\n' >user
    printf 'Cookie: session-of-the-test\n' >headers
    chmod 600 "token's file" user headers
}

hides_secrets() {
    for secret in token-of-the-test pass-word-1 session-of-the-test key-of-the-test cookie-value; do
        if grep -F "$secret" "$out" "$err"; then return 1; fi
    done
}

# The n-th request that came, as far as the command line says what it is.
request() {
    api_log -c ".[$1] | [.method, .target, .body, .headers.Authorization, .headers[\"X-Note\"], .headers.Accept,
        .headers[\"Content-Type\"]]"
}

@test "--dry-run prints the first request of each command as a command of curl, which does the same" {
    shop
    common=(--bearer-file "token's file" --header "X-Note: it's" "$api/list?y=%20")
    for command in "read --query x=1" "count" 'call --data {"a":[1,2]}' "call -X DELETE" "call -X HEAD"; do
        read -ra words <<<"$command"
        first=$(api_log length)
        restsrc "${words[@]}" --dry-run "${common[@]}"
        exits 0
        hides_secrets
        [ "$(api_log length)" -eq "$first" ]
        cp "$out" commands
        restsrc "${words[@]}" "${common[@]}"
        then=$(api_log length)
        sh commands >/dev/null
        diff <(request "$first") <(request "$then")
    done
}

@test "--dry-run of write and lookup: the request that the first records make; no file is touched" {
    shop
    echo before >rejects
    printf '{"id":%d,"n":"it'"'"'s"}\n' 1 2 3 >lines
    status=0
    "$RESTSRC" write --dry-run --batch-size 2 --user-file user --reject-file rejects "$api/rows" \
        <lines >commands || status=$?
    [ "$status" -eq 0 ]
    [ "$(api_log length)" -eq 0 ] && [ "$(cat rejects)" = before ]
    sh commands >/dev/null
    [ "$(api_log -r '.[0].body')" = '[{"id":1,"n":"it'"'"'s"},{"id":2,"n":"it'"'"'s"}]' ]
    [ "$(api_log -r '.[0].headers.Authorization')" = "Basic $(printf name:pass-word-1 | base64)" ]
    "$RESTSRC" write --dry-run --compress-body "$api/rows" <lines >commands
    [ "$(sh commands | jq -c '.echo | fromjson | map(.id)')" = '[1,2,3]' ]
    [ "$(api_log -r '.[-1].headers["Content-Encoding"]')" = gzip ]
    "$RESTSRC" lookup --dry-run --parallel 1 -o answers "$api/rows/{id}" <lines >commands
    [ "$(wc -l <commands)" -eq 1 ]
    grep -F "/rows/1'" commands
    restsrc read --dry-run --state state -o list "$api/rows"
    exits 0
    [ ! -e answers.part ] && [ ! -e list.part ] && [ ! -e state ]
}

@test "--dry-run names the files of secrets, and shows none" {
    shop
    printf 'url = %s\nbearer = token-of-the-test\n' "$api/list" >conf
    chmod 600 conf
    restsrc read --dry-run --config conf --header 'X-Api-Key: key-of-the-test' --query "token=key-of-the-test"
    exits 0
    hides_secrets
    grep -F 'Authorization: Bearer ***' "$out" && grep -F 'X-Api-Key: ***' "$out" && grep -F 'token=***' "$out"
    restsrc read --dry-run --header @headers "$api/list"
    hides_secrets
    grep -F -- "-H '@headers'" "$out"
    restsrc read --dry-run --user-file user "$api/list"
    hides_secrets
    grep -F -- "--user \"\$(cat 'user')\"" "$out"
    printf 'query-secret = key=key-of-the-test\n' >conf
    restsrc read --dry-run --config conf "$api/list"
    hides_secrets
    grep -F 'key=***' "$out"
}

@test "--dry-run reads secret parameters from their files" {
    shop
    printf 'key-of-the-test&+ %%\n' >"a key"
    chmod 600 "a key"
    restsrc call --dry-run --query-secret "key=@a key" "$api/list?x=1"
    exits 0
    hides_secrets
    grep -F -- "--url-query 'key='\"\$(cat 'a key')\"" "$out"
    sh "$out" >/dev/null
    restsrc call --query-secret "key=@a key" "$api/list?x=1"
    diff <(printf '/list?x=1&key=key-of-the-test%s\n' %26%2B%20%25 %26%2B%20%25) \
        <(api_log -r '.[].target' | sed 's/+/%20/; s/%2b/%2B/')
}

@test "--verbose twice shows headers, without secrets" {
    shop
    restsrc call -v -v --bearer-file "token's file" --header 'X-Note: seen' --data '{}' "$api/list"
    exits 0
    hides_secrets
    says "> Authorization: Bearer ***" "> X-Note: seen" "> Content-Type: application/json" "< X-Seen: yes"
    restsrc call -vv --bearer-file "token's file" "$api/list"
    hides_secrets
    says "> Authorization: Bearer ***" "< X-Echo: Bearer ***"
    restsrc call -v --header 'X-Note: seen' "$api/list"
    says "> GET "
    if grep -F X-Note "$err"; then return 1; fi
}

@test "check --sample: requests, records as they are, their schema, the forms of their times, and lines to paste" {
    api <<'END'
def answer(r):
    if r.path.endswith("/count"):
        return 404, {}
    at, size = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 5)), 20)
    rows = ",".join(
        '{"id":%d,"n":9007199254740993,"price":1.10,"at":"2026-01-%02dT08:00:00Z","day":"2026-01-02","posted_at":%d,'
        '"note":"1-2","by":{"born":"2026-01-02 08:00:00.123+02:00","tags":["x"]}}' % (i, i % 28 + 1, 1767225600000 + i)
        for i in range(at, min(at + size, 90))
    )
    return '{"total":90,"items":[%s]}' % rows
END
    printf 'token-of-the-test\n' >token
    chmod 600 token
    restsrc check --sample 12 --bearer-file token --query 'api_key=key-of-the-test' "$api/list"
    exits 0
    if grep -F -e token-of-the-test -e key-of-the-test "$out"; then return 1; fi
    [ "$(jq -r '.requests[0]' "$out")" = "GET $api/list?api_key=*** 200" ]
    [ "$(jq '.requests | length' "$out")" -eq "$(api_log length)" ]
    [ "$(jq -c '.sample | map(.id)' "$out")" = '[0,1,2,3,4,5,6,7,8,9,10,11]' ]
    grep -qF '"sample":[{"id":0,"n":9007199254740993,"price":1.10,' "$out"
    [ "$(jq -c .times "$out")" = \
        '{"at":"iso","day":"date","posted_at":"epoch_ms","by.born":"%Y-%m-%d %H:%M:%S.%L%z"}' ]
    jq -c '.schema.fields | map([.name, (.type | if type == "object" then .type else . end)])' "$out" | diff - <(
        echo '[["id","long"],["n","long"],["price","double"],["at","string"],["day","string"],["posted_at","long"],'\
'["note","string"],["by","struct"]]'
    )
    jq -c .schema "$out" >schema
    jq -r '.shell | sub("^restsrc"; "\"$RESTSRC\"")' "$out" >line
    [ "$(sh line | wc -l)" -eq 90 ]
    sh -c "$(cat line) --output arrow --schema schema" >arrow
    [ -s arrow ]
    [[ $(jq -r .spark "$out") == 'spark.read.format("rest-api")'*'.load()' ]]
    restsrc check --sample 12 "$api/missing/count"
    exits 69
}

@test "check --sample: the notations of times; a text, a number or a name that may be something else is none" {
    api <<'END'
def answer(r):
    rows = [{
        "day": f"2026-01-3{n % 2}", "iso": f"2026-01-31T08:00:0{n}Z", "ms": f"2026-01-31T08:00:00.12{n}Z",
        "blank": f"2026-01-31 08:00:0{n}", "micros": f"2026-01-31T08:00:00.12345{n}Z", "short": f"2026-01-31T08:0{n}",
        "zone": "2026-01-31T08:00:00+01:00", "both": "2026-01-31 08:00:00.123+0100", "createdAt": 1769846400 + n,
        "ts": 1769846400000 + n, "far": {"updated_at": 1769846400, "further": {"date": "2026-01-31"}},
        # no times: by the name, by the value, by another record
        "count": 1769846400, "format": 1769846400, "updated_at": 7, "at": "1769846400", "modified": 1769846400.5,
        "mixed": "2026-01-31" if n % 2 else "2026-01-31T08:00:00Z", "text": "a-b", "none": None, "list": ["2026-01-31"],
    } for n in range(5)]
    return {"items": rows[int(r.query.get("offset", 0)):], "total": 5}
END
    restsrc check --sample 4 "$api/items"
    exits 0
    jq -c '.times | to_entries[] | [.key, .value]' "$out" | diff - <(cat <<'END'
["day","date"]
["iso","iso"]
["ms","iso_ms"]
["blank","%Y-%m-%d %H:%M:%S"]
["micros","%Y-%m-%dT%H:%M:%S.%fZ"]
["short","%Y-%m-%dT%H:%M"]
["zone","%Y-%m-%dT%H:%M:%S%z"]
["both","%Y-%m-%d %H:%M:%S.%L%z"]
["createdAt","epoch_s"]
["ts","epoch_ms"]
["far.updated_at","epoch_s"]
["far.further.date","date"]
END
    )
}

@test "count --plan: records, pages as long as the server gives them, requests, minutes at --rate, requests left" {
    api <<'END'
def answer(r):
    at, size = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 100)), 40)
    if r.path.endswith("/count"):
        return 404, {}
    limits = {"X-RateLimit-Remaining": "57", "X-RateLimit-Reset": "90"}
    return 200, {"total": 123400, "results": [{"id": i} for i in range(at, at + size)]}, limits
END
    restsrc count --plan --rate 1200/m "$api/list"
    exits 0
    diff <(tr -d '\n' <"$out") <(tr -d '\n' <<'END'
{"records":123400,"total":123400,"page_size":40,"pages":3085,"requests":3087,"minutes":2.6,
"requests_left":57,"reset_seconds":90,"style":"offset","first":"d51e21b3d1e22d3e","doubt":null}
END
    )
    restsrc count --plan "$api/list"
    [ "$(jq -c '[.minutes, .pages]' "$out")" = '[null,3085]' ]
}

# lies KIND: a list of 250 records, as the plan's tests ask for it.
lies() {
    api <<'END'
N = 250
def answer(r):
    kind = r.path.split("/")[1]
    if r.path.endswith("/count"):
        return {"total": N} if kind == "counted" else (404, {})
    at, size = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 100)), 70)
    if kind == "deaf":
        at = 0
    rows = [{"id": i} for i in range(at, min(N, at + size))]
    total = {"bare": {}, "length": {"total": len(rows)}}.get(kind, {"total": N})
    return {"results": rows, **total}
END
}

# plan KIND FIELDS [OPTION...]: read --plan of that list, these fields of what it prints.
plan() {
    restsrc read --plan "${@:3}" "$api/$1/list"
    exits 0
    jq -c "[$2]" "$out"
}

@test "read --plan: the count, and the page size that two pages show, of a range, too" {
    lies
    for kind in counted paged; do
        [ "$(plan $kind .records,.total,.page_size,.pages,.style,.doubt)" = '[250,250,70,4,"offset",null]' ]
        [ "$(plan $kind .records,.total,.page_size,.pages --offset 100 --limit 60)" = '[60,250,70,1]' ]
        [ "$(plan $kind .records,.total,.page_size --offset 240)" = '[10,250,100]' ] # the list's end shows no page size
        [ "$(plan $kind .records,.total,.page_size --offset 250)" = '[0,250,null]' ]
        [ "$(plan $kind .page_size --parallel 1 --rate 1000/s)" = '[70]' ]
        [ "$(plan $kind .first)" = '["d51e21b3d1e22d3e"]' ] # FNV-1a of {"id":0}
        [ "$(plan $kind .first --offset 240)" = '["c5fa86bd0fb81394"]' ]
        [ "$(plan $kind .first --offset 250)" = '[null]' ]
    done
    restsrc count --plan "$api/paged/list"
    [ "$(jq -c '[.total, .page_size]' "$out")" = '[250,70]' ]
}

@test "read --plan: a server that ignores offsets is found out, also where the range is one page" {
    lies
    for options in "" "--offset 100" "--offset 240"; do
        read -ra given <<<"$options"
        restsrc read --plan "${given[@]}" --summary-fd 9 "$api/deaf/list" 9>"$BATS_TEST_TMPDIR/summary"
        exits 76
        says "ignores"
        wrote_nothing
        [ ! -s "$BATS_TEST_TMPDIR/summary" ]
    done
}

@test "read --plan: a list without a count is none for count, nor where --count-from says that there is one" {
    lies
    for kind in bare length; do
        [ "$(plan $kind '.total,(.doubt | contains("--count-from"))')" = '[null,true]' ]
        restsrc count --plan "$api/$kind/list"
        exits 76
        says --count-from
    done
    restsrc read --plan --count-from body:total "$api/bare/list"
    exits 76
    restsrc read --plan --count-from url:count "$api/bare/list"
    exits 69
    restsrc read --plan --state "$BATS_TEST_TMPDIR/state" "$api/paged/list"
    exits 64
}

@test "read --plan: the pages do not wait for the count" {
    api <<'END'
from threading import Barrier, BrokenBarrierError
TWO = Barrier(2, timeout=10)
def answer(r):
    at = int(r.query.get("offset", 0))
    if not at:
        try:
            TWO.wait()
        except BrokenBarrierError:
            return 400, {}
    return {"total": 250} if r.path.endswith("/count") else [{"id": i} for i in range(at, min(250, at + 100))]
END
    [ "$(plan x .total,.page_size)" = '[250,100]' ]
    [ "$(api_log length)" -eq 3 ]
}
