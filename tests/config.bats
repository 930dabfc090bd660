# Configuration files (--config, --config-fd): quoting, precedence, and errors that do not tell what they must not.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

# config LINE...: writes $config.
config() {
    config=$BATS_TEST_TMPDIR/config
    printf '%s\n' "$@" >"$config"
}

first_query() { queries | head -n 1; }

@test "a parameter takes the place of one of the same name that a list, a file or a preset has" {
    list
    printf '%s\n' "base-url = $scenario" 'query = mode=all' 'query = of=file' 'query = more=1' 'query = more=2' \
        '[own]' 'url = /items' 'query = mode=own' >"$BATS_TEST_TMPDIR/lists"
    restsrc read --config "$BATS_TEST_TMPDIR/lists" --query of=line own
    exits 0
    [ "$(first_query)" = '?of=line&mode=own&more=1&more=2&offset=0&limit=100' ]
    restsrc read --dry-run --api github issues --base-url "$scenario" --query state=open
    exits 0
    grep -F 'state=open' "$out"
    if grep -F 'state=all' "$out"; then return 1; fi
}

@test "--config takes options, the URL too, one a line" {
    list n=250
    config "# a comment" "" "url = $list" "limit = 7" "offset=3" "   page-size   =   5   " $'\tparallel\t=\t1\t\r'
    restsrc read --config "$config"
    exits 0
    wrote_records 3 7
    [ "$(first_query)" = "?offset=3&limit=5" ]
}

@test "the user's own file has defaults, which a command line, a named file and an open one replace" {
    list n=250
    mkdir -p "$XDG_CONFIG_HOME/restsrc"
    printf 'limit = 7\npage-size = 5\n' >"$XDG_CONFIG_HOME/restsrc/config"
    restsrc read "$list"
    wrote_records 0 7
    restsrc read --limit 3 "$list"
    wrote_records 0 3
    restsrc read --config /dev/null "$list"
    wrote_records
    restsrc read --config-fd 5 "$list" 5</dev/null
    wrote_records
    echo 'nonsense = 1' >"$XDG_CONFIG_HOME/restsrc/config"
    restsrc read "$list"
    exits 78
    says "$XDG_CONFIG_HOME/restsrc/config, line 1"
    rm "$XDG_CONFIG_HOME/restsrc/config"
    mkfifo "$XDG_CONFIG_HOME/restsrc/config"
    restsrc read --config /dev/null "$list"
    exits 0
}

@test "a configuration is one that was named, or the user's own: what lies in the working folder is none" {
    list n=10
    mkdir -p "$BATS_TEST_TMPDIR/there" && cd "$BATS_TEST_TMPDIR/there"
    for folder in . .restsrc restsrc .config/restsrc restsrc/apis apis; do
        mkdir -p "$folder"
        for name in config restsrc.conf .restsrcrc github.conf items.conf; do
            printf 'proxy = http://127.0.0.1:1\nquery = stolen=1\n' >"$folder/$name"
        done
    done
    for home in . "" there; do
        XDG_CONFIG_HOME=$home HOME=$home restsrc read "$list"
        exits 0
        wrote_records
        XDG_CONFIG_HOME=$home HOME=$home restsrc read --api ./apis/github "$list"
        exits 78
        says "no preset"
    done
    XDG_CONFIG_HOME=$PWD restsrc read --api ../config "$list"
    exits 78
    [ "$(queries | grep -c stolen)" -eq 0 ]
}

@test "a configuration that others can change gets a warning: one that is named, a preset, the user's own defaults" {
    list n=10
    own=$XDG_CONFIG_HOME/restsrc
    mkdir -p "$own/apis"
    for file in "$BATS_TEST_TMPDIR/named" "$own/apis/mine.conf" "$own/config"; do
        how=()
        case $file in
        */named) how=(--config "$file") ;;
        */mine.conf) how=(--api mine) ;;
        esac
        echo 'page-size = 3' >"$file"
        for mode in 666 602; do
            chmod $mode "$file"
            restsrc read "${how[@]}" "$list"
            exits 0
            wrote_records
            says "restsrc: warning: $file can be changed by others" ": chmod o-w it"
            [ "$(wc -l <"$err")" -eq 1 ]
        done
        restsrc read --quiet "${how[@]}" "$list"
        exits 0
        says_nothing
        printf 'bearer = tok-1\n' >>"$file"
        restsrc read "${how[@]}" "$list"
        exits 0
        says "restsrc: warning: $file can be changed by others" ": chmod 600 it"
        [ "$(wc -l <"$err")" -eq 1 ]
        chmod 600 "$file"
        restsrc read "${how[@]}" "$list"
        exits 0
        says_nothing
        rm "$file"
    done
}

@test "a configuration that is named is taken, also through a link, and whoever owns it" {
    list n=10
    mkdir "$BATS_TEST_TMPDIR/theirs"
    echo 'limit = 4' >"$BATS_TEST_TMPDIR/theirs/config"
    ln -s theirs/config "$BATS_TEST_TMPDIR/link"
    [ "$(id -u)" -ne 0 ] || chown -R 65534 "$BATS_TEST_TMPDIR/theirs"
    for file in theirs/config link; do
        restsrc read --config "$BATS_TEST_TMPDIR/$file" "$list"
        exits 0
        wrote_records 0 4
        says_nothing
    done
}

@test "--config-fd takes them from a descriptor" {
    list n=250
    restsrc read --offset 3 --config-fd 5 5< <(printf 'url = %s\nlimit = 7' "$list")
    exits 0
    wrote_records 3 7
}

@test "a configuration larger than a pipe holds is read whole" {
    list n=50
    restsrc read --config-fd 5 5< <(seq -f '# comment number %g' 5000; echo "url = $list")
    exits 0
    wrote_records
}

@test "the URL on the command line wins over the file's" {
    list n=50
    config "url = http://127.0.0.1:1/"
    restsrc read --config "$config" "$list"
    exits 0
    wrote_records
}

@test "the command line wins over a file, wherever it stands" {
    list n=250
    config "limit = 7" "offset = 100" "page-size = 5"
    restsrc read --limit 3 --config "$config" --offset 1 "$list"
    exits 0
    wrote_records 1 3
}

@test "options that may repeat add up, from the file and the command line" {
    list n=5
    config "query = c=3" "query = d=4" "header = X-C: 3"
    restsrc read --query a=1 --config "$config" --header 'X-A: 1' "$list"
    exits 0
    for query in a=1 c=3 d=4; do first_query | grep -F "$query"; done
    [ "$(log '.[0].headers | [."X-A", ."X-C"]' | jq -c .)" = '["1","3"]' ]
}

@test "flags are true, false or the name alone" {
    list n=250,gzip
    config "compressed = false" "quiet" "allow-repeats = true" "max-pages = 1"
    restsrc read --config "$config" "$list"
    exits 0
    wrote_records 0 100
    says_nothing
    [ "$(log '.[0].headers["Accept-Encoding"]')" = null ]
    restsrc read --config "$config" --no-quiet "$list"
    says --max-pages
}

@test "an unquoted value stands as it is: #, quotes and backslashes inside are its own" {
    list n=5
    config 'query = a=x # y "z" \n ü='
    restsrc read --config "$config" "$list"
    exits 0
    [ "$(first_query)" = '?a=x%20%23%20y%20%22z%22%20%5Cn%20%C3%BC%3D&offset=0&limit=100' ]
}

@test "a quoted value keeps its blanks and knows \\\\ \\\" \\n \\r \\t" {
    list n=5
    config 'query = "a=  x\\\"\n\r\t#  "  '
    restsrc read --config "$config" "$list"
    exits 0
    [ "$(first_query)" = '?a=%20%20x%5C%22%0A%0D%09%23%20%20&offset=0&limit=100' ]
}

@test "an empty value is one" {
    list n=5
    config 'param-limit =' 'param-offset = ""'
    restsrc read --limit 5 --config "$config" "$list"
    exits 0
    [ "$(first_query)" = "" ]
}

@test "one file may hold the options of all commands" {
    list n=250
    config "page-size = 7" "limit = 9" "count-from = auto"
    restsrc count --config "$config" "$list"
    exits 0
    wrote 250
}

@test "an unknown name is 78, with the line and the nearest name" {
    config "limit = 7" "# comment" "" "page_size = 5"
    restsrc read --config "$config" "$server/items"
    exits 78
    wrote_nothing
    says "$config" "line 4" page_size page-size
}

@test "what users of other tools write in a file is answered with what serves them here" {
    printf 'total_timeout = 5\n' >"$BATS_TEST_TMPDIR/conf"
    restsrc read --config "$BATS_TEST_TMPDIR/conf" "$server/items"
    exits 78
    says "there is no option total_timeout: --deadline SECONDS"
}

@test "what is no option line is 78" {
    for line in 'limit' 'limit 7' '= 7' 'limit = ten' 'limit = "7' 'limit = "7" x' 'query = "a=\x41"' 'quiet = yes' \
        'on-drift = maybe' '--limit = 7'; do
        config "" "$line"
        restsrc read --config "$config" "$server/items"
        exits 78
        wrote_nothing
        says "line 2"
    done
}

@test "what only makes sense on a command line is 78 in a file" {
    for name in config config-fd summary-fd envelope-fd die-with-parent; do
        config "$name = 1"
        restsrc read --config "$config" "$server/items"
        exits 78
        says "$name"
    done
}

@test "a NUL byte in a file is 78" {
    config ""
    printf 'limit = 7\0\n' >"$config"
    restsrc read --config "$config" "$server/items"
    exits 78
}

@test "the values of wrong lines are not told" {
    for line in 'query = "secret' 'bearer-tokn = secret' 'limit = secret' 'Authorization: Bearer secret'; do
        config "$line"
        restsrc read --config "$config" "$server/items"
        exits 78
        says_not secret
    done
}

@test "a file that is only a token, not a configuration, does not have it told" {
    config sk-hidden-0123456789abcdef
    restsrc read --config "$config" "$server/items"
    exits 78
    says "line 1"
    says_not hidden
}

@test "a file that cannot be read is 66" {
    restsrc read --config "$BATS_TEST_TMPDIR/none" "$server/items"
    exits 66
    says "$BATS_TEST_TMPDIR/none"
    restsrc read --config "$BATS_TEST_TMPDIR" "$server/items"
    exits 66
    restsrc read --config-fd 9 "$server/items" 9<&-
    exits 66
}

# own_preset NAME < TEXT
own_preset() {
    mkdir -p "$XDG_CONFIG_HOME/restsrc/apis"
    cat >"$XDG_CONFIG_HOME/restsrc/apis/$1.conf"
}

@test "a preset's base-url goes before a URL that begins with /, and check names the preset of a host" {
    list n=250
    printf '# shop: our shop\nbase-url = %s/\npage-size = 50\n' "$scenario" | own_preset shop
    printf '# far: more of that host\nbase-url = %s/elsewhere\n' "$server" | own_preset far
    restsrc read --api shop /items
    exits 0
    wrote_records
    restsrc read --base-url "$scenario" --limit 3 /items
    exits 0
    wrote_records 0 3
    restsrc check "$list"
    exits 0
    grep -qx 'preset:   --api shop (`restsrc help apis NAME`.*' "$out"
    restsrc check --error-format json "$list"
    jq -e '.preset == "shop"' "$out"
    restsrc check --api shop "$list"
    ! grep preset: "$out" || return 1
    list status=401
    restsrc check "$list"
    exits 77
    says "--api shop or far is for this API" || says "--api far or shop is for this API"
}

@test "a URL that begins with / needs a base-url, and one with * is not a whole one" {
    restsrc read /items
    exits 64
    says "--base-url"
    restsrc read --api zendesk /tickets
    exits 64
    says 'https://*.zendesk.com/api/v2'
}

@test "help apis says which presets are old" {
    printf '# old: an API\n# Looked up on 2019-05-01.\n' | own_preset old
    printf '# new: an API\n# Looked up on %s.\n' "$(date +%F)" | own_preset new
    restsrc help apis
    exits 0
    grep -qE '^old +an API \(looked up [0-9]+ years ago: the API may have changed\)$' "$out"
    grep -qxE 'new +an API' "$out"
}

@test "a file of many lists: the command line names one, which comes after what they have in common" {
    list n=250
    config "limit = 9" "base-url = ${list%/items}" "header = X-A: 1" "[orders]" "# what was bought" "url = /items" \
        "limit = 7" "[refunds]" "url = /items" "offset = 20"
    restsrc read --config "$config" orders
    exits 0
    wrote_records 0 7
    restsrc read --config "$config" refunds
    wrote_records 20 9
    restsrc read --config "$config" --limit 2 refunds
    wrote_records 20 2
    restsrc read --config "$config" "$list"
    wrote_records 0 9
    restsrc help --config "$config"
    [ "$(cat "$out")" = $'orders               what was bought\nrefunds' ]
}

@test "a list that a file does not have, and none where it has several, is 64" {
    config "[orders]" "url = http://127.0.0.1:1/"
    restsrc read --config "$config" order
    exits 64
    says "no list 'order': "
    restsrc read --config "$config"
    exits 64
    says "which list?"
    config "limit = 1"
    restsrc help --config "$config"
    exits 78
}

@test "a preset may have lists" {
    list n=250
    mkdir -p "$XDG_CONFIG_HOME/restsrc/apis"
    printf '[orders]\nurl = %s\nlimit = 3\n' "$list" >"$XDG_CONFIG_HOME/restsrc/apis/shop.conf"
    restsrc read --api shop orders
    exits 0
    wrote_records 0 3
}

@test "a list takes precedence over what its file says of all, parts of a cursor and rules, too" {
    api <<'END'
def answer(r):
    at = int(r.query.get("cursor", 0))
    return 200, {"rows": [{"id": i + 1} for i in range(at, min(at + 10, 25))], "after": at + 10 if at < 20 else None}
END
    config "paginate = cursor" "next = wrong" "on = 200=fail" "[orders]" "url = $api" \
        "next = after" "on = 200=ok"
    restsrc read --config "$config" orders
    exits 0
    wrote_ids 1 25
}

@test "a list of the user's file is not the preset's list of that name, but may be one of its lists" {
    config "api = github" "[issues]" "url = https://api.github.com/repos/o/r/issues" "[pulls]" "url = issues"
    restsrc read --config "$config" --dry-run issues
    exits 0
    grep -qF "'https://api.github.com/repos/o/r/issues?per_page=100'" "$out"
    restsrc read --config "$config" --dry-run pulls
    exits 0
    grep -qF "'https://api.github.com/issues?state=all&per_page=100'" "$out"
}

@test "a preset's lists: what it has none of, and where the name of an account is missing" {
    restsrc read --api github isues
    exits 64
    says "no list 'isues': " && says "restsrc help apis github"
    restsrc read --api github
    exits 64
    says "which list?" && says "restsrc help apis github"
    restsrc read --api zendesk tickets
    exits 64
    says "--base-url" && says 'https://*.zendesk.com/api/v2'
}
