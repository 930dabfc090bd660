# restsrc read, style offset: which records of a range, by which requests.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# ---- the whole list ----

@test "a list is read whole, byte for byte, one page after the other" {
    list n=1000
    restsrc read --parallel 1 "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "a list is read whole, byte for byte, eight pages at a time" {
    list n=1000
    restsrc read --parallel 8 --page-size 30 "$list"
    exits 0
    wrote_records
}

@test "records of every JSON type are read byte for byte" {
    list kind=mixed,n=500
    restsrc read --parallel 3 --page-size 7 "$list"
    exits 0
    wrote_records
}

@test "one record a page is read as well" {
    list n=25
    restsrc read --page-size 1 "$list"
    exits 0
    wrote_records
    [ "$(log length)" -eq 26 ]
}

@test "a page larger than the list is one request, and one look past it where the total may be the page's length" {
    list n=25
    restsrc read --page-size 1000 "$list"
    exits 0
    wrote_records
    [ "$(queries)" = "?offset=0&limit=1000"$'\n'"?offset=25&limit=1000" ]
    list n=25,header-total
    restsrc read --page-size 1000 "$list"
    exits 0
    wrote_records
    [ "$(queries)" = "?offset=0&limit=1000"$'\n'"?offset=25&limit=1000" ]
}

@test "an empty list is no records and exit code 0" {
    list n=0
    restsrc read "$list"
    exits 0
    wrote_nothing
    says_nothing
}

@test "a total that is an exact multiple of the page size costs one request more: is that all?" {
    list n=300
    restsrc read "$list"
    exits 0
    wrote_records
    [ "$(log length)" -eq 4 ]
    restsrc read --limit 300 "$list"
    exits 0
    [ "$(log length)" -eq 7 ]
}

# ---- ranges ----

@test "--offset and --limit give exactly that range" {
    list n=1000
    restsrc read --offset 137 --limit 411 "$list"
    exits 0
    wrote_records 137 411
}

@test "--limit inside the first page asks for no more than that" {
    list n=1000
    restsrc read --limit 7 "$list"
    exits 0
    wrote_records 0 7
    [ "$(queries)" = "?offset=0&limit=7" ]
}

@test "--limit beyond the end of the list reads to the end" {
    list n=120
    restsrc read --offset 50 --limit 1000 "$list"
    exits 0
    wrote_records 50
}

@test "--offset past the end of the list is no records and exit code 0" {
    list n=120
    restsrc read --offset 5000 "$list"
    exits 0
    wrote_nothing
}

@test "--offset past the end is no error where the server answers 404" {
    list n=120,past=404
    restsrc read --offset 5000 --retry 0 "$list"
    exits 0
    wrote_nothing
}

@test "--offset past the end is no error where the server answers 404 and says no total" {
    list n=120,past=404,total=none
    restsrc read --offset 5000 --limit 10 --retry 0 "$list"
    exits 0
    wrote_nothing
}

@test "a wrong URL is not taken for a range past the end" {
    list status=404
    restsrc read --offset 5000 --retry 0 "$list"
    exits 69
}

@test "--limit 0 makes no request" {
    list n=120
    restsrc read --limit 0 "$list"
    exits 0
    wrote_nothing
    [ "$(log length)" -eq 0 ]
    restsrc read --limit 0 http://127.0.0.1:1/
    exits 0
}

@test "the largest offset and limit are sent as they are" {
    list n=10
    restsrc read --offset 9223372036854775800 --limit 9223372036854775807 --page-size 9223372036854775807 "$list"
    exits 0
    wrote_nothing
    queries | grep -F "offset=9223372036854775800"
    restsrc read --page-size 9223372036854775807 --limit 9223372036854775807 "$list"
    exits 0
    wrote_records
}

@test "a page longer than asked at the largest offset is cut to the range" {
    list n=1000,repeat
    restsrc read --offset 9223372036854775800 --page-size 7 --param-limit '' --allow-repeats --quiet "$list"
    exits 0
    wrote_records 0 7
}

# ---- the page size that the server really gives ----

@test "a server that caps the page size at 100 where 1000 was asked gives every record once" {
    list n=950,cap=100
    restsrc read --page-size 1000 "$list"
    exits 0
    wrote_records
}

@test "a server that caps the page size gives every record once without a total too" {
    list n=950,cap=100,total=none
    restsrc read --page-size 1000 --parallel 8 "$list"
    exits 0
    wrote_records
}

@test "a range inside a list with capped pages is exact" {
    list n=950,cap=30
    restsrc read --page-size 100 --offset 37 --limit 431 "$list"
    exits 0
    wrote_records 37 431
}

@test "a capped range that ends inside a page is exact, for every end near it" {
    for limit in 29 30 31 59 60 61 89 90 91; do
        list "n=950,cap=30,for=$limit"
        restsrc read --page-size 100 --offset 5 --limit "$limit" "$list"
        exits 0
        wrote_records 5 "$limit"
    done
}

@test "once the cap is known, pages of that size are asked for" {
    list n=300,cap=30
    restsrc read --page-size 100 "$list"
    exits 0
    wrote_records
    [ "$(log length)" -le 12 ]
    queries | grep -xF "?offset=270&limit=30"
}

@test "short pages in the middle lose nothing" {
    list n=1000,short=200:7,short=500:99,short=600:1
    restsrc read --parallel 4 "$list"
    exits 0
    wrote_records
}

@test "short pages in the middle lose nothing without a total" {
    list n=1000,short=200:7,short=500:99,short=900:1,total=none
    restsrc read --parallel 4 "$list"
    exits 0
    wrote_records
}

@test "a short first page alone does not set the page size" {
    list n=1000,short=0:3
    restsrc read "$list"
    exits 0
    wrote_records
    [ "$(log length)" -le 13 ]
}

@test "a server that ignores the limit and gives longer pages gives every record once" {
    list n=250
    restsrc read --page-size 10 --param-limit '' "$list"
    exits 0
    wrote_records
}

@test "of a page longer than asked no more than --limit is written" {
    list n=250
    restsrc read --page-size 10 --param-limit '' --limit 125 "$list"
    exits 0
    wrote_records 0 125
}

# ---- the end, and totals that are wrong ----

@test "without a total the list ends at an empty page" {
    list n=300,total=none
    restsrc read "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "without a total the list ends at a 404" {
    list n=300,total=none,past=404
    restsrc read "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "what pages after an empty page answer does not count" {
    list n=300,total=none,status=500:400,status=403:500
    restsrc read --parallel 8 "$list"
    exits 0
    wrote_records
}

@test "a total of 0 next to records is not believed" {
    list n=250,total=zero
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "a total that is only the length of the page is not believed" {
    list n=250,total=100
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "a total smaller than what has come is not believed" {
    list n=250,total=120
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "a total that is a text, a fraction or negative is no error for a read" {
    for total in '"many"' 12.5 -1 '{"relation":"gte"}'; do
        list "n=120,total=$(jq -rn --arg t "$total" '$t | @uri')"
        restsrc read "$list"
        exits 0
        wrote_records
    done
}

@test "a list that ends before its total is told" {
    list n=250,total=1000
    restsrc read "$list"
    exits 76
    wrote_records
    says 1000 250 "--on-drift ignore"
}

@test "a total that moves while reading is told" {
    list n=500,total=grow:3
    restsrc read --parallel 1 --limit 400 "$list"
    exits 0
    wrote_records 0 400
    says warning "the total went from"
}

@test "--on-drift fail makes a total that moves an error" {
    list n=500,total=grow:3
    restsrc read --parallel 1 --on-drift fail "$list"
    exits 76
    says "the total went from 500 to 503"
}

@test "--on-drift fail makes a list that ends before its total an error" {
    list n=250,total=1000
    restsrc read --on-drift fail "$list"
    exits 76
}

@test "--on-drift ignore says nothing" {
    list n=500,total=grow:3
    restsrc read --on-drift ignore "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "--planned-total is what the total is held against" {
    list n=250
    restsrc read --planned-total 250 --on-drift fail "$list"
    exits 0
    wrote_records
    restsrc read --planned-total 240 "$list"
    exits 0
    says warning 240 250
    restsrc read --planned-total 240 --on-drift fail "$list"
    exits 76
    says 240 250
}

@test "--expect with fewer records is an error after all of them are written" {
    list n=250
    restsrc read --expect 251 "$list"
    exits 76
    wrote_records
    says 250 251
    restsrc read --expect 250 "$list"
    exits 0
}

@test "--max-pages stops, says so and is no error" {
    list n=1000
    restsrc read --max-pages 3 --parallel 8 "$list"
    exits 0
    wrote_records 0 300
    says --max-pages
    [ "$(log length)" -eq 3 ]
    restsrc read --max-pages 3 --quiet "$list"
    exits 0
    says_nothing
}

@test "--max-pages that the list does not reach is not mentioned" {
    list n=250
    restsrc read --max-pages 3 "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "random ranges on random servers come out exactly" {
    "$PYTHON3" "$tests/property/ranges.py" "$RESTSRC" "$server" "${RESTSRC_SEED:-1}"
}

# ---- servers that ignore the offset ----

@test "a server that gives the same page again is an error, not an endless list" {
    list n=1000,repeat
    restsrc read "$list"
    exits 76
    wrote_records 0 100
    says --param-offset
}

@test "--allow-repeats takes the same page again" {
    list n=300,repeat
    restsrc read --allow-repeats "$list"
    exits 0
    for _ in 1 2 3; do records_of_list 0 100; done | cmp - "$out"
}

@test "equal records one after the other are no repeated page" {
    for _ in 1 2 3 4 5; do echo '{"a":1}'; done >"$BATS_TEST_TMPDIR/equal"
    list "file=$(jq -rn --arg f "$BATS_TEST_TMPDIR/equal" '$f | @uri')"
    restsrc read --page-size 1 "$list"
    exits 0
    cmp "$BATS_TEST_TMPDIR/equal" "$out"
}

# ---- requests ----

@test "records without an id that go round are read where the server heeds the place, which a request shows" {
    api <<'END'
ROWS = [{"v": i % 3} for i in range(95)]
def answer(r):
    size = int(r.query["limit"])
    at = int(r.query["offset"]) if "offset" in r.query else (int(r.query["page"]) - 1) * size
    if r.path == "/deaf":
        at = 0
    if r.path == "/pages" and at % size:
        return 400, {"error": "not so"}
    if r.path == "/multiples":
        at = at // size * size
    if r.path == "/from-one":
        at = max(at - 1, 0)
    rows = ROWS[at : at + size]
    return {"total": len(ROWS), "items": rows} if r.path == "/total" else rows
END
    for size in 9 10; do
        for path in total plain; do
            for parallel in 1 4; do
                for style in offset page; do
                    restsrc read --paginate $style --page-size $size --parallel $parallel "$api/$path"
                    exits 0
                    diff <(jq .v "$out") <(for ((i = 0; i < 95; i++)); do echo $((i % 3)); done)
                done
            done
        done
        for path in deaf pages multiples; do
            restsrc read --page-size $size "$api/$path"
            exits 76
            [ "$(wc -l <"$out")" -eq $size ]
        done
    done
    restsrc read --page-size 10 "$api/from-one"
    [ "$status" -ne 0 ] || says warning
}

@test "no more connections are made than --parallel, and they are kept alive" {
    list n=1000
    restsrc read --page-size 10 --parallel 4 "$list"
    exits 0
    wrote_records
    [ "$(log length)" -eq 101 ]
    [ "$(log 'map(.connection) | unique | length')" -le 4 ]
}

@test "--parallel pages are really under way at the same time, and no more" {
    list n=1000,barrier=4:100
    restsrc read --parallel 4 "$list"
    exits 0
    wrote_records
    [ "$(log 'map(.open) | max')" -eq 4 ]
}

@test "--parallel 1 asks for one page at a time, over one connection" {
    list n=1000
    restsrc read --parallel 1 "$list"
    exits 0
    [ "$(log 'map(.open) | max')" -eq 1 ]
    [ "$(log 'map(.connection) | unique | length')" -eq 1 ]
}

@test "pages come out in order whatever order they arrive in" {
    list n=1000,delay=0.2:100,delay=0.1:300
    restsrc read --parallel 8 "$list"
    exits 0
    wrote_records
}

@test "the URL's own query is kept as it was written" {
    list n=150 '?filter=a%20b&x=%C3%a9+1&flag'
    restsrc read "$list"
    exits 0
    wrote_records
    [ "$(queries | head -n 1)" = '?filter=a%20b&x=%C3%a9+1&flag&offset=0&limit=100' ]
}

@test "paging parameters in the URL are replaced" {
    list n=150 '?offset=90&limit=3&a=1'
    restsrc read "$list"
    exits 0
    wrote_records
    [ "$(queries | head -n 1)" = '?a=1&offset=0&limit=100' ]
}

@test "--query is percent-encoded once: a space is %20, a plus is %2B" {
    list n=5
    restsrc read --query 'q=a b+c&d=e%20' --query 'na me=é/?' --query empty= "$list"
    exits 0
    [ "$(queries | head -n 1)" = '?q=a%20b%2Bc%26d%3De%2520&na%20me=%C3%A9%2F%3F&empty=&offset=0&limit=100' ]
}

@test "--query values are opaque bytes" {
    list n=5
    restsrc read --query $'q=\xff\xfe\x01' "$list"
    exits 0
    [ "$(queries | head -n 1)" = '?q=%FF%FE%01&offset=0&limit=100' ]
}

@test "--param-offset and --param-limit name the parameters" {
    list n=250,names=skip:top
    restsrc read --param-offset skip --param-limit top "$list"
    exits 0
    wrote_records
    queries | grep -xF "?skip=200&top=100"
}

@test "names of parameters are percent-encoded too" {
    list 'n=250,names=page%5Bskip%5D:page%5Btop%5D'
    restsrc read --param-offset 'page[skip]' --param-limit 'page[top]' "$list"
    exits 0
    wrote_records
}

@test "--header is sent with every request" {
    list n=250,require-header=X-Key:abc
    restsrc read --header 'X-Key: abc' -H 'X-Other: a: b' "$list"
    exits 0
    wrote_records
    [ "$(log 'map(.headers["X-Other"] == "a: b") | all')" = true ]
}

@test "--header @FILE takes one header a line" {
    printf 'X-Key: abc\r\n\nX-Other: 1' >"$BATS_TEST_TMPDIR/headers"
    list n=250,require-header=X-Key:abc
    restsrc read --header "@$BATS_TEST_TMPDIR/headers" "$list"
    exits 0
    wrote_records
    [ "$(log '.[0].headers["X-Other"]')" = '"1"' ]
}

@test "the server is told who asks, and that JSON is wanted" {
    list n=5
    restsrc read "$list"
    log -r '.[0].headers["User-Agent"]' | grep '^restsrc/[0-9.]*$'
    log '.[0].headers["Accept"]' | grep application/json
    restsrc read --user-agent 'me/1' --header 'Accept: application/geo+json' "$list"
    [ "$(log '.[-1].headers["User-Agent"]')" = '"me/1"' ]
    [ "$(log '.[-1].headers["Accept"]')" = '"application/geo+json"' ]
}

@test "--user-agent cannot smuggle a header in" {
    list n=5
    restsrc read --user-agent $'a\r\nX-Smuggled: 1' "$list"
    exits 64
    [ "$(log length)" -eq 0 ]
}

@test "a URL without a path, with a fragment, or with a space is sent as it should be" {
    list n=5 '?a=b c#fragment'
    restsrc read "$list"
    exits 0
    [ "$(queries | head -n 1)" = '?a=b%20c&offset=0&limit=100' ]
    restsrc read "$server"
    exits 69
}

# ---- what is not read by ----

@test "a method that changes things is refused before anything is sent" {
    list n=10
    for method in DELETE PUT PATCH; do
        for command in read count; do
            restsrc $command --method $method "$list"
            exits 64
            says "$method"
        done
    done
    [ "$(log length)" -eq 0 ]
}

@test "a summary that cannot be written is 74" {
    list n=10
    restsrc read --summary-fd 9 "$list" 9>/dev/full
    exits 74
    wrote_records
}
