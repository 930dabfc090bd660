# Cursors as APIs have them: of several parts, alone in a request, of odd kinds, at records that share a place.
load helpers

@test "a cursor of several parts goes into several parameters, from the body or from headers" {
    api <<'END'
ROWS = [("p1", "r1"), ("p1", "r2"), ("p2", "r1"), ("p2", "r2"), ("p3", "r1")]
def answer(r):
    at = ROWS.index((r.query["NextKey"], r.query.get("NextRow", "r1"))) if "NextKey" in r.query else 0
    rows = [{"id": i + 1} for i in range(at, min(at + 2, 5))]
    if at + 2 >= 5:
        return rows
    key, row = ROWS[at + 2]
    return 200, rows, {"x-next-key": key} | ({"x-next-row": row} if row != "r1" else {})
END
    restsrc read --paginate cursor --next NextKey=header:x-next-key --next NextRow=header:x-next-row --summary-fd 9 \
        --limit 3 \
        "$api" 9>"$BATS_TEST_TMPDIR/summary"
    exits 0
    wrote_ids 1 3
    cursor=$(jq -r .next_cursor "$BATS_TEST_TMPDIR/summary")
    restsrc read --paginate cursor --next NextKey=header:x-next-key --next NextRow=header:x-next-row \
        --cursor "$cursor" \
        --offset "$(jq .next_skip "$BATS_TEST_TMPDIR/summary")" "$api"
    exits 0
    wrote_ids 4 5
    restsrc read --paginate cursor --param-cursor NextKey --next header:x-next-key --next NextRow=header:x-next-row \
        "$api"
    exits 0
    wrote_ids 1 5
    restsrc read --paginate cursor --next header:a --next header:b "$api"
    exits 64
}

@test "the parts of MediaWiki's continue object" {
    api <<'END'
def answer(r):
    at = int(r.query.get("apcontinue", "0|0").split("|")[0])
    assert at == 0 or r.query["continue"] == "-||" and r.query["list"] == "all"
    page = {"query": {"all": [{"id": at + 1}, {"id": at + 2}]}}
    return page if at >= 4 else {"continue": {"apcontinue": f"{at + 2}|x", "continue": "-||"}} | page
END
    restsrc read --paginate cursor --records query.all --next apcontinue=continue.apcontinue \
        --next continue=continue.continue \
        --query list=all "$api/api.php"
    exits 0
    wrote_ids 1 6
}

@test "--cursor-alone sends the cursor without any other parameter, in the query and in a body" {
    api <<'END'
def answer(r):
    given = r.query if r.method == "GET" else r.json
    if "token" in given and len(given) > 1:
        return 400, {"message": "the token goes alone"}
    at = int(given.get("token", "0"))
    return {"items": [{"id": at + 1}, {"id": at + 2}], "token": str(at + 2) if at < 4 else None}
END
    options=(--paginate cursor --next token --param-cursor token --cursor-alone)
    restsrc read "${options[@]}" --query kind=x "$api?a=b"
    exits 0
    wrote_ids 1 6
    restsrc read "${options[@]}" --page-in body --data '{"kind":"x"}' "$api"
    exits 0
    wrote_ids 1 6
    restsrc read "${options[@]:0:6}" --query kind=x "$api"
    exits 69
    wrote_ids 1 2
}

@test "a --next that leads to a list, an object or true is an error at the first page, which says so" {
    for value in '[1]' '{"href":"/x"}' true; do
        api <<END
def answer(r):
    return '{"data":[{"id":1}],"links":$value}'
END
        for style in cursor next-url; do
            restsrc read --paginate $style --next links "$api"
            exits 76
            wrote_nothing
            says "--next"
        done
    done
    says "true, which is not a link"
}

@test "--cursor '' sends an empty cursor" {
    api <<'END'
def answer(r):
    if "cursor" not in r.query:
        return 400, {"message": "no cursor"}
    at = int(r.query["cursor"] or 0)
    return {"data": [{"id": at + 1}], "next_cursor": str(at + 1) if at < 2 else None}
END
    restsrc read --paginate cursor --cursor '' "$api"
    exits 0
    wrote_ids 1 3
}

# ---- records that share a place ----

@test "--cursor-inclusive drops every record that has come, also where several share the place" {
    api <<'END'
ROWS = [{"id": i + 1, "at": t} for i, t in enumerate([1, 2, 3, 3, 3, 4, 4, 5, 6, 6])]
def answer(r):
    return [row for row in ROWS if row["at"] >= int(r.query.get("since", 0))][:4]
END
    restsrc read --paginate last-id --id at --param-cursor since --cursor-inclusive --page-size 4 "$api"
    exits 0
    wrote_ids 1 10
}

@test "last-id: a server that begins pages with the record of the id that was sent is noticed, none comes twice" {
    api <<'END'
ROWS = [{"id": n} for n in range(1, 101)] # the newest first, as Twitter's max_id has it
def answer(r):
    return [row for row in ROWS[::-1] if row["id"] <= int(r.query.get("max_id", 1000))][: int(r.query["count"])]
END
    options=(--paginate last-id --param-cursor max_id --param-limit count)
    for size in 2 7 20 99 100; do
        restsrc read "${options[@]}" --page-size $size "$api"
        exits 0
        diff <(jq .id "$out") <(seq 100 -1 1)
        says "whose id was sent" --cursor-inclusive
    done
    restsrc read "${options[@]}" --page-size 1 "$api" # there is no room for the next one
    exits 76
    for _ in 1 2 3; do
        restsrc read "${options[@]}" --page-size 20 --state "$BATS_TEST_TMPDIR/state" --max-pages 2 "$api"
        exits 0
        cat "$out" >>"$BATS_TEST_TMPDIR/all"
    done
    restsrc read "${options[@]}" --page-size 20 --state "$BATS_TEST_TMPDIR/state" "$api"
    cat "$out" >>"$BATS_TEST_TMPDIR/all"
    diff <(jq .id "$BATS_TEST_TMPDIR/all") <(seq 100 -1 1)
}

@test "--cursor-inclusive: a page with nothing but records of one place is an error that asks for larger pages" {
    api <<'END'
ROWS = [{"id": i + 1, "at": t} for i, t in enumerate([1, 3, 3, 3, 3, 3, 4])]
def answer(r):
    return [row for row in ROWS if row["at"] >= int(r.query.get("since", 0))][:int(r.query["limit"])]
END
    restsrc read --paginate last-id --id at --param-cursor since --cursor-inclusive --page-size 3 "$api"
    exits 76
    says "--page-size"
    restsrc read --paginate last-id --id at --param-cursor since --cursor-inclusive --page-size 6 "$api"
    exits 0
    wrote_ids 1 7
}

@test "--cursor-inclusive: records of one place that change their order are an error, none is lost or doubled" {
    api <<'END'
PAGES = {0: [1, 2, 3], 3: [4, 3, 5]}
def answer(r):
    at = {4: 3, 3: 3, 5: 3}
    page = PAGES[int(r.query.get("since", 0))]
    return [{"id": i, "at": at.get(i, i)} for i in page]
END
    restsrc read --paginate last-id --id at --param-cursor since --cursor-inclusive --page-size 2 "$api"
    exits 76
    says "change places"
    wrote_ids 1 3
}

@test "last-id: a page that may have been cut between records of the same id is an error" {
    api <<'END'
ROWS = [{"id": i + 1, "at": t} for i, t in enumerate([1, 2, 2, 2, 3])]
def answer(r):
    return [row for row in ROWS if row["at"] > int(r.query.get("after", 0))][:int(r.query["limit"])]
END
    for size in 2 4; do
        restsrc read --paginate last-id --id at --param-cursor after --page-size 3 "$api"
        exits 76
        says "the same at" "--id"
    done
    # the whole list, though it ends with none
    restsrc read --paginate last-id --id at --param-cursor after --page-size 10 "$api"
    exits 0
    wrote_ids 1 5
}

@test "last-id: a list that ends in the middle of a full page's ties is an error, too" {
    api <<'END'
def answer(r):
    return [{"id": i, "at": 7} for i in range(1, 4)] if "after" not in r.query else []
END
    restsrc read --paginate last-id --id at --param-cursor after --page-size 3 "$api"
    exits 76
    says "may be missing"
}

@test "the summary tells where the last record is, also at the end of the list, to go on from there" {
    api <<'END'
def answer(r):
    at = int(r.query.get("cursor") or 0)
    return {"rows": [{"id": n + 1} for n in range(at, min(at + 2, 5))], "next_cursor": str(at + 2) if at < 3 else None}
END
    while read -r options place; do
        # shellcheck disable=SC2086 # options and their arguments
        restsrc read --paginate cursor ${options//_/ } --summary-fd 9 "$api" 9>"$BATS_TEST_TMPDIR/summary"
        exits 0
        [ "$(jq -c '[.last_cursor, .last_skip]' "$BATS_TEST_TMPDIR/summary")" = "$place" ]
    done <<'END'
--limit_9 ["4",1]
--limit_4 ["2",2]
--limit_3 ["2",1]
--limit_1 [null,1]
--cursor_4 ["4",1]
END
}

# What comes after an id, in lists with the ids from 1 to 60, in pages of 10.
ids_api() {
    api <<'END'
def answer(r):
    kind, after, n = r.path[1:], r.query.get("after"), min(int(r.query.get("limit", 10)), 10)
    rows = [{"id": i} for i in range(1, 61) if i > int(after or 0) or (kind == "inclusive" and str(i) == after)]
    newest = rows[-n:]
    if kind == "since":
        return newest if after else rows[:n]
    if kind == "latest":
        return newest
    if kind == "newest-first":
        return newest[::-1]
    if kind == "refuses" and n < 10:
        return 400, {"error": "limit is 10"}
    if kind == "pinned" and not after:
        return [{"id": 99}, *rows[:9]]
    if kind == "fixed":
        return rows[:10]
    if kind == "counted":
        return {"items": rows[:n], "total": 60}
    if kind == "short":
        return rows[:n] if after else [{"id": i} for i in range(52, 61)]
    return rows[:n]
END
    options=(--paginate last-id --param-cursor after --page-size 10)
}

@test "last-id: a server that gives the newest records after an id, not those that follow it, is noticed" {
    ids_api
    for kind in since latest newest-first; do
        restsrc read "${options[@]}" "$api/$kind"
        exits 76
        says "the newest records after an id" --param-cursor
        wrote_nothing
        [ "$(api_log "map(select(.target | startswith(\"/$kind\"))) | length")" -eq 2 ]
    done
    restsrc read "${options[@]}" --on-drift ignore "$api/latest"
    exits 0
}

@test "last-id: whether the next records come is asked for once, and only where no total or length shows it" {
    ids_api
    for kind in rising refuses fixed inclusive; do
        restsrc read "${options[@]}" "$api/$kind"
        exits 0
        wrote_ids 1 60
    done
    restsrc read "${options[@]}" "$api/pinned"
    exits 0
    [ "$(sed 1d "$out" | jq .id | sort -nu | wc -l)" -eq 60 ]
    [ "$(api_log 'map(select(.target | test("/rising.*limit=1$"))) | length')" -eq 1 ]
    restsrc read "${options[@]}" "$api/counted"
    wrote_ids 1 60
    restsrc read "${options[@]}" "$api/short"
    wrote_ids 52 60
    restsrc read "${options[@]}" --limit 10 "$api/one"
    wrote_ids 1 10
    [ "$(api_log 'map(select(.target | test("/(counted|short|one).*limit=1$"))) | length')" -eq 0 ]
}
