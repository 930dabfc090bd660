# What `make check-wheel` tries of the static binaries, beside the tests that every build passes: roots with nearly
# nothing in them, and aarch64 in an emulator. Needs root (chroot), and for aarch64 qemu-aarch64-static (Debian:
# qemu-user-static). CACHE is the folder of packaging/static/build, DIST that of the wheels and the sdist, TREE that of
# `make distdir`.
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

@test "each is hardened" {
    "$tests/hardened" "$CACHE/x86_64/restsrc"
    "$tests/hardened" "$CACHE/aarch64/restsrc"
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

@test "where no bundle is, it takes a folder of hashed names; SSL_CERT_DIR names one, beside the bundle" {
    needs_root
    list n=25
    hashed=$(openssl x509 -noout -hash -in "$nginx/ca.pem").0
    for place in etc/ssl/certs etc/pki/ca-trust/extracted/pem/directory-hash mine; do
        mkdir -p "$root/$place"
        cp "$nginx/ca.pem" "$root/$place/ours.pem"
        [ "$place" != mine ] || export SSL_CERT_DIR=/none:/mine
        run in_root read --retry 0 "$tls${list#"$server"}"
        [ "$status" -eq 77 ]
        mv "$root/$place/ours.pem" "$root/$place/$hashed"
        [ "$(in_root read "$tls${list#"$server"}" | wc -l)" -eq 25 ]
        rm -r "${root:?}/$place"
    done
    cp "$nginx/ca.pem" "$root/etc/ssl/cert.pem"
    [ "$(in_root read "$tls${list#"$server"}" | wc -l)" -eq 25 ]
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

# names NAME ADDRESS...: a name server that knows this name, until the test ends.
names() {
    "$PYTHON3" "$BATS_TEST_DIRNAME/dns.py" "$@" 3>&- >"$BATS_TEST_TMPDIR/up" 2>"$BATS_TEST_TMPDIR/why" &
    dns=$!
    eventually test -s "$BATS_TEST_TMPDIR/up" -o -s "$BATS_TEST_TMPDIR/why"
    [ -s "$BATS_TEST_TMPDIR/up" ] || skip "port 53: $(tail -1 "$BATS_TEST_TMPDIR/why")"
}
teardown() { [ -z "${dns:-}" ] || kill "$dns" 2>/dev/null || true; }

# finds HOST LINE...: with these lines in resolv.conf it reads from there.
finds() {
    local host=$1
    shift
    printf '%s\n' "$@" >"$root/etc/resolv.conf"
    [ "$(in_root read --retry 0 "${list/127.0.0.1/"$host"}" | wc -l)" -eq 25 ] || { echo "$host: $*"; return 1; }
}

@test "and from name servers, by the rules of glibc" {
    needs_root
    list n=25
    names api.team.example 127.0.0.1
    ours='nameserver 127.0.0.53'
    # search domains, as in a pod of Kubernetes; also the root, which systemd adds for a host with a whole name
    pod='search default.svc.cluster.local svc.cluster.local cluster.local'
    finds api.team.example "$ours" "$pod" 'options ndots:5'
    finds api.team.example "$ours" "$pod ." 'options ndots:5'
    finds api.team.example. "$ours" "$pod" 'options ndots:5'
    finds api "$ours" 'search none.example team.example'
    # a name with a dot is asked for as it is, then in the search domains
    finds api.team "$ours" 'search none.example example'
    # a domain where every name exists without an address, or no name can be asked for, does not end the search
    finds api.team.example "$ours" 'search empty.example none.example' 'options ndots:5'
    finds api.team.example "$ours" 'search fails.example none.example' 'options ndots:5'
    # name servers: one that is not there, one that never answers
    finds api.team.example 'nameserver 127.0.0.54' "$ours"
    finds api.team.example 'nameserver 127.0.0.55' "$ours"
    # one that cannot even be asked: no such address, no IPv6; three, of which one is of use
    finds api.team.example "$ours" 'nameserver 0.0.0.1'
    finds api.team.example 'nameserver 0.0.0.1' 'nameserver fd00::53' "$ours"
    finds api.team.example "$ours" 'options rotate timeout:1 attempts:2 single-request edns0 trust-ad use-vc'
}

@test "a name with so many addresses that they come by TCP" {
    needs_root
    list n=25
    # shellcheck disable=SC2046 # a list of words
    names api.example 127.0.0.1 $(seq -f 127.0.1.%g 40)
    echo 'nameserver 127.0.0.53' >"$root/etc/resolv.conf"
    [ "$(in_root read "${list/127.0.0.1/api.example}" | wc -l)" -eq 25 ]
}

@test "a name that has an IPv6 address alone" {
    needs_root
    mkdir "$BATS_TEST_TMPDIR/six"
    echo '[{"id":1},{"id":2}]' >"$BATS_TEST_TMPDIR/six/items.json"
    coproc SIX { exec "$PYTHON3" -u -m http.server --bind ::1 -d "$BATS_TEST_TMPDIR/six" 0 2>/dev/null 3>&-; }
    read -r -t 20 -a words <&"${SIX[0]}" || skip "no IPv6"
    names api.example ::1
    echo 'nameserver 127.0.0.53' >"$root/etc/resolv.conf"
    in_root read --paginate none "http://api.example:${words[5]}/items.json" >"$BATS_TEST_TMPDIR/out"
    kill "$SIX_PID"
    diff "$BATS_TEST_TMPDIR/out" - <<<$'{"id":1}\n{"id":2}'
}

# ---- other systems ----

# shell_reads: in a shell of the root, what it has of credentials by a program, and of certificates.
shell_reads() {
    list n=25
    printf '127.0.0.1 api.example\n' >"$root/etc/hosts"
    script="restsrc read --auth-command 'echo X-Key: 1' '$tls${list#"$server"}' >/all && wc -l </all"
    chroot "$root" /bin/sh -c "$script" | tee "$BATS_TEST_TMPDIR/said"
    [ "$(head -1 "$BATS_TEST_TMPDIR/said")" -eq 25 ]
    [ "$(log -r 'map(.headers["x-key"]) | unique | join(",")')" = 1 ]
}

@test "in a root of musl and busybox, with certificates where Alpine has them" {
    needs_root
    mkdir -p "$root/bin" "$root/dev" "$root/etc/ssl" "$CACHE/musl"
    mknod -m 666 "$root/dev/null" c 1 3
    (cd "$CACHE/musl" && { ls ./*.deb >/dev/null 2>&1 || apt-get -q download musl busybox-static; })
    for package in "$CACHE"/musl/*.deb; do dpkg -x "$package" "$root"; done
    for command in sh wc echo; do ln -sf busybox "$root/bin/$command"; done
    mv "$root/restsrc" "$root/bin/restsrc"
    cp "$nginx/ca.pem" "$root/etc/ssl/cert.pem"
    shell_reads
}

@test "in a root of Debian 11, whose glibc is 2.31, with its own bundle" {
    needs_root
    command -v debootstrap >/dev/null || skip "no debootstrap"
    rm -rf "$root"
    [ -d "$CACHE/bullseye" ] || {
        debootstrap --variant=minbase --include=ca-certificates bullseye "$CACHE/bullseye.new"
        mv "$CACHE/bullseye.new" "$CACHE/bullseye"
    }
    cp -a "$CACHE/bullseye" "$root"
    cp "$CACHE/$(uname -m)/restsrc" "$root/usr/bin/restsrc"
    cp "$nginx/ca.pem" "$root/usr/local/share/ca-certificates/ours.crt"
    TMPDIR=/tmp chroot "$root" update-ca-certificates
    shell_reads
    rm -rf "$root"
}

@test "in the image that Containerfile makes, as a user of no rights" {
    needs_root
    command -v buildah >/dev/null || skip "no buildah"
    mkdir -p "$root/dist"
    cp "$root/restsrc" "$root/dist/restsrc-$(uname -m)"
    images() {
        buildah --root "$BATS_TEST_TMPDIR/images" --runroot "$BATS_TEST_TMPDIR/run" --storage-driver vfs "$@" 3>&-
    }
    images build -q --build-arg "ARCH=$(uname -m)" -f "$BATS_TEST_DIRNAME/Containerfile" -t restsrc:try "$root"
    container=$(images from localhost/restsrc:try)
    list n=25
    [ "$(images run --isolation chroot "$container" -- /usr/bin/restsrc read "$list" | wc -l)" -eq 25 ]
    images rm -a
}

# ---- the wheels and the sdist ----

# What pip takes of all wheels for a platform.
pip_takes() {
    rm -rf "$BATS_TEST_TMPDIR/taken"
    "$CACHE/venv/bin/python" -m pip download -q --disable-pip-version-check --no-deps --no-index --find-links "$DIST" \
        --only-binary :all: --python-version 3.10 --platform "$1" -d "$BATS_TEST_TMPDIR/taken" restsrc
    ls "$BATS_TEST_TMPDIR/taken"
}

@test "pip takes the wheel of a machine's processor for every glibc from 2.17 on and for musl, else the fall-back" {
    for arch in x86_64 aarch64; do
        for system in manylinux_2_17 manylinux2014 musllinux_1_1; do
            [[ $(pip_takes "${system}_$arch") == *manylinux_2_17_$arch* ]]
        done
    done
    [[ $(pip_takes macosx_11_0_arm64) == restsrc-*-py3-none-any.whl ]]
    [[ $(pip_takes manylinux_2_17_ppc64le) == restsrc-*-py3-none-any.whl ]]
}

# pip_builds [NAME=VALUE...]: an environment, $built, with what pip makes of the sdist.
pip_builds() {
    built=$BATS_TEST_TMPDIR/built
    "$PYTHON3" -m venv "$built"
    # pip itself, not python -m pip: the environment's own programs are then not on PATH.
    env "$@" PIP_CONSTRAINT="$BATS_TEST_DIRNAME/constraints.txt" "$built/bin/pip" install --disable-pip-version-check \
        --no-deps "$(ls "$DIST"/restsrc-*.tar.gz)"
}

@test "a cache that was moved does as before" {
    CACHE=$BATS_TEST_TMPDIR/cache "$BATS_TEST_DIRNAME/make-sdist" "$TREE" "$BATS_TEST_TMPDIR/first"
    mv "$BATS_TEST_TMPDIR/cache" "$BATS_TEST_TMPDIR/moved"
    CACHE=$BATS_TEST_TMPDIR/moved "$BATS_TEST_DIRNAME/make-sdist" "$TREE" "$BATS_TEST_TMPDIR/second"
    ls "$BATS_TEST_TMPDIR/second"/restsrc-*.tar.gz
}

@test "pip builds the sdist with the system's libraries" {
    pip_builds
    readelf -d "$built/bin/restsrc" | grep NEEDED | grep -F libcurl
    [ "$("$built/bin/restsrc" --version)" = "$("$RESTSRC" --version)" ]
    "$built/bin/restsrc" help apis | grep '^stripe '
    list n=25
    [ "$("$built/bin/restsrc" read "$list" | wc -l)" -eq 25 ]
}

@test "without a compiler pip says what to do about the sdist, and RESTSRC_TOOL=none leaves the tool out" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    for tool in sh sed grep awk rm mkdir cat expr ls mv cp chmod sort tr uname make; do
        ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR/bin/$tool"
    done
    run pip_builds PATH="$BATS_TEST_TMPDIR/bin"
    [ "$status" -ne 0 ]
    [[ $output == *"no acceptable C compiler found"*"apt install gcc"*"RESTSRC_TOOL=none"* ]]
    pip_builds PATH="$BATS_TEST_TMPDIR/bin" RESTSRC_TOOL=none
    [ ! -e "$built/bin/restsrc" ]
    ls "$built"/lib/python3*/site-packages/restsrc/datasource.py
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
    cd "$CACHE/aarch64/tool/tests/unit"
    # shellcheck disable=SC2016 # $1 is the inner shell's
    find . -name 'test_*[a-z]' -type f -perm -u+x -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
        said=$BATS_TEST_TMPDIR/${1##*/}
        qemu-aarch64-static "$1" >"$said" || { echo "$1"; cat "$said"; exit 1; }' unit
    [ "$(find "$BATS_TEST_TMPDIR" -name 'test_*' | wc -l)" -ge 40 ]
}

# suite NAME: the bats file of that name. The emulator passes no TCP_INFO on, so bare POSTs keep no connection there.
suite() {
    emulated
    RESTSRC=$emulator KEEPS_NONE=1 bats "$tests/$1.bats"
}

@test "aarch64: read.bats" { suite read; }
@test "aarch64: count.bats" { suite count; }
@test "aarch64: write.bats" { suite write; }
@test "aarch64: call.bats" { suite call; }
@test "aarch64: check.bats" { suite check; }
@test "aarch64: lookup.bats" { suite lookup; }
@test "aarch64: tls.bats" { suite tls; }
