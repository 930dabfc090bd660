# lookup: each line comes out with the answer to its request.

load helpers

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

items_api() {
    api <<'END'
import time
def answer(r):
    if r.path == "/search":
        return {"found": r.json}
    key = r.path.rpartition("/")[2]
    time.sleep(0.02 if key == "0" else 0)
    if key == "404":
        return 404, {"error": "no such item"}
    if key == "500" or (key == "501" and not r.state.setdefault("tried", [])):
        r.state.setdefault("tried", []).append(key)
        return 503, ""
    if key == "text":
        return "not JSON"
    return b'{ "id": ' + key.encode() + b', "price": 1.10, "big": 9007199254740993 }' if key.isdigit() else {"key": key}
END
}

lookup() {
    status=0
    timeout 30 "$RESTSRC" lookup --retry-delay 0.01 "$@" <lines >out 2>err || status=$?
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
}

@test "each line comes out with its answer, in order, byte for byte" {
    items_api
    jq -nc 'range(50) | {id: ., "x": "y z"}' >lines
    lookup "$api/items/{id}"
    exits 0
    jq -nc 'range(50)' >wanted
    sed -i 's/.*/{"id":&,"x":"y z","answer":{"id":&,"price":1.10,"big":9007199254740993}}/' wanted
    diff wanted out
}

@test "equal requests are made once, values are percent-encoded, --into names the member" {
    items_api
    jq -nc 'range(300) | {n: ., k: (["a", "b/c", "ü"][. % 3])}' >lines
    lookup --into item "$api/items/{k}"
    exits 0
    [ "$(api_log length)" -eq 3 ]
    diff <(jq -c '[.n, .k == (.item.key | if . == "b%2Fc" then "b/c" elif . == "%C3%BC" then "ü" else . end)]' out) \
        <(jq -nc 'range(300) | [., true]')
}

@test "an answer that is nothing but an error is none, whatever its status" {
    api <<'END'
ERRORS = {
    "busy": {"error": {"code": 429, "message": "rate limit exceeded"}},
    "denied": {"success": False, "message": "internal fault", "data": None},
    "graph": {"data": {"user": None}, "errors": [{"message": "no user is called graph"}]},
}
RECORDS = {
    "job": {"id": 7, "status": "failed", "error": "out of memory"},
    "part": {"data": {"user": {"id": 7}}, "errors": [{"message": "the avatar took too long"}]},
    "none": {"error": None, "name": "x"},
}
def answer(r):
    key = r.path.rpartition("/")[2]
    if key == "twice":
        r.state["asked"] = r.state.get("asked", 0) + 1
        return {"id": 2} if r.state["asked"] > 1 else ERRORS["busy"]
    return {**ERRORS, **RECORDS}[key]
END
    printf '{"id":"%s"}\n' job part none twice >lines
    lookup "$api/{id}"
    exits 0
    [ "$(jq -c '.answer | .id // .name // .data.user.id' out | tr '\n' ' ')" = '7 7 "x" 2 ' ]
    for key in busy denied graph; do
        printf '{"id":"%s"}\n' job $key >lines
        lookup --retry 1 "$api/{id}"
        exits "$([ $key = busy ] && echo 75 || echo 69)"
        says "input line 2" "the answer is an error"
        [ "$(jq -c .id out)" = '"job"' ]
        lookup --retry 1 --reject-file rejects "$api/{id}"
        exits 0
        [ "$(jq -c .record rejects)" = "{\"id\":\"$key\"}" ]
        lookup --on 2xx=ok "$api/{id}"
        exits 0
        [ "$(wc -l <out)" -eq 2 ]
    done
}

@test "a reject file that is the input is refused, and not emptied" {
    items_api
    printf '{"id":%s}\n' 1 2 >lines
    lookup --reject-file lines "$api/items/{id}"
    exits 64
    says "lines is read, or written to, already"
    [ "$(wc -l <lines)" -eq 2 ]
}

@test "404 stops it, or is null by --on, or goes to the reject file with its reason" {
    items_api
    printf '{"id":%s}\n' 1 404 2 500 3 >lines
    lookup --retry 1 "$api/items/{id}"
    exits 69
    says "input line 2" "HTTP 404"
    [ "$(jq -c .id out)" = 1 ]
    lookup --retry 1 --on 404=empty --reject-file rejects "$api/items/{id}"
    exits 0
    says "1 line was rejected: see rejects"
    diff <(jq -c '[.id, .answer.id]' out) <(printf '%s\n' '[1,1]' '[404,null]' '[2,2]' '[3,3]')
    [ "$(jq -c '[.record, .line, .http_status]' rejects)" = '[{"id":500},4,503]' ]
    lookup --retry 0 --reject-file rejects --max-rejects 1 "$api/items/{id}"
    exits 69
    says "more than --max-rejects 1"
}

@test "what fails for now is tried again" {
    items_api
    printf '{"id":501}\n' >lines
    lookup "$api/items/{id}"
    exits 0
    [ "$(jq .answer.id out)" -eq 501 ]
}

@test "a body, a query and a header are templates, too" {
    items_api
    printf '%s\n' '{"a":{"b":"x"},"n":1.50}' >lines
    lookup --data '{"q": "{a.b}", "n": "{n}"}' --query 'u={a.b}' --header 'X-N: {n}' "$api/search"
    exits 0
    [ "$(cat out)" = '{"a":{"b":"x"},"n":1.50,"answer":{"found":{"q":"x","n":1.5}}}' ]
    [ "$(api_log -r '.[0] | [.method, .target, .headers["X-N"], .body] | join(" ")')" = \
        'POST /search?u=x 1.50 {"q":"x","n":1.50}' ]
}

@test "the input and the answers are checked" {
    items_api
    printf '{"id":1}\n[2]\n' >lines
    lookup "$api/items/{id}"
    exits 65
    says "input line 2: not an object"
    [ "$(wc -l <out)" -eq 1 ]
    printf '{"id":1,"answer":2}\n' >lines
    lookup "$api/items/{id}"
    exits 65
    says "has a answer already" "--into"
    printf '{"x":1}\n' >lines
    lookup "$api/items/{id}"
    exits 65
    says "the record has no id"
    printf '{"id":1}' >lines
    lookup "$api/items/{id}"
    exits 65
    says "cut short"
    printf '{"id":"text"}\n' >lines
    lookup "$api/items/{id}"
    exits 76
    says "the answer is not JSON"
    lookup "$api/items"
    exits 64
    says "needs a {PATH}"
}

@test "an empty input is no fault; --output names a file; a line is answered while the next one is waited for" {
    items_api
    : >lines
    lookup --output file "$api/items/{id}"
    exits 0
    [ ! -s file ]
    mkfifo pipe
    timeout 30 "$RESTSRC" lookup "$api/items/{id}" <pipe >out 3>&- &
    exec 7>pipe
    echo '{"id":1}' >&7
    eventually test -s out
    echo '{"id":2}' >&7
    exec 7>&-
    wait $!
    [ "$(wc -l <out)" -eq 2 ]
}
