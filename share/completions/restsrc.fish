# Completion of restsrc for fish. It asks the tool that is to be run, so it knows what that version knows.

function __restsrc_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

function __restsrc_at
    test (count (commandline -opc)) -eq $argv[1]
end

# The choices of an argument like a|b:URL|c.
function __restsrc_choices
    string split '|' -- $argv[1] | string replace -r ':.*' ':' | string match -rv '[[/]'
end

function __restsrc_presets
    restsrc help apis 2>/dev/null | string replace -r '^(\S+) +(.*)' '$1\t$2'
end

complete -c restsrc -f
complete -c restsrc -n '__restsrc_at 1' -a help -d 'commands, options, presets'
complete -c restsrc -n '__restsrc_command help; and __restsrc_at 2' -a 'options apis rules exit-codes'
complete -c restsrc -n '__restsrc_command help; and __restsrc_at 3' -a '(__restsrc_presets)'

for __restsrc_line in (restsrc help words 2>/dev/null)
    set -l fields (string split \t -- $__restsrc_line)
    set -l command $fields[1]
    complete -c restsrc -n '__restsrc_at 1' -a $command -d $fields[3]
    complete -c restsrc -n '__restsrc_command help; and __restsrc_at 2' -a $command -d $fields[3]
    for option in (restsrc help words $command 2>/dev/null)
        set -l parts (string split \t -- $option)
        set -l name (string sub -s 3 -- $parts[1])
        set -l here "__restsrc_command $command"
        if test -z "$parts[2]"
            complete -c restsrc -n $here -l $name -d $parts[3]
        else if test $name = api
            complete -c restsrc -n $here -l $name -x -a '(__restsrc_presets)' -d $parts[3]
        else if string match -qr '\|[a-z0-9]|^[a-z].*\||^[A-Z]+\|[A-Z]' -- $parts[2]
            complete -c restsrc -n $here -l $name -x -a (string join ' ' (__restsrc_choices $parts[2])) -d $parts[3]
        else if string match -q '*FILE*' -- $parts[2]
            complete -c restsrc -n $here -l $name -r -F -d $parts[3]
        else
            complete -c restsrc -n $here -l $name -x -d $parts[3]
        end
    end
end
set -e __restsrc_line
