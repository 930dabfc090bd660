# Servers that take our paging parameters for filters, or drop all filters when they do not know one.
load helpers

@test "a list that is empty because of our parameters is an error that names them" {
    api <<'END'
def answer(r):
    unknown = set(r.query) - {"kind"}
    rows = [] if unknown else [{"id": i} for i in range(3000)]
    return {"data": rows} | ({"total": len(rows)} if r.path == "/total" else {})
END
    for path in items total; do
        restsrc read "$api/$path?kind=a"
        exits 76
        says "empty with offset and limit" --paginate --param-limit
        wrote_nothing
    done
    restsrc read --paginate next-url --param-limit size "$api/items"
    exits 76
    says "empty with size, but"
    restsrc read --paginate none "$api/items"
    exits 0
    [ "$(wc -l <"$out")" -eq 3000 ]
}

@test "a list that is empty without them, too, is empty, whatever its total; that costs one request" {
    api <<'END'
def answer(r):
    if r.path == "/strict" and "limit" not in r.query:
        return 400, {"message": "limit is missing"}
    return {"data": []} | ({"total": 0} if r.path == "/total" else {})
END
    for path in items strict total; do
        restsrc read --paginate cursor "$api/$path"
        exits 0
        [ ! -s "$out" ] && [ ! -s "$err" ]
    done
    api_log -e 'map(.target | select(startswith("/total"))) | length == 2'
    restsrc read --paginate offset "$api/items"
    exits 0
}

@test "count: parameters of ours that are filters, or that make the server drop the others, do not count" {
    api <<'END'
def answer(r):
    if r.path.endswith("/count"):
        return 404, {}
    unknown = set(r.query) - {"kind"}
    if r.path == "/filters":
        n = 0 if unknown else 3000
    else:
        n = 3000 if unknown or "kind" not in r.query else 1500
    return 200, {"data": [{"id": i} for i in range(min(n, 20))]}, {"X-Total-Count": str(n)}
END
    counts() {
        restsrc count "$@"
        exits 0
        cat "$out"
    }
    [ "$(counts "$api/filters")" = 3000 ]
    [ "$(counts "$api/drops?kind=a")" = 1500 ]
    [ "$(counts --query kind=a "$api/drops")" = 1500 ]
    [ "$(counts --paginate page --query kind=a "$api/drops")" = 1500 ]
    [ "$(counts --paginate none --query kind=a "$api/drops")" = 1500 ]
    [ "$(counts "$api/drops")" = 3000 ]
}

@test "count: an answer with a list is no answer to a counting URL, whatever the list is called" {
    api <<'END'
def answer(r): # one answer for whatever path
    at, size = int(r.query.get("offset", 0)), int(r.query.get("limit", 20))
    rows = [{"id": i} for i in range(at, min(at + size, 55))]
    name = r.path.split("/")[1]
    page = {"count": len(rows), name: rows} if name != "deep" else {"count": len(rows), "answer": {"orders": rows}}
    return 200, page, {"X-Total-Count": "55"}
END
    for name in results orders deep Kunden; do
        restsrc count --records "$([ $name = deep ] && echo answer.orders || echo $name)" "$api/$name"
        exits 0
        [ "$(cat "$out")" = 55 ]
    done
}
