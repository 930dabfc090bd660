/* habits: what users of other tools type, and what serves them here. */
#include "cli/habits.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TOKEN "put the token into a file, and give --bearer-file FILE"
#define USER                                                                                                           \
    "put name:password into a file that only you can read, and give --user-file FILE: others can see a command line"

static const struct {
    const char *words; /* the option's names, with a blank between */
    const char *use;
} habits[] = {
    /* credentials */
    {"-u --user --username --password --basic-auth --http-user --http-password", USER},
    {"--oauth2-bearer --token --auth-token --access-token --api-token --header-token --bearer --bearer-token", TOKEN},
    {"--api-key --apikey --auth", "--header @FILE sends the lines of FILE, and --query-secret NAME=@FILE a parameter"},
    {"--client-id --client-secret --token-url --refresh-token --scope --grant-type",
     "OAuth 2 is set up by --oauth-token-url URL and the other options that begin with --oauth"},
    /* certificates and connections */
    {"-k --insecure --no-check-certificate --no-verify --verify --skip-verify",
     "certificates are always checked; --cacert FILE names one to trust"},
    {"--ca-certificate --ca-bundle --cert-file", "--cacert FILE names the authorities, --cert FILE is the client's"},
    {"-L --location --follow --follow-redirects",
     "redirects within the origin are followed; --trust-host HOST allows another host"},
    {"--timeout --read-timeout --request-timeout --response-timeout",
     "--max-time SECONDS is for one request, --deadline SECONDS for the whole run"},
    {"--max-total-time --total-timeout --total-time --overall-timeout --run-timeout --max-run-time --max-runtime "
     "--max-duration --time-limit",
     "--deadline SECONDS is for the whole run"},
    {"--retries --max-retries --tries --max-tries --max-attempts --retry-attempts --retry-count",
     "--retry N says how often a request is tried again"},
    {"--backoff --backoff-factor --retry-backoff --retry-wait --retry-interval --waitretry",
     "--retry-delay SECONDS takes the place of the back-off"},
    {"--retry-all-errors --retry-connrefused --retry-on-http-error --retry-status --status-forcelist",
     "what may pass is tried again; --on STATUS=retry adds another status"},
    {"--rate-limit --limit-rate --requests-per-second --rps --qps --throttle", "--rate N/s, N/m, N/h or N/d"},
    {"--concurrency --max-concurrency --parallelism --workers --threads --jobs -j", "--parallel N"},
    /* the request */
    {"-G --get --data-urlencode --url-query --params --param --query-param",
     "--query NAME=VALUE adds to the URL's query"},
    {"--headers --add-header", "--header 'NAME: VALUE' sends one; it may repeat"},
    {"-e --referer", "--header 'Referer: URL' sends it"},
    {"-b --cookie", "--header @FILE sends the lines of FILE, such as 'Cookie: NAME=VALUE'"},
    {"-F --form -T --upload-file", "restsrc write reads records from stdin; --body form sends them as forms"},
    {"--json", "--data TEXT sends JSON"},
    {"--data-raw --data-binary --data-ascii --post-data --body-data --request-body --raw-field",
     "--data TEXT or @FILE"},
    /* pages */
    {"--pagination --paginator --pagination-type --page-style",
     "--paginate STYLE says how the API pages; `restsrc check URL` finds out"},
    {"--page-size-param --per-page-param --limit-param --size-param", "--param-limit NAME"},
    {"--page-param --page-number-param", "--param-page NAME"},
    {"--offset-param --start-param --skip-param", "--param-offset NAME"},
    {"--cursor-param --token-param --page-token-param --next-param", "--param-cursor NAME"},
    {"--per-page --chunk-size", "--page-size N"},
    {"--page-limit --max-page --pages", "--max-pages N"},
    {"--skip", "--offset N is the first record to read, counted from 0"},
    {"--max-records --max-items --max-results --num-records --top", "--limit N says how many records to read"},
    {"--start-page --first-page --initial-page --base-page", "--page-base 0 or 1 is the number of the first page"},
    {"--next-path --next-url-path --next-page-path --next-link --next-cursor --cursor-path --next-cursor-path",
     "--next PATH says where an answer has the next cursor or link"},
    {"--has-more-path", "--has-more PATH"},
    {"--data-path --data-selector --data-key --records-path --record-path --items-path --result-path --results-path "
     "--json-path --jsonpath",
     "--records PATH says where the list is in an answer"},
    {"--total-path --count-path", "--count-from body:PATH"},
    {"--slurp --jq --filter", "records come as lines of JSON, for a pipe to jq"},
    /* from run to run */
    {"--start-date --start-time --from-date --updated-since", "--since TIME, and {since} where the API takes it"},
    {"--end-date --end-time --to-date", "--until TIME, and {until} where the API takes it"},
    {"--cursor-field --incremental-key --replication-key", "--since-path PATH says where a record has its time"},
    {"--primary-key --id-field --id-path", "--id PATH says where a record has its id"},
    {"--state-file --bookmark --checkpoint --resume --continue", "--state FILE keeps where a read has come to"},
    /* what is said */
    {"-s --silent -S --show-error", "errors are always shown; --quiet leaves out warnings and progress"},
    {"-f --fail --fail-with-body --check-status --raise-on-error", "4xx and 5xx are always errors"},
    {"-I --head --debug --trace --log-level", "--verbose shows requests and answers on stderr"},
    {"-O --remote-name --output-document --output-file --outfile", "--output FILE names the file"},
};

static bool same(const char *word, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] != word[i] && !(name[i] == '_' && word[i] == '-'))
            return false;
    return !name[len];
}

const char *habits_use(const char *name)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        for (const char *word = habits[i].words; *word; word += strcspn(word, " "), word += *word == ' ')
            if (same(word, strcspn(word, " "), name))
                return habits[i].use;
    return NULL;
}
