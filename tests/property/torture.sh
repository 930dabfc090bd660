#!/bin/bash
# torture.py with its servers, on RESTSRC as it is, and then on a build with AddressSanitizer in which the program's own
# calls fail: what is lost of memory is told, too. From the source tree, after make:
#
#     torture.sh RESTSRC [SHARE [sanitized]]     one call in SHARE (1) fails
set -eu
cd "$(dirname "$0")/../.."
restsrc=$1 share=${2:-1}
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT

for name in fault sink; do
    "${PYTHON3:-python3}" "tests/servers/$name.py" >"$folder/$name" &
done
until [ -s "$folder/fault" ] && [ -s "$folder/sink" ]; do sleep 0.05; done

# tortures PROGRAM SHIM
tortures() {
    "${PYTHON3:-python3}" tests/property/torture.py "$1" "$(<"$folder/fault")" "$(<"$folder/sink")" "$2" "$share"
}

"${CC:-cc}" -O1 -fPIC -shared -o "$folder/torture.so" tests/property/torture.c -ldl
tortures "$restsrc" "$folder/torture.so"
[ "${3:-}" = sanitized ] || exit 0

calls=(malloc calloc realloc read recv write send poll open pipe2 socket fsync fdatasync ftruncate rename mkdir flock)
# shellcheck disable=SC2046 # names of files
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -DWRAP -DPACKAGE_NAME='"restsrc"' -DPACKAGE_VERSION='"0"' -Isrc -O1 -g -w \
    -fsanitize=address,undefined -fno-sanitize-recover=undefined $(find src -name '*.c') tests/property/torture.c \
    "${calls[@]/#/-Wl,--wrap=}" -lcurl -lcjson -lz -lm -o "$folder/restsrc"
tortures "$folder/restsrc" ""
