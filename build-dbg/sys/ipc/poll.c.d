build-dbg/sys/ipc/poll.c.o: sys/ipc/poll.c sys/libkern/hidden.h \
 sys/base/clock.h sys/libkern/types.h sys/base/kmem.h sys/base/thread.h \
 sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/libkern/signal.h sys/host/host.h sys/libkern/stat.h sys/ipc/ipc.h \
 sys/base/arena.h sys/vfs/poll.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vm/vm.h
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
sys/host/host.h:
sys/libkern/stat.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/vfs/poll.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vm/vm.h:
