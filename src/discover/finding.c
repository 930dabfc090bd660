/* finding: what discovery answers. */
#include "discover/finding.h"

void finding_free(struct finding *f)
{
    buf_free(&f->records);
    buf_free(&f->others);
    buf_free(&f->count_from);
    settings_free(&f->settings);
    buf_free(&f->doubt);
    buf_free(&f->rule);
    buf_free(&f->sample);
    buf_free(&f->requests);
}

enum exit_code finding_exit(const struct finding *f)
{
    return f->unanswered.code ? f->unanswered.code : EXIT_ANSWER;
}
