# restsrc --api and restsrc check against real servers, and against others' emulators of those that cannot be had:
# docs/apis.md says which is what. Here are those that ./bootstrap installs; presets_apis.bats has the large ones.
load helpers
load presets_real

# installed PATH: without it the test is skipped, as where there is no more than a compiler.
installed() { [ -e "$1" ] || skip "no $1: run ./bootstrap"; }

@test "drf, drf-page and drf-cursor: Django REST Framework" {
    installed "$venv/gunicorn"
    start_server "$venv/python" "$servers/flights_server.py" --rows 2500 --database "$BATS_TEST_TMPDIR/flights.sqlite3"
    restsrc read --page-size 1000 "$server/flights/"
    cp "$out" "$all"
    reads 2500 drf "$server/flights/"
    counts 2500 drf "$server/flights/"
    reads 2500 drf-page "$server/flights-page/"
    counts 2500 drf-page "$server/flights-page/"
    reads 2500 drf-cursor "$server/flights-cursor/" --param-limit page_size
    checked "$server/flights/"
    checked "$server/flights-page/"
    checked "$server/flights-cursor/"
}

@test "json-server: json-server" {
    installed "$servers/json-server/node_modules"
    rows 250 | jq -c '. + {id: (.n + 1)}' >"$all"
    jq -s '{posts: .}' "$all" >"$BATS_TEST_TMPDIR/db.json"
    start_server node "$servers/json-server/server.js" "$BATS_TEST_TMPDIR/db.json"
    reads 250 json-server "$server/posts"
    counts 250 json-server "$server/posts"
    checked "$server/posts"
}

@test "datasette: Datasette" {
    installed "$venv/datasette"
    "$venv/python" "$servers/datasette_server.py" --rows 2500 --records >"$all"
    start_server "$venv/python" "$servers/datasette_server.py" --rows 2500
    reads 2500 datasette "$server/plain/items.json"
    counts 2500 datasette "$server/plain/items.json"
    checked "$server/plain/items.json?_shape=objects"
}

@test "pocketbase: PocketBase" {
    installed "$venv/pocketbase"
    start_server "$venv/python" "$servers/pocketbase_server.py" --rows 1250
    list="$server/api/collections/items/records?sort=i"
    curl -sSf "$list&perPage=1000" "$list&perPage=1000&page=2" | jq -c '.items[]' >"$all"
    reads 1250 pocketbase "$list"
    counts 1250 pocketbase "$list"
    checked "$list"
}

@test "couchdb: PouchDB's own server, written to and read" {
    installed "$servers/pouchdb/node_modules"
    start_server node "$servers/pouchdb/server.js"
    curl -sSf -X PUT "$server/items"
    rows 2500 | jq -c '._id = "d \(100000 + .n)/é"' >"$BATS_TEST_TMPDIR/docs"
    status=0
    "$RESTSRC" write --body object:docs --batch-size 1000 "$server/items/_bulk_docs" <"$BATS_TEST_TMPDIR/docs" \
        >"$BATS_TEST_TMPDIR/receipt" || status=$?
    [ "$status" -eq 0 ]
    list=$server/items/_all_docs
    curl -sSf "$list?include_docs=true" | jq -c '.rows[]' >"$all"
    jq -c '.doc | del(._rev) | del(._id)' "$all" | cmp - <(rows 2500 | jq -c .)
    reads 2500 couchdb "$list" --query include_docs=true
    counts 2500 couchdb "$list"
    checked "$list?include_docs=true"
}

@test "couchdb: a document that is there already is rejected, and no other" {
    installed "$servers/pouchdb/node_modules"
    start_server node "$servers/pouchdb/server.js"
    curl -sSf -X PUT "$server/items"
    curl -sSf -X PUT "$server/items/d7" -d '{}'
    rows 20 | jq -c '._id = "d\(.n)"' |
        "$RESTSRC" write --body object:docs --reject-file "$BATS_TEST_TMPDIR/rejects" "$server/items/_bulk_docs" \
            >"$BATS_TEST_TMPDIR/receipt"
    [ "$(jq -c '[.line, .error]' "$BATS_TEST_TMPDIR/rejects")" = '[8,"conflict"]' ]
    [ "$(curl -sSf "$server/items/_all_docs" | jq .total_rows)" -eq 20 ]
}

@test "couchdb: a view, by skip" {
    installed "$servers/pouchdb/node_modules"
    start_server node "$servers/pouchdb/server.js"
    curl -sSf -X PUT "$server/items"
    rows 250 | jq -c '._id = "d\(.n)"' | jq -cs '{docs: .}' |
        curl -sSf -H 'Content-Type: application/json' --data-binary @- -o "$BATS_TEST_TMPDIR/answer" \
            "$server/items/_bulk_docs"
    curl -sSf -X PUT "$server/items/_design/v" -H 'Content-Type: application/json' \
        -d '{"views":{"seven":{"map":"function (d) { emit(d.n % 7) }"}}}'
    list=$server/items/_design/v/_view/seven
    curl -sSf "$list" | jq -c '.rows[]' >"$all"
    reads 250 couchdb "$list" --paginate offset --param-offset skip --page-size 100
}

# emulator SERVICE: one of vendors' APIs.
emulator() {
    installed "$servers/emulate/node_modules"
    start_server node "$servers/emulate/server.mjs" "$1"
    secret test_token_admin
}

# post URL: the JSON texts of standard input, one request each.
post() { "$RESTSRC" write --body single --bearer-file "$secret" "$1" >"$BATS_TEST_TMPDIR/receipt"; }

# pages FILTER URL...: what jq finds in those pages, into $all.
pages() {
    local filter=$1
    shift
    curl -sSf -H "Authorization: Bearer test_token_admin" "$@" | jq -c "$filter" >"$all"
}

@test "github: an emulator, written to and read" {
    emulator github
    echo '{"name":"r"}' | post "$server/user/repos"
    list=$server/repos/admin/r/issues
    rows 250 | jq -c '{title, body: .price}' | post "$list"
    pages '.[]' "$list?per_page=100&page=[1-3]"
    reads 250 github "$list" --bearer-file "$secret"
    counts 250 github "$list" --bearer-file "$secret"
    reads 250 github "$list" --bearer-file "$secret" --paginate page
    checked "$list" --bearer-file "$secret"
    cmp <(jq .title "$out" | sort) <(rows 250 | jq .title | sort)
}

@test "google: an emulator of Google Calendar" {
    emulator google
    list=$server/calendar/v3/calendars/primary/events
    rows 300 |
        jq -c '{summary: .title, start: {dateTime: "2026-01-01T00:00:00Z"}, end: {dateTime: "2026-01-01T01:00:00Z"}}' |
        post "$list"
    pages '.items[]' "$list?maxResults=150" "$list?maxResults=150&pageToken=150"
    reads 300 google "$list" --bearer-file "$secret" --page-size 100
    reads 300 google "$list" --bearer-file "$secret"
    checked "$list" --bearer-file "$secret"
}

@test "google-aip: an emulator of Google Drive" {
    emulator google
    list=$server/drive/v3/files
    rows 250 | jq -c '{name: .title}' | post "$list"
    pages '.files[]' "$list?pageSize=1000"
    reads 250 google-aip "$list" --bearer-file "$secret" --records files
    checked "$list" --bearer-file "$secret"
}

@test "slack: an emulator, which takes POST only" {
    emulator slack
    rows 240 | jq -c '{name: "channel-\(.n)"}' | post "$server/api/conversations.create"
    list=$server/api/conversations.list
    curl -sSf -H "Authorization: Bearer test_token_admin" -d limit=1000 "$list" | jq -c '.channels[]' >"$all"
    reads "$(wc -l <"$all")" slack "$list" --records channels --bearer-file "$secret" --page-in body --data '{}'
}

@test "stripe: an emulator" {
    emulator stripe
    list=$server/v1/customers
    rows 250 |
        jq -r --arg url "$list" \
            '"next\nurl = \"\($url)\"\nsilent\nfail",
                "data = \"description=\(.title | @uri)&metadata[price]=\(.price)\""' |
        curl -H "Authorization: Bearer test_token_admin" -K - >"$BATS_TEST_TMPDIR/answers"
    last=
    for _ in 1 2 3; do
        curl -sSf -H "Authorization: Bearer test_token_admin" "$list?limit=100${last:+&starting_after=$last}" |
            jq -c '.data[]' >>"$all"
        last=$(tail -n 1 "$all" | jq -r .id)
    done
    reads "$(wc -l <"$all")" stripe "$list" --bearer-file "$secret"
    checked "$list" --bearer-file "$secret"
}

@test "jira: an emulator of Jira Data Center" {
    installed "$venv/jira820"
    start_server "$venv/python" "$servers/jira_server.py"
    list=$server/rest/api/2/search
    curl -sSf "$list?maxResults=100&startAt=[0-900:100]" | jq -c '.issues[]' >"$all"
    n=$(curl -sSf "$list?maxResults=0" | jq .total)
    reads "$n" jira "$list" --records issues
    counts "$n" jira "$list"
    checked "$list"
}
