/* libFuzzer target: whatever a configuration file has in it, it is taken, or its line is named; --on and PATHs
 * included. */
#include <sys/mman.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/options.h"
#include "fuzz.h"
#include "json/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct options o;
    struct error e = {0};
    struct rules rules = {0};
    options_init(&o);
    int fd = memfd_create("config", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    o.run.config_fd = fd;
    if (config_load(&o, &e))
        require(e.code && *e.message && !strchr(e.message, '\n'));
    else if (rules_init(&rules, &o.request.on, &e) == 0)
        rules_find(&rules, &(struct rule_answer){.status = 200, .json = {"{}", 2}, .request = RULE_READ});
    rules_free(&rules);
    close(fd);
    options_free(&o);
    return 0;
}
