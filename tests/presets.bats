# restsrc --api: each preset against a server in the API's shape (tests/servers/apis.py), which refuses what the real
# one refuses and any parameter that it does not document. presets_real.bats and presets_apis.bats have real servers.
load helpers

setup_file() {
    export XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/config
    start_server "$PYTHON3" "$tests/servers/apis.py"
}
teardown_file() { stop_server; }
teardown() { rm -rf "$XDG_CONFIG_HOME"; }

# api NAME [N [PATH]]: the list of that API, of N records.
api() {
    name=$1
    times=$((${times:-0} + 1)) # a scenario, and so a log, of its own
    scenario="$server/id=$BATS_TEST_NUMBER.$times,n=${2:-250}"
    list="$scenario/$1${3:-}"
}

records() { curl -sSf "$scenario/$name/_records"; }

# reads REQUESTS [OPTION...]: the preset reads the whole list, with so many requests (or any), and a range that crosses
# pages; no word about it.
reads() {
    local requests=$1
    shift
    restsrc read --api "$name" "$@" "$list"
    exits 0
    records | cmp - "$out"
    says_nothing
    [ "$requests" = any ] || [ "$(log length)" -eq "$requests" ] || { echo "$(log length) requests"; return 1; }
    restsrc read --api "$name" "$@" --offset 95 --limit 120 "$list"
    exits 0
    records | sed -n '96,215p' | cmp - "$out"
}

# counts N [OPTION...]
counts() {
    local n=$1
    shift
    restsrc count --api "$name" "$@" "$list"
    exits 0
    wrote "$n"
}

no_count() {
    restsrc count --api "$name" "$@" "$list"
    exits 76
}

# ---- presets ----

@test "help apis lists every preset with what it is" {
    restsrc help apis
    exits 0
    for file in "$tests"/../share/apis/*.conf; do
        preset=$(basename "$file" .conf)
        [ "$(grep -c "^$preset  *[A-Za-z]" "$out")" -eq 1 ]
        [[ $(head -n 1 "$file") == "# $preset: "* ]]
        sed -n 2p "$file" | grep -q '^# https://'
    done
}

@test "presets are in the program: it lists and shows them from any place, and with no other file" {
    cp "$RESTSRC" "$BATS_TEST_TMPDIR/alone"
    files=("$tests"/../share/apis/*.conf)
    [ "$("$BATS_TEST_TMPDIR/alone" help apis | wc -l)" -eq "${#files[@]}" ]
    for file in "${files[@]}"; do
        "$BATS_TEST_TMPDIR/alone" help apis "$(basename "$file" .conf)" | cmp - "$file"
    done
    restsrc help apis none
    exits 78
}

@test "a user's own preset comes first, and its options may be overridden" {
    mkdir -p "$XDG_CONFIG_HOME/restsrc/apis"
    printf '# stripe: mine\npaginate = last-id\nparam-cursor = starting_after\npage-size = 50\n' \
        >"$XDG_CONFIG_HOME/restsrc/apis/stripe.conf"
    restsrc help apis
    grep -q '^stripe  *mine$' "$out"
    [ "$(grep -c '^stripe ' "$out")" -eq 1 ]
    api stripe
    reads 6 # one of them asks whether the records that come are the next ones
    api stripe
    reads 4 --page-size 100
}

@test "a preset may be named in a configuration file, whose options win" {
    api jira
    printf 'api = jira\npage-size = 10\nurl = "%s"\n' "$list" >"$BATS_TEST_TMPDIR/config"
    restsrc read --config "$BATS_TEST_TMPDIR/config"
    exits 0
    records | cmp - "$out"
    [ "$(log length)" -eq 26 ] # 25 pages, and a look past the total
}

@test "a preset that is not there is an error of the configuration that says where to look" {
    restsrc read --api strip http://127.0.0.1:1/
    exits 78
    says "strip" "help apis"
    restsrc read --api ../../etc/passwd http://127.0.0.1:1/
    exits 78
}

# ---- each API ----

@test "couchdb: _all_docs from key to key" {
    api couchdb 2500
    reads 4
    counts 2500
    api couchdb
    reads 4 --page-size 100 --query include_docs=true
}

@test "couchdb: views by skip, and Mango by bookmark, as the preset's comments say" {
    api couchdb
    reads 3 --paginate offset --param-offset skip --page-size 100
    api couchdb 250 /_find
    reads 4 --paginate cursor --no-cursor-inclusive --next bookmark --param-cursor bookmark --page-in body \
        --records docs --data '{"selector":{}}' --page-size 100
    restsrc read --api couchdb --base-url "$scenario/couchdb" find
    exits 0
    records | cmp - "$out"
}

@test "datasette" {
    api datasette 2500
    reads 3
    counts 2500
}

@test "directus" {
    api directus
    reads 3
    counts 250
}

@test "elasticsearch: search_after, in an order that the user gives" {
    api elasticsearch 2500 /_search
    order='{"sort":[{"time":"asc"},{"id":"asc"}],"track_total_hits":true}'
    reads 4 --data "$order" # the fourth finds nothing after the third
    counts 2500 --data "$order"
    counts 2500
}

@test "elasticsearch: without an order the read says what is missing" {
    api elasticsearch 2500 /_search
    restsrc read --api elasticsearch "$list"
    exits 76
    says "sort"
}

@test "elasticsearch: more than 10,000 documents are counted, not estimated" {
    api elasticsearch 10500 /_search
    counts 10500
    counts 10500 --data '{}'
    restsrc count --api elasticsearch --data '{"track_total_hits":false}' "$list"
    exits 76
}

@test "github" {
    api github
    reads 3
    counts 250
}

@test "github: by page numbers, in parallel" {
    api github
    reads any --paginate page # nothing says where the end is: it asks for pages past it
}

@test "gitlab" {
    api gitlab
    reads 3
    counts 250
}

@test "gitlab: by page numbers, in parallel, and by keyset" {
    api gitlab
    reads 3 --paginate page
    api gitlab
    reads 3 --query pagination=keyset --query order_by=id
}

@test "google" {
    api google
    reads 5
    no_count
}

@test "google-aip" {
    api google-aip
    reads 3 --records files
    no_count --records files
}

@test "hubspot" {
    api hubspot
    reads 3
    no_count
}

@test "jira" {
    api jira
    reads 6
    counts 250
}

@test "jira-search" {
    api jira-search
    reads 3 --query 'jql=project = P ORDER BY id'
    restsrc read --api jira-search "$list"
    exits 69
    says "Unbounded"
}

@test "odata" {
    api odata
    reads 3
    counts 250
    api odata
    reads 5 --header 'Prefer: odata.maxpagesize=50'
}

@test "pocketbase" {
    api pocketbase 1250
    reads 3
    counts 1250
}

@test "postgrest" {
    api postgrest
    reads 3
    counts 250
}

@test "postgrest: without an exact count, and by offset and limit" {
    api postgrest
    reads 3 --paginate offset
}

@test "salesforce" {
    api salesforce 4500 /services/data/v63.0/query
    reads 3 --query 'q=SELECT Id FROM Account'
    counts 4500 --query 'q=SELECT Id FROM Account'
    api salesforce 500
    reads 3 --query 'q=SELECT Id FROM Account' --header 'Sforce-Query-Options: batchSize=200'
}

@test "shopify" {
    api shopify 600 /products.json
    reads 3 --records products
    counts 600 --count-from url:products/count.json
}

@test "slack: the list has a name of its own; an error in a 200 is one" {
    api slack 450
    (umask 077 && echo xoxb-1-2-3 >"$BATS_TEST_TMPDIR/token")
    reads 3 --records channels --bearer-file "$BATS_TEST_TMPDIR/token"
    restsrc read --api slack --records channels "$list"
    exits 76
    says not_authed
}

@test "strapi" {
    api strapi
    reads 3
    counts 250
    api strapi
    reads 3 --page-size 1000 # the server gives 100 at most, and says nothing about it
}

@test "stripe" {
    api stripe
    reads 4 # one of them asks whether the records that come are the next ones
    no_count
    restsrc read --api stripe --page-size 101 "$list"
    exits 69
}

@test "wordpress" {
    api wordpress
    reads 3
    counts 250
}

@test "zendesk: the last page has a next link, too" {
    api zendesk 250 /api/v2/tickets
    reads 3 --records tickets
    counts 250 --records tickets --count-from 'url:tickets/count#count.value'
}
