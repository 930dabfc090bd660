/* ca: which certificates of authorities are taken, in curl's order. */
#include "http/ca.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#define THERE     "/dev/null"
#define NOT_THERE "/dev/null/none"

static const char *const variables[] = {"CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "RESTSRC_CA_FALLBACK"};

static void forget(void)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
}

static void check_environment(void)
{
    setenv("SSL_CERT_FILE", "/file", 1);
    is_text(ca_find(THERE, NULL).file, "/file", "SSL_CERT_FILE wins over the place that libcurl was built for");
    is_text(ca_find(THERE, THERE).dir, NULL, "and over its folder");
    setenv("SSL_CERT_DIR", "/dir", 1);
    is_text(ca_find(THERE, THERE).dir, "/dir", "SSL_CERT_DIR");
    is_text(ca_find(THERE, NULL).file, "/file", "which may be given together with SSL_CERT_FILE");
    setenv("CURL_CA_BUNDLE", "/bundle", 1);
    is_text(ca_find(THERE, NULL).file, "/bundle", "CURL_CA_BUNDLE comes first");
    is_text(ca_find(THERE, NULL).dir, NULL, "and alone");
    setenv("CURL_CA_BUNDLE", "", 1);
    is_text(ca_find(THERE, NULL).dir, "/dir", "an empty variable counts as none");
    unsetenv("CURL_CA_BUNDLE");
    unsetenv("SSL_CERT_FILE");
    is_text(ca_find(THERE, "/dev").file, THERE, "SSL_CERT_DIR alone does not replace the bundle");
    is_text(ca_find(THERE, "/dev").dir, "/dir", "but the folder");
    forget();
}

static void check_places(void)
{
    setenv("RESTSRC_CA_FALLBACK", THERE, 1);
    is_text(ca_find("/dev/zero", "/dev").file, "/dev/zero", "libcurl's own file, where it is there");
    is_text(ca_find("/dev/zero", "/dev").dir, "/dev", "and its folder");
    struct ca found = ca_find(NOT_THERE, NOT_THERE);
    ok(found.file && access(found.file, R_OK) == 0 && !found.dir,
       "else a bundle of the system's, or the caller's own: %s", found.file ? found.file : "none");
    forget();
}

int main(void)
{
    forget();
    check_environment();
    check_places();
    return tap_end();
}
