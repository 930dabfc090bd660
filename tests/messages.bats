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
