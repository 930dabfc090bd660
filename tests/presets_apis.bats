# Presets and check against real servers that are large or slow to install: make check-apis installs and runs them,
# docs/apis.md says what it needs.
load helpers
load presets_real

# fill URL [OPTION...]: the records of standard input, written by restsrc.
fill() { "$RESTSRC" write "$@" >"$BATS_TEST_TMPDIR/receipt"; }

# holds FILTER: what jq finds in $all is what was written, in any order.
holds() { cmp <(jq -c "$1" "$all" | sort) <(jq -c . "$BATS_TEST_TMPDIR/rows" | sort); }

@test "odata: SAP's Cloud Application Programming Model" {
    start_server node "$servers/odata/server.js"
    list=$server/odata/Items
    rows 1250 | jq -c '.price |= tonumber' | tee "$BATS_TEST_TMPDIR/rows" | fill --body single "$list"
    for skip in $(seq 0 100 1249); do
        curl -sSf "$list?\$top=100&\$skip=$skip" | jq -c '.value[]' >>"$all"
    done
    holds 'del(.big)'
    reads 1250 odata "$list"
    counts 1250 odata "$list"
    checked "$list"
    checked "$list?\$count=true"
}

@test "directus: Directus" {
    start_server "$PYTHON3" "$servers/directus_server.py"
    secret token
    list=$server/items/items
    rows 2500 | jq -c '.price |= tonumber' >"$BATS_TEST_TMPDIR/rows"
    fill --batch-size 500 --bearer-file "$secret" "$list" <"$BATS_TEST_TMPDIR/rows"
    curl -sSf -H 'Authorization: Bearer token' "$list?limit=-1&sort=id" | jq -c '.data[]' >"$all"
    holds 'del(.id) | del(.big) | .ok |= (. == true or . == 1)'
    reads 2500 directus "$list" --bearer-file "$secret"
    reads 2500 directus "$list" --bearer-file "$secret" --query sort=id
    counts 2500 directus "$list" --bearer-file "$secret"
    checked "$list" --bearer-file "$secret"
}

@test "directus: a bad record of a batch, which Directus refuses whole, is found" {
    start_server "$PYTHON3" "$servers/directus_server.py"
    secret token
    (rows 20 && echo '{"id":1}' && rows 20 20) | jq -c 'del(.price)' |
        fill --bearer-file "$secret" --reject-file "$BATS_TEST_TMPDIR/rejects" "$server/items/items"
    [ "$(jq -c .record "$BATS_TEST_TMPDIR/rejects")" = '{"id":1}' ]
    curl -sSf -H 'Authorization: Bearer token' "$server/items/items?limit=1&meta=total_count" |
        jq -e '.meta.total_count == 40'
}

@test "strapi: Strapi" {
    start_server "$PYTHON3" "$servers/strapi_server.py"
    list=$server/api/items
    rows 250 | jq -c '.price |= tonumber' >"$BATS_TEST_TMPDIR/rows"
    fill --body single:data --parallel 2 "$list" <"$BATS_TEST_TMPDIR/rows"
    curl -sSf "$list?pagination\[pageSize\]=100&pagination\[page\]=[1-3]" | jq -c '.data[]' >"$all"
    holds '{n, title, price, half, ok, none}'
    reads 250 strapi "$list"
    counts 250 strapi "$list"
    checked "$list"
}

@test "wordpress: WordPress" {
    start_server "$PYTHON3" "$servers/wordpress_server.py" --rows 250
    list=$server/wp-json/wp/v2/posts
    order='orderby=id&order=asc'
    curl -sSf "$list?per_page=100&page=[1-3]&$order" | jq -c '.[]' >"$all"
    reads 251 wordpress "$list" --query orderby=id --query order=asc # WordPress has one of its own
    counts 251 wordpress "$list"
    checked "$list?$order"
}

@test "github: Gitea, whose API is GitHub's but for the name of a page's size" {
    start_server "$PYTHON3" "$servers/gitea_server.py"
    secret bob:password
    list=$server/api/v1/repos/bob/r/issues
    rows 250 | jq -c '{title, body: .price}' | tee "$BATS_TEST_TMPDIR/rows" |
        fill --body single --user-file "$secret" "$list"
    curl -sSf -u bob:password "$list?limit=100&page=[1-3]" | jq -c '.[]' >"$all"
    holds '{title, body}'
    reads 250 github "$list" --user-file "$secret" --param-limit limit
    counts 250 github "$list" --user-file "$secret" --param-limit limit
    reads 250 github "$list" --user-file "$secret" --param-limit limit --paginate page
    checked "$list" --user-file "$secret"
}

# opensearch N: an index of so many documents.
opensearch() {
    start_server "$PYTHON3" "$servers/opensearch_server.py"
    index=$server/items list=$server/items/_search
    curl -sSf -X PUT -H 'Content-Type: application/json' -d '{"mappings":{"properties":{"n":{"type":"integer"}}}}' \
        -o "$BATS_TEST_TMPDIR/answer" "$index"
    rows "$1" | jq -c . >"$BATS_TEST_TMPDIR/rows"
}

@test "elasticsearch: OpenSearch, more documents than from and size reach" {
    opensearch 10500
    fill --body ndjson --ndjson-prefix '{"index":{}}' --batch-size 2000 "$index/_bulk?refresh=true" \
        <"$BATS_TEST_TMPDIR/rows"
    order='{"sort":[{"n":"asc"}],"track_total_hits":true}'
    after=
    for _ in 1 2; do
        curl -sSf -H 'Content-Type: application/json' -d "${order%\}},\"size\":8000$after}" "$list" |
            jq -c '.hits.hits[]' >>"$all"
        after=",\"search_after\":$(tail -n 1 "$all" | jq -c .sort)"
    done
    holds ._source
    reads 10500 elasticsearch "$list" --data "$order"
    counts 10500 elasticsearch "$list"
}

@test "elasticsearch: documents that OpenSearch refuses are rejected, and no other" {
    opensearch 20
    (cat "$BATS_TEST_TMPDIR/rows" && echo '{"n":"seven"}' && cat "$BATS_TEST_TMPDIR/rows") |
        fill --body ndjson --ndjson-prefix '{"index":{}}' --reject-file "$BATS_TEST_TMPDIR/rejects" \
            "$index/_bulk?refresh=true"
    [ "$(jq -c '[.line, .http_status, .error.type]' "$BATS_TEST_TMPDIR/rejects")" = \
        '[21,400,"mapper_parsing_exception"]' ]
    [ "$(curl -sSf "$index/_count" | jq .count)" -eq 40 ]
}
