# What `make check-wheel` tries of the static binaries, beside the tests that every build passes: roots with nearly
# nothing in them, and aarch64 in an emulator. Needs root (chroot), and for aarch64 qemu-aarch64-static (Debian:
# qemu-user-static). CACHE is the folder of packaging/static/build.
load ../tests/helpers

setup_file() {
    start_fault_server
    export behind=$server behind_id=$server_id nginx=$BATS_FILE_TMPDIR/nginx
    # bash warns of two coprocesses
    start_server "$PYTHON3" "$tests/servers/nginx_server.py" "$nginx" "$server" 2>/dev/null
}
teardown_file() {
    stop_server
    kill "$behind_id" 2>/dev/null || true
}
setup() {
    . "$nginx/urls"
    server=$behind
    root=$BATS_TEST_TMPDIR/root
    mkdir -p "$root/etc"
    cp "$CACHE/$(uname -m)/restsrc" "$root/restsrc"
    : >"$root/etc/resolv.conf"
}

needs_root() { [ "$(id -u)" -eq 0 ] || skip "chroot needs root"; }
in_root() { chroot "$root" /restsrc "$@"; }

@test "each is one static file below 6 MB, for its own processor" {
    for arch in x86_64 aarch64; do
        [ "$(stat -c %s "$CACHE/$arch/restsrc")" -lt 6000000 ]
        readelf -h "$CACHE/$arch/restsrc" | grep -iE "Machine:.*(${arch/_/-}|$arch)"
        ! readelf -ld "$CACHE/$arch/restsrc" | grep -E 'INTERP|NEEDED'
    done
}

@test "in an empty root it finds the bundle where Debian, Red Hat, Amazon Linux, SUSE and Alpine have it" {
    needs_root
    list n=25
    for place in etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt etc/ssl/ca-bundle.pem \
        etc/ssl/cert.pem \
        etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem var/lib/ca-certificates/ca-bundle.pem; do
        mkdir -p "$root/$(dirname "$place")"
        cp "$nginx/ca.pem" "$root/$place"
        [ "$(in_root read "$tls${list#"$server"}" | wc -l)" -eq 25 ]
        rm "$root/$place"
    done
}

@test "without any certificates it says so, and what to do" {
    needs_root
    list n=25
    run in_root read --retry 0 "$tls${list#"$server"}"
    [ "$status" -eq 77 ]
    [[ $output == *"no certificates of authorities"*"--cacert"* ]]
    cp "$nginx/ca.pem" "$root/mine"
    [ "$(in_root read --cacert /mine "$tls${list#"$server"}" | wc -l)" -eq 25 ]
    [ "$(SSL_CERT_FILE=/mine in_root read "$tls${list#"$server"}" | wc -l)" -eq 25 ]
    [ "$(RESTSRC_CA_FALLBACK=/mine in_root read "$tls${list#"$server"}" | wc -l)" -eq 25 ]
}

@test "names come from /etc/hosts, with IPv4 and IPv6" {
    needs_root
    list n=25
    printf '::1 api.example\n127.0.0.1 api.example\n' >"$root/etc/hosts"
    [ "$(in_root read "${list/127.0.0.1/api.example}" | wc -l)" -eq 25 ]
}

@test "and from name servers of resolv.conf, the first of which is dead, by a search domain" {
    needs_root
    list n=25
    "$PYTHON3" "$BATS_TEST_DIRNAME/dns.py" api.corp.example 3>&- >"$BATS_TEST_TMPDIR/up" 2>"$BATS_TEST_TMPDIR/why" &
    dns=$!
    eventually test -s "$BATS_TEST_TMPDIR/up" || skip "port 53: $(cat "$BATS_TEST_TMPDIR/why")"
    printf 'nameserver 127.0.0.54\nnameserver 127.0.0.53\nsearch none.example corp.example\noptions ndots:2\n' \
        >"$root/etc/resolv.conf"
    status=0
    count=$(in_root read "${list/127.0.0.1/api}" | wc -l) || status=$?
    kill "$dns"
    [ "$count" -eq 25 ]
}

# ---- aarch64 ----

emulated() {
    command -v qemu-aarch64-static || skip "no qemu-aarch64-static"
    emulator=$BATS_FILE_TMPDIR/restsrc-aarch64
    printf '#!/bin/sh\nexec qemu-aarch64-static "%s" "$@"\n' "$CACHE/aarch64/restsrc" >"$emulator"
    chmod +x "$emulator"
}

@test "aarch64: the unit tests" {
    emulated
    for test in "$CACHE"/aarch64/tool/tests/unit/test_*[a-z]; do
        [ -x "$test" ] || continue
        qemu-aarch64-static "$test" >"$BATS_TEST_TMPDIR/unit" ||
            { echo "$test"; cat "$BATS_TEST_TMPDIR/unit"; return 1; }
        count=$((${count:-0} + 1))
    done
    [ "$count" -ge 15 ]
}

# suite NAME: the bats file of that name.
suite() {
    emulated
    RESTSRC=$emulator bats "$tests/$1.bats"
}

@test "aarch64: read.bats" { suite read; }
@test "aarch64: count.bats" { suite count; }
@test "aarch64: write.bats" { suite write; }
@test "aarch64: call.bats" { suite call; }
@test "aarch64: check.bats" { suite check; }
@test "aarch64: tls.bats" { suite tls; }
