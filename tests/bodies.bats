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
