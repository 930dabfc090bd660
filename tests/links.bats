# Next links that lack what was asked for, or that name a server as it is called behind a proxy.
load helpers

# A list of which half is open; its next links have what KEEP names, and nothing else of the request.
filtered() {
    api <<END
from urllib.parse import urlencode
KEEP = "$1".split()
def answer(r):
    kind, size = r.query.get("filter[status]"), int(r.query.get("size", 10))
    rows = [{"id": i + 1} for i in range(60) if kind is None or i % 2 == 0]
    at = int(r.query.get("after", 0))
    kept = {name: r.query[name] for name in KEEP if name in r.query} | {"after": at + size}
    link = r.base + "/items?" + urlencode(kept) if at + size < len(rows) else None
    headers = {"Link": f"<{link}>; rel=next"} if link else {}
    return 200, {"items": rows[at:at + size], "next": link}, headers
END
}

@test "a next link that drops a filter or the page size gets it back when the page is another one without it" {
    filtered ""
    for style in next-url link; do
        restsrc read --paginate $style --param-limit size --page-size 7 --query 'filter[status]=open' "$api/items"
        exits 0
        diff <(jq .id "$out") <(seq 1 2 60)
        says "the next link lacks filter[status], size, and leads to another list without it" --keep-query
        [ "$(grep -c lacks "$err")" -eq 1 ]
    done
    restsrc read --paginate next-url "$api/items?filter%5Bstatus%5D=open&after=0"
    exits 0
    diff <(jq .id "$out") <(seq 1 2 60)
    says "the next link lacks filter[status], and"
    [ "$(api_log 'map(select(.target | contains("after=10"))) | length')" -eq 2 ]
    restsrc read --paginate auto --query 'filter[status]=open' "$api/items"
    exits 0
    diff <(jq .id "$out") <(seq 1 2 60)
    printf '%s\n' '{"of":"open"}' '{"of":"open"}' >"$BATS_TEST_TMPDIR/lists"
    restsrc read --paginate next-url --for-each "$BATS_TEST_TMPDIR/lists" --keep of --parallel 1 \
        --query 'filter[status]={of}' "$api/items"
    exits 0
    diff <(jq .id "$out") <(seq 1 2 60; seq 1 2 60)
    [ "$(grep -c lacks "$err")" -eq 1 ]
}

@test "check says --keep-query where next links lose a filter, and only there" {
    filtered ""
    restsrc check --query 'filter[status]=open' "$api/items"
    exits 0
    grep -qe '--paginate link --keep-query' "$out"
    filtered "filter[status]"
    restsrc check --query 'filter[status]=open' "$api/items"
    exits 0
    grep -qe "--paginate link" "$out"
    [ "$(grep -c keep-query "$out")" -eq 0 ]
}

# What tokens and keys are to the server: TOKEN says what it does with a token that comes with a filter.
tokens() {
    api <<END
def answer(r):
    rows = [{"id": i + 1} for i in range(60)]
    token, open = r.query.get("token"), r.query.get("status") == "open"
    if "$1" == "key" and r.query.get("key") != "k":
        return 401, {"error": "no key"}
    if token and "status" in r.query and "$1" == "alone":
        return 400, {"error": "the token goes alone"}
    if token and "status" in r.query and "$1" == "in a 200":
        return {"error": "the token goes alone"}
    at = 0 if "status" in r.query and "$1" == "begins again" else int(token or 0)
    return {"items": rows[at : at + 20], "next": f"/items?token={at + 20}" if at < 40 else None}
END
}

@test "a next link that knows the filter without its name is followed as it is, whatever the server makes of both" {
    for kind in both alone "in a 200" "begins again"; do
        tokens "$kind"
        restsrc read --paginate next-url --query status=open --page-size 20 "$api/items"
        exits 0
        wrote_ids 1 60
        says_nothing
        restsrc read --paginate next-url --query status=open --output arrow --offset 10 --limit 30 "$api/items"
        exits 0
    done
}

@test "a next link that lacks a key without which it is refused gets it back" {
    tokens key
    restsrc read --paginate next-url --query key=k "$api/items"
    exits 0
    wrote_ids 1 60
    says "the next link lacks key"
}

@test "a read by a state goes on with the links that were found right" {
    filtered ""
    for _ in 1 2 3; do
        restsrc read --quiet --paginate next-url --query 'filter[status]=open' --state "$BATS_TEST_TMPDIR/state" \
            --output "$BATS_TEST_TMPDIR/open.ndjson" --max-pages 1 "$api/items"
        exits 0
    done
    diff <(jq .id "$BATS_TEST_TMPDIR/open.ndjson") <(seq 1 2 60)
    for kind in both alone "begins again"; do
        tokens "$kind"
        for _ in 1 2 3; do
            restsrc read --paginate next-url --query status=open --state "$BATS_TEST_TMPDIR/$kind" \
                --output "$BATS_TEST_TMPDIR/$kind.ndjson" --max-pages 1 "$api/items"
            exits 0
        done
        diff <(jq .id "$BATS_TEST_TMPDIR/$kind.ndjson") <(seq 60)
    done
}

@test "--keep-query puts them back, with all values of a name" {
    filtered ""
    for style in next-url link; do
        restsrc read --paginate $style --keep-query --param-limit size --page-size 7 --query 'filter[status]=open' \
            --query 'tag=a b' --query tag=c "$api/items"
        exits 0
        [ ! -s "$err" ]
        diff <(jq .id "$out") <(seq 1 2 60)
        api_log -e 'map(select(.target != "/_log")) | all(.target | contains("size=7") and contains("tag=a%20b&tag=c"))'
    done
}

@test "a next link that keeps them, in whatever spelling, or that has no query at all, is not warned of" {
    filtered "filter[status] size"
    restsrc read --paginate next-url --param-limit size --query 'filter[status]=open' "$api/items"
    exits 0
    [ ! -s "$err" ]
    diff <(jq .id "$out") <(seq 1 2 60)
}

@test "a next link in the path alone is not warned of" {
    api <<'END'
def answer(r):
    at = int(r.path.rsplit("/")[-1]) if r.path[-1].isdigit() else 0
    return {"items": [{"id": at + 1}], "next": f"/items/{at + 1}" if at < 3 else None}
END
    restsrc read --paginate next-url --query a=b "$api/items"
    exits 0
    wrote_ids 1 4
    [ ! -s "$err" ]
}

# A server behind a proxy, which writes its next links as the query `as` says, with N for the number of the page.
behind() {
    api <<'END'
def answer(r):
    if r.path != "/api/v1/orders":
        return 404, {"message": "nothing here"}
    n = int(r.query.get("page", 1))
    link = r.query.get("as", r.state.get("as")).replace("N", str(n + 1)) if n < 3 else None
    r.state["as"] = r.query.get("as", r.state.get("as"))
    return 200, {"items": [{"id": n}], "next": link}, {"Link": f"<{link}>; rel=next"} if link else {}
END
}

@test "--keep-origin: inner hosts, ports and schemes, and a lost prefix" {
    behind
    for link in "http://127.0.0.1:9/api/v1/orders?page=N" "https://orders.internal/api/v1/orders?page=N" \
        "http://inner:8080/orders?page=N" "/v1/orders?page=N" "http://u:p@inner/api/v1/orders?page=N"; do
        for style in next-url link; do
            restsrc read --paginate $style --keep-origin --keep-query --query "as=$link" "$api/api/v1/orders"
            exits 0
            wrote_ids 1 3
            [ ! -s "$err" ]
            restsrc read --paginate $style --keep-query --query "as=$link" "$api/api/v1/orders"
            [ "$status" -ne 0 ]
        done
    done
}

@test "a next link is taken whole or not at all: a NUL byte in it is an error, a line break stands in no header" {
    api <<'END'
def answer(r):
    link = {"/nul": "/last\0?page=2", "/break": "/last\r\nX-Evil: 1"}.get(r.path)
    return 200, {"items": [{"id": 1}], "next": link}
END
    restsrc read --paginate next-url "$api/nul"
    exits 76
    says "U+0000"
    [ "$(api_log length)" -eq 1 ]
    restsrc read --paginate next-url --allow-repeats "$api/break"
    exits 0
    [ "$(api_log -r '.[-1].target')" = "/last%0D%0AX-Evil:%201" ]
    [ "$(api_log 'map(select(.headers["X-Evil"])) | length')" -eq 0 ]
}

@test "an empty next link of a Link header can't be read, and leads nowhere" {
    api <<'END'
def answer(r):
    size = int(r.query.get("size", 20))
    return 200, [{"id": n} for n in range(size)], {"Link": '<>; rel="next"'}
END
    restsrc read --paginate link "$api/items?size=10"
    exits 76
    says "can't be read"
}

@test "a relation may be written nextPage, next-page, NEXT or older, in headers and in lists of links" {
    api <<'END'
def answer(r):
    page, kind = int(r.query.get("page", 1)), r.path[1:]
    rows = [{"id": i} for i in range(page * 10 - 9, page * 10 + 1)]
    rel = {"list": ["up", "next"]}.get(kind, kind)
    link = f"{r.base}/{kind}?page={page + 1}"
    links = [{"rel": "newer", "href": r.base}, *([{"rel": rel, "href": link}] if page < 3 else [])]
    return 200, {"items": rows, "links": links}, {"Link": f'<{link}>; rel="{kind}"'} if page < 3 else {}
END
    for relation in nextPage next-page NEXT next_page older list; do
        restsrc read --paginate next-url "$api/$relation"
        exits 0
        wrote_ids 1 30
        [ $relation = list ] && continue
        restsrc read --paginate link "$api/$relation"
        exits 0
        wrote_ids 1 30
    done
    restsrc read --paginate next-url "$api/nexto"
    exits 0
    wrote_ids 1 10
}

@test "a redirect that loses the query is an error in every style, one to a file or with a query of its own is not" {
    api <<'END'
def answer(r):
    rows = [{"id": n, "odd": n % 2 == 1} for n in range(1, 61) if r.query.get("odd") != "1" or n % 2]
    if r.path in ("/slash", "/v1/items"):
        return 301, "", {"Location": "/slash/" if r.path == "/slash" else "/v2/items"}
    if r.path in ("/export", "/rows.json", "/signed", "/session"):
        to = {"/export": "/file", "/rows.json": "/x/rows.json", "/signed": "/x/signed?sig=1", "/session": "/x/session"}
        return 302, "", {"Location": to[r.path]}
    page = int(r.query.get("page", 1))
    following = "/slash/?odd=1&page=%d" % (page + 1) if len(rows) > 20 * page else None
    return {"results": rows[20 * page - 20 : 20 * page], "next": following}
END
    for style in none next-url; do
        for path in slash v1/items; do
            restsrc read --paginate "$style" --query odd=1 "$api/$path"
            exits 76
            says "a redirect leads to a URL without odd"
            wrote_nothing
        done
        for path in export rows.json signed; do
            restsrc read --paginate "$style" --query odd=1 --limit 20 "$api/$path"
            exits 0
        done
        restsrc read --paginate "$style" --query access_token=s3cret-word --limit 20 "$api/session"
        exits 0
    done
    restsrc read --paginate next-url --query odd=1 "$api/slash/"
    exits 0
    diff <(jq .id "$out") <(seq 1 2 59)
}
