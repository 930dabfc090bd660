# What the bats files about writing share, on top of helpers.bash. A test reads like
#
#     sink drop=1:1                  $url: where to write, in a scenario (see tests/servers/sink.py) of this test alone
#     plain 130                      $in: a file of 130 records, the input of:
#     write --parallel 8             restsrc write with these options to $url; $status, $out, $err as with restsrc
#     exits 75
#     receipt_is '.records' 50       a jq filter over the receipt, and what it gives
#     tells_the_truth                what the receipt says of each line is what the server's store says, byte for byte
#     stored_is_input                the store is exactly the input, in its order

start_sink() { start_server "$PYTHON3" "$tests/servers/sink.py"; }

sink() {
    scenario="$server/id=$BATS_TEST_NUMBER${1:+,$1}"
    url="$scenario/items"
    in=$BATS_TEST_TMPDIR/in
}

# Records with i = line number.
plain() { seq "${1:-130}" | sed 's/.*/{"i":&,"name":"record &"}/' >"$in"; }
# The same, and these lines are bad records.
plain_but() {
    plain "$1"
    for line in "${@:2}"; do sed -i "${line}s/}$/,\"bad\":\"no good: $line\"}/" "$in"; done
}

write() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$RESTSRC" write --retry-delay 0.01 "$@" "$url" <"$in" >"$out" 2>"$err" || status=$?
}

stored() { curl -sSf "$scenario/_stored"; }

stored_is_input() {
    stored >"$BATS_TEST_TMPDIR/stored"
    cmp "$BATS_TEST_TMPDIR/stored" "$in"
}

# ... in any order
stored_is_input_sorted() {
    sort "$in" >"$BATS_TEST_TMPDIR/sorted"
    stored | sort >"$BATS_TEST_TMPDIR/stored"
    cmp "$BATS_TEST_TMPDIR/stored" "$BATS_TEST_TMPDIR/sorted"
}

# The first N lines of the input.
stored_is_head() {
    stored >"$BATS_TEST_TMPDIR/stored"
    head -n "$1" "$in" | cmp - "$BATS_TEST_TMPDIR/stored"
}

receipt_is() {
    local got
    got=$(jq -c "$1" "$out")
    [ "$got" = "$2" ] || { echo "receipt: $1 is $got instead of $2:"; cat "$out"; return 1; }
}

tells_the_truth() {
    stored >"$BATS_TEST_TMPDIR/stored"
    "$PYTHON3" "$tests/truth.py" "$out" "$in" "$BATS_TEST_TMPDIR/stored"
}

# How many requests the server saw.
requests() { curl -sSf "$scenario/_log" | wc -l; }
requests_are() { [ "$(requests)" -eq "$1" ] || { echo "$(requests) requests instead of $1"; return 1; }; }
saw_requests() { [ "$(requests)" -ge "$1" ]; }
