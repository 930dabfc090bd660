/* list: texts in a row. */
#include "base/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void list_add(struct list *list, const char *text)
{
    char **grown = mem_zeroed(list->count + 1, sizeof *grown);
    for (size_t i = 0; i < list->count; i++)
        grown[i] = list->item[i];
    free(list->item);
    list->item = grown;
    list->item[list->count++] = mem_text(text, strlen(text));
}

void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i]);
    free(list->item);
    *list = (struct list){0};
}
