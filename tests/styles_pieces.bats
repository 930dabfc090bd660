# Reading in pieces of any size equals reading in one go: --offset and --limit where offsets can be asked for,
# next_cursor and next_skip of the summary elsewhere.
load helpers
load styles
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# pieces_of PATH WORDS [ARGUMENT...]: a list of 14 records in pages of 4.
pieces_of() {
    local path=$1 words=$2
    shift 2
    style "$path" "n=14,$words"
    for size in 1 3 4 9 14 50; do
        reads_in_pieces $size --page-size 4 "$@"
        exits 0
        wrote_records
    done
}

@test "offset: pieces of any size are the whole list" { pieces_of items ''; }
@test "offset: pieces of any size are the whole list where pages are capped" { pieces_of items cap=3,total=none; }
@test "page: pieces of any size are the whole list" { pieces_of pages ''; }
@test "page: pieces of any size are the whole list without a total" { pieces_of pages total=none,past=404; }
@test "range: pieces of any size are the whole list" { pieces_of range ''; }
@test "cursor: pieces of any size are the whole list" { pieces_of cursor ''; }
@test "cursor: pieces of any size are the whole list, past empty pages" { pieces_of cursor gap=4,gap=12:2,end=stay; }
@test "cursor: pieces of any size are the whole list, with JSON numbers in a body" {
    pieces_of cursor in=body,cursor=number --page-in body --data '{}'
}
@test "cursor: pieces of any size are the whole list, with JSON objects in a body" {
    pieces_of cursor in=body,cursor=object --page-in body --data '{}' --next next_cursor
}
@test "cursor: pieces of any size are the whole list, with odd texts in a body" {
    pieces_of cursor in=body --page-in body --data '{}'
}
@test "cursor: pieces of any size are the whole list, with JSON texts in a query" {
    pieces_of cursor json --page-in query-json
}
@test "cursor: pieces of any size are the whole list, in headers" {
    pieces_of cursor in=header,next=header:X-Next,names=X-Cursor:X-Limit --page-in header --next header:X-Next \
        --param-cursor X-Cursor --param-limit X-Limit
}
@test "last-id: pieces of any size are the whole list" { pieces_of last-id ''; }
@test "last-id: pieces of any size are the whole list, with pages that repeat a record" {
    pieces_of last-id inclusive,more=none --cursor-inclusive
}
@test "next-url: pieces of any size are the whole list" { pieces_of next size=4; }
@test "next-url: pieces of any size are the whole list, by relative links" { pieces_of next size=4,form=query; }
@test "link: pieces of any size are the whole list" { pieces_of link size=4; }
@test "none: pieces of any size are the whole list" { pieces_of whole ''; }
@test "none --stream: pieces of any size are the whole list" {
    style whole n=33
    for size in 7 33 100; do
        summary=$BATS_TEST_TMPDIR/summary all=$BATS_TEST_TMPDIR/all offset=0
        : >"$all"
        while [ "$offset" != null ]; do
            reads --stream --limit $size --offset "$offset"
            exits 0
            cat "$out" >>"$all"
            offset=$(summed .next_skip)
        done
        mv "$all" "$out"
        wrote_records
    done
}

@test "cursors that are page numbers in disguise stand for the same page whatever the limits" {
    style pages "n=250,put=next_page:2"
    reads --paginate cursor --param-cursor page --param-limit page_size --next next_page --limit 50
    exits 0
    [ "$(summed '[.next_cursor, .next_skip] | tostring')" = '[null,50]' ]
    reads --paginate cursor --param-cursor page --param-limit page_size --next next_page --limit 100
    [ "$(summed '[.next_cursor, .next_skip] | tostring')" = '["2",0]' ]
}

@test "--max-pages stops between pages, and the summary says where to go on" {
    for path in cursor last-id next link; do
        style $path n=250
        reads --max-pages 2
        exits 0
        wrote_records 0 200
        says "--max-pages"
        reads --cursor "$(summed .next_cursor)" --offset "$(summed .next_skip)"
        exits 0
        wrote_records 200
    done
}

@test "--cursor starts anywhere: a cursor, an id, a URL, a relative URL" {
    style cursor n=250
    reads --cursor 'o100+/=& %2B"é?#'
    exits 0
    wrote_records 100
    style last-id n=250
    reads --cursor 9007199254741191
    exits 0
    wrote_records 100
    for path in next link; do
        style $path n=250,cursor=plain
        reads --cursor "$list?place=p100"
        exits 0
        wrote_records 100
        reads --cursor '?place=p100'
        exits 0
        wrote_records 100
        reads --cursor "http://localhost:1/x"
        exits 64
        says "another origin"
    done
}

@test "--cursor goes with the styles that follow the server" {
    for path in items pages range; do
        style $path n=10
        reads --cursor 5
        exits 64
        says "--paginate"
    done
}

@test "after a failure the summary says where to go on" {
    for path in cursor last-id next link; do
        style $path n=500,fail=400:1:300
        reads
        exits 69
        wrote_records 0 300
        [ "$(summed .next_offset)" -eq 300 ]
        reads --cursor "$(summed .next_cursor)" --offset "$(summed .next_skip)"
        exits 0
        wrote_records 300
    done
}

@test "at the end of the list there is nothing to go on from" {
    for path in cursor last-id next link whole; do
        style $path n=250
        reads
        [ "$(summed '[.next_cursor, .next_skip] | tostring')" = '[null,null]' ]
    done
}
