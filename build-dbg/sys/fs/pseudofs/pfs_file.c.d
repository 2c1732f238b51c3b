build-dbg/sys/fs/pseudofs/pfs_file.c.o: sys/fs/pseudofs/pfs_file.c \
 sys/libkern/hidden.h sys/base/kmem.h sys/libkern/types.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/fs/pseudofs/pseudofs_var.h \
 sys/fs/pseudofs/pseudofs.h sys/base/sbuf.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/kern/proc.h sys/base/arena.h \
 sys/base/ucred.h sys/host/host.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/file.h sys/vfs/poll.h sys/vm/vm.h sys/vfs/uio.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/fs/pseudofs/pseudofs_var.h:
sys/fs/pseudofs/pseudofs.h:
sys/base/sbuf.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/vfs/vnode.h:
