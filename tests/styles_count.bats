# restsrc count in every style, and every source of a count.
load helpers
load styles
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

@test "the list is counted in every style: by its counting URL, by a header, by its body" {
    for path in $all_styles; do
        style "$path" n=250
        counts
        exits 0
        wrote 250
        style "$path" n=250,nocount,header-total,total-name=hidden.away
        counts
        exits 0
        wrote 250
    done
    for path in items pages cursor last-id next link; do
        style "$path" n=250,nocount
        counts
        exits 0
        wrote 250
    done
}

@test "one record is asked for, in the style's own way" {
    style pages n=250,nocount
    counts
    [ "$(queries | sed -n 2p)" = "?page=1&page_size=1" ]
    style range n=250,nocount
    counts --header 'Prefer: count=exact'
    wrote 250
    [ "$(log -r '.[1].headers.Range')" = 0-0 ]
    style cursor n=250,in=body,nocount
    counts --page-in body --data '{}'
    wrote 250
    [ "$(log -r '.[1].body')" = '{"limit":1}' ]
}

@test "content-range: exact, or an error" {
    style range n=250
    counts --count-from content-range --header 'Prefer: count=exact'
    exits 0
    wrote 250
    counts --count-from content-range
    exits 76
    wrote_nothing
    says "0-0/*" "count=exact"
    style range n=0
    counts --count-from content-range --header 'Prefer: count=exact'
    wrote 0
    for text in -1 1.5 1e3 many ''; do
        style range "n=250,content-range=$text"
        [ -n "$text" ] || continue
        counts --count-from content-range
        exits 76
        says "Content-Range"
    done
}

@test "content-range: bytes are no records" {
    style items "n=250,nocount,content-range,total=none"
    printf '[{"id":1}]' >"$BATS_TEST_TMPDIR/page"
    counts --count-from content-range
    [ "$status" -eq 76 ]
}

@test "last-page: by page numbers from 0 or 1, by offsets, whatever else the header has" {
    for form in many headers; do
        for n in 1 2 100 251; do
            style pages n=$n,link=$form
            counts --count-from last-page
            exits 0
            wrote $n
            style pages n=$n,base=0,link=$form
            counts --count-from last-page --page-base 0
            wrote $n
            style items n=$n,link=$form
            counts --count-from last-page
            wrote $n
        done
    done
}

@test "last-page: a wrong --page-base is found out by the other links" {
    style pages n=250,link=many,base=0
    counts --count-from last-page
    exits 76
    wrote_nothing
    says "--page-base"
}

@test "last-page: without a link only a list that is surely one page is counted" {
    for n in 0 1; do
        style items n=$n
        counts --count-from last-page
        exits 0
        wrote $n
    done
    style items n=1,past=404
    counts --count-from last-page
    wrote 1
    for path in items pages cursor next; do
        style "$path" n=250,cursor=plain
        counts --count-from last-page
        exits 76
        wrote_nothing
        says 'rel="last"'
    done
}

@test "last-page: a link without a page number, or to elsewhere, is an error" {
    style link n=250,link=many
    counts --count-from last-page
    exits 76
    says "--param-page"
    style pages n=250,link=many,form=foreign
    counts --count-from last-page
    exits 76
    wrote_nothing
    says "another origin" "--trust-host"
    counts --count-from last-page --trust-host localhost
    exits 0
    wrote 250
}

@test "lower bounds, fractions, negatives, texts and nothing at all are errors that say why, never guesses" {
    style items 'n=250,nocount,envelope=hits.hits,total-name=hits.total.value,put=hits.total.relation:"gte"'
    counts
    exits 76
    says "lower bound" "track_total_hits"
    style items 'n=250,nocount,envelope=hits.hits,total-name=hits.total.value,put=hits.total.relation:"eq"'
    counts
    exits 0
    wrote 250
    for total in -5 12.0 12.5 1e3 true '"many"' '"-3"' '""'; do
        style items "n=250,nocount,total=$(encoded "$total")"
        counts
        exits 76
        wrote_nothing
    done
    style items n=250,nocount,total=none
    counts
    exits 76
    says "--count-from"
    style items 'n=250,nocount,total="250"'
    counts
    exits 0
    wrote 250
}

@test "a lower bound or a text as total does no harm to a read, in any style that tells one" {
    for path in items pages cursor last-id next link; do
        for words in 'envelope=hits.hits,total-name=hits.total.value,total=100,put=hits.total.relation:"gte"' \
            'total="many"' total=-1 total=1.5; do
            style $path "n=250,$words"
            reads
            exits 0
            wrote_records
        done
    done
}

@test "body:, header: and url: name any place, in every style" {
    for path in items pages cursor next link; do
        style "$path" n=250,total-name=meta.how.many,header-total=X-How-Many,count=%7B%22a%22:%7B%22b%22:250%7D%7D
        counts --count-from body:meta.how.many
        wrote 250
        counts --count-from header:x-how-many
        wrote 250
        counts --count-from "url:$path/count#a.b"
        wrote 250
        counts --count-from body:meta.how.few
        exits 76
    done
}

@test "a count that is only the length of the page is refused in every style that has more pages" {
    for path in items pages cursor next link; do
        style "$path" n=250,nocount,total-name=count,total=1,size=1
        counts
        exits 76
        wrote_nothing
        says "length of a page"
        style "$path" n=1,nocount,total-name=count,total=1
        counts
        exits 0
        wrote 1
    done
}

@test "a list that grows between two looks at its count is not taken for one that counts its pages" {
    api <<'END'
def answer(r):
    at, there = int(r.query.get("offset", 0)), list(range(1 + r.n))
    return {"total": len(there), "results": there[at:at + int(r.query.get("limit", 9))]}
END
    restsrc count "$api/items"
    exits 0
    wrote 2
}

@test "last-page: no number where the first page is not as long as the second, or is empty" {
    for hide in 1 "0,hide=1,hide=2,hide=3,hide=4,hide=5,hide=6,hide=7,hide=8,hide=9"; do
        style pages "n=95,cap=10,link=many,total=none,nocount,hide=$hide"
        counts --count-from last-page --param-limit ''
        exits 76
        says "how long are pages"
    done
}
