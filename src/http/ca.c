/* ca: where certificates of authorities are. */
#include "http/ca.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Red Hat, Fedora, Amazon Linux 2 and 2023 */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* the same, older */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* SUSE */
    "/etc/ssl/ca-bundle.pem",                            /* the same, older */
    "/etc/ssl/cert.pem",                                 /* Alpine's base image, BSDs */
};

static const char *const folders[] = {
    "/etc/ssl/certs",                                 /* Debian, SUSE */
    "/etc/pki/ca-trust/extracted/pem/directory-hash", /* Fedora, Red Hat 10 */
    "/etc/pki/tls/certs",                             /* older ones */
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

/* 01234567.0, by the certificate's subject: OpenSSL does not find others in a folder. */
static bool is_hashed(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && strspn(name + 9, "0123456789") > 0;
}

static const char *if_it_has_some(const char *folder)
{
    DIR *open = opendir(folder);
    bool has = false;
    struct dirent *entry;
    while (open && !has && (entry = readdir(open)))
        has = is_hashed(entry->d_name);
    if (open)
        closedir(open);
    return has ? folder : NULL;
}

static struct ca usual(void)
{
    struct ca ca = {0};
    for (size_t i = 0; !ca.file && i < sizeof bundles / sizeof *bundles; i++)
        ca.file = if_there(bundles[i]);
    for (size_t i = 0; !ca.file && !ca.dir && i < sizeof folders / sizeof *folders; i++)
        ca.dir = if_it_has_some(folders[i]);
    if (!ca.file && !ca.dir) /* a caller's own, such as Python's certifi */
        ca.file = if_there(environment("RESTSRC_CA_FALLBACK"));
    return ca;
}

struct ca ca_find(const char *built_file, const char *built_dir)
{
    /* there or not: a wrong one is told */
    struct ca named = {.file = environment("CURL_CA_BUNDLE")};
    if (!named.file)
        named = (struct ca){environment("SSL_CERT_FILE"), environment("SSL_CERT_DIR")};
    if (named.file)
        return named;
    struct ca ca = {if_there(built_file), if_there(built_dir)};
    if (!ca.file && !ca.dir)
        ca = usual();
    return named.dir ? (struct ca){ca.file, named.dir} : ca;
}
