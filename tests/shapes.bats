# What servers answer: where the records are, how the bytes come, and what is no list at all.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# encoded TEXT: for a word of a scenario.
encoded() { jq -rn --arg t "$1" '$t | @uri'; }

# answer_of TEXT: a list whose every page is this text.
answer_of() { list "body=$(encoded "$1")"; }

# ---- where the records are ----

@test "records are found at each of the usual places" {
    for place in results data items records entries rows value values content objects entities payload elements \
        hits.hits _items Resources features entry; do
        list "n=120,envelope=$place"
        restsrc read "$list"
        exits 0
        wrote_records
    done
}

@test "an array at the top is a page" {
    list n=250,envelope=array
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "'results' is taken before 'data', whatever comes first" {
    answer_of '{"data":[1,2],"results":[3]}'
    restsrc read --limit 1 "$list"
    exits 0
    wrote 3
    answer_of '{"results":[3],"data":[1,2]}'
    restsrc read --limit 1 "$list"
    wrote 3
}

@test "misleading arrays and names around and inside the records change nothing" {
    list n=500,noise
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "--records takes a path with dots" {
    list n=250,envelope=response.body.list
    restsrc read --records response.body.list "$list"
    exits 0
    wrote_records
}

@test "--records takes a JSON Pointer" {
    list n=250,envelope=response.body.list
    restsrc read --records /response/body/list "$list"
    exits 0
    wrote_records
    answer_of '{"a/b":{"c~d":[0,[7,8]]}}'
    restsrc read --records /a~1b/c~0d/1 --limit 2 "$list"
    exits 0
    wrote $'7\n8'
}

@test "--records is first one whole member name" {
    answer_of '{"a":{"b":[1]},"a.b":[2]}'
    restsrc read --records a.b --limit 1 "$list"
    exits 0
    wrote 2
    answer_of '{"a":{"b":[1]}}'
    restsrc read --records a.b --limit 1 "$list"
    exits 0
    wrote 1
    answer_of '{"@odata.values":[3]}'
    restsrc read --records @odata.values --limit 1 "$list"
    exits 0
    wrote 3
}

@test "--records finds a name that the server wrote with escapes" {
    answer_of '{"\u00e9t\u00e9 \ud83d\ude00":[5]}'
    restsrc read --records 'été 😀' --limit 1 "$list"
    exits 0
    wrote 5
}

@test "where the first page had its records, the others have theirs" {
    list n=250,envelope=items
    restsrc read --page-size 100 "$list"
    exits 0
    wrote_records
}

@test "--records that is not there is an error that names it" {
    list n=10
    restsrc read --records data.rows "$list"
    exits 76
    wrote_nothing
    says data.rows --records
}

@test "an object without any usual list is an error that says what to do" {
    answer_of '{"status":"ok","things":[1,2]}'
    restsrc read "$list"
    exits 76
    wrote_nothing
    says --records
}

@test "null where the records should be is an empty list" {
    answer_of '{"rows":null,"total":0}'
    restsrc read --records rows "$list"
    exits 0
    wrote_nothing
}

# ---- how the bytes come ----

@test "indented JSON comes out as one line a record" {
    list n=300,pretty
    restsrc read --parallel 3 "$list"
    exits 0
    wrote_records
}

@test "a byte order mark is dropped" {
    list n=150,bom
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "white space after the JSON is nothing" {
    list n=150,pad=70000
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "chunked answers without a length are read" {
    list n=300,chunked=7
    restsrc read "$list"
    exits 0
    wrote_records
}

@test "compressed answers are asked for and read" {
    list n=300,gzip
    restsrc read "$list"
    exits 0
    wrote_records
    log '.[0].headers["Accept-Encoding"]' | grep gzip
}

@test "compressed, chunked, indented and with a byte order mark, all at once" {
    list n=300,gzip,chunked=1,pretty,bom,noise
    restsrc read --page-size 50 "$list"
    exits 0
    wrote_records
}

@test "compressed answers are read in each form that servers use" {
    for form in gzip=members deflate deflate=bare encoded=identity; do
        list n=300,$form
        restsrc read "$list"
        exits 0
        wrote_records
    done
}

@test "a compressed answer whose end is missing is cut short, also where the text in it seems whole" {
    for path in items whole; do
        list n=300,gzip=cut,ndjson "/../$path"
        restsrc read --paginate none --retry 1 --retry-delay 0.01 "$scenario/$path"
        exits 75
        says "the compressed answer is cut short" "given up after 2 tries"
        wrote_nothing
    done
}

@test "an answer that is not compressed as it says, or in a way that was not asked for, is an error" {
    list n=300,encoded=gzip
    restsrc read "$list"
    exits 76
    says "not gzip" "--no-compressed"
    list n=300,encoded=br
    restsrc read "$list"
    exits 76
    says "not asked for: br"
}

@test "--no-compressed asks for plain answers" {
    list n=150,gzip
    restsrc read --no-compressed "$list"
    exits 0
    wrote_records
    [ "$(log '.[0].headers["Accept-Encoding"]')" = null ]
}

@test "random JSON in random white space comes out as Python's json sees it, numbers as they were written" {
    "$PYTHON3" "$tests/property/texts.py" "$RESTSRC" "$server" "${RESTSRC_SEED:-1}"
}

@test "--max-page-bytes bounds a page" {
    list n=300
    restsrc read --max-page-bytes 1000 "$list"
    exits 76
    wrote_nothing
    says --max-page-bytes
}

@test "--max-page-bytes counts after decompression" {
    list n=10,pad=3000000,gzip
    restsrc read --max-page-bytes 1000000 "$list"
    exits 76
    says --max-page-bytes
}

# ---- what is no list ----

@test "a login page is no JSON, and never looks like an empty list" {
    list html
    restsrc read "$list"
    exits 76
    wrote_nothing
    says JSON
}

@test "bytes that are not JSON are an error on one clean line" {
    list garbage
    restsrc read "$list"
    exits 76
    wrote_nothing
    [ "$(wc -l <"$err")" -eq 1 ]
    ! grep -P '[\x00-\x09\x0b-\x1f]' "$err" || false
}

@test "an answer without a body is an error" {
    list blank
    restsrc read --retry 1 --retry-delay 0.01 "$list"
    exits 76
    wrote_nothing
}

@test "an error told with status 200 is an error that repeats what the server says" {
    list error200
    restsrc read "$list"
    exits 76
    wrote_nothing
    says "the database is away"
}

@test "an error beside an empty list is an error, on the first page and on a later one" {
    for text in '"error":"the backend is away"' '"errors":[{"message":"the backend is away"}]' \
        '"success":false,"message":"the backend is away"' \
        '"status":"error","message":"the backend is away"' '"status":503,"detail":"the backend is away"'; do
        answer_of "{\"results\":[],$text}"
        for command in read count; do
            restsrc $command "$list"
            exits 76
            says "the backend is away"
            wrote_nothing
        done
    done
    list 'n=500,total=none,hole=200,put-at=200:error:"the%20backend%20is%20away"'
    restsrc read --parallel 1 "$list"
    exits 76
    says "the backend is away"
    wrote_records 0 200
}

@test "what says that nothing is wrong is no error" {
    for text in '"error":null' '"errors":[]' '"error":{"code":0,"message":"ok"}' '"success":true' '"status":"success"' \
        '"status":200,"message":"no results"'; do
        answer_of "{\"results\":[],$text}"
        restsrc read "$list"
        exits 0
        says_nothing
    done
}

@test "an error beside records is told, once" {
    list 'n=250,put=errors:["a%20shard%20is%20away"]'
    restsrc read "$list"
    exits 0
    wrote_records
    says "also has an error" "record 0"
    [ "$(wc -l <"$err")" -eq 1 ]
}

@test "--absent-is-empty: an object without the list is an empty page, as Google's APIs write it" {
    for body in '{}' '{"kind":"x"}'; do
        answer_of "$body"
        restsrc read --records items "$list"
        exits 76
        restsrc read --records items --absent-is-empty "$list"
        exits 0
        wrote_nothing
    done
    for body in '{"error":"away"}' '[]' 3; do
        answer_of "$body"
        restsrc read --records items --absent-is-empty "$list"
        exits 76
    done
}

@test "what the server says of an error is told, in the shapes of well-known frameworks" {
    while read -r body text; do
        list "status=400,detail=x,body-of=$(encoded "$body")"
        restsrc read "$list"
        exits 69
        says "HTTP 400: $text"
    done <<'END'
{"amount":["a_number"]} {"amount":["a_number"]}
[{},{"amount":["a_number"]}] [{},{"amount":["a_number"]}]
{"detail":[{"loc":["q"],"msg":"too_long"}]} too_long
{"error":{"code":"x","message":{"lang":"en","value":"no_such_field"}}} no_such_field
{"error":{"errors":[{"message":"bad_q"}]}} bad_q
{"errors":{"base":["x"]}} {"errors":{"base":["x"]}}
<?xml?><Error><Message>no_key</Message></Error> no_key
END
}

@test "a bare scalar is no list" {
    for text in 5 null true '"results"'; do
        answer_of "$text"
        restsrc read "$list"
        exits 76
        wrote_nothing
    done
}

@test "an object is no list of records even at the right name" {
    answer_of '{"results":{"a":1}}'
    restsrc read "$list"
    exits 76
}

@test "more after the JSON is an error" {
    answer_of '{"results":[1,2]}{"results":[3]}'
    restsrc read "$list"
    exits 76
    wrote_nothing
}

@test "bad UTF-8, bad numbers and bad escapes in a record are errors that say at which byte" {
    printf '{"results":[1,"a\xffb"]}' >"$BATS_TEST_TMPDIR/utf8"
    printf '{"results":[1,012]}' >"$BATS_TEST_TMPDIR/number"
    printf '{"results":[1,"\\x41"]}' >"$BATS_TEST_TMPDIR/escape"
    printf '{"results":[1,"a\tb"]}' >"$BATS_TEST_TMPDIR/control"
    for bad in utf8:16 number:15 escape:16 control:16; do
        list "body-file=$(encoded "$BATS_TEST_TMPDIR/${bad%:*}")"
        restsrc read "$list"
        exits 76
        wrote_nothing
        says "byte ${bad#*:}"
    done
}

@test "a list twice in one object is an error, not half the records" {
    answer_of '{"results":[1],"results":[2]}'
    restsrc read "$list"
    exits 76
    wrote_nothing
}

@test "records nested 512 deep are read, deeper ones are refused" {
    deep=$(printf '%0511d' 0)
    answer_of "${deep//0/[}${deep//0/]}"
    restsrc read --records '' --limit 1 "$list"
    exits 0
    answer_of "[[${deep//0/[}${deep//0/]}]]"
    restsrc read "$list"
    exits 76
    says deep
}

# ---- what servers say, on the terminal ----

@test "characters that would play tricks with a terminal are blanks in errors, notes and what check says" {
    odd='\u001b[31m\u0085\u009b2J\u202e\u2028\u2066\ufeff\u00ad\u200b'
    raw=$(printf '%b' "$odd")
    for text in "$odd" "$(jq -Rs . <<<"$raw" | sed 's/^"//; s/\\n"$//')"; do
        list "n=1,status=400,body-of=$(encoded "{\"message\":\"no${text}thing\"}")"
        for format in text json; do
            restsrc read --error-format $format "$list"
            exits 69
            says no thing
            shows_plain_text "$err"
        done
        list "n=1,body=$(encoded "{\"a${text}b\":[{\"id\":1},{\"id\":2}]}")"
        restsrc check "$list"
        exits 0
        shows_plain_text "$out"
    done
    list "n=1,status=400,body-of=$(encoded "no${raw}thing")"
    restsrc read --verbose "$list"
    exits 69
    shows_plain_text "$err"
}

@test "one object is a list of one where --records names it, and only with --paginate none" {
    answers '{"body": {"station": 7, "now": {"temp": 11.5}, "hours": {"time": ["01"]}}}'
    for more in "" --stream; do
        restsrc read --paginate none --records '' $more "$list"
        exits 0
        [ "$(cat "$out")" = '{"station":7,"now":{"temp":11.5},"hours":{"time":["01"]}}' ]
    done
    restsrc read --paginate none --records now --object-is-record "$list"
    exits 0
    [ "$(cat "$out")" = '{"temp":11.5}' ]
    restsrc read --paginate none "$list"
    exits 76
    restsrc read --records '' "$list"
    exits 76
    wrote_nothing
}

@test "one object that is an error is no record" {
    answers '{"body": {"error": {"message": "no such station"}}}'
    restsrc read --paginate none --records '' "$list"
    exits 76
    wrote_nothing
    says "no such station"
}
