# Answers that say where their page begins.
load helpers

# A list of 40 whose pages begin where WHERE says of the place that was asked for, and say so in NAME as SAYS has it.
echoing() {
    api <<'END'
def answer(r):
    asked, size = int(r.query.get("offset", r.query.get("page", 0))), 10
    at = eval(r.query["where"], {"asked": asked})
    rows = [{"id": i + 1} for i in range(at, min(at + size, 40))]
    said = eval(r.query["says"], {"at": at, "asked": asked, "got": len(rows)})
    names = r.query["name"].split(".")
    return {"items": rows} | ({names[0]: said} if len(names) == 1 else {names[0]: {names[1]: said}})
END
}

reads() { restsrc read --page-size 10 --query "name=$1" --query "where=$2" --query "says=$3" "${@:4}" "$api"; }

@test "a page that begins elsewhere than asked, by its own word, is an error that says where" {
    echoing
    for name in startIndex start offset from meta.offset pagination.start; do
        reads $name "asked if asked < 20 else asked + 1" at
        exits 76
        says "begins at ${name#*.} 21 where 20 was asked for" --offset-base
        wrote_ids 1 20
    done
    reads startIndex "max(asked - 1, 0)" "at + 1" # from 1, and 0 is taken for 1
    exits 76
    reads page "asked * 10 - 10 if asked < 3 else 30" "at // 10 + 1" --paginate page
    exits 76
    says "begins at page 4 where 3 was asked for"
}

@test "another way of counting, the next place, and what is no echo at all are no fault" {
    echoing
    for says in at "at + 1" "at + got" 1700000000 "'2026-01-01'" None "str(at)"; do
        for name in start offset meta.from page; do
            reads $name asked "$says"
            exits 0
            wrote_ids 1 40
        done
    done
    for says in asked "asked - 1" "asked + 1" 7; do
        reads page "asked * 10 - 10" "$says" --paginate page
        exits 0
        wrote_ids 1 40
    done
    reads start asked "at + 5 * (at > 0)" --on-drift ignore
    exits 0
}
