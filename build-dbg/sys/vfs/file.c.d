build-dbg/sys/vfs/file.c.o: sys/vfs/file.c sys/libkern/hidden.h \
 sys/vfs/file.h sys/base/arena.h sys/libkern/types.h sys/base/mtx.h \
 sys/libkern/fcntl.h sys/libkern/list.h sys/libkern/stat.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/base/sleep.h sys/vm/vm.h \
 sys/base/kmem.h sys/base/thread.h sys/host/area.h sys/libkern/signal.h \
 sys/base/ucred.h sys/libkern/errno.h sys/libkern/str.h sys/vfs/flock.h \
 sys/vfs/vfs.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/mtx.h:
sys/libkern/fcntl.h:
sys/libkern/list.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/flock.h:
sys/vfs/vfs.h:
sys/vfs/vnode.h:
