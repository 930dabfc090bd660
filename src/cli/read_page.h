/* read_page: the bytes of one answer: are they a page of the list? Callbacks of transfer; ctx is a struct read_run. */
#ifndef RESTSRC_READ_PAGE_H
#define RESTSRC_READ_PAGE_H

#include "cli/read_run.h"

/* An attempt begins. */
void read_page_begin(void *ctx, struct exchange *x);
/* Some of its bytes. -1: EXIT_ANSWER, or with --stream EXIT_IO. */
int read_page_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e);
/* All of them: what the answer says beside its records. 1: it is cut short. -1: EXIT_ANSWER. */
int read_page_said(void *ctx, struct exchange *x, struct slice *said, struct error *e);
/* No rule is against it. -1: EXIT_ANSWER: it has no list of records, or says that it is an error. */
int read_page_whole(void *ctx, struct exchange *x, struct error *e);

/* What a slot of the window has kept. */
void read_page_free(struct held_page *h);

#endif
