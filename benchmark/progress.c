#include "progress.h"

#include <stdio.h>
#include <unistd.h>

void progress_init(progress *self, unsigned steps)
{
    *self = (progress){ .is_shown = isatty(STDERR_FILENO) != 0, .steps = steps };
}

void progress_step(progress *self, const char *what)
{
    unsigned percent = self->steps > 0 ? 100 * self->done / self->steps : 100;
    self->done++;
    if (self->is_shown)
        fprintf(stderr, "\r\033[K[%3u %%] %s", percent, what);
}

void progress_clear(const progress *self)
{
    if (self->is_shown)
        fputs("\r\033[K", stderr);
}
