build-dbg/sys/net/socket.c.o: sys/net/socket.c sys/libkern/hidden.h \
 sys/net/socket.h sys/base/mtx.h sys/libkern/types.h sys/vfs/file.h \
 sys/base/arena.h sys/libkern/fcntl.h sys/libkern/list.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/vfs/poll.h sys/base/sleep.h \
 sys/vm/vm.h sys/vfs/uio.h sys/host/host.h sys/base/clock.h \
 sys/base/copy.h sys/base/kmem.h sys/base/thread.h sys/host/area.h \
 sys/libkern/signal.h sys/ipc/ipc.h sys/libkern/errno.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/net/socket.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/list.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/base/clock.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/ipc/ipc.h:
sys/libkern/errno.h:
sys/libkern/str.h:
