# --data beside the body of a preset, and the presets for Elasticsearch that need it.
load helpers

# hits: a server ($api) that has ten documents, in a point in time and in a scroll.
hits() {
    api <<'END'
def hit(i):
    return {"_id": f"d{i}", "sort": [i]}

def answer(r):
    body = r.json
    if r.path.endswith("/_search/scroll"):
        place = r.state.get("place", 0)
        r.state["place"] = place + 3
        return {"_scroll_id": "same", "hits": {"total": {"value": 10, "relation": "eq"},
                "hits": [hit(i) for i in range(place + 1, min(place + 4, 11))]}}
    if body["pit"] != {"keep_alive": "5m", "id": "P"} or body["sort"] != [{"_shard_doc": "asc"}] or "query" not in body:
        return 400, {"error": {"reason": f"wrong body {body}"}}
    first = body.get("search_after", [0])[0]
    return {"pit_id": "P", "hits": {"total": {"value": 10, "relation": "eq" if body["track_total_hits"] else "gte"},
            "hits": [hit(i) for i in range(first + 1, min(first + 1 + body["size"], 11))]}}
END
}

@test "a point in time: the user's pit and query join the preset's body" {
    hits
    restsrc read --api elasticsearch-pit --page-size 4 --data '{"pit":{"id":"P"},"query":{}}' "$api/_search"
    exits 0
    says_nothing
    diff <(jq -r '.sort[0]' "$out") <(seq 10)
    restsrc count --api elasticsearch-pit --data '{"pit":{"id":"P"},"query":{}}' "$api/_search"
    exits 0
    wrote 10
}

@test "the user's members win over those of the preset, wherever --data comes from" {
    hits
    printf '{"pit":{"id":"P"},"query":{},"track_total_hits":false}' >"$BATS_TEST_TMPDIR/body"
    restsrc count --api elasticsearch-pit --data "@$BATS_TEST_TMPDIR/body" "$api/_search"
    exits 76
    says "lower bound"
    restsrc read --api elasticsearch-pit --data 'no JSON' "$api/_search"
    exits 64
}

@test "a scroll goes on with the same id until a page is empty" {
    hits
    restsrc read --api elasticsearch-scroll --cursor same "$api/_search/scroll"
    exits 0
    diff <(jq -r '.sort[0]' "$out") <(seq 10)
    [ "$(api_log '.[0].body | fromjson | .scroll')" = '"5m"' ]
}
