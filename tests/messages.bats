# What errors say, and what they say to do.
load helpers

@test "read says what is where the list should be, and advises as check does" {
    api <<'END'
def answer(r):
    if r.path == "/401":
        return 401, {"message": "no"}
    if r.path == "/404":
        return 404, {}
    if r.path == "/422":
        return 422, {"detail": [{"loc": ["query", "limit"], "msg": "Input should be less than 51", "type": "x"}]}
    return {"data": {str(n): n for n in range(12)}, "text": "x", "n": None}
END
    restsrc read --records data "$api/"
    exits 76
    says "no list of records at data of the answer, but an object with 12 members" "restsrc check URL"
    restsrc read --records /text "$api/"
    exits 76
    says "at /text of the answer, but a text"
    restsrc read "$api/401"
    exits 77
    says "wants credentials: --bearer-file"
    restsrc read "$api/404"
    exits 69
    says "is the path right?"
    restsrc read "$api/422"
    exits 69
    says "Input should be less than 51 (query.limit)"
}

@test "an answer that is not JSON is shown around the place where it is not, without secrets" {
    api <<'END'
def answer(r):
    if r.path == "/charset":
        return 200, b'[{"name":"caf\xe9"}]', {"Content-Type": "application/json; charset=utf-8"}
    if r.path == "/secret":
        return '[{"token":"' + r.headers["Authorization"][7:] + '", "v":tru}]'
    return '[{"a":1},{"a":%s, "b":2}]' % r.path[1:]
END
    for text in NaN Infinity -Infinity; do
        restsrc read --paginate none "$api/$text"
        exits 76
        says "which JSON does not know, at byte" "in record 2 of the page" "around: [{\"a\":1},{\"a\":$text, \"b\":2}]"
    done
    restsrc read --paginate none "$api/tru"
    says 'expected' 'around: [{"a":1},{"a":tru, "b":2}]'
    restsrc read --paginate none "$api/charset"
    exits 76
    says "not UTF-8 at byte" "(Content-Type: application/json; charset=utf-8)"
    echo correct-horse-battery >"$BATS_TEST_TMPDIR/token"
    restsrc read --paginate none --bearer-file "$BATS_TEST_TMPDIR/token" "$api/secret"
    exits 76
    says_not horse battery
}

@test "a PATH in jq's writing is answered with ours" {
    api <<<'def answer(r): return {"page": {"things": [{"id": 1}]}}'
    for path in .page.things 'page.things[]'; do
        restsrc read --records "$path" "$api/i"
        exits 76
        says "as in jq"
    done
    restsrc read --records page.thing "$api/i"
    says_not "as in jq"
}
