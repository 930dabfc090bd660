/* job: an answer that only says that work was begun, or queued: what was sent may still be refused. Pure. */
#ifndef RESTSRC_JOB_H
#define RESTSRC_JOB_H

#include "write/reading.h"

/* {"job_status": {"status": "queued"}} */
bool job_is_pending(struct slice key, struct slice value);
/* {"job_id": "j1"} for several records, {"done": false}, {"message": "queued for processing"} */
bool job_is_begun(const struct reading *r, struct slice body);

#endif
