# Hosts, proxies, cookies, logins: what goes where, and with what. AWS signatures have a unit test of their own.
load helpers
teardown() { [ -z "$API_PID" ] || kill "$API_PID" 2>/dev/null || true; }

secret_file() { # NAME TEXT: sets $NAME to a file of the user's that holds it
    printf '%s' "$2" >"$BATS_TEST_TMPDIR/$1"
    chmod 600 "$BATS_TEST_TMPDIR/$1"
    printf -v "$1" %s "$BATS_TEST_TMPDIR/$1"
}

@test "--aws-sigv4 sends the query as it was given" {
    api <<<'def answer(r): return []'
    secret_file user AKID:s3cret
    restsrc read --paginate none --aws-sigv4 aws:amz:eu-west-1:execute-api --user-file "$user" \
        "$api/items?city=New+York&sort=name&sort=age&b=%7e"
    exits 0
    [ "$(api_log -r '.[0].target')" = "/items?city=New+York&sort=name&sort=age&b=%7e" ]
    restsrc read --aws-sigv4 nonsense:x:y:z:more --user-file "$user" "$api/items"
    exits 64
    says "aws:amz:REGION:SERVICE"
}

@test "no_proxy=HOST:PORT is heeded" {
    api <<<'def answer(r): return []'
    export http_proxy=http://127.0.0.1:1
    no_proxy=${api#http://} restsrc read "$api/items"
    exits 0
    no_proxy=127.0.0.1:1 restsrc read --retry 0 "$api/items"
    exits 75
}

@test "name and password of the URL are kept at redirects and next links" {
    api <<'END'
import base64
def answer(r):
    if r.headers.get("Authorization") != "Basic " + base64.b64encode(b"me:s3 cret").decode():
        return 401, {}
    if r.path == "/items":
        return 302, "", {"Location": r.base + "/moved"}
    return {"items": [{"id": int(r.query.get("p", 1))}], "next": None if "p" in r.query else r.base + "/moved?p=2"}
END
    restsrc read --paginate next-url "${api/:\/\//:\/\/me:s3%20cret@}/items"
    exits 0
    wrote_ids 1 2
    says_not s3
}

@test "the environment names the proxy, for http, https or all; where it answers itself it is named" {
    api <<'END'
def answer(r):
    return {"items": [{"id": 1}], "total": 1}
END
    for name in http_proxy all_proxy ALL_PROXY; do
        (export "$name=$api" && restsrc read --retry 0 --quiet http://api.invalid/items && exits 0 && wrote_ids 1 1)
    done
    [ "$(api_log 'map(.target | startswith("http://api.invalid/items?")) | all')" = true ]
    for name in https_proxy HTTPS_PROXY all_proxy; do
        export "$name=$api"
        restsrc read --retry 0 https://api.invalid/items
        exits 75
        says "the proxy answered HTTP 501 (through the proxy ${api#http://})"
        export "$name=http://127.0.0.1:1"
        restsrc read --retry 0 https://api.invalid/items
        exits 75
        says "127.0.0.1 port 1"
        unset "$name"
    done
}

@test "cookies are kept between the requests of a run, on all connections, unless --header has some" {
    api <<'END'
def answer(r):
    if r.n == 0:
        return 200, {"total": 6, "items": [{"id": 1}]}, {"Set-Cookie": ["s=1; Path=/", "other=2; Path=/elsewhere"]}
    at = int(r.query["offset"])
    if r.headers.get_all("Cookie") != ["s=1"]:
        return 400, {"message": "unknown session"}
    return {"total": 6, "items": [{"id": at + 1}] if at < 6 else []}
END
    restsrc read --page-size 1 --parallel 4 "$api/items"
    exits 0
    wrote_ids 1 6
    restsrc read --page-size 1 --header 'Cookie: s=1' "$api/items"
    exits 0
    [ "$(api_log -r 'map(.headers.Cookie // "none") | unique | join(" ")')" = "none s=1" ]
}

@test "cookies stay with their origin: another port of the host gets none and gives none, and none is on the disk" {
    echo 'def answer(r): return 200, {"items": [{"id": 2}], "next": r.query["back"]}, {"Set-Cookie": "theirs=1"}' \
        >"$BATS_TEST_TMPDIR/other.py"
    "$PYTHON3" "$tests/servers/small.py" "$BATS_TEST_TMPDIR/other.py" >"$BATS_TEST_TMPDIR/url" 3>&- &
    other_id=$!
    eventually test -s "$BATS_TEST_TMPDIR/url"
    other=$(cat "$BATS_TEST_TMPDIR/url")
    api <<END
def answer(r):
    last = "p" in r.query
    link = None if last else f"$other/items?back={r.base}/items?p=3"
    return 200, {"items": [{"id": 3 if last else 1}], "next": link}, {"Set-Cookie": "ours=1"}
END
    restsrc read --paginate next-url --trust-host 127.0.0.1 "$api/items"
    others_cookie=$(curl -gsSf "$other/_log" | jq -r '.headers.Cookie')
    kill "$other_id"
    exits 0
    wrote_ids 1 3
    [ "$others_cookie" = null ]
    [ "$(api_log -c 'map(.headers.Cookie)')" = '[null,"ours=1"]' ]
    ! grep -rl -e ours -e theirs "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" || false
}

@test "files of credentials are read again on 401" {
    secret_file bearer old-token
    secret_file header 'X-Api-Key: old-token'
    secret_file user me:old-token
    api <<END
import base64
def answer(r):
    at, name = int(r.query["offset"]), r.path[1:]
    if at == 2 and name not in r.state:
        r.state[name] = True
        before = {"header": "X-Api-Key: ", "user": "me:"}.get(name, "")
        open("$BATS_TEST_TMPDIR/" + name, "w").write(before + "new-token\n")
    given = r.headers.get("X-Api-Key") or r.headers.get("Authorization").split()[1]
    if name == "user":
        given = base64.b64decode(given).decode()[3:]
    if given != ("new-token" if name in r.state else "old-token"):
        return 401, {"message": "expired"}
    return [{"id": at + 1}] if at < 5 else []
END
    for name in bearer header user; do
        options=("--$name-file" "${!name}")
        [ "$name" != header ] || options=(--header "@$header")
        restsrc read --page-size 1 --parallel 1 "${options[@]}" "$api/$name"
        exits 0
        wrote_ids 1 5
        says_nothing
    done
}

@test "credentials that stay refused are 77, after one request" {
    secret_file token tok-1
    api <<<'def answer(r): return 401, {"message": "no"}'
    restsrc read --bearer-file "$token" "$api/items"
    exits 77
    [ "$(api_log length)" -eq 1 ]
}

@test "headers without bounds end the request, and what moves the cursor in one gets into no message" {
    api <<'END'
def answer(r):
    name, odd = r.path[1:], "\x1b[31mred\x07\x9b"
    if name == "one":
        return 200, [], {"X-Large": "x" * 2000000}
    if name == "many":
        return 200, [], {f"X-{i}": "x" * 60000 for i in range(200)}
    values = {"Location": f"http://{odd}/x", "Link": f'<http://{odd}/>; rel="next"', "Content-Range": f"items {odd}/3"}
    status = {"WWW-Authenticate": 401, "Location": 302, "Retry-After": 503}.get(name, 200)
    return status, [{"id": 1}], {name: values.get(name, odd)}
END
    for name in one many; do
        restsrc read --retry 0 "$api/$name" 2>/dev/null
        [ "$status" = 75 ] || exits 76
        wrote_nothing
        [ "$(wc -c <"$err")" -lt 1000 ]
    done
    for name in WWW-Authenticate Location Retry-After Content-Encoding Content-Type Content-Range Link X-Total-Count; do
        for command in read count check call; do
            restsrc "$command" --retry 0 --verbose "$api/$name"
            [ "$status" -lt 124 ]
            shows_plain_text "$err"
        done
    done
}

@test "what WWW-Authenticate says of why is told, without what it repeats of the token" {
    secret_file token tok-123456
    api <<'END'
def answer(r):
    return 401, "", {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="tok-123456 expired at noon"'}
END
    restsrc read --bearer-file "$token" "$api/items"
    exits 77
    says 'HTTP 401 (WWW-Authenticate: Bearer error="invalid_token"' "expired at noon"
    says_not tok-123456
}

@test "a redirect to a login is 77 and says so, for a write, too; nothing was stored" {
    api <<'END'
def answer(r):
    if r.path == "/sso":
        return 302, "", {"Location": "http://login.example/oauth2/authorize?client_id=api"}
    return (302, "", {"Location": "/login?next=/items"}) if r.path != "/login" else (200, "<html>", {})
END
    for path in sso items; do
        restsrc read "$api/$path"
        exits 77
        says "redirects to a login" --bearer-file
        says_not --trust-host
    done
    status=0
    "$RESTSRC" write "$api/items" <<<'{"id":1}' >"$BATS_TEST_TMPDIR/receipt" 2>"$err" || status=$?
    exits 77
    says "redirects to a login"
    says_not "use that URL"
    [ "$(jq -c '[.lines_done, .lines_unknown]' "$BATS_TEST_TMPDIR/receipt")" = "[0,[]]" ]
}

with_token() { # OPTION...: sets $oauth; the token URL is /token
    secret_file client s3cr3t-value
    oauth=(--oauth-token-url "$api/token" --oauth-client-id me --oauth-client-secret-file "$client" "$@")
}

@test "--oauth-param takes the place of what is sent under its name" {
    api <<'END'
def answer(r):
    if r.path == "/token":
        return {"access_token": "token-1234"} if r.body.count(b"grant_type=") == 1 else (400, {})
    return [{"id": 1}] if r.query.get("offset") == "0" else []
END
    with_token --oauth-param grant_type=account_credentials --oauth-param account_id=abc
    restsrc read "${oauth[@]}" "$api/items"
    exits 0
    api_log -r '.[0].body' | grep -qx 'grant_type=account_credentials&account_id=abc'
}

@test "a token URL that refuses with 200 is 77, with what it says" {
    api <<<'def answer(r): return {"ok": False, "error": "bad_client_secret"}'
    with_token
    restsrc read "${oauth[@]}" "$api/items"
    exits 77
    says bad_client_secret
}

@test "a token from the cache that gets 403 is renewed once; one that was just asked for is not" {
    api <<'END'
def answer(r):
    n = r.state.setdefault("tokens", 0)
    if r.path == "/token":
        r.state["tokens"] += 1
        return {"access_token": "token-000%d" % (n + 1), "expires_in": 3600}
    if not r.headers["Authorization"].endswith("2"):
        return 403, {"message": "no role"}
    return [{"id": 1}] if r.query.get("offset") == "0" else []
END
    with_token
    restsrc read "${oauth[@]}" "$api/items"
    exits 77
    [ "$(api_log 'map(select(.target == "/token")) | length')" -eq 1 ]
    restsrc read "${oauth[@]}" "$api/items"
    exits 0
    wrote_ids 1 1
    [ "$(api_log 'map(select(.target == "/token")) | length')" -eq 2 ]
}

@test "a lock that a stopped process holds is waited for no longer than --connect-timeout" {
    api <<'END'
def answer(r):
    if r.path == "/token":
        return {"access_token": "token-1234", "expires_in": 3600}
    return [{"id": 1}] if r.query.get("offset") == "0" else []
END
    with_token
    restsrc read "${oauth[@]}" "$api/items"
    exits 0
    coproc HOLDER { exec flock "$(echo "$XDG_CACHE_HOME"/restsrc/token-*)" sh -c 'echo held; exec cat' 3>&-; }
    holder=$HOLDER_PID
    read -r held <&"${HOLDER[0]}"
    [ "$held" = held ]
    restsrc read --connect-timeout 0.3 "${oauth[@]}" "$api/items"
    kill "$holder"
    exits 0
    wrote_ids 1 1
    says_nothing
}

@test "a server that serves one connection at a time is noticed: one request at a time, with one note" {
    for parallel in 2 4 16; do
        api <<'END'
one_at_a_time = True
def answer(r):
    first = int(r.query["offset"])
    return [{"id": i} for i in range(first, min(first + 10, 100))]
END
        start=$SECONDS
        restsrc read --page-size 10 --parallel $parallel "$api/items"
        exits 0
        wrote_ids 0 99
        [ "$(grep -c "one connection at a time" "$err")" -eq 1 ]
        [ $((SECONDS - start)) -lt 15 ]
        kill "$API_PID"
        wait "$API_PID" || true
    done
}

@test "a server that is slow with some pages is not taken for one that serves one connection at a time" {
    api <<'END'
import time
def answer(r):
    first = int(r.query["offset"])
    time.sleep(3 if first in (10, 20, 30) else 0)
    return [{"id": i} for i in range(first, min(first + 10, 60))]
END
    for parallel in 2 4; do
        restsrc read --page-size 10 --parallel $parallel "$api/items"
        exits 0
        wrote_ids 0 59
        says_nothing
    done
}

@test "a compressed file is read, as NDJSON by its name, also with --stream; call gives it as it is" {
    api <<'END'
import gzip, json
lines = b"".join(b'{"id": %d}\n' % i for i in range(5))
def answer(r):
    kind = r.path.split("/")[1].replace("-", "/", 1)
    text = lines if "ndjson" in r.path or "jsonl" in r.path else json.dumps([{"id": i} for i in range(5)]).encode()
    return 200, gzip.compress(text), {"Content-Type": kind}
END
    for kind in application-gzip application-x-gzip application-octet-stream text-plain; do
        for name in export.ndjson.gz export.jsonl.gz export.json.gz; do
            for more in --no-stream --stream; do
                restsrc read --paginate none $more "$api/$kind/$name?a=b"
                exits 0
                [ "$(jq -c .id "$out" | tr '\n' ' ')" = "0 1 2 3 4 " ]
            done
        done
    done
    restsrc call "$api/application-gzip/export.json.gz"
    exits 0
    [ "$(gunzip <"$out" | jq length)" -eq 5 ]
}

@test "--verbose shows the address, version and proxy of each connection; a failure names the proxy" {
    api <<<'def answer(r): return [] if r.target.startswith("/") else (403, "<title>Blocked</title>")'
    restsrc read --verbose "$api/items"
    exits 0
    says "* connected to ${api#http://}, HTTP/1.1"
    restsrc read --proxy "${api/:\/\//:\/\/me:s3cret-pw@}" http://api.example.com/items
    exits 77
    says "HTTP 403" "(through the proxy ${api#http://})"
    says_not s3cret-pw
    restsrc read --proxy "$api" --verbose --retry 0 https://api.example.com/items
    says "(through the proxy ${api#http://})"
}

@test "--digest: the challenge is no failure, for reads and writes; a wrong password is 77" {
    api <<'END'
import hashlib, re
def md5(s): return hashlib.md5(s.encode()).hexdigest()
def answer(r):
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', r.headers.get("Authorization", "")))
    ha1, ha2 = md5("me:here:s3cret-pw"), md5(f"{r.method}:{r.target}")
    right = md5(":".join([ha1, given.get("nonce", ""), given.get("nc", ""), given.get("cnonce", ""), "auth", ha2]))
    if given.get("response") != right:
        return 401, {"error": "no"}, {"WWW-Authenticate": 'Digest realm="here", nonce="abcdef", qop="auth"'}
    if r.path == "/stored":
        return r.state.get("stored", [])
    if r.method != "GET":
        r.state.setdefault("stored", []).extend(r.json)
        return 201, {}
    first = int(r.query["offset"])
    return [{"id": i} for i in range(first, min(first + int(r.query["limit"]), 250))]
END
    secret_file user me:s3cret-pw
    for parallel in 1 4; do
        restsrc read --digest --user-file "$user" --parallel $parallel "$api/items"
        exits 0
        wrote_ids 0 249
        says_nothing
    done
    for method in POST PUT; do
        seq 10 | jq -c '{id: .}' |
            "$RESTSRC" write --digest --user-file "$user" --batch-size 5 --method $method "$api/items" >"$out"
        jq -es 'last.records == 10' "$out"
    done
    restsrc call --digest --user-file "$user" "$api/stored"
    [ "$(jq length "$out")" -eq 20 ]
    secret_file user me:wrong-pw
    restsrc read --digest --user-file "$user" "$api/items"
    exits 77
    [ "$(api_log "map(select(.headers.Authorization // \"\" | contains(\"Basic\"))) | length")" -eq 0 ]
}
