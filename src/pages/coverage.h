/* coverage: is the list all there? What totals say, where the list ends, and what servers do that hides records: totals
 * that move (--on-drift), an end before records that came, offsets that are ignored. Pure. */
#ifndef RESTSRC_COVERAGE_H
#define RESTSRC_COVERAGE_H

#include "pages/paging.h"

/* Records may be missing; format: one sentence. --on-drift: -1: it is an error, EXIT_ANSWER; 0: it is told, or nothing.
 */
__attribute__((format(printf, 3, 4))) int coverage_doubt(struct paginate *p, struct error *e, const char *format, ...);
/* Takes in the total that a page states; --on-drift. */
int coverage_learn_total(struct paginate *p, const struct page *page, struct error *e);
/* Does the first page of the range say how many records the list has, or has a plan counted them, so that an early end
 * shows? Not where what it says may be its own length, or the range ends before that. */
bool coverage_is_counted(const struct paginate *p, const struct page *page);
/* The list ends at p->position. PAGE_LAST; p->late is set when the latest total is larger: EXIT_ANSWER. */
int coverage_ended(struct paginate *p);
/* The list has ended. Does its last page say that it goes on? --on-drift: a warning, or p->late is set. */
void coverage_check_more(struct paginate *p);
/* The list has ended. Were pages in the middle of it empty, though its total counts them? Then p->late is set. */
void coverage_check_holes(struct paginate *p);
/* A page began with so many records that the last one ended with: records have been added in front of it. --on-drift.
 */
int coverage_shifted(struct paginate *p, int64_t records, struct error *e);

/* The page `end` says that the list ended before it; a later one, also under way, has so many records. What servers
 * answer after the end does not count, but nothing that is not there has records. -1: EXIT_ANSWER. */
int coverage_check_end(const struct paginate *p, const struct page *end, const struct page *later, int64_t records,
                       struct error *e);

/* A range that begins with a page of more records than were asked for: a server that ignores the limit may well ignore
 * the offset. 1: the records are kept; ask for the list's beginning, and call this again with what it has. Then, or
 * when there is no doubt, 0: records and count are those of the page; -1: they are the list's beginning: EXIT_ANSWER.
 */
int coverage_check_start(struct paginate *p, const struct page *page, struct buf *records, int64_t *count,
                         struct error *e);

#endif
