build-dbg/sys/vfs/vfs_names.c.o: sys/vfs/vfs_names.c \
 sys/libkern/hidden.h sys/base/thread.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/attr.h sys/libkern/stat.h sys/vfs/namecache.h \
 sys/vfs/inotify.h sys/vfs/vfs.h sys/base/arena.h sys/vfs/namei.h \
 sys/libkern/fcntl.h sys/vfs/nc_impl.h sys/vfs/syscalls.h sys/vfs/file.h \
 sys/vfs/poll.h sys/vm/vm.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/attr.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/inotify.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/vfs/namei.h:
sys/libkern/fcntl.h:
sys/vfs/nc_impl.h:
sys/vfs/syscalls.h:
sys/vfs/file.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/vnode.h:
