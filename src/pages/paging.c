/* paging: what all of pages/ shares. */
#include "pages/paging.h"

int paging_records(const char *text, struct path *records, struct error *e)
{
    if (!text) {
        path_usual_records(records);
        return 0;
    }
    return path_records(records, text, e);
}
