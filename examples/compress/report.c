/* report.c -- what came of it, in three lines. */
#include "report.h"

#include <stdio.h>

void report(const struct session *session, size_t file_count)
{
    double megabytes = (double)session->plain_bytes / 1e6;
    printf("%zu files in %llu calls, all accepted by gzip -t and unpacked to the same bytes\n",
           file_count, (unsigned long long)session->calls);
    printf("%.1f MB -> %.1f MB, ratio %.2f\n", megabytes, (double)session->gzip_bytes / 1e6,
           (double)session->plain_bytes / (double)session->gzip_bytes);
    printf("through the service %.1f MB/s, zlib directly %.1f MB/s\n",
           megabytes / session->service_seconds, megabytes / session->direct_seconds);
}
