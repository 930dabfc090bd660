/* tally: how many records the list has, proved while discovery tries. */
#ifndef RESTSRC_TALLY_H
#define RESTSRC_TALLY_H

#include <stdint.h>

struct compare;

/* After an answer that is a shorter page, with so many records of the list before it: a number that stays is a count,
 * and not the length of a page. */
void tally_weigh(struct compare *c, int64_t before);
/* After one to a page of one record: the number of the last page is the count. */
void tally_pages(struct compare *c);
/* Asks a counting URL beside the list. */
void tally_url(struct compare *c);
/* What is believed at last, and what to set for it. */
void tally_outcome(struct compare *c);

#endif
