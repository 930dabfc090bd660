#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/config.h"
#include "cli/control.h"
#include "http/secret.h"

/* ---- values ---- */

static void *member(struct options *o, const struct option_row *row)
{
    return (char *)o + row->member;
}

void options_init(struct options *o)
{
    struct error never;
    memset(o, 0, sizeof *o);
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->fallback)
            option_set(o, row, row->fallback, &never);
        else if (row->type == OPTION_INTEGER)
            *(int64_t *)member(o, row) = NOT_GIVEN;
        else if (row->type == OPTION_NUMBER)
            *(double *)member(o, row) = NOT_GIVEN;
    }
}

void options_free(struct options *o)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->type == OPTION_TEXT || row->type == OPTION_CHOICE) {
            free(*(char **)member(o, row));
        } else if (row->type == OPTION_LIST) {
            struct list *list = member(o, row);
            for (size_t i = 0; i < list->count; i++)
                free(list->item[i]);
            free(list->item);
        }
    }
    for (size_t i = 0; i < o->line.count; i++)
        free(o->line.item[i]);
    free(o->line.item);
    free(o->given);
    buf_free(&o->warning);
}

static void list_add(struct list *list, const char *text)
{
    char **grown = mem_zeroed(list->count + 1, sizeof *grown);
    for (size_t i = 0; i < list->count; i++)
        grown[i] = list->item[i];
    free(list->item);
    list->item = grown;
    list->item[list->count++] = mem_text(text, strlen(text));
}

static int bad_value(const struct option_row *row, const char *what, struct error *e)
{
    return error_set(e, EXIT_USAGE, "--%s takes %s", row->name, what);
}

static int set_integer(int64_t *to, const struct option_row *row, const char *text, struct error *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno)
        return bad_value(row, "a whole number", e);
    if (n < row->least)
        return bad_value(row, "a number of 1 or more", e);
    *to = n;
    return 0;
}

static int set_number(double *to, const struct option_row *row, const char *text, struct error *e)
{
    char *end;
    double n = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !isfinite(n))
        return bad_value(row, "a number of seconds, such as 2 or 0.5", e);
    *to = n;
    return 0;
}

static int set_flag(bool *to, const struct option_row *row, const char *text, struct error *e)
{
    if (strcmp(text, "true") && strcmp(text, "false"))
        return bad_value(row, "true or false", e);
    *to = *text == 't';
    return 0;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (const char *p = choices; *p; p += strspn(p, "|")) {
        size_t n = strcspn(p, "|");
        if (n == len && strncmp(p, text, n) == 0)
            return true;
        p += n;
    }
    return false;
}

int option_set(struct options *o, const struct option_row *row, const char *text, struct error *e)
{
    void *to = member(o, row);
    switch (row->type) {
    case OPTION_FLAG:
        return set_flag(to, row, text, e);
    case OPTION_INTEGER:
        return set_integer(to, row, text, e);
    case OPTION_NUMBER:
        return set_number(to, row, text, e);
    case OPTION_LIST:
        list_add(to, text);
        return 0;
    case OPTION_CHOICE:
        if (!is_choice(row->argument, text))
            return error_set(e, EXIT_USAGE, "--%s takes one of %s", row->name, row->argument);
        break;
    case OPTION_TEXT:
        break;
    }
    free(*(char **)to);
    *(char **)to = mem_text(text, strlen(text));
    return 0;
}

/* ---- names ---- */

const struct option_row *option_find(const char *name, size_t len)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
            return row;
    return NULL;
}

/* Levenshtein's distance, for names of up to 31 characters. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[32];
    size_t width = strlen(b);
    if (strlen(a) > 31 || width > 31)
        return 99;
    for (unsigned i = 0; i <= width; i++)
        row[i] = i;
    for (; *a; a++) {
        unsigned diagonal = row[0]++;
        for (size_t i = 1; i <= width; i++) {
            unsigned swap = diagonal + (*a != b[i - 1]);
            unsigned gap = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            diagonal = row[i];
            row[i] = swap < gap ? swap : gap;
        }
    }
    return row[width];
}

const char *option_nearest(const char *name)
{
    const char *nearest = NULL;
    unsigned best = 4;
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        bool begins = strlen(name) > 2 && strncmp(row->name, name, strlen(name)) == 0;
        unsigned d = begins ? 1 : distance(name, row->name);
        if (d < best) {
            best = d;
            nearest = row->name;
        }
    }
    return nearest;
}

/* ---- the command line ---- */

struct line {
    struct option *longs; /* for getopt_long(); val is the row's number, flags also with no- */
    char *shorts;
    bool *given; /* of struct options, by row: the command line wins over files */
};

enum { NEGATED = 1000, FIRST_LONG = 256 };

static void line_init(struct line *l)
{
    struct option *to = l->longs = mem_zeroed(2 * option_count + 1, sizeof *l->longs);
    char *letter = l->shorts = mem_zeroed(2 * option_count + 3, 1);
    l->given = mem_zeroed(option_count, sizeof *l->given);
    *letter++ = '-'; /* operands in their place, so that argv stays as it is */
    *letter++ = ':';
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (row->place == OPTION_FILE_ONLY)
            continue;
        bool flag = row->type == OPTION_FLAG;
        *to++ = (struct option){row->name, flag ? no_argument : required_argument, NULL, FIRST_LONG + (int)i};
        if (flag) {
            struct buf no = {0};
            buf_addf(&no, "no-%s", row->name);
            *to++ = (struct option){mem_text(no.data, no.len), no_argument, NULL, FIRST_LONG + NEGATED + (int)i};
            buf_free(&no);
        }
        if (row->letter) {
            *letter++ = row->letter;
            if (!flag)
                *letter++ = ':';
        }
    }
}

static void line_free(struct line *l)
{
    for (struct option *o = l->longs; o->name; o++)
        if (o->val >= FIRST_LONG + NEGATED)
            free((char *)o->name);
    free(l->longs);
    free(l->shorts);
}

static int unknown(const char *word, struct error *e)
{
    char name[64];
    size_t len = strcspn(word, "=");
    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, word, len);
    name[len] = '\0';
    const char *plain = name + strspn(name, "-");
    if (word[len] == '=' && strncmp(name, "--", 2) == 0 && option_find(plain, strlen(plain)))
        return error_set(e, EXIT_USAGE, "%s takes no value: give --%s or --no-%s", name, plain, plain);
    const char *nearest = strlen(plain) > 1 ? option_nearest(plain) : NULL;
    if (!nearest && strncmp(plain, "no-", 3) == 0)
        nearest = option_nearest(plain + 3);
    return error_set(e, EXIT_USAGE, "unknown option %s%s%s", name, nearest ? ": did you mean --" : "",
                     nearest ? nearest : "");
}

/* getopt_long() takes any beginning of a long name; we do not, so that a script means the same with the next version.
 */
static bool is_whole_name(char **argv, const struct option *chosen)
{
    const char *word = argv[optind - 1];
    if (chosen->has_arg && optarg == word)
        word = argv[optind - 2];
    return strncmp(word, "--", 2) == 0 && strcspn(word + 2, "=") == strlen(chosen->name);
}

static int operand(struct options *o, const char *text, struct error *e)
{
    if (o->url)
        return error_set(e, EXIT_USAGE, "only one URL can be given");
    o->url = mem_text(text, strlen(text));
    return 0;
}

static const struct option_row *row_of(int code)
{
    if (code >= FIRST_LONG)
        return &option_table[(code - FIRST_LONG) % NEGATED];
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        if (row->letter == code)
            return row;
    return NULL;
}

/* On the command line the value is in a file; the list holds the values themselves. */
static int add_secret(struct list *list, const struct option_row *row, const char *text, struct buf *warning,
                      struct error *e)
{
    struct buf item = {0};
    char *value = NULL;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || equals[1] != '@')
        return error_set(e, EXIT_USAGE, "--%s takes NAME=@FILE: a secret on the command line could be seen by others",
                         row->name);
    if (secret_read(equals + 2, &value, warning, e))
        return -1;
    buf_add(&item, text, (size_t)(equals + 1 - text));
    buf_adds(&item, value);
    list_add(list, buf_text(&item));
    free(value);
    buf_free(&item);
    return 0;
}

static void remember(struct options *o, const struct option_row *row, const char *value)
{
    struct buf text = {0};
    buf_addf(&text, "%s=%s", row->name, value);
    list_add(&o->line, buf_text(&text));
    buf_free(&text);
}

