# The completions for bash and zsh: they ask the tool.
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
    grep -q -- '--api.*:preset:(.*drf' "$BATS_TEST_TMPDIR/specs"
}
