# Servers that lie, loop, forget and change their mind: nothing is lost, doubled or invented without a word.
load helpers
load styles
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# ---- the wrong place ----

@test "offset: a server that takes the limit for the end of a page is found out" {
    api <<'END'
def answer(r):
    offset, limit = int(r.query["offset"]), int(r.query["limit"])
    if r.path == "/few" and limit < 10:
        return 400, {"error": "at least 10"}
    return [{"id": n} for n in range(250 if r.path == "/end" else 100)][offset : limit + (r.path != "/end") * offset]
END
    restsrc read "$api/end"
    exits 76
    says "does it take limit for the place where a page ends?"
    for path in whole few; do
        for parallel in 1 4; do
            restsrc read --parallel $parallel "$api/$path"
            exits 0
            wrote_ids 0 99
        done
    done
}

@test "a server that ignores the offset is found out where the last page is shorter than the others" {
    for limit in 120 101; do
        style items n=1000,repeat
        reads --limit $limit
        exits 76
        says "the same page again"
        wrote_records 0 100
    done
}

@test "a server that ignores offset and limit is found out in a range" {
    style items n=250,repeat
    reads --offset 100 --limit 50 --param-limit ''
    exits 76
    says "at offset 100 it gives the beginning of the list" "--param-offset"
    wrote_nothing
    style items n=250,size=100
    reads --offset 100 --limit 50 --param-limit ''
    exits 0
    wrote_records 100 50
}

@test "a redirect that loses the place asked for is an error" {
    for path in items pages; do
        style "$path" n=250,redirect=bare
        list=$scenario/items reads --offset 100 --limit 100
        exits 76
        says "a redirect leads to a URL without"
        wrote_nothing
    done
}

@test "page: a server that counts pages from 0 is found out where no total tells" {
    for words in n=250 n=101 n=130,cap=30; do
        style pages "$words,base=0,total=none"
        for parallel in 1 4; do
            reads --parallel $parallel
            exits 76
            says "page 1 is not the first" "--page-base 0"
            wrote_nothing
        done
    done
    style pages n=250,base=0,total=none
    reads --page-base 0
    exits 0
    wrote_records
    reads --page-base 1
    exits 0
    wrote_records 100 150
}

@test "page: a range in the middle of a list whose pages are counted from 0 is found out, with a cap, too" {
    api <<'END'
def answer(r):
    base, cap = (int(n) for n in r.path[1:].split("-"))
    size, page = min(cap, int(r.query["limit"])), int(r.query["page"]) - base
    return {"total": 300, "items": [{"id": n} for n in range(300)][page * size :][:size] if page >= 0 else []}
END
    for path in 0-1000 0-50; do
        for size in 20 21; do
            restsrc read --paginate page --page-size $size --offset 100 --limit 50 "$api/$path"
            exits 76
            says "page 1 is not the first"
            wrote_nothing
        done
        restsrc read --paginate page --offset 100 --limit 50 "$api/$path"
        exits 76
        restsrc read --paginate page --page-base 0 --offset 100 --limit 50 "$api/$path"
        exits 0
        wrote_ids 100 149
    done
    for path in 1-1000 1-50; do
        for size in 20 21 100; do
            restsrc read --paginate page --page-size $size --offset 100 --limit 50 "$api/$path"
            exits 0
            wrote_ids 100 149
        done
    done
}

@test "a count that is the length of the page does not make the first page the whole list" {
    api <<'END'
def answer(r):
    at, size = int(r.query.get("skip", 0)), int(r.query.get("take", 20))
    rows = [{"id": n} for n in range(250)][at : at + size]
    return {"count": len(rows), "items": rows}
END
    restsrc read "$api"
    exits 76
    says "ignores the paging parameter"
    restsrc read --param-offset skip --param-limit take "$api"
    exits 0
    wrote_ids 0 249
    # a page that was cut is of a round length: others are the whole of a list that has no pages
    api <<'END'
def answer(r):
    return {"count": 3, "items": [{"id": 0}, {"id": 1}, {"id": 2}]}
END
    restsrc read "$api"
    exits 0
    wrote_ids 0 2
}

@test "page: page 1 is the first, whatever a server gives for page 0" {
    api <<'END'
def answer(r):
    what, size = r.path[1:].split("-")
    page, size = int(r.query["page"]), int(size or r.query["limit"])
    begin = page * size if what == "zero" else (page - 1) * size
    if begin < 0 and what == "refuse":
        return 500, {"error": "OFFSET must not be negative"}
    if begin < 0 and what == "zero":
        return []
    begin = begin if what == "wrap" else max(begin, 0)
    return [{"n": n, "hour": r.n if what == "changing" else 0} for n in range(250)][begin:][:size]
END
    for what in first wrap refuse changing; do
        for size in '' 40; do
            restsrc read --paginate page "$api/$what-$size"
            exits 0
            [ "$(jq .n "$out")" = "$(seq 0 249)" ]
        done
    done
    for size in '' 40; do
        restsrc read --paginate page "$api/zero-$size"
        exits 76
        says "page 1 is not the first"
        wrote_nothing
    done
}

@test "page: a range in the middle of pages counted from 0, of a size that is the server's own, is found out" {
    api <<'END'
def answer(r):
    what, size = r.path[1:].split("-")
    page, size = int(r.query["page"]) - (what != "zero"), int(size)
    page = max(page, 0) if what == "clamp" else page
    begin = page * size if page >= 0 or what == "wrap" else 1000
    return [{"id": i} for i in range(1000)][begin:][:size]
END
    for given in "500 100" "500 100 --page-size 50" "520 30" "900 100"; do
        read -r first count rest <<<"$given"
        read -ra options <<<"--paginate page --offset $first --limit $count $rest"
        for size in 50 100; do
            restsrc read "${options[@]}" "$api/zero-$size"
            exits 76
            says "page 1 is not the first" "--page-base 0"
            wrote_nothing
            for what in one clamp wrap; do
                restsrc read "${options[@]}" "$api/$what-$size"
                exits 0
                diff <(jq .id "$out") <(seq "$first" $((first + count - 1)))
            done
        done
    done
}

@test "offset: a server that takes the offset for the number of a page is found out, and is read by pages" {
    api <<'END'
def answer(r):
    size, n = int(r.query["limit"]), int(r.query["offset"])
    begin = n if r.path == "/true" else n * size
    asked = r.n if r.path == "/true" else 0 # of each record something changes
    return [{"id": i, "asked": asked} for i in range(100 if r.path != "/long" else 250)][begin : begin + size]
END
    for path in long short; do
        restsrc read "$api/$path"
        exits 76
        says "takes offset for the number of a page" "--paginate page --param-page offset --page-base 0"
    done
    restsrc read --paginate page --param-page offset --page-base 0 "$api/long"
    exits 0
    wrote_ids 0 249
    restsrc read "$api/true"
    exits 0
    wrote_ids 0 99
}

@test "cursors or links that go on after what was asked for, where the server caps pages, are told" {
    api <<'END'
def answer(r):
    size, begin = int(r.query.get("limit", 100)), int(r.query.get("cursor", r.query.get("offset", 0)))
    cap, style = r.path[1:].split("-")
    rows, after = [{"id": n} for n in range(begin, min(begin + min(size, int(cap)), 500))], begin + size
    if style == "hidden":
        rows = [row for row in rows if row["id"] % 7 or row["id"] > 150]
    link = f"{r.base}{r.path}?offset={after}&limit={size}"
    return {"results": rows} | ({} if after >= 500 else {"next": link} if style == "link" else {"next_cursor": after})
END
    for style in cursor link; do
        paginate=cursor
        [ "$style" = cursor ] || paginate=next-url
        restsrc read --paginate $paginate "$api/40-$style"
        exits 0
        [ "$(grep -c "pages have 40 records, but lead on by 100" "$err")" -eq 1 ]
        restsrc read --paginate $paginate --on-drift fail "$api/40-$style"
        exits 76
        says "pages have 40 records, but lead on by 100"
        for cap in 100 200; do
            restsrc read --paginate $paginate "$api/$cap-$style"
            exits 0
            wrote_ids 0 499
            says_nothing
        done
    done
    restsrc read --paginate cursor --page-size 40 "$api/40-cursor"
    exits 0
    wrote_ids 0 499
    says_nothing
    restsrc read --paginate cursor "$api/100-hidden"
    exits 0
    says_nothing
}

@test "page: a server that counts pages from 0 is found out where the range ends before the total, too" {
    style pages n=250,base=0
    reads --limit 150
    exits 76
    says "page 1 is not the first" "--page-base 0"
    wrote_nothing
    reads --page-base 0 --limit 150
    exits 0
    wrote_records 0 150
}

@test "offset: a server that begins pages at multiples of the limit is found out, and ranges that suit it are read" {
    api <<'END'
def answer(r):
    size, offset = int(r.query["limit"]), int(r.query["offset"])
    size = min(size, 30) if r.path == "/capped" else size
    rows = [{"id": n} for n in range(offset // size * size, 95)][:size]
    return {"results": rows} if r.path == "/uncounted" else {"results": rows, "total": 95, "offset": offset}
END
    for list in counted uncounted; do
        restsrc read --page-size 20 --offset 50 "$api/$list"
        exits 76
        says "begins pages at multiples of limit"
        wrote_nothing
        restsrc read --page-size 20 --limit 53 "$api/$list"
        exits 76
        says "let --limit be a multiple of --page-size"
        wrote_ids 0 39
        for size in 10 25; do
            restsrc read --page-size $size --offset 50 "$api/$list"
            exits 0
            wrote_ids 50 94
        done
        restsrc read --page-size 20 --offset 80 --limit 15 --planned-total 95 "$api/$list"
        exits 0
        wrote_ids 80 94
    done
    restsrc read --offset 50 --page-size 50 "$api/capped"
    exits 76
    wrote_nothing
}

@test "an error after the page that says that it is the last is the end, and the error alone is none" {
    api <<'END'
def answer(r):
    size, status = 20, int(r.path[1:4])
    begin = int(r.query["offset"]) if "offset" in r.query else int(r.query["page"]) * size - size
    if begin >= 95 or (begin == 60 and "lost" in r.path):
        return status, {"error": "index out of bounds"}
    last = {"last": begin + size >= 95} if "silent" not in r.path else {"last": 5}
    return {"content": [{"id": n} for n in range(begin, min(begin + size, 95))]} | last
END
    for style in offset page; do
        for parallel in 1 4; do
            read=(read --paginate "$style" --page-size 20 --parallel "$parallel" --retry-delay 0.01 --retry 1)
            for status in 500 400; do
                restsrc "${read[@]}" "$api/$status"
                exits 0
                wrote_ids 0 94
            done
            restsrc "${read[@]}" "$api/500-lost"
            exits 75
            wrote_ids 0 59
            restsrc "${read[@]}" "$api/500-silent"
            exits 75
            restsrc "${read[@]}" "$api/503"
            exits 75
        done
    done
}

@test "page: where the server caps pages, a range at the end of the list has its own records and no others" {
    for total in none 14; do
        for past in '' ,past=404; do
            style pages n=14,cap=7,total=$total$past
            reads --page-size 10 --offset 10
            exits 0
            wrote_records 10 4
            reads --page-size 10 --offset 20
            exits 0
            wrote_nothing
        done
        style pages n=14,total=$total
        reads --page-size 10 --offset 10
        exits 0
        wrote_records 10 4
    done
}

@test "a 404 in front of a page that has records is not taken for the end" {
    style items n=1000,total=none,delay=0.5:100,status=404:100
    reads
    exits 76
    says "the page at offset"
    wrote_records 0 100
}

@test "an empty page, or 204, is the end only when the pages after it are empty, too, at every --parallel" {
    for path in items pages; do
        for parallel in 1 4 8; do
            for how in hole=300 status=204:300 status=204:300,status=204:400; do
                style "$path" "n=1000,total=none,$how"
                reads --parallel $parallel --param-limit "${options[4]:-limit}"
                exits 0
                says warning "offset 300 is empty, but the list goes on"
                [ "$(wc -l <"$out")" -ge 800 ]
                tail -n 500 "$out" | diff - <(records_of_list 500)
            done
            reads --parallel $parallel --param-limit "${options[4]:-limit}" --on-drift fail
            exits 76
            says "offset 300 is empty, but the list goes on"
        done
    done
}

@test "records missing from the middle of a list are an error when the total counts them" {
    for parallel in 1 4; do
        style items n=1000,hole=300
        reads --parallel $parallel
        exits 76
        says "100 records of a total of 1000 are missing"
        [ "$(wc -l <"$out")" -eq 900 ]
        reads --parallel $parallel --on-drift ignore
        exits 0
    done
}

@test "a total that is the length of a page, the number of pages or a cap is read past, with one warning" {
    for total in 100 10 500; do
        for path in items pages; do
            for parallel in 1 4; do
                style "$path" "n=1000,header-total,total=$total"
                reads --parallel $parallel
                exits 0
                wrote_records
                [ "$(grep -c warning "$err")" -eq 1 ] || [ $total -eq 10 ]
                reads --parallel $parallel --on-drift fail
                [ "$status" -eq 76 ] || [ $total -eq 10 ]
            done
        done
    done
}

@test "whatever a server answers to the look past the total does not count" {
    for status in 400 403 404 416 500 503; do
        style items "n=300,status=$status:300"
        reads --retry-delay 0.01
        exits 0
        wrote_records
        says_nothing
    done
}

@test "--advance asked reads on after the records that were asked for, when the server hides some" {
    for path in items pages; do
        style "$path" n=1000,hide=50,hide=150,hide=151
        reads --advance asked
        exits 0
        [ "$(wc -l <"$out")" -eq 997 ]
        diff "$out" <(records_of_list | sed '51d;151d;152d')
    done
}

@test "--offset-base 1: the first record has offset 1" {
    api <<'END'
def answer(r):
    at, n = max(int(r.query.get("startIndex", 1)), 1), int(r.query["count"])
    return {"totalResults": 250, "startIndex": at, "Resources": [{"id": i} for i in range(at, min(at + n, 251))]}
END
    options=(--param-offset startIndex --param-limit count)
    restsrc read "${options[@]}" --offset-base 1 "$api"
    exits 0
    wrote_ids 1 250
    restsrc read "${options[@]}" --offset-base 1 --offset 100 --limit 60 "$api"
    wrote_ids 101 160
    restsrc read "${options[@]}" --count-from body:totalResults "$api"
    exits 76
    says "--offset-base 1"
}

# ---- loops ----

@test "the same cursor again, with records, is an error" {
    style cursor n=1000,circle=200:100
    reads
    exits 76
    says "circle" "cursor"
    wrote_records 0 200
}

@test "a last page that leads to itself is written once, with a warning" {
    for path in cursor next link; do
        style $path n=250,total=none,circle=250:200
        reads
        exits 0
        wrote_records
        says warning "leads to itself"
        [ "$(log length)" -eq 4 ]
    done
}

@test "a cursor that stays the same while the records change is followed to the end" {
    style cursor n=250,total=none,scroll,end=stay
    reads
    exits 0
    wrote_records
    says_nothing
}

@test "a cursor of 0 is the end, as a number and as a text" {
    for zero in 0 '"0"'; do
        style cursor "n=250,total=none,put-at=200:next_cursor:$zero,more=none"
        reads
        exits 0
        wrote_records
    done
}

@test "a circle of three cursors is an error" {
    style cursor n=1000,circle=400:100
    reads
    exits 76
    says "circle"
}

@test "the same URL again, or a circle of them, is an error" {
    for path in next link; do
        for circle in 200:100 400:100; do
            style "$path" n=1000,circle=$circle
            reads
            exits 76
            says "circle" "URL"
        done
    done
}

@test "a server that ignores the cursor but gives a fresh one each time is an error, not an endless list" {
    for path in cursor next link; do
        style "$path" n=1000,repeat,fresh
        reads
        exits 76
        says "the same page again" "--param-cursor"
        wrote_records 0 100
    done
}

@test "a wrong --param-cursor is an error" {
    style last-id n=1000
    reads --param-cursor after
    exits 76
    says "the same page again"
    wrote_records 0 100
}

@test "a server that ignores page numbers, offsets or ranges is an error, with one record, some, or a full page" {
    for n in 1 20 100 1000; do
        for path in items pages; do
            style "$path" n=$n,repeat,total=none
            reads
            exits 76
            says "the same page again"
            wrote_records 0 $((n < 100 ? n : 100))
        done
    done
    style items n=1000,repeat
    reads --max-pages 3 --allow-repeats
    exits 0
    [ "$(wc -l <"$out")" -eq 300 ]
}

@test "equal pages of records without an id are no error where they are short" {
    for _ in $(seq 40); do echo '{"a":1}'; done >"$BATS_TEST_TMPDIR/equal"
    style items "file=$(encoded "$BATS_TEST_TMPDIR/equal"),cap=1"
    reads --page-size 1
    exits 0
    cmp "$BATS_TEST_TMPDIR/equal" "$out"
}

@test "full pages of nothing but equal records are read where the server shows that it heeds the place" {
    api <<'END'
def answer(r):
    kind, n = r.path[1:].rsplit("-", 1)
    size, n = int(r.query["limit"]), int(n)
    at = (int(r.query["page"]) - 1) * size if "page" in r.query else int(r.query["offset"])
    if kind == "missing" and at >= n:
        return 404, {"detail": "no such page"}
    if kind == "narrow" and at > 10000:
        return 400, {"error": "too far"}
    rows = [{"v": 1}] * (size if kind in ("ignores", "narrow") else max(min(size, n - at), 0))
    return {"items": rows} | ({"total": n} if kind == "counted" else {})
END
    for style in offset page; do
        for n in 40 45; do
            for kind in plain missing counted; do
                restsrc read --paginate $style --page-size 10 "$api/$kind-$n"
                exits 0
                says_nothing
                [ "$(wc -l <"$out")" -eq $n ]
            done
        done
        for kind in ignores narrow; do
            restsrc read --paginate $style --page-size 10 "$api/$kind-40"
            exits 76
            says "the same page again"
            [ "$(wc -l <"$out")" -eq 10 ]
        done
    done
}

@test "--allow-repeats takes equal pages in every style" {
    for _ in $(seq 250); do echo '{"id":1}'; done >"$BATS_TEST_TMPDIR/equal"
    for path in items pages cursor next link range; do
        style $path "file=$(encoded "$BATS_TEST_TMPDIR/equal"),cap=50"
        reads
        exits 76
        reads --allow-repeats
        exits 0
        cmp "$BATS_TEST_TMPDIR/equal" "$out"
    done
}

# ---- what is hidden ----

@test "rows that the server hides after it has cut its page are found out: offsets would double others" {
    for words in hide=50 hide=550 hide=550,total=none hide=99,total=none; do
        style items n=1000,$words
        reads
        exits 76
        says "hides records" "--allow-repeats"
    done
    style range n=1000,hide=550
    reads
    exits 76
    says "hides records"
}

@test "records that are added in front while reading are told where offsets are asked for: some come twice" {
    for path in items pages; do
        for total in ,total-at=300:1001 ,total=none; do
            style "$path" n=1000,insert=300:1$total
            reads --parallel 1
            exits 0
            says "the page at offset 300 begins with 1 records" "records were added"
            reads --parallel 1 --on-drift fail
            exits 76
            wrote_records 0 300
            reads --parallel 1 --on-drift ignore
            exits 0
            says_nothing
        done
    done
}

@test "cursors do not mind hidden rows" {
    for path in cursor last-id next link; do
        style "$path" n=300,hide=99,hide=150
        reads --on-drift ignore
        exits 0
        records_of_list | sed '100d;151d' | cmp - "$out"
    done
}

# ---- where the list ends ----

@test "a full first page without any next is a warning, and 76 with --expect" {
    for path in cursor next; do
        style "$path" n=1000,total=none,no-next=0,end=absent
        reads
        exits 0
        wrote_records 0 100
        says "warning" "first page" "--next"
        reads --expect 1000
        exits 76
        wrote_records 0 100
        says "only 100 records where --expect 1000"
        reads --quiet
        says_nothing
    done
    style items n=1000,total=none
    reads --paginate link
    exits 0
    says "warning: no Link header" "--paginate"
}

@test "a first page that is short of what was asked, or as long as the list is said to be, is no reason to warn" {
    style cursor n=99,total=none,end=absent
    reads
    says_nothing
    style cursor n=100,end=absent
    reads
    says_nothing
    style cursor n=100,end=absent,total-name=count
    reads
    exits 0
    says warning
    style items n=30,header-total,total=30
    reads --paginate link
    says_nothing
}

@test "a list that ends before its total is told in the styles that follow the server" {
    for path in cursor last-id next link; do
        style "$path" n=250,total=300
        reads
        exits 76
        wrote_records
        says "ended after 250 records though its total is 300"
        reads --on-drift ignore
        exits 0
        says_nothing
    done
}

@test "totals that grow or shrink while reading are drift in every style that tells them" {
    for path in items pages cursor last-id next link; do
        for later in 1001 999; do
            style "$path" n=1000,total-at=0:1000,total-at=300:$later
            reads --parallel 1 --limit 900
            exits 0
            says "the total went from 1000 to $later while reading"
            reads --parallel 1 --on-drift fail
            exits 76
            says "--on-drift fail"
            [ "$(wc -l <"$out")" -eq 300 ]
        done
    done
}

@test "--planned-total is what the total is held against in every style that tells one" {
    for path in items pages cursor next; do
        style "$path" n=250
        reads --planned-total 260 --on-drift fail
        exits 76
        says "from 260 to 250"
        reads --planned-total 250 --on-drift fail
        exits 0
    done
}

@test "a list that goes on after its --planned-total is read to its end; with --limit it is not" {
    style items n=250,total=none
    reads --page-size 10 --offset 50 --planned-total 100 --expect 50
    exits 0
    says "the total is said to be 100, but the list goes on after that"
    [ "$(wc -l <"$out")" -eq 200 ]
    reads --page-size 10 --offset 50 --planned-total 100 --limit 50
    exits 0
    [ "$(wc -l <"$out")" -eq 50 ]
}

@test "a server that gives its last page for any place after it is read to its end by the total" {
    api <<'END'
def answer(r):
    most = int(r.query.get("limit", 10))
    if "page" in r.query:
        first = (min(int(r.query["page"]), 20) - 1) * most
    else:
        first = min(int(r.query.get("offset", 0)), 200 - most)
    return 200, {"total": 200, "items": [{"id": n} for n in range(first, first + most)]}
END
    for style in offset page; do
        for parallel in 1 4; do
            restsrc read --paginate $style --page-size 10 --parallel $parallel "$api/list"
            exits 0
            [ "$(cat "$out")" = "$(seq 0 199 | sed 's/.*/{"id":&}/')" ]
        done
    done
}

@test "--expect that the list falls short of is 76 in every style, after all records" {
    for path in $all_styles; do
        style "$path" n=150,total=none
        reads --expect 151
        exits 76
        wrote_records
        reads --expect 150
        exits 0
    done
}

@test "--max-pages is exit 0 with a note in every style" {
    for path in items pages cursor last-id next link range; do
        style "$path" n=450
        reads --max-pages 2
        exits 0
        wrote_records 0 200
        says "stopped by --max-pages"
    done
}

# ---- pages that are none ----

@test "an error told with status 200 in the middle of a list is an error in every style" {
    for path in items pages cursor last-id next link; do
        style "$path" n=1000,error200=300
        reads --parallel 1
        exits 76
        wrote_records 0 300
        says "the database is away"
        style "$path" n=1000,html=300
        reads --parallel 1
        exits 76
        wrote_records 0 300
    done
}

@test "a refusal in the middle of a list is an error in the styles that follow the server, and no end" {
    for path in cursor last-id next link; do
        for status in 404 416; do
            style "$path" n=1000,status=$status:300
            reads
            exits 69
            wrote_records 0 300
        done
    done
}

# ---- Link headers ----

@test "a Link header in odd writing is read where its meaning is plain" {
    for form in single bare; do
        style link "n=250,link=$form"
        reads
        exits 0
        wrote_records
        says_nothing
    done
}

@test "a Link header whose rel=next can't be read is an error, not the end" {
    style link n=250,link=broken
    reads
    exits 76
    says "rel=next"
}

@test "a next link with results=\"false\" is the end" {
    style link n=250,link=results
    reads
    exits 0
    wrote_records
    [ "$(log length)" -le 4 ]
}

# ---- totals that are passed ----

@test "a total as long as the first page is one when the second page says it again: what comes after it is told" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    rows = [{"v": i} for i in {0: range(3), 3: range(2)}.get(at, ())]
    return {"results": rows, "hits": {"total": {"value": 3}}}
END
    restsrc read --paginate offset --page-size 5 "$api"
    exits 0
    says "the total is said to be 3, but the list goes on after that"
    restsrc read --paginate offset --page-size 5 --on-drift fail "$api"
    exits 76
}

@test "a range after the total in which there are records is told" {
    api <<'END'
def answer(r):
    return {"results": [{"v": i} for i in range(int(r.query["limit"]))], "total": 10}
END
    restsrc read --paginate offset --offset 11 --limit 1 --page-size 10 "$api"
    says "the total is said to be 10, but the list goes on after that"
}

@test "a total that a short first page of a range just reaches is looked after" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    return {"results": [{"id": i} for i in range(at, min(at + 3, 37))], "total": 13}  # pages
END
    restsrc read --paginate offset --offset 10 --page-size 7 "$api"
    exits 0
    wrote_ids 10 36
    says "the total is said to be 13, but the list goes on after that"
}

@test "where only an error comes after an empty first page, the second record is asked for" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    if at >= 10:
        return 404, {"detail": "past the end"}
    return (204, b"") if at == 0 else [{"id": at}]
END
    restsrc read --paginate offset --page-size 10 "$api"
    exits 76
    says "the list's first page is empty, but it has records"
}

# ---- generated ----

# The same ones each time; RESTSRC_SEED begins elsewhere.
@test "of generated servers that lie, none gives a wrong list with exit code 0 and without a word" {
    "$PYTHON3" "$tests/property/lies.py" "$RESTSRC" 400 "${RESTSRC_SEED:-100000}"
}
