# docs/recipes.md: each of its blocks runs, and prints what stands there.

load helpers

recipes_api() {
    api <<'END'
import json
FIRST = 9007199254740993
ROWS = [{"id": FIRST + i, "total": f"@{i + 1}.10@", "customer_id": i % 7 + 1,
         "updated_at": f"2026-01-0{1 + i // 24}T{i % 24:02d}:00:00Z"} for i in range(25)]
def as_json(value):
    return json.dumps(value).replace('"@', "").replace('@"', "")
def answer(r):
    parts = r.path.strip("/").split("/")
    if parts == ["graphql"]:
        v = r.json["variables"]
        at = int(v.get("after") or 0)
        nodes = ROWS[at : at + min(v["first"], 10)]
        end = at + len(nodes)
        return 200, as_json({"data": {"orders": {"nodes": nodes, "pageInfo": {
            "endCursor": str(end), "hasNextPage": end < len(ROWS)}}}})
    if parts[1] == "customers":
        return 200, {"id": int(parts[2]), "name": f"customer {parts[2]}"}
    if parts[-1] == "items":
        return [{"item": 1}, {"item": 2}] if int(r.query.get("offset", 0)) == 0 else []
    if parts[-1] == "count":
        return 200, {"count": len(ROWS)}
    since, before = r.query.get("updated_since", ""), r.query.get("updated_before", "~")
    rows = [row for row in ROWS if since <= row["updated_at"] < before]
    if r.query.get("sort"):
        rows.reverse()
    at = int(r.query.get("offset", 0))
    return 200, as_json(rows[at : at + min(int(r.query.get("limit", 100)), 10)])
END
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir bin blocks
    ln -s "$(readlink -f "$RESTSRC")" bin/restsrc
    local python=$tests/../.venv/bin/python # which has pyarrow
    [ -x "$python" ] || python=$(command -v "$PYTHON3") # not the one that is made here
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >bin/python3
    chmod +x bin/python3
    PATH=$PWD/bin:$PATH
}

# Each block of shell as blocks/N.sh, what it prints as blocks/N.txt, and what it needs as blocks/N.needs.
take_blocks() {
    awk '/^```sh/ { n++; file = sprintf("blocks/%02d.sh", n); sub(/^```sh( needs=)?/, "")
                    print > sprintf("blocks/%02d.needs", n); next }
        /^```text/ { file = sprintf("blocks/%02d.txt", n); next } /^```/ { file = ""; next }
        file { print > file }' "$tests/../docs/recipes.md"
}

can_run() { [ -z "$1" ] || command -v "$1" >/dev/null || python3 -c "import $1" 2>/dev/null; }

@test "each recipe does what stands there" {
    recipes_api
    take_blocks
    [ "$(find blocks -name '*.sh' | wc -l)" -gt 10 ]
    for block in blocks/*.sh; do
        name=${block%.sh}
        if ! can_run "$(cat "$name.needs")"; then
            echo "# not run here: $(cat "$name.needs") is not installed" >&3
            continue
        fi
        sed -i "s|https://api.example.com|$api|g" "$block"
        sh -e "$block" >"$name.out" 2>"$name.err" || { cat "$block" "$name.err"; return 1; }
        diff "$name.txt" "$name.out" || { cat "$block" "$name.err"; return 1; }
    done
}
