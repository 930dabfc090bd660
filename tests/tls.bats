# TLS and HTTP/2 with nginx, and forward proxies with tinyproxy.
load helpers
load guard

finds() {
    "$PYTHON3" -c 'import sys; sys.path.insert(0, sys.argv[1]); import nginx_server; nginx_server.find_nginx()' \
        "$tests/servers" 2>/dev/null
}

setup_file() {
    start_guard
    export behind=$server behind_id=$server_id nginx=$BATS_FILE_TMPDIR/nginx
    # bash warns of two coprocesses
    ! finds || start_server "$PYTHON3" "$tests/servers/nginx_server.py" "$nginx" "$server" 2>/dev/null
}
teardown_file() {
    stop_server
    kill "$behind_id" 2>/dev/null || true
}
setup() {
    [ -e "$nginx/urls" ] || skip "no nginx: run ./bootstrap"
    . "$nginx/urls"
    server=$behind
    list n=250
    path=${list#"$server"}
    ca=(--cacert "$nginx/ca.pem")
}

# What nginx saw of this test, through a jq filter over one request.
seen() { jq -r "select(.request | contains(\"/id=$BATS_TEST_NUMBER,\")) | $1" "$nginx/access.log"; }

# ---- certificates ----

@test "TLS with a certificate of a known authority, over HTTP/2" {
    restsrc read "${ca[@]}" "$tls$path"
    exits 0
    wrote_records
    says_nothing
    [ "$(seen .protocol | sort -u)" = HTTP/2.0 ]
    [ "$(seen .request | wc -l)" -eq 3 ]
}

# refused CAUSE OPTION... URL: 77 with that cause, nothing written, and no second try.
refused() {
    local before start
    before=$(log length)
    start=$(clock)
    restsrc read "${@:2}"
    exits 77
    wrote_nothing
    says "$1"
    says_not "try 2"
    [ "$(wc -l <"$err")" -eq 1 ]
    at_most "$(clock) - $start" 3
    [ "$(log length)" -eq "$before" ]
}

@test "an unknown authority, an expired certificate, another host's name: 77 with the cause, at once" {
    refused "certificate" "$tls$path"
    refused "certificate" "${ca[@]}" "$unknown$path"
    refused "expired" "${ca[@]}" "$expired$path"
    refused "127.0.0.1" "${ca[@]}" "$wrong_host$path"
    refused "subject name" "${ca[@]}" "$wrong_host$path"
}

@test "count, write and call refuse such servers as well" {
    for url in "$tls$path" "$unknown$path"; do
        restsrc count "$url"
        exits 77
        restsrc call "$url"
        exits 77
        echo '{"i":1}' >"$BATS_TEST_TMPDIR/in"
        status=0
        "$RESTSRC" write "$url" <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
        exits 77
        says certificate
    done
    [ "$(log length)" -eq 0 ]
}

@test "a server that speaks too old a TLS is refused" {
    refused SSL "${ca[@]}" "$old$path"
}

@test "https to a server that speaks http is no silent fall-back, nor the other way" {
    refused "" "${plain/http:/https:}$path"
    restsrc read "${tls/https:/http:}$path"
    exits 69
    [ "$(log length)" -eq 0 ]
}

@test "credentials go to no server with a wrong certificate" {
    secret token s3cret
    refused certificate --bearer-file "$token" --header "X-Key: s3cret" "$unknown$path"
    says_not s3cret
    restsrc read --oauth-token-url "$unknown${path/items/token}" --oauth-client-id me --retry-delay 0.01 "$list"
    exits 77
    says "no token" certificate
    [ "$(log length)" -eq 0 ]
}

@test "--cacert that is not there is 66" {
    restsrc read --cacert "$BATS_TEST_TMPDIR/none" "$tls$path"
    exits 66
    says "$BATS_TEST_TMPDIR/none"
}

@test "CURL_CA_BUNDLE, else SSL_CERT_FILE and SSL_CERT_DIR, name authorities; --cacert wins over them" {
    CURL_CA_BUNDLE=$nginx/ca.pem SSL_CERT_FILE=/nonexistent restsrc count "$tls$path"
    wrote 250
    SSL_CERT_FILE=$nginx/ca.pem restsrc count "$tls$path"
    wrote 250
    mkdir "$BATS_TEST_TMPDIR/hashed"
    cp "$nginx/ca.pem" "$BATS_TEST_TMPDIR/hashed/$(openssl x509 -noout -hash -in "$nginx/ca.pem").0"
    SSL_CERT_DIR=$BATS_TEST_TMPDIR/hashed restsrc count "$tls$path"
    wrote 250
    SSL_CERT_FILE=$nginx/other.pem restsrc count "${ca[@]}" "$tls$path"
    wrote 250
    SSL_CERT_FILE=$nginx/other.pem restsrc count "$tls$path"
    exits 77
    SSL_CERT_FILE=$BATS_TEST_TMPDIR/none restsrc count "$tls$path"
    exits 66
    says "$BATS_TEST_TMPDIR/none"
}

# ---- client certificates ----

@test "--cert and --key show a client certificate" {
    restsrc read "${ca[@]}" --cert "$nginx/client.pem" --key "$nginx/client.key" "$mtls$path"
    exits 0
    wrote_records
    [ "$(seen .client | sort -u)" = CN=client ]
}

@test "certificate and key in one file" {
    cat "$nginx/client.pem" "$nginx/client.key" >"$BATS_TEST_TMPDIR/both"
    chmod 600 "$BATS_TEST_TMPDIR/both"
    restsrc read "${ca[@]}" --cert "$BATS_TEST_TMPDIR/both" "$mtls$path"
    exits 0
    says_nothing
}

@test "no client certificate, or one of another authority, is refused, with what nginx says" {
    restsrc read "${ca[@]}" "$mtls$path"
    exits 69
    says "No required SSL certificate was sent"
    restsrc read "${ca[@]}" --cert "$nginx/other.pem" --key "$nginx/other.key" "$mtls$path"
    exits 69
    says "SSL certificate error"
    [ "$(log length)" -eq 0 ]
}

@test "a server that ends TLS for want of a client certificate is not asked again" {
    "$PYTHON3" - "$nginx" >"$BATS_TEST_TMPDIR/port" 3>&- <<'END' &
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{sys.argv[1]}/tls.pem", f"{sys.argv[1]}/tls.key")
context.load_verify_locations(f"{sys.argv[1]}/ca.pem")
context.verify_mode = ssl.CERT_REQUIRED
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection = context.wrap_socket(listener.accept()[0], server_side=True, do_handshake_on_connect=False)
    try:
        connection.do_handshake()
    except OSError: # the alert is on its way: it arrives when we read what there is to read
        with socket.socket(fileno=connection.detach()) as plain:
            while plain.recv(4096):
                pass
END
    strict=$!
    eventually test -s "$BATS_TEST_TMPDIR/port"
    restsrc read "${ca[@]}" "https://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")/"
    kill "$strict"
    exits 77
    says alert
    says_not "try 2"
}

@test "a server that resets the connection after the TLS handshake: 75, and what it may want" {
    "$PYTHON3" - "$nginx" >"$BATS_TEST_TMPDIR/port" 3>&- <<'END' &
import socket, ssl, struct, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{sys.argv[1]}/tls.pem", f"{sys.argv[1]}/tls.key")
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection = context.wrap_socket(listener.accept()[0], server_side=True)
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
END
    harsh=$!
    eventually test -s "$BATS_TEST_TMPDIR/port"
    restsrc read --retry 0 "${ca[@]}" "https://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")/"
    kill "$harsh"
    exits 75
    says "after the TLS handshake" "client's certificate"
    says_not "host and port"
}

# ends_streams WAY: $h2, a server that ends each stream in that way; stop it by its $ender.
ends_streams() {
    "$PYTHON3" "$tests/servers/h2.py" "$nginx/tls.pem" "$nginx/tls.key" "$1" >"$BATS_TEST_TMPDIR/h2-$1" 3>&- &
    ender=$!
    eventually test -s "$BATS_TEST_TMPDIR/h2-$1"
    h2=$(cat "$BATS_TEST_TMPDIR/h2-$1")
}

# post OPTION... URL: 100 requests that must not be sent twice; $opened: how many of them opened a connection.
post() {
    err=$BATS_TEST_TMPDIR/err
    seq 100 | sed 's/.*/{"i":&}/' |
        "$RESTSRC" write "${ca[@]}" --http1.1 --verbose --batch-size 1 "$@" >/dev/null 2>"$err"
    opened=$(grep -c "[*] connected to" "$err")
}

@test "HTTP/1.1: POSTs go over one connection where nginx says that it stays open; not at once, nor when refused" {
    there="$tls${path%/items}/_grow?n=0"
    post "$there"
    [ "$(seen .protocol | sort | uniq -c | tr -s ' ')" = " 100 HTTP/1.1" ]
    [ -n "${KEEPS_NONE:-}" ] || [ "$opened" -lt 90 ]
    post --parallel 2 "$there"
    [ "$opened" -eq 100 ]
    post --on 404=ok "$tls${path%/items}/_none"
    [ "$opened" -eq 100 ]
}

@test "HTTP/2: what the server says it did not take is not unknown and is tried again; an early status counts" {
    "$PYTHON3" -c 'for i in range(2000): print("{\"i\":%d,\"text\":\"%s\"}" % (i, "x" * 1000))' >"$BATS_TEST_TMPDIR/in"
    for way in goaway:75:2 refused:75:2 reset:75:0 400:69:0; do
        IFS=: read -r name code tries <<<"$way"
        ends_streams "$name"
        out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
        "$RESTSRC" write "${ca[@]}" --batch-size 2000 --retry 1 --retry-delay 0.01 "$h2/items" \
            <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
        kill "$ender"
        exits "$code"
        [ "$tries" -eq 0 ] || says "given up after $tries tries"
        [ "$name" = reset ] && unknown='[[1,2000]]' || unknown='[]'
        [ "$(jq -c '[.lines_done, .lines_unknown]' "$out")" = "[0,$unknown]" ]
    done
}

@test "HTTP/2: a status in one record with the end of the stream, while we send, counts or is not known" {
    "$PYTHON3" -c 'for i in range(2000): print("{\"i\":%d,\"text\":\"%s\"}" % (i, "x" * 1000))' >"$BATS_TEST_TMPDIR/in"
    ends_streams 400-at-once
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" write "${ca[@]}" --batch-size 2000 --retry 1 --retry-delay 0.01 "$h2/items" \
        <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
    kill "$ender"
    # libcurl 7.88 does not hand the status on.
    [ "$status" -eq 69 ] && unknown='[]' || unknown='[[1,2000]]'
    [ "$status" -eq 69 ] || exits 75
    [ "$(jq -c '[.lines_done, .lines_unknown]' "$out")" = "[0,$unknown]" ]
}

@test "a client certificate or key that is not there is 66; a key that others can read gets a warning" {
    restsrc read "${ca[@]}" --cert "$BATS_TEST_TMPDIR/none" "$mtls$path"
    exits 66
    restsrc read "${ca[@]}" --cert "$nginx/client.pem" --key "$BATS_TEST_TMPDIR/none" "$mtls$path"
    exits 66
    cp "$nginx/client.key" "$BATS_TEST_TMPDIR/key"
    chmod 644 "$BATS_TEST_TMPDIR/key"
    restsrc read "${ca[@]}" --cert "$nginx/client.pem" --key "$BATS_TEST_TMPDIR/key" "$mtls$path"
    exits 0
    says "warning: $BATS_TEST_TMPDIR/key"
}

