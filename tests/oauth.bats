# OAuth 2: client credentials and refresh tokens, the token that processes share, and what goes wrong with token URLs.
load helpers
load guard

venv=$tests/../.venv/bin/python # for the real server

setup_file() {
    if "$venv" -c 'import authlib, flask' 2>/dev/null; then
        start_server "$venv" "$tests/servers/oauth_server.py"
        export real=$server real_id=$server_id
    fi
    start_guard 2>/dev/null # bash warns of two coprocesses
}
teardown_file() {
    stop_server
    [ -z "${real:-}" ] || kill "$real_id"
}

needs_real() { [ -n "${real:-}" ] || skip "no .venv with Authlib and Flask: run ./bootstrap"; }

cached() { cat "$XDG_CACHE_HOME"/restsrc/token-*; }

# many N COMMAND...: so many at the same time; all must succeed. $n is the number of each.
many() {
    local pids=() n
    for ((n = 1; n <= $1; n++)); do
        n=$n "${@:2}" 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || return 1; done
}

# ---- a real server ----

@test "client credentials with a real server, by HTTP Basic and in the body" {
    needs_real
    secret secret 's3cret: /%é'
    for way in basic body; do
        restsrc read --oauth-token-url "$real/token" --oauth-client-id $way --oauth-client-secret-file "$secret" \
            --oauth-auth $way \
            --oauth-scope items:read --page-size 7 "$real/items"
        exits 0
        [ "$(wc -l <"$out")" -eq 100 ]
    done
    curl -sSf "$real/issued" |
        jq -e 'map(select(.client == "body")) ==
            [{"client": "body", "grant": "client_credentials", "scope": "items:read"}]'
}

@test "a refresh token with a real server that replaces it each time" {
    needs_real
    secret secret 's3cret: /%é'
    secret refresh first-refresh
    refreshing=(--oauth-token-url "$real/token" --oauth-client-id basic --oauth-client-secret-file "$secret" \
        --oauth-refresh-token-file "$refresh")
    restsrc read "${refreshing[@]}" "$real/items"
    exits 0
    [ "$(wc -l <"$out")" -eq 100 ]
    sed -i 's/"access_token":"[^"]*"/"access_token":"stale"/' "$XDG_CACHE_HOME"/restsrc/token-*
    restsrc read "${refreshing[@]}" "$real/items" # 401, and then the token that took the first one's place
    exits 0
    [ "$(curl -sSf "$real/issued" | jq 'map(select(.grant == "refresh_token")) | length')" -eq 2 ]
}

@test "wrong client, scope or secret with a real server: 77, with what it says" {
    needs_real
    secret secret 's3cret: /%é'
    secret wrong wrong
    restsrc read --oauth-token-url "$real/token" --oauth-client-id basic --oauth-client-secret-file "$wrong" \
        "$real/items"
    exits 77
    says "token URL" "HTTP 401"
    restsrc read --oauth-token-url "$real/token" --oauth-client-id basic --oauth-client-secret-file "$secret" \
        --oauth-scope other "$real/items"
    exits 77
    says "HTTP 403"
}

# ---- what is asked ----

@test "the form holds scope, audience and extra parameters, encoded" {
    hidden_list n=5 need=token 'client=me:s3:c %t' client-auth=basic 'form=scope:a b:c' 'form=audience:https://x/?y&z' \
        form=resource:1=2
    secret secret 's3:c %t'
    with_oauth --oauth-client-secret-file "$secret" --oauth-scope 'a b:c' --oauth-audience 'https://x/?y&z' \
        --oauth-param resource=1=2
    restsrc read "${oauth[@]}" "$list"
    exits 0
    wrote_records
    says_nothing
    [ "$(token_log '[.method, .headers["Content-Type"], .headers.Accept] | @csv')" = \
        '"POST","application/x-www-form-urlencoded","application/json"' ]
}

@test "--oauth-auth body shows id and secret in the form only" {
    hidden_list n=5 need=token 'client=me:s3:c %t' client-auth=body
    secret secret 's3:c %t'
    with_oauth --oauth-client-secret-file "$secret" --oauth-auth body
    restsrc read "${oauth[@]}" "$list"
    exits 0
    [ "$(token_log .headers.Authorization)" = null ]
}

