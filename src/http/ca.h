/* ca: the certificates of authorities that servers are checked by, in curl's order: CURL_CA_BUNDLE; SSL_CERT_FILE and
 * SSL_CERT_DIR; what libcurl was built for; where that is not there (a static libcurl knows no place), the places where
 * Linux distributions have them: a bundle, else a folder. SSL_CERT_DIR alone takes the place of folders, not of the
 * bundle. */
#ifndef RESTSRC_CA_H
#define RESTSRC_CA_H

/* Borrowed texts; both NULL: nothing was found. */
struct ca {
    const char *file; /* a bundle, PEM */
    const char *dir;  /* hashed names, as of c_rehash */
};

/* built_file, built_dir: what libcurl was built for; NULL: no such place. */
struct ca ca_find(const char *built_file, const char *built_dir);

#endif
