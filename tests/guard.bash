# What the bats files about credentials share, on top of helpers.bash. A test reads like
#
#     list need=bearer:s3cret        as in helpers.bash, of a server that wants credentials (tests/servers/guard.py)
#     secret token s3cret-value      writes the file $token
#     restsrc read --bearer-file "$token" "$list"

start_guard() { start_server "$PYTHON3" "$tests/servers/guard.py"; }

# secret NAME VALUE: a file that only we can read, and its path in $NAME.
secret() {
    printf '%s' "$2" >"$BATS_TEST_TMPDIR/$1"
    chmod 600 "$BATS_TEST_TMPDIR/$1"
    printf -v "$1" %s "$BATS_TEST_TMPDIR/$1"
}

# hidden_list WORDS LINE...: a list whose words in LINE... stand in no URL.
hidden_list() {
    printf '%s\n' "${@:2}" >"$BATS_TEST_TMPDIR/words"
    list "${1:+$1,}more=$(encoded "$BATS_TEST_TMPDIR/words")"
}

# The token URL of the scenario, as options; more options follow.
with_oauth() { oauth=(--oauth-token-url "$scenario/token" --oauth-client-id me "$@"); }

issued() { curl -sSf "$scenario/_issued"; }

# What the server saw of the token URL, and of anything else, through a jq filter over one request.
token_log() { curl -sSf "$scenario/_log" | jq -r "select(.target | endswith(\"/token\")) | $1"; }
list_log() { curl -sSf "$scenario/_log" | jq -r "select(.target | endswith(\"/token\") | not) | $1"; }

# The times of the requests to the list, in seconds since the first, one a line.
times() { list_log .time | jq -s '.[0] as $t | map(. - $t)[]'; }

# at_least A B: A >= B, for numbers with fractions.
at_least() { jq -ne "($1) >= ($2)" >/dev/null || { echo "$1 is less than $2"; return 1; }; }
at_most() { jq -ne "($1) <= ($2)" >/dev/null || { echo "$1 is more than $2"; return 1; }; }

# A Unix time with fractions.
clock() { echo "$EPOCHREALTIME"; }

# A text as one word of a scenario, or of a URL.
encoded() { jq -rn --arg t "$1" '$t | @uri'; }
