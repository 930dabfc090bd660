# Makes src/cli/presets_builtin.c of the files share/apis/*.conf: presets go into the program, so that it is all that is needed.
BEGIN {
    print "/* Made by embed.awk from share/apis. */"
    print "#include \"cli/presets.h\"\n"
    print "const struct preset presets_builtin[] = {"
}
FNR == 1 {
    name = FILENAME
    gsub(/.*\/|\.conf$/, "", name)
    printf "%s    {\"%s\",", (NR > 1 ? "},\n" : ""), name
}
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    printf "\n     \"%s\\n\"", $0
}
END { print "},\n    {0}};" }
