# What surrounds a run is odd: closed descriptors, limits, no home, a clock that jumps, files of somebody else's.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

@test "with any of the standard descriptors closed, nothing of ours is written into another file" {
    list n=30
    cd "$BATS_TEST_TMPDIR"
    records_of_list >records
    for closed in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
        rm -f list state
        status=0
        (
            for fd in $closed; do exec {fd}>&-; done
            exec timeout 60 "$RESTSRC" read --verbose --state state --output list --rate 1000/s \
                --rate-scope machine "$list"
        ) || status=$?
        [ "$status" -eq 0 ] || { echo "$closed: $status"; return 1; }
        cmp records list
        jq -e .done state >/dev/null
        # The files of the rate hold nothing but the rate.
        ! grep -rla -e '"id"' -e '< 200' "$XDG_CACHE_HOME" || false
    done
}

@test "eight descriptors are enough" {
    list n=300
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    timeout 60 prlimit --nofile=8 "$RESTSRC" read --parallel 8 --retry-delay 0.05 "$list" \
        >"$out" 2>"$err" </dev/null 3>&- 4>&- || status=$?
    exits 0
    wrote_records
}

@test "with fewer it says so, and what it wrote is right" {
    not_sanitized "needs descriptors of its own"
    list n=300
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    records_of_list >"$BATS_TEST_TMPDIR/whole"
    for most in 4 5 6 7; do
        status=0
        timeout 60 prlimit --nofile=$most "$RESTSRC" read --retry 0 --output "$BATS_TEST_TMPDIR/list" "$list" \
            >/dev/null 2>"$err" </dev/null 3>&- 4>&- || status=$?
        case $status in
        0) ;;
        74) grep -E 'Too many open files|No file descriptors available' "$err" ;; # glibc, musl
        75) says "too many open files: ulimit -n" ;;
        *) return 1 ;;
        esac
        status=0
        timeout 60 prlimit --nofile=$most "$RESTSRC" read --retry 0 "$list" \
            >"$out" 2>"$err" </dev/null 3>&- 4>&- || status=$?
        [ "$status" -eq 0 ] || { exits 75 && says "too many open files: ulimit -n"; }
        head -n "$(wc -l <"$out")" "$BATS_TEST_TMPDIR/whole" | cmp - "$out"
    done
}

@test "64 KiB of stack are enough" {
    not_sanitized "needs memory of its own"
    list n=300,gzip
    cd "$BATS_TEST_TMPDIR"
    api <<'END'
import gzip, json
def answer(r):
    return {"id": 1} if r.method == "GET" else (201, [{"id": 1} for each in json.loads(gzip.decompress(r.body))])
END
    seq 300 | sed 's/.*/{"id":&}/' >lines
    printf '{"a":%s%s}\n' "$(printf '[%.0s' {1..500})" "$(printf ']%.0s' {1..500})" >>lines
    small() { prlimit --stack=65536 "$RESTSRC" "$@"; }
    [ "$(small read "$list" | wc -l)" -eq 300 ]
    [ "$(small read --rate 1000/s --rate-scope machine "$list" | wc -l)" -eq 300 ]
    small check --sample 50 "$list" | grep -q '"schema"'
    [ "$(small lookup "$api/{id}" <<<'{"id":1}')" = '{"id":1,"answer":{"id":1}}' ]
    small write --compress-body "$api/" <lines | jq -e ".records == 301"
}

@test "a file that may not grow is 74, after what is right, and no signal" {
    list n=300
    cd "$BATS_TEST_TMPDIR"
    for size in 0 100 10000; do
        rm -f list list.part
        status=0 err=err
        { prlimit --fsize="$size" "$RESTSRC" read --output list "$list" 2>&1 || echo "exit code $?"; } | cat >err
        says "exit code 74"
        says "File too large"
        [ ! -e list ]
        records_of_list | cmp -n "$size" - list.part
    done
}

@test "little memory is 70 or enough, and never a part of a page" {
    not_sanitized "needs memory of its own"
    list n=3000
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    records_of_list >"$BATS_TEST_TMPDIR/whole"
    for megabytes in 22 26 32; do
        status=0
        prlimit --as=$((megabytes << 20)) "$RESTSRC" read --page-size 3000 --retry 0 "$list" \
            >"$out" 2>"$err" || status=$?
        case $status in
        0) cmp "$BATS_TEST_TMPDIR/whole" "$out" ;;
        70 | 75) wrote_nothing ;;
        127) ;; # its libraries were not loaded
        *) exits 70 ;;
        esac
    done
}

@test "a home that is none, a file, or not to be written does not matter" {
    list n=10
    touch "$BATS_TEST_TMPDIR/file"
    unset XDG_CACHE_HOME XDG_CONFIG_HOME
    for home in '' /nonexistent "$BATS_TEST_TMPDIR/file" relative /dev/null /proc; do
        for temporary in "$BATS_TEST_TMPDIR" /nonexistent; do
            HOME=$home TMPDIR=$temporary restsrc read --rate 1000/s --rate-scope machine "$list"
            exits 0
            wrote_records
        done
    done
    (unset HOME && restsrc read --rate 1000/s --rate-scope machine "$list" && exits 0)
}

@test "root makes nothing in the home of another user, which sudo may leave in HOME" {
    [ "$(id -u)" -eq 0 ] || skip "chown needs root"
    list n=10
    home=$BATS_TEST_TMPDIR/theirs
    mkdir -p "$home/set" "$BATS_TEST_TMPDIR/ours"
    chown -R 12345 "$home"
    for cache in '' "$home/set" "$home/unmade"; do
        XDG_CACHE_HOME=$cache HOME=$home TMPDIR=$BATS_TEST_TMPDIR/ours \
            restsrc read --rate 1000/s --rate-scope machine "$list"
        exits 0
        says_nothing
    done
    [ "$(find "$home" -mindepth 1)" = "$home/set" ]
    [ -n "$(ls "$BATS_TEST_TMPDIR/ours/restsrc-0")" ]
}

@test "standard output that does not wait gets all there is, if its reader is slow" {
    list n=5000
    records_of_list >"$BATS_TEST_TMPDIR/records"
    "$PYTHON3" - "$RESTSRC" "$list" >"$BATS_TEST_TMPDIR/out" <<'END'
import fcntl, os, subprocess, sys, time
reader, writer = os.pipe()
fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
tool = subprocess.Popen([sys.argv[1], "read", "--page-size", "5000", sys.argv[2]], stdout=writer)
os.close(writer)
while data := os.read(reader, 20000):
    sys.stdout.buffer.write(data)
    time.sleep(0.005)
sys.exit(tool.wait())
END
    cmp "$BATS_TEST_TMPDIR/records" "$BATS_TEST_TMPDIR/out"
}

@test "stopped for longer than its time-outs, a run goes on" {
    list n=300,delay=0.3:100
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    "$RESTSRC" read --parallel 1 --max-time 0.8 --retry-delay 0.01 "$list" >"$out" 2>"$err" 3>&- &
    child=$!
    eventually eval '[ "$(log length)" -ge 2 ]'
    kill -STOP "$child"
    "$PYTHON3" -c 'import time; time.sleep(1.2)'
    kill -CONT "$child"
    wait "$child" || status=$?
    exits 0
    wrote_records
}

@test "whatever stands where the shared files are kept, a run goes its way" {
    list n=10
    restsrc read --rate 1000/s --rate-scope machine "$list"
    exits 0
    shared=$(find "$XDG_CACHE_HOME/restsrc" -name 'rate-*')
    for kind in link pipe folder large garbage socket; do
        rm -rf "$shared"
        case $kind in
        link) ln -s /etc/passwd "$shared" ;;
        pipe) mkfifo "$shared" ;;
        folder) mkdir "$shared" ;;
        large) truncate -s 10G "$shared" ;;
        garbage) head -c 32 /dev/urandom >"$shared" ;;
        socket) "$PYTHON3" -c 'import socket, sys; socket.socket(1).bind(sys.argv[1])' "$shared" || continue ;;
        esac
        restsrc read --rate 1000/s --rate-scope machine "$list"
        exits 0
        wrote_records
    done
}

# What clock_gettime() says of the time of day is so many seconds off as a file says.
shifted_clock() {
    command -v cc >/dev/null || skip "there is no compiler"
    not_sanitized "wants to be loaded first"
    cc -O1 -fPIC -shared -x c -o "$BATS_TEST_TMPDIR/clock.so" - -ldl <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t which, struct timespec *t)
{
    int result = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(which, t);
    FILE *file = which == CLOCK_REALTIME ? fopen(getenv("CLOCK_FILE"), "re") : NULL;
    long off = 0;
    if (file && fscanf(file, "%ld", &off) == 1)
        t->tv_sec += off;
    if (file)
        fclose(file);
    return result;
}
END
    export CLOCK_FILE=$BATS_TEST_TMPDIR/clock
    echo 0 >"$CLOCK_FILE"
}

@test "a clock that jumps back and forth neither stops a run with a rate nor lets it go too fast" {
    shifted_clock
    list n=30,cap=1
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err status=0
    LD_PRELOAD=$BATS_TEST_TMPDIR/clock.so timeout 60 "$RESTSRC" read --page-size 1 --rate 20/s \
        --rate-scope machine "$list" >"$out" 2>"$err" 3>&- &
    child=$! count=0
    for off in 3600 -3600 86400 -86400 0; do
        count=$((count + 4))
        eventually eval '[ "$(log length)" -ge "$count" ]'
        echo "$off" >"$CLOCK_FILE.new"
        mv "$CLOCK_FILE.new" "$CLOCK_FILE"
    done
    wait "$child" || status=$?
    exits 0
    wrote_records
    # A jump may cost one pause between requests, not more.
    [ "$(log '.[-1].time - .[0].time > 1')" = true ]
}

@test "a clock that jumps between tries changes nothing about their pauses and the deadline" {
    shifted_clock
    list status=503
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    for off in -100000 100000; do
        echo 0 >"$CLOCK_FILE"
        status=0
        LD_PRELOAD=$BATS_TEST_TMPDIR/clock.so timeout 30 "$RESTSRC" read --deadline 1 --retry-delay 0.2 "$list" \
            >"$out" 2>"$err" 3>&- &
        child=$!
        eventually grep -q 'try 2' "$err"
        echo "$off" >"$CLOCK_FILE"
        wait "$child" || status=$?
        exits 75
        [ "$(log length)" -le 14 ]
    done
}
