# restsrc write --api: the presets for writes, each with a server that answers as the API's document says.
load helpers

setup() {
    in=$BATS_TEST_TMPDIR/in
    rejects=$BATS_TEST_TMPDIR/rejects
    export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
}
teardown_file() { stop_server; }

# records TEMPLATE N: so many records in $in, {n} in the template is the number.
records() { seq "$2" | while read -r n; do printf '%s\n' "${1//\{n\}/$n}"; done >"$in"; }

# write NAME OPTION... PATH: to the small server with the preset, rejects allowed.
write() {
    local name=$1
    shift
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$RESTSRC" write --api "$name" --retry-delay 0.01 --reject-file "$rejects" "${@:1:$#-1}" "$api${*: -1}" \
        <"$in" >"$out" 2>"$err" || status=$?
}

receipt_is() { [ "$(jq -c "$1" "$out")" = "$2" ] || { cat "$out"; return 1; }; }
rejected() { jq -c "${1:-.line}" "$rejects"; }

@test "kinesis: what is throttled is sent again, a stream that is not there is no reject" {
    api <<'END'
def answer(r):
    assert r.headers["X-Amz-Target"] == "Kinesis_20131202.PutRecords" and r.json["StreamName"]
    assert r.headers["Content-Type"] == "application/x-amz-json-1.1" and len(r.json["Records"]) <= 500
    if r.json["StreamName"] == "none":
        return 400, {"__type": "ResourceNotFoundException", "message": "Stream none not found."}
    if r.n == 0:
        return 400, {"__type": "ProvisionedThroughputExceededException", "message": "Rate exceeded"}
    many = r.n == 1
    return {"FailedRecordCount": 1 if many else 0, "Records": [
        {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"}
        if many and i == 1 else {"SequenceNumber": str(i), "ShardId": "shardId-0"}
        for i in range(len(r.json["Records"]))]}
END
    records '{"Data":"eA==","PartitionKey":"k{n}"}' 3
    write kinesis --data '{"StreamName":"s"}' /
    exits 0
    [ "$(api_log -c '[.[] | .body | fromjson.Records | length]')" = '[3,3,1]' ]
    write kinesis --data '{"StreamName":"none"}' /
    exits 69
    receipt_is '[.records, .rejected, .lines_done]' '[0,0,0]'
}

@test "sqs: by the Id of each message; a queue that is not there is no reject" {
    api <<'END'
def answer(r):
    assert r.headers["X-Amz-Target"] == "AmazonSQS.SendMessageBatch" and len(r.json["Entries"]) <= 10
    if r.json["QueueUrl"] == "none":
        return 400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."}
    good = [e for e in r.json["Entries"] if e["MessageBody"] != "bad"]
    bad = [e for e in r.json["Entries"] if e["MessageBody"] == "bad"]
    return {"Successful": [{"Id": e["Id"], "MessageId": "m"} for e in reversed(good)],
            "Failed": [{"Id": e["Id"], "SenderFault": True, "Code": "InvalidMessageContents"} for e in bad]}
END
    records '{"Id":"m{n}","MessageBody":"text"}' 25
    sed -i '13s/text/bad/' "$in"
    write sqs --data '{"QueueUrl":"q"}' /
    exits 0
    receipt_is '[.records, .requests]' '[24,3]'
    [ "$(rejected)" = 13 ]
    write sqs --data '{"QueueUrl":"none"}' /
    exits 69
    receipt_is '[.rejected, .lines_done]' '[0,0]'
}

@test "marketo: an expired token is renewed, a rate waited for, though they are told with 200" {
    api <<'END'
def answer(r):
    if r.path == "/identity/oauth/token":
        return {"access_token": f"t{r.n}", "token_type": "bearer", "expires_in": 3599}
    stage = r.state["stage"] = r.state.get("stage", 0) + 1
    if stage < 3:
        code = ["602", "606"][stage - 1]
        return {"requestId": "1", "success": False, "errors": [{"code": code, "message": "expired, or exceeded"}]}
    assert r.json["lookupField"] == "email"
    return {"requestId": "2", "success": True, "result": [
        {"status": "skipped", "reasons": [{"code": "1005", "message": "Lead already exists"}]} if "2@" in lead["email"]
        else {"id": 50 + i, "status": "created"} for i, lead in enumerate(r.json["input"])]}
END
    records '{"email":"{n}@x.test"}' 3
    printf s >"$BATS_TEST_TMPDIR/secret"
    write marketo --data '{"lookupField":"email"}' --oauth-token-url "$api/identity/oauth/token" --oauth-client-id c \
        --oauth-client-secret-file "$BATS_TEST_TMPDIR/secret" /rest/v1/leads.json
    exits 0
    receipt_is '[.records, .rejected, .lines_unknown]' '[2,1,[]]'
    [ "$(rejected .error.reasons[0].message)" = '"Lead already exists"' ]
}

@test "hubspot, salesforce: the batch of the API; the quota of a day ends the run at once" {
    api <<'END'
def answer(r):
    if "hubspot" in r.path:
        assert len(r.json["inputs"]) <= 100
        if r.n == 0:
            return 477, {"status": "error", "message": "migration in progress"}, {"Retry-After": "0.01"}
        if r.state.setdefault("n", []) == []:
            r.state["n"].append(1)
            return 201, {"status": "COMPLETE", "results": [{"id": str(i), "properties": p["properties"]}
                                                           for i, p in enumerate(r.json["inputs"])]}
        return 429, {"status": "error", "policyName": "DAILY", "message": "You have reached your daily limit."}
    assert len(r.json["records"]) <= 200
    return 403, [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
END
    records '{"properties":{"email":"{n}@x.test"}}' 150
    write hubspot /hubspot/batch/create
    exits 69
    receipt_is '[.records, .requests, .lines_unknown]' '[100,3,[]]'
    write salesforce /services/data/v63.0/composite/sobjects
    receipt_is '[.records, .requests, .rejected]' '[0,1,0]'
    exits 77
}

@test "shopify: GraphQL that is throttled waits; userErrors, wherever, are rejects" {
    api <<'END'
def answer(r):
    email = r.json["variables"]["input"]["email"]
    if r.n == 0:
        return {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    bad = [{"field": ["email"], "message": "Email has already been taken"}] if email.startswith("2") else []
    return {"data": {"customerCreate": {"customer": None if bad else {"id": "gid://shopify/Customer/1"},
                                        "userErrors": bad}}}
END
    records '{"email":"{n}@x.test"}' 3
    query='mutation($input: CustomerInput!) {{ customerCreate(input: $input) {{ userErrors {{ message }} }} }}'
    write shopify --body single --record-template "{\"query\":\"$query\",\"variables\":{\"input\":\"{}\"}}" \
        /admin/api/2026-10/graphql.json
    exits 0
    [ "$(rejected '[.line, .error.data.customerCreate.userErrors[0].message]')" = '[2,"Email has already been taken"]' ]
}

@test "kafka-rest: records in their envelope; offsets with an error that passes and one that lasts" {
    api <<'END'
def answer(r):
    assert r.headers["Content-Type"] == "application/vnd.kafka.json.v2+json"
    def offset(record):
        n = record["value"]["n"]
        if n == 2:
            return {"partition": None, "offset": None, "error_code": 50002, "error": "Message too large"}
        if n == 3 and r.n == 0:
            return {"partition": None, "offset": None, "error_code": 50003, "error": "not the leader"}
        return {"partition": 0, "offset": n, "error_code": None, "error": None}
    return {"key_schema_id": None, "value_schema_id": None, "offsets": [offset(x) for x in r.json["records"]]}
END
    records '{"n":{n}}' 4
    write kafka-rest /topics/t
    exits 0
    [ "$(rejected)" = 2 ]
    [ "$(api_log -c '[.[] | .body | fromjson.records | length]')" = '[4,1]' ]
}

@test "typesense: a node that lags is waited for; lines, one a document" {
    api <<'END'
import json
def answer(r):
    if r.n == 0:
        return 503, {"message": "Not Ready or Lagging"}
    documents = [json.loads(line) for line in r.body.decode().splitlines()]
    bad = {"success": False, "error": "Bad JSON.", "document": "x"}
    lines = [json.dumps(bad if one["n"] == 2 else {"success": True}) for one in documents]
    return 200, "\n".join(lines), {"Content-Type": "text/plain; charset=utf-8"}
END
    records '{"n":{n}}' 3
    write typesense '/collections/c/documents/import?action=upsert'
    exits 0
    [ "$(rejected)" = 2 ]
}

@test "doris: a label for each batch, loaded once; a batch that fails is halved until its bad rows are found" {
    api <<'END'
import json
def answer(r):
    assert r.method == "PUT" and r.headers["format"] == "json" and r.headers["read_json_by_line"] == "true"
    rows = [json.loads(line) for line in r.body.decode().splitlines()]
    label, loaded = r.headers["label"], r.state.setdefault("loaded", {})
    if r.path == "/rows":
        return sorted(n for some in loaded.values() for n in some)
    if label in loaded:
        return {"Status": "Label Already Exists", "ExistingJobStatus": "FINISHED", "Message": "label has been used"}
    if any(row["n"] == 3 for row in rows):
        return {"Status": "Fail", "Message": "[DATA_QUALITY_ERROR]too many filtered rows", "NumberTotalRows": len(rows),
                "NumberLoadedRows": 0, "NumberFilteredRows": 1}
    loaded[label] = [row["n"] for row in rows]
    if r.n < 2:
        return 500, ""
    return {"Status": "Publish Timeout" if len(rows) > 1 else "Success", "Message": "visible later",
            "NumberTotalRows": len(rows), "NumberLoadedRows": len(rows), "NumberFilteredRows": 0}
END
    records '{"n":{n}}' 8
    for _ in 1 2; do
        write doris --idempotency-key job /api/db/t/_stream_load
        exits 0
        receipt_is '[.records, .rejected, .lines_unknown]' '[7,1,[]]'
        [ "$(rejected '[.line, .error.Message]')" = '[3,"[DATA_QUALITY_ERROR]too many filtered rows"]' ]
    done
    [ "$(api_log -c '[.[] | .headers.label] | unique | length')" = 7 ]
}

@test "otlp: what a partial success refuses is not told, a 500 does not pass" {
    api <<'END'
def answer(r):
    if "fails" in r.path:
        return 500, {"code": 13, "message": "internal"}
    return {"partialSuccess": {"rejectedLogRecords": "1", "errorMessage": "too old"}}
END
    records '{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"{n}"}}]}]}' 2
    write otlp /v1/logs
    exits 76
    receipt_is .lines_unknown '[[1,2]]'
    write otlp --batch-size 1 /v1/logs
    exits 0
    receipt_is .rejected 2
    write otlp --idempotency-key k --idempotent /v1/fails
    exits 75
    receipt_is .requests 1
}

@test "splunk-hec: events in their envelope; what comes before a bad one is stored; a wrong index is no reject" {
    api <<'END'
import json
def answer(r):
    events = [json.loads(line)["event"] for line in r.body.decode().splitlines()]
    if r.n == 0:
        return 503, {"text": "Server is busy", "code": 9}
    if "index" in r.path:
        return 400, {"text": "Incorrect index", "code": 7, "invalid-event-number": 0}
    for n, event in enumerate(events):
        if event == {"n": 2}:
            return 400, {"text": "Event field cannot be blank", "code": 13, "invalid-event-number": n}
    return {"text": "Success", "code": 0}
END
    records '{"n":{n}}' 3
    write splunk-hec /services/collector/event
    exits 0
    receipt_is '[.records, .rejected, .requests]' '[2,1,3]'
    write splunk-hec /index
    exits 69
    receipt_is '[.records, .rejected]' '[0,0]'
}
