/* list: texts in a row, such as the values of an option that may repeat. A zeroed struct is an empty list. */
#ifndef RESTSRC_LIST_H
#define RESTSRC_LIST_H

#include <stddef.h>

struct list {
    size_t count;
    char **item; /* owned */
};

/* Adds a copy of text at the end. */
void list_add(struct list *list, const char *text);
void list_free(struct list *list);

#endif
