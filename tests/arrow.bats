# Records as an Arrow IPC stream. What is in it is a matter of tests/unit/test_arrow and, read by pyarrow, of
# spark/tests/test_arrow.py.
bats_require_minimum_version 1.5.0
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

setup() {
    schema="$BATS_TEST_TMPDIR/schema.json"
    echo '{"type":"struct","fields":[{"name":"id","type":"byte","nullable":true}]}' >"$schema"
}

# The stream ends as a whole one does.
is_whole() {
    [ "$(tail -c 8 "$out" | od -An -tx1 | tr -d ' \n')" = ffffffff00000000 ]
}

@test "a read may write an Arrow stream, with a schema or without" {
    list n=300
    restsrc read --output arrow "$list"
    exits 0
    says "strings with half of a surrogate pair, which has no UTF-8, have ? in its place, from record 3 on"
    is_whole
    echo '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true}]}' >"$schema"
    restsrc read --output arrow --schema "$schema" "$list"
    exits 0
    is_whole
}

@test "of an empty list the stream is whole, too" {
    list n=0
    restsrc read --output arrow "$list"
    exits 0
    is_whole
    restsrc read --output arrow --schema "$schema" "$list"
    exits 0
    is_whole
    restsrc read --output arrow --schema "$schema" --limit 0 "$list"
    exits 0
    is_whole
}

@test "a record that does not fit is named, and the stream has no end" {
    api <<'END'
def answer(r):
    offset = int(r.query["offset"])
    return [{"id": n} for n in range(offset, min(offset + 100, 300))]
END
    restsrc read --output arrow --schema "$schema" "$api/items"
    exits 76
    says "record 128 does not fit the schema: id: 128 is not a valid TINYINT"
    run ! is_whole
}

@test "a schema of which no record has a member is told" {
    api <<'END'
pages = {"/wrapped": [{"data": {"id": 1}}, {"data": {"id": 2}}], "/null": [{"id": None}], "/none": []}
answer = lambda r: pages[r.path]
END
    restsrc read --output arrow --schema "$schema" --paginate none "$api/wrapped"
    exits 0
    says "no record has a member for any column of --schema: all values are null"
    for path in null none; do
        restsrc read --output arrow --schema "$schema" --paginate none "$api/$path"
        exits 0
        says_nothing
    done
}

# late RECORD LAST OPTIONS...: reads a list of 1000 times RECORD, and LAST after them.
late() {
    api <<END
records = [r'$1'] * 1000 + [r'$2']
def answer(r):
    offset = int(r.query["offset"])
    return "[" + ",".join(records[offset:offset + int(r.query["limit"])]) + "]"
END
    restsrc read --output arrow --allow-repeats "${@:3}" "$api/items"
}

@test "members that come after those that the schema was inferred from are left out with a warning" {
    late '{"id":1,"o":{}}' '{"id":2,"o":{"x":1},"later":3,"never":null}'
    exits 0
    is_whole
    says "warning: members without a column are left out, from record 1000 on: \"later\";"
    [[ "$(cat "$err")" != *never* ]]
    late '{"o":[{"x":1}]}' '{"o":[{"x":1,"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}]}'
    exits 0
    says "from record 1000 on: \"a\", \"b\", \"c\", \"d\", \"e\", others; the schema was inferred"
    late '{"id":1}' '{"id":2,"":3,"\u0000x":4}'
    exits 0
    says 'left out, from record 1000 on: "", "\u0000x";'
    late '{"id":1}' '{"id":2,"later":3}' --new-members every
    exits 76
    says "record 1000 does not fit the schema: the member later has no column"
}

@test "a number that its inferred column would alter does not fit" {
    for value in 9007199254740993 1e400 '"NaN"' true; do
        late '{"n":1.5}' "{\"n\":$value}"
        exits 76
        says "record 1000 does not fit the schema: n: $value"
        run ! is_whole
    done
    late '{"n":18446744073709551615}' '{"n":1.5}'
    exits 76
    says "record 1000 does not fit the schema: n: 1.5 would be altered as a DECIMAL; it was inferred"
    late '{"n":1.5}' '{"n":9007199254740992}'
    exits 0
    says_nothing
    echo '{"type":"struct","fields":[{"name":"n","type":"double","nullable":true}]}' >"$schema"
    late '{"n":1.5}' '{"n":1e400}' --schema "$schema" # as Spark has it
    exits 0
    says_nothing
}

@test "an object of very many names is a column of texts" {
    api <<'END'
def answer(r):
    return [{"prices": {f"{n}-{k}": n for k in range(3)}} for n in range(1000)]
END
    restsrc read --output arrow --paginate none "$api/items"
    exits 0
    says_nothing
    is_whole
    grep -qF '{"999-0":999,"999-1":999,"999-2":999}' "$out"
}

@test "half of a surrogate pair, which has no place in Arrow, is told" {
    late '{"s":"\ud83d\ude00"}' '{"s":"\ud83d"}'
    exits 0
    is_whole
    says "have ? in its place, from record 1000 on"
    late '{"s":"x"}' '{"s":"\ud83d\ude00"}'
    exits 0
    says_nothing
}

@test "what is wrong with the options of an Arrow stream is said before any request" {
    list n=3
    restsrc read --output arrow --state "$BATS_TEST_TMPDIR/state" "$list"
    exits 64
    says "--state does not go with --output arrow"
    restsrc read --output arrow --schema "$BATS_TEST_TMPDIR/none" "$list"
    exits 66
    restsrc read --output arrow --schema "$BATS_TEST_FILENAME" "$list"
    exits 64
    says "--schema: the file does not have a schema"
    for zone in Nowhere/Else ../../../etc/passwd; do
        restsrc read --output arrow --time-zone "$zone" "$list"
        exits 64
        says "is not a time zone"
    done
    [ -z "$(queries)" ]
}

@test "--fields writes some members of records only, by lines and as columns" {
    api <<'END'
def answer(r):
    return '[{"id": 1.10, "by": {"name": "x", "mail": "y"}, "z": 1}, {"z": 2, "id": 2}]'
END
    restsrc read --paginate none --fields by.name,id "$api/items"
    exits 0
    wrote $'{"id":1.10,"by":{"name":"x"}}\n{"id":2}'
    restsrc read --paginate none --output arrow --fields id "$api/items"
    exits 0
    is_whole
    [ "$(grep -c name "$out")" = 0 ]
    restsrc read --paginate none --fields id,,z "$api/items"
    exits 64
    says "--fields takes names with commas between"
}
