# PATHs that are JSONPaths (RFC 9535), wherever a PATH is taken. What a query names is a matter of
# tests/unit/test_jsonpath_suite.c.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

@test "--next finds a link by its relation, wherever it stands in the list of links" {
    links='[{"relation":"self","url":"SELF"},{"relation":"next","url":"SELF?b"}]'
    first='{"body":{"total":5,"link":'$links',"entry":[{"id":1},{"id":2}]}}'
    links='[{"relation":"next","url":"SELF?c"},{"relation":"self","url":"SELF?b"},{"relation":"previous","url":"SELF"}]'
    second='{"body":{"link":'$links',"entry":[{"id":3},{"id":4}]}}'
    links='[{"relation":"self","url":"SELF?c"},{"relation":"previous","url":"SELF?b"}]'
    answers "$first" "$second" '{"body":{"link":'"$links"',"entry":[{"id":5}]}}'
    restsrc read --paginate next-url --records entry --next "\$.link[?@.relation=='next'].url" "$list"
    exits 0
    wrote $'{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n{"id":5}'
    [ "$(queries)" = $'\n?b\n?c' ]
}

@test "a list of links is followed by their relations, unasked and whatever index was given" {
    for kind in rel:href relation:url; do
        rel=${kind%:*} to=${kind#*:} name="links"
        [ "$rel" = rel ] || name="link"
        page() { # N RELATION URL...: a page with the record N and these links
            jq -nc --arg name "$name" --arg rel "$rel" --arg to "$to" '$ARGS.positional as $p |
                {body: {rows: [$p[0] | tonumber],
                    ($name): [range(1; $p | length; 2) | {($rel): $p[.], ($to): $p[. + 1]}]}}' --args "$@"
        }
        local first second third
        first=$(page 1 self SELF next 'SELF?b')
        second=$(page 2 self 'SELF?b' prev SELF next 'SELF?c')
        third=$(page 3 self 'SELF?c' prev 'SELF?b')
        for next in "" "$name.1.$to" "/$name/1/$to" "\$.${name}[1].$to" "\$.${name}[?@.$rel=='next'].$to"; do
            options=(--paginate next-url)
            [ -z "$next" ] || options+=(--next "$next")
            answers "$first" "$second" "$third"
            restsrc read "${options[@]}" "$list"
            exits 0
            says_nothing
            wrote $'1\n2\n3'
            answers "$third"
            restsrc read "${options[@]}" "$list"
            exits 0
            says_nothing
            wrote 3
        done
    done
    answers '{"body":{"rows":[1],"next":null,"links":[{"rel":"next","href":"SELF?b"}]}}' # null says that the list ends
    restsrc read --paginate next-url "$list"
    exits 0
    wrote 1
    answers '{"body":{"rows":[1],"pages":[{"href":"SELF"},{"href":"SELF?b"}]}}' '{"body":{"rows":[2],"pages":[]}}'
    restsrc read --paginate next-url --next pages.1.href "$list" # links without a relation are what their index says
    exits 0
    wrote $'1\n2'
}

@test "a star at the end names records kept by key" {
    answers '{"body":{"data":{"7":{"id":7,"at":{"x":[1]}},"9":{"id":9}}}}'
    restsrc read --paginate none --records 'data.*' "$list"
    exits 0
    wrote $'{"id":7,"at":{"x":[1]}}\n{"id":9}'
    answers '{"body":{"7":{"id":7},"9":[{"id":9},null],"11":null,"12":[]}}'
    restsrc read --paginate none --records '*' "$list"
    exits 0
    wrote $'{"id":7}\n{"id":9}\nnull'
    answers '{"body":{"data":{"7":{"id":7},"error":"no view"}}}'
    restsrc read --paginate none --records 'data.*' "$list"
    exits 76
    [ ! -s "$out" ]
    says 'not as expected: not a list of records at byte'
}

@test "where a star leads to lists, what is not a list is not taken apart for records" {
    answers '{"body":{"reports":[{"rows":[1]},{"rows":{"code":5,"text":"no view"}}]}}'
    restsrc read --paginate none --records 'reports.*.rows' "$list"
    exits 76
    [ ! -s "$out" ]
    says 'not as expected: not a list of records at byte'
}

@test "a star between dots is every element or member" {
    answers '{"body":{"reports":[{"rows":[1,2]},{"rows":[[3]]}],"by":{"a":{"id":1},"b":{"id":2}}}}'
    restsrc read --paginate none --records 'reports.*.rows' "$list"
    exits 0
    wrote $'1\n2\n[3]'
    answers '{"body":{"rows":[1],"more":{"x":{"to":"SELF?2"}}}}' '{"body":{"rows":[2],"more":{}}}'
    restsrc read --paginate next-url --next 'more.*.to' "$list"
    exits 0
    wrote $'1\n2'
}

@test "--next finds the last of a list, and a cursor in an object" {
    answers '{"body":{"items":[1],"at":[{"c":"x"},{"c":"b"}]}}' '{"body":{"items":[2],"at":[{"c":"c"}]}}' \
        '{"body":{"items":[3],"at":[]}}'
    restsrc read --paginate cursor --param-limit '' --next '$.at[-1].c' "$list"
    exits 0
    wrote $'1\n2\n3'
    [ "$(queries)" = $'\n?cursor=b\n?cursor=c' ]
}

@test "--records takes the records out of lists in lists, byte for byte" {
    text='{"reports": [{"day": 1, "rows": [{"n": 9007199254740993, "p": 1.10}, {"s": "\u0000"}]}, {"rows": []},
        {"rows": [[1, 2]]}]}'
    answers "$(jq -Rsc '{body: .}' <<<"$text")"
    restsrc read --paginate none --records '$.reports[*].rows[*]' "$list"
    exits 0
    wrote $'{"n":9007199254740993,"p":1.10}\n{"s":"\\u0000"}\n[1,2]'
}

@test "--records takes records that are kept by key, page by page" {
    answers '{"body":{"data":{"a":{"id":1},"b":{"id":2}},"next":"SELF?2"}}' \
        '{"body":{"data":{"c":{"id":3}},"next":null}}'
    restsrc read --paginate next-url --records '$.data.*' "$list"
    exits 0
    wrote $'{"id":1}\n{"id":2}\n{"id":3}'
}

@test "--records takes records out of their wrappers, and only those that a filter takes" {
    match='{"search":{"mode":"match"},"resource":{"id":"a"}}'
    include='{"search":{"mode":"include"},"resource":{"id":"b"}}'
    answers '{"body":{"entry":['"$match,$include"',{"resource":{"id":"c"}}]}}'
    restsrc read --paginate none --records '$.entry[*].resource' "$list"
    exits 0
    wrote $'{"id":"a"}\n{"id":"b"}\n{"id":"c"}'
    restsrc read --paginate none --records "\$.entry[?@.search.mode!='include'].resource" "$list"
    exits 0
    wrote $'{"id":"a"}\n{"id":"c"}'
}

@test "offsets and limits count the records that a JSONPath names" {
    answers '{"body":{"total":5,"data":[{"items":[1,2]},{"items":[3]}]}}' \
        '{"body":{"total":5,"data":[{"items":[4,5]}]}}'
    restsrc read --records '$.data[*].items[*]' --page-size 3 --parallel 1 "$list"
    exits 0
    wrote $'1\n2\n3\n4\n5'
    [ "$(queries | head -2)" = $'?offset=0&limit=3\n?offset=3&limit=3' ]
}

@test "an empty list is no record, and an answer without the list is an error that names the JSONPath" {
    answers '{"body":{"data":[]}}' '{"body":{"error":"no such view"}}'
    restsrc read --paginate none --records '$.data[*].items[*]' "$list"
    exits 0
    wrote_nothing
    restsrc read --paginate none --records '$.data[*].items[*]' "$list"
    exits 76
    says '$.data[*].items[*]' "no such view"
}

@test "--stream writes records that a JSONPath names while they arrive" {
    answers '{"body":{"data":[{"items":[1,2]},{"items":[3]}]}}'
    restsrc read --paginate none --stream --records '$.data[*].items[*]' "$list"
    exits 0
    wrote $'1\n2\n3'
}

@test "--has-more !PATH: true there says that a page is the last, whatever leads on" {
    for flag in true '"true"' 1; do
        answers '{"body":{"rows":[1],"done":false,"next":"SELF?2"}}' \
            "{\"body\":{\"rows\":[2],\"done\":$flag,\"next\":\"SELF?2\"}}"
        restsrc read --paginate next-url --has-more '!done' "$list"
        exits 0
        says_nothing
        wrote $'1\n2'
    done
    answers '{"body":{"rows":[1],"meta":{"done":false}}}'
    restsrc read --paginate next-url --has-more '!$.meta.done' "$list"
    exits 76
    says 'meta.done is false' 'next link'
}

@test "flags that say last, and flags that are texts, are understood unasked" {
    for last in '"isLast":true' '"end_of_stream":true' '"has_more":"false"' '"hasMore":0'; do
        answers '{"body":{"rows":[1],"next_cursor":"a"}}' "{\"body\":{\"rows\":[2],\"next_cursor\":\"b\",$last}}" \
            '{"body":{"rows":[9]}}'
        restsrc read --paginate cursor "$list"
        exits 0
        wrote $'1\n2'
    done
}

@test "--id and --count-from take JSONPaths" {
    answers '{"body":{"rows":[{"k":[7,8]}],"has_more":true}}' '{"body":{"rows":[{"k":[9]}],"has_more":false}}'
    restsrc read --paginate last-id --id '$.k[-1]' "$list"
    exits 0
    [ "$(queries)" = $'?limit=100\n?limit=100&cursor=8' ] || [ "$(queries)" = $'?limit=100\n?cursor=8&limit=100' ]
    answers '{"body":{"stats":[{"name":"x","n":1},{"name":"rows","n":42}]}}'
    restsrc count --count-from "url:$list#\$.stats[?@.name=='rows'].n" "$list"
    exits 0
    wrote 42
    answers '{"body":{"rows":[],"stats":[{"name":"x","n":1},{"name":"rows","n":42}]}}'
    restsrc count --count-from "body:\$.stats[?@.name=='x'].n" "$list"
    exits 0
    wrote 1
}

@test "write: --results takes results out of their wrappers, and --ids and --result-error look into each" {
    answers '{"body":{"items":[{"index":{"n":{"id":7},"st":201}},{"index":{"st":400,"why":[{"text":"too long"}]}}]}}'
    list=${list/answers=/in=body,answers=}
    printf '%s\n' '{"a":1}' '{"a":2}' >"$BATS_TEST_TMPDIR/in"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$RESTSRC" write --results '$.items[*].index' --result-status '$.st' \
        --result-error '$.why[0].text' --ids '$.n.id' \
        --ids-file "$BATS_TEST_TMPDIR/ids" --reject-file "$BATS_TEST_TMPDIR/rejects" "$list" \
        <"$BATS_TEST_TMPDIR/in" >"$out" 2>"$err" || status=$?
    exits 0
    [ "$(cat "$BATS_TEST_TMPDIR/ids")" = $'7\nnull' ]
    [ "$(jq -c '[.line, .error]' "$BATS_TEST_TMPDIR/rejects")" = '[2,"too long"]' ]
}

@test "what is left out, or wrong, of a JSONPath is refused by its name, before any request" {
    list n=10
    while IFS='|' read -r option path text; do
        restsrc read --paginate next-url "--$option" "$path" "$list"
        exits 64
        says "--$option ${path#!}" "$text"
    done <<'END'
next|$.link[?length(@.url)>1].url|functions are left out: length()
next|$.link[?@.rel=next].url|at byte
has-more|$[|at byte
has-more|!$.a[?match(@.b,'c')]|functions are left out: match()
id|$.a..|at byte
records|$..rows[*]|'..' is left out here
records|$.rows[-1].list|counting from the end
records|$.rows[?@.id==$.id]|$ in a filter is left out here
records|$['a','b']|several selectors
records|$.a[::-1]|backwards
END
    restsrc count --count-from 'body:$.a[' "$list"
    exits 64
    says "--count-from"
    [ "$(log length)" -eq 0 ]
}

@test "--page-in body sets a parameter where a JSONPath says" {
    list n=250,in=body,names=from:size
    restsrc read --page-in body --method POST --data '{"from":0,"size":0}' --param-offset '$.from' \
        --param-limit "\$['size']" "$list"
    exits 0
    wrote_records
}
