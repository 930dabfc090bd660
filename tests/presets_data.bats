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

# The list of one record that an answer of each API has, and what it says of a rate.
good_of() {
    case $1 in
    facebook) echo '{"data":[{"id":1}],"paging":{"cursors":{"after":null}}}' ;;
    tiktok) echo '{"code":0,"data":{"list":[{"id":1}],"page_info":{"total_number":1}}}' ;;
    monday) echo '{"data":{"boards":[{"items_page":{"cursor":null,"items":[{"id":1}]}}]}}' ;;
    shopify-graphql)
        echo '{"data":{"products":{"nodes":[{"id":1}],"pageInfo":{"hasNextPage":false,"endCursor":null}}}}'
        ;;
    shopify) echo '{"products":[{"id":1}]}' ;;
    salesforce) echo '{"totalSize":1,"done":true,"records":[{"id":1}]}' ;;
    hubspot) echo '{"results":[{"id":1}]}' ;;
    esac
}

@test "what an API says of a passing reason is waited for, and what lasts is an error at once, by each preset" {
    api <<'END'
def answer(r):
    seen = r.state.setdefault(r.query["error"], [])
    seen.append(1)
    return (int(r.query["status"]), r.query["error"]) if len(seen) == 1 else r.query["good"]
END
    options_shopify_graphql=(--records data.products.nodes --next /data/products/pageInfo/endCursor)
    options_shopify=(--records products)
    while read -r expected preset code error; do
        declare -n options=options_${preset//-/_}
        query=$(jq -rn --arg e "$error" --arg g "$(good_of "$preset")" '"error=\($e|@uri)&good=\($g|@uri)"')
        restsrc read --api "$preset" --limit 1 --retry-delay 0.01 "${options[@]}" \
            "$api/$preset?status=$code&$query"
        [ "$status" = "$expected" ] || { echo "$preset $error: $status" >&2; cat "$err" >&2; return 1; }
        [ "$expected" != 0 ] || wrote_ids 1 1
    done <<'END'
0 facebook 400 {"error":{"message":"Application request limit reached","code":4}}
0 facebook 400 {"error":{"message":"User request limit reached","code":17}}
0 facebook 400 {"error":{"message":"Ads API limit","code":80004,"error_subcode":2446079}}
69 facebook 400 {"error":{"message":"Unsupported get request","code":100}}
0 tiktok 200 {"code":40100,"message":"Request too frequent"}
76 tiktok 200 {"code":40105,"message":"Access token is incorrect"}
0 monday 200 {"error_code":"ComplexityException","error_message":"Complexity budget exhausted","status_code":429}
0 shopify-graphql 200 {"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}
0 shopify 423 {"errors":"Locked"}
0 shopify 430 {"errors":"Shopify security rejection"}
0 salesforce 503 [{"message":"Server too busy","errorCode":"SERVER_UNAVAILABLE"}]
77 salesforce 403 [{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]
0 hubspot 423 {"status":"error","message":"locked"}
0 hubspot 429 {"status":"error","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}
69 hubspot 429 {"status":"error","errorType":"RATE_LIMIT","policyName":"DAILY"}
END
}

@test "ga4: rows that are summed up as (other) are told, and with --on-drift fail an error" {
    api <<'END'
def answer(r):
    rows = [] if int(r.json.get("offset", 0)) else [{"dimensionValues": [{"value": "(other)"}]}]
    return {"rows": rows, "rowCount": 1, "metadata": {"dataLossFromOtherRow": True}}
END
    restsrc read --api ga4 --data '{}' "$api/"
    exits 0
    says "dataLossFromOtherRow"
    restsrc read --api ga4 --data '{}' --on-drift fail "$api/"
    exits 76
}
