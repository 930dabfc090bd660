/* command: a program that prints credentials. */
#include "http/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/list.h"
#include "base/text.h"
#include "http/secret.h"
#include "http/url.h"

enum { ANSWER = 65536, SAID = 4096, NOT_RUN = 127 };
static const double LONGEST = 60; /* seconds */

/* The next word of *rest. 0: there is none; -1: a quote without its partner. */
static int next_word(const char **rest, struct buf *word)
{
    const char *p = *rest + strspn(*rest, " \t\n");
    char quote = '\0';
    bool found = *p;
    buf_clear(word);
    for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
        if (*p == quote)
            quote = '\0';
        else if (!quote && strchr("'\"", *p))
            quote = *p;
        else if (*p == '\\' && quote != '\'' && p[1])
            buf_addc(word, *++p);
        else
            buf_addc(word, *p);
    }
    *rest = p;
    return quote ? -1 : found;
}

static int split(const char *text, struct list *words, struct error *e)
{
    struct buf word = {0};
    int more;
    while ((more = next_word(&text, &word)) > 0)
        list_add(words, buf_text(&word));
    buf_free(&word);
    return more || !words->count ? error_set(e, EXIT_USAGE, "--auth-command needs a program, and whole quotes") : 0;
}

void command_key(const struct client *c, struct buf *key)
{
    const char *text = c->auth.options->auth_command;
    size_t first = strcspn(text, " \t");
    char *folder = *text != '/' && memchr(text, '/', first) ? getcwd(NULL, 0) : NULL;
    buf_addf(key, "command\n%s\n%s\n", text, folder ? folder : "");
    url_origin(c->options.request->url, key);
    free(folder);
}

/* ---- the process ---- */

/* In the child: what it prints is what we read, and nothing else of ours is open to it. */
static _Noreturn void run(const struct list *words, int out, int err)
{
    char **argv = mem_zeroed(words->count + 1, sizeof *argv);
    int nothing = open("/dev/null", O_RDONLY);
    for (size_t i = 0; i < words->count; i++)
        argv[i] = words->item[i];
    setpgid(0, 0);
    if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2) {
        for (int fd = 3; fd < 1024; fd++)
            close(fd);
        execvp(*argv, argv);
    }
    dprintf(2, "%s: %s\n", *argv, strerror(errno));
    _exit(NOT_RUN);
}

static bool make_pipe(int fd[2])
{
    return pipe2(fd, O_CLOEXEC) == 0 && fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0;
}

static int start(struct command *m, const struct list *words, struct error *e)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    bool ready = make_pipe(out) && make_pipe(err);
    m->process = ready ? fork() : -1;
    if (m->process == 0)
        run(words, out[1], err[1]);
    const char *cause = strerror(errno);
    if (out[1] >= 0)
        close(out[1]);
    if (err[1] >= 0)
        close(err[1]);
    m->out = out[0];
    m->err = err[0];
    return m->process < 0 ? error_set(e, EXIT_BUG, "--auth-command can't be run: %s", cause) : 0;
}

int command_begin(struct command *m, const struct client *c, struct error *e)
{
    struct list words = {0};
    *m = (struct command){.client = c, .out = -1, .err = -1, .answer.cap = ANSWER, .said.cap = SAID};
    m->until = io_clock() + LONGEST;
    int result = split(c->auth.options->auth_command, &words, e) ? -1 : start(m, &words, e);
    list_free(&words);
    if (result)
        command_drop(m);
    return result;
}

void command_drop(struct command *m)
{
    if (!m->client)
        return;
    if (m->process > 0) {
        kill(-m->process, SIGKILL);
        kill(m->process, SIGKILL); /* it may not have got a group of its own yet */
        waitpid(m->process, NULL, 0);
    }
    if (m->out >= 0)
        close(m->out);
    if (m->err >= 0)
        close(m->err);
    buf_free(&m->answer);
    buf_free(&m->said);
    m->client = NULL;
}

/* What is beyond the cap is dropped: it is too much to be credentials. */
static void drain(int fd, struct buf *to)
{
    char chunk[4096];
    for (ssize_t got; (got = read(fd, chunk, sizeof chunk)) > 0;)
        buf_add(to, chunk, (size_t)got);
}

bool command_has_ended(struct command *m)
{
    bool ended = waitpid(m->process, &m->status, WNOHANG) == m->process;
    drain(m->out, &m->answer);
    drain(m->err, &m->said);
    if (ended)
        m->process = 0;
    return ended || io_clock() > m->until;
}

/* Its last word on stderr. */
static void add_said(struct command *m, struct buf *message)
{
    char *text = mem_text(m->said.data, m->said.len);
    size_t n = strlen(text);
    while (n && strchr("\r\n ", text[n - 1]))
        text[--n] = '\0';
    char *line = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
    secret_mask(&m->client->auth.secrets, line);
    text_clean(line);
    if (*line)
        buf_addf(message, ": %.300s", line);
    free(text);
}

int command_end(struct command *m, struct token *token, struct token_failure *why)
{
    struct buf message = {0};
    int status = WIFEXITED(m->status) ? WEXITSTATUS(m->status) : -1;
    enum exit_code code = EXIT_DENIED;
    *why = (struct token_failure){.at = io_time()};
    if (m->process) {
        buf_addf(&message, "--auth-command has not ended after %.0f s", LONGEST);
    } else if (status == NOT_RUN) {
        code = EXIT_NO_FILE;
        buf_adds(&message, "--auth-command can't be run");
    } else if (status < 0) {
        buf_addf(&message, "--auth-command ended by signal %d", WTERMSIG(m->status));
    } else if (status) {
        buf_addf(&message, "--auth-command ended with exit code %d", status);
    } else if (token_read_command(m->answer.data, m->answer.len, io_time(), token)) {
        code = EXIT_ANSWER;
        buf_adds(&message, "--auth-command printed neither 'Name: value' lines nor {\"headers\": {...}}");
    }
    if (message.len) {
        add_said(m, &message);
        error_set(&why->error, code, "%s", buf_text(&message));
    }
    buf_free(&message);
    command_drop(m);
    return why->error.code ? -1 : 0;
}
