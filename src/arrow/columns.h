/* columns: records, one by one, to the columns of a schema, while their text is walked; no tree of them is made. Pure.
 *
 * A record fits, or it does not: then nothing of it is in the columns of members, which are null. It does not fit where
 * a value has no exact place in its column, and also where what it means is a matter for the caller: a date in an
 * unusual form. The text of such a record goes to the column of misfits, if the schema has one.
 *
 * Values become what Spark's own JSON reader makes of them: a string column takes every value, as it is written; a
 * member that is missing is null; of two of one name the last counts; -0 in a double is -0.
 *
 * Where the first record is an array, records are read by place; where it is neither that nor an object, they are
 * values of the column `value`. Such a first record goes to the column of misfits in any case, so that who reads it
 * knows. So does one that has members without a column while a column has no member: perhaps they are the same. */
#ifndef RESTSRC_COLUMNS_H
#define RESTSRC_COLUMNS_H

#include "arrow/column.h"
#include "arrow/reader.h"

/* Whether records with members that have no column, and are not null, are misfits: none; those where one is seen for
 * the first time; all. COLUMNS_TELL: none, but the names of the first few are kept. */
enum columns_news { COLUMNS_IGNORE, COLUMNS_FIRST, COLUMNS_EVERY, COLUMNS_TELL };

struct columns {
    struct column root; /* a struct; its children are the columns */
    enum columns_news news;
    struct column *record, *misfit; /* those columns of root; NULL: the schema has none */
    size_t members;                 /* how many columns there are beside them */
    char shape;                     /* '{' or '[': how the first record begins; 0: there was none */
    bool met;                       /* a member of an object has had a column */
    bool first, passed;             /* the record at hand is the first; it has a member that has no column */
    uint64_t *told;                 /* digests of the members without a column that were seen */
    size_t told_count;
    struct buf left_out;  /* COLUMNS_TELL: those names in quotes, with commas between */
    struct buf name;      /* of a member, where it has escapes */
    struct reader reader; /* over the last record: why it is a misfit */
};

/* schema and zone, that of times that name none, must outlive it. */
void columns_init(struct columns *s, const struct schema_field *schema, const struct zone *zone,
                  enum columns_news news);
void columns_free(struct columns *s);

/* Adds one record: valid JSON without insignificant white space, as split makes it, with another character after it. At
 * most COLUMNS_LONGEST bytes. false: it is a misfit. */
bool columns_add(struct columns *s, struct slice record);
enum { COLUMNS_LONGEST = 1 << 30 };

/* No records, memory kept. */
void columns_clear(struct columns *s);

#endif
