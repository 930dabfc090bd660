# The ways to an API that a network may have, one table of them (tests/servers/ways.py): read, count, write and call run
# whole through each. spark/tests/test_ways.py does so for Spark.
load helpers

setup_file() {
    export folder=$BATS_FILE_TMPDIR/ways
    start_server "$PYTHON3" "$tests/servers/ways.py" "$folder"
}
teardown_file() { stop_server; }

# way NAME: $url, and its options as $options; skips what can't be had here.
way() {
    local words
    read -r -a words < <(grep "^$1 " "$folder/ways") || skip "not here: no nginx (run ./bootstrap), or no IPv6"
    url=${words[1]} options=("${words[@]:2}")
    options=("${options[@]/#/--}")
}

goes_whole() {
    way "$1"
    for parallel in 1 4; do
        restsrc read "${options[@]}" --parallel $parallel --page-size 20 "$url/items"
        exits 0
        says_nothing
        wrote_ids 0 249
    done
    for method in POST PUT; do
        status=0
        seq 100 | jq -c '{id: .}' |
            "$RESTSRC" write "${options[@]}" --parallel 4 --batch-size 7 --method $method "$url/items" \
                >"$BATS_TEST_TMPDIR/receipt" || status=$?
        [ "$status" -eq 0 ]
        jq -es 'last | .records == 100 and .lines_unknown == []' "$BATS_TEST_TMPDIR/receipt"
    done
    restsrc call "${options[@]}" "$url/stored"
    exits 0
    [ "$(jq -c 'map(.id) | sort' "$out")" = "$(jq -nc '[range(1; 101) | ., .]')" ]
}

@test "all goes through a name that is reached by IPv6 only" { goes_whole ipv6; }

@test "all goes through HTTP/2" {
    goes_whole http2
    [ "$(jq -r 'select(.request | contains("/http2/")) | .protocol' "$folder/access.log" | sort -u)" = HTTP/2.0 ]
}

@test "all goes through mutual TLS" {
    goes_whole mutual-tls
    [ "$(jq -r 'select(.request | contains("/mutual-tls/")) | .client' "$folder/access.log" | sort -u)" = CN=client ]
}

@test "all goes through a proxy that speaks TLS" {
    goes_whole https-proxy
    [ "$(sort -u "$folder/proxy.log")" = "CONNECT $(echo "$url" | cut -d/ -f3)" ]
    restsrc read "${options[@]/--proxy-cacert=*/--retry=0}" "$url/items" # the proxy's certificate counts, too
    exits 77
    says certificate
}
