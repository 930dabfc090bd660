/* sigv4: AWS's published test vectors (aws-sig-v4-test-suite, and the example of its documentation), and what botocore
 * 1.44 signs for URLs that are not in them. */
#include "http/sigv4.h"

#include "http/sha256.h"
#include "tap.h"

static void digests(const char *text, const char *want)
{
    unsigned char digest[SHA256_BYTES];
    struct buf hex = {0};
    sha256(text, strlen(text), digest);
    sha256_hex(digest, &hex);
    is_text(buf_text(&hex), want, want);
    buf_free(&hex);
}

static void check_sha256(void)
{
    digests("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digests("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digests("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void signs(const char *provider, const char *method, const char *url, const char *type, const char *body,
                  const char *want)
{
    const char *header[] = {type ? type : "Accept: */*"};
    struct sigv4 s = {.provider = provider,
                      .access_key = "AKIDEXAMPLE",
                      .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                      .method = method,
                      .url = url,
                      .header = header,
                      .headers = 1,
                      .body = body,
                      .body_len = strlen(body),
                      .time = 1440938160}; /* 2015-08-30 12:36 */
    struct buf lines = {0};
    struct error e = {0};
    int result = sigv4_sign(&s, &lines, &e);
    const char *signature = strstr(buf_text(&lines), "Signature=");
    ok(result == 0 && signature && strncmp(signature + 10, want, 64) == 0, "%s %s", method, url);
    ok(strstr(buf_text(&lines), "X-Amz-Date: 20150830T123600Z\n"), "its date has a header");
    if (result || !signature || strncmp(signature + 10, want, 64))
        tap_note("%s%s", e.message, buf_text(&lines));
    buf_free(&lines);
}

static void check_vectors(void)
{
    static const char suite[] = "aws:amz:us-east-1:service";
    signs(suite, "GET", "https://example.amazonaws.com/", NULL, "",
          "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    signs(suite, "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", NULL, "",
          "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    signs(suite, "POST", "https://example.amazonaws.com/", NULL, "",
          "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    signs(suite, "GET", "https://example.amazonaws.com:443/", NULL, "",
          "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    signs(suite, "GET", "https://example.amazonaws.com:8443/", NULL, "",
          "6c603abd17f7fbcfc7898db27fd6c82700a814be690b4fdeb418d9bf88d6df2c");
    signs("aws:amz:us-east-1:iam", "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
          "Content-Type: application/x-www-form-urlencoded; charset=utf-8", "",
          "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

static void check_botocore(void)
{
    static const char api[] = "aws:amz:us-east-1:execute-api";
    signs(api, "GET", "https://example.amazonaws.com/stage/my%20items?page=1&page-size=2&page2=3", NULL, "",
          "f522594188e4785bf5f51306786095d6f0a61fc18700837342bb830ac239e379");
    signs(api, "GET", "https://example.amazonaws.com/tables/arn%3Aaws%3As3/items?sort=name&sort=age", NULL, "",
          "9352b14fb8bb1898c1eee18a1355f72e407cedafe3478f6c75967b49f6950bd8");
    signs(api, "GET", "https://example.amazonaws.com/stage/dt=2024/~me/@all?a=1%2C2", NULL, "",
          "32fddbec4fe7bd1a2824ac9d501b627b3c292e8a9833e04c3cb7b8c64abb4b32");
    signs("aws:amz:us-east-1:s3", "GET", "https://b.s3.amazonaws.com/my%20key/a%3Ab?list-type=2", NULL, "",
          "191357ce5f3f1547be06bd39a0e18feae8dddb443f0dc1764d5521ad85c79be3");
}

static void refuses(const char *provider)
{
    struct sigv4 s = {.provider = provider, .access_key = "a", .secret_key = "b", .method = "GET", .url = "http://h/"};
    struct buf lines = {0};
    struct error e = {0};
    ok(sigv4_sign(&s, &lines, &e) == -1 && e.code == EXIT_USAGE, "provider <%s> is refused", provider);
    buf_free(&lines);
}

int main(void)
{
    check_sha256();
    check_vectors();
    check_botocore();
    refuses("");
    refuses("aws");
    refuses("aws:amz");
    refuses("aws:amz:eu-west-1:s3:more");
    return tap_end();
}