@test "custom headers and secret parameters do not go to the token URL" {
    list "n=5,need=token"
    secret key s3cret
    with_oauth --header 'X-Key: s3cret' --query-secret "key=@$key"
    restsrc read "${oauth[@]}" "$list"
    exits 0
    [ "$(token_log '[.target, .headers["X-Key"]] | @csv' | grep -c s3cret)" -eq 0 ]
    [ "$(list_log '.headers["X-Key"]' | sort -u)" = s3cret ]
}

@test "--oauth-param must be NAME=VALUE" {
    list n=5
    with_oauth --oauth-param x
    restsrc read "${oauth[@]}" "$list"
    exits 64
}

# ---- one token for all ----

@test "30 processes at the same time ask for one token" {
    list "n=20,need=token,token-delay=0.1"
    with_oauth
    read_one() { "$RESTSRC" read "${oauth[@]}" "$list" >"$BATS_TEST_TMPDIR/out.$n"; }
    many 30 read_one
    [ "$(issued)" -eq 1 ]
    [ "$(token_log .status)" = 200 ]
    records_of_list >"$BATS_TEST_TMPDIR/records"
    for n in 1 17 30; do cmp "$BATS_TEST_TMPDIR/records" "$BATS_TEST_TMPDIR/out.$n"; done
}

@test "30 processes whose token is refused at the same time ask for one more" {
    list "n=20,need=token"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    sed -i 's/"access_token":"[^"]*"/"access_token":"revoked"/' "$XDG_CACHE_HOME"/restsrc/token-*
    read_one() { "$RESTSRC" read "${oauth[@]}" "$list" >/dev/null; }
    many 30 read_one
    [ "$(issued)" -eq 2 ]
}

@test "the cache is the user's alone, and another run takes the token from there" {
    umask 0
    list "n=5,need=token"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    restsrc count "${oauth[@]}" "$list"
    exits 0
    [ "$(issued)" -eq 1 ]
    [ "$(stat -c %a "$XDG_CACHE_HOME" "$XDG_CACHE_HOME/restsrc" "$XDG_CACHE_HOME"/restsrc/token-* | tr '\n' ' ')" = \
        "700 700 600 " ]
}

@test "another client, scope, audience, parameter or refresh token has another token" {
    list "n=5,need=token"
    for more in "" "--oauth-scope=a" "--oauth-scope=b" "--oauth-audience=a" "--oauth-param=a=b"; do
        with_oauth ${more:+"$more"}
        restsrc read "${oauth[@]}" "$list"
        exits 0
    done
    restsrc read --oauth-token-url "$scenario/token" --oauth-client-id other "$list"
    exits 0
    [ "$(issued)" -eq 6 ]
}

@test "the refresh tokens of two people do not share an access token" {
    list "n=5,need=token,refresh=first"
    with_oauth
    secret mine first
    secret yours second
    restsrc read "${oauth[@]}" --oauth-refresh-token-file "$mine" "$list"
    exits 0
    restsrc read "${oauth[@]}" --oauth-refresh-token-file "$yours" "$list"
    exits 77
    says "this refresh token has been used"
}

# ---- renewal ----

@test "a token is renewed a minute early" {
    list "n=5,need=token,expires=3600"
    with_oauth
    start=$(clock)
    restsrc read "${oauth[@]}" "$list"
    expires=$(cached | jq .expires)
    at_least "$expires" "$start + 3539"
    at_most "$expires" "$start + 3545"
    sed -i "s/\"expires\":[0-9.]*/\"expires\":$(clock)/" "$XDG_CACHE_HOME"/restsrc/token-*
    restsrc read "${oauth[@]}" "$list"
    exits 0
    [ "$(issued)" -eq 2 ]
    [ "$(list_log .status | sort -u)" = 200 ]
}

@test "a short-lived token is used for half its time, and one that says nothing until it is refused" {
    list "n=5,need=token,expires=60,expires-text"
    with_oauth
    start=$(clock)
    restsrc read "${oauth[@]}" "$list"
    at_most "$(cached | jq .expires)" "$start + 35"
    at_least "$(cached | jq .expires)" "$start + 29"
    list "n=500,need=token,no-expiry,lives=3"
    with_oauth
    restsrc read --parallel 1 "${oauth[@]}" "$list"
    exits 0
    wrote_records
    [ "$(issued)" -eq 2 ]
}

@test "tokens that expire in the middle of paging cost no record" {
    list "n=1000,need=token,lives=3"
    with_oauth
    for parallel in 1 4 16; do
        restsrc read --page-size 50 --parallel $parallel "${oauth[@]}" "$list"
        exits 0
        wrote_records
    done
    at_least "$(issued)" 19
    [ "$(list_log .status | sort -u | tr '\n' ' ')" = "200 401 " ]
}

@test "a token that has expired is renewed whatever the status that says so, once, but for what else is refused" {
    api <<'END'
SAYS = {
    "/drf": (400, {"detail": "Token has expired"}),
    "/facebook": (400, {"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}}),
    "/aws": (403, {"__type": "ExpiredTokenException", "message": "The security token in the request is expired"}),
    "/jwt": (422, {"msg": "jwt expired"}),
    "/iis": (440, "Login Timeout"),
    "/arcgis": (498, {"error": {"message": "Invalid token."}}),
}

def answer(r):
    if r.path == "/token":
        r.state["n"] = r.state.get("n", 0) + 1
        return {"access_token": f"token-number-{r.state['n']}", "expires_in": 3600}
    if r.path == "/never":
        return 400, {"detail": "Token has expired"}
    if r.path == "/card":
        return 400, {"detail": "the card has expired"}
    first = r.state.setdefault(r.path, r.headers["Authorization"])
    begin = int(r.query["offset"])
    if begin >= 20 and r.headers["Authorization"] == first:
        return SAYS[r.path]
    return [{"id": n} for n in range(begin, min(begin + 10, 45))]
END
    with_token=(--oauth-token-url "$api/token" --oauth-client-id me --page-size 10)
    tokens() { api_log '[.[] | select(.target == "/token")] | length'; }
    for kind in drf facebook aws jwt iis arcgis; do
        rm -rf "$XDG_CACHE_HOME"
        before=$(tokens)
        restsrc read "${with_token[@]}" "$api/$kind"
        exits 0
        says_nothing
        wrote_ids 0 44
        [ "$(tokens)" -eq $((before + 2)) ]
    done
    before=$(tokens)
    restsrc read "${with_token[@]}" "$api/never"
    exits 69
    says "Token has expired"
    [ "$(tokens)" -eq $((before + 1)) ]
    restsrc read "${with_token[@]}" "$api/card"
    exits 69
    [ "$(tokens)" -eq $((before + 1)) ]
}

@test "a token that is refused at once is renewed once, then 77" {
    list "n=5,need=bearer:another"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    exits 77
    [ "$(issued)" -eq 2 ]
    [ "$(list_log .status | tr '\n' ' ')" = "401 401 " ]
}

@test "a replaced refresh token is kept, for this process and the next" {
    list "n=500,need=token,lives=2,refresh=first,rotate"
    secret refresh first
    with_oauth --oauth-refresh-token-file "$refresh"
    restsrc read --parallel 1 "${oauth[@]}" "$list"
    exits 0
    wrote_records
    says_nothing
    restsrc read --parallel 1 "${oauth[@]}" "$list"
    exits 0
    wrote_records
    [ "$(token_log .status | sort -u)" = 200 ]
    at_least "$(issued)" 5
    [ "$(cat "$refresh")" = first ]
}

# ---- the cache on bad days ----

@test "a cache file that holds rubbish is as good as none" {
    list "n=5,need=token"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    file=$(echo "$XDG_CACHE_HOME"/restsrc/token-*)
    for rubbish in '' '{' '[]' 'null' '{"access_token":7}' '{"access_token":"a\r\nX: y"}' '{"access_token":""}' \
        $'\xff\xfe'; do
        printf %s "$rubbish" >"$file"
        restsrc read "${oauth[@]}" "$list"
        exits 0
        wrote_records
        jq -e .access_token "$file"
    done
    head -c 200000 /dev/zero >"$file"
    restsrc read "${oauth[@]}" "$list"
    exits 0
    jq -e .access_token "$file"
}

@test "a cache folder that others can write to is not used" {
    list "n=5,need=token"
    with_oauth
    mkdir -p "$XDG_CACHE_HOME/restsrc" "$BATS_TEST_TMPDIR/home"
    chmod 777 "$XDG_CACHE_HOME/restsrc"
    HOME=$BATS_TEST_TMPDIR/home restsrc read "${oauth[@]}" "$list"
    exits 0
    [ -z "$(ls "$XDG_CACHE_HOME/restsrc")" ]
    ls "$BATS_TEST_TMPDIR"/home/.cache/restsrc/token-*
}

@test "a cache file that is a link to somebody else's is not followed" {
    list "n=5,need=token"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    file=$(echo "$XDG_CACHE_HOME"/restsrc/token-*)
    echo victim >"$BATS_TEST_TMPDIR/victim"
    ln -sf "$BATS_TEST_TMPDIR/victim" "$file"
    restsrc read "${oauth[@]}" "$list"
    exits 0
    [ "$(cat "$BATS_TEST_TMPDIR/victim")" = victim ]
    says "tokens are not shared"
}

# no_places: nowhere to keep anything, but for temporary files.
no_places() {
    touch "$BATS_TEST_TMPDIR/file"
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/file HOME=$BATS_TEST_TMPDIR/file TMPDIR=$BATS_TEST_TMPDIR
    place=$TMPDIR/restsrc-$(id -u)
}

@test "without a home there is a place among the temporary files" {
    no_places
    list "n=5,need=token"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    restsrc read "${oauth[@]}" "$list"
    exits 0
    says_nothing
    [ "$(issued)" -eq 1 ]
    [ "$(stat -c %a "$place" "$place"/token-* | tr '\n' ' ')" = "700 600 " ]
}

@test "where nothing can be kept a replaced refresh token is not lost for the process, and that is said" {
    no_places
    mkdir -m 777 "$place"
    chmod 777 "$place"
    list "n=500,need=token,lives=2,refresh=first,rotate"
    secret refresh first
    with_oauth --oauth-refresh-token-file "$refresh"
    restsrc read --parallel 1 "${oauth[@]}" "$list"
    exits 0
    wrote_records
    says "no private cache folder" "replaced the refresh token"
    [ -z "$(ls "$place")" ]
}

# ---- the token URL on bad days ----

@test "a token URL that is away for a while is asked again" {
    list "n=5,need=token,token-fail=503:2"
    with_oauth
    restsrc read --retry-delay 0.01 "${oauth[@]}" "$list"
    exits 0
    wrote_records
    says "no token: the token URL answered HTTP 503" "try 2 of 6" "try 3 of 6"
    [ "$(token_log .status | tr '\n' ' ')" = "503 503 200 " ]
}

@test "dropped connections too" {
    list "n=5,need=token,token-fail=drop:2"
    with_oauth
    restsrc read --retry-delay 0.01 "${oauth[@]}" "$list"
    exits 0
    [ "$(token_log .method | wc -l)" -eq 3 ]
}

@test "Retry-After of the token URL is heeded" {
    list "n=5,need=token,token-fail=429:1,retry-after=1"
    with_oauth
    restsrc read --retry-delay 0.01 "${oauth[@]}" "$list"
    exits 0
    at_least "$(token_log .time | jq -s '.[1] - .[0]')" 0.95
}

@test "a token URL that stays away is 75, within --retry and --retry-max-time" {
    list "n=5,need=token,token-fail=500:1000"
    with_oauth
    restsrc read --retry 2 --retry-delay 0.01 "${oauth[@]}" "$list"
    exits 75
    says "no token" "HTTP 500"
    [ "$(token_log .status | wc -l)" -eq 3 ]
    restsrc read --retry 1000 --retry-delay 0.1 --retry-max-time 0.25 "${oauth[@]}" "$list"
    exits 75
    [ "$(token_log .status | wc -l)" -le 6 ]
    [ -z "$(list_log .target)" ]
    restsrc read --retry 1 --retry-delay 0.01 --oauth-token-url http://127.0.0.1:1/token --oauth-client-id me "$list"
    exits 75
    says "no token"
}

@test "20 processes do not wait for one another's retries" {
    list "n=5,need=token,token-fail=503:1000"
    with_oauth
    start=$(clock)
    read_one() { ! "$RESTSRC" read --retry 3 --retry-delay 0.3 "${oauth[@]}" "$list" 2>/dev/null; }
    many 20 read_one
    at_most "$(clock) - $start" 6 # one after the other would be 18
    [ "$(token_log .status | wc -l)" -ge 4 ] && [ "$(token_log .status | wc -l)" -le 80 ]
}

@test "who waits while another process asks takes its failure for a try of its own" {
    api <<'END'
import time
def answer(r):
    time.sleep(0.5)
    return 503, {"error": "temporarily_unavailable"}
END
    read_one() {
        code=0
        "$RESTSRC" read --retry 1 --retry-delay 0.01 --oauth-token-url "$api/token" --oauth-client-id me "$api/items" \
            2>"$BATS_TEST_TMPDIR/err.$n" || code=$?
        [ $code -eq 75 ]
    }
    start=$(clock)
    many 8 read_one
    at_most "$(clock) - $start" 4 # one after the other would be 8
    [ "$(api_log length)" -le 4 ]
    for n in 1 4 8; do grep -q "no token: the token URL answered HTTP 503" "$BATS_TEST_TMPDIR/err.$n"; done
}

@test "a failure of long ago is nobody's" {
    api <<'END'
def answer(r):
    if r.path == "/token":
        return ({"access_token": "tok-1234"} if r.n else (401, {"error": "invalid_client"}))
    return [{"id": 1}]
END
    for code in 77 0; do
        restsrc read --paginate none --oauth-token-url "$api/token" --oauth-client-id me "$api/items"
        exits $code
    done
    wrote '{"id":1}'
}

@test "a lock that a stopped process holds is waited for no longer than --connect-timeout" {
    list "n=5,need=token,token-hang"
    with_oauth
    "$RESTSRC" read "${oauth[@]}" "$list" 3>&- 2>/dev/null &
    stopped=$!
    eventually eval '[ "$(token_log .method)" = POST ]'
    kill -STOP $stopped
    key=$(echo "$XDG_CACHE_HOME"/restsrc/token-*)
    start=$(clock)
    restsrc read --connect-timeout 0.5 --max-time 1 --retry 0 "${oauth[@]}" "$list" # it hangs for us as well, but asks
    exits 75
    at_most "$(clock) - $start" 5
    [ "$(token_log .method | wc -l)" -eq 2 ]
    kill -KILL $stopped
    wait $stopped || true
    [ "$key" = "$(echo "$XDG_CACHE_HOME"/restsrc/token-*)" ]
}

@test "what is under way goes on while a token is renewed" {
    api <<'END'
import threading, time
lock = threading.Lock()
def answer(r):
    if r.path == "/token":
        with lock:
            r.state["n"] = r.state.get("n", 0) + 1
            if r.state["n"] == 2:
                return 429, {"error": "slow_down"}, {"Retry-After": "2"}
            return {"access_token": f"tok-{r.state['n']}", "expires_in": 2 if r.state["n"] == 1 else 3600}
    time.sleep(0.4)
    if r.method == "POST":
        with lock:
            r.state.setdefault("stored", []).extend(x["id"] for x in r.json)
        return 201, {"ok": True}
    if r.path == "/stored":
        return r.state["stored"]
    return [{"id": i} for i in range(int(r.query["offset"]), min(int(r.query["offset"]) + int(r.query["limit"]), 60))]
END
    status=0
    seq 100 | jq -c '{id: .}' | timeout 60 "$RESTSRC" write --parallel 4 --batch-size 5 --max-time 1.5 \
        --oauth-token-url "$api/token" --oauth-client-id me "$api/items" >"$BATS_TEST_TMPDIR/receipt" || status=$?
    [ $status -eq 0 ]
    [ "$(curl -sSf "$api/stored" | jq -c sort)" = "$(jq -nc '[range(1; 101)]')" ]
    [ "$(api_log '[.[] | select(.target == "/token")] | length')" -ge 3 ]
}

@test "a refresh token that is good for one use serves jobs of several scopes" {
    api <<'END'
def answer(r):
    s = r.state
    if r.path == "/token":
        if r.form["refresh_token"] != s.get("good", "refresh-0"):
            return 400, {"error": "invalid_grant", "error_description": "it was used before"}
        s["n"] = s.get("n", 0) + 1
        s["good"] = f"refresh-{s['n']}"
        return {"access_token": f"access-{s['n']}", "expires_in": 3600, "refresh_token": s["good"]}
    ok = r.headers.get("Authorization") == f"Bearer access-{s['n']}"
    return [{"id": 1}] if ok else (401, {"error": "expired"}) # a new one ends the others
END
    secret refresh refresh-0
    refreshing=(--paginate none --oauth-token-url "$api/token" --oauth-client-id me
        --oauth-refresh-token-file "$refresh")
    for scope in orders items orders customers; do
        restsrc read "${refreshing[@]}" --oauth-scope $scope "$api/items"
        exits 0
        wrote '{"id":1}'
    done
    shown=$(api_log '.[] | select(.target == "/token") | .body | capture("refresh_token=(?<t>[^&]*)").t' -r)
    [ "$shown" = "$(printf "refresh-%d\n" 0 1 2 3)" ]
    [ "$(stat -c %a "$XDG_CACHE_HOME"/restsrc/refresh-*)" = 600 ]
    says_nothing
    rm -r "$XDG_CACHE_HOME"
    restsrc read "${refreshing[@]}" "$api/items"
    exits 77
    says "it was used before" "refresh token is no longer good"
    says_not refresh-0
}

@test "a token URL that refuses is 77 at once, with what it says; one that is not there is 69" {
    list 'n=5,client=me:right'
    secret secret wrong
    with_oauth --oauth-client-secret-file "$secret"
    restsrc read "${oauth[@]}" "$list"
    exits 77
    says "HTTP 401: invalid_client (right id and secret? Else try --oauth-auth body)"
    [ "$(token_log .status | wc -l)" -eq 1 ]
    list "n=5"
    restsrc read --oauth-token-url "$scenario/none" --oauth-client-id me "$list"
    exits 69
}

@test "a token URL that answers something else is 76" {
    for say in '{}' '[]' 'null' '{"access_token":null}' '{"access_token":""}' '<html>' '{"access_token":"a\r\nb"}' \
        ''; do
        list "n=5,token-say=$(encoded "$say")"
        with_oauth
        restsrc read "${oauth[@]}" "$list"
        exits 76
        says "without an access_token"
    done
    list "n=5,token-status=302,token-say=x"
    with_oauth
    restsrc read "${oauth[@]}" "$list"
    exits 76
}

@test "SIGTERM ends the wait for a token at once: for its answer, for the next try, for another process" {
    for words in token-hang token-fail=503:1000; do
        list "n=5,$words"
        with_oauth
        "$RESTSRC" read --retry-delay 50 "${oauth[@]}" "$list" 3>&- 2>/dev/null &
        child=$!
        eventually eval '[ "$(token_log .method)" = POST ]'
        if [ $words = token-hang ]; then
            "$RESTSRC" read "${oauth[@]}" "$list" 3>&- 2>/dev/null &
            waiting=$!
            eventually eval 'ls -l "/proc/$waiting/fd" | grep -q /token-' # of which the other one has the lock
            kill -TERM "$waiting"
            status=0
            wait "$waiting" || status=$?
            [ "$status" -eq 143 ]
        fi
        kill -TERM "$child"
        status=0
        wait "$child" || status=$?
        [ "$status" -eq 143 ]
    done
}

@test "--verbose shows what is asked of the token URL, and no token" {
    list "n=5,need=token"
    secret secret s3cret-value
    with_oauth --oauth-client-secret-file "$secret"
    restsrc read --verbose "${oauth[@]}" "$list"
    exits 0
    says "> POST $scenario/token" "< 200 $scenario/token"
    says_not s3cret-value "$(cached | jq -r .access_token)"
}
