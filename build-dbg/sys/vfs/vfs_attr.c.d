build-dbg/sys/vfs/vfs_attr.c.o: sys/vfs/vfs_attr.c \
 sys/libkern/hidden.h sys/base/clock.h sys/libkern/types.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h \
 sys/libkern/errno.h sys/vfs/attr.h sys/libkern/stat.h \
 sys/vfs/namecache.h sys/vfs/inotify.h sys/vfs/vfs.h sys/base/arena.h \
 sys/vfs/nc_impl.h sys/vfs/vnode.h sys/libkern/fcntl.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/clock.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/vfs/attr.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/inotify.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/vfs/nc_impl.h:
sys/vfs/vnode.h:
sys/libkern/fcntl.h:
sys/vm/vm.h:
