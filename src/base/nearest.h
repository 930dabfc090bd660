/* nearest: which known name was meant by one that is not known. */
#ifndef RESTSRC_NEAREST_H
#define RESTSRC_NEAREST_H

/* The best of the names that were looked at so far. */
struct nearest {
    const char *name; /* what was given */
    const char *best; /* NULL: none is near */
    unsigned distance;
};

/* The search for a known name that is like this one, which must outlive it. */
struct nearest nearest_to(const char *name);
/* Looks at one more. It is near when few letters differ, or when name is its beginning. */
void nearest_look(struct nearest *n, const char *known);

#endif
