# The command line: options, help, version, and that restsrc(1) and the table of options agree.
load helpers
setup_file() {
    start_fault_server
    "$RESTSRC" help options >"$BATS_FILE_TMPDIR/options"
}
teardown_file() { stop_server; }

# table FILTER: a jq filter over the array of all options.
table() { jq -rs "$1" "$BATS_FILE_TMPDIR/options"; }

# ---- usage errors ----

@test "a wrong command line is 64, with a message and nothing on standard output" {
    for line in '' 'fetch' 'read' 'count' 'read --page-size' "read $server $server" 'help fetch'; do
        # shellcheck disable=SC2086
        restsrc $line
        exits 64
        wrote_nothing
        says restsrc:
    done
}

@test "abbreviated options are refused, and the whole name is suggested" {
    restsrc read --page 10 "$server"
    exits 64
    says "unknown option --page" --page-size
    restsrc read --off=10 "$server"
    exits 64
    says --offset
    restsrc read --verb "$server"
    exits 64
    says --verbose
    restsrc read --no-comp "$server"
    exits 64
    says --compressed
}

@test "an unknown option is refused, and the nearest name is suggested" {
    restsrc read --ofset 10 "$server"
    exits 64
    says "unknown option --ofset" "did you mean --offset"
    restsrc read --completely-different "$server"
    exits 64
    says --completely-different
    says_not "did you mean"
    restsrc read -Z "$server"
    exits 64
    says -Z
}

@test "values that make no sense are refused with the option's name" {
    for option in offset=-1 offset=1.5 offset=ten offset= offset=9223372036854775808 limit=-5 page-size=0 page-size=1k \
        parallel=0 max-pages=0 \
        retry=-1 retry-delay=fast retry-delay=-1 max-time=1m connect-timeout= on-drift=maybe error-format=xml; do
        restsrc read "--$option" "$server"
        exits 64
        says "--${option%%=*}"
    done
}

@test "an option of another command is refused" {
    restsrc count --page-size 10 "$server"
    exits 64
    says "--page-size is not an option of count, but of read"
}

@test "what users of other tools type is answered with what serves them here" {
    while IFS='|' read -r option answer; do
        restsrc read "$option" "$server/items"
        exits 64
        says "there is no option $option" "$answer"
    done <<'END'
-u|--user-file FILE
--user|--user-file FILE
-k|--cacert FILE
--insecure|--cacert FILE
-L|--trust-host HOST
-s|--quiet
-G|--query NAME=VALUE
--data-urlencode|--query NAME=VALUE
-I|--verbose
-b|--header @FILE
--oauth2-bearer|--bearer-file FILE
--token|--bearer-file FILE
--api-key|--header @FILE
--timeout|--deadline SECONDS
--max-total-time|--deadline SECONDS
--total_timeout|--deadline SECONDS
--retries|--retry N
--follow|--trust-host HOST
--no-check-certificate|--cacert FILE
--rate-limit|--rate N/s
--workers|--parallel N
--params|--query NAME=VALUE
--data-binary|--data TEXT
--paginator|--paginate STYLE
--page-size-param|--param-limit NAME
--page-param|--param-page NAME
--cursor-param|--param-cursor NAME
--per-page|--page-size N
--max-results|--limit N
--start-page|--page-base
--next-url-path|--next PATH
--data-selector|--records PATH
--slurp|jq
--start-date|--since TIME
--replication-key|--since-path PATH
--bookmark|--state FILE
END
    restsrc read --user=me:hidden "$server/items"
    exits 64
    says_not hidden
}

@test "the nearest command and the nearest preset are suggested" {
    restsrc raed "$server/items"
    exits 64
    says "did you mean read"
    restsrc frobnicate "$server/items"
    exits 64
    says "try restsrc --help"
    restsrc read --api githb "$server/items"
    exits 78
    says "did you mean github?"
}

@test "a URL without a scheme: https, but http for this machine" {
    list n=5
    restsrc read "${list#http://}"
    exits 0
    wrote_records
    restsrc read --retry 0 "localhost:${list#http://127.0.0.1:}"
    exits 0
    restsrc read --retry 0 --connect-timeout 1 "restsrc.invalid/v1/items"
    exits 75
    says https://restsrc.invalid/v1/items
}

@test "a URL that is none, or of another scheme, is refused" {
    for url in items .items items. http:/127.0.0.1 https ftp://127.0.0.1/items file:///etc/passwd //127.0.0.1/ http:// \
        'http://[::1/'; do
        restsrc read "$url"
        exits 64
        wrote_nothing
    done
}

@test "--query without a name and --header without a colon are refused" {
    for query in novalue =x ''; do
        restsrc read --query "$query" "$server/items"
        exits 64
        says --query
    done
    for header in novalue ': x' $'X: a\nY: b'; do
        restsrc read --header "$header" "$server/items"
        exits 64
        says header
    done
}

@test "--header @FILE that is not there is 66, one that is wrong is 78" {
    restsrc read --header "@$BATS_TEST_TMPDIR/none" "$server/items"
    exits 66
    says "$BATS_TEST_TMPDIR/none"
    echo nonsense >"$BATS_TEST_TMPDIR/headers"
    restsrc read --header "@$BATS_TEST_TMPDIR/headers" "$server/items"
    exits 78
    says_not nonsense
}

@test "options may stand after the URL, and -- ends them" {
    list n=250
    restsrc read "$list" --limit 5
    exits 0
    wrote_records 0 5
    restsrc read --limit 5 -- "$list"
    exits 0
    wrote_records 0 5
    restsrc read -- "$list" --limit
    exits 64
}

@test "the last of two equal options counts" {
    list n=250
    restsrc read --limit 5 --limit=3 "$list"
    exits 0
    wrote_records 0 3
}

@test "flags have a --no- form, the last one counts" {
    list n=50,require-header=Accept-Encoding:x
    restsrc read --no-compressed --header 'Accept-Encoding: x' "$list"
    exits 0
    list n=50
    restsrc read --quiet --no-quiet --no-verbose --no-allow-repeats --no-progress-meter --max-pages 1 \
        --page-size 10 "$list"
    exits 0
    says --max-pages
    restsrc read --no-page-size "$list"
    exits 64
}

@test "curl's short options mean what they mean in curl" {
    list n=50,require-header=X-Key:abc
    printf 'limit = 5\n' >"$BATS_TEST_TMPDIR/config"
    restsrc read -q -H 'X-Key: abc' -A me/1 -m 10 -y 5 -Y 1 -K "$BATS_TEST_TMPDIR/config" "$list"
    exits 0
    wrote_records 0 5
    [ "$(log '.[0].headers["User-Agent"]')" = '"me/1"' ]
}

@test "bootstrap: a word that it does not know is an error that lists the words" {
    run "$tests/../bootstrap" frobnicate
    [ "$status" -eq 1 ]
    [[ $output == *"no goal 'frobnicate', but: tool "*" demo "*" wheel "* ]]
}

# ---- help ----

@test "--help, help and help COMMAND are on standard output with exit code 0" {
    for line in --help help 'help read' 'help count' 'read --help' 'count --help'; do
        # shellcheck disable=SC2086
        restsrc $line
        exits 0
        grep -q restsrc "$out"
        says_nothing
    done
}

@test "help COMMAND shows every option of the command, and none of another" {
    for command in read count; do
        restsrc help "$command"
        table ".[] | select((.secret | not) and (.commands | index(\"$command\"))) | .name" | while read -r name; do
            grep -qE -e "--(no-)?$name( |$)" "$out"
        done
    done
    restsrc help count
    ! grep -e --page-size "$out" || false
}

@test "help text fits a terminal of 132 columns and has no trailing blanks" {
    for command in read count; do
        restsrc help "$command"
        [ "$(wc -L <"$out")" -le 132 ]
        ! grep ' $' "$out" || false
    done
}

@test "--version names restsrc, the linked libcurl and the license" {
    restsrc --version
    exits 0
    grep -E '^restsrc [0-9]+\.[0-9]+.*libcurl/[0-9]' "$out"
    grep -F 'the restsrc authors. License: MIT' "$out"
}

@test "The tool and the change log have the version that the Python package states" {
    version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$tests/../spark/src/restsrc/__init__.py")
    [ -n "$version" ]
    [ "$("$RESTSRC" --version | sed -n '1s/^restsrc \([^ ]*\) .*/\1/p')" = "$version" ]
    [[ $(grep -m 1 '^## ' "$tests/../CHANGELOG.md") == "## $version"* ]]
}

@test "the examples of help are commands that are taken" {
    cd "$BATS_TEST_TMPDIR"
    (umask 077; echo t >token)
    for command in read count write lookup call; do
        "$RESTSRC" help "$command" | sed -n '/^Examples:/,$s/^  restsrc //p' >examples
        [ "$(wc -l <examples)" -ge 3 ]
        while read -r example; do
            echo '{"id":1,"item_id":2,"mail":"a@b"}' | tee orders.ndjson keys.ndjson people.ndjson >a.ndjson
            line="'$RESTSRC' ${example/#$command/$command --dry-run}"
            bash -c "$line" </dev/null >/dev/null || { echo "$line"; return 1; }
        done <examples
    done
}

@test "help options is one JSON object a line, complete in each" {
    restsrc help options
    exits 0
    [ "$(wc -l <"$out")" -eq "$(jq -s length "$out")" ]
    jq -es 'all(.[]; (.name | test("^[a-z0-9.-]+$"))
        and (.help | length > 5) and (.commands | length > 0) and (.group | length > 0)
        and (.repeat | type == "boolean") and (.secret | type == "boolean") and has("argument") and has("default")
        and (.type | IN("flag", "integer", "number", "text", "choice")) and ((.type == "choice") == has("choices"))
        and ((.type == "flag") == (.argument == null)))' "$out"
    jq -es 'map(.name) | length == (unique | length)' "$out"
    jq -es 'map({(.name): .default}) | add |
        .["page-size"] == "100" and .offset == "0" and .retry == "5" and .limit == null' "$out"
}

@test "the defaults in the table are the ones at work" {
    list n=1000
    restsrc read "$list"
    queries | grep -xF "?offset=900&limit=100"
    [ "$(log 'map(.open) | max')" -le 4 ]
}

# ---- the manual page ----

@test "restsrc(1) and the table name the same options" {
    # Every `.It Fl -name` or `.It Fl n , -name` of the page, --no-name as name.
    sed -nE 's/^\.It Fl (. , )?-(no-)?([a-z][a-z0-9.-]*).*/\3/p' "$tests/../man/restsrc.1" |
        sort >"$BATS_TEST_TMPDIR/man"
    table '.[] | select((.secret | not) or .name == "query-secret") | .name' | sort | diff - "$BATS_TEST_TMPDIR/man"
}

@test "restsrc(1) and the table agree on short options and on flags that are on" {
    table '.[] | select(.type == "flag" and .default == "true") | .name' | while read -r name; do
        grep -qE "^\.It Fl (. , )?-no-$name\$" "$tests/../man/restsrc.1"
    done
    for command in read call; do
        restsrc help "$command"
        grep -oE '^  -[A-Za-z], --(no-)?[a-z-]+' "$out" | sed -E 's/^  -(.), -(-.*)/\1 , \2/'
    done | sort -u >"$BATS_TEST_TMPDIR/help"
    sed -nE 's/^\.It Fl (. , -[a-z][a-z0-9-]*).*/\1/p' "$tests/../man/restsrc.1" | sort |
        diff "$BATS_TEST_TMPDIR/help" -
}

@test "restsrc(1) names every exit code" {
    for code in 0 64 66 69 70 74 75 76 77 78; do
        grep -qE "^\.It (Er |Sy |Li )?$code( |\$)" "$tests/../man/restsrc.1" || { echo "not $code"; false; }
    done
}

@test "restsrc(1) is clean mdoc" {
    command -v mandoc >/dev/null || skip "mandoc is not installed"
    mandoc -T lint -W warning "$tests/../man/restsrc.1" "$tests/../man/restsrc-config.5"
}

@test "-h is --help; a flag takes no value" {
    for line in "-h" "read -h"; do
        read -ra words <<<"$line"
        restsrc "${words[@]}"
        exits 0
        grep -q 'restsrc read \[options\]' "$out"
    done
    restsrc read --compressed=no http://127.0.0.1:1/
    exits 64
    says "--no-compressed"
}

@test "a host name that is not ASCII is looked up as IDNA has it, in every locale" {
    LC_ALL=C restsrc read --retry 0 "http://bücher.invalid/"
    if "$RESTSRC" --version | grep -q libidn2; then
        exits 75
        says "xn--bcher-kva.invalid"
    else
        exits 64
        says "bücher.invalid" "without IDNA" "xn--"
    fi
}
