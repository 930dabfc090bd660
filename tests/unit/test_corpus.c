/* The 318 files of the JSON parsing corpus (tests/data/json-test-suite): what RFC 8259 accepts is accepted, what it
 * refuses is refused, what it leaves open is as decided here; and each whatever pieces it comes in. */
#include <dirent.h>
#include <stdlib.h>

#include "splitting.h"
#include "tap.h"

static const char FOLDER[] = TEST_DATA "/json-test-suite/test_parsing";
enum { CORPUS_FILES = 318 };

/* The i_ files. Accepted: numbers of any size and escaped lone surrogates, for they go through as text that nobody here
 * needs to understand; a byte order mark, which is dropped; nesting below the limit of 512. Refused: all that is not
 * UTF-8. */
static const struct {
    const char *name;
    bool accepted;
} decided[] = {
    {"i_number_double_huge_neg_exp.json", true},
    {"i_number_huge_exp.json", true},
    {"i_number_neg_int_huge_exp.json", true},
    {"i_number_pos_double_huge_exp.json", true},
    {"i_number_real_neg_overflow.json", true},
    {"i_number_real_pos_overflow.json", true},
    {"i_number_real_underflow.json", true},
    {"i_number_too_big_neg_int.json", true},
    {"i_number_too_big_pos_int.json", true},
    {"i_number_very_big_negative_int.json", true},
    {"i_object_key_lone_2nd_surrogate.json", true},
    {"i_string_1st_surrogate_but_2nd_missing.json", true},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", true},
    {"i_string_UTF-16LE_with_BOM.json", false},
    {"i_string_UTF-8_invalid_sequence.json", false},
    {"i_string_UTF8_surrogate_U+D800.json", false},
    {"i_string_incomplete_surrogate_and_escape_valid.json", true},
    {"i_string_incomplete_surrogate_pair.json", true},
    {"i_string_incomplete_surrogates_escape_valid.json", true},
    {"i_string_invalid_lonely_surrogate.json", true},
    {"i_string_invalid_surrogate.json", true},
    {"i_string_invalid_utf-8.json", false},
    {"i_string_inverted_surrogates_U+1D11E.json", true},
    {"i_string_iso_latin_1.json", false},
    {"i_string_lone_second_surrogate.json", true},
    {"i_string_lone_utf8_continuation_byte.json", false},
    {"i_string_not_in_unicode_range.json", false},
    {"i_string_overlong_sequence_2_bytes.json", false},
    {"i_string_overlong_sequence_6_bytes.json", false},
    {"i_string_overlong_sequence_6_bytes_null.json", false},
    {"i_string_truncated-utf-8.json", false},
    {"i_string_utf16BE_no_BOM.json", false},
    {"i_string_utf16LE_no_BOM.json", false},
    {"i_structure_500_nested_arrays.json", true},
    {"i_structure_UTF-8_BOM_empty_object.json", true},
};
enum { DECIDED = sizeof decided / sizeof *decided };

/* 1: must be accepted, 0: refused, -1: nobody decided. */
static int expected(const char *name)
{
    if (*name == 'y' || *name == 'n')
        return *name == 'y';
    for (size_t i = 0; i < DECIDED; i++)
        if (strcmp(decided[i].name, name) == 0)
            return decided[i].accepted;
    return -1;
}

static bool load(const char *name, struct buf *text)
{
    char path[1024], chunk[4096];
    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file));)
        buf_add(text, chunk, n);
    fclose(file);
    buf_text(text);
    return true;
}

/* With no records the envelope is the whole text but for white space. With the usual places of records nothing is lost
 * either: of an array at the top, `[` records `]`. */
static bool output_is_input(const struct splitting *alone, const struct splitting *usual, const struct buf *text)
{
    struct buf want = {0}, joined = {0};
    squeeze(text->data, text->len, &want);
    bool same =
        alone->count == 0 && alone->envelope.len == want.len && memcmp(alone->envelope.data, want.data, want.len) == 0;
    if (usual->way == 0) {
        buf_adds(&joined, "[");
        for (const char *c = usual->records.data, *end = c + usual->records.len; c < end; c++)
            buf_addc(&joined, *c == '\n' ? ',' : *c); /* no record holds a line feed */
        joined.len -= usual->count > 0;
        buf_adds(&joined, "]");
        same &= joined.len == want.len && memcmp(joined.data, want.data, want.len) == 0 &&
                strcmp(usual->envelope.data, "[]") == 0;
    }
    buf_free(&want);
    buf_free(&joined);
    return same;
}

static void check_file(const char *name, const struct path *usual_places)
{
    struct buf text = {0};
    size_t odd_alone, odd_usual;
    bool loaded = load(name, &text);
    struct splitting alone = split_every_way(PAGE, NULL, buf_text(&text), text.len, &odd_alone);
    struct splitting usual = split_every_way(PAGE, usual_places, text.data, text.len, &odd_usual);
    int wanted = expected(name);
    bool right = loaded && (alone.result == 0) == wanted && usual.result == alone.result;
    bool same = alone.result || output_is_input(&alone, &usual, &text);
    ok(right && same && !odd_alone && !odd_usual, "%s is %s, whole and in pieces of 1 to %d bytes", name,
       wanted ? "accepted" : "refused", LARGEST_CHUNK);
    if (!right)
        tap_note("%s", !loaded        ? "it cannot be read"
                       : wanted < 0   ? "nobody decided"
                       : alone.reason ? alone.reason
                                      : "it was accepted");
    if (!same)
        tap_note("it does not come out as it went in");
    if (odd_alone || odd_usual)
        tap_note("pieces of %zu bytes say something else", odd_alone ? odd_alone : odd_usual);
    splitting_free(&alone);
    splitting_free(&usual);
    buf_free(&text);
}

int main(void)
{
    struct dirent **file;
    struct path usual_places;
    usual_paths(&usual_places, USUAL_RECORDS);
    int entries = scandir(FOLDER, &file, NULL, alphasort), files = 0;
    for (int i = 0; i < entries; i++) {
        if (strstr(file[i]->d_name, ".json")) {
            check_file(file[i]->d_name, &usual_places);
            files++;
        }
        free(file[i]);
    }
    if (entries >= 0)
        free(file);
    is_int(files, CORPUS_FILES, "all files of the corpus were there");
    path_free(&usual_places);
    return tap_end();
}
