# A secret in every place that takes one is looked for in every place where it must not be: the list of processes,
# environments, messages, other servers.
load helpers
load guard
setup_file() { start_guard; }
teardown_file() { stop_server; }

# Every secret of these tests, in any spelling, has this in it. (The server's words about them are in files: see
# hidden_list.)
mark=Zq7

# A case is a way to give secrets: its name, then what the server wants, then the options. $case_options and
# $case_words.
cases="bearer bearer_config user user_config netrc header header_inline header_config cookie query_secret
    query_secret_config oauth oauth_body oauth_config oauth_data refresh auth_command key_password
    sigv4 url_user url_query query_named proxy_config
    $(printf 'typed_%s ' jwt sig pwd auth sessionid code X-Goog-Signature X-Auth: X-Session: X-Credential:)"
a_case() {
    case_words=() case_options=() case_config="" case_url=$list
    case $1 in
        bearer) secret token ${mark}-token; case_options=(--bearer-file "$token");
            case_words=("need=bearer:${mark}-token") ;;
        bearer_config) case_config="bearer = ${mark}-token"; case_words=("need=bearer:${mark}-token") ;;
        user) secret user "me:${mark}:pass word%"; case_options=(--user-file "$user");
            case_words=("need=basic:me:${mark}:pass word%") ;;
        user_config) case_config="user = me:${mark}-pass"; case_words=("need=basic:me:${mark}-pass") ;;
        netrc) secret netrc "machine 127.0.0.1 login me password ${mark}-pass"; case_options=(--netrc-file "$netrc");
            case_words=("need=basic:me:${mark}-pass") ;;
        header) secret header "X-Tenant: ${mark}-tenant"; case_options=(--header "@$header");
            case_words=("need=header:X-Tenant:${mark}-tenant") ;;
        header_inline) case_config="header = X-Api-Key: ${mark}-key";
            case_words=("need=header:X-Api-Key:${mark}-key") ;;
        header_config) case_config="header = X-Tenant: ${mark}-tenant";
            case_words=("need=header:X-Tenant:${mark}-tenant") ;;
        cookie) secret header "Cookie: session=${mark}-0123456789; theme=dark"; case_options=(--header "@$header") ;;
        query_secret) secret key "${mark}/k y&%"; case_options=(--query-secret "k=@$key");
            case_words=("need=query:k:${mark}/k y&%") ;;
        query_secret_config) case_config="query-secret = k=${mark}-key"; case_words=("need=query:k:${mark}-key") ;;
        oauth) secret secret "${mark} s3:c%t"; with_oauth --oauth-client-secret-file "$secret";
            case_options=("${oauth[@]}"); case_words=("client=me:${mark} s3:c%t") ;;
        oauth_body) secret secret "${mark} s3:c%t"; with_oauth --oauth-auth body --oauth-client-secret-file "$secret";
            case_options=("${oauth[@]}"); case_words=("client=me:${mark} s3:c%t") ;;
        oauth_config) with_oauth; case_options=("${oauth[@]}"); case_config="oauth-client-secret = ${mark}-secret";
            case_words=("client=me:${mark}-secret") ;;
        refresh) secret refresh ${mark}-refresh; with_oauth --oauth-refresh-token-file "$refresh";
            case_options=("${oauth[@]}"); case_words=("refresh=${mark}-refresh" rotate) ;;
        oauth_data) secret body "grant_type=client_credentials&client_id=me&password=${mark}-pass";
            case_options=(--oauth-token-url "$scenario/token" --oauth-data "@$body");
            case_words=("form=password:${mark}-pass") ;;
        auth_command) secret header "X-Session: ${mark}-session"; case_options=(--auth-command "cat '$header'");
            case_words=("need=header:X-Session:${mark}-session") ;;
        key_password) secret phrase "${mark}-phrase"; case_options=(--key-password-file "$phrase") ;;
        sigv4) secret user AKID:${mark}-key; case_options=(--aws-sigv4 aws:amz:r:s --user-file "$user");
            case_words=("sigv4=AKID:${mark}-key:r:s") ;;
        url_user) case_config="url = ${list/:\/\//://me:${mark}-pass@}"; case_words=("need=basic:me:${mark}-pass");
            case_url="" ;;
        url_query) case_config="url = $list?api_key=${mark}-key"; case_words=("need=query:api_key:${mark}-key");
            case_url="" ;;
        query_named) case_config="query = access_token=${mark}-key";
            case_words=("need=query:access_token:${mark}-key") ;;
        proxy_config) case_config="proxy = http://me:${mark}-pass@127.0.0.1:1" ;;
        typed_*:) name=${1#typed_} name=${name%:}; case_options=(--header "$name: ${mark}-key");
            case_words=("need=header:$name:${mark}-key") ;;
        typed_*) name=${1#typed_}; case_options=(--query "$name=${mark}-key");
            case_words=("need=query:$name:${mark}-key") ;;
    esac
}

