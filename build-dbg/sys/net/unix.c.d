build-dbg/sys/net/unix.c.o: sys/net/unix.c sys/libkern/hidden.h \
 sys/net/unix.h sys/base/sleep.h sys/base/mtx.h sys/libkern/types.h \
 sys/libkern/list.h sys/net/socket.h sys/vfs/file.h sys/base/arena.h \
 sys/libkern/fcntl.h sys/libkern/stat.h sys/vfs/namecache.h \
 sys/vfs/poll.h sys/vm/vm.h sys/vfs/uio.h sys/host/host.h sys/base/kmem.h \
 sys/base/thread.h sys/host/area.h sys/libkern/signal.h sys/base/ucred.h \
 sys/kern/proc.h sys/libkern/errno.h sys/libkern/str.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/net/unix.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/libkern/list.h:
sys/net/socket.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/kern/proc.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/vnode.h:
