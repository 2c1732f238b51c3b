build-dbg/sys/fs/procfs/proc_mnt.c.o: sys/fs/procfs/proc_mnt.c \
 sys/libkern/hidden.h sys/fs/procfs/procfs_var.h \
 sys/fs/pseudofs/pseudofs.h sys/base/sbuf.h sys/libkern/types.h \
 sys/libkern/fcntl.h sys/libkern/stat.h sys/vfs/namecache.h \
 sys/base/mtx.h sys/libkern/list.h sys/fs/procfs/procfs.h sys/base/kmem.h \
 sys/base/thread.h sys/base/sleep.h sys/host/area.h sys/libkern/signal.h \
 sys/kern/proc.h sys/base/arena.h sys/base/ucred.h sys/host/host.h \
 sys/libkern/errno.h sys/libkern/str.h sys/vfs/namei.h
sys/libkern/hidden.h:
sys/fs/procfs/procfs_var.h:
sys/fs/pseudofs/pseudofs.h:
sys/base/sbuf.h:
sys/libkern/types.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/fs/procfs/procfs.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/sleep.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/namei.h:
