# The completions for bash, zsh and fish: they ask the tool.
load helpers

setup() {
    folder=$tests/../share/completions
    source "$folder/restsrc"
}

# completes WORDS...: what bash would offer for the last word; in $offered, one a line.
completes() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _restsrc "$RESTSRC" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    offered=$(printf '%s\n' "${COMPREPLY[@]}")
}

offers() { grep -qxF -e "$1" <<<"$offered" || { echo "not offered: $1; but:"; echo "$offered"; return 1; }; }
offers_not() { ! grep -xF -e "$1" <<<"$offered" || return 1; }

@test "bash: commands" {
    completes restsrc ''
    offers read
    offers check
    completes restsrc he
    [ "$offered" = help ]
    completes restsrc help a
    [ "$offered" = apis ]
}

@test "bash: every option of the command in the table, and no other" {
    for command in read count write check call; do
        completes restsrc "$command" --
        "$RESTSRC" help options |
            jq -r --arg c "$command" 'select((.commands | index($c)) and
                    (.name | IN("bearer", "user", "oauth-client-secret", "oauth-refresh-token",
                        "key-password") | not)) |
                "--" + (if .type == "flag" and .default == "true" then "no-" else "" end) + .name' |
            sort >"$BATS_TEST_TMPDIR/table"
        grep -vx -e --help <<<"$offered" | sort | diff "$BATS_TEST_TMPDIR/table" -
    done
}

@test "bash: values of options: choices, presets, files" {
    completes restsrc read --paginate ''
    offers auto
    offers next-url
    completes restsrc read --paginate l
    [ "$offered" = $'last-id\nlink' ]
    completes restsrc read --method P
    offers PATCH
    completes restsrc read --api d
    offers drf
    offers datasette
    offers_not stripe
    touch "$BATS_TEST_TMPDIR/token file"
    completes restsrc read --bearer-file "$BATS_TEST_TMPDIR/tok"
    offers "$BATS_TEST_TMPDIR/token file"
    completes restsrc read --header "@$BATS_TEST_TMPDIR/tok"
    completes restsrc read --page-size ''
    [ -z "$offered" ]
    completes restsrc read --quiet --expec
    offers --expect
}

@test "bash: values that go on after a colon, presets of help" {
    completes restsrc count --count-from ''
    offers url:
    offers last-page
    completes restsrc write --body s
    [ "$offered" = $'single\nsingle:' ]
    completes restsrc help apis gith
    [ "$offered" = github ]
    completes restsrc help ex
    [ "$offered" = exit-codes ]
}

@test "fish: commands, options and their values" {
    command -v fish >/dev/null || skip "no fish"
    PATH=$(dirname "$RESTSRC"):$PATH
    offers_fish() { # the last word is what is typed
        fish --no-config -c "source $folder/restsrc.fish; complete -C '$1'" >"$BATS_TEST_TMPDIR/offered"
        cut -f 1 "$BATS_TEST_TMPDIR/offered" | grep -qxF -e "$2" || { cat "$BATS_TEST_TMPDIR/offered"; return 1; }
    }
    offers_fish 'restsrc ch' check
    offers_fish 'restsrc read --pagi' --paginate
    offers_fish 'restsrc read --paginate la' last-id
    offers_fish 'restsrc count --count-from ur' url:
    offers_fish 'restsrc read --api gith' github
    offers_fish 'restsrc help exi' exit-codes
    touch "$BATS_TEST_TMPDIR/token"
    offers_fish "restsrc read --bearer-file $BATS_TEST_TMPDIR/to" "$BATS_TEST_TMPDIR/token"
}

@test "zsh: the file is sound, and offers options and their values" {
    command -v zsh >/dev/null || skip "no zsh"
    zsh -n "$folder/_restsrc"
    cat >"$BATS_TEST_TMPDIR/stub" <<END
_arguments() { print -rl -- "\$@"; }
_describe() { print -rl -- "\$commands[@]"; }
_values() { print -rl -- "\$@"; }
words=("$RESTSRC" "\$@") CURRENT=\$((\$# + 1))
source "$folder/_restsrc"
END
    zsh -f "$BATS_TEST_TMPDIR/stub" '' | grep -q '^check:'
    zsh -f "$BATS_TEST_TMPDIR/stub" read '' >"$BATS_TEST_TMPDIR/specs"
    grep -q -- '--paginate.*:value:(offset page ' "$BATS_TEST_TMPDIR/specs"
    grep -q -- '--bearer-file.*:_files$' "$BATS_TEST_TMPDIR/specs"
    zsh -f "$BATS_TEST_TMPDIR/stub" count '' | grep -q -- '--count-from.*:value:(auto url'
    grep -q -- '--api.*:preset:(.*drf' "$BATS_TEST_TMPDIR/specs"
}
