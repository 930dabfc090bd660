/* command_line: what follows the command's name, by getopt_long(). */
#include "cli/command_line.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/pair.h"
#include "cli/habits.h"
#include "http/secret.h"

struct line {
    struct option *longs; /* for getopt_long(); val is the row's number, flags also with no- */
    char *shorts;
    struct list negated; /* names with no- */
};

enum { NEGATED = 1000, FIRST_LONG = 256 };

static void line_init(struct line *l)
{
    struct option *to = l->longs = mem_zeroed(2 * option_count + 1, sizeof *l->longs);
    char *letter = l->shorts = mem_zeroed(2 * option_count + 3, 1);
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
            list_add(&l->negated, buf_text(&no));
            const char *name = l->negated.item[l->negated.count - 1];
            *to++ = (struct option){name, no_argument, NULL, FIRST_LONG + NEGATED + (int)i};
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
    list_free(&l->negated);
    free(l->longs);
    free(l->shorts);
}

/* What options of earlier versions are called now. */
static const struct {
    const char *name, *now, *value;
} renamed[] = {{"--error-is-empty", "on", "2xx=ok"}};

static int unknown(const char *word, struct error *e)
{
    char name[64];
    size_t len = strcspn(word, "=");
    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, word, len);
    name[len] = '\0';
    const char *plain = name + strspn(name, "-");
    if (word[len] == '=' && strncmp(name, "--", 2) == 0 && options_find(plain, strlen(plain)))
        return error_set(e, EXIT_USAGE, "%s takes no value: give --%s or --no-%s", name, plain, plain);
    const char *use = habits_use(name);
    if (use)
        return error_set(e, EXIT_USAGE, "there is no option %s: %s", name, use);
    const char *nearest = strlen(plain) > 1 ? options_nearest(plain) : NULL;
    if (!nearest && strncmp(plain, "no-", 3) == 0)
        nearest = options_nearest(plain + 3);
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
    if (o->request.url)
        return error_set(e, EXIT_USAGE, "only one URL can be given");
    o->request.url = mem_text(text, strlen(text));
    return 0;
}

static const struct option_row *row_of(int code)
{
    if (code >= FIRST_LONG)
        return &option_table[(code - FIRST_LONG) % NEGATED];
    const struct option_row *row = option_table;
    while (row->letter != code) /* getopt_long() knows the letters of this table alone */
        row++;
    return row;
}

/* On the command line the value is in a file; the list holds the values themselves. */
static int add_secret(struct options *o, const struct option_row *row, const char *text, struct error *e)
{
    struct buf item = {0};
    char *value = NULL;
    struct pair pair;
    if (!pair_split(text, &pair) || *pair.value != '@')
        return error_set(e, EXIT_USAGE, "--%s takes NAME=@FILE: a secret on the command line could be seen by others",
                         row->name);
    if (secret_read(pair.value + 1, &value, &o->warning, e))
        return -1;
    buf_addf(&item, "%.*s=%s", (int)pair.len, pair.name, value);
    int result = options_set(o, row, buf_text(&item), e);
    buf_clear(&item);
    buf_addf(&item, "%.*s=%s", (int)pair.len, pair.name, pair.value + 1);
    list_add(&o->auth.query_secret_file, buf_text(&item));
    free(value);
    buf_free(&item);
    return result;
}

/* An option of other commands. */
static int foreign(const struct option_row *row, enum command_bit command, struct error *e)
{
    struct buf owners = {0};
    const char *name = "";
    for (int i = 0; command_names[i]; i++) {
        if (row->commands >> i & 1)
            buf_addf(&owners, "%s%s", owners.len ? ", " : "", command_names[i]);
        if (command >> i & 1)
            name = command_names[i];
    }
    error_set(e, EXIT_USAGE, "--%s is not an option of %s, but of %s", row->name, name, buf_text(&owners));
    buf_free(&owners);
    return -1;
}

static void remember(struct options *o, const struct option_row *row, const char *value)
{
    struct buf text = {0};
    buf_addf(&text, "%s=%s", row->name, value);
    list_add(&o->line, buf_text(&text));
    buf_free(&text);
}

static int line_option(struct options *o, struct line *l, enum command_bit command, char **argv, int code, int which,
                       struct error *e)
{
    if (code >= FIRST_LONG && !is_whole_name(argv, &l->longs[which]))
        return unknown(argv[optind - 1 - (optarg == argv[optind - 1])], e);
    const struct option_row *row = row_of(code);
    if (!(row->commands & command))
        return foreign(row, command, e);
    if (command == COMMAND_WRITE && optarg && strcmp(optarg, "-") == 0 && options_of_file(row))
        return error_set(e, EXIT_USAGE, "--%s - cannot be: the records are on standard input", row->name);
    bool negated = code >= FIRST_LONG + NEGATED;
    if (row->member == offsetof(struct options, network.verbose))
        o->network.headers = !negated && o->network.verbose; /* a second time */
    o->given[row - option_table] = true;
    const char *value = row->type == OPTION_FLAG ? (negated ? "false" : "true") : optarg;
    remember(o, row, value);
    return row->place == OPTION_AT_FILE ? add_secret(o, row, value, e) : options_set(o, row, value, e);
}

static bool renamed_option(struct options *o, const char *word, struct error *e)
{
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].name, word) == 0) {
            const struct option_row *row = options_find(renamed[i].now, strlen(renamed[i].now));
            o->given[row - option_table] = true;
            remember(o, row, renamed[i].value);
            return options_set(o, row, renamed[i].value, e) == 0;
        }
    return false;
}

static int parse(struct options *o, struct line *l, enum command_bit command, int argc, char **argv, struct error *e)
{
    int code, which = 0;
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, l->shorts, l->longs, &which)) != -1) {
        const char *word = argv[optind - 1];
        if (code == '?' && renamed_option(o, word, e))
            continue;
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

int command_line_parse(struct options *o, enum command_bit command, int argc, char **argv, struct error *e)
{
    struct line line = {0};
    line_init(&line);
    int result = parse(o, &line, command, argc, argv, e);
    o->given[options_find("url", 3) - option_table] |= o->request.url != NULL;
    o->request.typed_headers = o->request.header.count;
    line_free(&line);
    return result;
}
