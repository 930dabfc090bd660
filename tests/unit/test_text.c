/* text: what others wrote, made safe to show. */
#include "base/text.h"

#include "base/error.h"
#include "tap.h"

static void cleaned(const char *text, const char *want, const char *name)
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", text);
    text_clean(copy);
    is_text(copy, want, name);
}

static void check_clean(void)
{
    cleaned("", "", "an empty text");
    cleaned("plain ~ text", "plain ~ text", "ASCII stays");
    cleaned("Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80",
            "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80", "so do letters of any script");
    cleaned("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
            "and what a joiner joins");
    cleaned("a\x1b[31mb\tc\r\nd\x7f", "a [31mb c  d ", "control characters are blanks");
    cleaned("a\xc2\x9b"
            "31mb\xc2\x85"
            "c\xc2\x80",
            "a 31mb c ", "those of eight bits, too: U+009B, U+0085, U+0080");
    cleaned("a\xe2\x80\xae"
            "b\xe2\x81\xa6"
            "c\xd8\x9c"
            "d\xe2\x80\x8f",
            "a b c d ", "what turns the direction of writing: U+202E, U+2066, U+061C, U+200F");
    cleaned("a\xe2\x80\xa8"
            "b\xe2\x80\xa9"
            "c",
            "a b c", "what breaks lines: U+2028, U+2029");
    cleaned("a\xe2\x80\x8b"
            "b\xef\xbb\xbf"
            "c\xf3\xa0\x80\xa1",
            "a b c ", "what can't be seen: U+200B, U+FEFF, tags");
    cleaned("\xe2\x80\xa7\xe2\x80\xaf\xc2\xa0", "\xe2\x80\xa7\xe2\x80\xaf\xc2\xa0", "their neighbours stay");
    cleaned("\xed\x9f\xbf\xf4\x8f\xbf\xbf\xe0\xa0\x80\xf0\x90\x80\x80",
            "\xed\x9f\xbf\xf4\x8f\xbf\xbf\xe0\xa0\x80\xf0\x90\x80\x80",
            "the first and last characters of each length stay");
    cleaned("a\x9b\xff\xc3", "a???", "bytes that are not UTF-8 are question marks");
    cleaned("\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80", "?????????",
            "so are surrogates, long forms, what is beyond U+10FFFF");
}

static void check_lines(void)
{
    char text[] = "a\nb\xe2\x80\xa8"
                  "c\r\n";
    text_clean_lines(text);
    is_text(text, "a\nb c \n", "line breaks may stay");
}

static void check_errors(void)
{
    struct error e = {0};
    error_set(&e, EXIT_ANSWER, "it says: %s", "a\x1b\xe2\x80\xae");
    is_text(e.message, "it says: a  ", "a message is clean");
    error_set(&e, e.code, "list: %s; %u tries", e.message, 3u);
    is_text(e.message, "list: it says: a  ; 3 tries", "an error is set around an error");
    ok(e.code == EXIT_ANSWER, "with its code");
}

int main(void)
{
    check_clean();
    check_lines();
    check_errors();
    return tap_end();
}
