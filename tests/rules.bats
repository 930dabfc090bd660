# What answers mean: --on 'WHEN=ACTION', and the built-in rules. Which rule matches is a matter of
# tests/unit/test_rules.c.
load helpers
load sink
setup_file() {
    start_fault_server
    export faults=$server faults_id=$server_id
    start_sink 2>/dev/null # bash warns of two coprocesses
    export sinks=$server
}
teardown_file() {
    stop_server
    kill "$faults_id" 2>/dev/null || true
}
setup() { [ -z "${faults:-}" ] || server=$faults; }

no_data='{"status":400,"body":{"error":{"code":"no_data","message":"nothing there"}}}'

@test "empty: a status, a test of the body, or both say that a list is empty" {
    for rule in 400=empty 4xx=empty '$.error.code=="no_data"=empty' "400 \$.error.code=='no_data' = empty"; do
        answers "$no_data"
        for command in read count; do
            restsrc $command --count-from body:total --on "$rule" "$list"
            exits 0
            says_nothing
        done
        wrote 0
    done
    answers '{"body":{"items":[],"error":{"code":"no_data"}}}'
    restsrc read --on '$.error.code=="no_data"=empty' "$list"
    exits 0
    says_nothing
    wrote_nothing
}

@test "empty is for the beginning of a list: in the middle, and where it does not match, the error stays" {
    answers '{"body":{"items":[1],"next":"SELF?2"}}' "$no_data"
    restsrc read --paginate next-url --on 4xx=empty "$list"
    exits 69
    says "nothing there"
    answers "$no_data"
    restsrc read --paginate offset --offset 100 --on 4xx=empty "$list"
    exits 69
    restsrc read --on '$.error.code=="other"=empty' "$list"
    exits 69
    says "HTTP 400" "nothing there"
    restsrc read --expect 1 --on 4xx=empty "$list" # a plan that says otherwise is right
    exits 76
}

@test "an error in the place of a page after the last one is an empty page with ok and --absent-is-empty" {
    api <<'END'
def answer(r):
    at = int(r.query["offset"])
    hole = r.path == "/hole" and at == 20
    if hole or at >= 40:
        return 400, {"error": "invalid page"}
    return {"items": [{"id": i + 1} for i in range(at, at + 10)]}
END
    restsrc read --page-size 10 "$api/end"
    exits 69
    says "invalid page"
    restsrc read --page-size 10 --on 400=ok --absent-is-empty "$api/end"
    exits 0
    says_nothing
    wrote_ids 1 40
    restsrc read --page-size 10 --on 400=ok --absent-is-empty "$api/hole"
    exits 0
    says "the page at offset 20 is empty, but the list goes on after it"
    diff <(jq .id "$out") <(seq 1 20; seq 31 40)
}

@test "count does not take a missing counting URL for an empty list" {
    answers '{"status":404}' '{"body":{"items":[1],"total":7}}'
    restsrc count --on 404=empty "$list"
    exits 0
    wrote 7
}

@test "retry: an answer with a good status is asked for again, until the tries are used up" {
    answers '{"body":{"status":"failure","message":"try later"}}' '{"body":{"status":"failure"}}' \
        '{"body":{"items":[1]}}'
    restsrc read --paginate none --retry-delay 0.01 --on '200 $.status=="failure"=retry' "$list"
    exits 0
    wrote 1
    says "try later" "--on 200 \$.status==\"failure\"=retry"
    [ "$(log length)" -eq 3 ]
    answers '{"body":{"status":"failure","message":"try later"}}'
    restsrc read --paginate none --retry 1 --retry-delay 0.01 --on '200 $.status=="failure"=retry' "$list"
    exits 75
    says "try later" "given up after 2 tries"
}

@test "fail: what would be tried again is not" {
    answers '{"status":503,"body":{"message":"closed for good"}}'
    restsrc read --on 503=fail "$list"
    exits 75
    says "closed for good"
    [ "$(log length)" -eq 1 ]
    answers '{"body":{"items":[1],"quality":"estimated"}}'
    restsrc read --paginate none --on '$.quality=="estimated"=fail' "$list"
    exits 76
    says '--on $.quality=="estimated"=fail'
    wrote_nothing
}

@test "wait: a rate limit by any status, and a header that says how long" {
    for wait in wait wait:header:X-Retry-In; do
        answers '{"status":403,"headers":{"X-Retry-In":"0.3"},"body":{"code":"SLOW_DOWN"}}' '{"body":{"items":[1]}}'
        restsrc read --paginate none --retry-delay 0.01 --on "403 \$.code==\"SLOW_DOWN\"=$wait" "$list"
        exits 0
        wrote 1
    done
    [ "$(log '.[1].time - .[0].time >= 0.3')" = true ]
    says "in 0.3 s"
    answers '{"body":{"code":"SLOW_DOWN"}}' '{"body":{"items":[1]}}'
    restsrc read --paginate none --retry-delay 0.01 --on '$.code=="SLOW_DOWN"=wait' "$list"
    exits 0
    wrote 1
}

@test "renew: a token is no good any more, whatever the status" {
    token() { printf '{"body":{"access_token":"%s","expires_in":3600}}' "$1"; }
    issue() { # the token URL: a POST
        answers "$(token "$1")" "$(token "$2")"
        tokens=${list/answers=/in=body,answers=}
    }
    issue one two
    for expired in '{"status":403,"body":{"error":"expired"}}' '{"body":{"error":"expired"}}'; do
        rm -rf "$XDG_CACHE_HOME/restsrc"
        printf '%s\n' "$expired" '{"body":{"items":[1]}}' >"$BATS_TEST_TMPDIR/pages" # beside the tokens' file
        list "answers=${BATS_TEST_TMPDIR//\//%2f}%2fpages,answered=$((answered += 1))"
        (umask 077 && echo secret >"$BATS_TEST_TMPDIR/secret")
        restsrc read --paginate none --oauth-token-url "$tokens" --oauth-client-id me \
            --oauth-client-secret-file "$BATS_TEST_TMPDIR/secret" --on '$.error=="expired"=renew' "$list"
        exits 0
        wrote 1
        [ "$(log -r '[.[].headers.Authorization] | unique | length')" -eq 2 ]
        issue three four
    done
    answers '{"body":{"error":"expired"}}'
    restsrc read --paginate none --on '$.error=="expired"=renew' "$list"
    exits 77
}

@test "ok: an answer is as good as its body, and an error beside an empty list none" {
    answers '{"status":404,"body":{"items":[1,2]}}'
    restsrc read --paginate none --on 404=ok "$list"
    exits 0
    wrote $'1\n2'
    list 'n=200,total=none,put-at=200:success:false,put-at=200:message:"nothing%20found"'
    restsrc read "$list"
    exits 76
    says "nothing found" "--on 2xx=ok"
    for rule in 2xx=ok '$.success==false=ok'; do
        restsrc read --on "$rule" "$list"
        exits 0
        says_nothing
        wrote_records
    done
    restsrc read --error-is-empty "$list" # its name before there were rules
    exits 0
    wrote_records
    answers '{"body":{"total":0,"items":[],"error":"nothing"}}'
    restsrc count --count-from body:total "$list"
    exits 76
    restsrc count --count-from body:total --on 2xx=ok "$list"
    exits 0
    wrote 0
}

@test "an answer that says that it is not all is a warning, and an error where all is expected" {
    for said in '"incomplete_results":true' '"incompleteSearch":true' '"timed_out":true' '"terminated_early":true' \
        '"_shards":{"total":5,"failed":1}' '"unreachable":["a"]' '"truncated":true' '"isLast":false' \
        '"incomplete":true' '"meta":{"truncated":true}' '"meta":{"partial":true}' '"info":{"timedOut":true}' \
        '"status":"incomplete"' '"status":"timeout"' '"timeout":true' \
        '"remark":"runtime error: Query timed out after 26 s"' \
        '"warnings":["results truncated due to limit"]' \
        '"warnings":["the parameter sort is deprecated","shard 3: timeout"]' \
        '"warnings":[{"code":"OLD","message":"deprecated"},{"code":"PARTIAL","message":"2 of 3 came"}]' \
        '"warnings":{"truncated":true}'; do
        name=${said#\"} name=${name%%\"*} name=${name/info/timedOut} name=${name/meta/==true}
        answers "{\"body\":{\"items\":[1,2],$said}}"
        restsrc read --paginate none "$list"
        exits 0
        says "says that it is not all" "$name"
        [ "$(wc -l <"$err")" -eq 1 ]
        wrote $'1\n2'
        for option in "--expect 2" "--on-drift fail"; do
            read -ra options <<<"$option"
            restsrc read --paginate none "${options[@]}" "$list"
            exits 76
            says "says that it is not all"
        done
        restsrc read --paginate none --on-drift ignore "$list"
        exits 0
        says_nothing
        restsrc read --paginate none --expect 2 --on 200=ok "$list"
        exits 0
        says_nothing
    done
    answers '{"body":{"items":[1],"total":2,"timed_out":true}}'
    restsrc count --count-from body:total "$list"
    exits 76
    wrote_nothing
    says "says that it is not all"
}

@test "what only looks like an answer that is not all is none" {
    for said in '"incomplete":false' '"incomplete":3' '"warnings":[]' '"warnings":["the parameter sort is old"]' \
        '"warning":null,"truncated":false' '"status":"complete"' '"params":{"partial":true}' '"remark":"all is well"' \
        '"timeout":30' '"warnings":["the timeout parameter is deprecated"]' \
        '"warning":"partial matches are on by default"' \
        '"warnings":[{"code":"DEPRECATED","parameter":"timeout"}]' '"warnings":{"truncated":false,"timeout":30}'; do
        answers "{\"body\":{\"items\":[1,2],$said}}"
        restsrc read --paginate none --expect 2 "$list"
        exits 0
        says_nothing
    done
    answers '{"body":{"items":[{"incomplete":true,"warnings":["truncated"]}]}}' # that is the record's own
    restsrc read --paginate none --expect 1 "$list"
    exits 0
    says_nothing
}

@test "partial is told once, and of truncated and isLast only where the list ends" {
    answers '{"body":{"items":[1],"next":"SELF?2","timed_out":true}}' \
        '{"body":{"items":[2],"next":null,"timed_out":true}}'
    restsrc read --paginate next-url "$list"
    exits 0
    wrote $'1\n2'
    [ "$(grep -c "not all" "$err")" -eq 1 ]
    answers '{"body":{"items":[1],"next":"SELF?2","isLast":false,"truncated":true}}' \
        '{"body":{"items":[2],"next":null,"isLast":true}}'
    restsrc read --paginate next-url --expect 2 "$list"
    exits 0
    says_nothing
    answers '{"body":{"items":[1],"approximate":true}}'
    restsrc read --paginate none --on '$.approximate==true=partial' "$list"
    exits 0
    says "\$.approximate==true"
}

@test "202 is not ready: asked again, and 75 in the end; to a write it is a success" {
    answers '{"status":202,"body":{}}' '{"status":202,"headers":{"Retry-After":"0.1"},"body":{"message":"counting"}}' \
        '{"body":[1]}'
    restsrc read --paginate none --retry-delay 0.01 "$list"
    exits 0
    wrote 1
    restsrc call "$list"
    exits 0
    answers '{"status":202,"body":{"message":"counting"}}'
    restsrc read --paginate none --retry 2 --retry-delay 0.01 "$list"
    exits 75
    says "HTTP 202" "counting"
}

@test "a good status without records that speaks of a rate limit, or another reason that passes, is asked for again" {
    while read -r body; do
        answers "{\"body\":$body}" '{"body":{"items":[1,2]}}'
        restsrc read --paginate none --retry-delay 0.01 "$list"
        exits 0
        wrote $'1\n2'
        answers "{\"body\":$body}"
        restsrc read --paginate none --retry 1 --retry-delay 0.01 "$list"
        exits 75
        says "given up after 2 tries"
        wrote_nothing
    done <<'END'
{"status":"0","message":"NOTOK","result":"Max rate limit reached"}
{"Information":"Our standard API rate limit is 25 requests"}
{"error":{"code":88,"message":"Rate limit exceeded"},"items":[]}
{"data":null,"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}
{"ok":false,"error":"ratelimited"}
END
    answers '{"body":{"error":"not found"}}' '{"body":{"items":[1]}}'
    restsrc read --paginate none "$list"
    exits 76
    for status in 418 430; do
        answers "{\"status\":$status,\"body\":{\"msg\":\"Way too many requests\"}}" '{"body":[1]}'
        restsrc read --paginate none --retry-delay 0.01 "$list"
        exits 0
    done
}

@test "rules of the command line come before those of a file, and these before the built-in ones" {
    printf 'on = 404=empty\non = 503=fail\n' >"$BATS_TEST_TMPDIR/conf"
    answers '{"status":404}'
    restsrc read --config "$BATS_TEST_TMPDIR/conf" "$list"
    exits 0
    restsrc read --config "$BATS_TEST_TMPDIR/conf" --on 404=fail "$list"
    exits 69
    answers '{"status":503}'
    restsrc read --config "$BATS_TEST_TMPDIR/conf" "$list"
    exits 75
    [ "$(log length)" -eq 1 ]
}

@test "write: reject says which refusals are of records, with a good status, too" {
    server=$sinks
    sink refuse=409
    plain_but 60 20
    rejects=$BATS_TEST_TMPDIR/rejects
    write --reject-file "$rejects" --on 409=reject
    exits 0
    [ "$(jq -c '[.line, .http_status]' "$rejects")" = '[20,409]' ]
    grep -v '"bad"' "$in" >"$BATS_TEST_TMPDIR/good"
    stored | cmp - "$BATS_TEST_TMPDIR/good"
    sink blind,answer=count,body=%7B%22data%22%3A%7B%22errors%22%3A%5B%22taken%22%5D%7D%7D
    plain 3
    write --batch-size 1 --reject-file "$rejects" --on '$.data.errors[0]=reject'
    exits 0
    [ "$(jq -c '[.line, .http_status]' "$rejects")" = $'[1,201]\n[2,201]\n[3,201]' ]
    receipt_is '[.records, .rejected, .lines_unknown]' '[0,3,[]]'
    write --batch-size 1 --on '$.data.errors[0]=reject'
    exits 69
    says "--on \$.data.errors[0]=reject"
}

@test "write: wait says that the server has not taken a batch, so that it is sent again" {
    server=$sinks
    sink fail=403:1
    plain 60
    write --retry-delay 0.01 --on 403=wait
    exits 0
    stored | cmp - "$in"
    sink fail=403:1,again
    write --retry-delay 0.01 --on 403=retry # a retry may have been taken: not without a key
    exits 75
}

@test "call exits by the rules, and writes the body all the same" {
    answers '{"status":404,"body":{"gone":true}}'
    restsrc call "$list"
    exits 69
    restsrc call --on 404=ok "$list"
    exits 0
    [ "$(jq -c . "$out")" = '{"gone":true}' ]
    answers '{"body":{"ok":false,"error":"channel_not_found"}}'
    restsrc call --on '$.ok==false=fail' "$list"
    exits 76
    says "channel_not_found"
    [ "$(jq -c .ok "$out")" = false ]
}

@test "check names the rules that are in force, and the one by which an answer is not all" {
    answers '{"body":{"items":[{"id":1},{"id":2}],"timed_out":true}}'
    restsrc check --on 404=empty --on '$.error.code==7=retry' "$list"
    exits 0
    grep -F -- "--on '404=empty'" "$out"
    grep -F -- "--on '\$.error.code==7=retry'" "$out"
    grep -F '2xx $.timed_out==true=partial: the answer says that it is not all' "$out"
    answers '{"body":{"items":[],"error":"nothing found"}}'
    restsrc check "$list"
    exits 76
    restsrc check --on 2xx=ok "$list"
    exits 0
}

@test "what is no rule is refused before any request" {
    list n=10
    while IFS='|' read -r rule text; do
        restsrc read --on "$rule" "$list"
        exits 64
        says "$text"
    done <<'END'
404|WHEN=ACTION
404=nothing|stands ok, empty, retry
$.a[=empty|at byte
$.items[?length(@)>1]=ok|functions are left out: length()
END
    [ "$(log length)" -eq 0 ]
}

@test "help rules prints the built-in rules in the words of --on" {
    restsrc help rules
    exits 0
    for rule in 429=wait 5xx=retry '2xx $.incomplete_results==true=partial' 422=reject; do
        grep -qF -- "$rule" "$out"
    done
    restsrc --help
    grep -q "help rules" "$out"
}
