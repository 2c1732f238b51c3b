build-dbg/sys/ipc/splice.c.o: sys/ipc/splice.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/ipc/ipc.h sys/base/arena.h \
 sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h sys/vfs/poll.h \
 sys/libkern/errno.h sys/libkern/fcntl.h sys/vfs/file.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/vm/vm.h sys/vfs/uio.h \
 sys/host/host.h sys/vfs/syscalls.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/vfs/poll.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/vfs/file.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/vfs/syscalls.h:
