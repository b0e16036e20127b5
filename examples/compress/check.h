/* check.h -- is a .gz file what it should be? */
#ifndef COMPRESS_CHECK_H
#define COMPRESS_CHECK_H

#include <stdbool.h>

/* Does `gzip -t` accept the file, and does it unpack to exactly the bytes of the other? Says on
 * standard error when not, and when there is no gzip. Blocks until gzip has ended. */
bool check_file(const char *gzip_path, const char *plain_path);

#endif
