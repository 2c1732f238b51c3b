build-dbg/sys/ipc/init.c.o: sys/ipc/init.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/ipc/ipc.h sys/base/arena.h \
 sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h sys/vfs/poll.h \
 sys/ipc/sysv.h sys/kern/proc.h sys/base/thread.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h sys/vfs/file.h sys/libkern/fcntl.h \
 sys/vfs/namecache.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/vfs/poll.h:
sys/ipc/sysv.h:
sys/kern/proc.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vm/vm.h:
