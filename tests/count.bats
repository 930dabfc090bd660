# restsrc count: an exact count or an error, never a guess.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

encoded() { jq -rn --arg t "$1" '$t | @uri'; }

# count_of TEXT: a list whose /count answers with this text.
count_of() { list "count=$(encoded "$1")"; }
# page_of TEXT: a list without /count whose page is this text.
page_of() { list "nocount,body=$(encoded "$1"),count=html"; }

# ---- the counting URL ----

@test "a server with one answer for whatever path: its page is no answer of a counting URL" {
    list 'n=250,total=none,count={"value":[{"a":1}%2C{"a":2}]%2C"count":2}'
    restsrc count "$list"
    exits 76
    says "--count-from"
    list 'n=250,count={"value":[{"a":1}%2C{"a":2}]%2C"count":2}'
    restsrc count "$list"
    exits 0
    wrote 250
}

@test "the count is a number and a newline on standard output" {
    list n=1234
    restsrc count "$list"
    exits 0
    printf '1234\n' | cmp - "$out"
    says_nothing
    [ "$(log -r 'map(.target | sub(".*/items"; "/items")) | join(" ")')" = "/items/count" ]
}

@test "the counting URL may answer total, count, a bare number, or a number in quotes" {
    for text in '{"total":77}' '{"count":77}' '{"x":{"total":1},"count":77}' 77 ' 77 ' '"77"' '{"total":"77"}'; do
        count_of "$text"
        restsrc count "$list"
        exits 0
        wrote 77
    done
}

@test "a slash at the end of the URL makes no double slash" {
    list n=12 /
    restsrc count "$list"
    exits 0
    wrote 12
    log -r '.[0].target' | grep '/items/count$'
}

@test "filters and headers count: the URL's query, --query and --header are sent" {
    list n=12,require-query=carrier:UA,require-query=month:1,require-header=X-Key:abc '?carrier=UA'
    restsrc count --query month=1 --header 'X-Key: abc' "$list"
    exits 0
    wrote 12
}

@test "paging parameters are not sent to the counting URL" {
    list n=12 '?offset=5&a=1&limit=3'
    restsrc count "$list"
    exits 0
    wrote 12
    [ "$(queries)" = "?a=1" ]
}

@test "a count beyond 2^53 is exact" {
    count_of '{"total": 9007199254740993}'
    restsrc count "$list"
    exits 0
    wrote 9007199254740993
}

@test "count tries again what may pass" {
    list n=12,fail=503:2
    restsrc count --retry-delay 0.01 "$list"
    exits 0
    wrote 12
}

@test "count does not ask the list while the counting URL is busy or fails" {
    for code in 429 502 503; do
        list "n=12,nocount=$code"
        restsrc count --retry 0 "$list"
        exits 75
        wrote_nothing
        [ "$(log length)" -eq 1 ]
    done
}

@test "401, 403 or 500 where /count was a guess: the list tells whether it has no such URL" {
    for code in 401 403 500; do
        list "n=12,nocount=$code"
        restsrc count "$list"
        exits 0
        wrote 12
        [ "$(log length)" -eq 2 ] # it is not tried again
    done
    for pair in 401:77 403:77 500:75; do
        list "nocount=${pair%:*},fail=${pair%:*}:9" # the list is refused, too
        restsrc count --retry 1 --retry-delay 0.01 "$list"
        exits "${pair#*:}"
        wrote_nothing
        says "/items?offset=0&limit=1: HTTP ${pair%:*}"
        restsrc count --retry 0 --count-from "url:$list/count" "$list" # no guess
        exits "${pair#*:}"
        wrote_nothing
    done
}

@test "a server that is not there is 75" {
    restsrc count --retry 0 http://127.0.0.1:1/items
    exits 75
    wrote_nothing
}

# ---- one page ----

@test "without a counting URL one page of size 1 tells" {
    for code in 400 404 405 410 422; do
        list "n=345,nocount=$code"
        restsrc count "$list"
        exits 0
        wrote 345
        queries | grep -xF "?offset=0&limit=1"
        [ "$(log length)" -eq 2 ]
    done
}

@test "a counting URL that answers with something else is as good as none" {
    for answer in html '[]' '{"detail":"no"}' '{"total":[]}' '{"total":null}'; do
        list "n=345,count=$(encoded "$answer")"
        restsrc count "$list"
        exits 0
        wrote 345
    done
}

@test "a server that takes the word count for an id or for a filter has no counting URL" {
    api <<'END'
ROWS = [{"id": n} for n in range(250)]
COUNT = {"record": {"id": "count", "count": 7}, "wrapped": {"data": {"slug": "count"}, "total": 1},
         "none": {"items": [], "total": 0}, "null": {"items": None, "total": 0}, "bare": []}
def answer(r):
    _, shape, *more = r.path.split("/")
    if more == ["count"]:
        return COUNT[shape]
    offset = int(r.query.get("offset", 0))
    return {"items": ROWS[offset : offset + int(r.query.get("limit", 50))], "total": 250}
END
    for shape in record wrapped none null bare; do
        restsrc count "$api/$shape"
        exits 0
        wrote 250
    done
}

@test "--param-offset and --param-limit hold for the page that count asks for" {
    list n=345,nocount,names=skip:top
    restsrc count --param-offset skip --param-limit top "$list"
    exits 0
    wrote 345
    queries | grep -xF "?skip=0&top=1"
}

@test "the count is found under each of the usual names of a body" {
    for name in count total total_count totalItems totalSize total_rows filtered_table_rows_count; do
        list "n=345,nocount,total-name=$name"
        restsrc count "$list"
        exits 0
        wrote 345
    done
    page_of '{"@odata.count":345,"value":[1]}'
    restsrc count "$list"
    wrote 345
    page_of '{"hits":{"total":{"value":345,"relation":"eq"},"hits":[1]}}'
    restsrc count "$list"
    wrote 345
}

@test "X-Total-Count is taken before Content-Range, and that before the body" {
    list n=345,nocount,header-total,content-range=7,total=8
    restsrc count "$list"
    wrote 8 # (header-total says what total says)
    list n=345,nocount,content-range=7,total=8
    restsrc count "$list"
    wrote 7
}

@test "a total inside the records is not the list's" {
    page_of '{"results":[{"count":5,"total":6}],"total":345}'
    restsrc count "$list"
    exits 0
    wrote 345
}

# ---- names that are no more than a guess ----

@test "names that mean the count in some APIs only are taken when a page of one record, or the list itself, proves it" {
    for name in totalCount totalResults numberMatched total_results totalElements meta.total meta.pagination.total \
        page.totalElements; do
        list "n=345,nocount,total-name=$name"
        restsrc count "$list"
        exits 0
        wrote 345
        list "n=345,nocount,names=offset:per,total-name=$name" # the size is not heeded: the end is asked for
        restsrc count "$list"
        exits 0
        wrote 345
    done
    list n=345,nocount,total-name=x,header-total=X-WP-Total
    restsrc count "$list"
    exits 0
    wrote 345
    for n in 0 1; do
        list "n=$n,nocount,total-name=totalCount"
        restsrc count "$list"
        exits 0
        wrote $n
    done
}

@test "where nothing proves them they are no counts: lengths of a page, numbers of pages, caps" {
    for words in names=offset:per,total=100 names=offset:per,total=4 names=offset:per,total=344 \
        names=offset:per,total=346 names=o:l,total=345 cap=100,names=o:l,total=4; do
        list "n=345,nocount,total-name=totalCount,$words"
        restsrc count "$list"
        exits 76
        wrote_nothing
        says --count-from
    done
    page_of '{"totalCount":1,"results":[{"id":1}]}'
    restsrc count "$list"
    exits 76
    wrote_nothing
}

@test "what remains after the first page is counted with it: Kubernetes" {
    page_of '{"metadata":{"continue":"x","remainingItemCount":344},"items":[{"id":1}]}'
    restsrc count "$list"
    exits 0
    wrote 345
    page_of '{"metadata":{"remainingItemCount":9223372036854775807},"items":[{"id":1}]}'
    restsrc count "$list"
    exits 76
    wrote_nothing
}

# ---- --count-from ----

@test "--count-from url: asks there, relative or absolute, with a path or without" {
    list n=345
    for source in "url:$scenario/items/count" "url:items/count" "url:/${scenario##*/}/items/count"; do
        restsrc count --count-from "$source" "$list"
        exits 0
        wrote 345
    done
    count_of '{"meta":{"all":[7,9]}}'
    restsrc count --count-from url:items/count#meta.all.1 "$list"
    exits 0
    wrote 9
    restsrc count --count-from url:items/count#/meta/all/0 "$list"
    wrote 7
}

@test "--count-from url: does not fall back on a guess" {
    list n=345,nocount
    restsrc count --count-from url:items/count "$list"
    exits 69
    wrote_nothing
    count_of '{"meta":1}'
    restsrc count --count-from url:items/count#meta.total "$list"
    exits 76
    wrote_nothing
}

@test "--count-from body: takes the count there, and only there" {
    page_of '{"total":1,"meta":{"all":345,"a.b":7},"results":[1]}'
    restsrc count --count-from body:meta.all "$list"
    exits 0
    wrote 345
    restsrc count --count-from body:/meta/a.b "$list"
    wrote 7
    restsrc count --count-from body:meta.none "$list"
    exits 76
    wrote_nothing
    [ "$(log 'map(select(.target | contains("/count"))) | length')" -eq 0 ]
}

@test "--count-from header: takes the count from that header, and only there" {
    list n=345,header-total=X-My-Total
    restsrc count --count-from header:x-my-total "$list"
    exits 0
    wrote 345
    restsrc count --count-from header:X-Other "$list"
    exits 76
    wrote_nothing
}

@test "--count-from content-range takes the number after the slash" {
    list n=345,content-range
    restsrc count --count-from content-range "$list"
    exits 0
    wrote 345
    list n=345
    restsrc count --count-from content-range "$list"
    exits 76
}

@test "--count-from that is nothing of the kind is a usage error" {
    for source in '' total url: body header: url 'AUTO'; do
        restsrc count --count-from "$source" "$server/items"
        exits 64
        says --count-from
    done
}

# ---- what is no count ----

@test "negative, broken, rounded and absent counts are errors, never guesses" {
    for text in -1 12.5 1e3 '"many"' '"12.0"' true 99999999999999999999; do
        count_of "{\"total\":$text}"
        restsrc count "$list"
        exits 76
        wrote_nothing
    done
    page_of '{"results":[1,2]}'
    restsrc count "$list"
    exits 76
    wrote_nothing
    says --count-from
}

@test "a count that its answer calls an estimate is none, by the counting URL and by a page" {
    api <<'END'
def answer(r):
    flag = {"/a": {"approximate": True}, "/b": {"isEstimate": True}, "/c": {"exact": False}, "/d": {"exact": True}}
    if r.path.endswith("/count"):
        return {"count": 250} | flag[r.path[:2]] if r.query.get("by") == "url" else (404, {})
    return {"total": 250, "items": [{"id": 1}]} | flag[r.path[:2]]
END
    for by in url page; do
        for path in a b c; do
            restsrc count "$api/$path?by=$by"
            exits 76
            says "is not an exact count"
        done
        restsrc count "$api/d?by=$by"
        exits 0
        wrote 250
    done
}

@test "Elasticsearch's lower bound is no count" {
    page_of '{"hits":{"total":{"value":10000,"relation":"gte"},"hits":[1]}}'
    restsrc count "$list"
    exits 76
    wrote_nothing
    says track_total_hits
}

@test "Content-Range with a star is no count" {
    list "n=345,nocount,total=none,content-range=*"
    restsrc count "$list"
    exits 76
    wrote_nothing
}

@test "a 'count' that is only the length of the page is refused" {
    page_of '{"count":1,"results":[{"id":1}]}'
    restsrc count "$list"
    exits 76
    wrote_nothing
    says count --count-from
}

@test "a list that really has one record counts 1" {
    list n=1,nocount,total-name=count
    restsrc count "$list"
    exits 0
    wrote 1
}

@test "a list that really has one record counts 1 where a page past the end is a 404" {
    list n=1,nocount,total-name=count,past=404
    restsrc count "$list"
    exits 0
    wrote 1
}

@test "an empty list counts 0" {
    list n=0
    restsrc count "$list"
    exits 0
    wrote 0
    list n=0,nocount
    restsrc count "$list"
    exits 0
    wrote 0
}

@test "HTML, errors with status 200 and JSON cut short are no counts" {
    for word in html garbage blank error200; do
        list "$word"
        restsrc count --retry 0 "$list"
        exits 76
        wrote_nothing
    done
}

@test "a count cut short is asked for again" {
    list n=345,cut=:3
    restsrc count --retry-delay 0.01 "$list"
    exits 0
    wrote 345
}

# ---- nothing is there ----

@test "204 is an empty list, asked for once; where only the guessed counting URL says so, the list is asked" {
    api <<'END'
def answer(r):
    return (204, b"") if "empty" in r.target or r.path.endswith("/count") else {"total": 7, "results": []}
END
    restsrc count "$api/empty"
    exits 0
    wrote 0
    [ "$(api_log length)" = 2 ]
    restsrc count "$api/list"
    exits 0
    wrote 7
}
