/*
 * One extra user on a file, through the access ACL; no library needed.
 */
#ifndef SRPC_ACL_H
#define SRPC_ACL_H

#include <sys/types.h>

/* Makes the file readable and writable for its owner and `uid`, and for nobody else. Call it after
 * fchmod: the group bits of st_mode become the ACL's mask, so fstat then shows 0660.
 * 0, or an errno value; EOPNOTSUPP where the file system has no ACLs. */
int srpc_acl_grant(int fd, uid_t uid);

#endif
