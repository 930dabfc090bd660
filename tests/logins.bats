# Logins of single APIs: programs that print credentials (--auth-command), and what is nearly OAuth 2.
# shellcheck disable=SC2089,SC2090 # the quotes in texts are JSON's

load helpers
load guard # secret

# program NAME <<'END': a Python program on stdin; sets $program.
program() {
    program=$BATS_TEST_TMPDIR/$1
    { echo "#!$(command -v "$PYTHON3")"; cat; } >"$program"
    chmod 700 "$program"
}

# shows TEXT: $out is that.
shows() { [ "$(cat "$out")" = "$1" ] || { cat "$out"; return 1; }; }

# An API that takes what the last run of the program gave, and counts the runs in the file $runs.
counting_program() {
    runs=$BATS_TEST_TMPDIR/runs
    : >"$runs"
    program login <<END
import json
with open("$runs", "a") as f:
    f.write("x")
n = len(open("$runs").read())
print(json.dumps({"headers": {"X-Session": f"session-{n}", "X-Tenant": "tenant-1234"}, "expires_in": 3600}))
END
    api <<END
def answer(r):
    n = len(open("$runs").read())
    if r.headers.get("X-Session") != f"session-{max(n, r.state.get('least', 0))}":
        return 401, {"error": "unknown session"}
    if r.headers.get("X-Tenant") != "tenant-1234":
        return 403, {"error": "which tenant?"}
    first = int(r.query.get("offset", 0))
    return [{"id": i} for i in range(first, min(first + int(r.query.get("limit", 100)), 250))]
END
}

@test "--auth-command: its headers go with every request, from one run for all processes" {
    counting_program
    pids=()
    for n in 1 2 3 4 5 6; do
        "$RESTSRC" read --auth-command "$program" "$api/items" >"$BATS_TEST_TMPDIR/out.$n" 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    for n in 1 6; do [ "$(wc -l <"$BATS_TEST_TMPDIR/out.$n")" -eq 250 ]; done
    [ "$(cat "$runs")" = x ]
    [ "$(stat -c %a "$XDG_CACHE_HOME"/restsrc/token-*)" = 600 ]
}

@test "--auth-command runs again when its headers are refused, and once only for what never works" {
    counting_program
    restsrc read --auth-command "$program" "$api/items"
    exits 0
    sed -i 's/session-1/session-0/' "$XDG_CACHE_HOME"/restsrc/token-*
    restsrc read --auth-command "$program" "$api/items"
    exits 0
    wrote_ids 0 249
    [ "$(cat "$runs")" = xx ]
    program other <<<'print("X-Session: wrong-session")'
    restsrc read --auth-command "$program" "$api/items"
    exits 77
    [ "$(api_log '[.[] | select(.headers["X-Session"] == "wrong-session")] | length')" -le 2 ]
    says_not wrong-session
}

@test "--auth-command prints lines, or JSON, or a token, which {token} takes" {
    api <<'END'
def answer(r):
    return {"items": [{"seen": r.headers.get("Authorization"), "own": r.headers.get("X-Auth")}]}
END
    program login <<'END'
import sys
print({"lines": "Authorization: Custom abcdefgh\nX-Auth:  second-one\n",
       "json": '{"headers": {"Authorization": "Custom abcdefgh"}}',
       "token": '{"access_token": "abcdefgh", "expires_in": 60}'}[sys.argv[1]])
END
    call() { restsrc call --auth-command "$program $1" "${@:2}" "$api/items"; exits 0; }
    call lines
    shows '{"items": [{"seen": "Custom abcdefgh", "own": "second-one"}]}'
    call json
    shows '{"items": [{"seen": "Custom abcdefgh", "own": null}]}'
    call token
    shows '{"items": [{"seen": "Bearer abcdefgh", "own": null}]}'
    call "'token'" --header 'X-Auth: key={token}'
    shows '{"items": [{"seen": null, "own": "key=abcdefgh"}]}'
}

@test "--auth-command knows quotes, and no shell; it gets no input and none of our files" {
    api <<'END'
def answer(r):
    return r.headers.get("X-Args", "")
END
    program login <<'END'
import json, os, sys
names = [f"/proc/self/fd/{fd}" for fd in range(3, 64)]
files = [n for n in names if os.path.exists(n) and not os.readlink(n).startswith("/proc")]
print("X-Args:", json.dumps([sys.argv[1:], sys.stdin.read(), files]))
END
    echo 'query = a=b' >"$BATS_TEST_TMPDIR/config"
    restsrc call --config-fd 9 --auth-command "$program \"a b\" 'c\"d' e\\ f \$HOME ; ls" "$api/x" \
        9<"$BATS_TEST_TMPDIR/config"
    exits 0
    shows '[["a b", "c\"d", "e f", "$HOME", ";", "ls"], "", []]'
    for wrong in '' '  ' "'open"; do
        restsrc call --auth-command "$wrong" "$api/x"
        exits 64
    done
}

@test "--auth-command that fails says why: not there, exit code, signal, other output" {
    api <<<'def answer(r): return []'
    restsrc read --auth-command /nowhere/login "$api/x"
    exits 66
    says "--auth-command can't be run" "No such file"
    program fails <<'END'
import sys
sys.exit("vault is sealed\nask \x1b[31mits owner")
END
    restsrc read --auth-command "$program" "$api/x"
    exits 77
    says "exit code 1: ask" "its owner"
    shows_plain_text "$err"
    program dies <<<'import os; os.kill(os.getpid(), 9)'
    restsrc read --auth-command "$program" "$api/x"
    exits 77
    says "signal 9"
    for output in "" "no header" '{"headers": {}}' '{"headers": {"A": 1}}' '{"headers": {"A": "b\nC: d"}}' '[]'; do
        program prints <<END
print('''${output//\\/\\\\}''')
END
        restsrc read --auth-command "$program" "$api/x"
        exits 76
        says "--auth-command printed neither"
    done
    [ "$(api_log length)" -eq 0 ]
}

@test "a signal ends a run whose --auth-command hangs, and the program with it" {
    api <<<'def answer(r): return []'
    program hangs <<END
import os, time
open("$BATS_TEST_TMPDIR/pid", "w").write(str(os.getpid()) + "\n")
time.sleep(1000)
END
    "$RESTSRC" read --auth-command "$program" "$api/x" 3>&- &
    run=$!
    eventually test -s "$BATS_TEST_TMPDIR/pid"
    kill -TERM $run
    status=0
    wait $run || status=$?
    [ $status -eq 143 ]
    eventually eval '! kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")" 2>/dev/null'
}

@test "what goes to another origin has none of it" {
    counting_program
    first=$api
    api <<<'def answer(r): return [{"id": 1, "has": r.headers.get("X-Session")}]'
    restsrc read --paginate none --auth-command "$program" --trust-host 127.0.0.1 "$first/items?limit=1"
    exits 0
    api_first=$api
    api <<END
def answer(r):
    return 302, "", {"Location": "$api_first/items"}
END
    restsrc read --paginate none --auth-command "$program" --trust-host 127.0.0.1 "$api/items"
    exits 0
    wrote '{"id":1,"has":null}'
}

# ---- nearly OAuth ----

@test "--oauth-data: the body as it is, JSON or a form; --oauth-token-path: the token under another name" {
    api <<'END'
def answer(r):
    if r.path == "/login":
        kind = r.headers.get("Content-Type")
        if kind == "application/json" and r.json == {"user": "me", "password": "s3cret-word"}:
            return {"data": {"auth": {"jwt": "tok-1234", "expires_in": 100}}}
        if kind == "application/x-www-form-urlencoded" and r.form == {"user": "me", "password": "s3cret-word"}:
            return {"data": {"auth": {"jwt": "tok-1234", "expires_in": 100}}}
        return 400, {"error": f"{kind} {r.body}"}
    return [{"id": 1}] if r.headers.get("Authorization") == "Bearer tok-1234" else (401, {})
END
    for data in '{"user": "me", "password": "s3cret-word"}' 'user=me&password=s3cret-word'; do
        secret body "$data"
        for path in data.auth.jwt /data/auth/jwt '$.data.auth.jwt'; do
            rm -rf "$XDG_CACHE_HOME"
            restsrc read --paginate none --oauth-token-url "$api/login" --oauth-data "@$body" \
                --oauth-token-path "$path" "$api/items"
            exits 0
            wrote '{"id":1}'
            at_most "$(jq .expires "$XDG_CACHE_HOME"/restsrc/token-*)" "$(clock) + 51"
        done
    done
    secret body '{"user": "you", "password": "s3cret-word"}'
    restsrc read --paginate none --oauth-token-url "$api/login" --oauth-data "@$body" "$api/items"
    exits 77
    says_not s3cret-word
    restsrc read --oauth-token-url "$api/login" --oauth-data 'user=me' "$api/items"
    exits 64
}

@test "a token in another place: the names of what is there are told" {
    api <<<'def answer(r): return {"success": True, "tokenData": {"access_token": "tok-1234"}}'
    restsrc read --oauth-token-url "$api/token" --oauth-client-id me "$api/items"
    exits 76
    says "without an access_token" "success, tokenData" "--oauth-token-path"
    says_not tok-1234
}

@test "an answer that is nothing but a token: \$ takes it, and without it, or cut short, none is told" {
    api <<'END'
TOKEN = "eyJhbGciOiJIUzI1NiJ9.cGF5bG9hZA.c2lnbmF0dXJl"
ANSWERS = {
    "/text": (200, TOKEN, {"Content-Type": "text/plain"}),
    "/string": (200, f'"{TOKEN}"'),
    "/cut": (200, f'{{"access_token": "{TOKEN}"'),
    "/said": (200, f"Your token: {TOKEN}"),
    "/message": {"message": TOKEN},
    "/refused": (400, TOKEN),
}

def answer(r):
    if r.path in ANSWERS:
        return ANSWERS[r.path]
    return [{"id": 1}] if r.headers.get("Authorization") == f"Bearer {TOKEN}" else (401, {})
END
    for kind in text string cut said message refused; do
        restsrc read --paginate none --oauth-token-url "$api/$kind" --oauth-client-id me -v -v "$api/items"
        [[ $status == 7[67] ]]
        says "token URL answered"
        says_not eyJhbGci c2lnbmF0dXJl
    done
    for kind in text string; do
        restsrc read --paginate none --oauth-token-url "$api/$kind" --oauth-client-id me "$api/items"
        says "its path is \$"
        restsrc read --paginate none --oauth-token-url "$api/$kind" --oauth-client-id me --oauth-token-path '$' \
            "$api/items"
        exits 0
        wrote '{"id":1}'
        rm -rf "$XDG_CACHE_HOME"
    done
}

@test "{token} in a --header: another header or prefix; in a write it is not the record's" {
    api <<'END'
def answer(r):
    if r.path == "/token":
        return {"access_token": "tok-1234"}
    seen = [r.headers.get("Authorization"), r.headers.get("X-Auth")]
    if seen not in (["Zoho-oauthtoken tok-1234", None], [None, "tok-1234"]):
        return 401, {"error": str(seen)}
    return (201, {}) if r.method == "POST" else [{"id": 1}]
END
    with_token=(--oauth-token-url "$api/token" --oauth-client-id me)
    for header in 'Authorization: Zoho-oauthtoken {token}' 'X-Auth: {token}'; do
        restsrc read --paginate none "${with_token[@]}" --header "$header" "$api/items"
        exits 0
        wrote '{"id":1}'
        echo '{"token": "of the record"}' |
            "$RESTSRC" write "${with_token[@]}" --header "$header" "$api/items" >"$BATS_TEST_TMPDIR/receipt"
    done
    secret bearer tok-1234
    restsrc read --paginate none --bearer-file "$bearer" --header 'X-Auth: {token}' "$api/items"
    exits 0
}

@test "--on 403=renew: a token that ends in the middle of a list, where the API says 403" {
    api <<'END'
def answer(r):
    if r.path == "/token":
        r.state["token"] = r.state.get("token", 0) + 1
        return {"access_token": f"tok-{r.state['token']}", "expires_in": 3600}
    begin = int(r.query["offset"])
    if r.headers.get("X-Access-Token") != ("tok-1" if begin < 100 and r.state["token"] == 1 else "tok-2"):
        return 403, {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied."}]}
    return [{"id": n} for n in range(begin, min(begin + 100, 250))]
END
    with_token=(--oauth-token-url "$api/token" --oauth-client-id me --header 'X-Access-Token: {token}')
    restsrc read "${with_token[@]}" --on 403=renew "$api/items"
    exits 0
    wrote_ids 0 249
}

@test "a form as the token's answer, and errors in a 200" {
    answers_token() {
        api <<END
def answer(r):
    if r.path == "/token":
        return 200, r"""$1""", {"Content-Type": "$2"}
    return [{"id": 1}] if r.headers.get("Authorization") == "Bearer tok=12 34" else (401, {})
END
        restsrc read --paginate none --oauth-token-url "$api/token" --oauth-client-id me "$api/items"
    }
    answers_token 'access_token=tok%3D12+34&scope=&token_type=bearer' application/x-www-form-urlencoded
    exits 0
    answers_token 'error=bad_verification_code&error_description=The+code+is+wrong' application/x-www-form-urlencoded
    exits 77
    says "HTTP 200: The code is wrong"
    answers_token '{"ok": false, "error": "bad_client_secret"}' application/json
    exits 77
    says "bad_client_secret"
}

@test "a redirect of the token URL says where to" {
    api <<<'def answer(r): return 302, "", {"Location": "/oauth2/v2/token?code=abcdefgh"}'
    restsrc read --oauth-token-url "$api/token" --oauth-client-id me "$api/items"
    exits 76
    says "HTTP 302, which leads to $api/oauth2/v2/token?code=***"
}

@test "any grant_type, once; the cache is keyed without the assertion, but by whom it stands for" {
    api <<'END'
import urllib.parse
def answer(r):
    if r.path == "/token":
        fields = urllib.parse.parse_qsl(r.body.decode())
        if [v for k, v in fields if k == "grant_type"] != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return 400, {"error": "unsupported_grant_type"}
        return {"access_token": "tok-1234", "expires_in": 3600}
    return [{"id": 1}]
END
    jwt() { "$PYTHON3" -c '
import base64, json, sys
b = lambda o: base64.urlsafe_b64encode(json.dumps(o).encode()).decode().rstrip("=")
claims = {"iss": "me", "sub": sys.argv[1], "exp": int(sys.argv[2]), "jti": sys.argv[2]}
print(b({"alg": "none"}) + "." + b(claims) + ".c2ln")
' "$@"; }
    for claims in ann:1 ann:2 bob:3 ann:4; do
        echo "oauth-param = assertion=$(jwt "${claims%:*}" "${claims#*:}")" >"$BATS_TEST_TMPDIR/config"
        chmod 600 "$BATS_TEST_TMPDIR/config"
        restsrc read --paginate none --config "$BATS_TEST_TMPDIR/config" --oauth-token-url "$api/token" \
            --oauth-client-id me --oauth-param grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer "$api/items"
        exits 0
    done
    [ "$(api_log '[.[] | select(.target == "/token")] | length')" -eq 2 ]
}

@test "--oauth-write-refresh-token: the file holds the newest, and is what processes share" {
    api <<'END'
def answer(r):
    s = r.state
    if r.path == "/token":
        if r.form["refresh_token"] != s.get("good", "refresh-0"):
            return 400, {"error": "invalid_grant"}
        s["n"] = s.get("n", 0) + 1
        s["good"] = f"refresh-{s['n']}"
        return {"access_token": f"access-{s['n']}", "expires_in": 3600, "refresh_token": s["good"]}
    return [{"id": 1}] if r.headers.get("Authorization") == f"Bearer access-{s['n']}" else (401, {})
END
    secret refresh refresh-0
    for scope in a b a; do
        restsrc read --paginate none --oauth-token-url "$api/token" --oauth-client-id me --oauth-scope $scope \
            --oauth-refresh-token-file "$refresh" --oauth-write-refresh-token "$api/items"
        exits 0
        says_nothing
    done
    [ "$(cat "$refresh")" = refresh-3 ]
    [ "$(stat -c %a "$refresh")" = 600 ]
    [ "$(echo "$refresh"*)" = "$refresh" ]
    rm -r "$XDG_CACHE_HOME" # the file is enough
    restsrc read --paginate none --oauth-token-url "$api/token" --oauth-client-id me \
        --oauth-refresh-token-file "$refresh" --oauth-write-refresh-token "$api/items"
    exits 0
    restsrc read --oauth-token-url "$api/token" --oauth-client-id me --oauth-write-refresh-token "$api/items"
    exits 64
}

@test "a token's file with a BOM, blanks or the word Bearer in front; UTF-16 is named" {
    api <<<'def answer(r): return [{"id": 1}] if r.headers.get("Authorization") == "Bearer tok-1234" else (401, {})'
    token=$BATS_TEST_TMPDIR/token
    for text in '\xef\xbb\xbftok-1234\n' '  tok-1234 \t\r\n' 'Bearer tok-1234' 'bearer   tok-1234\n'; do
        printf %b "$text" >"$token"
        chmod 600 "$token"
        restsrc read --paginate none --bearer-file "$token" "$api/items"
        exits 0
        says_nothing
    done
    printf 'tok-1234\n' | iconv -t UTF-16 >"$token"
    restsrc read --paginate none --bearer-file "$token" "$api/items"
    exits 78
    says "UTF-16"
    for text in ' \n' 'Bearer \n'; do
        printf %b "$text" >"$token"
        restsrc read --paginate none --bearer-file "$token" "$api/items"
        exits 78
    done
}