@test "the token URL is asked with the client certificate, too" {
    list "n=250,need=token"
    path=${list#"$server"}
    restsrc read "${ca[@]}" --cert "$nginx/client.pem" --key "$nginx/client.key" \
        --oauth-token-url "$mtls${path/items/token}" \
        --oauth-client-id me "$mtls$path"
    exits 0
    wrote_records
    [ "$(seen 'select(.request | contains("/token ")) | .client')" = CN=client ]
}

# ---- links between http and https ----

@test "a next link that says http for our https is fetched over https, with a warning" {
    list "n=35,links=$(encoded "${tls/https/http}")"
    path=${list#"$server"}
    restsrc read "${ca[@]}" --paginate next-url "$tls${path/items/links}"
    exits 0
    wrote_records
    says "the next link says http; https is used"
    [ "$(seen .protocol | sort -u)" = HTTP/2.0 ]
}

@test "a trusted host is not sent over http what goes over https to us" {
    plain=${plain/127.0.0.1/localhost}
    list "n=35,links=$(encoded "$plain")"
    path=${list#"$server"}
    restsrc read "${ca[@]}" --trust-host localhost --paginate next-url "$tls${path/items/links}"
    exits 76
    says "another origin"
    [ "$(log length)" -eq 1 ]
    list "n=35,echo=redirect:$(encoded "$plain")"
    path=${list#"$server"}
    restsrc read "${ca[@]}" --trust-host localhost "$tls$path"
    exits 76
    says "another origin"
    [ "$(log length)" -eq 1 ]
}

@test "a trusted host over https is followed" {
    tls=${tls/127.0.0.1/localhost}
    list "n=35,links=$(encoded "$tls")"
    path=${list#"$server"}
    restsrc read "${ca[@]}" --trust-host localhost --paginate next-url "${tls/localhost/127.0.0.1}${path/items/links}"
    exits 0
    wrote_records
    says_nothing
}

# ---- trace ids ----

@test "--trace-ids: a valid traceparent, one trace a run, a span a request" {
    list n=250,fail=500:1:100
    path=${list#"$server"}
    restsrc read "${ca[@]}" --trace-ids --verbose --retry-delay 0.01 "$tls$path"
    exits 0
    seen .traceparent >"$BATS_TEST_TMPDIR/traces"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/traces")" -eq 4 ]
    [ "$(grep -cE '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$' "$BATS_TEST_TMPDIR/traces")" -eq 4 ]
    ! grep -E -- '-0{32}-|-0{16}-' "$BATS_TEST_TMPDIR/traces" || false
    [ "$(cut -d- -f2 "$BATS_TEST_TMPDIR/traces" | sort -u | wc -l)" -eq 1 ]
    [ "$(cut -d- -f3 "$BATS_TEST_TMPDIR/traces" | sort -u | wc -l)" -eq 4 ]
    while read -r trace; do says "traceparent: $trace"; done <"$BATS_TEST_TMPDIR/traces"
    restsrc read "${ca[@]}" --trace-ids "$tls$path"
    [ "$(seen .traceparent | cut -d- -f2 | sort -u | wc -l)" -eq 2 ]
    restsrc read "${ca[@]}" "$tls$path"
    [ "$(seen .traceparent | tail -n 1)" = "" ]
}

@test "a failure tells the traceparent that the API's owner can look for" {
    list n=250,status=400
    path=${list#"$server"}
    restsrc read "${ca[@]}" --trace-ids --error-format json "$tls$path"
    exits 69
    tail -n 1 "$err" | jq -r .message | grep -F "$(seen .traceparent)"
}

# ---- proxies ----

find_proxy() { PATH=$PATH:/usr/sbin:$tests/../.bootstrap/tinyproxy/usr/bin command -v tinyproxy; }

# with_proxy LINE...: tinyproxy with these lines in its configuration, in $proxy.
with_proxy() {
    local program port
    program=$(find_proxy) || skip "no tinyproxy: run ./bootstrap"
    for _ in 1 2 3 4 5; do
        port=$("$PYTHON3" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
        printf '%s\n' "Port $port" "Listen 127.0.0.1" "LogFile \"$BATS_TEST_TMPDIR/proxy.log\"" "LogLevel Info" "$@" \
            >"$BATS_TEST_TMPDIR/proxy.conf"
        "$program" -d -c "$BATS_TEST_TMPDIR/proxy.conf" >/dev/null 2>&1 3>&- &
        proxy_id=$!
        proxy=http://127.0.0.1:$port
        until grep -q "Accepting connections" "$BATS_TEST_TMPDIR/proxy.log" 2>/dev/null; do
            kill -0 "$proxy_id" 2>/dev/null || continue 2
            sleep 0.02
        done
        return
    done
    return 1
}
teardown() { [ -z "${proxy_id:-}" ] || kill "$proxy_id"; }

via() { log -r 'map(.headers.Via // "none") | unique[]'; }

@test "--proxy, and the environment's, are gone through" {
    with_proxy
    restsrc read --proxy "$proxy" "$list"
    exits 0
    wrote_records
    via | grep tinyproxy
    list n=250,environment
    http_proxy=$proxy restsrc read "$list"
    exits 0
    via | grep tinyproxy
    list n=250,none
    http_proxy=$proxy no_proxy=127.0.0.1 restsrc read "$list"
    exits 0
    [ "$(via)" = none ]
}

@test "https goes through a proxy in a tunnel: it sees no header, and the certificate is verified" {
    with_proxy
    secret token s3cret
    restsrc read "${ca[@]}" --proxy "$proxy" --bearer-file "$token" "$tls$path"
    exits 0
    wrote_records
    [ "$(via)" = none ]
    grep CONNECT "$BATS_TEST_TMPDIR/proxy.log"
    restsrc read --proxy "$proxy" "$tls$path"
    exits 77
    says certificate
    https_proxy=$proxy restsrc read "${ca[@]}" "$tls$path"
    exits 0
}

@test "a proxy's password is sent and appears in no message" {
    with_proxy "BasicAuth me s3cret-pw"
    restsrc read --config-fd 5 "$list" 5<<<"proxy = ${proxy/:\/\//://me:s3cret-pw@}"
    exits 0
    wrote_records
    restsrc read --config-fd 5 --verbose --retry 0 "$list" 5<<<"proxy = ${proxy/:\/\//://me:s3cret-wrong@}"
    exits 77 # tinyproxy answers 401
    says_not s3cret
    http_proxy=${proxy/:\/\//://me:s3cret-wrong@} restsrc read --verbose --retry 0 "$list"
    exits 77 # tinyproxy answers 401
    says_not s3cret
}

@test "a proxy that refuses the tunnel is not asked again, and no server is reached" {
    with_proxy "BasicAuth me s3cret-pw"
    restsrc read "${ca[@]}" --proxy "$proxy" "$tls$path"
    exits 77
    says "the proxy answered HTTP 407"
    says_not "try 2"
    [ "$(log length)" -eq 0 ]
}

@test "a proxy that is not there is 75, never a direct request" {
    restsrc read --proxy http://127.0.0.1:1 --retry 1 --retry-delay 0.01 "$list"
    exits 75
    [ "$(log length)" -eq 0 ]
}

@test "a proxy that is none is 64, at once" {
    for proxy in notaurl::: foo://127.0.0.1:1 'http://[::1' http://127.0.0.1:99999 'http://a b:80' http://; do
        restsrc read --proxy "$proxy" "$list"
        exits 64
        says "Unsupported proxy"
        says_not "try 2"
    done
    http_proxy=foo://127.0.0.1:1 restsrc read "$list"
    exits 64
}

@test "a key with a pass phrase: --key-password-file; without it 66, which names it; nobody is asked" {
    command -v openssl >/dev/null || skip "no openssl"
    openssl pkey -in "$nginx/client.key" -aes256 -passout pass:s3cr3t-phrase -out "$BATS_TEST_TMPDIR/locked"
    mutual=("${ca[@]}" --cert "$nginx/client.pem" --key "$BATS_TEST_TMPDIR/locked")
    secret phrase s3cr3t-phrase
    restsrc read "${mutual[@]}" --key-password-file "$phrase" "$mtls$path"
    exits 0
    wrote_records
    restsrc read "${mutual[@]}" "$mtls$path"
    exits 66
    says --key-password-file
    secret phrase another-phrase
    restsrc read "${mutual[@]}" --key-password-file "$phrase" "$mtls$path"
    exits 66
    says_not another-phrase
}

@test "certificate, key and authorities may be pipes, read once for all connections" {
    restsrc read --cacert <(cat "$nginx/ca.pem") --cert <(cat "$nginx/client.pem") --key <(cat "$nginx/client.key") \
        --http1.1 --page-size 10 --parallel 4 "$mtls$path"
    exits 0
    wrote_records
    [ "$(seen .protocol | sort -u)" = HTTP/1.1 ]
}
