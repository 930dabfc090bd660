# Every way to authenticate, against a server that checks it.
load helpers
load guard
setup_file() { start_guard; }
teardown_file() { stop_server; }

# ---- bearer, user, header ----

@test "--bearer-file -: from standard input, but not for write, whose records are there" {
    list n=5,require-header=Authorization:Bearer%20abc
    out=$BATS_TEST_TMPDIR/out
    "$RESTSRC" read --bearer-file - "$list" <<<abc >"$out"
    wrote_records
    restsrc write --bearer-file - "$list"
    exits 64
    says "--bearer-file -" "standard input"
}

@test "--bearer-file sends the token in the file" {
    list n=250,need=bearer:tok-123
    secret token $'tok-123\n'
    restsrc read --bearer-file "$token" "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "without credentials, or with wrong ones, 77 after one request" {
    list need=bearer:tok-123
    restsrc read "$list"
    exits 77
    secret token tok-124
    restsrc read --bearer-file "$token" "$list"
    exits 77
    says "HTTP 401"
    [ "$(log length)" -eq 2 ]
}

@test "count, write and call authenticate as read does" {
    secret token tok-123
    list n=25,need=bearer:tok-123
    restsrc count --bearer-file "$token" "$list"
    exits 0
    wrote 25
    restsrc call --bearer-file "$token" "$list/count"
    exits 0
    restsrc write --bearer-file "$token" "$list" # no records on stdin: nothing to send
    exits 0
}

@test "--user-file is split at the first colon" {
    list "n=5,need=basic:me:pass:wo%20rd:%C3%BC"
    secret user $'me:pass:wo rd:\u00fc\r\n'
    restsrc read --user-file "$user" "$list"
    exits 0
    wrote_records
}

@test "a user without a colon is 78" {
    secret user me
    restsrc read --user-file "$user" "$server/items"
    exits 78
}

@test "an empty password is one" {
    list "n=5,need=basic:sk_live_1:"
    secret user sk_live_1:
    restsrc read --user-file "$user" "$list"
    exits 0
}

@test "user and password in the URL are sent" {
    list "n=5,need=basic:me:p@ss"
    restsrc read "${list/:\/\//://me:p%40ss@}"
    exits 0
}

@test "--netrc-file and --netrc take the user of the host" {
    list "n=5,need=basic:me:pa ss"
    printf 'machine example.com login other password no\nmachine 127.0.0.1\nlogin me password "pa ss"\n' \
        >"$BATS_TEST_TMPDIR/.netrc"
    chmod 600 "$BATS_TEST_TMPDIR/.netrc"
    restsrc read --netrc-file "$BATS_TEST_TMPDIR/.netrc" "$list"
    exits 0
    says_nothing
    HOME=$BATS_TEST_TMPDIR restsrc read --netrc "$list"
    exits 0
    HOME=$BATS_TEST_TMPDIR restsrc read "$list"
    exits 77
}

@test "a netrc file that is not there is 66" {
    restsrc read --netrc-file "$BATS_TEST_TMPDIR/none" "$server/items"
    exits 66
    HOME=$BATS_TEST_TMPDIR restsrc read --netrc "$server/items"
    exits 66
}

@test "--header @FILE: as many as the file has, and no newline smuggles one in" {
    list n=5,need=header:X-Key:k-1,need=header:X-Other:o-1
    secret headers $'X-Key: k-1\r\n\nX-Other: o-1\n'
    restsrc read --header "@$headers" "$list"
    exits 0
    secret headers $'X-Key: k-1\nno header\n'
    restsrc read --header "@$headers" "$list"
    exits 78
    says_not k-1 "no header"
}

# ---- secret query parameters ----

@test "--query-secret is sent with every request, encoded once" {
    list "n=250,need=query:key:a%2Fb%20%26%25c"
    secret key 'a/b &%c'
    restsrc read --query-secret "key=@$key" "$list"
    exits 0
    wrote_records
    [ "$(log -r 'map(.target | scan("key=a%2Fb%20%26%25c")) | length')" -eq "$(log length)" ]
}

@test "--query-secret takes the place of a parameter of that name, and is not doubled by next links that repeat it" {
    list n=35,need=query:key:s3cret /links
    list=${list/items\/links/links}
    secret key s3cret
    restsrc read --paginate next-url --query-secret "key=@$key" --query a=1 "$list?key=old" --summary-fd 4 \
        4>"$BATS_TEST_TMPDIR/summary"
    exits 0
    wrote_records
    [ "$(log length)" -eq 4 ]
    [ "$(log -c 'map(.target | [scan("key=[^&]*")])|unique')" = '[["key=s3cret"]]' ]
}

@test "the cursor to go on from holds no secret that a next link repeated" {
    list n=35,need=query:key:s3cret /links
    list=${list/items\/links/links}
    secret key s3cret
    restsrc read --paginate next-url --max-pages 2 --quiet --query-secret "key=@$key" "$list" --summary-fd 4 \
        4>"$BATS_TEST_TMPDIR/summary"
    exits 0
    cp "$out" "$BATS_TEST_TMPDIR/first"
    cursor=$(jq -r .next_cursor "$BATS_TEST_TMPDIR/summary")
    [[ $cursor == *at=20* && $cursor != *[?\&]key* ]]
    restsrc read --paginate next-url --cursor "$cursor" --query-secret "key=@$key" "$list"
    exits 0
    cat "$BATS_TEST_TMPDIR/first" "$out" >"$BATS_TEST_TMPDIR/all"
    out=$BATS_TEST_TMPDIR/all
    wrote_records
}

@test "--query-secret on the command line takes a file only" {
    for value in key=s3cret key @file =@file key=@; do
        restsrc read --query-secret "$value" "$server/items"
        [ "$status" -eq 64 ] || [ "$value$status" = key=@66 ]
        says_not s3cret
    done
}

# ---- SigV4 ----

@test "--aws-sigv4 signs each request" {
    list "n=250,sigv4=AKID:$(encoded s3cr+t/key):eu-west-1:execute-api"
    secret user AKID:s3cr+t/key
    restsrc read --aws-sigv4 aws:amz:eu-west-1:execute-api --user-file "$user" "$list"
    exits 0
    wrote_records
}

@test "--aws-sigv4 signs queries in any order, headers and bodies" {
    list "n=25,sigv4=AKID:s3cret:eu-west-1:execute-api"
    secret user AKID:s3cret
    sign=(--aws-sigv4 aws:amz:eu-west-1:execute-api --user-file "$user")
    restsrc call "${sign[@]}" --query 'z=1' --query 'a b=x/y z' --query 'empty=' --header 'X-B: 2' \
        --header 'X-A: 1' "$list?m=2&b=%20"
    exits 0
    list "n=25,in=body,sigv4=AKID:s3cret:eu-west-1:execute-api"
    restsrc read "${sign[@]}" --page-in body --data '{}' "$list"
    exits 0
    wrote_records
}

@test "--aws-sigv4 with the wrong key is 77" {
    list "sigv4=AKID:s3cret:eu-west-1:execute-api"
    secret user AKID:other
    restsrc read --aws-sigv4 aws:amz:eu-west-1:execute-api --user-file "$user" "$list"
    exits 77
    says "signature does not match"
}

@test "--aws-sigv4 needs a key pair" {
    restsrc read --aws-sigv4 aws:amz:eu-west-1:execute-api "$server/items"
    exits 64
    says --user-file
}

@test "--digest needs a name and a password, wherever they stand" {
    restsrc read --digest "$server/items"
    exits 64
    says "--digest needs a name and a password: --user-file, or --netrc"
    secret user me:pw
    restsrc call --digest --user-file "$user" "$server/items"
    says_not "--digest needs"
    restsrc call --digest "http://me:pw@${server#http://}/items"
    says_not "--digest needs"
}

# ---- what does not go together, and where secrets may stand ----

@test "two ways at once are a usage error" {
    secret token t-1
    secret user me:pw
    restsrc read --bearer-file "$token" --user-file "$user" "$server/items"
    exits 64
    restsrc read --bearer-file "$token" --oauth-token-url "$server/token" --oauth-client-id x "$server/items"
    exits 64
    restsrc read --bearer-file "$token" --header 'Authorization: Bearer other' "$server/items"
    exits 64
    restsrc read --oauth-client-id x "$server/items"
    exits 64
    says --oauth-token-url
    restsrc read --oauth-token-url "$server/token" "$server/items"
    exits 64
    says --oauth-client-id
}

@test "what is missing beside a way to log in, or does not go with it, is 64, and nothing is sent" {
    echo secret >"$BATS_TEST_TMPDIR/secret"
    chmod 600 "$BATS_TEST_TMPDIR/secret"
    list
    cd "$BATS_TEST_TMPDIR"
    while IFS='|' read -r options message; do
        # shellcheck disable=SC2086 # options and their arguments
        restsrc read $options "$list"
        exits 64
        says "$message"
    done <<END
--oauth-data @secret|the other oauth options need --oauth-token-url
--oauth-token-path token|the other oauth options need --oauth-token-url
--oauth-param a=b|the other oauth options need --oauth-token-url
--oauth-token-url $list|needs --oauth-client-id, or --oauth-data
--oauth-token-url $list --oauth-data secret|takes @FILE
--oauth-token-url $list --oauth-data @secret --oauth-param a=b|the whole body
--oauth-token-url $list --oauth-data @secret --oauth-refresh-token-file secret|the whole body
--oauth-token-url $list --oauth-client-id me --oauth-write-refresh-token|needs a --oauth-refresh-token-file
--auth-command true --bearer-file secret|only one of
--aws-sigv4 aws:amz|needs the key pair
--digest|needs a name and a password
END
    HOME='' XDG_CONFIG_HOME='' restsrc read --netrc "$list"
    exits 66
    (unset HOME && restsrc read --netrc "$list" && exits 66 && says "there is no home folder")
    : >empty
    restsrc read --oauth-token-url "$list" --oauth-data @empty "$list"
    exits 78
    says "empty is empty"
    [ "$(log length)" -eq 0 ]
}

@test "a secret is no option of the command line" {
    for name in bearer user oauth-client-secret oauth-refresh-token key-password; do
        restsrc read "--$name" s3cret "$server/items"
        exits 64
        restsrc read "--$name=s3cret" "$server/items"
        exits 64
        says_not s3cret
    done
}

@test "in a configuration secrets stand by themselves" {
    list "n=5,need=bearer:tok-123,need=query:key:k%26y"
    restsrc read --config-fd 5 "$list" 5<<<$'bearer = tok-123\nquery-secret = "key=k&y"'
    exits 0
    list "n=5,need=basic:me:p\"w"
    restsrc read --config-fd 5 "$list" 5<<<'user = "me:p\"w"'
    exits 0
}

@test "the command line's files win over a configuration's secrets" {
    list n=5,need=bearer:right,need=query:key:right
    secret token right
    restsrc read --bearer-file "$token" --query-secret "key=@$token" --config-fd 5 "$list" \
        5<<<$'bearer = wrong\nquery-secret = key=wrong'
    exits 0
}

@test "a secret and its file in one configuration are a usage error" {
    secret token t-1
    restsrc read --config-fd 5 "$server/items" 5<<<"bearer = other"$'\n'"bearer-file = $token"
    exits 64
    says bearer-file
}

@test "an empty secret is 78, and nothing is sent" {
    list n=5
    secret empty ''
    secret newline $'\n'
    for file in "$empty" "$newline"; do
        for option in bearer-file user-file oauth-client-secret-file oauth-refresh-token-file; do
            restsrc read "--$option" "$file" "$list"
            exits 78
        done
        restsrc read --query-secret "k=@$file" "$list"
        exits 78
    done
    restsrc read --config-fd 5 "$list" 5<<<'bearer ='
    exits 78
    [ "$(log length)" -eq 0 ]
}

@test "a secret of two lines is 78" {
    secret two $'s3cret\nother'
    for option in bearer-file user-file oauth-client-secret-file; do
        restsrc read "--$option" "$two" "$server/items"
        exits 78
        says_not s3cret other
    done
}

@test "a secret file that is not there is 66" {
    for option in bearer-file user-file oauth-client-secret-file oauth-refresh-token-file; do
        restsrc read "--$option" "$BATS_TEST_TMPDIR/none" "$server/items"
        exits 66
    done
    restsrc read --query-secret "k=@$BATS_TEST_TMPDIR/none" "$server/items"
    exits 66
}

@test "secret files may be descriptors" {
    list n=5,need=bearer:tok-123
    restsrc read --bearer-file /dev/fd/5 "$list" 5<<<tok-123
    exits 0
}

# ---- files that others can read ----

@test "each file with secrets that others can read gets a warning of its own" {
    list n=5
    secret one tok-1
    secret two 'X-Key: tok-2'
    secret three tok-3
    printf 'machine example.com login a password tok-4\n' >"$BATS_TEST_TMPDIR/netrc"
    chmod 644 "$one" "$two" "$three" "$BATS_TEST_TMPDIR/netrc"
    restsrc read --bearer-file "$one" --header "@$two" --query-secret "k=@$three" \
        --netrc-file "$BATS_TEST_TMPDIR/netrc" "$list"
    exits 0
    for file in "$one" "$two" "$three" "$BATS_TEST_TMPDIR/netrc"; do
        [ "$(grep -c "^restsrc: warning: $file .*chmod 600" "$err")" -eq 1 ]
    done
    [ "$(wc -l <"$err")" -eq 4 ]
    restsrc read --quiet --bearer-file "$one" "$list"
    says_nothing
    chmod 640 "$one"
    restsrc read --bearer-file "$one" "$list"
    says_nothing
}

@test "a configuration with secrets that others can read gets a warning, one without gets none" {
    list n=5
    config=$BATS_TEST_TMPDIR/config
    for line in 'bearer = tok-1' 'user = me:pw' 'query-secret = k=v' 'header = Authorization: Bearer x' \
        'header = "X-Api-Key: x"' \
        'proxy = http://me:pw@127.0.0.1:1'; do
        echo "$line" >"$config"
        chmod 644 "$config"
        restsrc read --config "$config" --retry 0 "$list"
        says "warning: $config holds a secret"
        chmod 600 "$config"
        restsrc read --config "$config" --retry 0 "$list"
        says_not warning
    done
    printf 'page-size = 5\nheader = X-Page: 1\nheader = @/dev/null\nurl = %s\n' "$list" >"$config"
    chmod 644 "$config"
    restsrc read --config "$config"
    exits 0
    says_nothing
}
