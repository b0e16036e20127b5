#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "system.h"

enum { OWNER_BYTE = 0, BROOM_BYTE = 1, TAG_BYTE = 2 };

static struct flock one_byte(int type, int byte)
{
    return (struct flock){
        .l_type = (short)type,
        .l_whence = SEEK_SET,
        .l_start = byte,
        .l_len = 1,
        .l_pid = 0, /* the OFD commands insist */
    };
}

static int apply(int fd, int command, int type, int byte)
{
    struct flock lock = one_byte(type, byte);
    if (srpc_sys_lock(fd, command, &lock) == 0) {
        return 0;
    }
    return errno == EACCES ? EAGAIN : errno;
}

int srpc_lock_take_owner(int fd)
{
    return apply(fd, F_OFD_SETLK, F_WRLCK, OWNER_BYTE);
}

bool srpc_lock_is_owned(int fd)
{
    int error = errno;
    /* A read lock is asked for, so that other watchers never look like an owner. */
    struct flock lock = one_byte(F_RDLCK, OWNER_BYTE);
    bool is_free = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    errno = error;
    return !is_free;
}

int srpc_lock_wait_free(int fd)
{
    int error = apply(fd, F_OFD_SETLKW, F_RDLCK, OWNER_BYTE);
    if (error == 0) {
        (void)apply(fd, F_OFD_SETLK, F_UNLCK, OWNER_BYTE);
    }
    return error;
}

int srpc_lock_take_broom(int fd)
{
    return apply(fd, F_OFD_SETLK, F_WRLCK, BROOM_BYTE);
}

void srpc_lock_drop_broom(int fd)
{
    (void)apply(fd, F_OFD_SETLK, F_UNLCK, BROOM_BYTE);
}

int srpc_lock_tag(int fd)
{
    return apply(fd, F_SETLK, F_WRLCK, TAG_BYTE);
}

/* False: there is none, or it is this process's. */
static bool read_tag(int fd, pid_t *out_pid)
{
    int error = errno;
    struct flock lock = one_byte(F_RDLCK, TAG_BYTE);
    bool is_tagged = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    errno = error;
    *out_pid = is_tagged && lock.l_pid > 0 ? lock.l_pid : 0;
    return is_tagged;
}

pid_t srpc_lock_tag_pid(int fd)
{
    pid_t pid;
    (void)read_tag(fd, &pid);
    return pid;
}

bool srpc_lock_is_tagged(int fd)
{
    pid_t pid;
    return read_tag(fd, &pid);
}