static int line_option(struct options *o, struct line *l, enum command command, char **argv, int code, int which,
                       struct error *e)
{
    if (code >= FIRST_LONG && !is_whole_name(argv, &l->longs[which]))
        return unknown(argv[optind - 1 - (optarg == argv[optind - 1])], e);
    const struct option_row *row = row_of(code);
    if (!(row->commands & command))
        return error_set(e, EXIT_USAGE, "--%s is not an option of this command", row->name);
    l->given[row - option_table] = true;
    bool negated = code >= FIRST_LONG + NEGATED;
    const char *value = row->type == OPTION_FLAG ? (negated ? "false" : "true") : optarg;
    remember(o, row, value);
    return row->place == OPTION_AT_FILE ? add_secret(member(o, row), row, value, &o->warning, e)
                                        : option_set(o, row, value, e);
}

static int line_parse(struct options *o, struct line *l, enum command command, int argc, char **argv, struct error *e)
{
    int code, which = 0;
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, l->shorts, l->longs, &which)) != -1) {
        const char *word = argv[optind - 1];
        if (code == '?')
            return unknown(word, e);
        if (code == ':')
            return error_set(e, EXIT_USAGE, "%s needs a value", word);
        if (code == 1 ? operand(o, optarg, e) : line_option(o, l, command, argv, code, which, e))
            return -1;
    }
    for (; optind < argc; optind++) /* after -- */
        if (operand(o, argv[optind], e))
            return -1;
    return 0;
}

/* --data @FILE and --data - become what they stand for. */
static int load_data(struct options *o, struct error *e)
{
    struct buf text = {0};
    o->data_len = o->data ? strlen(o->data) : 0;
    if (!o->data || (*o->data != '@' && strcmp(o->data, "-")))
        return 0;
    int result = *o->data == '@' ? io_read_file(o->data + 1, &text, e)
                                 : io_read_all(STDIN_FILENO, "standard input", EXIT_IO, &text, e);
    if (result == 0) {
        free(o->data);
        o->data = mem_text(buf_text(&text), text.len);
        o->data_len = text.len;
    }
    buf_free(&text);
    return result;
}

int options_parse(struct options *o, enum command command, int argc, char **argv, struct error *e)
{
    struct line line = {0};
    line_init(&line);
    o->given = line.given;
    int result = line_parse(o, &line, command, argc, argv, e);
    const struct option_row *url = option_find("url", 3);
    line.given[url - option_table] |= o->url != NULL;
    if (result == 0)
        result = config_load(o, line.given, e);
    if (result == 0 && !o->url)
        result = error_set(e, EXIT_USAGE, "a URL is missing");
    if (result == 0)
        result = load_data(o, e);
    line_free(&line);
    return result;
}

bool option_is_given(const struct options *o, const char *name)
{
    return o->given && o->given[option_find(name, strlen(name)) - option_table];
}

/* ---- what people and programs can read of the table ---- */

static void help_row(const struct option_row *row, struct buf *out)
{
    size_t start = out->len;
    if (row->letter)
        buf_addf(out, "  -%c, ", row->letter);
    else
        buf_adds(out, "      ");
    buf_addf(out, "--%s%s", row->type == OPTION_FLAG && row->fallback && *row->fallback == 't' ? "no-" : "", row->name);
    if (row->argument)
        buf_addf(out, " %s", row->argument);
    int gap = 38 - (int)(out->len - start);
    buf_addf(out, "%*s%s%s", gap > 2 ? gap : 2, "", row->type == OPTION_FLAG && *row->fallback == 't' ? "do not " : "",
             row->help);
    if (row->fallback && *row->fallback && row->type != OPTION_FLAG)
        buf_addf(out, " (%s)", row->fallback);
    buf_addc(out, '\n');
}

void options_help(unsigned commands, struct buf *out)
{
    const char *group = "";
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (!(row->commands & commands) || row->place == OPTION_FILE_ONLY)
            continue;
        if (strcmp(row->group, group))
            buf_addf(out, "\n%c%s:\n", toupper((unsigned char)*row->group), row->group + 1);
        group = row->group;
        help_row(row, out);
    }
}

void options_list(struct buf *out)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        control_option_line(row, out);
}
