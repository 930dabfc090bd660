# Bodies as APIs write them: charsets, forms, lines, lists without brackets, prefixes, and what is not JSON.
load helpers

@test "a body in another charset is read as what its Content-Type or its byte order mark says" {
    api <<'END'
TEXT = '{"data": [{"name": "Québec"}, {"name": "%s"}]}'
def answer(r):
    if r.path.endswith("/count"):
        return 404, {}
    name, euro = r.path[1:], r.query["euro"]
    said = name if r.query.get("said") == "yes" else r.query.get("said")
    return 200, (TEXT % euro).encode(name), {"Content-Type": "application/json" + (f";charset={said}" if said else "")}
END
    reads() {
        restsrc read --paginate none "$api/$1"
        exits 0
        [ "$(jq -r .name "$out" | tr '\n' ,)" = "Québec,$2," ]
    }
    reads "iso-8859-1?said=yes&euro=x" x
    reads "windows-1252?said=yes&euro=%E2%82%AC" €
    reads "utf-16?euro=%E2%82%AC" €
    reads "utf-16-be?said=utf-16&euro=%E2%82%AC" €
    reads "utf-8?said=iso-8859-1&euro=%E2%82%AC" €
    restsrc read --paginate none "$api/iso-8859-1?euro=x"
    exits 76
    restsrc call "$api/iso-8859-1?said=yes&euro=x"
    exits 0
    [ "$(iconv -f iso-8859-1 "$out" | jq -r '.data[0].name')" = Québec ]
}

@test "--page-in body sets the parameters of a form, when --header says that the body is one" {
    api <<'END'
def answer(r):
    assert r.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert r.form.get("where") == "a=1 & b" or "where" not in r.form
    at, size = int(r.form.get("at", "0")), int(r.form.get("size", "2"))
    rows = [{"id": i + 1} for i in range(at, min(at + size, 5))]
    return {"rows": rows, "next_cursor": str(at + size) if at + size < 5 else None}
END
    form=(--page-in body --header "content-type: application/x-www-form-urlencoded; charset=utf-8")
    restsrc read "${form[@]}" --data "where=a%3D1+%26+b&at=77" --param-offset at --param-limit size --page-size 2 "$api"
    exits 0
    wrote_ids 1 5
    restsrc read "${form[@]}" --paginate cursor --param-cursor at --param-limit size --page-size 2 "$api"
    exits 0
    wrote_ids 1 5
    restsrc read "${form[@]}" --paginate cursor --cursor-alone --param-cursor at --param-limit size --page-size 2 \
        --data "where=a%3D1%20%26%20b" "$api"
    exits 0
    wrote_ids 1 5
    restsrc read --page-in body --data "where=1" "$api"
    exits 64
    says "a JSON object in --data, or a form"
}

@test "pages of NDJSON, led on by a Link header or known by their Content-Type" {
    api <<'END'
def answer(r):
    at, size = int(r.query.get("offset", r.query.get("at", 0))), int(r.query.get("limit", 2))
    rows = "".join('{"id": %d, "data": [1]}\n' % (i + 1) for i in range(at, min(at + size, 5)))
    headers = {"Content-Type": r.query.get("type", "text/plain")}
    if at + 2 < 5 and "offset" not in r.query:
        headers["Link"] = f'</l?at={at + 2}&type={headers["Content-Type"]}>; rel=next'
    return 200, rows, headers
END
    for type in text/plain application/x-ndjson; do
        restsrc read --paginate link "$api/l?type=$type"
        exits 0
        wrote_ids 1 5
    done
    restsrc read --page-size 2 "$api/l?type=application/jsonl"
    exits 0
    wrote_ids 1 5
}

@test "a JSON text sequence (RFC 7464) is read as NDJSON is, and one that is cut is an error" {
    api <<'END'
def answer(r):
    rows = ['\x1e{"id": %d, "data": [1],\n "s": "\\u001e"}\n' % (i + 1) for i in range(200)]
    inside = '\x1e{"id": 1,\x1e "s": 2}\n'
    text = {"/cut": rows[0][:-8] + rows[1], "/none": "", "/inside": inside}.get(r.path, "".join(rows))
    return 200, text, {"Content-Type": "application/geo+json-seq" if r.path == "/geo" else "application/json-seq"}
END
    for path in items geo; do
        restsrc read --paginate none "$api/$path"
        exits 0
        wrote_ids 1 200
        [ "$(head -1 "$out")" = '{"id":1,"data":[1],"s":"\u001e"}' ]
    done
    restsrc read --paginate none "$api/none"
    exits 0
    wrote_nothing
    for path in cut inside; do
        restsrc read --paginate none --retry 0 "$api/$path"
        [ "$status" -ge 75 ]
        wrote_nothing
    done
}

@test "one record without brackets is a list with --object-is-record, else what is there is an error" {
    api <<'END'
def answer(r):
    at = int(r.query.get("at", 0))
    rows = [{"id": i + 1} for i in range(at, min(at + 3, 7))]
    link = f"?at={at + 3}" if at + 3 < 7 else None
    if r.path == "/only":
        return {"id": 1, "name": "x", "next": None}
    return {"d": {"results": rows[0] if len(rows) == 1 else rows, "__next": link}, "results": "x"}
END
    odata=(--paginate next-url --records d.results --next d.__next)
    restsrc read "${odata[@]}" --object-is-record "$api/items"
    exits 0
    wrote_ids 1 7
    restsrc read "${odata[@]}" --object-is-record "$api/items?at=6"
    exits 0
    wrote_ids 7 7
    restsrc read "${odata[@]}" "$api/items"
    exits 76
    restsrc read --paginate none --records "" --object-is-record "$api/only"
    exits 0
    wrote_ids 1 1
    restsrc read --paginate none --object-is-record "$api/only"
    exits 76
}

@test "a guard before JSON is skipped, and nothing else is" {
    api <<'END'
def answer(r):
    return r.query["guard"] + '[{"id": 1}]'
END
    for guard in ")]}'%0A" ")]}',%0A" ")]}'"; do
        restsrc read --paginate none "$api/?guard=$guard"
        exits 0
        wrote_ids 1 1
    done
    for guard in ")]}" ")]}'x" ")" "while(1);"; do
        restsrc read --paginate none "$api/?guard=$guard"
        exits 76
    done
}

@test "NaN is named, with the record that has it" {
    api <<'END'
def answer(r):
    return '{"results": [{"uid": "a", "ce": 12.5}, {"uid": "b", "ce": %s}], "total": 2}' % r.path[1:]
END
    for word in NaN Infinity; do
        restsrc read --paginate none "$api/$word"
        exits 76
        says "NaN or Infinity, which JSON does not know, at byte 58, in record 2 of the page"
    done
}

@test "NDJSON whose last line is an error, and no record, is torn; records that are errors are records" {
    api <<'END'
import json
last = {"error": {"error": {"code": 504, "message": "query timed out"}}, "text": {"exception": "out of memory"},
        "flag": {"success": False, "message": "boom"}, "record": {"id": 26, "error": "its own"},
        "well": {"error": None, "status": "ok"}}
def answer(r):
    kind = r.path[1:]
    lines = [{"id": n} for n in range(1, 26)] + [last.get(kind, {"error": "rate limit exceeded", "code": 429})]
    if kind == "alone":
        lines = [{"error": "no such table"}]
    if kind == "passing" and r.state.setdefault("tries", r.n) != r.n:
        lines[25] = {"id": 26}
    if kind == "errors":
        lines = [{"code": n, "error": "disk full"} for n in range(1, 27)]
    return 200, "".join(json.dumps(line) + "\n" for line in lines), {"Content-Type": "application/x-ndjson"}
END
    for stream in --stream --no-stream; do
        for kind in error text flag; do
            restsrc read --paginate none "$stream" "$api/$kind"
            exits 76
            says "the last line is an error"
            [ "$stream" = --stream ] || wrote_nothing
            ! grep -v id "$out"
        done
        restsrc read --paginate none "$stream" "$api/alone"
        exits 76
        says "no such table"
        wrote_nothing
        for kind in record well errors; do
            restsrc read --paginate none "$stream" "$api/$kind"
            exits 0
            [ "$(wc -l <"$out")" -eq 26 ]
        done
        restsrc read --paginate none "$stream" --on 2xx=ok "$api/error"
        exits 0
        [ "$(wc -l <"$out")" -eq 26 ]
    done
    restsrc read --paginate none --retry-delay 0.01 "$api/passing"
    exits 0
    wrote_ids 1 26
}
