build-dbg/sys/ipc/sysv.c.o: sys/ipc/sysv.c sys/libkern/hidden.h \
 sys/ipc/sysv.h sys/base/mtx.h sys/libkern/types.h sys/base/sleep.h \
 sys/libkern/list.h sys/base/clock.h sys/base/kmem.h sys/base/thread.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h sys/ipc/ipc.h \
 sys/base/arena.h sys/vfs/poll.h sys/kern/proc.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/libkern/fcntl.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/ipc/sysv.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/base/clock.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/vfs/poll.h:
sys/kern/proc.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
