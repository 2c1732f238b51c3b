#include "vfs/inotify.h"
#include "libkern/errno.h"
int kern_inotify_init(int flags) { return (-ENOSYS); }
int kern_inotify_add(int fd, const char *path, uint32_t mask) { return (-ENOSYS); }
int kern_inotify_rm(int fd, int wd) { return (-ENOSYS); }
