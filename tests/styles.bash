# What the bats files about pagination styles share, on top of helpers.bash.

# The options that read each path of the fault server (see tests/servers/styles.py).
options=() # paths of other servers may do without any
declare -gA options_of=(
    [items]="--paginate offset"
    [pages]="--paginate page --param-limit page_size"
    [cursor]="--paginate cursor"
    [last-id]="--paginate last-id --param-cursor starting_after"
    [next]="--paginate next-url"
    [link]="--paginate link"
    [range]="--paginate range"
    [whole]="--paginate none"
)
all_styles="items pages cursor last-id next link range whole"

# style PATH WORDS: a list of the fault server in that style, in a scenario of this test's own.
style() {
    list "path=$1,${2//\//%2F}"
    list="$scenario/$1"
    read -ra options <<<"${options_of[$1]}"
}

# reads [ARGUMENT...]: reads that list, its summary into the file $summary.
reads() {
    summary=$BATS_TEST_TMPDIR/summary
    restsrc read --summary-fd 9 "${options[@]}" "$@" "$list" 9>"$summary"
}

counts() { restsrc count "${options[@]}" "$@" "$list"; }

# summed FILTER: of the summary, as jq -r gives it.
summed() { jq -r "$1" "$summary"; }

# reads_in_pieces SIZE [ARGUMENT...]: like reads, but SIZE records at a time, each piece going on where the summary of
# the last one says, until one comes short. All pieces are in $out.
reads_in_pieces() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 "$PYTHON3" - "$1" "$RESTSRC" read "${options[@]}" "${@:2}" "$list" >"$out" 2>"$err" <<'END' || status=$?
import json, subprocess, sys

size, command, go_on = int(sys.argv[1]), sys.argv[2:], []
while True:
    limited = [*command, "--limit", str(size), "--summary-fd", "2", "--quiet", *go_on]
    piece = subprocess.run(limited, capture_output=True)
    sys.stdout.buffer.write(piece.stdout)
    summary = json.loads(piece.stderr.splitlines()[-1])
    if piece.returncode:
        sys.exit(piece.stderr.decode(errors="replace"))
    if summary["next_skip"] is not None:
        go_on = ["--offset", str(summary["next_skip"])]
        if summary["next_cursor"]:
            go_on += ["--cursor", summary["next_cursor"]]
    elif summary["records"] == size and {"offset", "page", "range"} & set(command):
        go_on = ["--offset", str(summary["next_offset"])]
    else:
        break
END
}

# whole_and_in_part JUDGE OPTION...: the options give the whole list with --parallel 1 and 8 and in pieces, and a range
# of it. JUDGE [FIRST COUNT] looks whether $out is these records.
whole_and_in_part() {
    local judge=$1
    options=("${@:2}")
    for parallel in 1 8; do
        reads --parallel $parallel
        exits 0
        $judge
        says_nothing
    done
    reads --offset 333 --limit 777
    exits 0
    $judge 333 777
    reads_in_pieces 700
    exits 0
    $judge
}

encoded() { jq -rn --arg t "$1" '$t | @uri'; }
