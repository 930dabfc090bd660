# What the bats files share. A file begins with
#
#     load helpers
#     setup_file() { start_fault_server; }
#     teardown_file() { stop_server; }
#
# and a test reads like
#
#     list n=250,cap=30              $list: the URL of a list of the fault server, in a scenario of this test alone
#     restsrc read "$list"           runs the tool: $status, and what it wrote in the files $out and $err
#     exits 0                        checks the exit code (and shows $err when it is another)
#     wrote_records                  $out is exactly the records of $list (or: wrote_records OFFSET LIMIT)
#     [ "$(log length)" -eq 3 ]      a jq filter over the array of requests that the server saw for $list
#
# Run by `make check`, or by hand from the source tree: bats tests/read.bats. The tool is $RESTSRC, else ../src/restsrc.

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${RESTSRC:=$tests/../src/restsrc}" "${PYTHON3:=python3}"
export RESTSRC PYTHON3 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
# Nothing of the user's is read or written: no cache, no configuration.
export XDG_CACHE_HOME=${BATS_TEST_TMPDIR:-${BATS_FILE_TMPDIR:-/nonexistent}}/cache \
    XDG_CONFIG_HOME=${BATS_TEST_TMPDIR:-${BATS_FILE_TMPDIR:-/nonexistent}}/config
unset http_proxy HTTP_PROXY https_proxy all_proxy ALL_PROXY no_proxy CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR

# start_server COMMAND...: a server that prints its URL when it listens; sets and exports $server. It ends with the
# file, or with bats itself, because its stdin ends then.
start_server() {
    coproc SERVER { exec "$@" --until-eof 3>&-; }
    server_id=$SERVER_PID
    if ! read -r -t 60 server <&"${SERVER[0]}"; then
        echo "no server: $*" >&2
        return 1
    fi
    export server server_id
}

start_fault_server() { start_server "$PYTHON3" "$tests/servers/fault.py"; }

stop_server() { kill "$server_id" 2>/dev/null || true; }

# list WORDS [PATH]: a scenario (see tests/servers/fault.py) of this test's own.
list() {
    scenario="$server/id=$BATS_TEST_NUMBER${1:+,$1}"
    list="$scenario/items${2:-}"
}

# answers JSON...: a list whose requests get these answers, one after the other: {"status", "headers", "body"}; SELF in
# them is its URL.
answers() {
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/answers"
    list "answers=${BATS_TEST_TMPDIR//\//%2f}%2fanswers,answered=$((answered += 1))"
}

# A moment longer than any test needs: what hangs fails, with 124.
restsrc() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$RESTSRC" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

# not_sanitized WHY: skips the test for a program that AddressSanitizer or valgrind watches, which WHY.
not_sanitized() { ! grep -qE "__asan_init|^exec valgrind" "$RESTSRC" || skip "AddressSanitizer or valgrind $1"; }

exits() {
    [ "$status" -eq "$1" ] && return
    echo "exit code $status instead of $1; stderr:"
    cat "$err"
    return 1
}

records_of_list() { curl -gsSf "$scenario/_records?offset=${1:-0}${2:+&limit=$2}"; }

wrote_records() {
    records_of_list "$@" >"$BATS_TEST_TMPDIR/records"
    cmp "$BATS_TEST_TMPDIR/records" "$out"
}

# wrote TEXT: exactly this and a newline.
wrote() { printf '%s\n' "$1" | diff - "$out"; }
wrote_nothing() { [ ! -s "$out" ]; }

# says TEXT...: each is on stderr.
says() {
    for text in "$@"; do
        grep -qF -e "$text" "$err" || { echo "stderr does not say '$text':"; cat "$err"; return 1; }
    done
}

# says_not TEXT...: none is.
says_not() {
    for text in "$@"; do
        ! grep -F -e "$text" "$err" || return 1
    done
}

says_nothing() { ! grep . "$err" || return 1; }

log() { curl -gsSf "$scenario/_log" | jq -s "$@"; }

# The requests' targets after the path, one a line: "?offset=0&limit=100".
queries() { curl -gsSf "$scenario/_log" | jq -r '.target | sub("^[^?]*"; "")'; }

# eventually COMMAND...: until it succeeds, 20 seconds at most.
eventually() {
    local deadline=$((SECONDS + 20))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || { echo "never: $*"; return 1; }
        sleep 0.02
    done
}

# shows_plain_text FILE: nothing in it but line breaks moves the cursor of a terminal, breaks a line, or turns the
# direction of writing.
shows_plain_text() {
    "$PYTHON3" - "$1" <<'END' || { cat -v "$1"; return 1; }
import sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", newline="").read()
assert text
odd = [hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
assert not odd, odd
END
}

# api <<'END': a server of this test alone, whose answers the Python on stdin gives (see tests/servers/small.py). Sets
# $api; it ends with the test. api_log FILTER: a jq filter over the array of its requests.
api() {
    cat >"$BATS_TEST_TMPDIR/api.py"
    coproc API { exec "$PYTHON3" "$tests/servers/small.py" "$BATS_TEST_TMPDIR/api.py" --until-eof 3>&-; }
    read -r -t 60 api <&"${API[0]}" || { echo "no server" >&2; return 1; }
}

api_log() { curl -gsSf "$api/_log" | jq -s "$@"; }

# wrote_ids FIRST LAST: $out is records with the ids from FIRST to LAST, one after the other.
wrote_ids() { diff <(jq -r .id "$out") <(seq "$1" "$2"); }
