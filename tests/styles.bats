# restsrc read: every pagination style, in every form that servers give it.
load helpers
load styles
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# ---- the same records in every style ----

all_records_in() {
    for parallel in 1 8; do
        style "$1" n=10000
        reads --page-size 500 --parallel $parallel
        exits 0
        wrote_records
        says_nothing
        [ "$(summed .records)" -eq 10000 ]
    done
}

@test "offset: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in items; }
@test "page: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in pages; }
@test "cursor: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in cursor; }
@test "last-id: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in last-id; }
@test "next-url: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in next; }
@test "link: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in link; }
@test "range: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in range; }
@test "none: 10,000 odd records come out byte for byte, one page at a time and eight" { all_records_in whole; }

@test "--offset and --limit give exactly that range in every style" {
    for path in $all_styles; do
        style "$path" n=1000
        for range in "0 1" "137 411" "300 100" "999 1" "999 50" "250 750"; do
            read -r offset limit <<<"$range"
            reads --offset "$offset" --limit "$limit"
            exits 0
            wrote_records "$offset" "$limit"
        done
    done
}

@test "an empty list, and an offset past the end, are no records in every style" {
    for path in $all_styles; do
        style "$path" n=0
        reads
        exits 0
        wrote_nothing
        style "$path" n=150
        reads --offset 1000
        exits 0
        wrote_nothing
        says_nothing
    done
}

@test "a list of one record, of exactly one page and of one more are whole in every style" {
    for path in $all_styles; do
        for n in 1 100 101; do
            style "$path" n=$n
            reads
            exits 0
            wrote_records
            says_nothing
        done
    done
}

@test "a page cut in the middle, and one answered with 503, give the same bytes in every style" {
    for path in $all_styles; do
        for parallel in 1 4; do
            style "$path" n=1000,cut=0:900:3,fail=503:2
            reads --retry-delay 0.01 --parallel $parallel
            exits 0
            wrote_records
            # what fails of a page that was asked for early is not tried again by itself
            [ "$(summed .retries)" -eq 3 ] || [ $parallel -gt 1 ]
        done
    done
}

@test "records in other places, indented, compressed and after a byte order mark are read in every style" {
    for path in $all_styles; do
        style "$path" n=300,envelope=data.items,pretty,bom,gzip,noise
        reads --records data.items
        exits 0
        wrote_records
    done
}

@test "the styles that follow the server ask for the next page while the last one is being written" {
    for path in cursor last-id next link; do
        style "$path" n=2000,size=1000,kind=flat
        two_asked() { [ "$(log length)" -eq 2 ]; }
        "$RESTSRC" read "${options[@]}" --page-size 1000 "$list" | { eventually two_asked && cat; } \
            >"$BATS_TEST_TMPDIR/out"
        out=$BATS_TEST_TMPDIR/out
        wrote_records
    done
}

# ---- page ----

@test "page: page numbers and the size are sent, counted from 1" {
    style pages n=250
    reads --parallel 1
    exits 0
    [ "$(queries)" = $'?page=1&page_size=100\n?page=2&page_size=100\n?page=3&page_size=100' ]
}

@test "page: --page-base 0 counts from 0" {
    style pages n=250,base=0
    reads --page-base 0 --parallel 1
    exits 0
    wrote_records
    [ "$(queries | head -n 1)" = "?page=0&page_size=100" ]
}

@test "page: an offset in the middle of a page is fetched with its page and trimmed" {
    style pages n=1000
    reads --offset 250 --limit 60 --parallel 1
    exits 0
    wrote_records 250 60
    [ "$(queries)" = $'?page=3&page_size=100\n?page=5&page_size=50\n?page=4&page_size=100' ] # the second proves base 1
}

@test "page: --param-page and --param-limit name the parameters" {
    style pages n=250,names=p%5Bnumber%5D:p%5Bsize%5D
    reads --param-page 'p[number]' --param-limit 'p[size]'
    exits 0
    wrote_records
    [ "$(queries | head -n 1)" = "?p%5Bnumber%5D=1&p%5Bsize%5D=100" ]
}

@test "page: without a total the list ends at an empty page or at a 404, also after a full page" {
    for n in 250 300; do
        for past in empty 404; do
            style pages n=$n,total=none,past=$past
            reads
            exits 0
            wrote_records
            says_nothing
        done
    done
}

@test "page: a server that caps the size is found out at the first page and read with its own size" {
    for total in '' ,total=none; do
        style pages n=1000,cap=30$total
        reads
        exits 0
        wrote_records
        [ "$(summed .page_size)" -eq 30 ]
    done
}

@test "page: a range in the middle learns a capped size from the first page of the list" {
    for total in '' ,total=none; do
        style pages n=1000,cap=30$total
        reads --offset 500 --limit 100
        exits 0
        wrote_records 500 100
        says_nothing
        [ "$(summed .page_size)" -eq 30 ]
        reads --offset 510 --limit 100 --page-size 30
        exits 0
        wrote_records 510 100
    done
    for past in '' ,past=404 ,past=404,total=none; do
        style pages n=150,cap=50$past
        reads --offset 100
        exits 0
        wrote_records 100 50
        style pages n=150$past
        reads --offset 100
        exits 0
        wrote_records 100 50
        says_nothing
    done
    style pages n=150,total=none
    reads --offset 100 --limit 20 --max-pages 1
    exits 0
    wrote_records 100 20
}

@test "page: rows that the server hides make a page short, which is an error unless it is the last" {
    for words in hide=150 hide=50 hide=50,total=none hide=150,total=none; do
        style pages n=1000,$words
        reads
        exits 76
        says "records a page where"
    done
}

@test "page: a server that answers past its end with the last page again is an error after all records" {
    for n in 950 1000; do
        style pages n=$n,total=none,past=last
        reads
        exits 76
        wrote_records
        says "the same page again"
    done
}

# ---- cursor ----

@test "cursor: what must be percent-encoded is, once" {
    style cursor n=150
    reads
    exits 0
    [ "$(queries)" = $'?limit=100\n?cursor=o100%2B%2F%3D%26%20%252B%22%C3%A9%3F%23&limit=100' ]
}

@test "cursor: found under each of its usual names" {
    for place in next_cursor nextCursor next_page_token nextPageToken response_metadata.next_cursor meta.next_cursor \
        pagination.next_cursor paging.next.after paging.cursors.after cursor next; do
        style cursor n=250,next=$place
        reads
        exits 0
        wrote_records
    done
}

@test "cursor: --next names another place, --param-cursor another parameter" {
    style cursor n=250,next=a.b,names=after:count
    reads --next a.b --param-cursor after --param-limit count
    exits 0
    wrote_records
    style cursor n=250,next=a.b,names=after:count
    reads --next /a/b --param-cursor after --param-limit count
    exits 0
    wrote_records
}

@test "cursor: null, empty, false, absent and a cursor that repeats on an empty page are the end" {
    for end in null empty false absent stay -1; do
        for n in 250 300; do
            style cursor n=$n,end=$end
            reads
            exits 0
            wrote_records
            says_nothing
        done
    done
}

@test "cursor: has_more false is the end, whatever cursor is there" {
    style cursor n=250,put=has_more:false,total=none
    reads
    exits 0
    wrote_records 0 100
    style cursor n=250,more=meta.again,end=stay
    reads --has-more meta.again
    exits 0
    wrote_records
    [ "$(log length)" -eq 4 ]
}

@test "cursor: has_more true without a cursor is an error that says what to set" {
    style cursor n=250,more,next=elsewhere
    reads
    exits 76
    says "has_more is true" "--next"
    wrote_nothing
}

@test "cursor, next-url: a next that is something else than a cursor or a link is an error, not the end" {
    style cursor 'n=250,next=elsewhere,put=next:{"cursor":"x"}'
    reads
    exits 76
    says "not a cursor" "--next" "--paginate"
    for value in '"dXNlcjpX"' '{"page":2}' 2; do
        style next "n=250,next=elsewhere,put=next:$value"
        reads
        exits 76
        says "not a link"
        wrote_nothing
    done
    style next n=250,next=links.next.href
    reads
    exits 0
    wrote_records
    style next 'n=50,next=elsewhere,end=absent,put=next:{}'
    reads
    exits 0
    wrote_records
}

@test "cursor: hasMore and hasNextPage say that a page is the last, whatever cursor it has" {
    for name in hasMore pageInfo.hasNextPage meta.has_more; do
        style cursor n=250,end=stay,put-at=200:$name:false
        reads
        exits 0
        wrote_records
        [ "$(log length)" -eq 3 ]
    done
}

@test "cursor: a list that leads on for ever through empty pages is an error in the end" {
    style cursor n=50,gap=50:2000,gap=100:1
    reads --parallel 1
    exits 76
    says "100 empty pages in a row" "1000 empty pages in a row" "--has-more"
    wrote_records
}

@test "cursor: an empty page with a fresh cursor is not the end" {
    style cursor n=500,gap=100,gap=300:3
    reads
    exits 0
    wrote_records
}

@test "cursor: numbers and objects are sent on as the JSON that they are, in a body" {
    for kind in number object odd; do
        style cursor n=250,in=body,cursor=$kind,names=page.after:page.size
        reads --page-in body --data '{"page":{},"filter":{"id":9007199254740993}}' --param-cursor page.after \
            --param-limit page.size --next next_cursor
        exits 0
        wrote_records
        [ "$(log -c '[.[].method] | unique')" = '["POST"]' ]
    done
}

@test "cursor: numbers are sent in a query" {
    style cursor n=250,cursor=number
    reads
    exits 0
    wrote_records
    [ "$(queries | tail -n 1)" = "?cursor=200&limit=100" ]
}

@test "cursor: in a header of the answer, and of the request" {
    style cursor n=250,next=header:X-Next-Page,cursor=plain
    reads --next header:x-next-page
    exits 0
    wrote_records
    style cursor n=250,next=header:X-Next-Page,in=header,names=X-Page:X-Size
    reads --next header:X-Next-Page --page-in header --param-cursor X-Page --param-limit X-Size
    exits 0
    wrote_records
    [ "$(queries | sort -u)" = "" ]
    [ "$(log -r '.[1].headers["X-Page"]')" = p100 ]
}

@test "cursor: as JSON text in a query, as CouchDB takes it" {
    style cursor n=250,json,put=x:1
    reads --page-in query-json
    exits 0
    wrote_records
    [ "$(queries | sed -n 2p)" = "?cursor=%22o100%2B%2F%3D%26%20%252B%5C%22%5Cu00e9%3F%23%22&limit=100" ]
}

@test "cursor: one with a line break is never put into a header" {
    style cursor "next=x,put=next_cursor:$(encoded '"a\r\nX-Evil: 1"')"
    reads --page-in header
    exits 76
    says "control characters"
}

@test "cursor: every page is asked for with the same size, whatever the limit" {
    style cursor n=500
    reads --limit 130
    exits 0
    wrote_records 0 130
    [ "$(queries | grep -c 'limit=100$')" -eq 2 ]
}

# ---- last-id ----

@test "last-id: the last record's id is sent as it stands, beyond 2^53" {
    style last-id n=250
    reads
    exits 0
    wrote_records
    [ "$(queries)" = \
        $'?limit=100\n?starting_after=9007199254741191&limit=100\n?starting_after=9007199254741391&limit=100' ]
}

@test "last-id: without has_more the list ends at an empty page" {
    for n in 250 300; do
        style last-id n=$n,more=none
        reads
        exits 0
        wrote_records
        says_nothing
    done
}

@test "last-id: --id says where a record has its id; without one it is an error" {
    style last-id n=250
    reads --id i
    exits 69
    reads --id no.such
    exits 76
    says "--id"
}

@test "last-id: --cursor-inclusive drops the record that a page repeats, with pages of any size" {
    for size in 1 2 7 100; do
        for more in '' ,more=none; do
            style last-id n=120,inclusive$more
            reads --cursor-inclusive --page-size $size
            exits 0
            wrote_records
            says_nothing
        done
    done
}

@test "last-id: --cursor-inclusive keeps the first record where the repeated one has been deleted" {
    style last-id n=250
    reads --limit 100
    style last-id n=250,inclusive,gone=99
    reads --cursor-inclusive --cursor 9007199254741191 --on-drift ignore
    exits 0
    wrote_records 100 150
}

@test "last-id: has_more true on an empty page is an error: there is nothing to go on from" {
    style last-id n=0,more=none,put=has_more:true
    reads
    exits 76
    says "has_more is true"
}

@test "last-id: ids go into a JSON body as the numbers that they are" {
    style last-id n=250,in=body
    reads --page-in body --data '{}'
    exits 0
    wrote_records
    [ "$(log -r '.[1].body')" = '{"starting_after":9007199254741191,"limit":100}' ]
}

# ---- next-url ----

@test "next-url: absolute, path-only, relative, query-only and scheme-less URLs are followed" {
    for form in absolute path relative query network; do
        style next n=250,form=$form
        reads
        exits 0
        wrote_records
        says_nothing
    done
}

@test "next-url: a link is sent as it was received, and no paging parameter of ours" {
    style next n=250
    reads
    [ "$(queries)" = $'\n?place=o100%2B/%3D%26%20%252B%22%C3%A9%3F%23\n?place=o200%2B/%3D%26%20%252B%22%C3%A9%3F%23' ]
    style next n=249
    reads --param-limit limit --page-size 50
    exits 0
    wrote_records
    [ "$(queries | head -n 1)" = "?limit=50" ]
    [ "$(log length)" -eq 5 ]
}

@test "next-url: found under each of its usual names" {
    for place in next nextLink nextRecordsUrl next_page_url next_url links.next _links.next.href pagination.next_url \
        paging.next meta.next; do
        style next n=250,next=$place
        reads
        exits 0
        wrote_records
    done
}

@test "next-url: OData's @odata.nextLink, whose name has a dot" {
    printf '{"value":[{"id":1}],"@odata.nextLink":"http://127.0.0.1:1/x"}' >"$BATS_TEST_TMPDIR/page"
    style next "body-file=$(encoded "$BATS_TEST_TMPDIR/page")"
    reads
    exits 76
    says "another origin" "http://127.0.0.1:1/x"
}

@test "next-url: in a header" {
    style next n=250,next=header:X-Next
    reads --next header:X-Next
    exits 0
    wrote_records
}

@test "next-url: a usual name with a mere token is no link" {
    style cursor n=250,next=next,put=next_url:null,cursor=plain,total=none
    reads --paginate next-url --limit 150
    exits 0
    wrote_records 0 100
}

@test "next-url and link: a foreign link is refused and named, unless --trust-host names its host" {
    for path in next link; do
        style "$path" n=250,form=foreign
        reads
        exits 76
        says "another origin" "http://localhost:" "--trust-host"
        wrote_nothing
        reads --trust-host localhost
        exits 0
        wrote_records
        style "$path" n=250,form=ftp
        reads
        exits 76
    done
}

@test "next-url: http where we came by https is read over https, with a warning" {
    command -v openssl >/dev/null || skip "no openssl to make a certificate with"
    cd "$BATS_TEST_TMPDIR"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 \
        -days 2 -keyout key.pem -out cert.pem 2>/dev/null
    start_server "$PYTHON3" "$tests/servers/fault.py" --cert cert.pem --key key.pem
    server=${server/http:/https:}
    for path in next link; do
        style "$path" n=250,form=http
        reads --cacert cert.pem
        exits 0
        curl -sSf --cacert cert.pem "$scenario/_records" | cmp - "$out"
        says "https is used"
        [ "$(grep -c warning "$err")" -eq 1 ]
    done
}

# ---- link ----

@test "link: one link, many in a header, many headers, quoted commas, relative, odd parameters, lists of relations" {
    for form in plain many headers quoted relative odd rels; do
        style link n=250,link=$form
        reads
        exits 0
        wrote_records
        says_nothing
    done
}

# ---- range ----

@test "range: Range is sent as PostgREST takes it" {
    style range n=250
    reads --parallel 1
    exits 0
    [ "$(log -r '.[0].headers | .Range, .["Range-Unit"]')" = $'0-99\nitems' ]
    [ "$(queries | sort -u)" = "" ]
}

@test "range: 206 with a count, 200 without, and 416 past the end" {
    style range n=250
    reads --header 'Prefer: count=exact'
    exits 0
    wrote_records
    [ "$(summed .http)" = '{
  "206": 3
}' ]
    [ "$(summed .total)" -eq 250 ]
    reads --header 'Prefer: count=exact' --offset 1000
    exits 0
    wrote_nothing
    style range n=300,past=416
    reads
    exits 0
    wrote_records
}

@test "range: a server that caps the page size loses nothing" {
    style range n=250,cap=30
    reads
    exits 0
    wrote_records
}

@test "range: an answer that is not the range asked for, or does not say which it is, is an error" {
    style range n=250,shift=3
    reads
    exits 76
    says "3-102 (Content-Range) where 0-99 were asked for"
    wrote_nothing
    style range n=250,no-range
    reads
    exits 76
    says "Content-Range" "--paginate"
    wrote_nothing
    style range n=30,repeat
    reads
    exits 76
    wrote_records
    style items n=30
    reads --paginate range
    exits 76
    wrote_nothing
}

# ---- none ----

@test "none: an array, an object, NDJSON by its type and NDJSON without one" {
    for words in '' envelope=array envelope=data ndjson ndjson=application/jsonl ndjson=application/json \
        ndjson=text/plain; do
        style whole "n=250,kind=odd,$words"
        reads
        exits 0
        wrote_records
    done
    style whole n=250,kind=mixed,ndjson
    reads
    exits 0
    wrote_records
}

@test "none: NDJSON of one line, or of none, by its type" {
    for n in 0 1; do
        style whole n=$n,ndjson
        reads
        exits 0
        wrote_records
    done
}

@test "none: a first line with lists at usual places is put together again, byte for byte" {
    printf '%s\n' '{"data":[1,[2]],"x":{"results":[]},"results":[{"a":1.10}],"end":0}' '{"data":[],"results":null}' \
        >"$BATS_TEST_TMPDIR/lines"
    style whole "body-file=$(encoded "$BATS_TEST_TMPDIR/lines"),type=text/plain"
    reads
    exits 0
    cmp "$BATS_TEST_TMPDIR/lines" "$out"
}

@test "none: no paging parameter is sent, unless --param-limit is given" {
    style whole n=250
    reads
    [ "$(queries)" = "" ]
    style whole n=249
    reads --param-limit max
    [ "$(queries)" = "?max=100" ]
}

@test "last-id with --cursor-inclusive: lists of no, one, two records, and a page more" {
    for n in 0 1 2 3 100 101; do
        style last-id n=$n,inclusive
        reads --cursor-inclusive
        exits 0
        wrote_records
    done
}

@test "range: 416 for the first record is an empty list" {
    style range n=0,status=416
    reads
    exits 0
    wrote_nothing
}

@test "none --stream: arrays, objects and NDJSON, with --offset and --limit" {
    for words in '' envelope=array envelope=data ndjson ndjson=application/json; do
        style whole "n=2000,$words"
        reads --stream
        exits 0
        wrote_records
        [ "$(summed '[.records, .pages, .next_skip, .next_offset] | tostring')" = '[2000,1,null,2000]' ]
        reads --stream --offset 500 --limit 777
        exits 0
        wrote_records 500 777
        [ "$(summed .next_skip)" -eq 1277 ]
    done
}

@test "none --stream: lines with lists in them are lines, whatever the Content-Type" {
    for type in text/plain application/json application/octet-stream; do
        style whole "n=40,kind=odd,ndjson=${type/\//%2F}"
        reads --stream
        exits 0
        wrote_records
        for i in $(seq 40); do echo "{\"id\":$i,\"results\":[1,{\"next\":null}]}"; done >"$BATS_TEST_TMPDIR/lists"
        style whole "file=$(encoded "$BATS_TEST_TMPDIR/lists"),ndjson=${type/\//%2F}"
        reads --stream
        exits 0
        cmp "$BATS_TEST_TMPDIR/lists" "$out"
    done
}

@test "none --stream: a cut is 75, after whole lines only, and the summary says where to go on" {
    style whole n=2000,envelope=array,cut=0:200000
    reads --stream
    exits 75
    n=$(wc -l <"$out")
    [ "$n" -gt 100 ]
    wrote_records 0 "$n"
    [ "$(summed .next_skip)" -eq "$n" ]
    reads --stream --offset "$n"
    exits 0
    wrote_records "$n"
}

@test "none --stream: a better place for the records after some are out is an error" {
    printf '{"data":[%s1],"results":[2]}' "$(printf '1,%.0s' $(seq 1000))" >"$BATS_TEST_TMPDIR/body"
    style whole "body-file=$(encoded "$BATS_TEST_TMPDIR/body")"
    reads --stream
    [ "$status" -eq 76 ] || { [ "$status" -eq 0 ] && wrote 2; }
    reads --stream --records data
    exits 0
    [ "$(wc -l <"$out")" -eq 1001 ]
}

@test "none --stream: a body of 200 MB takes little memory and arrives whole" {
    for words in '' ,ndjson; do
        style whole "n=1000,huge=200000000$words"
        records_of_list >"$BATS_TEST_TMPDIR/block"
        "$PYTHON3" - "$BATS_TEST_TMPDIR/block" "$RESTSRC" read --quiet --paginate none --stream "$list" <<'END'
import resource, subprocess, sys
block = open(sys.argv[1], "rb").read()
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE)
total = 0
while piece := child.stdout.read(len(block)):
    assert piece == block, f"other bytes after byte {total}"
    total += len(piece)
assert child.wait() == 0 and total > 190_000_000, (child.returncode, total)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
assert peak < 64_000, f"{peak} KB"
END
    done
}

@test "--stream goes with none only" {
    style cursor n=10
    reads --stream
    exits 64
    says "--paginate none"
}

# ---- POST ----

@test "POST search: offset, page and cursor are set in the JSON object of --data" {
    echo '{"query":{"id":9007199254740993,"price":1.10},"offset":7}' >"$BATS_TEST_TMPDIR/search"
    for path in items pages cursor; do
        style "$path" n=250,in=body,require-body=query.price:1.1
        reads --method POST --data "@$BATS_TEST_TMPDIR/search" --page-in body
        exits 0
        wrote_records
        [ "$(log -r '.[0].headers["Content-Type"]')" = application/json ]
        log -r '.[0].body' | grep -qF '"query":{"id":9007199254740993,"price":1.10}'
    done
}

@test "POST search: what goes into the body is checked first" {
    style items n=250,in=body
    reads --page-in body --data '[1]'
    exits 64
    reads --page-in body --data '{"a":1}' --param-offset a.b
    exits 64
    says "a.b"
    reads --page-in body --data '{"a":1}' --param-limit x.y
    exits 64
    says "x.y"
    [ "$(log length)" -eq 0 ]
    reads --page-in body
    exits 0
    wrote_records
}
