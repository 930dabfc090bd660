/* secret: secret values: which they are, reading them from files, keeping them out of messages. What a name says, of a
 * header, of a parameter in a URL or of an option, is judged here alone. */
#ifndef RESTSRC_SECRET_H
#define RESTSRC_SECRET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Does the name of a header or a parameter (as it stands in a URL) say that its value is a credential? */
bool secret_is_name(const char *name, size_t len);
/* The same for the name of a 'Name: value' line. */
bool secret_in_header(const char *line);

/* The values that no message may show. A zeroed struct has none; free with secret_free(). */
struct secrets {
    struct buf values; /* each ended by a NUL */
};

/* One more. Values of less than four bytes, true, false and the like are not kept: they would blot out ordinary text.
 */
void secret_hide(struct secrets *s, const char *value);
/* The same for "name:password", with what HTTP Basic makes of it. */
void secret_hide_user(struct secrets *s, const char *name, const char *password);
/* For a 'Name: value' line: the value and its words, when the name says that it carries credentials; from so many bytes
 * on nearly whatever the name. */
void secret_hide_header(struct secrets *s, const char *line, size_t shortest);
/* For the user info and the telling parameters of a URL. */
void secret_hide_url(struct secrets *s, const char *url);
/* For a NAME=VALUE whose name is telling. */
void secret_hide_param(struct secrets *s, const char *param);
void secret_free(struct secrets *s);

/* Puts *** for every secret in text, in place, however it is spelled: see mask_text(). */
void secret_mask(const struct secrets *s, char *text);
/* Is there anything in text that secret_mask() would hide? */
bool secret_hides(const struct secrets *s, const char *text);

/* url as messages may show it: user info and the values of telling parameters become ***. Appends. */
void secret_redact(const char *url, struct buf *out);

/* The content of a file without one trailing newline. EXIT_NO_FILE; EXIT_CONFIG when it is empty or has more than one
 * line. When others can read the file, a line about that is added to warning. */
int secret_read(const char *file, char **value, struct buf *warning, struct error *e);
/* Adds such a line when it is so. */
void secret_check_file(const char *file, struct buf *warning);

#endif
