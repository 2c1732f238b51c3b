build-dbg/sys/init/init_world.c.o: sys/init/init_world.c \
 sys/libkern/hidden.h sys/base/arena.h sys/libkern/types.h \
 sys/base/config.h sys/base/kmem.h sys/base/thread.h sys/base/mtx.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/fs/devfs/devfs.h sys/fs/hostfs/hostfs.h sys/fs/procfs/procfs.h \
 sys/fs/sysfs/sysfs.h sys/fs/tmpfs/tmpfs.h sys/fs/unionfs/unionfs.h \
 sys/host/host.h sys/libkern/stat.h sys/init/init.h sys/kern/proc.h \
 sys/base/ucred.h sys/kern/tty.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vfs/poll.h \
 sys/vm/vm.h sys/vfs/namei.h sys/vfs/syscalls.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/fs/devfs/devfs.h:
sys/fs/hostfs/hostfs.h:
sys/fs/procfs/procfs.h:
sys/fs/sysfs/sysfs.h:
sys/fs/tmpfs/tmpfs.h:
sys/fs/unionfs/unionfs.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/init/init.h:
sys/kern/proc.h:
sys/base/ucred.h:
sys/kern/tty.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
sys/vfs/syscalls.h:
