/* libFuzzer target: whatever a token URL, a helper or a cache file says, a token fits into a header line, and is the
 * same after it was kept. */
#include <math.h>

#include "fuzz.h"
#include "http/token.h"

static void check(struct token *token, bool found)
{
    struct token again = {0};
    struct token_failure failure = {0};
    struct buf kept = {0};
    require(isfinite(token->expires) && token->expires >= 0);
    require(!found || !token->access_token.len || !memchr(token->access_token.data, '\n', token->access_token.len));
    token_save(token, NULL, &kept);
    token_load(buf_text(&kept), kept.len, &again, &failure);
    require(!found || again.access_token.len == token->access_token.len);
    token_free(&again);
    token_free(token);
    buf_free(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct token token = {0};
    struct token_failure failure = {0};
    struct buf claims = {0};
    char detail[200];
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    check(&token, token_read(text, size, NULL, 1e9, &token) == 0);
    token = (struct token){0};
    check(&token, token_read_command(text, size, 1e9, &token) == 0);
    token = (struct token){0};
    token_load(text, size, &token, &failure);
    token_free(&token);
    token_instead(text, size, detail, sizeof detail);
    require(strlen(detail) < sizeof detail);
    token_claims(text, &claims);
    buf_free(&claims);
    free(text);
    return 0;
}