# run_case NAME WORDS OPTION...: restsrc $command (read) as that case has it, of a list with WORDS, and with OPTION...;
# $err and $out.
commands="read count write call check"
run_case() {
    prepare_case "$1" "$2"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    echo '{"i":1}' |
        timeout 60 "$RESTSRC" "${command:=read}" --retry 0 "${@:3}" "${case_options[@]}" >"$out" 2>"$err" || status=$?
    [ "$command" != call ] || : >"$out" # the body is the server's, verbatim
}

prepare_case() {
    words=$BATS_TEST_TMPDIR/words config=$BATS_TEST_TMPDIR/config
    list "n=25,case=$1${2:+,$2},more=${words//\//%2F}"
    a_case "$1"
    printf '%s\n' "${case_words[@]}" >"$words"
    printf '%s\n' "$case_config" >"$config"
    chmod 600 "$config"
    case_options+=(--config "$config" ${case_url:+"$case_url"})
}

# Of all that the tool wrote; also of the tokens it was issued, and of Basic's encoding.
mapfile -t basic_of < <(printf 'me:%s-pass' $mark | base64; printf 'me:%s:pass word%%' $mark | base64)
tells_no_secret() {
    ! grep -F -e "$mark" -e issued- -e rotated- -e "${basic_of[0]}" -e "${basic_of[1]}" "$err" "$out" ||
        { echo "that was $command, case $1"; return 1; }
}

@test "each case is one that the server lets through" {
    for name in $cases; do
        run_case "$name" "" --page-size 10
        [ "$name" = proxy_config ] || exits 0
    done
}

@test "secrets are in no command line and no environment while requests are under way" {
    for name in $cases; do
        [[ $name != proxy_config && $name != typed_* ]] || continue
        prepare_case "$name" hang=10
        "$RESTSRC" read --page-size 10 "${case_options[@]}" >/dev/null 2>&1 3>&- &
        child=$!
        eventually eval '[ -n "$(list_log "select(.target | contains(\"offset=10\")) | .method")" ]'
        for place in cmdline environ; do
            tr '\0' '\n' <"/proc/$child/$place" >"$BATS_TEST_TMPDIR/place"
            ! grep -F "$mark" "$BATS_TEST_TMPDIR/place" || { echo "case $name, $place"; kill "$child"; return 1; }
        done
        [ "$(find "/proc/$child/task/$child" -name children -exec cat {} +)" = "" ]
        kill "$child"
        wait "$child" || true
    done
}

@test "a run that goes well tells no secret, with --verbose and --trace-ids, and check none of its own command line" {
    for command in $commands; do
        for name in $cases; do
            run_case "$name" "" --verbose --trace-ids
            tells_no_secret "$name"
        done
    done
}

@test "an error body that repeats what was sent tells no secret, as JSON, as text, or cut in the middle of it" {
    for name in $cases; do
        for try in "error text" "error:503 json --retry=1 --retry-delay=0.001" "error:401:285 text" \
            "error:400:290 json" "text text"; do
            read -ra words <<<"$try"
            run_case "$name" "echo=${words[0]}" --verbose --error-format "${words[@]:1}"
            [ "$status" -ne 0 ]
            tells_no_secret "$name"
        done
        for command in $commands; do
            run_case "$name" echo=error --verbose
            [ "$status" -ne 0 ]
            tells_no_secret "$name"
        done
        command="read"
    done
}

@test "a good answer that is an error, and repeats what was sent, tells no secret" {
    secret token "$mark-$(printf 'x%.0s' {1..600})"
    for text in "no list for $(cat "$token")" "$(printf 'y%.0s' {1..150}) $(cat "$token") z"; do
        printf 'body=%s\n' "$(jq -nc --arg t "$text" '{error: $t}')" >"$BATS_TEST_TMPDIR/words"
        list "n=5,more=$(encoded "$BATS_TEST_TMPDIR/words"),l=${#text}"
        restsrc read --bearer-file "$token" "$list"
        exits 76
        tells_no_secret body
    done
}

@test "redirects and next links that repeat what was sent tell no secret, here and elsewhere" {
    for name in $cases; do
        for words in "echo=redirect:" "echo=redirect:$(encoded "${server/127.0.0.1/localhost}")"; do
            for command in $commands; do
                run_case "$name" "$words" --verbose
                tells_no_secret "$name"
            done
        done
    done
    for base in "$server" "${server/127.0.0.1/localhost}"; do
        secret key "${mark}/k y&%"
        printf '%s\n' "need=query:k:${mark}/k y&%" >"$BATS_TEST_TMPDIR/words"
        list "n=25,links=$(encoded "$base"),more=$(encoded "$BATS_TEST_TMPDIR/words")"
        restsrc read --verbose --paginate next-url --query-secret "k=@$key" "${list/items/links}" --summary-fd 4 \
            4>"$BATS_TEST_TMPDIR/summary"
        tells_no_secret links
        ! grep -F "$mark" "$BATS_TEST_TMPDIR/summary" || false
    done
}

@test "a summary says whether its next cursor has a secret in it" {
    summary=$BATS_TEST_TMPDIR/summary
    list "n=25"
    restsrc read --paginate next-url --limit 10 --query "jwt=$mark-key" "${list/items/links}" --summary-fd 4 \
        4>"$summary"
    exits 0
    [ "$(jq -c '[.cursor_is_secret, (.next_cursor | contains("key"))]' "$summary")" = "[true,true]" ]
    restsrc read --paginate next-url --limit 10 --query "tenant=$mark-key" "${list/items/links}" --summary-fd 4 \
        4>"$summary"
    exits 0
    [ "$(jq -c '[.cursor_is_secret, (.next_cursor | contains("key"))]' "$summary")" = "[false,true]" ]
    restsrc read "$list" --summary-fd 4 4>"$summary"
    [ "$(jq .cursor_is_secret "$summary")" = false ]
}

@test "what an answer says of single records tells no secret, in whatever way its JSON spells it" {
    secret token "$mark/a\"b+c=="
    for text in "$mark/a\\\"b+c==" "$mark\\/a\\u0022b+c=="; do
        body="[{\"error\":\"not with $text\"},{\"error\":\"nor with $text\"},{}]"
        printf 'in=body\nbody=%s\n' "$body" >"$BATS_TEST_TMPDIR/words"
        list "n=1,more=$(encoded "$BATS_TEST_TMPDIR/words"),l=${#text}"
        out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
        seq 3 | "$RESTSRC" write --bearer-file "$token" --max-rejects 1 "$list" >"$out" 2>"$err" || status=$?
        exits 69
        says "input line 1 was rejected: \"not with ***" "input line 2 was rejected: \"nor with ***"
        tells_no_secret records
    done
}

@test "a token URL that repeats what was sent tells no secret" {
    for name in oauth oauth_body oauth_config refresh; do
        for format in text json; do
            run_case "$name" token-echo --verbose --error-format $format
            exits 77
            says "not with"
            tells_no_secret "$name"
        done
    done
}

@test "servers that are not there, wrong pages, retries and counts tell no secret" {
    for name in $cases; do
        for words in html fail=500:1,cut=10:20; do
            for command in $commands; do
                run_case "$name" "$words" --verbose --retry 1 --retry-delay 0.001
                tells_no_secret "$name"
            done
        done
    done
    for name in bearer user query_secret; do
        a_case "$name"
        restsrc count --verbose --retry 0 "${case_options[@]}" http://127.0.0.1:1/items
        exits 75
        tells_no_secret "$name"
    done
}

