/* report.h -- what came of it. */
#ifndef COMPRESS_REPORT_H
#define COMPRESS_REPORT_H

#include "send.h"

/* On standard output, when all files went well. */
void report(const struct session *session, size_t file_count);

#endif
