# restsrc check and --paginate auto: whoever knows only a URL gets the right command line, by at most six requests.
load helpers

venv=$tests/../.venv/bin
setup_file() {
    export XDG_CONFIG_HOME=$BATS_FILE_TMPDIR
    start_fault_server
    export fault_server=$server fault_id=$server_id
    start_server "$PYTHON3" "$tests/servers/apis.py"
}
teardown_file() {
    stop_server
    kill "$fault_id" 2>/dev/null || true
}
setup() { apis=$server server=$fault_server; }

# checks [OPTION...]: check finds out how $list pages, by at most six requests. not_found_out: it does not.
checks() { looks 0 "$@"; }
not_found_out() { looks 76; }
looks() {
    restsrc check "${@:2}" "$list"
    exits "$1"
    [ "$(log length)" -le 6 ]
    cp "$out" "$BATS_TEST_TMPDIR/found"
}

found() { grep -qF -e "$1" "$BATS_TEST_TMPDIR/found" || { cat "$BATS_TEST_TMPDIR/found"; return 1; }; }

# The command line that check printed, run as a shell runs it.
runs() {
    command=$(sed -n 's/^shell:  *//p' "$BATS_TEST_TMPDIR/found")
    [[ $command == "restsrc read "* ]]
    eval "$command"
    exits 0
    says_nothing
}

# The options of the line for Spark, as Spark gives them to restsrc: NAME = VALUE lines.
runs_in_spark() {
    sed -n 's/^Spark:  *//p' "$BATS_TEST_TMPDIR/found" | "$PYTHON3" -c '
import json, sys
class Reader:
    options = {}
    def format(self, name): return self
    def option(self, name, value): self.options[name] = value; return self
    def load(self): return self
class spark: read = Reader()
for name, value in eval(sys.stdin.read()).options.items():
    for line in value.split("\n"):
        print(name.replace("_", "-"), "=", json.dumps(line))' >"$BATS_TEST_TMPDIR/options"
    chmod 600 "$BATS_TEST_TMPDIR/options"
    restsrc read --config "$BATS_TEST_TMPDIR/options"
    exits 0
}

# is STYLE WORDS PATH: check says STYLE of that scenario of the fault server, and its command lines read every record.
is() {
    local style=$1
    scenario="$server/id=$BATS_TEST_NUMBER.$((times += 1)),$2"
    list="$scenario/$3"
    checks
    found "--paginate $style"
    runs
    wrote_records
    runs_in_spark
    wrote_records
}

counts_auto() {
    restsrc count --paginate auto "$list"
    exits 0
    wrote "$1"
}

# knows STYLE NAME [OPTION...]: the same of an API.
knows() {
    local style=$1 name=$2
    shift 2
    scenario="$apis/id=$BATS_TEST_NUMBER.$((times += 1)),n=${n:-250}"
    list="$scenario/$name${path:-}"
    checks "$@"
    found "--paginate $style"
    runs
    curl -sSf "$scenario/$name/_records" | cmp - "$out"
}

# ---- styles ----

@test "check and read tell of records that are kept by key" {
    answers '{"body":{"ok":true,"data":{"7":{"id":7,"n":1},"9":{"id":9}}}}' \
        '{"body":{"data":{"7":{"id":7},"9":{"id":9}}}}' \
        '{"body":{"data":{"self":{"id":7},"links":{"to":"x"}}}}'
    restsrc check "$list"
    exits 76
    says "kept by key: --records 'data.*'"
    restsrc read --records data "$list"
    exits 76
    says "no list of records at data of the answer, but an object with 2 members"
    says "(records kept by key? --records 'data.*')"
    restsrc check "$list" # no two records begin otherwise
    exits 76
    says "no list of records at a usual place"
}

@test "offset and limit, also with few records, a cap, or no count" {
    is offset n=1000 items
    found "count:    1000 (body:total)"
    is offset n=250,cap=30 items
    found "size:     1000 asked for, 30 given"
    is offset n=3 items
    is offset n=250,total=none,nocount items
    found "count:    not said"
    is offset n=250,total=none items
    found "count:    250 (url:"
    is offset n=250,kind=mixed,envelope=array,total=none items
}

@test "page numbers, from 1 or 0, also with a cap" {
    is page n=1000 pages
    is page n=1000,cap=30 pages
    found "--page-size 30"
    is page n=250,base=0 pages
    found "--page-base 0"
    is page n=250,names=page:per_page,total=none,past=404 pages
}

@test "cursors, has_more and an id, next links, Link headers" {
    is cursor n=250 cursor
    is cursor n=250,next=meta.next_cursor,total=none cursor
    is cursor n=250,end=absent,envelope=data cursor
    is last-id n=250 last-id
    for more in hasMore meta.has_more pagination.has_more pageInfo.hasNextPage; do
        is last-id "n=250,more=$more" last-id
    done
    is next-url n=250 next
    is next-url n=250,form=relative,next=links.next next
    is link n=250 link
    is link n=250,link=many,envelope=array,total=none link
}

@test "Content-Range, with the count that it gives when asked" {
    is range n=250 range
    found "count:    250 (content-range)"
    found "--header 'Prefer: count=exact'"
}

@test "the whole list in one answer" {
    is none n=1000 whole
    is none n=997,total=none,nocount whole
    is none n=1000,total=none,nocount,ndjson whole
    found "NDJSON"
}

@test "a list that ends with its first page is read as its null says" {
    is next-url n=1,total=none,nocount next
    is cursor n=1,total=none,nocount cursor
}

# ---- real servers ----

@test "Django REST Framework: its three paginations" {
    [ -x "$venv/gunicorn" ] || skip "no Django REST Framework in .venv: run ./bootstrap"
    start_server "$venv/python" "$tests/servers/flights_server.py" --rows 2500 \
        --database "$BATS_TEST_TMPDIR/flights.sqlite3"
    restsrc read --page-size 1000 "$server/flights/"
    cp "$out" "$BATS_TEST_TMPDIR/all"
    for pair in offset:flights page:flights-page next-url:flights-cursor; do
        restsrc check "$server/${pair#*:}/"
        exits 0
        cp "$out" "$BATS_TEST_TMPDIR/found"
        found "--paginate ${pair%:*}"
        runs
        cmp "$out" "$BATS_TEST_TMPDIR/all"
        restsrc read --paginate auto "$server/${pair#*:}/"
        cmp "$out" "$BATS_TEST_TMPDIR/all"
    done
    stop_server
}

@test "json-server" {
    [ -d "$tests/servers/json-server/node_modules" ] || skip "no json-server: run ./bootstrap"
    "$PYTHON3" -c \
        'import json; print(json.dumps({"posts": [{"id": i, "title": f"post {i}"} for i in range(1, 1001)]}))' \
        >"$BATS_TEST_TMPDIR/db.json"
    start_server node "$tests/servers/json-server/server.js" "$BATS_TEST_TMPDIR/db.json"
    restsrc check "$server/posts"
    exits 0
    cp "$out" "$BATS_TEST_TMPDIR/found"
    found "--param-offset _start"
    found "count:    1000 (header:X-Total-Count)"
    runs
    jq -c '.posts[]' "$BATS_TEST_TMPDIR/db.json" | cmp - "$out"
    stop_server
}

@test "datasette" {
    [ -x "$venv/datasette" ] || skip "no datasette in .venv: run ./bootstrap"
    start_server "$venv/python" "$tests/servers/datasette_server.py" --rows 1000
    restsrc check "$server/plain/items.json?_shape=objects"
    exits 0
    cp "$out" "$BATS_TEST_TMPDIR/found"
    found "--paginate link"
    runs
    "$venv/python" "$tests/servers/datasette_server.py" --rows 1000 --records | jq -c . >"$BATS_TEST_TMPDIR/all"
    jq -c . "$out" | cmp - "$BATS_TEST_TMPDIR/all"
    stop_server
}

@test "PocketBase" {
    [ -x "$venv/pocketbase" ] || skip "no PocketBase in .venv: run ./bootstrap"
    start_server "$venv/python" "$tests/servers/pocketbase_server.py" --rows 250
    list="$server/api/collections/items/records?sort=i"
    restsrc check "$list"
    exits 0
    cp "$out" "$BATS_TEST_TMPDIR/found"
    found "count:    250 (body:totalItems)"
    runs
    curl -sSf "$list&perPage=1000" | jq -c '.items[]' | cmp - "$out"
    stop_server
}

# ---- well-known APIs, without their presets ----

@test "APIs that are read by number" {
    knows offset couchdb
    knows offset directus
    found "count:    250 (body:/meta/filter_count)"
    counts_auto 250
    knows page gitlab
    knows page github
    found "count:    250 (last-page)"
    knows offset jira
    knows page pocketbase
    knows range postgrest
    knows page strapi
    knows page wordpress
    found "size:     100 asked for, 100 given"
}

@test "APIs that lead from page to page, with lists that have a name of their own" {
    knows next-url datasette
    knows cursor google
    knows cursor google-aip
    found "--records files"
    knows cursor hubspot
    knows cursor jira-search --query 'jql=project = P'
    knows next-url odata
    found "count:    250 (body:/@odata.count)"
    counts_auto 250
    knows next-url odata --query '$orderby=id'
    runs_in_spark
    curl -sSf "$scenario/odata/_records" | cmp - "$out"
    grep -qF '$count=true' "$BATS_TEST_TMPDIR/options"
    grep -qF '$orderby=id' "$BATS_TEST_TMPDIR/options"
    knows last-id stripe
    knows next-url zendesk
    found "--records tickets"
    path=/products.json knows link shopify
    n=2500 knows next-url salesforce --query 'q=SELECT Id FROM Account'
}

@test "lists of frameworks" {
    knows page drf-fixed
    found "--param-limit '' --page-size 20"
    eval "$command --offset 95 --limit 120"
    exits 0
    curl -sSf "$scenario/drf-fixed/_records" | sed -n '96,215p' | cmp - "$out"
    knows page spring
    found "--page-base 0"
    found "count:    250 (body:totalElements)"
    knows page laravel
    found "--page-size 15"
    knows offset jsonapi
    knows cursor airtable
}

@test "records of which something changes from answer to answer are known by their id" {
    list="$apis/id=$BATS_TEST_NUMBER,n=250/volatile" scenario="$apis/id=$BATS_TEST_NUMBER,n=250"
    checks
    found "--paginate offset"
    found "order:    the same twice"
    runs
    [ "$(jq -s 'map(.id) == [range(250)]' "$out")" = true ]
}

@test "an order that changes from answer to answer is told" {
    list="$apis/id=$BATS_TEST_NUMBER,n=250/shuffled" scenario="$apis/id=$BATS_TEST_NUMBER,n=250"
    not_found_out
    found "order:    not the same twice"
}

@test "an offset that counts pages is no offset" {
    list="$apis/id=$BATS_TEST_NUMBER,n=250/paged-offset" scenario="$apis/id=$BATS_TEST_NUMBER,n=250"
    restsrc read --paginate auto "$list"
    exits 76
    wrote_nothing
}

@test "Elasticsearch is read by from and size" {
    scenario="$apis/id=$BATS_TEST_NUMBER,n=250" list="$apis/id=$BATS_TEST_NUMBER,n=250/elasticsearch/_search"
    checks
    runs
    curl -sSf "$scenario/elasticsearch/_records" | sed 's/,"sort":.*/}/' | cmp - "$out"
}

@test "Elasticsearch: more documents than from and size get at are not promised" {
    list="$apis/id=$BATS_TEST_NUMBER,n=10500/elasticsearch" scenario="$apis/id=$BATS_TEST_NUMBER,n=10500"
    not_found_out
    found "pages:    not found out: there are more documents than from and size get at: see --api elasticsearch"
    [ "$(log length)" -le 3 ]
}

@test "check looks by GET only" {
    list n=250
    restsrc check --method POST "$list"
    exits 64
    [ "$(log length)" -eq 0 ]
}

@test "credentials, headers and queries go into the command lines; secrets do not" {
    (umask 077 && echo xoxb-1-2-3 >"$BATS_TEST_TMPDIR/a token's file")
    knows cursor slack --bearer-file "$BATS_TEST_TMPDIR/a token's file" --query types=a --header 'X-Odd: it"s' \
        --no-compressed
    found "credentials accepted"
    runs_in_spark
    curl -sSf "$scenario/slack/_records" | cmp - "$out"
    list n=250,require-header=Authorization:Bearer%20s3cret,require-query=api_key:s3cret
    restsrc check --header 'Authorization: Bearer s3cret' "$list?api_key=s3cret"
    exits 0
    ! sed "s|$list|URL|g" "$out" | grep s3cret || false # the words of the scenario stand in its URL
    grep -qF 'Authorization: ***' "$out"
    grep -qF '*** is a secret' "$out"
}

# ---- what a person needs to hear ----

# hears STATUS WORDS TEXT...
hears() {
    local expected=$1
    list "$2"
    shift 2
    restsrc check "$list"
    exits "$expected"
    wrote_nothing
    says "$@"
}

@test "what is no list is told with what to do about it, after one request" {
    hears 69 status=404 "HTTP 404" "is the path right?"
    hears 77 status=401 "HTTP 401" "wants credentials" --bearer-file
    hears 77 status=403 "HTTP 403" --bearer-file
    hears 76 html "web page, not JSON" "login"
    hears 76 garbage "not JSON"
    hears 76 blank "is empty"
    hears 76 "body=%7B%22results%22:[]%2C%22error%22:%22away%22%7D" "away"
    hears 75 status=503 "HTTP 503"
    [ "$(log length)" -eq 1 ]
    hears 76 redirect=other "redirects to another origin" "--trust-host" "use its URL"
    hears 76 error200 "no list of records" "the database is away" "--records"
    hears 76 "body=%7B%22a%22:1%7D" "no list of records" "--records"
    hears 76 "body=%7B%22x%22:[{%22a%22:1}]%2C%22y%22:[{%22a%22:1}]%7D" "several lists" "--records x or y"
    restsrc check http://127.0.0.1:1/items
    exits 75
    says "host and port"
    (umask 077 && echo token >"$BATS_TEST_TMPDIR/token")
    restsrc check --bearer-file "$BATS_TEST_TMPDIR/token" "$server/id=$BATS_TEST_NUMBER,status=401/items"
    exits 77
    says "does not accept these credentials"
}

@test "of an empty list check says that nothing can be seen" {
    is none n=0 items
    found "the list is empty"
}

@test "an error is one object with --error-format json" {
    list status=404
    restsrc check --error-format json "$list"
    exits 69
    wrote_nothing
    jq -e '.exit == 69 and .http_status == 404 and (.message | contains("path"))' "$err"
}

@test "the finding is one object with --error-format json, which has all of its members" {
    members='["count","count_from","doubt","options","page_size","records","seekable","shell","spark","stable","style"]'
    list n=250,cap=30
    restsrc check --error-format json "$list"
    exits 0
    jq -e --argjson members "$members" \
        'keys == $members and .style == "offset" and .count == 250 and .count_from == "body:total" and
        .page_size == 30 and .seekable and .stable and .records == "results" and .doubt == null and
        .options == {"records": "results", "paginate": "offset", "param-offset": "offset", "param-limit": "limit",
                     "page-size": "30", "count-from": "body:total"}' "$out"
    list n=1000,total=none,nocount /../whole
    restsrc check --error-format json "$scenario/whole"
    exits 76
    jq -e --argjson members "$members" \
        'keys == $members and .style == null and .count == null and .page_size == null and (.doubt | length > 0)' "$out"
    says "not found out"
}

# ---- --paginate auto ----

@test "auto reads every style, and says with --verbose what it found" {
    for style in items pages cursor last-id next link range; do
        scenario="$server/id=$BATS_TEST_NUMBER.$style,n=250" list="$server/id=$BATS_TEST_NUMBER.$style,n=250/$style"
        restsrc read --paginate auto "$list"
        exits 0
        wrote_records
        restsrc read --paginate auto --offset 120 --limit 60 --verbose "$list"
        exits 0
        wrote_records 120 60
        says "--paginate auto found: --records=results --paginate="
    done
}

@test "auto counts" {
    list n=250
    restsrc count --paginate auto "$list"
    exits 0
    wrote 250
}

@test "auto keeps to what is given" {
    list n=250,names=from:take
    restsrc read --paginate auto --param-offset from --param-limit take --page-size 30 "$list"
    exits 0
    wrote_records
    queries | grep -q 'from=30&take=30'
}

@test "auto looks at lists that are asked for by GET and queries, or by POST and a JSON body" {
    list n=250
    for option in --data=a=1 --method=POST --method=PUT --page-in=body --page-in=header; do
        restsrc read --paginate auto "$option" "$list"
        exits 64
        says "--paginate"
    done
    [ "$(log length)" -eq 0 ]
}

@test "auto is refused where the answer may be a page or the whole list" {
    list n=1000,total=none,nocount
    list="$scenario/whole"
    restsrc read --paginate auto "$list"
    exits 76
    wrote_nothing
    says "the whole list (--paginate none), or a page of it" "set --paginate"
    restsrc check "$list"
    exits 76
    grep -q "not found out" "$out"
    grep -q "If that is the whole list:" "$out"
}

@test "auto is refused where the answer says that there is more, in a way that is not known" {
    list n=7,nocount,total=none,put=LastEvaluatedKey:%7B%22k%22:1%7D
    restsrc read --paginate auto "$scenario/whole"
    exits 76
    says LastEvaluatedKey
    list n=7,put=total:1000
    restsrc read --paginate auto "$scenario/whole"
    exits 76
    says "1000 records, the answer 7"
    restsrc check "$scenario/whole"
    exits 76
    ! grep "^shell:" "$out" || false
    grep -q -- "--api" "$out"
}

@test "an answer of an object and a list, as of the World Bank: check finds the list, read takes no two records" {
    api <<'END'
def answer(r):
    page, size = int(r.query.get("page", 1)), int(r.query.get("per_page", 10))
    rows = [{"id": n} for n in range(35)][size * (page - 1) : size * page]
    return [{"page": page, "pages": -(-35 // size), "per_page": str(size), "total": 35}, rows or None]
END
    restsrc check "$api/items"
    exits 0
    grep -qF -e "--records '\$[1]' --paginate page --param-page page --param-limit per_page" "$out"
    restsrc read --paginate auto --page-size 10 "$api/items"
    exits 0
    wrote_ids 0 34
    for style in none page offset; do
        restsrc read --paginate "$style" "$api/items"
        exits 76
        says "--records '\$[1]' for the list"
        wrote_nothing
    done
    restsrc read --paginate none --records '$[*]' "$api/items"
    exits 0
    [ "$(wc -l <"$out")" -eq 2 ]
}

@test "a count that is the length of the page is not believed" {
    list n=250,put=count:100,total=none,nocount
    restsrc check --error-format json "$list"
    exits 0
    jq -e '.style == "offset" and .count == null' "$out"
}

@test "a next link to another origin is not followed" {
    list n=250,form=foreign
    restsrc read --paginate auto "$scenario/next"
    exits 76
    says "another origin" "--keep-origin"
    list="$scenario/next"
    checks
    found "--keep-origin"
    runs
    wrote_records
}

@test "an error while trying is no error of the list" {
    list n=250,fail=500:1:1
    checks
    list n=250,fail=500:9:1
    not_found_out
    says "not found out"
}

@test "a list that fails as soon as it is asked for more is not taken for whole" {
    api <<'END'
def answer(r):
    return (503 if r.query or "count" in r.path else 200), [{"id": i} for i in range(7)]
END
    restsrc read --paginate auto --retry 0 "$api/"
    exits 75
    wrote_nothing
    says "a request with parameters failed" "HTTP 503"
    restsrc check --retry 0 "$api/"
    exits 75
    says "a request with parameters failed"
}

@test "a header that leads on is named, and the answer is not called all that there is" {
    for header in 'Next-Range: id ]3..; max=3' 'x-ms-continuationtoken: 5' 'X-Next-Page: 2' 'opc-next-page: AAA'; do
        api <<END
def answer(r):
    name, _, value = "$header".partition(": ")
    return 206 if name == "Next-Range" else 200, [{"id": i} for i in range(1, 4)], {name: value}
END
        restsrc check "$api"
        exits 76
        says_not "all in one answer"
        cat "$out" "$err" | grep -qF "${header%%:*}"
    done
}

# reads_all OPTIONS: check finds these options, and the line that it gives reads the ids from 0 to 7.
reads_all() {
    restsrc check --sample 1 "$@"
    jq -r '.shell | sub("^restsrc"; "\"$RESTSRC\"")' "$out" >"$BATS_TEST_TMPDIR/line"
    sh "$BATS_TEST_TMPDIR/line" >"$BATS_TEST_TMPDIR/read"
    diff <(jq -r .id "$BATS_TEST_TMPDIR/read") <(seq 0 7)
}

@test "a cursor that goes with no other parameter, and pages whose length can't be asked for" {
    api <<'END'
def answer(r):
    if r.path == "/pages":
        at = 3 * (int(r.query.get("page", 1)) - 1)
        return {"items": [{"id": i} for i in range(at, min(at + 3, 8))]}
    if "cursor" in r.query and len(r.query) > 1:
        return 400, {"message": "a cursor goes with nothing else"}
    at = int(r.query.get("cursor", "c0")[1:])
    return {"items": [{"id": i} for i in range(at, min(at + 3, 8))], "next_cursor": f"c{at + 3}" if at < 5 else None}
END
    reads_all "$api/items?kind=a"
    [ "$(jq -c .options "$out")" = '{"records":"items","paginate":"cursor","next":"next_cursor",'\
'"param-cursor":"cursor","cursor-alone":"true","param-limit":""}' ]
    reads_all "$api/pages"
    [ "$(jq -c .options "$out")" = '{"records":"items","paginate":"page","param-page":"page","param-limit":"",'\
'"page-size":"3"}' ]
}

@test "names that a server makes up are no commands, options or JSONPaths in the line to paste" {
    cd "$BATS_TEST_TMPDIR"
    api <<'END'
from urllib.parse import unquote
def answer(r):
    name, at = unquote(r.path[1:]), int(r.query.get("p", 0))
    rows = [{"id": i, name: "%s%n$(touch pwned)"} for i in range(at, min(at + 3, 8))]
    return {name: rows, "next": f"{r.target.split('?')[0]}?p={at + 3}" if at < 5 else None}
END
    for name in "a'b" 'a$(touch pwned)' 'a;touch pwned' 'a`touch pwned`' 'a b' 'a|b' 'a.b' 'a*' '$a' -a --help --; do
        reads_all "$api/$(jq -rn --arg name "$name" '$name | @uri')"
    done
    [ ! -e pwned ]
}
