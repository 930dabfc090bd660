/* The ONE table of options; see options.h. A new option is a row here, a member of struct options and an entry in restsrc(1). */
#include "options.h"

#include <stddef.h>

#define READ COMMAND_READ
#define COUNT COMMAND_COUNT
#define WRITE COMMAND_WRITE
#define CALL COMMAND_CALL
#define CHECK COMMAND_CHECK
#define PAGES (READ | COUNT)
#define ALL (PAGES | WRITE | CALL | CHECK)
#define AT(member) offsetof(struct options, member)

const struct option_row option_table[] = {
    {"url", 0, "range", OPTION_TEXT, "URL", AT(url), NULL, 0, ALL, OPTION_ANYWHERE, "the API's list; the same as the operand"},
    {"offset", 0, "range", OPTION_INTEGER, "N", AT(offset), "0", 0, READ, OPTION_ANYWHERE, "the first record to read, counted from 0"},
    {"limit", 0, "range", OPTION_INTEGER, "N", AT(limit), NULL, 0, READ, OPTION_ANYWHERE, "how many records to read (to the end)"},
    {"page-size", 0, "range", OPTION_INTEGER, "N", AT(page_size), "100", 1, READ, OPTION_ANYWHERE, "how many records to ask for in one page"},
    {"max-pages", 0, "range", OPTION_INTEGER, "N", AT(max_pages), NULL, 1, READ, OPTION_ANYWHERE, "stop after N pages; the summary says where to go on"},
    {"expect", 0, "range", OPTION_INTEGER, "N", AT(expect), NULL, 0, READ, OPTION_ANYWHERE, "fewer records than N are an error (76)"},
    {"planned-total", 0, "range", OPTION_INTEGER, "N", AT(planned_total), NULL, 0, READ, OPTION_ANYWHERE, "the count that the range was planned by: another one is drift"},
    {"on-drift", 0, "range", OPTION_CHOICE, "fail|warn|ignore", AT(on_drift), "warn", 0, READ, OPTION_ANYWHERE, "what to do when the total changes while reading"},
    {"allow-repeats", 0, "range", OPTION_FLAG, NULL, AT(allow_repeats), "false", 0, READ, OPTION_ANYWHERE, "two pages with the same bytes are no error"},

    {"paginate", 0, "pages", OPTION_CHOICE, "offset|page|cursor|last-id|next-url|link|range|none|auto", AT(paginate), "offset", 0, PAGES, OPTION_ANYWHERE, "how the API pages its lists"},
    {"records", 0, "pages", OPTION_TEXT, "PATH", AT(records), NULL, 0, PAGES | CHECK, OPTION_ANYWHERE, "where the list of records is in a page (found by itself)"},
    {"error-is-empty", 0, "pages", OPTION_FLAG, NULL, AT(error_is_empty), "false", 0, PAGES, OPTION_ANYWHERE, "an empty list beside an error is an empty list, and no error"},
    {"absent-is-empty", 0, "pages", OPTION_FLAG, NULL, AT(absent_is_empty), "false", 0, READ, OPTION_ANYWHERE, "an answer that does not have --records has no records"},
    {"param-offset", 0, "pages", OPTION_TEXT, "NAME", AT(param_offset), "offset", 0, PAGES, OPTION_ANYWHERE, "the parameter for the offset"},
    {"param-limit", 0, "pages", OPTION_TEXT, "NAME", AT(param_limit), NULL, 0, PAGES, OPTION_ANYWHERE, "the parameter for the page size (limit; next-url, link, range, none: not sent); '' sends none"},
    {"param-page", 0, "pages", OPTION_TEXT, "NAME", AT(param_page), "page", 0, PAGES, OPTION_ANYWHERE, "the parameter for the page number"},
    {"page-base", 0, "pages", OPTION_CHOICE, "0|1", AT(page_base), "1", 0, PAGES, OPTION_ANYWHERE, "the number of the first page"},
    {"param-cursor", 0, "pages", OPTION_TEXT, "NAME", AT(param_cursor), "cursor", 0, PAGES, OPTION_ANYWHERE, "the parameter for the cursor or the last id"},
    {"page-in", 0, "pages", OPTION_CHOICE, "query|query-json|body|header", AT(page_in), "query", 0, PAGES, OPTION_ANYWHERE, "where these go; query-json: as JSON text; body: into the object of --data"},
    {"next", 0, "pages", OPTION_TEXT, "PATH|header:NAME", AT(next), NULL, 0, PAGES, OPTION_ANYWHERE, "where the next cursor or link is (found by itself)"},
    {"has-more", 0, "pages", OPTION_TEXT, "PATH", AT(has_more), NULL, 0, PAGES, OPTION_ANYWHERE, "false there says that a page is the last (has_more, hasMore and the like)"},
    {"id", 0, "pages", OPTION_TEXT, "PATH", AT(id), "id", 0, PAGES, OPTION_ANYWHERE, "where a record has its id, for last-id"},
    {"cursor", 0, "pages", OPTION_TEXT, "VALUE", AT(cursor), NULL, 0, READ, OPTION_ANYWHERE, "the cursor, id or link to start from"},
    {"cursor-inclusive", 0, "pages", OPTION_FLAG, NULL, AT(cursor_inclusive), "false", 0, READ, OPTION_ANYWHERE, "a page begins with the record that the last one ended with: drop it"},
    {"stream", 0, "pages", OPTION_FLAG, NULL, AT(stream), "false", 0, READ, OPTION_ANYWHERE, "with --paginate none: write records while the body arrives; it may be larger than memory"},
    {"parallel", 0, "pages", OPTION_INTEGER, "N", AT(parallel), NULL, 1, READ | WRITE, OPTION_ANYWHERE, "requests under way at the same time (read: 4, write: 1, which keeps the order)"},

    {"count-from", 0, "count", OPTION_TEXT, "SOURCE", AT(count_from), "auto", 0, PAGES | CHECK, OPTION_ANYWHERE, "auto, url:URL[#PATH], body:PATH, header:NAME, content-range or last-page"},

    {"header", 'H', "request", OPTION_LIST, "'NAME: VALUE'|@FILE", AT(header), NULL, 0, ALL, OPTION_ANYWHERE, "a header to send; @FILE: one a line"},
    {"method", 'X', "request", OPTION_CHOICE, "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS", AT(method), NULL, 0, ALL, OPTION_ANYWHERE, "the request method (GET; POST with --data and for write)"},
    {"data", 'd', "request", OPTION_TEXT, "TEXT|@FILE|-", AT(data), NULL, 0, PAGES | CALL, OPTION_ANYWHERE, "the body to send"},
    {"query", 0, "request", OPTION_LIST, "NAME=VALUE", AT(query), NULL, 0, ALL, OPTION_ANYWHERE, "a query parameter to send"},
    {"compressed", 0, "request", OPTION_FLAG, NULL, AT(compressed), "true", 0, ALL, OPTION_ANYWHERE, "ask for compressed answers"},
    {"user-agent", 'A', "request", OPTION_TEXT, "NAME", AT(user_agent), NULL, 0, ALL, OPTION_ANYWHERE, "the User-Agent to send"},

    {"batch-size", 0, "write", OPTION_INTEGER, "N", AT(batch_size), "50", 1, WRITE, OPTION_ANYWHERE, "records in one request, at the most"},
    {"batch-bytes", 0, "write", OPTION_INTEGER, "BYTES", AT(batch_bytes), "16777216", 1, WRITE, OPTION_ANYWHERE, "bytes in one request, before compression, at the most"},
    {"body", 0, "write", OPTION_TEXT, "SHAPE", AT(body), "array", 0, WRITE, OPTION_ANYWHERE, "array, object:KEY, ndjson, single or single:KEY"},
    {"ndjson-prefix", 0, "write", OPTION_TEXT, "JSON", AT(ndjson_prefix), NULL, 0, WRITE, OPTION_ANYWHERE, "with ndjson, a line before each record"},
    {"url-template", 0, "write", OPTION_TEXT, "URL", AT(url_template), NULL, 0, WRITE, OPTION_ANYWHERE, "a URL for each record: {PATH} stands for what the record has there"},
    {"compress-body", 0, "write", OPTION_FLAG, NULL, AT(compress_body), "false", 0, WRITE, OPTION_ANYWHERE, "send bodies compressed (gzip)"},
    {"idempotency-key", 0, "write", OPTION_TEXT, "PREFIX", AT(idempotency_key), NULL, 0, WRITE | CALL, OPTION_ANYWHERE, "send a key with each request, made of PREFIX and the body"},
    {"idempotency-header", 0, "write", OPTION_TEXT, "NAME", AT(idempotency_header), "Idempotency-Key", 0, WRITE | CALL, OPTION_ANYWHERE, "the header for that key"},
    {"idempotent", 0, "write", OPTION_FLAG, NULL, AT(idempotent), "true", 0, WRITE | CALL, OPTION_ANYWHERE, "trust the server to heed the key, and try again where it may have stored a batch"},
    {"reject-file", 0, "write", OPTION_TEXT, "FILE", AT(reject_file), NULL, 0, WRITE, OPTION_ANYWHERE, "find out the bad records of a refused batch and write them there"},
    {"max-rejects", 0, "write", OPTION_INTEGER, "N", AT(max_rejects), NULL, 0, WRITE, OPTION_ANYWHERE, "more bad records than N end the run (0; no limit with --reject-file)"},
    {"replay", 0, "write", OPTION_TEXT, "FILE", AT(replay), NULL, 0, WRITE, OPTION_LINE_ONLY, "send the records of a reject file instead of standard input"},
    {"end-marker", 0, "write", OPTION_TEXT, "TEXT", AT(end_marker), NULL, 0, WRITE, OPTION_LINE_ONLY, "the line that must end the input; without it the input is torn"},
    {"results", 0, "write", OPTION_TEXT, "PATH", AT(results), NULL, 0, WRITE, OPTION_ANYWHERE, "where an answer has a list of results, one a record (found by itself)"},
    {"result-status", 0, "write", OPTION_TEXT, "PATH", AT(result_status), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has its status: 400 or more is a reject"},
    {"result-error", 0, "write", OPTION_TEXT, "PATH", AT(result_error), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has its error: anything there is a reject"},
    {"ids", 0, "write", OPTION_TEXT, "PATH", AT(ids), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has the id that the server gave"},
    {"ids-file", 0, "write", OPTION_TEXT, "FILE", AT(ids_file), NULL, 0, WRITE, OPTION_ANYWHERE, "write these ids there, one a line, in the order of the input"},

    {"bearer-file", 0, "auth", OPTION_TEXT, "FILE", AT(bearer_file), NULL, 0, ALL, OPTION_ANYWHERE, "send the token in FILE: Authorization: Bearer"},
    {"bearer", 0, "auth", OPTION_TEXT, "TOKEN", AT(bearer), NULL, 0, ALL, OPTION_FILE_ONLY, "the token itself"},
    {"user-file", 0, "auth", OPTION_TEXT, "FILE", AT(user_file), NULL, 0, ALL, OPTION_ANYWHERE, "HTTP Basic with the name:password in FILE"},
    {"user", 0, "auth", OPTION_TEXT, "NAME:PASSWORD", AT(user), NULL, 0, ALL, OPTION_FILE_ONLY, "the name:password itself"},
    {"netrc", 'n', "auth", OPTION_FLAG, NULL, AT(netrc), "false", 0, ALL, OPTION_ANYWHERE, "take the user from ~/.netrc"},
    {"netrc-file", 0, "auth", OPTION_TEXT, "FILE", AT(netrc_file), NULL, 0, ALL, OPTION_ANYWHERE, "take the user from FILE, as from ~/.netrc"},
    {"query-secret", 0, "auth", OPTION_LIST, "NAME=@FILE", AT(query_secret), NULL, 0, ALL, OPTION_AT_FILE, "a query parameter whose value is the content of FILE"},
    {"oauth-token-url", 0, "auth", OPTION_TEXT, "URL", AT(oauth_token_url), NULL, 0, ALL, OPTION_ANYWHERE, "get a token there (OAuth 2)"},
    {"oauth-client-id", 0, "auth", OPTION_TEXT, "ID", AT(oauth_client_id), NULL, 0, ALL, OPTION_ANYWHERE, "the client's id"},
    {"oauth-client-secret-file", 0, "auth", OPTION_TEXT, "FILE", AT(oauth_client_secret_file), NULL, 0, ALL, OPTION_ANYWHERE, "where the client's secret is"},
    {"oauth-client-secret", 0, "auth", OPTION_TEXT, "SECRET", AT(oauth_client_secret), NULL, 0, ALL, OPTION_FILE_ONLY, "the client's secret itself"},
    {"oauth-refresh-token-file", 0, "auth", OPTION_TEXT, "FILE", AT(oauth_refresh_token_file), NULL, 0, ALL, OPTION_ANYWHERE, "use the refresh token in FILE instead of client credentials"},
    {"oauth-refresh-token", 0, "auth", OPTION_TEXT, "TOKEN", AT(oauth_refresh_token), NULL, 0, ALL, OPTION_FILE_ONLY, "the refresh token itself"},
    {"oauth-scope", 0, "auth", OPTION_TEXT, "SCOPE", AT(oauth_scope), NULL, 0, ALL, OPTION_ANYWHERE, "the scope to ask for"},
    {"oauth-audience", 0, "auth", OPTION_TEXT, "AUDIENCE", AT(oauth_audience), NULL, 0, ALL, OPTION_ANYWHERE, "the audience to ask for"},
    {"oauth-param", 0, "auth", OPTION_LIST, "NAME=VALUE", AT(oauth_param), NULL, 0, ALL, OPTION_ANYWHERE, "another parameter for the token URL"},
    {"oauth-auth", 0, "auth", OPTION_CHOICE, "basic|body", AT(oauth_auth), "basic", 0, ALL, OPTION_ANYWHERE, "how the client shows its secret to the token URL"},
    {"cert", 'E', "auth", OPTION_TEXT, "FILE", AT(cert), NULL, 0, ALL, OPTION_ANYWHERE, "the client's certificate (PEM), for mutual TLS"},
    {"key", 0, "auth", OPTION_TEXT, "FILE", AT(key), NULL, 0, ALL, OPTION_ANYWHERE, "the key of that certificate (PEM)"},
    {"aws-sigv4", 0, "auth", OPTION_TEXT, "PROVIDER", AT(aws_sigv4), NULL, 0, ALL, OPTION_ANYWHERE, "sign requests (experimental), e.g. aws:amz:eu-west-1:execute-api; keys in --user-file"},

    {"connect-timeout", 0, "network", OPTION_NUMBER, "SECONDS", AT(connect_timeout), "10", 0, ALL, OPTION_ANYWHERE, "how long a connection may take to come about"},
    {"max-time", 'm', "network", OPTION_NUMBER, "SECONDS", AT(max_time), "0", 0, ALL, OPTION_ANYWHERE, "how long one request may take; 0: no limit"},
    {"speed-limit", 'Y', "network", OPTION_INTEGER, "BYTES", AT(speed_limit), "1", 0, ALL, OPTION_ANYWHERE, "slower than this, in bytes a second ..."},
    {"speed-time", 'y', "network", OPTION_NUMBER, "SECONDS", AT(speed_time), "60", 0, ALL, OPTION_ANYWHERE, "... for this long counts as a time-out"},
    {"retry", 0, "network", OPTION_INTEGER, "N", AT(retry), "5", 0, ALL, OPTION_ANYWHERE, "how often to try a request again"},
    {"retry-delay", 0, "network", OPTION_NUMBER, "SECONDS", AT(retry_delay), NULL, 0, ALL, OPTION_ANYWHERE, "wait this long instead of backing off from 1 s"},
    {"retry-max-time", 0, "network", OPTION_NUMBER, "SECONDS", AT(retry_max_time), NULL, 0, ALL, OPTION_ANYWHERE, "start no retry later than this after the first try"},
    {"max-redirs", 0, "network", OPTION_INTEGER, "N", AT(max_redirs), "5", 0, ALL, OPTION_ANYWHERE, "redirects to follow, within the same origin"},
    {"max-page-bytes", 0, "network", OPTION_INTEGER, "BYTES", AT(max_page_bytes), "268435456", 1, ALL, OPTION_ANYWHERE, "the largest page to accept, decompressed"},
    {"trust-host", 0, "network", OPTION_LIST, "HOST", AT(trust_host), NULL, 0, ALL, OPTION_ANYWHERE, "follow links and redirects to this host, too, with all headers"},
    {"rate", 0, "network", OPTION_TEXT, "N/s|N/m|N/h|N/d", AT(rate), NULL, 0, ALL, OPTION_ANYWHERE, "send at most so many requests"},
    {"rate-scope", 0, "network", OPTION_CHOICE, "process|machine", AT(rate_scope), "process", 0, ALL, OPTION_ANYWHERE, "whether all processes of the user on this machine share rate and pauses"},
    {"proxy", 'x', "network", OPTION_TEXT, "URL", AT(proxy), NULL, 0, ALL, OPTION_ANYWHERE, "go through this proxy (as the environment says)"},
    {"cacert", 0, "network", OPTION_TEXT, "FILE", AT(cacert), NULL, 0, ALL, OPTION_ANYWHERE, "trust the certificates in FILE (PEM)"},

    {"config", 'K', "process", OPTION_TEXT, "FILE", AT(config), NULL, 0, ALL, OPTION_LINE_ONLY, "read options from FILE, one 'name = value' a line"},
    {"api", 0, "process", OPTION_TEXT, "NAME", AT(api), NULL, 0, ALL, OPTION_ANYWHERE, "take options from the preset of an API; `restsrc help apis` lists them"},
    {"config-fd", 0, "process", OPTION_INTEGER, "N", AT(config_fd), NULL, 0, ALL, OPTION_LINE_ONLY, "the same from an open file descriptor"},
    {"summary-fd", 0, "process", OPTION_INTEGER, "N", AT(summary_fd), NULL, 0, READ, OPTION_LINE_ONLY, "write a JSON summary to this file descriptor"},
    {"error-format", 0, "process", OPTION_CHOICE, "text|json", AT(error_format), "text", 0, ALL, OPTION_ANYWHERE, "how an error is told on stderr"},
    {"die-with-parent", 0, "process", OPTION_FLAG, NULL, AT(die_with_parent), "false", 0, ALL, OPTION_LINE_ONLY, "end when the parent process ends"},
    {"trace-ids", 0, "process", OPTION_FLAG, NULL, AT(trace_ids), "false", 0, ALL, OPTION_ANYWHERE, "send a traceparent header (W3C) with each request"},
    {"verbose", 'v', "process", OPTION_FLAG, NULL, AT(verbose), "false", 0, ALL, OPTION_ANYWHERE, "show requests and answers on stderr"},
    {"quiet", 'q', "process", OPTION_FLAG, NULL, AT(quiet), "false", 0, ALL, OPTION_ANYWHERE, "no warnings and notes"},
    {"progress-meter", 0, "process", OPTION_FLAG, NULL, AT(progress_meter), "true", 0, READ | WRITE, OPTION_ANYWHERE, "show progress when stderr is a terminal"},
};
const size_t option_count = sizeof option_table / sizeof *option_table;
