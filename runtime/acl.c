#include "acl.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <sys/xattr.h>

#include "system.h"

/* The kernel's own form (linux/posix_acl_xattr.h, posix_acl.h): version 2, five entries. */
enum {
    ACL_VERSION = 2,
    TAG_OWNER = 0x01,
    TAG_USER = 0x02,
    TAG_GROUP = 0x04,
    TAG_MASK = 0x10,
    TAG_OTHER = 0x20,
    READ_WRITE = 6,
};

#define NO_ID UINT32_MAX

struct acl_entry {
    uint16_t tag;
    uint16_t permissions;
    uint32_t id;
};

struct acl {
    uint32_t version;
    struct acl_entry entries[5];
};

_Static_assert(sizeof(struct acl) == 44, "the kernel counts the bytes");

static struct acl_entry entry(uint16_t tag, uint16_t permissions, uint32_t id)
{
    return (struct acl_entry){ htole16(tag), htole16(permissions), htole32(id) };
}

int srpc_acl_grant(int fd, uid_t uid)
{
    struct acl acl = {
        .version = htole32(ACL_VERSION),
        .entries = {
            entry(TAG_OWNER, READ_WRITE, NO_ID),
            entry(TAG_USER, READ_WRITE, uid),
            entry(TAG_GROUP, 0, NO_ID),
            entry(TAG_MASK, READ_WRITE, NO_ID),
            entry(TAG_OTHER, 0, NO_ID),
        },
    };
    if (srpc_sys_fsetxattr(fd, "system.posix_acl_access", &acl, sizeof acl, 0) == 0) {
        return 0;
    }
    return errno;
}
