/* split_state: what the splitter works on, what it found, and where it stands; what they mean is in split.h. */
#ifndef RESTSRC_SPLIT_STATE_H
#define RESTSRC_SPLIT_STATE_H

#include "base/buf.h"
#include "json/path.h"
#include "json/scan.h"
#include <stdbool.h>
#include <stdint.h>

enum { SPLIT_DEPTH = 512, SPLIT_KEY = 256 };

/* The containers that are open. */
struct nesting {
    unsigned depth;
    bool in_object;                        /* the innermost is one */
    uint64_t object[SPLIT_DEPTH / 64 + 1]; /* a bit a level: is it one? */
};

struct split {
    /* what it works on, none of it owned */
    const struct path *records;
    struct buf *out;
    struct buf *envelope;

    /* what it found */
    int64_t count;      /* records in out */
    int way;            /* which way of `records` led to them; -1: none yet */
    bool lines;         /* set by the caller after split_start(): NDJSON is welcome */
    bool guarded;       /* set by the caller after split_start(): )]}' may stand before it, which keeps scripts off */
    bool many;          /* it is NDJSON */
    bool settled;       /* set by the caller: records have been used, so no better place for them may follow */
    bool sure;          /* set by the caller: the place found for them is the one, whatever follows */
    bool null_records;  /* the value at `records` is null */
    bool scalar;        /* the whole text is neither array nor object */
    uint64_t position;  /* bytes taken; after an error, the byte that is wrong */
    const char *reason; /* after an error: what is wrong, in a few words */

    /* where it stands */
    int state;
    struct nesting nest;
    unsigned records_depth;         /* depth inside the records array; 0: not in it */
    unsigned picked_depth;          /* depth of the record under way, where each is picked by itself */
    size_t records_at;              /* where the envelope has, or had, the records */
    struct buf *to;                 /* out or envelope */
    const unsigned char *run;       /* start of bytes of this chunk that are not yet in `to` */
    const struct scan_kind *scan;   /* for the fast lane, */
    const unsigned char *lane_from; /* which may take the bytes of this chunk from here on */
    bool in_key;
    unsigned char number;   /* state of a number under way */
    unsigned char text_pos; /* how far in a literal or a \u escape */
    const char *literal;
    unsigned char need, low, high; /* UTF-8: bytes to come, bounds of the next */
    uint32_t open[PATH_DEPTH + 1]; /* a bit a way: may it lead on through the container open at this level? */
    uint32_t wanted;               /* a bit a way: does it lead to or through the value that comes next? */
    size_t index[PATH_DEPTH + 1];  /* of the element under way, where the level is an array */
    char key[SPLIT_KEY];
    size_t key_len; /* SPLIT_KEY when it is too long to match */
};

/* Reasons that callers tell apart, by their address. */
extern const char SPLIT_CUT[];
extern const char SPLIT_TOO_LARGE[];
extern const char SPLIT_SECOND_LIST[], SPLIT_NO_LIST[]; /* JSON, but not as the PATH of the records has it */

#endif
