build-dbg/sys/vfs/namei.c.o: sys/vfs/namei.c sys/libkern/hidden.h \
 sys/vfs/namei.h sys/libkern/fcntl.h sys/libkern/types.h \
 sys/vfs/namecache.h sys/base/mtx.h sys/libkern/list.h sys/base/copy.h \
 sys/base/kmem.h sys/base/thread.h sys/base/sleep.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/file.h sys/base/arena.h sys/libkern/stat.h \
 sys/vfs/poll.h sys/vm/vm.h sys/vfs/nc_impl.h sys/vfs/vfs.h \
 sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/vfs/namei.h:
sys/libkern/fcntl.h:
sys/libkern/types.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/sleep.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/stat.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/nc_impl.h:
sys/vfs/vfs.h:
sys/vfs/vnode.h:
