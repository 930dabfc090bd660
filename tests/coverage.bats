# Is the list all there? What shows that it is not, whatever the API calls it.
load helpers

@test "a list that ends before any total, lower bound or remainder that its last page states is an error" {
    api <<'END'
def answer(r):
    at = int(r.query.get("offset") or r.query.get("cursor") or 0)
    rows = [{"id": i + 1} for i in range(at, min(at + 50, 100))]
    said = eval(r.query["says"], {"at": at, "rows": rows})
    return {"items": rows, "next_cursor": "50" if at == 0 else None} | said
END
    for style in offset cursor; do
        for said in '"total": 300' '"totalResults": 300' '"numberMatched": 300' '"totalCount": "300"' \
            '"page": {"totalElements": 300}' '"meta": {"total": 300}' '"meta": {"pagination": {"total": 300}}' \
            '"hits": {"total": {"value": 300, "relation": "eq"}}' '"remainingItemCount": 300 - at - len(rows)' \
            '"metadata": {"remainingItemCount": 300 - at - len(rows)}'; do
            restsrc read --paginate $style --page-size 50 --query "says={$said}" "$api"
            exits 76
            wrote_ids 1 100
            says "the list ended after 100 records though its total is" 300
            restsrc read --paginate $style --page-size 50 --query "says={$said}" --on-drift ignore "$api"
            exits 0
        done
        for said in '"hits": {"total": {"value": 300, "relation": "gte"}}' '"total": "300+"' '"count": ">300"'; do
            restsrc read --paginate $style --page-size 50 --query "says={$said}" "$api"
            exits 76
            says "though its total is at least 300"
        done
        for said in '"hits": {"total": {"value": 60, "relation": "gte"}}' '"totalResults": 100' '"total": ">50"' \
            '"totalCount": -1' '"total": None' '"remainingItemCount": 50 if at == 0 else 0' \
            '"metadata": {"remainingItemCount": 50} if at == 0 else {}'; do
            restsrc read --paginate $style --page-size 50 --query "says={$said}" "$api"
            exits 0
            wrote_ids 1 100
            says_nothing
        done
    done
}

@test "a total proves a list short, too, where the page after its end is an error" {
    for status in 404 400 416; do
        api <<END
def answer(r):
    at = int(r.query["offset"])
    return (200, {"items": [{"id": at + 1}] if at < 2 else [], "total": 9}) if at < 3 else ($status, {})
END
        restsrc read --page-size 1 "$api"
        exits 76
        says "ended after 2 records though its total is 9"
        kill "$API_PID"
    done
}

@test "cursors whose pages begin with the record that the last one ended with are told of" {
    api <<'END'
def answer(r):
    at, last = int(r.query.get("cursor", 0)), 30
    rows = [{"id": i + 1} for i in range(at, min(at + 10, last))]
    more = at + 10 < last
    if r.path == "/next":
        return {"items": rows, "next": f"?cursor={at + 9}" if more else None}
    return {"items": rows, "next_cursor": str(at + 9) if more else None}
END
    for path in cursor next; do
        options=(--page-size 10 --paginate "${path/next/next-url}")
        restsrc read "${options[@]}" "$api/$path"
        exits 0
        says "warning: the page at offset 10 begins with 1 records that the last one ended with" --cursor-inclusive
        wrote_ids 1 30
        restsrc read "${options[@]}" --on-drift fail "$api/$path"
        exits 76
        restsrc read "${options[@]}" --allow-repeats "$api/$path"
        says_nothing
    done
}

@test "a page that leads to itself is noticed before the range begins, too" {
    api <<'END'
def answer(r):
    at = min(int(r.query.get("cursor", 0)), 20)
    return {"items": [{"id": i + 1} for i in range(at, at + 10)], "next_cursor": str(at + 10 if at < 20 else 20)}
END
    restsrc read --paginate cursor --page-size 10 --offset 60 "$api"
    [ "$status" -eq 76 ] || says warning
    wrote_nothing
}

@test "last-id: records with the same id are warned of, because others may be lost between two pages" {
    api <<'END'
def answer(r):
    after, n = int(r.query.get("after", 0)), int(r.query["limit"])
    rows = [{"id": 1 + i // 3, "v": i} for i in range(50)]
    return {"items": [row for row in rows if row["id"] > after][:n], "has_more": after < 14}
END
    options=(--paginate last-id --param-cursor after --page-size 10)
    restsrc read "${options[@]}" "$api"
    exits 0
    says "warning: records have the same id" --id
    restsrc read "${options[@]}" --allow-repeats "$api"
    says_nothing
    restsrc read "${options[@]}" --page-size 11 "$api"
    exits 76
}

@test "an empty first page is not the end where pages are shorter than was asked for" {
    api <<'END'
def answer(r):
    at, n = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 5)), 5)
    return {"items": [{"id": i} for i in range(at, min(at + n, 40)) if i >= n and at < 50]}
END
    restsrc read "$api"
    exits 76
    says "first page is empty, but it has records" --page-size
}

@test "an empty page of a total of 0 in a range in the middle is not the end" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    rows = [] if 20 <= at < 30 else [{"id": i + 1} for i in range(at, min(at + 10, 50))]
    return {"items": rows, "total": len(rows)}
END
    restsrc read --page-size 10 --offset 20 "$api"
    [ "$status" -eq 76 ] || says warning
    [ "$status" -eq 76 ] || wrote_ids 31 50
}

@test "one-record pages: two records in a row that are left out are not the end" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    return {"items": [{"id": i + 1} for i in range(at, min(at + 1, 20)) if i not in (6, 7)]}
END
    for parallel in 1 4; do
        restsrc read --page-size 1 --parallel $parallel "$api"
        exits 0
        says "but the list goes on after it"
        [ "$(wc -l <"$out")" -eq 18 ]
    done
}

@test "a list that shrinks below its total is drift; a page that is gone while the total stays is an error" {
    api <<'END'
def answer(r):
    at, shrinks = int(r.query["offset"]), r.path == "/shrinks"
    if at >= 100:
        r.state["gone"] = True
        return int(r.query["status"]), {"detail": "no such page"}
    gone = r.state.pop("gone", False) and shrinks
    return {"total": 100 if gone else 300, "items": [{"id": i + 1} for i in range(at, at + 50)]}
END
    for code in 404 400 416; do
        restsrc read --page-size 50 --parallel 1 --query status=$code "$api/stays"
        exits 69
        says "offset=100" "HTTP $code" "a page is missing, though the total is still 300"
        restsrc read --page-size 50 --parallel 1 --query status=$code "$api/shrinks"
        exits 0
        says "the total went from 300 to 100 while reading"
        wrote_ids 1 100
        restsrc read --page-size 50 --parallel 1 --query status=$code --on-drift fail "$api/shrinks"
        exits 76
    done
}

@test "a list that ends though its last page says that it goes on is warned of where offsets are asked for" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    rows = [{"id": i + 1} for i in range(at, min(at + 10, 20))]
    if r.path == "/window" and at >= 20:
        return 404, {}
    full = len(rows) == 10
    return {"items": rows, "has_more": {"/lazy": full, "/window": full, "/true": True}.get(r.path, at < 10)}
END
    for path in true window; do
        restsrc read --page-size 10 "$api/$path"
        exits 0
        says "the list ended after 20 records, though has_more of its last page says that it goes on"
        restsrc read --page-size 10 --on-drift fail "$api/$path"
        exits 76
        wrote_ids 1 20
        restsrc read --page-size 10 --on-drift ignore "$api/$path"
        says_nothing
        restsrc read --page-size 10 --limit 20 "$api/$path"
        says_nothing
    done
    for path in lazy right; do
        restsrc read --page-size 10 "$api/$path"
        exits 0
        wrote_ids 1 20
        says_nothing
    done
}

@test "of two numbers one may be the length of the page: the larger one that a second page confirms counts" {
    api <<'END'
def answer(r):
    if r.path.endswith("/count"):
        return 404, {}
    at, n = int(r.query.get("offset", 0)), int(r.query.get("limit", 20))
    rows = [{"id": i + 1} for i in range(at, min(at + n, 95))]
    one, other = ("count", "total") if r.path == "/list" else ("total", "count")
    return {one: len(rows), other: 95, "items": rows}
END
    for path in list other; do
        restsrc count "$api/$path"
        exits 0
        wrote 95
        restsrc read --page-size 50 "$api/$path"
        wrote_ids 1 95
        says_nothing
    done
}

# Pages of a list whose equal sort keys come in another order for each request.
unordered() {
    api <<'END'
def answer(r):
    style = r.path.strip("/")
    size = 40
    at = (int(r.query.get("page", 1)) - 1) * size if style == "page" else int(r.query.get("offset", 0))
    order = [(i * 7 + at // size * 31) % 120 for i in range(120)] + list(range(120, 250))
    ids = order[at : at + size]
    plain = "plain" in r.query
    rows = [{"key" if plain else "id": i, "name": f"row {i}"} for i in ids]
    more = at + size < 250
    next = {"next": f"{r.base}/next?offset={at + size}" if more else None} if style == "next" else {}
    return {"items": rows, **next, **({} if "silent" in r.query else {"count": 250})}
END
}

@test "records that come again because a list has no fixed order are an error where a total counts them, else told" {
    unordered
    for style in "offset $api/offset" "page $api/page" "next-url $api/next" "offset --parallel 1 $api/offset" \
        "auto $api/next"; do
        # shellcheck disable=SC2086
        restsrc read --page-size 40 --paginate $style
        exits 76
        [ "$(wc -l <"$out")" -eq 250 ]
        says "of the 250 records came twice" "no fixed order" "--allow-repeats"
        # shellcheck disable=SC2086
        restsrc read --page-size 40 --allow-repeats --paginate $style
        exits 0
        says_nothing
    done
    restsrc read --page-size 40 "$api/offset?silent"
    exits 0
    says "warning:" "of the 250 records came twice"
    restsrc read --page-size 40 --on-drift fail "$api/offset?silent"
    exits 76
    restsrc read --page-size 40 --on-drift ignore "$api/offset"
    exits 0
    says_nothing
    restsrc read --page-size 40 "$api/offset?plain"
    exits 0
    says "warning:" "came twice"
    restsrc read --page-size 40 --limit 80 --output arrow "$api/offset"
    exits 76
    says "came twice"
    restsrc read --page-size 40 --offset 120 "$api/offset"
    exits 0
    says_nothing
}

@test "--for-each: a list without a fixed order is named" {
    unordered
    printf '{"style":"offset"}\n{"style":"next"}\n' >"$BATS_TEST_TMPDIR/lists"
    restsrc read --page-size 40 --for-each "$BATS_TEST_TMPDIR/lists" --keep style --max-rejects 2 "$api/{style}"
    says "offset" "came twice"
    [ "$(wc -l <"$out")" -ge 250 ]
}

@test "an empty object in the place of the list is an empty list, with --object-is-record also an empty text" {
    api <<'END'
def answer(r):
    at = int(r.query.get("offset", 0))
    rows = [{"id": i + 1} for i in range(at, min(at + 100, int(r.query["n"])))]
    return {"data": rows or eval(r.query["empty"]), "next": None}
END
    restsrc read "$api?n=250&empty={}"
    exits 0
    wrote_ids 1 250
    restsrc read --object-is-record "$api?n=250&empty={}"
    exits 0
    wrote_ids 1 250
    restsrc read --object-is-record "$api?n=250&empty=''"
    exits 0
    wrote_ids 1 250
    restsrc read "$api?n=250&empty=''"
    exits 76
    for style in offset next-url none; do
        restsrc read --paginate $style --records data "$api?n=0&empty={}"
        exits 0
        wrote_nothing
        says_nothing
    done
}

@test "a list that begins again, with fresh cursors, links or offsets, is an error once its first page has come twice" {
    api <<'END'
def answer(r):
    at = int(r.query.get("offset") or r.query.get("cursor") or 0)
    rows = [{"name": f"row {(at + i) % 250}"} for i in range(50)]
    next = {"cursor": {"next_cursor": f"{at + 50}"}, "next": {"next": f"/next?offset={at + 50}"}}
    return {"items": rows} | next.get(r.path.strip("/"), {})
END
    for style in "cursor $api/cursor" "next-url $api/next" "offset $api/offset" "offset --parallel 1 $api/offset"; do
        # shellcheck disable=SC2086
        restsrc read --page-size 50 --paginate $style
        exits 76
        [ "$(wc -l <"$out")" -eq 250 ]
        says "in a circle: after 250 records the next" "leads to those from offset 0 on again"
    done
    restsrc read --page-size 50 --allow-repeats --max-pages 8 "$api/offset"
    exits 0
    [ "$(wc -l <"$out")" -eq 400 ]
}

@test "links and cursors that only count end at empty pages, as offsets do; so does a list that has all of its total" {
    api <<'END'
def answer(r):
    at = int((r.query.get("cursor") or "0").strip("c")) or int(r.query.get("page") or 1) * 50 - 50
    rows = [{"id": i + 1} for i in range(at, min(at + 50, 230)) if at != 100 or "gap" not in r.query]
    total = {"total": 230} if "total" in r.query else {}
    kept = "".join(f"&{name}=1" for name in ("total", "gap") if name in r.query)
    if r.path == "/link":
        return {"items": rows, "next": f"/link?page={at // 50 + 2}{kept}"}
    return {"items": rows, "next_cursor": at // 50 + 2 if r.path == "/pages" else f"c{at + 50}"} | total
END
    restsrc read --paginate next-url "$api/link"
    exits 0
    wrote_ids 1 230
    says_nothing
    [ "$(api_log length)" -eq 7 ]
    restsrc read --paginate cursor --param-cursor page "$api/pages"
    exits 0
    wrote_ids 1 230
    restsrc read --paginate cursor "$api/tokens?total"
    exits 0
    wrote_ids 1 230
    restsrc read --paginate next-url "$api/link?gap"
    exits 0
    [ "$(wc -l <"$out")" -eq 180 ]
    restsrc read --paginate cursor "$api/tokens"
    exits 76
    says "1000 empty pages in a row"
}

@test "the words null, None, nil and undefined as the next cursor or link end the list" {
    api <<'END'
def answer(r):
    at = int(r.query.get("cursor") or r.query.get("offset") or 0)
    next = f"/items?offset={at + 50}" if r.path == "/items" else f"{at + 50}"
    rows = [{"id": i + 1} for i in range(at, at + 50)]
    body = {"items": rows, "next": next if at < 100 else r.headers["X-End"]}
    return 200, body, {"X-Next": body["next"]}
END
    for word in null None nil undefined; do
        for way in "next-url $api/items" "cursor $api/cursor" "cursor --next header:X-Next $api/cursor"; do
            # shellcheck disable=SC2086
            restsrc read --page-size 50 -H "X-End: $word" --paginate $way
            exits 0
            wrote_ids 1 150
            says_nothing
        done
    done
}

# A list with the ids from 1 to 120, of which those from 31 on are hidden after the page has been cut, up to that which
# the path ends with; "more" in it says so.
hidden_api() {
    api <<'END'
def answer(r):
    kind, last = r.path[1:].rsplit("-", 1)
    n = int(r.query.get("limit", 10))
    at = (int(r.query["page"]) - 1) * n if "page" in r.query else int(r.query.get("offset", 0))
    rows = [{"id": i} for i in range(at + 1, min(at + n, 120) + 1) if not 30 < i <= int(last)]
    more = {"more": at + n < 120, "always": True}
    return {"items": rows} | ({"has_more": more[kind]} if kind in more else {"total": 120} if kind == "counted" else {})
END
    seen=$(seq 1 30; seq 81 120)
}

wrote_seen() { diff <(jq -r .id "$out") <(echo "$seen"); }

@test "pages whose rows are all hidden do not end a list of which has_more says that it goes on" {
    hidden_api
    for style in offset page; do
        for parallel in 1 4; do
            restsrc read --paginate $style --page-size 10 --parallel $parallel "$api/more-80"
            exits 0
            says "the page at offset 30 is empty, but the list goes on after it"
            says_not "says that it goes on"
            wrote_seen
        done
    done
    restsrc read --page-size 10 "$api/always-80"
    exits 0
    says "though has_more of its last page says that it goes on"
    wrote_seen
}

@test "pages whose rows are all hidden do not end a list that is read by --advance asked" {
    hidden_api
    for style in offset page; do
        for parallel in 1 4; do
            restsrc read --advance asked --paginate $style --page-size 10 --parallel $parallel "$api/plain-80"
            exits 0
            wrote_seen
        done
    done
    [ "$(api_log length)" -lt 120 ]
}

@test "pages whose rows are all hidden do not end a list before its total, but are missing in that" {
    hidden_api
    restsrc read --page-size 10 "$api/counted-80"
    exits 76
    says "50 records of a total of 120 are missing"
    wrote_seen
    restsrc read --page-size 10 --on-drift ignore "$api/counted-80"
    exits 0
    wrote_seen
}

@test "pages that are under way after two empty ones count: the list does not end before them" {
    hidden_api
    restsrc read --page-size 10 --parallel 4 "$api/plain-50"
    exits 0
    says "the page at offset 30 is empty, but the list goes on after it"
    diff <(jq -r .id "$out") <(seq 1 30; seq 51 120)
}

@test "a total that is counted from each page on ends no list where it meets the place, at every --parallel" {
    api <<'END'
def answer(r):
    kind, n = r.path[1:].rsplit("-", 1)
    size, n = int(r.query["limit"]), int(n)
    at = (int(r.query["page"]) - 1) * size if "page" in r.query else int(r.query["offset"])
    return {"items": [{"id": i + 1} for i in range(at, min(at + size, n))],
            "total": max(n - at - (size if kind == "after" else 0), 0)}
END
    for style in offset page; do
        for parallel in 1 2 4 8; do
            for path in after-100 after-80 after-95 from-110 from-100; do
                restsrc read --paginate $style --page-size 10 --parallel $parallel "$api/$path"
                exits 0
                says "the total went from"
                wrote_ids 1 "${path#*-}"
            done
        done
    done
}
