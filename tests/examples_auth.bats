# The examples of restsrc(1), sections AUTHENTICATION and RATE LIMITS, and of restsrc-config(5), as they stand there,
# against our own servers.
load helpers
load guard
setup_file() { start_guard; }
teardown_file() { stop_server; }

# The folder that the examples are run in has the files that they name, and a restsrc in its PATH.
setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir bin
    ln -s "$(readlink -f "$RESTSRC")" bin/restsrc
    PATH=$PWD/bin:$PATH
    umask 077
    echo tok-123 >token.txt
    echo me:pass >user.txt
    echo 'X-Api-Key: 0123456789' >key-header.txt
    echo k3y >key.txt
    echo s3cret >secret.txt
    echo first >refresh.txt
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=me -keyout client.key \
        -out client.pem 2>/dev/null
    list n=25
}

# displays PAGE SECTIONS: the lines of their literal displays, without comments; \1 ends a command, which may be long.
displays() {
    awk -v sections="$2" \
        '/^\.Sh / { on = index(sections, "|" substr($0, 5) "|") } on && /^\.Ed/ { inside = 0 }
        on && /^\.Dl / { print substr($0, 5) "\1" }
        on && inside && !/^(#|$)/ { print; if (!/(\\e|[|])$/) printf "\1" } on && /^\.Bd -literal/ { inside = 1 }' \
        "$tests/../man/$1" | sed 's/\\(dq/"/g; s/\\e/\\/g'
}

# example TEXT WORDS [FILTER]: the only example that has TEXT in it, read from a list with WORDS; it ends well, with all
# records, and FILTER holds of each request.
example() {
    local found
    found=$(displays restsrc.1 "|AUTHENTICATION|RATE LIMITS|" | tr '\n\1' '\2\n' | grep -F -e "$1" | tr '\2' '\n')
    [ "$(grep -c 'restsrc read' <<<"$found")" -eq 1 ]
    list "n=25,$2"
    found=${found//https:\/\/api.example.com\/v1\/orders/$list}
    found=${found//https:\/\/auth.example.com\/token/$scenario/token}
    echo "$found"
    echo x >>run
    out=out err=err status=0
    bash -euc "$found" >out 2>err </dev/null || status=$?
    exits 0
    wrote_records
    says_nothing
    log -e "map(select(.target | contains(\"/items\"))) | (length > 0) and all(${3:-true})"
}

@test "the examples of restsrc(1), AUTHENTICATION and RATE LIMITS" {
    example --bearer-file need=bearer:tok-123
    example --user-file need=basic:me:pass
    example --header need=header:X-Api-Key:0123456789
    example --query-secret need=query:api_key:k3y
    example --oauth-client-secret-file need=token,client=me:s3cret,form=scope:orders:read
    example --oauth-refresh-token-file need=token,refresh=first
    example --cert "" # the server's part is in tls.bats
    example 'bearer = tok-123' need=bearer:tok-123
    example "--rate 10/s" ""
    example "--rate 600/m" ""
    # none is left out
    [ "$(wc -l <run)" -eq "$(displays restsrc.1 "|AUTHENTICATION|RATE LIMITS|" | grep -c 'restsrc read')" ]
}

@test "the examples of restsrc-config(5)" {
    displays restsrc-config.5 "|DESCRIPTION|" | tr -d '\1' >config
    list n=25,need=bearer:tok-123
    sed -i "s|https://api.example.com/v1/orders|$list|; s|/run/secrets/shop|$PWD/token.txt|" config
    restsrc read --config config
    exits 0
    wrote_records
    [ "$(log -r '.[0].target | sub(".*[?]"; "")')" = "status=open&since=2026-01-01&offset=0&limit=500" ]
    [ "$(log -r '.[0].headers["X-Note"]')" = $'two blanks, and a tab:\t.' ]
    displays restsrc-config.5 "|FILES|" | tr -d '\1' >script
    url=$list token=tok-123 bash -eu script >"$BATS_TEST_TMPDIR/out"
    out=$BATS_TEST_TMPDIR/out
    wrote_records
}
