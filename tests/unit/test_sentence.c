/* sentence: which texts count a loss. */
#include "tap.h"
#include "json/sentence.h"

static struct slice text(const char *s)
{
    return (struct slice){s, strlen(s)};
}

int main(void)
{
    static const char *const losses[] = {"imported 2 records",           "Successfully inserted 2 rows",
                                         "2 documents indexed in 0.3 s", "Imported 0 records",
                                         "2 of 3 records inserted",      "2/3",
                                         "imported 2 out of 3",          "1 failed",
                                         "2 rows, 1 row rejected",       "0 of 3 stored"};
    static const char *const fine[] = {"imported 3 records",
                                       "Updated 1 row, inserted 2 rows",
                                       "3 records imported, 2 updated",
                                       "Created 1 table",
                                       "Job 2 created",
                                       "1 request processed",
                                       "2 new records, 1 existing",
                                       "records inserted",
                                       "3 of 3",
                                       "3/3",
                                       "batch 1 of 3",
                                       "0 failed, 0 errors",
                                       "2 of 4",
                                       "",
                                       "1",
                                       "of 3",
                                       "99999999999999999999 of 3",
                                       "not 3",
                                       "page 2/3"};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        ok(sentence_counts_loss(text(losses[i]), 3), "a loss: %s", losses[i]);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        ok(!sentence_counts_loss(text(fine[i]), 3), "none: %s", fine[i]);
    return tap_end();
}