# A page whose next link is $1.
leads_to() {
    printf 'body=%s\n' "$(jq -nc --arg n "$1" '{results: [{a: 1}], next: $n}')" >"$BATS_TEST_TMPDIR/words"
    list "n=5,link=$((++links)),more=$(encoded "$BATS_TEST_TMPDIR/words")"
}

@test "next links show no value under the name of a secret, here and elsewhere" {
    for name in X-Goog-Signature X-Goog-Credential X-Amz-Signature code token_auth user_key oauth_token \
        oauth_signature X-Plex-Token job_token access-token; do
        link="/items?page=2&$name=${mark}-signed#id_token=${mark}-too"
        leads_to "$link"
        restsrc read --verbose --paginate next-url "$list"
        says "$name=***"
        tells_no_secret "$name"
        leads_to "http://elsewhere.example$link"
        restsrc read --verbose --paginate next-url "$list"
        exits 76
        says "$name=***"
        tells_no_secret "$name"
        restsrc check "$list"
        tells_no_secret "$name"
    done
}

@test "an @ in a path is shown as it is: no user stands before it" {
    list n=5 /@scope/me:name@2
    restsrc read --verbose "$list"
    says "/items/@scope/me:name@2"
    says_not "***"
}

@test "a reject file is its owner's, and has no secret in what the server says; its records are untouched" {
    umask 022
    secret token "$mark/a\"b%25c"
    body="[{\"error\":\"not with $mark/a\\\"b%25c\"},{\"error\":\"nor $mark%2Fa%22b%2525c\"}"
    body="$body,{\"error\":[\"$mark\\/a\\u0022b%25c\"]}]"
    printf 'in=body\nbody=%s\n' "$body" >"$BATS_TEST_TMPDIR/words"
    list "n=1,more=$(encoded "$BATS_TEST_TMPDIR/words")"
    jq -nc --arg t "$(cat "$token")" '{i: 1, t: $t}, {i: 2}, {i: 3}' >"$BATS_TEST_TMPDIR/in"
    rejects=$BATS_TEST_TMPDIR/rejects out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    "$RESTSRC" write --bearer-file "$token" --reject-file "$rejects" "$list" <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err"
    [ "$(stat -c %a "$rejects")" = 600 ]
    jq -c .record "$rejects" | cmp - "$BATS_TEST_TMPDIR/in"
    [ "$(jq -c .error "$rejects")" = '"not with ***"
"nor ***"
["***"]' ]
    tells_no_secret rejects
    secret token 123456789
    printf 'in=body\nbody=%s\n' '[{"error":123456789}]' >"$BATS_TEST_TMPDIR/words"
    list "n=1,two,more=$(encoded "$BATS_TEST_TMPDIR/words")"
    "$RESTSRC" write --bearer-file "$token" --reject-file "$rejects" "$list" <<<'{}' >"$out" 2>"$err"
    [ "$(jq -c .error "$rejects")" = '"***"' ]
}

@test "usage and configuration errors tell no secret" {
    for line in "bearer = \"$mark" "bearer-tokn = $mark" "user = $mark" "query-secret = $mark" "header = $mark" \
        "rate = $mark" "oauth-param = $mark" "${mark}abcdefghijkl = 1" \
        "limit = $mark" "proxy = http://me:$mark-pass@/ /"; do
        restsrc read --retry 0 --config-fd 5 http://127.0.0.1:1/ 5<<<"$line"
        [ "$status" -ne 0 ]
        tells_no_secret "$line"
    done
    for line in "--bearer=$mark" "--user=me:$mark" "--query-secret k=$mark" "--limit $mark" "--header $mark"; do
        read -ra words <<<"$line"
        restsrc read "${words[@]}" http://127.0.0.1:1/
        exits 64
        tells_no_secret "$line"
    done
}

# ---- other origins ----

# The scenario of another origin on the same server; its log must stay empty.
elsewhere() {
    other=${server/127.0.0.1/localhost}
    there="$server/elsewhere=$BATS_TEST_NUMBER"
}
untouched() { [ -z "$(curl -sSf "$there/_log")" ]; }

@test "a redirect elsewhere is refused, and the other server sees nothing" {
    elsewhere
    for name in $cases; do
        [ "$name" != proxy_config ] || continue
        run_case "$name" "echo=redirect:${other//\//%2F}%2Felsewhere=$BATS_TEST_NUMBER"
        exits 76
        says "another origin" --trust-host
    done
    untouched
}

@test "a next link elsewhere is refused, in every form, and the other server sees nothing" {
    elsewhere
    secret token $mark-token
    port=${server##*:}
    for base in "$other" "//localhost:$port" "http://127.0.0.1@localhost:$port" "http://localhost:$port#@127.0.0.1" \
        "HTTP://LOCALHOST:$port" \
        "http://127.0.0.1.localhost:$port" "http://[::1]:$port" "http:\\\\localhost:$port" "https://127.0.0.1:$port" \
        "http://127.0.0.1:1" "ftp://127.0.0.1:$port" "file://" "gopher://127.0.0.1:$port" \
        "http://127.0.0.1 .localhost:$port" "http://2130706433:1"; do
        page=$(jq -nc --arg n "$base/elsewhere=$BATS_TEST_NUMBER/items" '{results: [{a: 1}], next: $n}')
        list "n=5,body=$(encoded "$page")"
        restsrc read --paginate next-url --bearer-file "$token" --header 'X-Key: custom' "$list"
        exits 76
        tells_no_secret next
        [ "$(log length)" -eq 1 ]
    done
    untouched
}

@test "a Link header elsewhere, and a last page elsewhere, are refused" {
    elsewhere
    secret token $mark-token
    link="<$other/elsewhere=$BATS_TEST_NUMBER/items?page=2>"
    list "n=5,say=9:Link:$(encoded "$link; rel=\"next\"")"
    restsrc read --paginate link --bearer-file "$token" "$list"
    exits 76
    list "n=5,say=9:Link:$(encoded "$link; rel=\"last\"")"
    restsrc count --count-from last-page --bearer-file "$token" "$list"
    exits 76
    untouched
}

@test "a cursor, a counting URL and a template elsewhere need --trust-host as well" {
    elsewhere
    secret token $mark-token
    list n=5
    restsrc read --paginate next-url --cursor "$other/elsewhere=$BATS_TEST_NUMBER/items" --bearer-file "$token" "$list"
    [ "$status" -eq 64 ] || exits 76
    restsrc count --count-from "url:$other/elsewhere=$BATS_TEST_NUMBER/items/count" --bearer-file "$token" "$list"
    exits 76
    echo '{"id":"localhost"}' >"$BATS_TEST_TMPDIR/in"
    status=0
    "$RESTSRC" write --body single --url-template "http://{id}:${server##*:}/elsewhere=$BATS_TEST_NUMBER/items" \
        --bearer-file "$token" "$list" \
        <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
    [ "$status" -ne 0 ]
    untouched
    restsrc count --trust-host localhost --count-from "url:$other/elsewhere=$BATS_TEST_NUMBER,n=7/items/count" \
        --bearer-file "$token" "$list"
    exits 0
    wrote 7
}

@test "with --trust-host they are followed without credentials, and with them by --location-trusted" {
    elsewhere
    secret token tok-1
    secret header $'X-Api-Key: key-1234\nX-Tenant: tenant-1234\nX-Version: 2'
    filter='map(select(.target | contains("/moved")).headers | [.Host[:9], .Authorization, ."X-Api-Key", ."X-Tenant",
        ."X-Version"] | join(" ")) | unique[]'
    list "n=25,echo=redirect:$(encoded "$other")"
    restsrc read --trust-host localhost --bearer-file "$token" --header "@$header" "$list"
    exits 0
    wrote_records
    [ "$(log -r "$filter")" = "localhost    2" ]
    list "n=26,echo=redirect:$(encoded "$other")"
    restsrc read --trust-host localhost --location-trusted --bearer-file "$token" --header "@$header" "$list"
    exits 0
    wrote_records
    [ "$(log -r "$filter")" = "localhost Bearer tok-1 key-1234 tenant-1234 2" ]
    list "n=25,need=query:k:tok-1,links=$(encoded "$other")"
    restsrc read --trust-host LOCALHOST --location-trusted --paginate next-url --query-secret "k=@$token" \
        "${list/items/links}"
    exits 0
    wrote_records
}
