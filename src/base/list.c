/* list: texts in a row. */
#include "base/list.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void list_add(struct list *list, const char *text)
{
    bool full = (list->count & (list->count - 1)) == 0; /* a power of two, or 0: there is room for no more */
    if (full)
        list->item = mem_grown(list->item, (list->count ? 2 * list->count : 1) * sizeof *list->item);
    list->item[list->count++] = mem_text(text, strlen(text));
}

void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i]);
    free(list->item);
    *list = (struct list){0};
}
