build-dbg/sys/vfs/memfd.c.o: sys/vfs/memfd.c sys/libkern/hidden.h \
 sys/base/clock.h sys/libkern/types.h sys/base/kmem.h sys/base/thread.h \
 sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h sys/libkern/str.h sys/vfs/nc_impl.h \
 sys/vfs/namecache.h sys/vfs/syscalls.h sys/vfs/file.h sys/base/arena.h \
 sys/libkern/fcntl.h sys/vfs/poll.h sys/vm/vm.h sys/vfs/uio.h \
 sys/vfs/vfs.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/base/clock.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/nc_impl.h:
sys/vfs/namecache.h:
sys/vfs/syscalls.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/vfs/vfs.h:
sys/vfs/vnode.h:
