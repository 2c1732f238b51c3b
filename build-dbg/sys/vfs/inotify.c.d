build-dbg/sys/vfs/inotify.c.o: sys/vfs/inotify.c sys/libkern/hidden.h \
 sys/vfs/inotify.h sys/libkern/types.h sys/vfs/vfs.h sys/base/arena.h \
 sys/base/mtx.h sys/libkern/list.h sys/vfs/namecache.h sys/base/copy.h \
 sys/base/kmem.h sys/base/sleep.h sys/base/thread.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/file.h sys/libkern/fcntl.h sys/libkern/stat.h \
 sys/vfs/poll.h sys/vm/vm.h sys/vfs/namei.h sys/vfs/nc_impl.h \
 sys/vfs/uio.h sys/host/host.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/vfs/inotify.h:
sys/libkern/types.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/namecache.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/sleep.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
sys/vfs/nc_impl.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/vfs/vnode.h:
