/* ca: where certificates of authorities are. */
#include "http/ca.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Red Hat, Fedora, Amazon Linux 2 and 2023 */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* the same, older */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* SUSE */
    "/etc/ssl/ca-bundle.pem",                            /* the same, older */
    "/etc/ssl/cert.pem",                                 /* Alpine's base image, BSDs */
};

/* The value of an environment variable, where it has one. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *if_there(const char *path)
{
    return path && access(path, R_OK) == 0 ? path : NULL;
}

struct ca ca_find(const char *built_file, const char *built_dir)
{
    struct ca ca = {.file = environment("CURL_CA_BUNDLE")};
    if (!ca.file)
        ca = (struct ca){environment("SSL_CERT_FILE"), environment("SSL_CERT_DIR")};
    if (ca.file || ca.dir)
        return ca; /* there or not: a wrong one is told */
    ca = (struct ca){if_there(built_file), if_there(built_dir)};
    for (size_t i = 0; !ca.file && !ca.dir && i < sizeof bundles / sizeof *bundles; i++)
        ca.file = if_there(bundles[i]);
    if (!ca.file && !ca.dir) /* a caller's own, such as Python's certifi */
        ca.file = if_there(environment("RESTSRC_CA_FALLBACK"));
    return ca;
}
