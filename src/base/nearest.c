/* nearest: the smallest number of changed letters (Levenshtein's distance). */
#include "base/nearest.h"

#include <string.h>

enum { LONGEST = 31, FAR = 4 };

static unsigned distance(const char *a, const char *b)
{
    unsigned row[LONGEST + 1];
    size_t width = strlen(b);
    if (strlen(a) > LONGEST || width > LONGEST)
        return FAR;
    for (unsigned i = 0; i <= width; i++)
        row[i] = i;
    for (; *a; a++) {
        unsigned diagonal = row[0]++;
        for (size_t i = 1; i <= width; i++) {
            unsigned swap = diagonal + (*a != b[i - 1]);
            unsigned gap = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            diagonal = row[i];
            row[i] = swap < gap ? swap : gap;
        }
    }
    return row[width];
}

struct nearest nearest_to(const char *name)
{
    return (struct nearest){.name = name, .distance = FAR};
}

void nearest_look(struct nearest *n, const char *known)
{
    size_t len = strlen(n->name);
    unsigned d = len > 2 && strncmp(known, n->name, len) == 0 ? 1 : distance(n->name, known);
    if (len > 1 && d < n->distance && d < strlen(known)) {
        n->distance = d;
        n->best = known;
    }
}
