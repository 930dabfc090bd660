# restsrc write --input arrow: rows of an Arrow stream are written as records. What pyarrow wrote is in
# tests/data/arrow; what Spark hands over is tested in spark/tests/test_write_values.py.
load helpers
load sink
setup_file() { start_sink; }
teardown_file() { stop_server; }

# write_stream NAME OPTIONS...: a file of tests/data/arrow.
write_stream() {
    in=$tests/data/arrow/$1.arrow
    write --input arrow "${@:2}"
}

# What the streams `rows` and `bad` hold, as lines.
rows_are_lines() {
    in=$BATS_TEST_TMPDIR/lines
    plain_but 130 "$@"
}

@test "values of all types become JSON" {
    for name in numbers texts times nested replaced; do
        sink "name=$name"
        write_stream "$name"
        exits 0
        says_nothing
        stored | cmp - "$tests/data/arrow/$name.ndjson"
    done
}

@test "rows go in batches, and the receipt counts them as lines" {
    sink
    write_stream rows
    exits 0
    rows_are_lines
    stored_is_input
    tells_the_truth
    receipt_is '[.records, .batches, .lines_done]' '[130,3,130]'
}

@test "a stream that comes in pieces is the same" {
    sink
    out=$BATS_TEST_TMPDIR/out
    (head -c 1000; head -c 1; head -c 3000; cat) <"$tests/data/arrow/rows.arrow" |
        "$RESTSRC" write --input arrow --batch-size 7 "$url" >"$out"
    rows_are_lines
    stored_is_input
    receipt_is '[.records, .batches]' '[130,19]'
}

@test "batches that end with a record batch, and those that do not, are all written" {
    rows_are_lines
    lines=$in
    for size in 1 10 20 30 60 120 130 131; do
        sink "size=$size"
        write_stream rows --batch-size "$size" --idempotency-key all
        exits 0
        in=$lines
        stored_is_input
        receipt_is .batches $(((130 + size - 1) / size))
    done
}

@test "rejects name the rows" {
    sink refuse=422
    write_stream bad --reject-file "$BATS_TEST_TMPDIR/rejects"
    exits 0
    rows_are_lines 7 100
    tells_the_truth
    [ "$(jq -s -c 'map([.line, .record.i])' "$BATS_TEST_TMPDIR/rejects")" = '[[7,7],[100,100]]' ]
}

@test "a stream that is cut anywhere is 65, and its last rows are not sent as if they were all" {
    size=$(stat -c %s "$tests/data/arrow/rows.arrow")
    for cut in 8 1000 $((size / 2)) $((size - 100)) $((size - 8)) $((size - 1)); do
        sink "cut=$cut"
        in=$BATS_TEST_TMPDIR/cut
        head -c "$cut" "$tests/data/arrow/rows.arrow" >"$in"
        write --input arrow --batch-size 65
        exits 65
        says "the input is cut short after row" "the Arrow stream has no end"
        rows_are_lines
        tells_the_truth
        [ "$(stored | wc -l)" -le 65 ]
    done
}

@test "what follows the end of a stream is 65" {
    sink
    in=$BATS_TEST_TMPDIR/twice
    cat "$tests/data/arrow/rows.arrow" "$tests/data/arrow/rows.arrow" >"$in"
    write --input arrow
    exits 65
    says "the Arrow stream has ended, but the input goes on"
}

@test "streams that are not taken are 65, with what to do, and without a request" {
    while read -r name message; do
        sink "name=$name"
        write_stream "$name"
        exits 65
        says "$message"
        requests_are 0
    done <<'END'
compressed is compressed (ZSTD), which is not taken: write it without compression
file is an Arrow file (Feather), not a stream
twice the Arrow column x is there twice
union the Arrow column u is a union
keys the Arrow column m is a map whose keys can't be names
months the Arrow column m is an interval of months
latin input row 1: column s: a string that is not valid UTF-8
nan input row 2: column s[]: NaN and infinity have no form in JSON
not_json input row 2: column j: a text that is not JSON
END
    sink
    in=$BATS_TEST_TMPDIR/in
    plain 3
    write --input arrow
    exits 65
    says "the input is not an Arrow IPC stream"
    : >"$in"
    write --input arrow
    exits 65
    says "the input is cut short after row 0"
    in=$tests/data/arrow/rows.arrow
    write
    exits 65
    requests_are 0
}

@test "a stream without columns is written, too: what a read of an empty list gives" {
    sink none
    in=$BATS_TEST_TMPDIR/none
    "$RESTSRC" read --output arrow --limit 0 "$url" >"$in"
    write --input arrow
    exits 0
    says_nothing
    receipt_is .records 0
    requests_are 0
    sink members
    write_stream no_columns
    exits 0
    [ "$(stored)" = $'{}\n{}\n{}' ]
}

@test "a malformed message is named" {
    sink
    in=$BATS_TEST_TMPDIR/bad
    schema=$((8 + $(od -An -tu4 -j4 -N4 "$tests/data/arrow/rows.arrow")))
    head -c "$schema" "$tests/data/arrow/rows.arrow" >"$in"
    printf 'garbage, which is no message' >>"$in"
    write --input arrow
    exits 65
    says "the Arrow stream is malformed: message 2, at byte $schema, does not begin as messages do"
    requests_are 0
}

@test "nulls, NaN and times are written as the options say" {
    sink
    write_stream nan --nan-as null
    exits 0
    [ "$(stored)" = '{"s":[1.0]}
{"s":[null]}
{}' ]
    sink again
    write_stream nan --nan-as string --no-ignore-null-fields
    [ "$(stored)" = '{"s":[1.0]}
{"s":["NaN"]}
{"s":null}' ]
    sink zone
    write_stream times --time-zone Europe/Paris
    exits 0
    [ "$(stored | head -n 1 | jq -c '[."instant us", ."local us"]')" = \
        '["2013-01-02T04:04:05.125000+01:00","2013-01-02T03:04:05.125000"]' ]
    write_stream times --time-zone Mars
    exits 64
    says "--time-zone Mars"
    write_stream rows --end-marker end
    exits 64
    write --input arrow --replay "$in"
    exits 64
}

@test "lookups and lists of lists take rows, too" {
    rows_are_lines
    rows=$tests/data/arrow/rows.arrow
    url='http://127.0.0.1:9/{name}'
    lines=$("$RESTSRC" lookup --dry-run "$url" <"$in")
    [[ "$lines" == *"'http://127.0.0.1:9/record%201'"* ]]
    [ "$("$RESTSRC" lookup --input arrow --dry-run "$url" <"$rows")" = "$lines" ]
    lines=$("$RESTSRC" read --for-each - --dry-run "$url" <"$in")
    [[ "$lines" == *"'http://127.0.0.1:9/record%201?offset=0&limit=100'"* ]]
    [ "$("$RESTSRC" read --for-each - --input arrow --dry-run "$url" <"$rows")" = "$lines" ]
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" read --input arrow http://127.0.0.1:9/x >"$out" 2>"$err" || status=$?
    exits 64
}

@test "a row that is larger than a body is named, or rejected where rejects are allowed" {
    sink
    write_stream texts --batch-bytes 400
    exits 65
    says "input row 2: the record is larger than --batch-bytes"
    sink rejects
    write_stream texts --batch-bytes 400 --reject-file "$BATS_TEST_TMPDIR/rejects"
    exits 0
    [ "$(jq -s -c 'map(.line)' "$BATS_TEST_TMPDIR/rejects")" = '[2,4]' ]
}
